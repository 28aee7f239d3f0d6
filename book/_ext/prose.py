"""Small marks in the prose of a page that has just been read.

A mark after mathematics keeps to it; an exercise has a hanging numeral and its kind; a reader's
question stands by itself; a table of words may be stacked on a phone.
"""

import re

from docutils import nodes

AFTER = re.compile(r"[.,;:!?)\]’”%–-]+")
EXERCISE = re.compile(r"(\d+)(?:\. (.+?)\.| \((.+?)\)\.)")


def keep_marks(app, doctree):
    """Wrap each formula together with the punctuation after it, so that no line begins with it."""
    for formula in list(doctree.findall(nodes.math)):
        siblings = formula.parent.children
        place = siblings.index(formula)
        after = siblings[place + 1] if place + 1 < len(siblings) else None
        found = AFTER.match(after) if isinstance(after, nodes.Text) else None
        if found:
            mark, rest = found[0], after[found.end() :]
            kept = nodes.inline("", "", formula.deepcopy(), nodes.Text(mark), classes=["kept"])
            parent = formula.parent
            parent.remove(after)
            parent.replace(formula, [kept, nodes.Text(rest)] if rest else kept)


def mark_paragraphs(app, doctree):
    """Mark the exercises and the readers' questions: paragraphs that begin in bold."""
    for paragraph in doctree.findall(nodes.paragraph):
        lead = next((child for child in paragraph.children if child.astext()), None)
        if not isinstance(lead, nodes.strong) or not isinstance(paragraph.parent, nodes.section):
            continue
        if found := EXERCISE.fullmatch(lead.astext()):
            kind = found[2] or found[3]
            number = nodes.inline("", found[1], classes=["exercise-number"])
            title = nodes.inline("", kind[0].upper() + kind[1:], classes=["exercise-kind"])
            paragraph["classes"].append("exercise")
            paragraph.replace(lead, [number, nodes.Text(" "), title])
        elif lead.astext().endswith("?") and lead.astext() != "True or false?":
            paragraph["classes"].append("question")


def mark_tables(app, doctree):
    """Mark the tables whose last of three or more columns holds words, not numbers."""
    for table in doctree.findall(nodes.table):
        rows = [row.children for body in table.findall(nodes.tbody) for row in body.children]
        words = [len(row[-1].astext().split()) for row in rows if len(row) > 2]
        if "ledger" not in table["classes"] and words and sum(words) > 2 * len(words):
            table["classes"].append("stacked")


def bring_script(app, pagename, templatename, context, doctree):
    """Let the keyboard reach a formula that scrolls."""
    if 'class="katex-display"' in context.get("body", ""):
        app.add_js_file("scrollers.js")


def setup(app):
    app.connect("doctree-read", mark_tables)
    app.connect("doctree-read", mark_paragraphs)
    app.connect("doctree-read", keep_marks)
    app.connect("html-page-context", bring_script)
