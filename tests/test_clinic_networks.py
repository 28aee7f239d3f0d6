"""What the clinic names holds on networks that no fit has seen: there the named parts, counted as
named, are the answer itself."""

from functools import cache

import numpy as np
import pytest

from unrolled.clinic import patterns, xray
from unrolled.clinic.planted import PATTERNS, names, planted
from unrolled.rnn import init

MANY, FEW = 200, 2  # networks for each slip, and for each product of two
EXACT = 1e-9
WRONG = [1e-6, 1e-4]  # what the diagnosis leaves over, and how near a weight is to a number


@cache
def network(n, square):
    """The n-th network, of sizes that the clinic's own do not have."""
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


def named(answer, of, square):
    """The simplest build and weights that leave nothing over on the clinic's own networks."""
    values = [answer(*given) for given in xray.networks(square=square)]
    for wrong in (0, 1, 2):
        for build in xray.builds(of, square=square, wrong=wrong):
            fitted = xray.fit(values, of, build, square=square)
            residual, tolerance = WRONG
            if fitted.residual <= residual and patterns.read(
                fitted.weights, xray.places(of), xray.T, 1, tolerance
            ):
                return fitted
    raise AssertionError("not recognised")


def off(of, slip, pattern, many):
    """The largest error, relative to the answer, of what is named on `many` new networks."""
    square = slip == "no-transpose-V"
    answer = planted(of, slip, pattern)
    fitted = named(answer, of, square)
    # 0.2 and 1.5 are meant, not what rounding made of them; NaN is a part that is 0 everywhere
    weights = np.nan_to_num(np.round(fitted.weights, 5))
    worst = 0.0
    for n in range(many):
        given = network(n, square)
        wanted = answer(*given)
        found = np.tensordot(weights, xray.parts(given, of, fitted.build), 1)
        worst = max(worst, np.linalg.norm(found - wanted) / max(np.linalg.norm(wanted), EXACT))
    return worst


@pytest.mark.parametrize("of", ["dW", "dU", "db", "dh0", "dV", "dc", "e"])
def test_a_named_slip_is_the_answer_on_networks_that_the_fit_has_not_seen(of):
    for slip in names(of):
        assert off(of, slip, None, MANY) <= EXACT, slip


@pytest.mark.parametrize("of", ["dW", "dU", "db"])
def test_a_named_product_is_the_answer_on_networks_that_the_fit_has_not_seen(of):
    for pattern in PATTERNS:
        for slip in names(of):
            if slip not in PATTERNS:
                assert off(of, slip, pattern, FEW) <= EXACT, (slip, pattern)


def test_what_is_not_named_is_noticed():
    answer = planted("dW", "window", n=3)
    assert off("dW", "window", None, FEW) <= EXACT
    fitted = named(answer, "dW", False)
    given = network(0, False)
    wrong = np.tensordot(np.ones(15), xray.parts(given, "dW", fitted.build), 1)
    assert np.linalg.norm(wrong - answer(*given)) > 1e-3 * np.linalg.norm(wrong)
    with pytest.raises(AssertionError, match="not recognised"):
        named(lambda params, x, y, h0: np.ones_like(params.W), "dW", False)
