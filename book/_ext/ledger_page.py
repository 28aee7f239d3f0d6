"""The ledger on the site: its two pages, and an anchor on every cell that answers for a line.

`{ledger} notes` lists the notes' own lines, to be ticked off; `{ledger} book` those that the book
adds. The facts come from ledger.py, which knows no Sphinx; this file turns them into docutils
nodes, so that the mathematics is rendered by KaTeX like any other.
"""

import re
from pathlib import Path

import ledger
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

log = logging.getLogger(__name__)
ERRATA = "notebooks/errata"
COLUMNS = {
    "notes": ("No.", "The line, as the notes have it", "Why", "Where"),
    "book": ("Statement", "Kind and name", "Where"),
}
MARKS = {"definition": "a name", "identity": "✓ right", "wrong": "✗ wrong"}


def demand_a_whole_ledger(app):
    """End the build with one sentence where the ledger, or a notebook that it reads, is broken."""
    try:
        if ledger.LEDGER.exists():
            ledger.entries(ledger.LEDGER)
            ledger.all_references()
    except ValueError as fault:
        # jupyter-book would bury the sentence under a traceback of its own
        raise SystemExit(f"The book cannot be built. {fault}") from fault


def code_cells(doctree) -> dict[int, nodes.container]:
    """The code cells of the page being read, by their index among all cells of the notebook."""
    return {
        node["cell_index"]: node
        for node in doctree.findall(nodes.container)
        if node.get("nb_element") == "cell_code"
    }


def add_anchors(app, doctree):
    """Give each cell of the page being read that answers for a line the id `ledger-<name>`."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    cells = code_cells(doctree)
    for name, index in ledger.homes(path).items():
        if index in cells:
            cells[index]["ids"].append(f"ledger-{name}")
        else:
            log.warning("the cell of ledger entry '%s' is not shown", name, location=path)


def add_slugs(app, doctree):
    """Let a Markdown link such as `notes.md#line-stage-b` find the row of a line."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for row in doctree.findall(nodes.row):
        slugs |= {anchor: (0, anchor, anchor) for anchor in row["ids"]}


