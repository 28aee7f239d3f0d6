"""The cover's own lines, counted while the site is built: `{counts}`."""

from collections import Counter

import ledger
from docutils import nodes
from sphinx.util.docutils import SphinxDirective


def counts() -> str:
    """How many lines the ledger has, of which kind, and how many are the notes'."""
    entries = ledger.entries()
    kinds = Counter(entry["kind"] for entry in entries)
    noted = sum("notes" in entry and "reading" not in entry for entry in entries)
    right, wrong, named = (kinds[kind] for kind in ("identity", "wrong", "definition"))
    return (
        f"{len(entries)} lines: {right} identities, each checked; {wrong} wrong ones, each caught; "
        f"{named} definitions, each used. {noted} are the notes’ own."
    )


class Counts(SphinxDirective):
    """`{counts}`: one paragraph."""

    def run(self):
        self.env.note_dependency(str(ledger.LEDGER))
        return [nodes.paragraph("", counts(), classes=["counts"])]


def setup(app):
    app.add_directive("counts", Counts)
