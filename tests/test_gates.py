"""The two gated networks against HIPS autograd, over shapes; and their bad input."""

from types import SimpleNamespace

import numpy as np
import pytest
import reference
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled import gates, rnn
from unrolled.gradcheck import complex_step

GRU = SimpleNamespace(
    init=gates.gru_init,
    forward=gates.gru_forward,
    bptt=gates.gru_bptt,
    oracle=reference.gru_loss,
    states=("dh",),
)
LSTM = SimpleNamespace(
    init=gates.lstm_init,
    forward=gates.lstm_forward,
    bptt=gates.lstm_bptt,
    oracle=reference.lstm_loss,
    states=("dh", "ds"),
)
BOTH = pytest.mark.parametrize("net", [GRU, LSTM], ids=["gru", "lstm"])
shapes = {
    "seed": st.integers(0, 2**32 - 1),
    "T": st.integers(1, 5),
    "B": st.one_of(st.none(), st.integers(1, 3)),
    "D": st.integers(1, 3),
    "H": st.integers(1, 4),
    "C": st.integers(2, 4),
}


def case(net, seed, T, B, D, H, C):
    """Parameters, the initial states, x and y of random soft labels; B=None: one sequence."""
    rng, batch = np.random.default_rng(seed), () if B is None else (B,)
    params = net.init(rng, D, H, C)
    params = params._replace(b=rng.uniform(-1, 1, params.b.shape), c=rng.uniform(-1, 1, C))
    states = [rng.uniform(-1, 1, (*batch, H)) for _ in net.states]
    x = rng.uniform(-1, 1, (T, *batch, D))
    return params, states, x, rng.dirichlet(np.ones(C), size=(T, *batch))


def batch_loss(net, B):
    """The oracle's loss, averaged over a batch if there is one."""

    def of_batch(*arguments):
        *params, x, y = arguments
        params, states = params[:5], params[5:]
        return (
            sum(
                net.oracle(*params, *(s[i] for s in states), x[:, i], y[:, i])
                for i in range(x.shape[1])
            )
            / x.shape[1]
        )

    return net.oracle if B is None else of_batch


def assert_near(ours, theirs):
    """Every leaf, relative to the whole gradient; NaN fails."""
    whole = np.sqrt(sum(np.sum(np.square(leaf)) for leaf in theirs))
    for i, (left, right) in enumerate(zip(ours, theirs, strict=True)):
        assert np.shape(left) == np.shape(right), i
        assert np.linalg.norm(left - right) <= 1e-12 * whole, i


def gradients(net, params, states, x, y):
    found = net.bptt(params, net.forward(params, x, *states), y)
    return [*found.params, *(getattr(found, name)[0] for name in net.states)]


@BOTH
@settings(deadline=None, max_examples=25)
@given(**shapes, unlabelled=st.sets(st.integers(0, 4)))
def test_every_gradient_agrees_with_autograd(net, seed, T, B, D, H, C, unlabelled):
    params, states, x, y = case(net, seed, T, B, D, H, C)
    y[[t for t in unlabelled if t < T - 1]] = 0
    oracle, arguments = batch_loss(net, B), (*params, *states, x, y)
    value = rnn.loss(net.forward(params, x, *states), y)
    assert abs(value - oracle(*arguments)) <= 1e-12 * abs(value)
    theirs = [grad(oracle, i)(*arguments) for i in range(5 + len(states))]
    assert_near(gradients(net, params, states, x, y), theirs)


@BOTH
@pytest.mark.parametrize("B", [None, 2])
def test_every_leaf_carries_the_complex_step(net, B):
    params, states, x, y = case(net, 3, 4, B, 2, 3, 4)
    leaves = [*params, *states]

    def with_leaf(i):
        def f(leaf):
            new = [*leaves[:i], leaf, *leaves[i + 1 :]]
            return rnn.loss(net.forward(rnn.Params(*new[:5]), x, *new[5:]), y)

        return f

    numeric = [complex_step(with_leaf(i), leaf) for i, leaf in enumerate(leaves)]
    assert_near(gradients(net, params, states, x, y), numeric)


@BOTH
def test_the_signals_are_those_of_a_sequence_begun_later(net):
    """dL/dh_t (and dL/ds_t) in row t are what the states of time t say to the later losses."""
    params, states, x, y = case(net, 5, 4, None, 2, 3, 4)
    trace = net.forward(params, x, *states)
    found = net.bptt(params, trace, y)
    for t in range(4):
        later = [getattr(trace, name[1:])[t] for name in net.states]
        after = net.bptt(params, net.forward(params, x[t:], *later), y[t:])
        own = params.V.T @ found.e[t] if t else 0  # L_t, which the later sequence does not have
        assert_near([found.dh[t] - own], [after.dh[0]])


@BOTH
def test_rows_that_do_not_exist_are_nan_and_states_are_0_unless_given(net):
    params, states, x, y = case(net, 7, 3, 2, 2, 3, 4)
    trace = net.forward(params, x)
    zero = net.forward(params, x, *(0 * state for state in states))
    for name in trace._fields:
        np.testing.assert_array_equal(getattr(trace, name), getattr(zero, name))
    found = net.bptt(params, trace, y)
    for rows in (trace.x, trace.a, trace.gates, trace.z, trace.y_hat, found.e, found.da):
        assert len(rows) == 4 and np.isnan(rows[0]).all() and np.isfinite(rows[1:]).all()