class LedgerTable(SphinxDirective):
    """`{ledger} notes` and `{ledger} book`: a table for each section that has such lines."""

    required_arguments = 1

    def run(self):
        self.env.note_dependency(str(ledger.LEDGER))
        self.homes = self.find_homes()
        page = directives.choice(self.arguments[0], COLUMNS)
        known = {entry["name"]: entry for entry in ledger.entries()}
        for name in self.homes.keys() - known.keys():
            self.warn(f"{self.homes[name]}.ipynb checks '{name}', which the ledger does not have")
        row, result = {"notes": self.noted, "book": self.added}[page], []
        for section in ledger.sections():
            entries = [known[entry["name"]] for entry in section["entries"]]
            rows = [row(entry) for entry in entries if ("notes" in entry) == (page == "notes")]
            if rows:
                title = section["section"].removesuffix(": the book's own lines")
                result += [nodes.rubric("", title), table(page, rows)]
        return result

    def find_homes(self):
        """Ledger name → the page whose cell answers for it."""
        homes = {}
        for docname in sorted(self.env.found_docs):
            path = Path(self.env.doc2path(docname))
            if path.suffix == ".ipynb":
                self.env.note_dependency(str(path))
                homes = dict.fromkeys(ledger.homes(path), docname) | homes
        return homes

    def noted(self, entry):
        """A line of the notes: its number, the line, whether it is right and why, where."""
        wrong = entry["kind"] == "wrong"
        number = ledger.numbers()[entry["name"]]
        number += ", read wrongly" if "reading" in entry else ""
        why = [[mark(entry, MARKS[entry["kind"]]), nodes.Text(" "), *phrase(entry["why"])]]
        if wrong and "reading" not in entry:
            why.append([nodes.Text("Right: "), *phrase(entry["right"])])
        line = phrase(ledger.struck(entry, entry["notes"]))
        cells = [[[nodes.Text(number)]], [line], why, [self.where(entry)]]
        return self.anchored(f"line-{entry['name']}", number, table_row(cells))

    def added(self, entry):
        """A line of the book: the slip that is rejected, what is right, its kind, where."""
        stated = [phrase(entry["right"])]
        if "slip" in entry:
            slip, right = nodes.Text("A slip: "), nodes.Text("Right: ")
            stated = [[slip, *phrase(entry["slip"])], [right, *stated[0]]]
        name = nodes.literal("", entry["name"])
        cells = [stated, [[mark(entry, entry["kind"])], [name]], [self.where(entry)]]
        return self.anchored(f"line-{entry['name']}", entry["name"], table_row(cells))

    def anchored(self, anchor, title, row):
        """The row, with an id that any page can link to: [line (2)](#line-dw1-chain)."""
        row["ids"].append(anchor)
        domain = self.env.get_domain("std")
        domain.labels[anchor] = self.env.docname, anchor, title
        domain.anonlabels[anchor] = self.env.docname, anchor
        return row

    def where(self, entry):
        """Links to the cell and to the errata, as inline nodes."""
        links = [self.cell(entry)]
        for number in ledger.errata(entry):
            links += [nodes.Text(", "), self.link(number, ERRATA, f"errata-{number.lower()}")]
        return links

    def cell(self, entry):
        name = entry.get("same_as", entry["name"])
        if name not in self.homes:
            self.warn(f"{ledger.LEDGER.name}: no cell answers for '{name}' ({entry['kind']})")
            return nodes.Text("nowhere yet")
        home = self.homes[name]
        chapter = re.match(r"\d+", Path(home).name)
        text = (
            f"chapter\N{NO-BREAK SPACE}{int(chapter[0])}"
            if chapter
            else Path(home).name.replace("_", " ")
        )
        return self.link(text, home, f"ledger-{name}")

    def link(self, text, docname, anchor):
        if docname not in self.env.found_docs:
            return nodes.Text(text)
        uri = self.env.app.builder.get_relative_uri(self.env.docname, docname)
        return nodes.reference("", text, refuri=f"{uri}#{anchor}", internal=True)

    def warn(self, message):
        log.warning(message, location=self.get_location())


def mark(entry, text):
    return nodes.inline("", text, classes=["kind", f"kind-{entry['kind']}"])


def phrase(text):
    """LaTeX, or words with mathematics between dollar signs, as inline nodes.

    Statements that stand side by side become formulas of their own, so that a line may break there.
    Fractions stand as in a display, since at the size of an index they cannot be read.
    """
    if "$" not in text and ("\\" in text or "=" in text or "_" in text):
        text = f"${text}$"
    pieces = re.split(r"\$([^$]*)\$", text)
    result = []
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            result += [nodes.Text(piece)] if piece else []
            continue
        beside = [piece] if r"\begin" in piece else re.split(r"\\q?quad(?![a-z])\s*", piece)
        result += [formula(beside[0])]
        for statement in beside[1:]:
            result += [nodes.Text("   "), formula(statement)]
    return result


def formula(tex):
    return nodes.math("", rf"\displaystyle {tex}" if r"\frac" in tex and "=" in tex else tex)


def table(page, rows):
    """A docutils table of `rows`, under the titles of its page."""
    group = nodes.tgroup("", cols=len(COLUMNS[page]))
    group += [nodes.colspec("", colwidth=1) for _ in COLUMNS[page]]
    group += nodes.thead("", table_row([[[nodes.Text(title)]] for title in COLUMNS[page]]))
    group += nodes.tbody("", *rows)
    return nodes.table("", group, classes=["ledger", f"ledger-{page}"])


def table_row(cells):
    """A row of cells, each a list of paragraphs of inline nodes."""
    return nodes.row("", *(nodes.entry("", *map(paragraph, cell)) for cell in cells))


def paragraph(inline):
    return nodes.paragraph("", "", *inline)


def setup(app):
    app.connect("builder-inited", demand_a_whole_ledger)
    app.connect("doctree-read", add_anchors)
    app.connect("doctree-read", add_slugs)
    app.add_directive("ledger", LedgerTable)
