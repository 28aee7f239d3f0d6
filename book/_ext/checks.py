"""The printed line of a check, in a dress of its own: its sign, how it was checked, its name.

`unrolled.gradcheck` prints "✓ name: complex step agrees to 1e-12" and "✗ name: rejected, off by
72 %".  Here such lines leave the block of printed text; what else a cell prints keeps its place
and its dress.  The name leads to the ledger's row; the number is that of the equation on the page.
"""

import math
import re

import ledger
from docutils import nodes
from sphinx import addnodes

HOW = "complex step|central difference|both sides|rejected"
LINE = re.compile(rf"([✓✗]) ((?:ex: )?.+?): (.*(?:{HOW}).*)")
OFF = re.compile(r"off by ([\d.e+]+) %")
LEAST, MOST = -2, 4  # the bar of "off by" runs from 0.01 % to 10 000 %, by tens


def dress(app, doctree):
    """Replace each block of printed text that holds checks by its pieces."""
    labels = {node.get("label") for node in doctree.findall(nodes.math_block)}
    known = {entry["name"]: entry for entry in ledger.entries()}
    for block in list(doctree.findall(nodes.literal_block)):
        if "stream" in block["classes"] and any(map(LINE.match, block.astext().splitlines())):
            block.parent.replace(block, pieces(app, block, labels, known))


def pieces(app, block, labels, known):
    """The block's lines, in order: printed text as before, checks as paragraphs of their own."""
    result, printed, after = [], [], False

    def flush():
        if printed:
            text = "\n".join(printed)
            left = nodes.literal_block(text, text, classes=list(block["classes"]))
            left.update_basic_atts(block)
            left["language"] = block.get("language", "none")
            result.append(left)
            printed.clear()

    for line in block.astext().splitlines():
        if found := LINE.match(line):
            flush()
            result.append(paragraph(app, *found.groups(), labels, known))
        elif after and line.startswith("  "):  # numpy's own words, under a rejection
            said = result[-1][-1] if "said" in result[-1][-1].get("classes", ()) else None
            if said is None:
                said = nodes.inline("", "", classes=["said"])
                result[-1] += said
            said += nodes.Text(f" {line.strip()}")
            continue
        else:
            printed.append(line)
        after = bool(found)
    flush()
    return result


def paragraph(app, sign, name, said, labels, known):
    """One check: ✓ (6.14) complex step to 1e-12 · central difference to 1e-8, and its name."""
    wrong = sign == "✗"
    line = nodes.paragraph("", classes=["check", "check-no" if wrong else "check-ok"])
    line += nodes.inline("", sign, classes=["check-sign"])
    if f"eq:{name}" in labels:
        number = addnodes.pending_xref(
            "", nodes.inline("", ""), refdomain="math", reftype="eq", reftarget=f"eq:{name}",
            refdoc=app.env.docname, refexplicit=False, refwarn=True,
        )  # fmt: skip
        line += [nodes.Text(" "), number]
    said = said.replace(" agrees to ", " to ").replace("both sides agree to", "both sides to")
    line += nodes.inline("", f" {said.replace(', central', ' · central')}", classes=["check-how"])
    if off := OFF.search(said):
        line += bar(float(off[1]))
    line += [nodes.Text(" "), title(app, name, known)]
    return line


def bar(percent):
    """How far off, on a scale by tens: a picture of the number that stands before it."""
    width = (math.log10(max(percent, 10**LEAST)) - LEAST) / (MOST - LEAST)
    html = f'<span class="off" aria-hidden="true" style="--off: {min(width, 1):.0%}"></span>'
    return nodes.raw("", html, format="html")


def title(app, name, known):
    """The check's name, which leads to its row; that of an exercise has none."""
    if name not in known:
        return nodes.inline("", name.removeprefix(ledger.EXERCISE), classes=["check-name"])
    page = "book/notes" if "notes" in known[name] else "book/ledger"
    uri = f"{app.builder.get_relative_uri(app.env.docname, page)}#line-{name}"
    shown = nodes.reference("", name, refuri=uri, internal=True)
    return nodes.inline("", "", shown, classes=["check-name"])


def setup(app):
    app.connect("doctree-read", dress)
