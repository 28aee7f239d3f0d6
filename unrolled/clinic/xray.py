"""The X-ray of a gradient: which parts of the exact one an answer adds up, and with which weights.

dL/dW is a sum of parts P(t, k), one for each loss t and each step k ≤ t (eq:dw-sum).  An answer
is fitted, on several networks at once, by Σ w(t, k)·P(t, k): all weights 1 is right, a diagonal of
ones has lost the path through time, and so on.  The parts can also be built wrongly, with one
factor or more exchanged; the way of building them whose fit leaves nothing over names the slip.
"""

from collections import OrderedDict  # on the site's pages a dict has no order
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from unrolled.rnn import Params, init, softmax

SIZES = {"D": 2, "H": 4, "C": 3}  # all different, and none is T or B
SQUARE = {"D": 4, "H": 4, "C": 4}  # where a missing transpose does not end in an error
T, B, NETWORKS = 5, 7, 8
ACTIVATIONS = ("tanh", "relu")


class Network(NamedTuple):
    """What an answer is given: a network and a sequence, or a batch of B sequences."""

    params: Params
    x: np.ndarray  # (T, D) or (T, B, D)
    y: np.ndarray  # (T, C) or (T, B, C): one-hot or soft labels, and a step without a label
    h0: np.ndarray  # (H,) or (B, H)


class Build(NamedTuple):
    """How the parts are built; each field is a key of one of the tables below."""

    trace: str = "right"
    signal: str = "right"
    V: str = "right"
    slope: str = "right"
    W: str = "right"
    order: str = "right"
    start: str = "right"
    reads: str = "right"
    outer: str = "right"


RIGHT = Build()


class Fit(NamedTuple):
    """An answer as a weighted sum of parts."""

    build: Build
    weights: np.ndarray  # (n,) in the order of `places(of)`, NaN where a part is 0 everywhere
    residual: float  # what the fit leaves over, relative to the answer


@cache
def networks(steps: int = T, batch: bool = False, square: bool = False) -> tuple[Network, ...]:
    """The clinic's networks: NETWORKS of them, always the same."""
    return tuple(
        _network(np.random.default_rng([steps, batch, square, n]), n, steps, batch, square)
        for n in range(NETWORKS)
    )


def _network(rng, n, steps, batch, square):
    sizes = SQUARE if square else SIZES
    H, C = sizes["H"], sizes["C"]
    params = init(rng, **sizes, scale=1.2)._replace(
        b=0.5 * rng.standard_normal(H), c=0.5 * rng.standard_normal(C)
    )
    many = (B,) if batch else ()
    y = np.eye(C)[rng.integers(C, size=(steps,) + many)]
    if n % 2:
        y[-1] = rng.dirichlet(np.ones(C), size=many or None)  # a soft label
    if steps > 2:
        y[n % steps] = 0  # a step without a label
    x = rng.standard_normal((steps,) + many + (sizes["D"],))
    return Network(params, x, y, 0.8 * rng.standard_normal(many + (H,)))


def symmetric(network: Network) -> Network:
    """The same with the symmetric part of W."""
    W = network.params.W
    return network._replace(params=network.params._replace(W=(W + W.T) / 2))


def only(network: Network, t: int) -> Network:
    """The same with a label at step t alone."""
    y = np.zeros_like(network.y)
    y[t - 1] = network.y[t - 1]
    return network._replace(y=y)


