"""Making arrays, joining and turning them, and products of whole arrays."""

from . import ufuncs
from .core import (
    RANK,
    RANKED,
    DType,
    asarray,
    bool_,
    broadcast,
    checked_axis,
    complex128,
    float32,
    float64,
    int64,
    lacks,
    ndarray,
    nonzero,
    size_of,
    spread,
)
from .core import (
    dtype as dtype_of,
)
from .printing import round_entry


# ── making ─────────────────────────────────────────────────────────────────────────────────────
def array(value, dtype=None, copy=True, ndmin=0):
    made = asarray(value, dtype)
    made = made.copy() if made is value or isinstance(value, ndarray) else made
    return made.reshape((1,) * (ndmin - len(made.shape)) + made.shape) if ndmin else made


def full(shape, value, dtype=None):
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if type(value) in RANK:
        kind = asarray(value).dtype if dtype is None else dtype_of(dtype)
        return ndarray([kind.of(value)] * size_of(shape), shape, kind)
    value = asarray(value, dtype)
    return ndarray(list(spread(value, shape)), shape, value.dtype)


def zeros(shape, dtype=float64):
    return full(shape, 0, dtype)


def ones(shape, dtype=float64):
    return full(shape, 1, dtype)


empty = zeros


def full_like(a, value, dtype=None):
    a = asarray(a)
    return full(a.shape, value, a.dtype if dtype is None else dtype)


def zeros_like(a, dtype=None):
    return full_like(a, 0, dtype)


def ones_like(a, dtype=None):
    return full_like(a, 1, dtype)


empty_like = zeros_like


def copy(a):
    return array(a)


def eye(n, m=None, k=0, dtype=float64):
    made = zeros((n, n if m is None else m), dtype)
    for i in range(n):
        if 0 <= i + k < made.shape[1]:
            made[i, i + k] = 1
    return made


identity = eye


