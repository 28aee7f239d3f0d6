"""The page's NumPy is held against NumPy: values, shapes, kinds, indexing, printing, errors."""

import importlib.util
import operator
import sys
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FOLDER = Path(__file__).resolve().parents[1] / "book" / "live" / "numpy"
settings.register_profile(
    "page",
    max_examples=16,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
quick = settings(settings.get_profile("page"))


def _page_numpy():
    """The page's NumPy, under another name than numpy."""
    name = "page_numpy"
    spec = importlib.util.spec_from_file_location(
        name, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


page = _page_numpy()
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)
REALS = st.sampled_from([-3.5, -1.25, -1.0, -0.3, 0.0, 0.5, 0.75, 1.0, 2.0, 3.1]) | st.floats(
    -4, 4, allow_subnormal=False
).map(lambda v: round(v, 6))
ENTRIES = {
    "f": (float, REALS),
    "c": (complex, st.builds(complex, REALS, REALS)),
    "i": (np.int64, st.integers(-4, 4)),
    "b": (bool, st.booleans()),
}


def arrays(kinds="fcib", shape=SHAPES):
    """Arrays of NumPy of these kinds."""
    return st.sampled_from(list(kinds)).flatmap(
        lambda kind: hnp.arrays(
            ENTRIES[kind][0], shape, elements=ENTRIES[kind][1], fill=st.nothing()
        )
    )


def pairs(kinds="fcib"):
    """Two arrays that can be broadcast together."""
    shapes = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3, min_dims=1)
    return shapes.flatmap(
        lambda found: st.tuples(
            arrays(kinds, found.input_shapes[0]), arrays(kinds, found.input_shapes[1])
        )
    )


def ours(value):
    """The same for the page's NumPy, at any depth."""
    if isinstance(value, np.ndarray):
        return page.array(
            value.tolist(), {"f": float, "c": complex, "i": int, "b": bool}[value.dtype.kind]
        ).reshape(value.shape)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return type(value)(map(ours, value))
    return value


def back(value):
    """What the page's NumPy gave, as NumPy's."""
    if isinstance(value, page.ndarray):
        kind = {"f": float, "c": complex, "i": np.int64, "b": bool}[value.dtype.kind]
        return np.array(value.entries(), kind).reshape(value.shape)
    return np.asarray(value)


def same(got, wanted):
    """Assert that values, shapes and kinds agree."""
    if isinstance(wanted, (tuple, list)):
        assert len(got) == len(wanted)
        for one, other in zip(got, wanted, strict=True):
            same(one, other)
        return
    got, wanted = back(got), np.asarray(wanted)
    assert got.shape == wanted.shape
    assert got.dtype.kind == wanted.dtype.kind
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12, equal_nan=True)


def both(function, *given, **named):
    """function(numpy, …) and function(page, …): the same value, or an error from both."""
    copies = [ours(one) for one in given]
    with np.errstate(all="ignore"):
        try:
            wanted = function(np, *given, **named)
        except (ValueError, TypeError, IndexError, ZeroDivisionError) as error:
            kind = type(error)
            kind = (ValueError, IndexError) if issubclass(kind, ValueError) else kind
            with pytest.raises(kind):
                function(page, *copies, **named)
            return
    same(function(page, *copies, **named), wanted)


# ── entry by entry ─────────────────────────────────────────────────────────────────────────────
COMPLEX = [
    "tanh",
    "exp",
    "log",
    "sqrt",
    "cosh",
    "sinh",
    "cos",
    "sin",
    "square",
    "negative",
    "conj",
    "abs",
    "isnan",
    "isfinite",
    "isinf",
]
REAL = [
    "log1p",
    "expm1",
    "log2",
    "log10",
    "tan",
    "arctan",
    "arcsin",
    "arccos",
    "arctanh",
    "degrees",
    "sign",
    "floor",
    "ceil",
    "logical_not",
]


@pytest.mark.parametrize("name", COMPLEX + REAL)
@quick
@given(data=st.data())
def test_a_function_of_each_entry(name, data):
    kinds = "fc" if name in COMPLEX else "f"
    if name in ("abs", "square", "isnan", "isfinite", "logical_not", "exp", "sqrt"):
        kinds += "i"
    x = data.draw(arrays(kinds))
    if x.dtype.kind == "c" and name in ("log", "sqrt"):
        x = np.where(x.imag == 0, x + 0.5j, x)  # off the cut, where the sign of 0 decides
    both(lambda n, x: getattr(n, name)(x), x)
    if x.dtype.kind == "f":
        both(lambda n, v: getattr(n, name)(v), float(x.flat[0]))
        odd = x * np.where(np.arange(x.size).reshape(x.shape) % 3, 1, np.nan)
        both(lambda n, x: getattr(n, name)(x), odd)


OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "@": operator.matmul,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}


@pytest.mark.parametrize("sign", OPERATORS)
@settings(quick, max_examples=30)
@given(data=st.data())
def test_an_operator(sign, data):
    kinds = (
        "ib" if sign in "&|^" else "f" if sign in ("//", "%") else "fi" if "<" in sign else "fci"
    )
    kinds = "fi" if ">" in sign or sign == "**" else kinds
    a, b = data.draw(pairs(kinds))
    operate = OPERATORS[sign]
    if sign == "**":
        a, b = np.abs(a) + 1, (np.abs(b) if b.dtype.kind == "i" else b)
    if sign == "/" and b.dtype.kind == "c":
        b = b + (b == 0)  # complex infinities are written in many ways
    both(lambda n, a, b: operate(a, b), a, b)
    scalar = b.flat[0].item()
    if sign != "@":
        both(lambda n, a: operate(a, scalar), a)
        both(lambda n, a: operate(scalar, a), a)


@quick
@given(a=arrays("fc"), n=st.integers(0, 4))
def test_a_whole_power_keeps_a_tiny_imaginary_part(a, n):
    both(lambda _, a: a**n, a)
    tiny = page.imag((ours(a.real) + 1e-30j) ** n)
    right = 1e-30 * n * a.real ** max(n - 1, 0)
    np.testing.assert_allclose(back(tiny), right, rtol=1e-12, atol=1e-60)


@pytest.mark.parametrize("name", ["tanh", "exp", "cosh", "sin", "sinh", "cos", "sqrt", "log"])
@quick
@given(x=arrays("f"))
def test_a_complex_step_is_exact(name, x):
    x = np.abs(x) + 0.25
    both(lambda n, x: getattr(n, name)(x + 1e-30j).imag / 1e-30, x)


@pytest.mark.parametrize(
    "name",
    [
        "add",
        "subtract",
        "multiply",
        "divide",
        "maximum",
        "minimum",
        "arctan2",
        "equal",
        "less",
        "logical_and",
        "logical_or",
    ],
)
@quick
@given(data=st.data())
def test_a_function_of_two(name, data):
    a, b = data.draw(pairs("fi"))
    both(lambda n, a, b: getattr(n, name)(a, b), a, b)
    if name in ("maximum", "minimum"):
        both(lambda n, a, b: getattr(n, name)(a, b), a * np.nan, b)


def test_what_leaves_the_range_of_floats():
    x = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e308, -1e308, 1e-320])
    for name in [
        "exp",
        "log",
        "sqrt",
        "tanh",
        "cosh",
        "sinh",
        "sin",
        "cos",
        "log1p",
        "isnan",
        "isfinite",
        "isinf",
        "abs",
        "sign",
    ]:
        both(lambda n, x, name=name: getattr(n, name)(x), x)
    for sign in ("/", "*", "+", "-", "**", "<", "=="):
        both(lambda n, a, b, sign=sign: OPERATORS[sign](a, b), x[:, None], x[None, :])
    whole = np.array([3, 0, -2])
    both(lambda n, a: a / 0, whole)
    both(lambda n, a: a // 0, whole)
    both(lambda n, a: n.nan_to_num(a), x)


# ── along axes ─────────────────────────────────────────────────────────────────────────────────
FOLDS = [
    "sum",
    "prod",
    "mean",
    "max",
    "min",
    "argmax",
    "argmin",
    "all",
    "any",
    "std",
    "var",
    "ptp",
    "nansum",
]


@pytest.mark.parametrize("name", FOLDS)
@quick
@given(data=st.data())
def test_a_fold(name, data):
    kinds = "fi" if name in ("max", "min", "argmax", "argmin", "ptp") else "fcib"
    x = data.draw(arrays(kinds))
    keep = {} if name == "ptp" else {"keepdims": data.draw(st.booleans())}
    axis = data.draw(st.none() | st.integers(-x.ndim - 1, x.ndim))
    both(lambda n, x: getattr(n, name)(x, axis=axis, **keep), x)
    if name not in ("argmax", "argmin", "ptp", "nansum"):
        both(lambda n, x: getattr(x, name)(axis=tuple(range(x.ndim))), x)
        both(lambda n, x: getattr(x, name)(), x)


@quick
@given(x=arrays("fi"), axis=st.none() | st.integers(-1, 0))
def test_running_folds_and_orders(x, axis):
    for name in ("cumsum", "cumprod"):
        both(lambda n, x, name=name: getattr(n, name)(x, axis=axis), x)
    for name in ("sort", "diff"):
        both(lambda n, x, name=name: getattr(n, name)(x), x)
    both(lambda n, x: n.add.reduce(x, axis=-1, keepdims=True), x)
    both(lambda n, x: n.maximum.reduce(x, axis=-1, keepdims=True), x)
    both(lambda n, x: n.minimum.reduce(x, axis=None), x)
    for name in ("argwhere", "flatnonzero", "nonzero", "count_nonzero"):
        both(lambda n, x, name=name: getattr(n, name)(x), x)


# ── indexing, views, assignment ────────────────────────────────────────────────────────────────
def _keys(shape):
    basic = hnp.basic_indices(shape, allow_newaxis=True, max_dims=5)
    whole = hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3))
    masks = hnp.arrays(bool, shape)
    rows = st.lists(st.integers(-shape[0], shape[0] - 1), min_size=1, max_size=4)
    return basic | whole | masks | rows