# ── what can be built wrongly: {slip: what it does} ─────────────────────────────────────────────
TRACES = OrderedDict(
    [
        ("right", lambda p, x, h: p.U @ x + p.W @ h + p.b),
        ("bias-in-the-product", lambda p, x, h: p.U @ x + p.W @ (h + p.b)),
        ("bias-dropped", lambda p, x, h: p.U @ x + p.W @ h),
        ("h0-dropped", lambda p, x, h: p.U @ x + p.W @ h + p.b),  # and h₀ = 0, see `_run`
    ]
)
SIGNALS = OrderedDict(
    [  # from ŷ_t and y_t
        ("right", lambda p, y: p * y.sum() - y),
        ("y-hat-alone", lambda p, y: p),
        ("label-mass-ignored", lambda p, y: p - y),
        ("label-by-argmax", lambda p, y: p - _one_hot(y)),
        ("label-by-argmax (where there is one)", lambda p, y: p * y.sum() - _one_hot(y) * y.any()),
        ("squared-error-signal", lambda p, y: p * (p - y) - p * (p @ (p - y))),
        ("softmax-diagonal", lambda p, y: -y * (1 - p)),
        ("off-diagonal-sign", lambda p, y: -y * (1 - p) - p * (y.sum() - y)),
        ("softmax-dropped", lambda p, y: -y / p),
    ]
)
SLOPES = OrderedDict(
    [  # the slope at step k from a, h and the activation's own slope s, each with rows 0…T
        ("right", lambda a, h, s, k: s[k]),
        ("none", lambda a, h, s, k: np.ones(h.shape[1])),
        ("slope-of-a", lambda a, h, s, k: 1 - a[k] ** 2),
        ("slope-of-tanh-h", lambda a, h, s, k: 1 - np.tanh(h[k]) ** 2),
        ("inverse-slope", lambda a, h, s, k: 1 / s[k]),
        ("slope-twice", lambda a, h, s, k: s[k] ** 2),
        ("before", lambda a, h, s, k: s[k - 1]),
        ("after", lambda a, h, s, k: s[min(k + 1, len(h) - 1)]),
    ]
)
RELU_SLOPES = OrderedDict(
    [(name, SLOPES[name]) for name in ("right", "none", "before", "after")]
    + [
        ("slope-of-tanh", lambda a, h, s, k: 1 - np.tanh(a[k]) ** 2),
        ("slope-of-tanh (from h)", lambda a, h, s, k: 1 - h[k] ** 2),
    ]
)
PLACES = OrderedDict(
    [("", (1, 1)), (" at the end", (1, 0)), (" in the carry", (0, 1))]
)  # (at the end, in the carry)
ORDERS = (
    "right",
    "power-outside",
    "power-outside (slopes first)",
    "power-outside (slopes first, but the last)",
    "carry-never-renewed",
    "carry-never-renewed (each loss its own)",
    "slope-before-carry",
    "slope-on-carry-only",
)
STARTS = OrderedDict(
    [  # the last step back, from ∂L_t/∂h_1, g, to ∂L_t/∂h_0; s is the slope at step 1
        ("right", lambda W, s, g: W.T @ (s * g)),
        ("no-slope-at-h0", lambda W, s, g: W.T @ g),
        ("no-W-at-h0", lambda W, s, g: s * g),
        ("h1-for-h0", lambda W, s, g: g),
        ("no-transpose-W (at the last step)", lambda W, s, g: W @ (s * g)),
    ]
)
READS = {  # what stands on the right of the outer product, for rows 0…T of a, h and x
    "dW": OrderedDict(
        [
            ("right", lambda a, h, x, k: h[k - 1]),
            ("h-t-for-h-t-1", lambda a, h, x, k: h[k]),
            ("pre-activation-read", lambda a, h, x, k: a[k - 1] if k > 1 else h[0]),
            ("index-wraps", lambda a, h, x, k: h[k - 1] if k > 1 else h[-1]),
            ("sum-outer-sum", lambda a, h, x, k: h[:-1].sum(axis=0)),
        ]
    ),
    "dU": OrderedDict(
        [
            ("right", lambda a, h, x, k: x[k]),
            ("x-one-step-off", lambda a, h, x, k: x[k - 1] if k > 1 else 0 * x[1]),
            ("x-one-step-off (later)", lambda a, h, x, k: x[k + 1] if k + 1 < len(x) else 0 * x[1]),
            ("index-wraps", lambda a, h, x, k: x[k - 1] if k > 1 else x[-1]),
            ("index-wraps (later)", lambda a, h, x, k: x[k + 1] if k + 1 < len(x) else x[1]),
            ("sum-outer-sum", lambda a, h, x, k: x[1:].sum(axis=0)),
        ]
    ),
    "dV": OrderedDict(
        [
            ("right", lambda a, h, x, k: h[k]),
            ("h-t-for-h-t-1", lambda a, h, x, k: h[k - 1]),
            ("index-wraps", lambda a, h, x, k: h[k - 1] if k > 1 else h[-1]),
            ("pre-activation-read", lambda a, h, x, k: a[k]),
            ("sum-outer-sum", lambda a, h, x, k: h[1:].sum(axis=0)),
        ]
    ),
}
# which fields of Build an answer can have wrong
TABLES = {
    "dW": ("trace", "signal", "V", "slope", "W", "order", "reads", "outer"),
    "dU": ("trace", "signal", "V", "slope", "W", "order", "reads", "outer"),
    "db": ("trace", "signal", "V", "slope", "W", "order"),
    "dh0": ("trace", "signal", "V", "slope", "W", "order", "start"),
    "dV": ("trace", "signal", "reads", "outer"),
    "dc": ("trace", "signal"),
    "e": ("trace", "signal"),
}