def arange(start, stop=None, step=1, dtype=None):
    if stop is None:
        start, stop = 0, start
    n = -int(-(stop - start) // step)
    made = asarray([start + i * step for i in range(max(n, 0))])
    if not made.size:
        made = made.astype(int if type(start + stop + step) is int else float)
    return made if dtype is None else made.astype(dtype)


def linspace(start, stop, num=50, endpoint=True):
    step = (stop - start) / max(num - 1 if endpoint else num, 1)
    made = [start + i * step for i in range(num)]
    if endpoint and num > 1:
        made[-1] = stop
    return asarray(made, float64)


def ndindex(*shape):
    shape = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
    found = [()]
    for n in shape:
        found = [at + (i,) for at in found for i in range(n)]
    return iter(found)


# ── what an array is ───────────────────────────────────────────────────────────────────────────
def shape(a):
    return asarray(a).shape


def ndim(a):
    return len(asarray(a).shape)


def size(a):
    return asarray(a).size


def isscalar(value):
    return type(value) in RANK or isinstance(value, str)


def iscomplexobj(a):
    return asarray(a).dtype.kind == "c"


def real(a):
    a = asarray(a)
    if a.dtype.kind != "c":
        return a if a.shape else a.item()
    return ufuncs.finish([v.real for v in a.entries()], a.shape, float64)


def imag(a):
    a = asarray(a)
    values = [v.imag for v in a.entries()] if a.dtype.kind == "c" else [0] * a.size
    kind = float64 if a.dtype.kind == "c" else a.dtype
    return ufuncs.finish([kind.of(v) for v in values], a.shape, kind)


def result_type(*given):
    rank = 0
    for one in given:
        kind = one.dtype if isinstance(one, ndarray) else None
        if kind is None:
            kind = asarray(one).dtype if type(one) in RANK else one
            if not isinstance(kind, DType):
                kind = dtype_of(kind)
        rank = max(rank, kind.rank)
    return float64 if rank == float32.rank else RANKED[rank]


# ── shape ──────────────────────────────────────────────────────────────────────────────────────
def reshape(a, shape):
    return asarray(a).reshape(shape)


def ravel(a):
    return asarray(a).ravel()


def transpose(a, axes=None):
    return asarray(a).transpose(axes)


def swapaxes(a, one, other):
    return asarray(a).swapaxes(one, other)


def moveaxis(a, source, destination):
    a = asarray(a)
    n = len(a.shape)
    source, destination = (
        [checked_axis(i, n) for i in ([axes] if isinstance(axes, int) else axes)]
        for axes in (source, destination)
    )
    order = [i for i in range(n) if i not in source]
    for to, came in sorted([(destination[i], source[i]) for i in range(len(source))]):
        order.insert(to, came)
    return a.transpose(order)


def expand_dims(a, axis):
    a = asarray(a)
    axis = checked_axis(axis, len(a.shape) + 1)
    return a.reshape(a.shape[:axis] + (1,) + a.shape[axis:])


def squeeze(a, axis=None):
    a = asarray(a)
    gone = [i for i in range(len(a.shape)) if a.shape[i] == 1]
    if axis is not None:
        gone = [checked_axis(axis, len(a.shape))]
        if a.shape[gone[0]] != 1:
            raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return a.reshape(tuple([a.shape[i] for i in range(len(a.shape)) if i not in gone]))


def atleast_1d(a):
    a = asarray(a)
    return a if a.shape else a.reshape((1,))


def atleast_2d(a):
    a = asarray(a)
    return a if len(a.shape) > 1 else a.reshape((1, a.size))


def broadcast_to(a, shape):
    a, shape = asarray(a), tuple([shape]) if isinstance(shape, int) else tuple(shape)
    if broadcast(a.shape, shape) != shape:
        raise ValueError(f"input operand has shape {a.shape}, which does not fill {shape}")
    return ndarray(list(spread(a, shape)), shape, a.dtype)


def flip(a, axis=None):
    a = asarray(a)
    axes = range(len(a.shape)) if axis is None else [checked_axis(axis, len(a.shape))]
    return a[tuple([BACK if i in axes else WHOLE for i in range(len(a.shape))])]


class _Slices:
    def __getitem__(self, key):
        return key


WHOLE, BACK = _Slices()[:], _Slices()[::-1]


# ── joining ────────────────────────────────────────────────────────────────────────────────────
def concatenate(arrays, axis=0):
    arrays = [asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        arrays, axis = [a.ravel() for a in arrays], 0
    ndim = len(arrays[0].shape)
    if not ndim:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = checked_axis(axis, ndim)
    first, kind, total = arrays[0].shape, result_type(*arrays), 0
    for a in arrays:
        if len(a.shape) != ndim or any([a.shape[i] != first[i] for i in range(ndim) if i != axis]):
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match "
                f"exactly, but one has shape {first} and another {a.shape}"
            )
        total += a.shape[axis]
    outer, inner = size_of(first[:axis]), size_of(first[axis + 1 :])
    pieces = [(a.astype(kind, copy=False).entries(), a.shape[axis] * inner) for a in arrays]
    data = []
    for i in range(outer):
        for values, n in pieces:
            data += values[i * n : i * n + n]
    return ndarray(data, first[:axis] + (total,) + first[axis + 1 :], kind)


def stack(arrays, axis=0):
    arrays = [asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to stack")
    if any([a.shape != arrays[0].shape for a in arrays]):
        raise ValueError("all input arrays must have the same shape")
    return concatenate([expand_dims(a, axis) for a in arrays], axis)


def vstack(arrays):
    return concatenate([atleast_2d(a) for a in arrays], 0)


def hstack(arrays):
    arrays = [atleast_1d(a) for a in arrays]
    return concatenate(arrays, 0 if len(arrays[0].shape) == 1 else 1)


def column_stack(arrays):
    arrays = [asarray(a) for a in arrays]
    return concatenate([a if len(a.shape) > 1 else a.reshape((a.size, 1)) for a in arrays], 1)


def append(a, values, axis=None):
    return concatenate([asarray(a), asarray(values)], axis)


def tile(a, times):
    a, times = asarray(a), (times,) if isinstance(times, int) else tuple(times)
    n = max(len(times), len(a.shape))
    a = a.reshape((1,) * (n - len(a.shape)) + a.shape)
    times = (1,) * (n - len(times)) + times
    for axis in range(n):
        a = concatenate([a] * times[axis], axis)
    return a


def repeat(a, times, axis=None):
    a = asarray(a)
    a, axis = (a.ravel(), 0) if axis is None else (a, checked_axis(axis, len(a.shape)))
    chosen = [i for i in range(a.shape[axis]) for _ in range(times)]
    return moveaxis(moveaxis(a, axis, 0)[chosen], 0, axis)


# ── choosing and ordering ──────────────────────────────────────────────────────────────────────
def where(condition, *values):
    if not values:
        return nonzero(condition)
    condition, (a, b) = asarray(condition), (asarray(v) for v in values)
    kind = result_type(a, b)
    shape = broadcast(broadcast(condition.shape, a.shape), b.shape)
    chosen = spread(condition, shape)
    p, q = (spread(v.astype(kind, copy=False), shape) for v in (a, b))
    found = [p[i] if chosen[i] else q[i] for i in range(len(chosen))]
    return ndarray(found, shape, kind)


def clip(a, low, high):
    a = asarray(a) if low is None else ufuncs.maximum(a, low)
    return a if high is None else ufuncs.minimum(a, high)


def nan_to_num(a, nan=0.0, posinf=1.7976931348623157e308, neginf=-1.7976931348623157e308):
    a = asarray(a)

    def one(v):
        if type(v) is complex:
            return complex(one(v.real), one(v.imag))
        return nan if v != v else posinf if v == ufuncs.INF else neginf if v == -ufuncs.INF else v

    return ufuncs.finish([a.dtype.of(one(v)) for v in a.entries()], a.shape, a.dtype)


def nansum(a, axis=None, keepdims=False):
    a = asarray(a)
    return ufuncs.sum(where(ufuncs.isnan(a), a.dtype.of(0), a), axis=axis, keepdims=keepdims)


def count_nonzero(a):
    return sum([1 for v in asarray(a).entries() if v])


def flatnonzero(a):
    return nonzero(asarray(a).ravel())[0]


def argwhere(a):
    return stack(nonzero(a), 1)


def unravel_index(index, shape):
    if not isinstance(index, int):
        raise lacks("np.unravel_index of an array")
    if not 0 <= index < size_of(shape):
        raise ValueError(f"index {index} is out of bounds for array with size {size_of(shape)}")
    found = []
    for n in reversed(shape):
        found.insert(0, index % n)
        index //= n
    return tuple(found)


def sort(a, axis=-1):
    a = asarray(a)
    axis = checked_axis(axis, len(a.shape))
    moved = moveaxis(a, axis, -1)
    values, n = moved.entries(), moved.shape[-1]
    data = []
    for i in range(0, len(values), n or 1):
        data += sorted(values[i : i + n])
    return moveaxis(ndarray(data, moved.shape, a.dtype), -1, axis)


def _running(a, axis, step):
    a = asarray(a)
    if a.dtype is bool_:
        a = a.astype(int64)
    a, axis = (a.ravel(), 0) if axis is None else (a, checked_axis(axis, len(a.shape)))
    moved = moveaxis(a, axis, -1)
    values, n = list(moved.entries()), moved.shape[-1]
    for i in range(len(values)):
        if i % n:
            values[i] = step(values[i - 1], values[i])
    return moveaxis(ndarray(values, moved.shape, a.dtype), -1, axis)


def cumsum(a, axis=None):
    return _running(a, axis, lambda total, v: total + v)


def cumprod(a, axis=None):
    return _running(a, axis, lambda total, v: total * v)


def diff(a, axis=-1):
    a = moveaxis(asarray(a), axis, 0)
    return moveaxis(ufuncs.subtract(a[1:], a[:-1]), 0, axis)


def ptp(a, axis=None):
    return ufuncs.subtract(ufuncs.max(a, axis=axis), ufuncs.min(a, axis=axis))


def var(a, axis=None, ddof=0, keepdims=False):
    a = asarray(a)
    off = ufuncs.absolute(ufuncs.subtract(a, ufuncs.mean(a, axis=axis, keepdims=True)))
    total = ufuncs.sum(ufuncs.multiply(off, off), axis=axis, keepdims=keepdims)
    return ufuncs.divide(total, a.size // asarray(total).size - ddof)


def std(a, axis=None, ddof=0, keepdims=False):
    return ufuncs.sqrt(var(a, axis, ddof, keepdims))


def round_(a, decimals=0):
    a = asarray(a)
    if a.dtype.rank < 2:
        return a.copy() if a.shape else a.item()
    found = [round_entry(v, decimals) for v in a.entries()]
    return ufuncs.finish(found, a.shape, a.dtype)


# ── comparing ──────────────────────────────────────────────────────────────────────────────────
def array_equal(a, b, equal_nan=False):
    a, b = asarray(a), asarray(b)
    if a.shape != b.shape:
        return False
    p, q = a.entries(), b.entries()
    for i in range(len(p)):
        if p[i] != q[i] and not (equal_nan and p[i] != p[i] and q[i] != q[i]):
            return False
    return True


def isclose(a, b, rtol=1e-5, atol=1e-8):
    off = ufuncs.absolute(ufuncs.subtract(a, b))
    near = ufuncs.less_equal(off, ufuncs.add(atol, ufuncs.multiply(rtol, ufuncs.absolute(b))))
    finite = ufuncs.logical_and(near, ufuncs.isfinite(b))
    return ufuncs.logical_or(finite, ufuncs.equal(a, b))


def allclose(a, b, rtol=1e-5, atol=1e-8):
    return ufuncs.all(isclose(a, b, rtol, atol))


# ── products ───────────────────────────────────────────────────────────────────────────────────
def _lines(a, axis=0):
    """The rows of a matrix (axis 1: its columns), each in a list."""
    (n, m), data, start, steps = a.shape, a.data, a.start, a.steps
    down, right = (m, 1) if steps is None else steps
    if axis:
        n, m, down, right = m, n, right, down
    if right == 1:
        return [data[i : i + m] for i in [start + i * down for i in range(n)]]
    span = [i * right for i in range(m)]
    return [[data[i + j] for j in span] for i in [start + i * down for i in range(n)]]


def _products(rows, columns, zero):
    """Each row times each column, in a list."""
    data = []
    for row in rows:
        for column in columns:
            total, i = zero, 0
            for v in row:
                total += v * column[i]
                i += 1
            data.append(total)
    return data


def _times(a, b):
    """a @ b for two matrices."""
    kind = a.dtype if a.dtype.rank >= b.dtype.rank else b.dtype
    data = _products(_lines(a), _lines(b, 1), kind.of(0))
    if kind is bool_:
        data = [bool(v) for v in data]
    return ndarray(data, (a.shape[0], b.shape[1]), kind)


def dot(a, b):
    a, b = asarray(a), asarray(b)
    n, m = len(a.shape), len(b.shape)
    if not n or not m:
        return ufuncs.multiply(a, b)
    if n > 2 or m > 2:
        return tensordot(a, b, ([-1], [max(m - 2, 0)]))
    if a.shape[-1] != b.shape[0]:
        raise ValueError(
            f"shapes {_said(a)} and {_said(b)} not aligned: "
            f"{a.shape[-1]} (dim {n - 1}) != {b.shape[0]} (dim 0)"
        )
    kind = a.dtype if a.dtype.rank >= b.dtype.rank else b.dtype
    rows = _lines(a) if n == 2 else [a.entries()]
    data = _products(rows, _lines(b, 1) if m == 2 else [b.entries()], kind.of(0))
    if kind is bool_:
        data = [bool(v) for v in data]
    return ufuncs.finish(data, a.shape[:-1] + b.shape[1:], kind)


def _said(a):
    return str(a.shape).replace(" ", "")


def matmul(a, b):
    a, b = asarray(a), asarray(b)
    n, m = len(a.shape), len(b.shape)
    if not n or not m:
        raise ValueError("matmul: Input operand does not have enough dimensions")
    if a.shape[-1] != b.shape[max(m - 2, 0)]:
        raise ValueError(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc "
            f"signature (n?,k),(k,m?)->(n?,m?) (size {b.shape[max(m - 2, 0)]} is different "
            f"from {a.shape[-1]})"
        )
    if n < 3 and m < 3:
        return dot(a, b)
    left = a if n > 1 else a.reshape((1, a.size))
    right = b if m > 1 else b.reshape((b.size, 1))
    lead = broadcast(left.shape[:-2], right.shape[:-2])
    left = broadcast_to(left, lead + left.shape[-2:])
    right = broadcast_to(right, lead + right.shape[-2:])
    data, kind = [], result_type(a, b)
    for at in ndindex(lead):
        data += _times(left[at], right[at]).data
    tail = left.shape[-2:-1] * (n > 1) + right.shape[-1:] * (m > 1)
    return ndarray(data, lead + tail, kind)


def outer(a, b):
    a, b = asarray(a), asarray(b)
    return ufuncs.multiply(a.reshape((a.size, 1)), b.reshape((1, b.size)))


def inner(a, b):
    b = asarray(b)
    return dot(a, b if len(b.shape) < 2 else swapaxes(b, -1, -2))


def vdot(a, b):
    a, b = asarray(a), asarray(b)
    if a.size != b.size:
        raise ValueError("cannot reshape array: vdot takes two arrays of one size")
    p, q, total = a.entries(), b.entries(), result_type(a, b).of(0)
    if a.dtype is complex128:
        for i in range(len(p)):
            total += complex(p[i].real, -p[i].imag) * q[i]
    else:
        for i in range(len(p)):
            total += p[i] * q[i]
    return total


def tensordot(a, b, axes=2):
    a, b = asarray(a), asarray(b)
    n, m = len(a.shape), len(b.shape)
    if isinstance(axes, int):
        axes = list(range(n - axes, n)), list(range(axes))
    left, right = (
        [checked_axis(i, k) for i in ([one] if isinstance(one, int) else one)]
        for one, k in ((axes[0], n), (axes[1], m))
    )
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError("shape-mismatch for sum")
    keep = [i for i in range(n) if i not in left]
    stay = [i for i in range(m) if i not in right]
    before = tuple([a.shape[i] for i in keep])
    after = tuple([b.shape[i] for i in stay])
    common = size_of([a.shape[i] for i in left])
    found = _times(
        a.transpose(keep + left).reshape((size_of(before), common)),
        b.transpose(right + stay).reshape((common, size_of(after))),
    )
    return ufuncs.finish(found.data, before + after, found.dtype)


def einsum(subscripts, *arrays):
    subscripts = subscripts.replace(" ", "")
    if "." in subscripts:
        raise lacks("'...' in np.einsum")
    arrays = [asarray(a) for a in arrays]
    given, arrow, kept = subscripts.partition("->")
    given = given.split(",")
    if not arrow:
        letters = sorted("".join(given))
        kept = "".join([c for c in letters if letters.count(c) == 1])
    sizes = {}
    for i in range(len(arrays)):
        if len(given[i]) != len(arrays[i].shape):
            raise ValueError(f"einstein sum subscripts {given[i]!r} do not fit the operand's axes")
        for c, n in zip(given[i], arrays[i].shape, strict=True):
            if sizes.get(c, n) != n:
                raise ValueError(f"operands could not be broadcast together: {c} has two lengths")
            sizes[c] = n
    order = list(kept) + [c for c in sizes if c not in kept]
    product, kind = 1, result_type(*arrays)
    for i in range(len(arrays)):
        steps = arrays[i].all_steps()
        along = [0] * len(order)
        for c, step in zip(given[i], steps, strict=True):
            along[order.index(c)] += step
        full_shape = tuple([sizes[c] for c in order])
        shape = tuple([sizes[c] if c in given[i] else 1 for c in order])
        part = arrays[i].view(shape, tuple(along))
        product = ufuncs.multiply(product, broadcast_to(part, full_shape))
    if len(order) > len(kept):
        product = ufuncs.sum(product, axis=tuple(range(len(kept), len(order))))
    return asarray(product, kind) if kept else product


def kron(a, b):
    a, b = atleast_2d(a), atleast_2d(b)
    made = einsum("ij,kl->ikjl", a, b)
    return made.reshape((a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


# ── matrices ───────────────────────────────────────────────────────────────────────────────────
def diag(a, k=0):
    a = asarray(a)
    if len(a.shape) == 1:
        n = a.shape[0] + abs(k)
        made = zeros((n, n), a.dtype)
        for i in range(a.shape[0]):
            made[i + max(-k, 0), i + max(k, 0)] = a[i]
        return made
    if len(a.shape) != 2:
        raise ValueError("Input must be 1- or 2-d.")
    n = min(a.shape[0] - max(-k, 0), a.shape[1] - max(k, 0))
    found = [a[i + max(-k, 0), i + max(k, 0)] for i in range(max(n, 0))]
    return ndarray(found, (len(found),), a.dtype)


def trace(a):
    return ufuncs.sum(diag(a))


def triu(a, k=0):
    a = array(a)
    for i in range(a.shape[0]):
        for j in range(min(max(i + k, 0), a.shape[1])):
            a[i, j] = 0
    return a


def tril(a, k=0):
    return ufuncs.subtract(a, triu(a, k + 1))


class errstate:
    """No warning is ever given here, so there is none to turn off."""

    def __init__(self, **how):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


# ── the same, as methods and operators ─────────────────────────────────────────────────────────
def _methods():
    for name, function in (
        ("dot", dot),
        ("sum", ufuncs.sum),
        ("prod", ufuncs.prod),
        ("mean", ufuncs.mean),
        ("max", ufuncs.max),
        ("min", ufuncs.min),
        ("argmax", ufuncs.argmax),
        ("argmin", ufuncs.argmin),
        ("all", ufuncs.all),
        ("any", ufuncs.any),
        ("std", std),
        ("var", var),
        ("round", round_),
        ("cumsum", cumsum),
        ("squeeze", squeeze),
        ("repeat", repeat),
        ("nonzero", nonzero),
        ("trace", trace),
        ("clip", clip),
    ):
        setattr(ndarray, name, function)
    ndarray.conj = ndarray.conjugate = lambda a: ufuncs.conj(a)
    ndarray.real, ndarray.imag = property(real), property(imag)
    ndarray.__matmul__ = matmul
    ndarray.__rmatmul__ = lambda a, b: matmul(b, a)
    ndarray.__round__ = round_


_methods()
