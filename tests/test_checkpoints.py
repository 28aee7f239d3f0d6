"""Checkpoints against the whole sweep, and what they say they took."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_scan import SIZE, case, close

from unrolled import checkpoints, rnn
from unrolled.checkpoints import checkpointed


@given(
    T=st.integers(1, 9), D=SIZE, H=SIZE, C=SIZE, B=st.integers(0, 3), seed=st.integers(0, 9999),
    share=st.floats(0, 1),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_checkpointed_is_bptt(T, D, H, C, B, seed, share):
    params, x, y, h0 = case(T, D, H, C, B, seed)
    trace = rnn.forward(params, x, h0)
    exact = rnn.bptt(params, trace, y)
    segments = 1 + round(share * (T - 1))
    found = checkpointed(params, x, y, h0, segments)
    assert close(found.loss, rnn.loss(trace, y))
    assert close(found.h0, exact.dh[0])
    for one, other in zip(found.params, exact.params, strict=True):
        assert close(one, other)
    assert found.steps == 2 * T
    assert found.held <= segments + -(-T // segments)


def test_without_h0_it_starts_at_zero():
    params, x, y, h0 = case(4, 2, 3, 2, 0, 0)
    assert close(checkpointed(params, x, y).h0, checkpointed(params, x, y, 0 * h0).h0)


def test_it_holds_what_it_says(monkeypatch):
    """No forward pass is longer than a segment, and no more than `held` states are there."""
    params, x, y, h0 = case(20, 2, 3, 2, 0, 0)
    lengths = []

    def forward(params, x, h0):
        lengths.append(len(x))
        return rnn.forward(params, x, h0)

    monkeypatch.setattr(checkpoints, "forward", forward)
    assert checkpointed(params, x, y, h0, 3).steps == sum(lengths)
    lengths.clear()
    held = {K: checkpointed(params, x, y, h0, K).held for K in (1, 2, 4, 5, 10, 20)}
    assert held == {1: 21, 2: 12, 4: 9, 5: 9, 10: 12, 20: 21}
    assert lengths[2:6] == [10] * 4


def test_it_says_what_it_needs():
    params, x, y, h0 = case(4, 2, 3, 2, 0, 0)
    with pytest.raises(ValueError, match="at most 4 segments"):
        checkpointed(params, x, y, h0, 5)
    with pytest.raises(ValueError, match="y 3"):
        checkpointed(params, x, y[1:], h0, 2)
    with pytest.raises(ValueError, match="segments is 0"):
        checkpointed(params, x, y, h0, 0)
    with pytest.raises(ValueError, match="each row must sum to 1"):
        checkpointed(params, x, 2 * np.ones_like(y), h0, 2)
    with pytest.raises(ValueError, match="h0 has shape"):
        checkpointed(params, x, y, h0[1:], 2)
