"""What a fitted triangle of weights says: which parts are there, and how often each is counted."""

from itertools import combinations, product

import numpy as np

# which parts a slip keeps: {slip: kept(t, k, T)}, k being the step of the parameter
KEEPS = {
    "explicit-only": lambda t, k, T: t == k,
    "last-loss-only": lambda t, k, T: t == T,
    "first-step-dropped": lambda t, k, T: k > 1,
    "last-step-dropped": lambda t, k, T: k < T,
    "first-loss-dropped": lambda t, k, T: t > 1,
    "last-loss-dropped": lambda t, k, T: t < T,
    "sum-overwritten": lambda t, k, T: k == 1,
    "carry-never-renewed": lambda t, k, T: k == t or t == T,
}
# the same where each step has one part (e, dV, dc), or each loss (dh0)
KEEPS_STEPS = {
    "last-loss-only": lambda t, k, T: t == T,
    "first-step-dropped": lambda t, k, T: t > 1,
    "last-step-dropped": lambda t, k, T: t < T,
    "sum-overwritten": lambda t, k, T: t == 1,
}


def read(weights, places, T, sequences, tolerance, window=None):
    """(slips, numbers) that the weights show, or None if they show none that has a name.

    weights: one for each of `places`, NaN where a part cannot be seen; sequences: in a batch, 1
    without one; window: the window that is asked for, None for all parts.
    slips: names, () if every weight is as it should be; numbers: {name: its number}.
    """
    asked = np.array([window is None or t - k < window for t, k in places])
    rules = _rules(places, T, window)
    seen = np.isfinite(weights)
    t, k = np.array(places)[seen].T
    weights = weights[seen]
    there = np.abs(weights) > tolerance
    if not there.any():
        return ("zero",), {}
    for names, kept in rules:
        if (there == (kept & asked if window and not _cuts(names) else kept)[seen]).all():
            counted = _counted(weights[there], (t - k)[there], T, sequences, tolerance)
            if counted is not None:
                slips = (*(name for name, _ in names), *counted[0])
                return slips, {**dict(n for n in names if n[1]), **counted[1]}
    return None


def _rules(places, T, window):
    """((slip, its number), …) and which parts are kept: no slip, then each, then each two."""
    triangle = len(places) > T
    rules = {(name, None): keeps for name, keeps in (KEEPS if triangle else KEEPS_STEPS).items()}
    if triangle:
        for n in range(2, T):
            rules["window", n] = lambda t, k, T, n=n: t - k < n
        for n in range(2, T):
            rules["chunks", n] = lambda t, k, T, n=n: (t - 1) // n == (k - 1) // n
    if window is not None:
        rules.pop(("window", window), None)
        rules["not-truncated", None] = lambda t, k, T: True
    kept = {key: np.array([rule(t, k, T) for t, k in places]) for key, rule in rules.items()}
    if triangle:  # chunks that are cut from the end
        for n in range(2, T):
            from_end = np.array([(T - t) // n == (T - k) // n for t, k in places])
            if not any((from_end == mask).all() for mask in kept.values()):
                kept["chunks", n, "from the end"] = from_end
    found = [((), np.ones(len(places), dtype=bool))]
    for wrong in (1, 2):
        for keys in combinations(kept, wrong):
            mask = np.logical_and.reduce([kept[key] for key in keys])
            if mask.any():
                found.append((tuple(key[:2] for key in keys), mask))
    return found


def _cuts(names):
    """Whether slips decide by themselves how far back a loss looks."""
    return {name for name, _ in names} & {"window", "chunks", "explicit-only", "not-truncated"}


def _counted(weights, lags, T, sequences, tolerance):
    """(slips, numbers) of how often the parts that are there are counted, or None."""
    shapes = {"": 0 * lags + 1.0, "total-for-explicit": lags + 1.0, "carry-doubled": 2.0**lags}
    for slip, shape in shapes.items():
        ratio = weights / shape
        if np.ptp(ratio) <= tolerance:
            slips, numbers = factor(ratio.mean(), T, sequences, tolerance)
            return ((slip, *slips) if slip else slips), numbers
    if (lags == 1).any():  # a factor for every step back, wherever it comes from
        first = weights[lags == 0].mean() if (lags == 0).any() else 1.0
        rate = (weights[lags == 1] / first).mean()
        if np.abs(weights - first * rate**lags).max() <= tolerance:
            slips, numbers = factor(first, T, sequences, tolerance)
            return ("carry-scaled", *slips), {**numbers, "carry-scaled": float(rate)}
    return None


def factor(value, T, sequences, tolerance):
    """(slips, numbers) of one constant factor: a sign, 1/T, B, or a number of its own."""
    for sign, time, batch in product((1, -1), (1, 1 / T), (1, sequences)):
        if abs(value - sign * time * batch) <= tolerance:
            slips = {"sign": sign < 0, "mean-over-time": time < 1, "batch-summed": batch > 1}
            return tuple(name for name, there in slips.items() if there), {}
    return ("factor",), {"factor": float(value)}


def other_names(of, slips, numbers):
    """Names that other slips of the code have which end in the same numbers."""
    found = []
    if "explicit-only" in slips:
        found.append("window")
        numbers["window"] = 1
    if of in ("dW", "dU", "db", "dh0") and "last-loss-only" in slips:
        found.append("carry-overwritten")
    if numbers.get("window") == 2:
        found.append("carry-overwritten")
    if of == "dW" and "first-step-dropped" in slips:
        found.append("h0-dropped")
    return found
