"""What is folded on the page and open in Jupyter: setup, the code of a drawing, a solution.

A cell of imports folds to "Setup, 9 lines"; a cell that only draws shows its picture, and its code
on demand; the hidden cells after a solution stand in its drawer, with what they print.
"""

import ast

from docutils import nodes
from ledger_page import code_cells

DRAWS = {"show", "flipbook"}
CHECKS = {"check", "agree", "rejects"}


def fold(app, doctree):
    """Fold the cells of a page that has just been read."""
    for cell in code_cells(doctree).values():
        if cell.get("hide_mode") == "all":
            into_drawer(cell)
        elif not cell.get("hide_mode"):
            fold_code(cell)


def into_drawer(cell):
    """Move a hidden cell into the drawer that it follows, with a line between that leads to it."""
    siblings = cell.parent.children
    moved = [cell]
    before = sibling(siblings, cell)
    if isinstance(before, nodes.paragraph) and before.astext().endswith(":"):
        moved.insert(0, before)
        before = sibling(siblings, before)
    if before is not None and before.get("design_component") == "dropdown":
        for node in moved:
            node.parent.remove(node)
            before += node
        del cell["hide_mode"]
        cell["classes"] = [c for c in cell["classes"] if c != "tag_hide-cell"]


def sibling(siblings, node):
    """The one before `node`, if there is one."""
    place = siblings.index(node)
    return siblings[place - 1] if place else None


def fold_code(cell):
    """Fold the code of a cell of imports, or of one that only draws (below its picture)."""
    shown = [c for c in cell.children if c.get("nb_element") == "cell_code_source"]
    if not shown or (kind := kind_of(shown[0].astext())) is None:
        return
    code, source = shown[0], shown[0].astext()
    lines = len(source.strip().splitlines())
    title = f"Setup, {lines} line{'s' * (lines > 1)}" if kind == "setup" else "how this is drawn"
    cell.remove(code)
    opening = f'<details class="code-fold {kind}"><summary>{title}</summary>'
    cell += [
        nodes.raw("", opening, format="html"),
        code,
        nodes.raw("", "</details>", format="html"),
    ]


def kind_of(source):
    """'setup', 'drawing', or None for a cell that the reader is to read."""
    tree = ast.parse(source)
    if all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in tree.body):
        return "setup"
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    last = tree.body[-1]
    draws = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
    draws = draws and getattr(last.value.func, "id", None) in DRAWS
    return "drawing" if draws and not called & (CHECKS | {"print"}) else None


def setup(app):
    app.connect("doctree-read", fold)