def _key(key):
    return tuple(map(_key, key)) if isinstance(key, tuple) else ours(key)


@settings(quick, max_examples=120)
@given(data=st.data())
def test_an_index_reads_and_writes(data):
    x = data.draw(arrays("fci"))
    key = data.draw(_keys(x.shape))
    mine = ours(x)
    wanted = x[key]
    same(mine[_key(key)], wanted)
    value = data.draw(st.sampled_from([0, 2, 1.5])) if data.draw(st.booleans()) else wanted * 2
    x[key] = value
    mine[_key(key)] = ours(value)
    same(mine, x)
    x[key] += 1
    mine[_key(key)] += 1
    same(mine, x)


@settings(quick, max_examples=40)
@given(data=st.data())
def test_a_view_of_a_view_writes_into_the_array(data):
    x = data.draw(arrays("f", hnp.array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=4)))
    mine = ours(x)
    turn = data.draw(st.permutations(range(x.ndim)))
    basic = hnp.basic_indices(x.transpose(turn).shape, allow_newaxis=True, min_dims=1)
    key = data.draw(basic)
    theirs, view = x.transpose(turn)[key], mine.transpose(turn)[key]
    theirs += 1.5
    view += 1.5
    same(mine, x)
    theirs[...] = 7
    view[...] = 7
    same(mine, x)
    row, line = x[0], mine[0]
    row -= 1
    line -= 1
    np.tanh(row, out=x[1])
    page.tanh(line, out=mine[1])
    np.multiply(row, 3.0, out=row)
    page.multiply(line, 3.0, out=line)
    same(mine, x)
    same(
        mine.T @ mine.reshape(-1, x.shape[-1]) if x.ndim == 2 else mine,
        x.T @ x if x.ndim == 2 else x,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda n: n.zeros((2, 3)) + n.zeros(4),
        lambda n: n.zeros((2, 3)) @ n.zeros(2),
        lambda n: n.zeros((2, 3)).dot(n.zeros((2, 3))),
        lambda n: n.zeros(3)[3],
        lambda n: n.zeros((2, 3))[0, 5],
        lambda n: n.zeros((2, 3))[0, 0, 0],
        lambda n: n.zeros((2, 3)).reshape(4, 2),
        lambda n: n.zeros((2, 3)).reshape(-1, 4),
        lambda n: n.zeros(3).__setitem__(slice(None), n.zeros(2)),
        lambda n: n.zeros(3).__setitem__(0, 1j),
        lambda n: n.zeros(3).__iadd__(n.zeros((2, 3))),
        lambda n: n.zeros(3).__iadd__(1j),
        lambda n: n.array([1, 2]).__iadd__(0.5),
        lambda n: n.concatenate([n.zeros((2, 3)), n.zeros((2, 4))]),
        lambda n: n.stack([n.zeros(2), n.zeros(3)]),
        lambda n: n.array([[1, 2], [3]]),
        lambda n: bool(n.zeros(2)),
        lambda n: n.array([True]) - n.array([True]),
        lambda n: n.array([2, 3]) ** -1,
        lambda n: n.zeros((2, 3)).transpose(0, 0),
        lambda n: n.max(n.zeros(0)),
        lambda n: n.linalg.solve(n.zeros((2, 2)), n.zeros(2)),
        lambda n: n.linalg.inv(n.zeros((2, 3))),
        lambda n: n.einsum("ij,jk->ik", n.zeros((2, 3)), n.zeros((2, 3))),
        lambda n: len(n.array(3.0)),
        lambda n: hash(n.zeros(2)),
        lambda n: ~n.zeros(2),
        lambda n: n.random.default_rng(-1),
        lambda n: n.random.default_rng(0).integers(3, 3),
    ],
)
def test_what_numpy_refuses_is_refused(wrong):
    with pytest.raises(Exception) as theirs:
        wrong(np)
    with pytest.raises((ValueError, TypeError, IndexError)) as mine:
        wrong(page)
    family = (ValueError, TypeError, IndexError)
    assert [isinstance(theirs.value, one) for one in family] == [
        isinstance(mine.value, one) for one in family
    ]


