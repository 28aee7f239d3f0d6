"""Break a piece of source in every small way that a slip of the pen would, one way at a time.

    python tests/mutants.py notebooks/05_outer_product.ipynb     what survives in one notebook

A mutant flips a sign, drops a summand, a factor or an exponent, removes a `.T`, or swaps a `@`;
`h[t - 1]` becomes `h[t]` as a dropped summand.  Only statements that a check depends on are
touched.  A cell that rejects a wrong line has one mutant: the right line in its place.
"""

import ast
import contextlib
import copy
import io
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import ledger
import numpy as np

from unrolled.gradcheck import complex_step

RIGHT = "_right_value"


class Mutant(NamedTuple):
    """One broken version of a cell or a module."""

    where: str  # the first ledger name that the cell checks, or the function it stands in
    change: str  # "before → after", as source
    code: ast.Module


def of_cell(source: str) -> Iterator[Mutant]:
    """The mutants of one notebook cell."""
    tree = ast.parse(source)
    where = ledger.calls(source)[0][1]
    for statement in _feeding_checks(tree.body):
        yield from _mutants(tree, statement, where)
    for call in ast.walk(tree):
        if _calls(call, {"rejects"}):
            broken = copy.deepcopy(tree)
            twin = _twin(tree, broken, call)
            right = ast.Call(ast.Name(RIGHT, ast.Load()), twin.args[2:], twin.keywords)
            twin.args[1] = right
            yield Mutant(where, f"{call.args[0].value}: the right line", _fixed(broken))


def of_module(source: str) -> Iterator[Mutant]:
    """The mutants of every function of a module."""
    tree = ast.parse(source)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                yield from _mutants(tree, statement, function.name)


def survivors(notebook: Path) -> tuple[list[Mutant], int]:
    """Run every mutant of a notebook in the namespace of its cell.

    Returns the mutants that raised nothing, and how many there were.
    Cells that only draw are not run, so no other cell may need what they bind.
    """
    namespace = {"__name__": "__main__", RIGHT: _right_value}
    alive, count = [], 0
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for index, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or (_draws(source) and not ledger.calls(source)):
            continue
        if ledger.calls(source):
            before = _copied(namespace)
            for mutant in of_cell(source):
                count += 1
                if not _raises(mutant.code, namespace):
                    alive.append(mutant)
                namespace.clear()
                namespace.update(_copied(before))
        with _quiet():
            exec(compile(source, f"{notebook.name}, cell {index}", "exec"), namespace)
    return alive, count


def _feeding_checks(body):
    """The statements that a check or an identity depends on, found from the last to the first."""
    needed, found = set(), []
    for statement in reversed(body):
        checks = any(_calls(node, {"check", "agree"}) for node in ast.walk(statement))
        if checks or _bound(statement) & needed:
            needed |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
            found.append(statement)
    return reversed(found)


def _bound(statement):
    """Names that a statement gives a value: x = …, x[i] = …, x += …, def x, for x, x.append(…)."""
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            names |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names |= {n.id for n in ast.walk(node.func) if isinstance(n, ast.Name)}
    return names


def _mutants(tree, statement, where):
    untouched = {
        inner
        for node in ast.walk(statement)
        if _calls(node, {"rejects", "print"}) or isinstance(node, ast.JoinedStr | ast.Raise)
        for inner in ast.walk(node)
    }
    for node in ast.walk(statement):
        if node in untouched:
            continue
        for replacement in _slips(node):
            broken = copy.deepcopy(tree)
            twin = _twin(tree, broken, node)
            _Replace(twin, replacement).visit(broken)
            change = f"{ast.unparse(node)} → {ast.unparse(replacement)}"
            yield Mutant(where, change, _fixed(broken))


def _slips(node):
    """What a slip of the pen would make of one node of the tree."""
    if isinstance(node, ast.BinOp):
        left, op, right = node.left, node.op, node.right
        if isinstance(op, ast.Add):
            yield from (ast.BinOp(left, ast.Sub(), right), left, right)
        elif isinstance(op, ast.Sub):
            yield from (ast.BinOp(left, ast.Add(), right), left, right)
        elif isinstance(op, ast.Mult):
            yield from (left, right)
        elif isinstance(op, ast.MatMult):
            yield from (ast.BinOp(right, op, left), left, right)
        elif isinstance(op, ast.Div | ast.Pow):
            yield left
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield ast.AugAssign(node.target, ast.Sub(), node.value)


class _Replace(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return copy.deepcopy(self.new) if node is self.old else self.generic_visit(node)


def _twin(tree, copied, node):
    """The node of the copied tree that stands where `node` stands in the original."""
    return next(b for a, b in zip(ast.walk(tree), ast.walk(copied), strict=True) if a is node)


def _fixed(tree):
    return ast.fix_missing_locations(tree)


def _calls(node, names):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _draws(source):
    return any(f"{name}(" in source for name in ("show", "flipbook", "jslink", "display"))


def _right_value(f, x=None):
    return f if x is None else complex_step(f, np.asarray(x))


def _raises(code, namespace):
    with _quiet():
        try:
            exec(compile(code, "mutant", "exec"), namespace)
        except Exception:  # any error at all is a mistake that the reader is told of
            return True
    return False


def _copied(namespace):
    """The namespace with its data copied: a mutant may change an array or draw random numbers."""
    data = (np.ndarray, np.random.Generator, list, dict, tuple, set)
    return {
        name: copy.deepcopy(value) if isinstance(value, data) else value
        for name, value in namespace.items()
    }


@contextlib.contextmanager
def _quiet():
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        alive, count = survivors(path)
        print(f"{path.name}: {count} mutants, {len(alive)} survive")
        for mutant in alive:
            print(f"  {mutant.where}: {mutant.change}")
