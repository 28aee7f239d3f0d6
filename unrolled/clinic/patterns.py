"""What a fitted triangle of weights says: which parts are there, and how often each is counted."""

from collections import OrderedDict  # on the site's pages a dict has no order
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

# which parts a slip keeps: {slip: kept(t, k, T)}, k being the step of the parameter
KEEPS = OrderedDict(
    [
        ("explicit-only", lambda t, k, T: t == k),
        ("last-loss-only", lambda t, k, T: t == T),
        ("first-step-dropped", lambda t, k, T: k > 1),
        ("last-step-dropped", lambda t, k, T: k < T),
        ("first-loss-dropped", lambda t, k, T: t > 1),
        ("last-loss-dropped", lambda t, k, T: t < T),
        ("sum-overwritten", lambda t, k, T: k == 1),
        ("signal-not-carried", lambda t, k, T: k == t or t == T),
    ]
)
# the same where each step has one part (e, dV, dc), and where each loss has one (dh0)
KEEPS_STEPS = OrderedDict(
    [
        ("last-loss-only", lambda t, k, T: t == T),
        ("first-step-dropped", lambda t, k, T: t > 1),
        ("last-step-dropped", lambda t, k, T: t < T),
        ("sum-overwritten", lambda t, k, T: t == 1),
    ]
)
KEEPS_LOSSES = OrderedDict(
    (name, KEEPS[name]) for name in ("last-loss-only", "first-loss-dropped", "last-loss-dropped")
)
CUTS = {"window", "chunks", "explicit-only", "not-truncated"}  # these say how far a loss looks


class Reading(NamedTuple):
    """What weights show."""

    slips: tuple[str, ...]  # names, () if every weight is as it should be
    numbers: dict[str, float]  # {slip: its number}, of `also` too
    also: tuple[str, ...] = ()  # other slips with the same weights


def read(weights, places, T, sequences, tolerance, window=None, loss=None) -> Reading | None:
    """What the weights show, or None if it has no name.

    weights: one for each of `places`, NaN where a part cannot be seen; sequences: in a batch, 1
    without one; window, loss: what is asked for, as `diagnose` has them.
    """
    seen = np.isfinite(weights)
    t, k = np.array(places)[seen].T
    weights = weights[seen]
    there = np.abs(weights) > tolerance
    if not there.any():
        return Reading(("zero",), {})
    rules = _rules(tuple(places), T, window, loss)
    fitting = [names for names, kept in rules if (there == kept[seen]).all()]
    counted = _counted(weights[there], (t - k)[there], T, sequences, tolerance)
    if not fitting or counted is None:
        return None
    names, *others = fitting
    others = [other[0] for other in others if len(other) == len(names) == 1]
    numbers = {name: n for name, n in others + list(names) if n}
    slips = tuple(name for name, _ in names) + counted.slips
    also = tuple(name for name, _ in others) + counted.also
    return Reading(slips, numbers | counted.numbers, also)


@cache
def _rules(places, T, window, loss):
    """((slip, its number), …) and which parts are kept: no slip, then each, then each two."""
    single = _single(places, T if loss is None else loss)
    if window is not None:
        single["not-truncated", None] = lambda t, k, T: True
    if loss is not None:
        single["every-loss", None] = lambda t, k, T: True
    t, k = np.array(places).T

    def kept(keys):
        names = {name for name, *_ in keys}
        one = loss is not None and "every-loss" not in names
        mask = t == loss if one else t > 0
        if window is not None and not names & CUTS:
            mask = mask & (t - k < window)
        for key in keys:
            mask = mask & [single[key](*place, loss if one else T) for place in places]
        return mask

    whole = kept(())
    found = [((), whole)]
    for wrong in (1, 2):
        for keys in combinations(single, wrong):
            mask = kept(keys)
            if mask.any() and (mask != whole).any():
                found.append((tuple(key[:2] for key in keys), mask))
    return found


def _single(places, T):
    """{(slip, its number, …): kept(t, k, T)}, T being the last loss that counts."""
    if len({t for t, _ in places}) == len(places):
        keeps = KEEPS_LOSSES if places[0][1] == 0 else KEEPS_STEPS
        return OrderedDict(((name, None), rule) for name, rule in keeps.items())
    rules = OrderedDict(((name, None), rule) for name, rule in KEEPS.items())
    for n in range(2, T):
        rules["window", n] = lambda t, k, T, n=n: t - k < n
    for n in range(1, T - 1):
        rules["sweep-stopped", n] = lambda t, k, T, n=n: k > T - n
    for n in range(2, T):
        rules["chunks", n] = lambda t, k, T, n=n: (t - 1) // n == (k - 1) // n
    for n in range(2, T):
        rules["chunks", n, "from the end"] = lambda t, k, T, n=n: (T - t) // n == (T - k) // n
    return rules


def _counted(weights, lags, T, sequences, tolerance):
    """How often the parts that are there are counted, as a Reading, or None."""
    shapes = OrderedDict(
        [("", 0 * lags + 1.0), ("total-for-explicit", lags + 1.0), ("carry-doubled", 2.0**lags)]
    )
    ratios = [(slip, weights / shape) for slip, shape in shapes.items()]
    fitting = [(slip, ratio) for slip, ratio in ratios if np.ptp(ratio) <= tolerance]
    if fitting:
        (slip, ratio), *others = fitting
        others = [other for other, _ in others]
        slips, numbers = factor(ratio.mean(), T, sequences, tolerance)
        return Reading((slip,) + slips, numbers, tuple(others)) if slip else Reading(slips, numbers)
    if (lags == 1).any():  # a factor for every step back, wherever it comes from
        first = weights[lags == 0].mean() if (lags == 0).any() else 1.0
        rate = (weights[lags == 1] / first).mean()
        if np.abs(weights - first * rate**lags).max() <= tolerance:
            slips, numbers = factor(first, T, sequences, tolerance)
            return Reading(("carry-scaled",) + slips, numbers | {"carry-scaled": float(rate)})
    return None


def factor(value, T, sequences, tolerance):
    """(slips, numbers) of one constant factor: a sign, 1/T, B, or a number of its own."""
    for sign, time, batch in product((1, -1), (1, 1 / T), (1, sequences)):
        if abs(value - sign * time * batch) <= tolerance:
            slips = ("sign", sign < 0), ("mean-over-time", time < 1), ("batch-summed", batch > 1)
            return tuple(name for name, there in slips if there), {}
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