def places(of: str, steps: int = T) -> list[tuple[int, int]]:
    """(t, k) of each part: the loss it comes from, and the step of the parameter it belongs to."""
    if of in ("e", "dV", "dc"):
        return [(t, t) for t in range(1, steps + 1)]
    if of == "dh0":
        return [(t, 0) for t in range(1, steps + 1)]
    return [(t, k) for t in range(1, steps + 1) for k in range(1, t + 1)]


def choices(field: str, of: str, activation: str, square: bool) -> list[str]:
    """The wrong keys of one field of Build."""
    if field == "slope":
        kinds = SLOPES if activation == "tanh" else RELU_SLOPES
        ends = PLACES if of in ("dW", "dU", "db") else {"": PLACES[""]}
        return [kind + place for place in ends for kind in kinds if kind != "right"]
    found = {
        "trace": [name for name in TRACES if name != "right"],
        "signal": [name for name in SIGNALS if name != "right"],
        "V": ["no-transpose-V"] if square else [],
        "W": ["no-transpose-W", "W-dropped"],
        "order": list(ORDERS[1:]),
        "start": list(STARTS)[1:],
        "reads": list(READS.get(of, {}))[1:],
        "outer": ["outer-transposed"],
    }
    return found[field]


def builds(of: str, activation: str = "tanh", square: bool = False, wrong: int = 1) -> list[Build]:
    """Every way of building the parts with exactly `wrong` fields wrong."""
    found = []
    for fields in combinations(TABLES[of], wrong):
        for keys in product(*(choices(field, of, activation, square) for field in fields)):
            found.append(RIGHT._replace(**dict(zip(fields, keys, strict=True))))
    return found


def parts(network: Network, of: str, build: Build = RIGHT, activation: str = "tanh"):
    """The parts of one gradient, one for each of `places(of)`, averaged over a batch."""
    params, x, y, h0 = network
    if x.ndim == 3:
        singles = [Network(params, x[:, i], y[:, i], h0[i]) for i in range(x.shape[1])]
        return sum(parts(single, of, build, activation) for single in singles) / len(singles)
    x, a, h, slope, e = _run(network, build, activation)
    steps = len(h) - 1
    if of in ("e", "dV", "dc"):
        found = []
        for t in range(1, steps + 1):
            if of == "dc":
                found.append(e[t])
            elif of == "dV":
                found.append(np.outer(e[t], READS["dV"][build.reads](a, h, x, t)))
            else:
                found.append(np.where(np.arange(1, steps + 1)[:, None] == t, e[t], 0.0))
    else:
        found = []
        for t in range(1, steps + 1):
            da = _signals(params, a, h, slope, e, t, build, activation)
            if of == "dh0":
                found.append(da[0])
            elif of == "db":
                found += [da[k] for k in range(1, t + 1)]
            else:
                reads = READS[of][build.reads]
                found += [np.outer(da[k], reads(a, h, x, k)) for k in range(1, t + 1)]
    found = np.array(found)
    return found.swapaxes(-1, -2) if build.outer != "right" else found


def rows_read(network: Network, of: str, activation: str = "tanh") -> np.ndarray:
    """What stands on the right of the outer product of dW or dU at each step, a row a step."""
    x, a, h, *_ = _run(network, RIGHT, activation)
    return np.array([READS[of]["right"](a, h, x, k) for k in range(1, len(h))])