@BOTH
def test_nothing_that_was_given_is_changed(net):
    params, states, x, y = case(net, 9, 3, 2, 2, 3, 4)
    before = [array.copy() for array in (*params, *states, x, y)]
    trace = net.forward(params, x, *states)
    kept = [array.copy() for array in trace]
    net.bptt(params, trace, y)
    for old, new in zip([*before, *kept], [*params, *states, x, y, *trace], strict=True):
        np.testing.assert_array_equal(old, new)


@BOTH
def test_far_pre_activations_are_no_error(net):
    params, states, x, y = case(net, 4, 3, None, 2, 3, 4)
    with np.errstate(all="raise", under="ignore"):
        trace = net.forward(params, 1e4 * x, *states)
        assert np.isfinite(rnn.loss(trace, y))
        assert np.isfinite(net.bptt(params, trace, y).params.W).all()


@BOTH
def test_a_start_has_the_blocks_of_its_kind_and_the_bias_that_keeps(net):
    H = 4
    start = net.init(0, 2, H, 3, scale=2.0, keep=1.5)
    blocks = len(start.W) // H
    assert blocks == {GRU.init: 3, LSTM.init: 4}[net.init]
    assert [leaf.shape for leaf in start[:4]] == [(blocks * H, 2), (blocks * H, H), (3, H), (16,)]
    assert start.b.tolist() == [0] * H + [1.5] * H + [0] * 2 * H and not start.c.any()
    assert not net.init(0, 2, H, 3).b.any()
    plain = rnn.init(0, 2, H, 3, scale=2.0)
    assert (start.U[:H] == plain.U).all() and (start.W[:H] == plain.W).all()
    assert len(np.unique(start.W)) == start.W.size


def bad_calls():
    """(call, what it says)."""
    (gru, (h0,), x, y), (lstm, (_, s0), _, _) = (case(n, 0, 3, None, 2, 4, 3) for n in (GRU, LSTM))
    plain = rnn.init(0, 2, 4, 3)
    traces = [gates.gru_forward(gru, x), gates.lstm_forward(lstm, x), rnn.forward(plain, x)]

    def lstm_with(**leaves):
        return lambda: gates.lstm_forward(lstm._replace(**leaves), x, h0, s0)

    def spoilt(leaf, value):
        leaf = leaf.copy()
        leaf.flat[0] = value
        return leaf

    return [
        (lambda: gates.gru_forward(lstm, x), r"W has shape \(16, 4\); \(3H, H\) is needed"),
        (lambda: gates.lstm_forward(gru, x), r"W has shape \(12, 4\); \(4H, H\) is needed"),
        (lambda: rnn.forward(gru, x), r"W has shape \(12, 4\); \(H, H\) is needed"),
        (lstm_with(U=lstm.U[:4]), r"U has shape \(4, 2\); \(4H, D\) with H=4 as in W"),
        (lstm_with(U=lstm.U[:, 0]), r"U has shape \(16,\); \(4H, D\)"),
        (lstm_with(W=lstm.W[0]), r"W has shape \(4,\); \(4H, H\)"),
        (lstm_with(b=lstm.b[:4]), r"b has shape \(4,\); \(4H,\) with H=4 as in W"),
        (lambda: gates.gru_forward(gru._replace(b=gru.b[:12]), x), r"b has shape \(12,\); \(4H,\)"),
        (lambda: gates.lstm_forward(lstm, x, s0=s0[:2]), r"s0 has shape \(2,\); \(4,\) for this x"),
        (lambda: gates.lstm_forward(lstm, x, h0[:2]), r"h0 has shape \(2,\); \(4,\) for this x"),
        (lambda: gates.lstm_forward(lstm, x[:, :1]), r"x has shape \(3, 1\)"),
        (lambda: gates.gru_forward(gru, x, h0 * np.nan), "h0 has a NaN"),
        (lambda: gates.lstm_forward(lstm, x, s0=s0 * np.inf), "s0 has an infinity"),
        (lambda: gates.lstm_forward(lstm, x * np.inf), "x has an infinity"),
        (lstm_with(W=spoilt(lstm.W, np.inf)), "W has an infinity"),
        (lstm_with(V=spoilt(lstm.V, np.nan)), "V has a NaN"),
        (lstm_with(c=spoilt(lstm.c, np.nan)), "c has a NaN"),
        (lambda: gates.gru_forward(gru._replace(U=spoilt(gru.U, np.inf)), x), "U has an inf"),
        (lambda: gates.gru_bptt(gru, traces[1], y), "trace is a LSTMTrace; a Trace"),
        (lambda: gates.lstm_bptt(lstm, traces[2], y), "trace is a Trace; a Trace"),
        (lambda: rnn.bptt(plain, traces[0], y), "trace is a GRUTrace; a Trace"),
        (lambda: gates.gru_bptt(gru, traces[0], 2 * y), "y has a row that sums to 2"),
        (lambda: gates.lstm_bptt(lstm, traces[1], y[1:]), r"y has shape \(2, 3\)"),
        (lambda: gates.gru_init(0, 2, 0, 3), "H is 0; a whole number"),
        (lambda: gates.lstm_init(0, 2, 4, 3, keep=np.nan), "keep is nan; a number is needed"),
        (lambda: gates.lstm_init("r", 2, 4, 3), "rng is 'r'"),
    ]


@pytest.mark.parametrize("call, said", bad_calls())
def test_bad_input_is_named(call, said):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=said):
        call()
