"""Break a piece of source in every small way that a slip of the pen would, one way at a time.

    python tests/mutants.py                                all notebooks and modules, every mutant
    python tests/mutants.py notebooks/05_outer_product.ipynb unrolled/rtrl.py      only these

A mutant of a notebook is killed when its cell, or a later one that rests on it, raises or prints
something else; a mutant of a module, when a test fails.  The ways to break are `SLIPS`; a mutant
that changes nothing is listed in equivalent_mutants.yml with the reason.  What became of those of
each line of the ledger is written to book/mutants.yml, which the pages show (not with --part).
"""

import ast
import contextlib
import copy
import importlib.abc
import importlib.util
import io
import json
import os
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TQDM_DISABLE", "1")  # read when tqdm is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # and when NumPy is

import numpy as np
import pytest
import yaml
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import ledger  # noqa: E402, found by the line above
from tqdm import tqdm  # noqa: E402

from unrolled.gradcheck import complex_step  # noqa: E402

LISTED = ROOT / "tests" / "equivalent_mutants.yml"
RECORD = ROOT / "book" / "mutants.yml"
RIGHT = "_right_value"
KNOWN = ["tests/test_clinic_known.py"]
# in a process of its own the command line would import the module as it is
ONE_PROCESS = "not command_line and not not_there and not endless and not neighbour"
MODULES_TESTED = {  # the tests that hold each module, as pytest is called
    "gradcheck": ["tests/test_gradcheck.py"],
    "matrices": ["tests/test_matrices.py"],
    "inputs": ["tests/test_inputs.py", "tests/test_rnn.py", "tests/test_gates.py"],
    "rnn": ["tests/test_rnn.py", "tests/test_inputs.py"],
    "rtrl": ["tests/test_rtrl.py"],
    "gates": ["tests/test_gates.py", "-knot autograd"],
    "ends": ["tests/test_scan.py", "tests/test_gates.py", "-knot autograd"],
    "scan": ["tests/test_scan.py"],
    "checkpoints": ["tests/test_checkpoints.py"],
    "counted": ["tests/test_counted.py"],
    "tape": ["tests/test_tape.py"],
    "train": ["tests/test_inputs.py", "tests/test_train.py", "-knot stored and not learnt"],
    "data": ["tests/test_inputs.py", "tests/test_data.py"],
    "svg": ["tests/test_flipbook.py"],
    "flipbook": ["tests/test_flipbook.py"],
    "clinic.xray": ["tests/test_clinic.py", f"-k{ONE_PROCESS} and not product"],
    "clinic.patterns": ["tests/test_clinic.py", f"-k{ONE_PROCESS}"],
    "clinic.diagnosis": [*KNOWN, "tests/test_clinic.py", f"-k{ONE_PROCESS} and not product"],
    "clinic.jacobian": ["tests/test_clinic.py", "-ksoftmax"],
    "clinic.words": [*KNOWN, "tests/test_clinic.py", f"-k{ONE_PROCESS} and not product"],
    "clinic.visit": ["tests/test_clinic.py", f"-k{ONE_PROCESS} and not product and not planted"],
    "clinic.known": KNOWN,
    "clinic.key": ["tests/test_clinic_pages.py", "-kkey or experiment or compare"],
    "clinic.ladder": ["tests/test_clinic_pages.py", "-kladder"],
}
PRELOADED = ("autograd", "hypothesis", "playwright.sync_api", "matplotlib", "anywidget")
PATIENCE = 20  # seconds of the processor after which a mutant that still runs counts as killed
CONTEXT = 60  # characters of an expression that names a number in it
MANY = 100  # a number of samples, which may as well be another
SLOW = 2.0  # seconds, likewise: a slower cell is not run again for the mutants of another
DRAWS = {"show", "flipbook", "jslink", "display", "source"}  # cells whose output nbval compares
SPOKEN = {
    "print",
    "fill",
    "check",
    "agree",
    "rejects",
    "round",
}  # their texts and digits are no slip
CHOSEN = {
    "default_rng",
    "example",
    "arange",
    "linspace",
    "errstate",
    "array",
}
DRAWN = {
    "standard_normal",
    "normal",
    "integers",
    "uniform",
    "dirichlet",
    "choice",
    "permutation",
    "init",
}
MODULES = {"np", "rnn", "data", "train", "gradcheck", "plt"}  # a call of np.f changes no np
UNORDERED = {"min", "max", "minimum", "maximum", "clip"}  # f(a, b) = f(b, a)
EVEN = {"norm", "abs", "allclose", "relative_error", "outer", "half_square"}  # f(a - b) = f(b - a)


