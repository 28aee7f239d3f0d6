"""A diagnosis on a ladder: each rung tells a little more, and is folded until it is wanted."""

from html import escape

import numpy as np

from unrolled.clinic.catalogue import SECTIONS, SLIPS
from unrolled.clinic.triangle import triangle
from unrolled.clinic.words import once

ALL_THERE = "Every part is there once: the slip is in how each of them is built."


class Folded:
    """Nested headings with text, as folded HTML, and as an indented text where there is none.

    rungs: (heading, text, HTML in place of the text or "") from the outermost to the innermost.
    """

    def __init__(self, rungs):
        self.rungs = rungs

    def __repr__(self):
        return "\n".join(
            "  " * depth + f"{heading}: " + text.replace("\n", "\n" + "  " * (depth + 1))
            for depth, (heading, text, _) in enumerate(self.rungs)
        )

    def _repr_html_(self):
        inner = ""
        for heading, text, html in reversed(self.rungs):
            body = html or "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
            inner = (
                f'<details class="folded"><summary>{escape(heading)}</summary>'
                f"{body}{inner}</details>"
            )
        return inner


def ladder(diagnosis) -> Folded:
    """The diagnosis in steps: an entry that is wrong, the parts, the kind of slip, the section."""
    if diagnosis.right:
        return Folded([("Right", diagnosis.text, "")])
    if not diagnosis.slips:
        return Folded([("Something is wrong", diagnosis.text, "")])
    entries, kinds = [], []
    for paragraph in diagnosis.text.split("\n\n"):  # one, or one for each leaf
        entry, yours, words = paragraph.partition(" Yours is the exact gradient")
        entries.append(entry)
        if yours:
            leaf = entry.split(":")[0] + ": " if entry.startswith("d") else ""
            kinds.append(leaf + _said(yours + words))
    rungs = [("1 · An entry that is wrong", "\n".join(entries), "")]
    if diagnosis.weights is not None:
        plain, html = triangle(diagnosis.weights)
        plain = f"\n{plain}"
        if np.allclose(diagnosis.weights[np.isfinite(diagnosis.weights)], 1):
            plain = f"{ALL_THERE}\n{plain}"
            html = f"<p>{ALL_THERE}</p>{html}"
        rungs.append(("2 · Which parts are there, and how often", plain, html))
    sections = once(SECTIONS[SLIPS[name].section] for name in diagnosis.slips)
    rungs.append((f"{len(rungs) + 1} · What kind of slip it is", "\n".join(kinds), ""))
    see = f"See {', '.join(sections)}."
    rungs.append((f"{len(rungs) + 1} · Where the book explains it", see, ""))
    return Folded(rungs)


def _said(words):
    """The words of the slips, without the section."""
    words = words.replace(" Yours is the exact gradient, but ", "").split(" See ")[0]
    return words[0].upper() + words[1:]