def _run(network, build, activation):
    """x, a, h, the activation's slope and e, each with rows 0…T (row 0 of all but h is unused)."""
    params, x, y, h0 = network
    pre_activation = TRACES[build.trace]
    h = [0 * h0 if build.trace == "h0-dropped" else h0]
    a, e = [0 * h0], [0 * params.c]
    for x_t, y_t in zip(x, y, strict=True):
        a.append(pre_activation(params, x_t, h[-1]))
        h.append(np.tanh(a[-1]) if activation == "tanh" else a[-1] * (a[-1] > 0))
        e.append(SIGNALS[build.signal](softmax(params.V @ h[-1] + params.c), y_t))
    a, h = np.array(a), np.array(h)
    slope = 1 - h**2 if activation == "tanh" else (h > 0) * 1.0
    return np.concatenate((0 * x[:1], x)), a, h, slope, np.array(e)


def _signals(params, a, h, slope, e, t, build, activation):
    """{k: ∂L_t/∂a_k} for k = 1…t, and ∂L_t/∂h_0 at k = 0, built as told."""
    kind, end, carry = _slope(build.slope)
    table = SLOPES if activation == "tanh" else RELU_SLOPES

    def at(place, k):
        return table[kind if place else "right"](a, h, slope, k)

    back = {"right": params.W.T, "no-transpose-W": params.W, "W-dropped": np.eye(len(params.W))}
    back = back[build.W]
    g = (params.V.T if build.V == "right" else params.V) @ e[t]
    found = {}
    if build.order == "right":
        for k in range(t, 0, -1):
            found[k] = at(end, k) * g
            before, g = g, back @ (at(carry, k) * g)
        found[0] = g
        if build.start != "right":
            found[0] = STARTS[build.start](back.T, at(carry, 1), before)
    elif build.order.startswith("carry-never-renewed"):
        once = back @ (at(carry, t) * g)
        if t < len(h) - 1 and build.order == "carry-never-renewed":
            once = 0 * once  # of the last loss alone
        found = {k: at(end, k) * (g if k == t else once) for k in range(1, t + 1)}
        found[0] = back @ (at(carry, 1) * (g if t == 1 else once))
    elif build.order == "slope-before-carry":
        found[t], g = at(end, t) * g, at(carry, t) * g
        for k in range(t - 1, -1, -1):
            g = found[k] = back @ g
    elif build.order == "slope-on-carry-only":
        found[t] = g
        for k in range(t - 1, 0, -1):
            g = back @ g
            found[k], g = at(end, k) * g, at(carry, k) * g
        found[0] = back @ g
    else:
        found = _with_powers(build.order, back, g, t, lambda k: at(end, k), lambda k: at(carry, k))
    return found


def _with_powers(order, back, g, t, end, carry):
    """The signals where the powers of W stand outside the product of the slopes."""
    found, slopes, power = {}, np.ones(len(back)), g
    for k in range(t, 0, -1):
        if order == "power-outside":
            found[k] = end(k) * slopes * power
        elif order == "power-outside (slopes first)":
            found[k] = _moved(back, t - k, end(k) * slopes * g)
        else:
            found[k] = end(k) * _moved(back, t - k, slopes * g)
        slopes, power = carry(k) * slopes, back @ power
    found[0] = slopes * power if order == "power-outside" else _moved(back, t, slopes * g)
    return found


def _one_hot(y):
    return np.eye(len(y))[np.argmax(y)]


def _moved(back, times, vector):
    for _ in range(times):
        vector = back @ vector
    return vector


def _slope(key):
    """(kind, 1 if at the end, 1 if in the carry) of a key such as "none in the carry"."""
    for place, where in PLACES.items():
        if place and key.endswith(place):
            return (key[: -len(place)],) + where
    return key, 1, 1


_SLOPE_NAMES = {
    ("none", 1, 1): "no-slope",
    ("none", 1, 0): "no-slope-at-end",
    ("none", 0, 1): "no-slope-in-carry",
    ("before",): "slope-one-step-off",
    ("after",): "slope-one-step-off",
}


