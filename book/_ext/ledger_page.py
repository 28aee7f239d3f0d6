"""The ledger on the site: an anchor on every cell that answers for a line, and the table of lines.

The facts come from ledger.py, which knows no Sphinx; this file turns them into docutils nodes, so
that the mathematics is rendered by KaTeX like any other.
"""

import re
from itertools import count
from pathlib import Path

import ledger
from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

log = logging.getLogger(__name__)
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # a ledger name; an exercise's holds a colon
ERRATA = "notebooks/errata"
COLUMNS = ("No.", "In the notes, or a slip", "Correct statement", "Kind, errata, cell, name")


def anchors(path: Path) -> dict[str, int]:
    """The ledger names that the notebook at `path` answers for, each with its cell's index."""
    cells = {}
    for reference in ledger.references(path):
        if NAME.fullmatch(reference.name):
            cells.setdefault(reference.name, reference.cell)
    return cells


def add_anchors(app, doctree):
    """Give each such cell of the page being read the id `ledger-<name>`."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    cells = {
        node["cell_index"]: node
        for node in doctree.findall(nodes.container)
        if node.get("nb_element") == "cell_code"
    }
    for name, index in anchors(path).items():
        if index in cells:
            cells[index]["ids"].append(f"ledger-{name}")
        else:
            log.warning("the cell of ledger entry '%s' is not shown", name, location=path)


class LedgerTable(SphinxDirective):
    """`{ledger}`: every line of the notes, what is right, and the cell that shows it."""

    def run(self):
        self.env.note_dependency(str(ledger.LEDGER))
        self.homes = self.find_homes()
        number = count(1)
        known = {entry["name"]: entry for entry in ledger.entries()}
        for name in self.homes.keys() - known.keys():
            self.warn(f"{self.homes[name]}.ipynb checks '{name}', which the ledger does not have")
        result = []
        for section in ledger.sections():
            entries = [known[entry["name"]] for entry in section["entries"]]
            rows = [self.row(next(number), entry) for entry in entries]
            result += [nodes.rubric("", section["section"]), table(rows)]
        return result

    def find_homes(self):
        """Ledger name → the page whose cell answers for it."""
        homes = {}
        for docname in sorted(self.env.found_docs):
            path = Path(self.env.doc2path(docname))
            if path.suffix == ".ipynb":
                self.env.note_dependency(str(path))
                homes = dict.fromkeys(anchors(path), docname) | homes
        return homes

    def row(self, number, entry):
        """The cells of one line of the table, each a list of paragraphs of inline nodes."""
        name = nodes.literal("", entry.get("same_as", entry["name"]))
        stated = entry.get("notes", entry.get("slip"))
        kind = nodes.inline("", entry["kind"], classes=["kind", f"kind-{entry['kind']}"])
        return [
            [[nodes.Text(str(number))]],
            [phrase(stated) if stated else [nodes.Text("the book's own")]],
            [phrase(entry["right"])],
            [[kind], *filter(None, (self.errata(entry), self.cell(entry))), [name]],
        ]

    def errata(self, entry):
        links = []
        for number in ledger.errata(entry):
            links += [nodes.Text(", "), self.link(number, ERRATA, f"errata-{number.lower()}")]
        return links[1:]

    def cell(self, entry):
        name = entry.get("same_as", entry["name"])
        if name not in self.homes:
            self.warn(f"{ledger.LEDGER.name}: no cell answers for '{name}' ({entry['kind']})")
            return []
        home = self.homes[name]
        chapter = re.match(r"\d+", Path(home).name)
        text = f"chapter {int(chapter[0])}" if chapter else Path(home).name.replace("_", " ")
        return [self.link(text, home, f"ledger-{name}")]

    def link(self, text, docname, anchor):
        if docname not in self.env.found_docs:
            return nodes.Text(text)
        uri = self.env.app.builder.get_relative_uri(self.env.docname, docname)
        return nodes.reference("", text, refuri=f"{uri}#{anchor}", internal=True)

    def warn(self, message):
        log.warning(message, location=self.get_location())


def phrase(text):
    """LaTeX, or words with mathematics between dollar signs, as inline nodes."""
    if "$" not in text and ("\\" in text or "=" in text or "_" in text):
        return [nodes.math("", text)]
    pieces = re.split(r"\$([^$]*)\$", text)
    return [
        nodes.math("", piece) if i % 2 else nodes.Text(piece)
        for i, piece in enumerate(pieces)
        if piece
    ]


def table(rows):
    """A docutils table of `rows`, each a list of cells, each a list of paragraphs."""
    group = nodes.tgroup("", cols=len(COLUMNS))
    group += [nodes.colspec("", colwidth=1) for _ in COLUMNS]
    group += nodes.thead("", table_row([[[nodes.Text(title)]] for title in COLUMNS]))
    group += nodes.tbody("", *map(table_row, rows))
    return nodes.table("", group, classes=["ledger"])


def table_row(cells):
    return nodes.row("", *(nodes.entry("", *map(paragraph, cell)) for cell in cells))


def paragraph(inline):
    return nodes.paragraph("", "", *inline)


def setup(app):
    app.connect("doctree-read", add_anchors)
    app.add_directive("ledger", LedgerTable)
