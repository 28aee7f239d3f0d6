"""The cover: its stylesheet, and what is counted while the site is built (`{counts}`)."""

from collections import Counter

import ledger
import opener
from docutils import nodes
from sphinx.util.docutils import SphinxDirective


def counts() -> str:
    """How many lines the ledger has, of which kind, and how many are the notes'."""
    entries = ledger.entries()
    kinds = Counter(entry["kind"] for entry in entries)
    noted = sum("notes" in entry and "reading" not in entry for entry in entries)
    right, wrong, named = (kinds[kind] for kind in ("identity", "wrong", "definition"))
    return (
        f"A tick for each of the notes’ {noted} lines; a hatched one is wrong, and put right. With "
        f"the book’s own there are {len(entries)}: {right} identities, each checked; {wrong} wrong "
        f"ones, each caught; {named} definitions, each used."
    )


class Counts(SphinxDirective):
    """`{counts}`: a tick for each of the notes' lines, and what was counted."""

    def run(self):
        self.env.note_dependency(str(ledger.LEDGER))
        uri = self.env.app.builder.get_relative_uri(self.env.docname, "book/notes")
        return [nodes.raw("", opener.strip(opener.lines(), uri, counts()), format="html")]


def dress(app, doctree, docname):
    """Give the cover's section the class that its stylesheet speaks of."""
    if docname == app.config.root_doc:
        next(doctree.findall(nodes.section))["classes"].append("cover")


def bring_style(app, pagename, templatename, context, doctree):
    if pagename == app.config.root_doc:
        app.add_css_file("cover.css")


def setup(app):
    app.add_directive("counts", Counts)
    app.connect("doctree-resolved", dress)
    app.connect("html-page-context", bring_style)