class Mutant(NamedTuple):
    """One broken version of a cell or a module."""

    where: str  # the first ledger name that the cell checks, or the function it stands in
    kind: str  # the slip's name, a key of SLIPS
    change: str  # "before → after", as source
    code: ast.Module


def _binary(node, *operators):
    return isinstance(node, ast.BinOp) and isinstance(node.op, operators)


def _sign(node):
    if _binary(node, ast.Add, ast.Sub):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield ast.BinOp(node.left, other, node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if not isinstance(node.operand, ast.Constant):
            yield node.operand
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield ast.AugAssign(node.target, ast.Sub(), node.value)


def _dropped(node):
    if _binary(node, ast.Add, ast.Sub, ast.Mult, ast.MatMult):
        yield from (node.left, node.right)
    elif _binary(node, ast.Div, ast.Pow, ast.FloorDiv, ast.Mod):
        yield node.left


def _transposed(node):
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


def _swapped(node):
    if _named(node, UNORDERED):
        return
    if _named(node, EVEN) and len(node.args) >= 2:
        first, second, *rest = node.args
        if ast.dump(first) != ast.dump(second) and not _named(node, EVEN - {"outer"}):
            yield ast.Call(node.func, [second, first, *rest], node.keywords)
        return
    if _binary(node, ast.MatMult, ast.Sub, ast.Div):
        if ast.dump(node.left) != ast.dump(node.right):
            yield ast.BinOp(node.right, node.op, node.left)
    elif (
        isinstance(node, ast.Call)
        and len(node.args) >= 2
        and not _named(node, SPOKEN | CHOSEN | DRAWN)
    ):
        if not any(isinstance(argument, ast.Starred) for argument in node.args[:2]):
            first, second, *rest = node.args
            if ast.dump(first) != ast.dump(second):
                yield ast.Call(node.func, [second, first, *rest], node.keywords)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)


def _shifted(node):
    if isinstance(node, ast.Constant) and type(node.value) is int and abs(node.value) < MANY:
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
        for op in (ast.Add(), ast.Sub()):
            index = ast.BinOp(node.slice, op, ast.Constant(1))
            yield ast.Subscript(node.value, index, node.ctx)


def _constant(node):
    if isinstance(node, ast.Constant) and type(node.value) is float and node.value:
        yield ast.Constant(2 * node.value)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value)


