"""What the package's functions are given, looked at before they compute.

Each function returns its arguments ready to use, or raises a ValueError of one sentence that names
the argument, says what came and what is needed.  `Network` and `Labels` are proofs of that look:
whoever is given one does not look again.
"""

from math import inf, isfinite
from numbers import Real
from typing import NamedTuple

import numpy as np

SUM_LIMIT = 1e-5  # how far from 1 a row of labels may sum


class Kind(NamedTuple):
    """A kind of network: how many blocks of H rows parameters have, and what a trace holds."""

    U: int
    W: int
    b: int
    trace: tuple[str, ...]


PLAIN = Kind(1, 1, 1, ("x", "a", "h", "z", "y_hat"))
GRU = Kind(3, 3, 4, ("x", "a", "gates", "h", "z", "y_hat"))
LSTM = Kind(4, 4, 4, ("x", "a", "gates", "s", "h", "z", "y_hat"))


class Network(NamedTuple):
    """Parameters that were looked at; U, W and b of a gated network have several blocks of rows."""

    U: np.ndarray  # (H, D)
    W: np.ndarray  # (H, H)
    V: np.ndarray  # (C, H)
    b: np.ndarray  # (H,)
    c: np.ndarray  # (C,)


class Labels(NamedTuple):
    """Labels that were looked at."""

    y: np.ndarray  # (T, [B,] C), real
    total: np.ndarray  # (T, [B,] 1) the sum of each row: 1, or 0 where a step has no label


def demand(name: str, value, holds: bool, need: str) -> None:
    """Raise "NAME is VALUE; NEED is needed" unless it holds."""
    if not holds:
        raise ValueError(f"{name} is {value!r:.60}; {need} is needed")


def whole(least: int = 1, **values) -> None:
    """Raise for a value that is not a whole number of at least `least`."""
    for name, value in values.items():
        fits = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        demand(name, value, fits and value >= least, f"a whole number of at least {least}")


def number(name: str, value, low: float = 0, high: float = inf, need: str = "a positive number"):
    """Raise for a value that is not a real number between low and high, both excluded."""
    fits = isinstance(value, Real) and not isinstance(value, bool)
    demand(name, value, fits and low < value < high, need)


def generator(rng) -> np.random.Generator:
    """The generator that is given, or a new one from a whole number."""
    seed = isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0
    need = "a generator (np.random.default_rng), or a whole number to seed one,"
    demand("rng", rng, seed or isinstance(rng, np.random.Generator), need)
    return np.random.default_rng(rng)


def array(name: str, value) -> np.ndarray:
    """`value` as an array of numbers."""
    if type(value) is np.ndarray and value.dtype.kind in "fc":
        return value
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array; an array without a mask is needed")
    try:
        value = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} has rows of unequal length; an array is needed") from None
    if value.dtype.kind not in "biufc":
        raise ValueError(f"{name} holds {value.dtype}; numbers are needed")
    return value


def network(params, kind: Kind = PLAIN) -> Network:
    """Five arrays whose shapes fit each other."""
    if isinstance(params, Network):
        return params
    if not isinstance(params, tuple) or len(params) != 5:
        raise ValueError(f"params is {_kind(params)}; Params(U, W, V, b, c) is needed")
    U, W, V, b, c = found = Network(*map(array, "UWVbc", params))
    H, D, C = W.shape[1:], U.shape[1:], V.shape[:1]
    U_rows, W_rows, b_rows = (tuple(blocks * n for n in H) for blocks in kind[:3])
    U_tall, W_tall, b_tall = (f"{blocks}H" if blocks > 1 else "H" for blocks in kind[:3])
    for name, need, fits in (
        ("W", f"({W_tall}, H)", len(H) == 1 and W.shape == W_rows + H and W.size),
        (
            "U",
            f"({U_tall}, D) with H={{H}} as in W",
            len(D) == 1 and U.shape == U_rows + D and U.size,
        ),
        ("V", "(C, H) with H={H} as in W", V.shape == C + H and V.size),
        ("b", f"({b_tall},) with H={{H}} as in W", b.shape == b_rows),
        ("c", "(C,) with C={C} as in V", c.shape == C),
    ):
        if not fits:
            need = need.format(H=W.shape[1], C=len(V)) if name != "W" else need
            shape = getattr(found, name).shape
            raise ValueError(f"{name} has shape {shape}; {need} is needed")
    return found