def test_the_words_of_the_errors_that_a_reader_meets():
    for wrong in (
        lambda n: n.zeros((2, 3)) + n.zeros(4),
        lambda n: n.zeros((2, 3)).dot(n.zeros((2, 3))),
        lambda n: n.zeros((2, 3)) @ n.zeros(2),
        lambda n: n.zeros(3)[3],
        lambda n: n.zeros((2, 3)).reshape(4, 2),
        lambda n: n.zeros(3).__setitem__(slice(None), n.zeros(2)),
        lambda n: bool(n.zeros(2)),
    ):
        with pytest.raises((ValueError, IndexError)) as theirs:
            wrong(np)
        with pytest.raises((ValueError, IndexError)) as mine:
            wrong(page)
        assert str(mine.value) == str(theirs.value)


def test_what_is_not_there_says_so_by_name():
    with pytest.raises(AttributeError, match=r"np\.fft is not .* the notebook has all of it"):
        _ = page.fft
    with pytest.raises(AttributeError, match=r"byteswap .* the notebook has all of it"):
        page.zeros(3).byteswap()
    with pytest.raises(AttributeError, match=r"gamma of a generator .* the notebook has all"):
        page.random.default_rng(0).gamma(1)
    with pytest.raises(NotImplementedError, match=r"ord=1 .* the notebook has all of it"):
        page.linalg.norm(page.zeros(3), ord=1)
    with pytest.raises(TypeError, match=r"float32 .* the notebook all"):
        page.zeros(3, page.float32)


# ── making, turning, joining ───────────────────────────────────────────────────────────────────
@quick
@given(x=arrays(), data=st.data())
def test_shapes(x, data):
    axes = data.draw(st.permutations(range(x.ndim)))
    one, other = data.draw(st.tuples(*2 * [st.integers(-x.ndim, x.ndim - 1)]))
    for function in (
        lambda n, x: x.T,
        lambda n, x: x.transpose(axes),
        lambda n, x: n.transpose(x),
        lambda n, x: n.moveaxis(x, one, other),
        lambda n, x: n.swapaxes(x, one, other),
        lambda n, x: x.reshape(-1),
        lambda n, x: x.T.reshape(x.shape),
        lambda n, x: n.ravel(x.T),
        lambda n, x: x.T.flatten(),
        lambda n, x: n.squeeze(x),
        lambda n, x: n.expand_dims(x, one),
        lambda n, x: n.flip(x, one),
        lambda n, x: n.flip(x),
        lambda n, x: n.atleast_2d(x),
        lambda n, x: n.broadcast_to(x, (2, *x.shape)),
        lambda n, x: n.repeat(x, 2, axis=one),
        lambda n, x: n.tile(x, 2),
        lambda n, x: x.astype(complex),
        lambda n, x: x.astype(bool),
        lambda n, x: n.real(x),
        lambda n, x: n.imag(x),
        lambda n, x: x.conj(),
        lambda n, x: n.zeros_like(x),
        lambda n, x: n.full_like(x, 2),
        lambda n, x: n.ones_like(x, dtype=float),
        lambda n, x: [x.ndim, x.size, len(x), n.iscomplexobj(x)],
        lambda n, x: [one for one in x],
        lambda n, x: n.array([x, x]),
        lambda n, x: x.copy(),
    ):
        both(function, x)
    assert ours(x).tolist() == x.tolist()