_OTHER = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPPOSITE = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
_OPPOSITE |= {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
_OPPOSITE |= {ast.In: ast.NotIn, ast.NotIn: ast.In}


def _comparison(node):
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        if type(node.ops[0]) in _OPPOSITE:
            yield ast.Compare(node.left, [_OPPOSITE[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield ast.BoolOp(other, node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def _boundary(node):
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OTHER:
        yield ast.Compare(node.left, [_OTHER[type(node.ops[0])]()], node.comparators)


def _overwritten(node):
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        target = copy.deepcopy(node.target)
        yield ast.Assign([target], node.value, lineno=0)


def _deleted(node):
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) and not (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ):
        yield ast.Pass()


SLIPS = {
    "sign": _sign,  # a + b → a - b, -a → a, a += b → a -= b
    "dropped": _dropped,  # a summand, a factor, a divisor, an exponent
    "transposed": _transposed,  # A.T → A
    "swapped": _swapped,  # A @ B → B @ A, a - b → b - a, f(a, b) → f(b, a)
    "shifted": _shifted,  # 2 → 3, 2 → 1, h[t] → h[t + 1], h[t - 1]; axes are whole numbers too
    "constant": _constant,  # 0.5 → 1.0, True → False
    "comparison": _comparison,  # < → >=, and → or, not a → a
    "boundary": _boundary,  # < → <=
    "overwritten": _overwritten,  # a += b → a = b
    "deleted": _deleted,  # a statement inside a function
}


def _mutants_of_module(source: str) -> Iterator[Mutant]:
    """The mutants of every function and method of a module."""
    tree = ast.parse(source)
    for owner in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        prefix = f"{owner.name}." if isinstance(owner, ast.ClassDef) else ""
        for function in owner.body:
            if isinstance(function, ast.FunctionDef):
                for statement in function.body:
                    yield from _broken(tree, statement, prefix + function.name)


class _Cell(NamedTuple):
    source: str
    statements: list
    code: object  # compiled


def of_notebook(notebook: Path, part: bool = False) -> tuple[list[Mutant], list[Mutant]]:
    """Run every mutant of a notebook in the namespace of its cell, then the cells that rest on it.

    Returns the mutants that were tried, and those that changed nothing.  With `part`, a fixed part
    of them: the first of each kind, the first of each cell, every forty-eighth.  Cells that only
    draw are not run, so no other cell may need what they bind; what only they need, or only slow
    ones, is not mutated, for the strict comparison of outputs holds it.  Raises RuntimeError where
    the notebook fails.
    """
    cells = [_cell(notebook, i, cell) for i, cell in enumerate(_code_cells(notebook))]
    cells = [cell for cell in cells if cell is not None]
    namespace = {"__name__": "__main__", RIGHT: _right_value}
    said, before, slow = [], [], []
    for cell in cells:  # the notebook as it is
        before.append(_copied(namespace))
        start = time.process_time()
        said.append(_run(cell.code, namespace))
        slow.append(time.process_time() - start > SLOW)
        if said[-1] is None:
            raise RuntimeError(f"{notebook.name}: this cell fails:\n{cell.source}")
    tried, alive, speakers, kinds = [], [], _speakers(cells), set()
    for i in range(len(cells)):
        found = _found(cells, slow, speakers, i)
        for mutant, chain in _part(found, 48, kinds) if part else found:
            tried.append(mutant)
            namespace.clear()
            namespace.update(_copied(before[i]))
            unseen = _run(mutant.code, namespace) == said[i]
            for j, untouched in chain:
                if unseen:
                    as_were = {name: before[j][name] for name in untouched & set(before[j])}
                    namespace.update(_copied(as_were))
                    unseen = _run(cells[j].code, namespace) == said[j]
            if unseen:
                alive.append(mutant)
    return tried, alive


def _found(cells, slow, speakers, i):
    """The mutants of a cell, each with the later cells that rest on it."""
    found = []
    for statement in cells[i].statements:
        spoken, chain = _resting(cells, slow, speakers, i, statement)
        if spoken:
            found += [(mutant, chain) for mutant in _mutants(cells[i].source, statement)]
    return found


def generated(notebook: Path) -> Counter:
    """How many mutants there are of each checked line of a notebook: none is run."""
    cells = [_cell(notebook, i, cell) for i, cell in enumerate(_code_cells(notebook))]
    cells = [cell for cell in cells if cell is not None]
    speakers, quick = _speakers(cells), [False] * len(cells)
    lines = {names[0] for names in names_by_cell(notebook)}
    found = [
        _found(cells, quick, speakers, i)
        for i, cell in enumerate(cells)
        if lines & {name for _, name in ledger.calls(cell.source)}
        or lines & {min(_bound(statement), default="") for statement in cell.statements}
    ]
    return Counter(mutant.where for mutants in found for mutant, _ in mutants)


def names_by_cell(notebook: Path) -> list[list[str]]:
    """The ledger's names that each checking cell of a notebook answers for."""
    called = [[name for _, name in ledger.calls(cell)] for cell in _code_cells(notebook)]
    return [names for names in called if names and not names[0].startswith(ledger.EXERCISE)]


def record(notebook: Path, tried: list[Mutant], alive: list[Mutant]) -> None:
    """Write how many mutants of each of the notebook's checks were tried, and how many killed."""
    known = {entry["name"] for entry in ledger.entries()}
    stored = yaml.safe_load(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    of, left = (Counter(mutant.where for mutant in some) for some in (tried, alive))
    for names in names_by_cell(notebook):
        stored |= {name: [of[names[0]], of[names[0]] - left[names[0]]] for name in names}
    stored = {name: counts for name, counts in stored.items() if name in known}
    title = "# Lines of the ledger: the mutants of each one's cell, those killed (make mutants)."
    RECORD.write_text(
        f"{title}\n{yaml.safe_dump(stored, default_flow_style=None)}", encoding="utf-8"
    )


def noticed(notebook: Path, before: str, after: str) -> bool:
    """Whether a notebook raises or prints something else when a piece of its source is changed."""
    sources = _code_cells(notebook)
    at = next((i for i, source in enumerate(sources) if before in source), None)
    if at is None:
        raise ValueError(f"{notebook.name} has no cell with {before!r}")
    as_is, changed = {"__name__": "__main__"}, {"__name__": "__main__"}
    for i, source in enumerate(sources):
        other = source.replace(before, after) if i == at else source
        cell = _cell(notebook, i, source)
        if cell and _run(cell.code, as_is) != _run(compile(other, "changed", "exec"), changed):
            return True
    return False


def _part(found, every, kinds):
    """The first mutant of all, of each kind not yet in `kinds`, and every so many; in tuples."""
    for i, one in enumerate(found):
        if one[0].kind not in kinds or i % every == 0:
            kinds.add(one[0].kind)
            yield one


def _code_cells(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _cell(notebook, index, source):
    tree = ast.parse(source)
    if not _speaks(tree) and any(_named(node, DRAWS) for node in ast.walk(tree)):
        return None
    code = compile(source, f"{notebook.name}, code cell {index + 1}", "exec")
    return _Cell(source, tree.body, code)


def _speaks(tree, speakers=frozenset()):
    speakers = {"print", "check", "agree", "rejects", *speakers}
    return any(_called(node, speakers) for node in ast.walk(tree))


def _speakers(cells):
    """The functions of a notebook that print."""
    defined = [s for cell in cells for s in cell.statements if isinstance(s, ast.FunctionDef)]
    found, before = set(), None
    while found != before:
        before, found = found, {s.name for s in defined if _speaks(s, found)}
    return found


def _resting(cells, slow, speakers, i, statement):
    """Whether a statement is seen in a check or a print, and the later cells that rest on it.

    Each of these comes with the names that it must find as they were: those that cells in between
    bind, and that owe nothing to the statement.  A slow cell is left out, and what rests on it.
    """
    tainted, spoken, chain = set(_bound(statement)), _speaks(statement, speakers), []
    unknown, between = set(), set()
    own = cells[i].statements
    for j, statements in enumerate(
        [own[own.index(statement) + 1 :], *(c.statements for c in cells[i + 1 :])], start=i
    ):
        loads = set().union(*map(_loads, statements))
        touched = bool(loads & tainted)
        run = j == i or (touched and not slow[j] and not loads & unknown)
        if touched and run and j > i:
            chain.append((j, between - tainted - unknown))
        for other in statements:
            if _loads(other) & (tainted | unknown):
                if run:
                    tainted |= _bound(other)
                    spoken |= _speaks(other, speakers)
                else:
                    unknown |= _bound(other)
            else:
                tainted -= _rebound(other)
                unknown -= _rebound(other)
        between = between.union(*map(_bound, cells[j].statements))
    return spoken, chain


def _loads(statement):
    """Names that a statement mentions, but for the arguments and the variables of a function."""
    names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    if not isinstance(statement, ast.FunctionDef):
        return names
    own = {n.arg for n in ast.walk(statement) if isinstance(n, ast.arg)}
    stored = [n for n in ast.walk(statement) if isinstance(getattr(n, "ctx", None), ast.Store)]
    return names - own - {n.id for n in stored if isinstance(n, ast.Name)}


def _targets(statement):
    """The nodes of the targets of its comprehensions, which stay inside them."""
    targets = [n.target for n in ast.walk(statement) if isinstance(n, ast.comprehension)]
    return [inner for target in targets for inner in ast.walk(target)]


def _rebound(statement):
    """Names that a statement gives a value that owes nothing to their old one."""
    if isinstance(statement, ast.Assign):
        targets = [n for target in statement.targets for n in ast.walk(target)]
        return {n.id for n in targets if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return {statement.name} if isinstance(statement, ast.FunctionDef) else set()


def _bound(statement):
    """Names that a statement gives a value: x = …, x[i] = …, x += …, def x, for x, x.append(…)."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in statement.names}
    targets = _targets(statement)
    inside, inner = set(map(id, targets)), {n.id for n in targets if isinstance(n, ast.Name)}
    names = set()
    for node in ast.walk(statement):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            names |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func
            while isinstance(owner, ast.Attribute | ast.Subscript):
                owner = owner.value
            names |= {owner.id} - MODULES - inner if isinstance(owner, ast.Name) else set()
    return names


def _mutants(source, statement):
    """The mutants of one statement of a cell."""
    tree = ast.parse(source)
    statement = next(s for s in tree.body if ast.dump(s) == ast.dump(statement))
    calls = ledger.calls(source)
    where = calls[0][1] if calls else min(_bound(statement), default="cell")
    yield from _broken(tree, statement, where)
    for call in ast.walk(statement):
        if _called(call, {"rejects"}):
            right = ast.Call(ast.Name(RIGHT, ast.Load()), call.args[2:], call.keywords)
            name = f"{call.args[0].value}: the right line"
            yield Mutant(where, "right", name, _replaced(tree, call.args[1], right))


def _broken(tree, statement, where):
    if isinstance(statement, ast.Assign) and any(_named(n, DRAWN) for n in ast.walk(statement)):
        return  # a random input is as good as another
    if isinstance(statement, ast.Assign) and not any(
        isinstance(n, ast.Name | ast.Call) for n in ast.walk(statement.value)
    ):
        return  # so is a number that is chosen
    left_alone = _left_alone(statement)
    above = {child: node for node in ast.walk(statement) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(statement):
        for kind, slip in SLIPS.items():
            if left_alone.get(node, set()) & {kind, "all"}:
                continue
            for new in slip(node):
                change = _change(node, new, above)
                yield Mutant(where, kind, change, _replaced(tree, node, new))


def _change(node, new, above):
    """ "before → after"; a number in the expression that it stands in, where that is short."""
    old, around = node, node
    while isinstance(around, ast.Constant | ast.UnaryOp | ast.Slice | ast.Tuple | ast.keyword):
        around = above.get(around)
    if isinstance(node, ast.Constant) and isinstance(around, ast.expr):
        inside = _replaced(around, node, new)
        if max(len(ast.unparse(around)), len(ast.unparse(inside))) <= CONTEXT:
            old, new = around, inside
    return f"{ast.unparse(old)} → {ast.unparse(_fixed(new))}"


def _replaced(tree, old, new):
    """A copy of the tree with one node replaced."""
    copied = copy.deepcopy(tree)
    twin = next(b for a, b in zip(ast.walk(tree), ast.walk(copied), strict=True) if a is old)
    return _fixed(_Replace(twin, new).visit(copied))


def _left_alone(statement):
    """{node: kinds of slips} for what is no formula: texts, errors, inputs, f(a - b) = f(b - a)."""
    kinds = {statement: {"deleted"}}
    for node in ast.walk(statement):
        if (
            any(_named(child, DRAWN) for child in ast.iter_child_nodes(node))
            and isinstance(node, ast.BinOp)
        ) or _named(node, DRAWN):  # the size of a random input
            chosen = {inner: {"all"} for inner in ast.walk(node)}
        elif isinstance(node, ast.Assign) and _named(node.value, {"default_rng"}):
            chosen = {node: {"deleted"}}
        elif isinstance(node, ast.keyword) and node.arg == "strict":  # a guard, and no formula
            chosen = {node.value: {"all"}}
        elif isinstance(node, ast.JoinedStr | ast.Raise):
            chosen = {inner: {"all"} for inner in ast.walk(node)}
        elif _named(node, CHOSEN):
            chosen = {inner: {"all"} for argument in node.args for inner in ast.walk(argument)}
        elif _named(node, {"allclose"}):  # tolerances, a threshold too
            given = [*node.args[2:], *(keyword.value for keyword in node.keywords)]
            chosen = {inner: {"all"} for argument in given for inner in ast.walk(argument)}
        elif _named(node, {"fill", "round"}):  # the width of a line, the digits of a number
            digits = node.args[isinstance(node.func, ast.Name) :]
            chosen = {inner: {"all"} for argument in digits for inner in ast.walk(argument)}
        elif _named(node, EVEN) and node.args and _binary(node.args[0], ast.Sub):
            chosen = {node.args[0]: {"swapped"}}
        elif _binary(node, ast.Pow) and _binary(node.left, ast.Sub):
            chosen = {node.left: {"swapped"}}
        elif isinstance(node, ast.Compare):  # a threshold
            chosen = {n: {"constant"} for n in (node.left, *node.comparators)}
            if any(isinstance(n, ast.Constant) and type(n.value) is float for n in chosen):
                chosen[node] = {"boundary"}
        else:
            continue
        for inner, some in chosen.items():
            kinds.setdefault(inner, set()).update(some)
    return kinds


class _Replace(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return copy.deepcopy(self.new) if node is self.old else self.generic_visit(node)


def _fixed(tree):
    return ast.fix_missing_locations(tree)


def _called(node, names):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _named(node, names):
    """Whether a node is a call of one of these functions or methods."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return (called.id if isinstance(called, ast.Name) else getattr(called, "attr", None)) in names


def _right_value(f, x=None):
    return f if x is None else complex_step(f, np.asarray(x))


class _OutOfTime(Exception):
    pass


def _run(code, namespace):
    """What the code prints; None if it raises, or does not end."""
    code = compile(code, "mutant", "exec") if isinstance(code, ast.AST) else code

    def out_of_time(signum, frame):
        raise _OutOfTime

    signal.signal(signal.SIGPROF, out_of_time)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    with contextlib.redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(code, namespace)
        except Exception:  # any error at all is a mistake that the reader is told of
            return None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return out.getvalue()


def _copied(namespace):
    """The namespace with its data copied: a mutant may change an array or draw random numbers."""
    data = (np.ndarray, np.random.Generator, list, dict, tuple, set)
    return {
        name: copy.deepcopy(value) if isinstance(value, data) and not _drawn(value) else value
        for name, value in namespace.items()
    }


def _drawn(value):
    """Whether a container holds a widget, which no one can copy."""
    values = value.values() if isinstance(value, dict) else value
    return isinstance(value, dict | list | tuple | set) and any(
        hasattr(inner, "_repr_mimebundle_") for inner in values
    )


def of_module(name: str, tests: list[str], part: bool = False):
    """Run the tests of a module of `unrolled` on every mutant of it, each in a process of its own.

    Returns the mutants that were tried, and those that every test lets pass; with `part`, the first
    of each kind and every eightieth.  To be called in a fresh process: what imported the module
    before would keep its functions as they were.
    """
    for preloaded in PRELOADED:  # once, and not in each child
        importlib.import_module(preloaded)
    # a mutant is killed by the first example that fails: the smallest one is nobody's question
    only = {"phases": [Phase.explicit, Phase.generate], "report_multiple_bugs": False}
    settings.register_profile("first", **only, database=None)
    settings.load_profile("first")
    path = ROOT / "unrolled" / f"{name.replace('.', '/')}.py"
    found = [(mutant,) for mutant in _mutants_of_module(path.read_text(encoding="utf-8"))]
    tried = [mutant for (mutant,) in (_part(found, 80, set()) if part else found)]
    alive = [mutant for mutant in tqdm(tried, desc=name) if _passes(mutant, name, tests)]
    return tried, alive


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a mutant in the place of its module."""

    def __init__(self, name, code):
        self.name, self.code = name, code

    def find_spec(self, name, path=None, target=None):
        if name == self.name:
            origin = str(_path(name.removeprefix("unrolled.")))
            return importlib.util.spec_from_loader(name, self, origin=origin)
        return None

    def exec_module(self, module):
        module.__file__ = module.__spec__.origin
        exec(compile(self.code, module.__name__, "exec"), module.__dict__)


def _passes(mutant, module, tests):
    child = os.fork()
    if child == 0:
        signal.alarm(120)  # an endless loop ends in a signal, and counts as killed
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            try:
                for name in [name for name in sys.modules if name.startswith("unrolled")]:
                    del sys.modules[name]  # so that all import the mutant
                sys.meta_path.insert(0, _Finder(f"unrolled.{module}", mutant.code))
                quiet = [
                    "-xq",
                    "--tb=no",
                    *(f"-pno:{name}" for name in ("cacheprovider", "xdist", "nbval")),
                ]
                failed = pytest.main([*quiet, *map(str, tests)])
            except BaseException:  # a module that cannot even be imported
                failed = 1
        os._exit(int(failed != 0))
    return os.waitpid(child, 0)[1] == 0


def listed(source: str) -> set[tuple[str, str]]:
    """The mutants of a source that change nothing, as (where, change)."""
    return {
        (where, change)
        for entry in yaml.safe_load(LISTED.read_text(encoding="utf-8"))
        if entry["source"] == source
        for where, changes in entry["mutants"].items()
        for change in changes
    }


def judge(source: str, tried: list[Mutant], alive: list[Mutant], part: bool = False) -> list[str]:
    """What is wrong, a line each: a survivor that is not listed, a listed one that is killed.

    With `part` the second is no fault: a mutant may just be noticed on one processor, and not on
    another.
    """
    known_alive = listed(source)
    found = {(mutant.where, mutant.change) for mutant in alive}
    known = {(mutant.where, mutant.change) for mutant in tried}
    faults = [f"{source}, {w}: survives: {c}" for w, c in sorted(found - known_alive)]
    return faults + [
        f"{source}, {w}: listed, but killed: {c}"
        for w, c in sorted(known_alive & known - found)
        if not part
    ]


def main(argv: list[str]) -> int:
    part = "--part" in argv
    paths = [Path(argument).resolve() for argument in argv if not argument.startswith("--")]
    paths = paths or [*sorted((ROOT / "notebooks").glob("*.ipynb")), *map(_path, MODULES_TESTED)]
    failed = False
    for path in paths:
        if path.suffix == ".py":
            source = ".".join(path.relative_to(ROOT / "unrolled").with_suffix("").parts)
            tried, alive = of_module(source, MODULES_TESTED[source], part)
        else:
            source = path.stem
            tried, alive = of_notebook(path, part)
            if not part:
                record(path, tried, alive)
        faults = judge(source, tried, alive, part)
        print(f"{source}: {len(tried)} mutants, {len(tried) - len(alive)} killed", flush=True)
        print("".join(f"  {fault}\n" for fault in faults), end="", flush=True)
        failed |= bool(faults)
    return int(failed)


def _path(module):
    return ROOT / "unrolled" / f"{module.replace('.', '/')}.py"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
