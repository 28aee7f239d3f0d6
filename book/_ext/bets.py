"""Bets: a question before a figure moves, a few options, and a cell of the page that answers it.

In a notebook a bet is an admonition of class `bet` with a name, so that Jupyter shows it too: the
question, a numbered list of options, and the reason in a dropdown.  Which option is right stands
nowhere in it: the cell tagged `answers:<name>` prints "option 2" at its end, and the page takes
the answer from there.
"""

import re
from pathlib import Path

import ledger
from docutils import nodes
from ledger_page import code_cells
from sphinx.util import logging

log = logging.getLogger(__name__)
TAG = "answers:"


def answers(path: Path) -> dict[str, tuple[int, int | None]]:
    """Name of each bet that a notebook answers → (index of the cell, the option it prints)."""
    found = {}
    for index, cell in enumerate(ledger.cells(path)):
        for tag in cell["metadata"].get("tags", []):
            if tag.startswith(TAG):
                printed = ["".join(output.get("text", "")) for output in cell["outputs"]]
                option = re.search(r"option (\d)\s*$", "".join(printed))
                found[tag.removeprefix(TAG)] = index, int(option[1]) if option else None
    return found


def settle(app, doctree):
    """Mark the right option of each bet of the page being read, and link the cell that says so."""
    bets = [node for node in doctree.findall(nodes.admonition) if "bet" in node["classes"]]
    if not bets:
        return
    path = Path(app.env.doc2path(app.env.docname))
    answered = answers(path) if path.suffix == ".ipynb" else {}
    cells = code_cells(doctree)
    for bet in bets:
        name = bet["names"][0] if bet["names"] else None
        options = next(bet.findall(nodes.enumerated_list), None)
        index, right = answered.get(name, (None, None))
        if options is None or right is None or not 1 <= right <= len(options):
            log.warning("the bet '%s' is answered by no cell", name, location=bet)
            continue
        options["classes"].append("bet-options")
        options[right - 1]["classes"].append("bet-right")
        cells[index]["ids"].append(f"answers-{name}")
        link = nodes.reference("", "The cell that answers", refid=f"answers-{name}", internal=True)
        reason = next(n for n in bet.findall(nodes.container) if n.get("type") == "dropdown")
        reason += nodes.paragraph("", "", link, classes=["bet-cell"])


def bring_files(app, pagename, templatename, context, doctree):
    """Bring the style and the script to the pages that hold a bet."""
    if ' bet-options"' in context.get("body", ""):
        app.add_css_file("bets.css")
        app.add_js_file("bets.js")


def setup(app):
    app.connect("doctree-read", settle)
    app.connect("html-page-context", bring_files)
