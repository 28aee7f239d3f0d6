"""The scan against plain loops, and its gradient against the sweep's, on random shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled import rnn
from unrolled.matrices import flat
from unrolled.scan import Affine, affine_scan, backward_maps, compose, rounds, scan_bptt

SIZE = st.integers(1, 5)


def case(T, D, H, C, B, seed):
    """A network, its trace and labels, with a batch of B or, for B = 0, without."""
    rng = np.random.default_rng(seed)
    batch = (B,) if B else ()
    params = rnn.Params(*(rng.standard_normal(leaf.shape) for leaf in rnn.init(rng, D, H, C)))
    x, h0 = rng.standard_normal((T, *batch, D)), rng.standard_normal((*batch, H))
    y = np.eye(C)[rng.integers(C, size=(T, *batch))]
    y = y * rng.integers(2, size=(T, *batch, 1))  # some steps unlabelled
    return params, x, y, h0


def close(one, other):
    """Equal to 1e-12 of the size of `other`, or of 1."""
    assert np.shape(one) == np.shape(other)
    return np.linalg.norm(one - other) <= 1e-12 * max(1, np.linalg.norm(other))


@given(T=st.integers(1, 9), D=SIZE, H=SIZE, C=SIZE, B=st.integers(0, 3), seed=st.integers(0, 9999))
@settings(max_examples=60, deadline=None)
def test_scan_is_bptt(T, D, H, C, B, seed):
    params, x, y, h0 = case(T, D, H, C, B, seed)
    trace = rnn.forward(params, x, h0)
    for by_scan, swept in zip(
        scan_bptt(params, trace, y), rnn.bptt(params, trace, y).params, strict=True
    ):
        assert close(by_scan, swept)


@pytest.mark.parametrize("n", range(1, 18))
@pytest.mark.parametrize("shape", [(3, 3), (3,)])
def test_the_scan_is_the_recurrence(n, shape):
    rng = np.random.default_rng(n)
    A, s = rng.standard_normal((n, *shape)), rng.standard_normal((n, 3))
    g, expected = np.zeros(3), np.empty((n, 3))
    for t in reversed(range(n)):
        g = s[t] + (A[t] * g if len(shape) == 1 else A[t] @ g)
        expected[t] = g
    assert close(affine_scan(A, s), expected)
    seen = list(rounds(Affine(A, s)))
    assert len(seen) - 1 == np.ceil(np.log2(n))
    for r, maps in enumerate(seen):  # after round r a row reaches over 2^r maps
        whole = Affine(A, s)
        for t in range(max(n - 2**r, 0), n):
            assert close(maps.s[t], expected[t])
        if n > 2**r and r:
            built = Affine(whole.A[2**r - 1], whole.s[2**r - 1])
            for t in range(2**r - 2, -1, -1):
                built = compose(Affine(A[t], s[t]), built)
            assert close(maps.A[0], built.A)
            assert close(maps.s[0], built.s)


def test_the_maps_are_those_of_the_sweep():
    params, x, y, h0 = case(5, 2, 4, 3, 0, 1)
    trace = rnn.forward(params, x, h0)
    exact = rnn.bptt(params, trace, y)
    A, s = backward_maps(params, trace, exact.e)
    assert not A[-1].any()
    for t in range(1, 5):
        assert close(s[t - 1] + A[t - 1] @ exact.dh[t + 1], exact.dh[t])
    assert close(flat(scan_bptt(params, trace, y)), flat(exact.params))


def test_it_says_what_it_needs():
    with pytest.raises(ValueError, match=r"A has shape \(3, 2, 3\)"):
        affine_scan(np.ones((3, 2, 3)), np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"s \(3,\)"):
        affine_scan(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match=r"s \(0, 2\)"):
        affine_scan(np.ones((0, 2)), np.ones((0, 2)))
    params, x, y, h0 = case(4, 2, 3, 2, 0, 0)
    with pytest.raises(ValueError, match=r"y has shape \(3, 2\)"):
        scan_bptt(params, rnn.forward(params, x, h0), y[1:])
    with pytest.raises(ValueError, match="as in the trace"):
        scan_bptt(case(4, 2, 5, 2, 0, 0)[0], rnn.forward(params, x, h0), y)