def slips(build: Build) -> tuple[str, ...]:
    """The names of what is wrong in a Build."""
    found = []
    for field, key in zip(Build._fields, build, strict=True):
        if key != "right":
            kind = _slope(key) if field == "slope" else (key,)
            name = _SLOPE_NAMES.get(kind) or _SLOPE_NAMES.get(kind[:1]) or kind[0]
            found.append(name.split(" (")[0])
    return tuple(found)


PROBED = 1e-3  # more than this along its probe, and a way to build the parts is not the answer's
PROBES = (1, 3, 2, 4, 5, 6, 7, 0)  # the networks that probes look at; two of them have every loss


def candidates(
    answers, of: str, batch=False, square=False, activation="tanh", wrong=1, left=0.0
) -> list[Build]:
    """Those of `builds` that may leave nothing over, or the share `left`: only these are fitted.

    answers: as for `fit`.
    """
    found = builds(of, activation, square, wrong)
    vectors = probes(of, batch, square, activation, wrong)
    seen = np.concatenate([np.ravel(answers[n]) for n in PROBES])[::2][: vectors.shape[1]]
    off = np.abs(vectors @ seen)
    limit = max(PROBED, 10 * left) * np.linalg.norm(seen)
    return [build for build, one in zip(found, off, strict=True) if one <= limit]


@cache
def probes(of: str, batch: bool, square: bool, activation: str, wrong: int) -> np.ndarray:
    """For each of `builds`, a unit vector at right angles to its parts on few networks.

    What an answer has along it is in no sum of these parts, so it is left over by every fit.
    One row a build; its entries stand for every second one of the answers on `PROBES`, as many
    networks as have more such entries than there are parts.
    """
    found = []
    for build in builds(of, activation, square, wrong):
        rows, n = [], 0
        while n < 2 or sum(map(len, rows)) // 2 <= rows[0].shape[1]:
            some = parts(networks(T, batch, square)[PROBES[n]], of, build, activation)
            rows.append(some.reshape(len(some), -1).T)
            n += 1
        columns = np.concatenate(rows)[::2]
        any_vector = np.cos(np.arange(len(columns)))
        left = any_vector - columns @ np.linalg.lstsq(columns, any_vector, rcond=1e-10)[0]
        found.append(left / np.linalg.norm(left))
    return np.array(found)


@cache
def design(of: str, build: Build, batch: bool, square: bool, activation: str, steps: int):
    """(columns, norms, sizes): the parts on every network as the columns of one matrix.

    Each column has norm 1, by `norms`; each network's rows were divided by its `sizes` first, so
    that no network drowns the others.
    """
    rows, sizes = [], []
    for network in networks(steps, batch, square):
        found = parts(network, of, build, activation)
        sizes.append(np.sqrt((found**2).sum()))
        rows.append(found.reshape(len(found), -1).T / sizes[-1])
    columns = np.concatenate(rows)
    norms = np.sqrt((columns**2).sum(axis=0))
    return columns / np.where(norms > 0, norms, 1.0), norms, sizes


def fit(
    answers, of: str, build=RIGHT, batch=False, square=False, activation="tanh", steps=T
) -> Fit:
    """The least-squares weights of the parts in an answer on every network.

    answers: one array a network, in the order of `networks(steps, batch, square)`.
    """
    columns, norms, sizes = design(of, build, batch, square, activation, steps)
    scaled = [np.ravel(array) / size for array, size in zip(answers, sizes, strict=True)]
    answer = np.concatenate(scaled)
    seen = norms > 0
    A = columns[:, seen]
    # the columns have norm 1, so the normal equations are well enough conditioned
    solved = np.linalg.solve(A.T @ A + 1e-14 * np.eye(A.shape[1]), A.T @ answer)
    weights = np.full(len(norms), np.nan)
    weights[seen] = solved / norms[seen]
    size = np.sqrt(np.sum(answer**2))
    left = np.sqrt(np.sum((answer - A @ solved) ** 2))
    return Fit(build, weights, left / size if size else 0.0)