@quick
@given(data=st.data())
def test_joining(data):
    shape = data.draw(SHAPES)
    two = data.draw(st.tuples(arrays(shape=shape), arrays(shape=shape)))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    both(lambda n, *two: n.concatenate(two, axis), *two)
    both(lambda n, *two: n.concatenate([two[0][:1], two[1]]), *two)
    both(lambda n, *two: n.stack(two, axis), *two)
    for name in ("vstack", "hstack", "column_stack"):
        both(lambda n, *two, name=name: getattr(n, name)(two), *two)
    both(lambda n, *two: n.append(*two), *two)
    both(lambda n, *two: n.where(two[0], two[1], 0.0), *two)
    both(lambda n, *two: n.array_equal(*two), *two)
    both(lambda n, *two: n.allclose(two[0], two[0] + 1e-12), *two)


def test_making():
    for function in (
        lambda n: n.zeros((2, 3)),
        lambda n: n.ones(3, dtype=int),
        lambda n: n.full((2, 2), 1j),
        lambda n: n.full(3, n.nan),
        lambda n: n.eye(3),
        lambda n: n.eye(2, 3, k=1),
        lambda n: n.arange(5),
        lambda n: n.arange(1, 2, 0.25),
        lambda n: n.arange(5, 0, -2),
        lambda n: n.arange(0),
        lambda n: n.linspace(0, 1, 7),
        lambda n: n.array(3.0),
        lambda n: n.asarray([[1, 2.5], [3, True]]),
        lambda n: n.array([[True, False]]),
        lambda n: n.array([]),
        lambda n: n.zeros((0, 3)).sum(axis=0),
        lambda n: n.diag(n.array([1, 2, 3])),
        lambda n: n.diag(n.arange(6).reshape(2, 3), 1),
        lambda n: n.triu(n.ones((3, 3))),
        lambda n: n.tril(n.ones((3, 3)), -1),
        lambda n: n.trace(n.arange(9).reshape(3, 3)),
        lambda n: n.unravel_index(5, (2, 3)),
        lambda n: n.clip(n.arange(5), 1, 3),
        lambda n: list(n.ndindex(2, 2)),
        lambda n: n.isscalar(2.0) and not n.isscalar(n.zeros(1)),
    ):
        both(function)
    kinds = [np.result_type(np.zeros(1), 1j), np.result_type(np.arange(2), np.nan, np.float32)]
    assert [str(kind) for kind in kinds] == [
        str(page.result_type(page.zeros(1), 1j)),
        str(page.result_type(page.arange(2), page.nan, page.float32)),
    ]
    assert page.zeros(1).dtype == float and page.zeros(1).dtype != page.float32


@quick
@given(x=arrays("fc"), decimals=st.integers(-1, 4))
def test_rounding(x, decimals):
    both(lambda n, x: n.round(x, decimals), x * 3.7)


# ── products ───────────────────────────────────────────────────────────────────────────────────
@quick
@given(n=st.integers(1, 3), m=st.integers(1, 3), k=st.integers(1, 3), data=st.data())
def test_products(n, m, k, data):
    a, b = data.draw(arrays("fci", (n, m))), data.draw(arrays("fci", (m, k)))
    u, v = data.draw(arrays("fc", (n,))), data.draw(arrays("fc", (m,)))
    stacked = data.draw(arrays("fc", (2, n, m)))
    for function in (
        lambda n, a, b, u, v, s: a @ b,
        lambda n, a, b, u, v, s: a.dot(v),
        lambda n, a, b, u, v, s: u.dot(a),
        lambda n, a, b, u, v, s: u @ a @ v,
        lambda n, a, b, u, v, s: a.T.dot(u),
        lambda n, a, b, u, v, s: v.dot(a.T),
        lambda n, a, b, u, v, s: s @ b,
        lambda n, a, b, u, v, s: a.T @ s,
        lambda n, a, b, u, v, s: n.dot(s, b),
        lambda n, a, b, u, v, s: n.outer(u, v),
        lambda n, a, b, u, v, s: n.vdot(a, a),
        lambda n, a, b, u, v, s: n.inner(u, u),
        lambda n, a, b, u, v, s: n.tensordot(a, b, axes=1),
        lambda n, a, b, u, v, s: n.tensordot(s, a, axes=([1, 2], [0, 1])),
        lambda n, a, b, u, v, s: n.tensordot(u, v, axes=0),
        lambda n, a, b, u, v, s: n.einsum("ij,jk->ik", a, b),
        lambda n, a, b, u, v, s: n.einsum("i,ij,j", u, a, v),
        lambda n, a, b, u, v, s: n.einsum("tij,jk->kti", s, b),
        lambda n, a, b, u, v, s: n.kron(a, b),
        lambda n, a, b, u, v, s: n.linalg.norm(a),
        lambda n, a, b, u, v, s: n.linalg.norm(a, axis=1),
    ):
        both(function, a, b, u, v, stacked)


