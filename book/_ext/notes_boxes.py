"""What the notes have: their wrong lines keep out of the numbers of the right ones.

A labelled equation that shows a wrong line (it stands in a box "What the notes have here", or it
begins "not so") gets no equation number: it bears the notes' own, N46, which leads to its row on
the page of the notes, or ✗ where the slip is the book's own.  A reference to it shows the same.
Where one term of the line is the slip, that term is struck.
"""

import re

import ledger
from docutils import nodes

BOX = "What the notes have here"
NOT_SO = re.compile(r"\s*\\text\{not ")


def is_box(node):
    return isinstance(node, nodes.admonition) and node[0].astext() == BOX


def mark_boxes(app, doctree):
    """Give each box of the notes its paper, and each wrong equation the notes' number."""
    for box in doctree.findall(is_box):
        box["classes"] = ["notes-paper"]
    wrong = {e["name"]: e for e in ledger.entries() if e["kind"] == "wrong"}
    for equation in list(doctree.findall(nodes.math_block)):
        name = (equation.get("label") or "").removeprefix("eq:")
        if name in wrong and shows_wrong(equation):
            equation[:] = [nodes.Text(ledger.struck(wrong[name], equation.astext()))]
            app.env.note_dependency(str(ledger.LEDGER))
            take_number(app, equation, name)


def shows_wrong(equation):
    """Whether the equation is the wrong line itself, and not what is said about it."""
    node = equation
    while node := node.parent:
        if "notes-paper" in node.get("classes", ()):
            return True
    return bool(NOT_SO.match(equation.astext()))


def take_number(app, equation, name):
    """Put the equation, without its number, into a box beside the notes' number of the line."""
    env = app.env
    label = equation["label"]
    line = nodes.container("", classes=["notes-line"], ids=equation["ids"])
    line["classes"] += [] if ledger.numbers().get(name) else ["slip"]
    equation.update_basic_atts({})
    equation["ids"], equation["label"], equation["number"] = [], None, None
    del env.get_domain("math").equations[label]
    env.metadata[env.docname].setdefault("wrong_equations", {})[label] = line["ids"][0]
    equation.replace_self(line)
    line += equation
    line += nodes.paragraph("", "", link(app, name), classes=["notes-number"])


def link(app, name):
    """A reference to the row of a wrong line: N46 on the page of the notes, ✗ in the ledger."""
    number = ledger.numbers().get(name)
    page = "book/notes" if number else "book/ledger"
    uri = app.builder.get_relative_uri(app.env.docname, page)
    title = "this line of the notes" if number else "a slip that the book rejects"
    return nodes.reference(
        "", number or "✗", refuri=f"{uri}#line-{name}", internal=True, reftitle=title
    )


def resolve(app, env, node, contnode):
    """A reference to an equation that has lost its number: the notes' number, as a link."""
    if node.get("refdomain") != "math" or node.get("reftype") != "eq":
        return None
    label = node["reftarget"]
    for docname, metadata in env.metadata.items():
        if label in metadata.get("wrong_equations", {}):
            anchor = metadata["wrong_equations"][label]
            uri = app.builder.get_relative_uri(node["refdoc"], docname)
            text = ledger.numbers().get(label.removeprefix("eq:"), "✗")
            return nodes.reference("", text, refuri=f"{uri}#{anchor}", internal=True)
    return None


def setup(app):
    app.connect("doctree-read", mark_boxes)
    app.connect("missing-reference", resolve)
