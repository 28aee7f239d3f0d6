"""What the clinic names holds on networks that no fit has seen: there the named parts, counted as
named, are the answer itself.

A gradient is a sum of parts.  So the parts of one slip are computed once for each network, and
every pattern in time only counts them in its own way.
"""

from functools import cache

import numpy as np
import pytest

from unrolled.clinic import patterns, planted, xray
from unrolled.rnn import init

MANY = 200  # networks for each slip, and for each product of two
EXACT = 1e-9
WRONG = [1e-6, 1e-4]  # what the diagnosis leaves over, and how near a weight is to a number


@cache
def networks(square):
    """MANY networks, of sizes that the clinic's own do not have."""
    return [network(n, square) for n in range(MANY)]


def network(n, square):
    rng = np.random.default_rng([2, n])
    D, H, C = (3, 3, 3) if square else (3, 4, 2)
    params = init(rng, D=D, H=H, C=C, scale=1.1)._replace(
        b=0.4 * rng.standard_normal(H), c=0.4 * rng.standard_normal(C)
    )
    x, h0 = rng.standard_normal((xray.T, D)), 0.7 * rng.standard_normal(H)
    y = np.eye(C)[rng.integers(C, size=xray.T)]
    if n % 3 == 0:
        y[n % xray.T] = 0  # no label
    if n % 3 == 1:
        y[n % xray.T] = rng.dirichlet(np.ones(C))  # a soft one
    return xray.Network(params, x, y, h0)


def named(values, of, sequences=1, **which):
    """The simplest build and weights that leave nothing over on the clinic's own networks."""
    built = {name: which[name] for name in which if name != "batch"}
    for wrong in (0, 1, 2):
        for build in xray.builds(of, **built, wrong=wrong):
            fitted = xray.fit(values, of, build, **which)
            residual, tolerance = WRONG
            if fitted.residual <= residual and patterns.read(
                fitted.weights, xray.places(of), xray.T, sequences, tolerance
            ):
                return fitted
    raise AssertionError("not recognised")


@cache
def parts(of, build, square=False, activation="tanh"):
    """The parts as they are named, on the networks: (MANY, parts, entries)."""
    return flat([xray.parts(given, of, build, activation) for given in networks(square)])


def flat(many):
    """(MANY, parts, entries) of the parts on many networks, each (parts, …)."""
    return np.array([found.reshape(len(found), -1) for found in many])


def as_meant(fitted):
    """The weights: 0.2 and 1.5, not what rounding made of them; NaN is a part that is 0."""
    return np.nan_to_num(np.round(fitted.weights, 5))


def agree(found, wanted):
    """Whether two answers on each of the networks are one: (MANY, entries)."""
    off, size = (np.linalg.norm(some, axis=1) for some in (found - wanted, wanted))
    return len(off) == MANY and (off <= EXACT * np.maximum(size, EXACT)).all()


def slips_in_time(of):
    return [name for name in planted.names(of) if name in planted.PATTERNS]


@pytest.mark.parametrize("of", ["dW", "dU", "db", "dh0", "dV", "dc", "e"])
def test_what_is_named_is_the_answer_on_networks_that_the_fit_has_not_seen(of):
    """Every slip alone, every pattern in time alone, and every product of the two."""
    for slip in [None, *(name for name in planted.names(of) if name not in planted.PATTERNS)]:
        square = slip == "no-transpose-V"
        seen = [planted.parts(of, {slip}, *given) for given in xray.networks(square=square)]
        unseen = flat([planted.parts(of, {slip}, *given) for given in networks(square)])
        for pattern in [None, *slips_in_time(of)]:
            times = planted.times(of, {slip, pattern}, xray.T)
            values = [np.tensordot(times, some, 1) for some in seen]
            fitted = named(values, of, square=square)
            found = as_meant(fitted) @ parts(of, fitted.build, square)
            assert agree(found, times @ unseen), (slip, pattern)


def test_so_it_is_with_rectifiers():
    answer = planted.planted("dW", "slope-of-tanh", activation="relu")
    fitted = named([answer(*given) for given in xray.networks()], "dW", activation="relu")
    assert xray.slips(fitted.build) == ("slope-of-tanh",)
    found = as_meant(fitted) @ parts("dW", fitted.build, activation="relu")
    assert agree(found, np.array([answer(*given).ravel() for given in networks(False)]))


def test_so_it_is_with_a_batch():
    answer = planted.planted("dW", "batch-summed")
    fitted = named(
        [answer(*given) for given in xray.networks(batch=True)], "dW", xray.B, batch=True
    )
    for n in range(MANY):
        batch = [network(n, False), network(n + 1, False)]
        x, y, h0 = (np.stack([given[i] for given in batch], axis=-2) for i in (1, 2, 3))
        given = xray.Network(batch[0].params, x, y, h0)
        # as many times the mean as there are sequences: two here, B where it was named
        found = np.tensordot(as_meant(fitted) * 2 / xray.B, xray.parts(given, "dW"), 1)
        np.testing.assert_allclose(found, answer(*given), rtol=0, atol=EXACT)


def test_what_is_planted_is_its_parts_counted():
    """The slip, the pattern and what `diagnose` is given are one answer."""
    for of, slip, pattern in [("dW", "no-slope", "window"), ("dh0", "no-W-at-h0", "sign")]:
        for given in networks(False)[:3]:
            times = planted.times(of, {slip, pattern}, xray.T)
            by_parts = np.tensordot(times, planted.parts(of, {slip}, *given), 1)
            assert np.array_equal(planted.planted(of, slip, pattern)(*given), by_parts)


def test_what_is_not_named_is_noticed():
    values = [planted.planted("dW", "window", n=3)(*given) for given in xray.networks()]
    fitted = named(values, "dW")
    there = parts("dW", fitted.build)
    right = as_meant(fitted) @ there
    assert agree(right, right) and not agree(np.ones(15) @ there, right)
    nearly = right.copy()
    nearly[-1, 0] *= 1 + 1e-6  # one entry on one network
    assert not agree(nearly, right)
    with pytest.raises(AssertionError, match="not recognised"):
        named([np.ones_like(given.params.W) for given in xray.networks()], "dW")