@settings(quick, max_examples=25)
@given(n=st.integers(1, 5), m=st.integers(1, 3), seed=st.integers(0, 99))
def test_equations_and_eigenvalues(n, m, seed):
    rng = np.random.default_rng(seed)
    a, b, tall = (rng.standard_normal(s) for s in ((n, n), (n, m), (n + m, n)))
    for function in (
        lambda n, a, b, t: n.linalg.solve(a, b),
        lambda n, a, b, t: n.linalg.solve(a, b[:, 0]),
        lambda n, a, b, t: n.linalg.inv(a),
        lambda n, a, b, t: n.linalg.det(a),
        lambda n, a, b, t: n.linalg.matrix_power(a, 3),
        lambda n, a, b, t: n.linalg.svd(t, compute_uv=False),
        lambda n, a, b, t: n.linalg.norm(a, 2),
        lambda n, a, b, t: n.linalg.pinv(t),
        lambda n, a, b, t: n.linalg.matrix_rank(t @ t.T),
        lambda n, a, b, t: n.linalg.lstsq(t, t @ b, rcond=None)[0],
        lambda n, a, b, t: n.linalg.eigvalsh(a + a.T),
        lambda n, a, b, t: n.abs(n.linalg.eigvals(a)).max(),
    ):
        copies = [ours(one) for one in (a, b, tall)]
        got, wanted = back(function(page, *copies)), function(np, a, b, tall)
        np.testing.assert_allclose(got, wanted, rtol=1e-7, atol=1e-9)
    got, wanted = back(page.linalg.eigvals(ours(a))), np.linalg.eigvals(a)
    for value in got:
        assert np.abs(wanted - value).min() < 1e-9


# ── random numbers and printing ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("seed", [0, 1, 2246, 2**40 + 7, [5, 1, 0, 3], [1, 2, 3, 4, 5, 6]])
def test_the_generator_draws_the_same_numbers_bit_for_bit(seed):
    theirs, mine = np.random.default_rng(seed), page.random.default_rng(seed)
    for _ in range(2):
        draws = [
            (lambda g: g.standard_normal(700)),
            (lambda g: g.integers(3, size=(2, 5))),
            (lambda g: g.standard_normal()),
            (lambda g: g.integers(2, 9)),
            (lambda g: g.standard_exponential(700)),
            (lambda g: g.random((2, 2))),
            (lambda g: g.uniform(-1, 1, size=3)),
            (lambda g: g.normal(1.0, 2.0, size=3)),
            (lambda g: g.dirichlet([1, 1, 1], size=2)),
        ]
        for draw in draws:
            assert back(draw(mine)).tolist() == np.asarray(draw(theirs)).tolist()


def test_every_layer_of_the_ziggurats_is_numpys():
    theirs, mine = np.random.default_rng(11), page.random.default_rng(11)
    for name in ("standard_normal", "standard_exponential"):
        assert getattr(mine, name)(20000).tolist() == getattr(theirs, name)(20000).tolist()


@settings(quick, max_examples=80)
@given(x=arrays(), scale=st.sampled_from([1, 1, 1e-3, 1e5, 1e-9, 1e12, 1 / 3]))
def test_an_array_is_printed_as_numpy_prints_it(x, scale):
    x = x * scale if x.dtype.kind in "fc" else x
    mine = ours(x)
    assert str(mine) == str(x)
    assert repr(mine) == repr(x)


def test_odd_arrays_are_printed_as_numpy_prints_them():
    for x in (
        np.array([np.nan, 1.5]),
        np.array([np.inf, -np.inf, np.nan]),
        np.array([[1.0, np.nan]] * 2),
        np.array(0.5),
        np.array([]),
        np.zeros((0, 2)),
        np.arange(30) / 7,
        np.arange(2000),
        np.arange(2400.0).reshape(40, 60),
        np.ones((2, 2, 2)),
        np.array([1 + 2j, np.nan]),
        np.array([-0.0, 0.0]),
        np.array([[-1, 20], [300, 4]]),
    ):
        assert str(ours(x)) == str(x)
        assert repr(ours(x)) == repr(x)
