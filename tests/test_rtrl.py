"""Forward in time against backward in time, on random shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled import rnn
from unrolled.rtrl import rtrl

SIZE = st.integers(1, 5)


def case(T, D, H, C, seed):
    rng = np.random.default_rng(seed)
    params = rnn.Params(*(rng.standard_normal(leaf.shape) for leaf in rnn.init(rng, D, H, C)))
    x, h0 = rng.standard_normal((T, D)), rng.standard_normal(H)
    y = np.eye(C)[rng.integers(C, size=T)] * rng.integers(2, size=(T, 1))  # some steps unlabelled
    return params, rnn.forward(params, x, h0), y


@given(T=st.integers(1, 8), D=SIZE, H=SIZE, C=SIZE, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_rtrl_is_bptt(T, D, H, C, seed):
    params, trace, y = case(T, D, H, C, seed)
    for name, forward, backward in zip(
        params._fields, rtrl(params, trace, y), rnn.bptt(params, trace, y).params, strict=True
    ):
        assert forward.shape == backward.shape
        off, size = np.linalg.norm(forward - backward), np.linalg.norm(backward)
        assert off <= 1e-12 * max(1, size), name


def test_rtrl_says_what_it_needs():
    params, trace, y = case(4, 2, 3, 2, 0)
    with pytest.raises(ValueError, match=r"y has shape \(3, 2\)"):
        rtrl(params, trace, y[1:])
    batch = rnn.forward(params, np.ones((4, 5, 2)))
    with pytest.raises(ValueError, match="one sequence"):
        rtrl(params, batch, np.repeat(y[:, None], 5, axis=1))