def sequence(params, x, *states, kind: Kind = PLAIN) -> list:
    """params, x and h0 (and s0) in one dtype: x (T, D) or (T, B, D); a state of zeros for None."""
    params, x = network(params, kind), array("x", x)
    H, D = params.W.shape[1], params.U.shape[1]
    if x.ndim not in (2, 3) or x.shape[-1] != D:
        need = f"(T, D) or (T, B, D) with D={D} as in U"
        raise ValueError(f"x has shape {x.shape}; {need} is needed")
    if not x.size:
        raise ValueError(f"x has shape {x.shape}; at least one step and one sequence are needed")
    need = x.shape[1:-1] + (H,)
    given = list(zip(("h0", "s0"), states, strict=False))
    states = [np.zeros(need, x.dtype) if s is None else array(name, s) for name, s in given]
    for (name, _), state in zip(given, states, strict=True):
        if state.shape != need:
            raise ValueError(f"{name} has shape {state.shape}; {need} for this x is needed")
    dtype = np.result_type(*(list(params) + [x] + states))
    if dtype != np.float32:
        dtype = np.dtype(complex if dtype.kind == "c" else float)
    leaves = [_as(dtype, leaf) for leaf in params]
    return [leaves] + [_as(dtype, value) for value in [x] + states]


def traced(params, trace, kind: Kind = PLAIN) -> tuple:
    """W and V in the trace's dtype, if the parameters have the sizes of the trace's.

    A Network is the one that the trace was made with.
    """
    if isinstance(params, Network):
        return _as(trace.h.dtype, params.W), _as(trace.h.dtype, params.V)
    (U, W, V, _, _), (_, sizes) = network(params, kind), _sizes(trace, kind)
    got = (U.shape[1], W.shape[1], len(V))
    if got != sizes:
        raise ValueError(f"params has (D, H, C) = {got}; {sizes}, as in the trace, is needed")
    dtype = trace.h.dtype
    if dtype.kind != "c" and "c" in (W.dtype.kind, V.dtype.kind):
        raise ValueError("params is complex; the real params that trace was made with are needed")
    return _as(dtype, W), _as(dtype, V)


def labels(trace, y) -> Labels:
    """One row for each step of the trace, entries ≥ 0, the sum 1, or 0 where there is no label."""
    if isinstance(y, Labels):
        return y
    steps, (_, _, C) = _sizes(trace)
    y = array("y", y)
    need = steps + (C,)
    if y.shape != need:
        raise ValueError(f"y has shape {y.shape}; {need} for this trace is needed")
    if y.dtype.kind == "c" or not np.minimum.reduce(y, axis=None) >= 0:  # true of NaN, `< 0` is not
        _refuse_infinite(y=y)
        raise ValueError("y has a negative or complex entry; probabilities (≥ 0) are needed")
    y = _as(trace.z.real.dtype, y)
    total = np.add.reduce(y, axis=-1, keepdims=True)
    off = total - (total > 0)
    # One product for the sum of the squares; which row it is matters only if that is too large.
    if not np.vdot(off, off) <= SUM_LIMIT**2 and not (off := abs(off)).max() <= SUM_LIMIT:
        _refuse_infinite(y=y)
        where = tuple(int(i) for i in np.unravel_index(off.argmax(), steps))
        raise ValueError(
            f"y has a row that sums to {total[where].item():.7g} (row {where}); "
            "each row must sum to 1, or to 0 where a step has no label"
        )
    return Labels(y, total)


def finite(result: np.ndarray, **given: np.ndarray) -> None:
    """Raise if one of the arrays that `result` is made of has a NaN or an infinity.

    Neither is finite again after a product or a sum, so one look at the result is a look at all of
    them.  A result that overflows although all of them are finite passes.
    """
    # One product: the sum of the squares is finite only if every entry is.
    if not isfinite(abs(np.vdot(result, result))):
        _refuse_infinite(**given)


def _refuse_infinite(**given):
    for name, value in given.items():
        if not np.isfinite(value).all():
            what = "a NaN" if np.isnan(value).any() else "an infinity"
            raise ValueError(f"{name} has {what}; finite numbers are needed everywhere")


def _sizes(trace, *kinds):
    """(T,) or (T, B), and (D, H, C), of a trace whose arrays fit each other; any kind if none."""
    fields = getattr(trace, "_fields", None)
    if fields not in [kind.trace for kind in kinds or (PLAIN, GRU, LSTM)]:
        raise ValueError(f"trace is {_kind(trace)}; a Trace, as forward returns it, is needed")
    try:
        x, h, z = trace.x.shape, trace.h.shape, trace.z.shape
        same = len({rows.shape[:-1] for rows in trace}) == 1
        fits = same and trace.y_hat.shape == z and len(h) in (2, 3)
    except AttributeError:
        fits = False
    if not fits:
        raise ValueError("trace has arrays that do not fit each other; those of forward are needed")
    return (h[0] - 1,) + h[1:-1], (x[-1], h[-1], z[-1])


def _as(dtype, value):
    return value if value.dtype == dtype else value.astype(dtype)


def _kind(value):
    return "None" if value is None else f"a {type(value).__name__}"
