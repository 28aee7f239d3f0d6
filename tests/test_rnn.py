"""The package's network against HIPS autograd, over shapes; and every bad input of its contract."""

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled.gradcheck import complex_step
from unrolled.rnn import Params, accuracy, bptt, forward, from_one, init, loss, loss_and_gradient

LEAVES = (*Params._fields, "h0")
CASES = {"deadline": None, "max_examples": 40}


def case(seed, T, B, D, H, C, scale=1.0):
    """Parameters, h0, x and y of random soft labels; B=None for a single sequence.

    Bounded, so that no unit saturates by chance: that case has a test of its own.
    """
    rng = np.random.default_rng(seed)
    batch = () if B is None else (B,)
    params = init(rng, D, H, C, scale)
    params = params._replace(b=rng.uniform(-1, 1, H), c=rng.uniform(-1, 1, C))
    x, h0 = rng.uniform(-1, 1, (T, *batch, D)), rng.uniform(-1, 1, (*batch, H))
    return params, h0, x, rng.dirichlet(np.ones(C), size=(T, *batch))


def assert_near(left, right, what, limit=1e-12, size=None):
    """Norm-wise, and so that NaN fails; relative to `size`, the norm of right by default."""
    assert np.shape(left) == np.shape(right), what
    size = np.linalg.norm(right) if size is None else size
    assert np.linalg.norm(left - right) <= limit * size, what


def assert_gradients(ours, theirs):
    """Every leaf, relative to the whole gradient: where one leaf's terms cancel, so do its digits.

    Over 3000 random cases of this file the worst was 7e-15.
    """
    whole = np.sqrt(sum(np.sum(np.square(leaf)) for leaf in theirs))
    for name, left, right in zip(LEAVES[: len(theirs)], ours, theirs, strict=True):
        assert_near(left, right, name, size=whole)


shapes = {
    "seed": st.integers(0, 2**32 - 1),
    "T": st.integers(1, 6),
    "B": st.one_of(st.none(), st.integers(1, 4)),
    "D": st.integers(1, 4),
    "H": st.integers(1, 5),
    "C": st.integers(2, 4),
}


@settings(**CASES)
@given(**shapes, unlabelled=st.sets(st.integers(0, 4)))
def test_every_gradient_agrees_with_autograd(seed, T, B, D, H, C, unlabelled):
    params, h0, x, y = case(seed, T, B, D, H, C)
    y[[t for t in unlabelled if t < T - 1]] = 0
    trace = forward(params, x, h0)
    oracle = reference.loss if B is None else reference.batch_loss
    assert_near(loss(trace, y), oracle(*params, h0, x, y), "loss")
    ours = bptt(params, trace, y)
    assert_gradients([*ours.params, ours.dh[0]], reference.gradients(params, h0, x, y))


@settings(**CASES)
@given(**shapes)
def test_complex_parameters_carry_the_complex_step(seed, T, B, D, H, C):
    params, h0, x, y = case(seed, T, B, D, H, C)
    ours = bptt(params, forward(params, x, h0), y)
    numeric = []
    for name in Params._fields:

        def f(leaf, name=name):
            return loss(forward(params._replace(**{name: leaf}), x, h0), y)

        value = f(getattr(params, name).astype(complex))
        assert np.iscomplexobj(value) and np.shape(value) == ()
        numeric.append(complex_step(f, getattr(params, name)))
    numeric.append(complex_step(lambda start: loss(forward(params, x, start), y), h0))
    assert_gradients([*ours.params, ours.dh[0]], numeric)


@settings(**CASES)
@given(**shapes, window=st.integers(1, 8))
def test_a_window_keeps_the_last_steps_of_each_loss(seed, T, B, D, H, C, window):
    """Cut by hand: dL_t/dW with h_{t-w} held fixed, differentiated by autograd."""
    params, h0, x, y = case(seed, T, B, D, H, C)
    trace = forward(params, x, h0)
    total = [np.zeros_like(leaf) for leaf in params]
    for t in range(1, T + 1):
        first = max(t - window, 0)
        only_last = np.zeros_like(y[first:t])
        only_last[-1] = y[t - 1]
        piece = reference.gradients(params, trace.h[first], x[first:t], only_last)
        total = [have + more for have, more in zip(total, piece[:5], strict=True)]
    assert_gradients(bptt(params, trace, y, window=window).params, total)


def test_canonical_case_to_the_last_digits():
    """The book's canonical case: loss to 12 digits, gradient against complex step to 1e-14."""
    rng = np.random.default_rng(0)
    T, D, H, C = 5, 2, 4, 3
    U, W, V = (rng.standard_normal(s) / np.sqrt(s[1]) for s in ((H, D), (H, H), (C, H)))
    params = Params(U, W, V, np.zeros(H), np.zeros(C))
    x, y = rng.standard_normal((T, D)), np.eye(C)[rng.integers(C, size=T)]
    h0 = 0.5 * rng.standard_normal(H)
    trace = forward(params, x, h0)
    assert f"{loss(trace, y):.12f}" == "5.903169765242"
    numeric = complex_step(lambda w: loss(forward(params._replace(W=w), x, h0), y), W)
    assert_near(bptt(params, trace, y).params.W, numeric, "W", limit=1e-14)


def test_saturated_units_agree_absolutely():
    """1 − h² cancels where |h| is near 1: the digits are lost honestly, so compare absolutely."""
    params, h0, x, y = case(3, T=4, B=None, D=2, H=4, C=3)
    x = 30 * x
    ours = bptt(params, forward(params, x, h0), y)
    theirs = reference.gradients(params, h0, x, y)
    for name, left, right in zip(LEAVES, [*ours.params, ours.dh[0]], theirs, strict=True):
        assert np.max(np.abs(left - right)) <= 1e-14 * max(1, np.max(np.abs(right))), name


def test_far_logits_give_finite_losses_and_signals():
    params, h0, x, y = case(4, T=3, B=None, D=2, H=4, C=3)
    params = params._replace(V=1e4 * params.V)
    trace = forward(params, x, h0)
    assert np.isfinite(loss(trace, y))
    assert np.isfinite(bptt(params, trace, y).e[1:]).all()


def test_a_batch_is_its_sequences_side_by_side():
    params, h0, x, y = case(5, T=4, B=3, D=2, H=4, C=3)
    trace = forward(params, x, h0)
    losses = []
    for i in range(3):
        alone = forward(params, x[:, i], h0[i])
        assert_near(trace.h[:, i], alone.h, "h")
        losses.append(loss(alone, y[:, i]))
    assert_near(loss(trace, y), np.mean(losses), "loss")


def test_an_unlabelled_step_sends_no_signal():
    params, h0, x, y = case(6, T=3, B=None, D=2, H=4, C=3)
    y[1] = 0
    e = bptt(params, forward(params, x, h0), y).e
    assert (e[2] == 0).all() and (e[[1, 3]] != 0).all()


def test_loss_and_gradient_are_those_of_the_three_calls():
    params, _, x, y = case(7, T=3, B=2, D=2, H=4, C=3)
    trace = forward(params, x)
    value, gradient = loss_and_gradient(params, (x, y))
    assert value == loss(trace, y)
    for found, needed in zip(gradient, bptt(params, trace, y).params, strict=True):
        assert (found == needed).all()


def test_accuracy_of_a_batch_is_that_of_its_sequences():
    params, _, x, y = case(9, T=4, B=3, D=2, H=4, C=3)
    alone = [accuracy(forward(params, x[:, i]), y[:, i]) for i in range(3)]
    assert accuracy(forward(params, x), y) == pytest.approx(np.mean(alone))
    with pytest.raises(ValueError, match="y has no label at any step"):
        accuracy(forward(params, x), 0 * y)


def test_rows_that_do_not_exist_are_nan():
    params, h0, x, y = case(7, T=3, B=None, D=2, H=4, C=3)
    trace = forward(params, x, h0)
    gradients = bptt(params, trace, y)
    for array in (trace.x, trace.a, trace.z, trace.y_hat, gradients.e, gradients.da):
        assert len(array) == 4 and np.isnan(array[0]).all() and np.isfinite(array[1:]).all()
    assert (trace.h[0] == h0).all() and np.isfinite(gradients.dh).all()


def test_h0_is_zero_unless_given():
    params, _, x, _ = case(8, T=3, B=2, D=2, H=4, C=3)
    assert (forward(params, x).h == forward(params, x, np.zeros((2, 4))).h).all()


def test_from_one_puts_the_first_row_before_the_others():
    out = from_one([[1, 2], [3, 4]], first=[9, 8])
    assert out.tolist() == [[9, 8], [1, 2], [3, 4]] and out.dtype == float
    assert np.isnan(from_one([[1, 2]])[0]).all()


def test_nothing_mutates_its_arguments():
    params, h0, x, y = case(9, T=3, B=2, D=2, H=4, C=3)
    before = [a.copy() for a in (*params, h0, x, y)]
    trace = forward(params, x, h0)
    kept = [a.copy() for a in trace]
    loss(trace, y)
    bptt(params, trace, y)
    bptt(params, trace, y, window=2)
    for old, new in zip(before, (*params, h0, x, y), strict=True):
        assert (old == new).all()
    for old, new in zip(kept, trace, strict=True):
        np.testing.assert_array_equal(old, new)


def test_init_scales_by_fan_in_and_follows_its_rng():
    a, b = (init(np.random.default_rng(0), 50, 80, 3, scale=2.0) for _ in range(2))
    assert all((left == right).all() for left, right in zip(a, b, strict=True))
    assert (
        abs(a.U.std() * np.sqrt(50) / 2 - 1) < 0.05 and abs(a.W.std() * np.sqrt(80) / 2 - 1) < 0.05
    )
    assert not a.b.any() and not a.c.any()


def bad_calls():
    """(what is wrong, call, words that the message must hold)."""
    params, h0, x, y = case(0, T=3, B=None, D=2, H=4, C=3)
    trace = forward(params, x, h0)
    nan = np.full_like(x, np.nan)

    def swapped(**leaves):
        return lambda: forward(params._replace(**leaves), x, h0)

    def labelled(bad):
        return lambda: loss(trace, bad)

    rng = np.random.default_rng(0)
    return {
        "x of one axis": (lambda: forward(params, x[0]), "x has shape (2,)", "(T, D) or (T, B, D)"),
        "x of another width": (lambda: forward(params, x[:, :1]), "x has shape (3, 1)", "D=2"),
        "empty x": (lambda: forward(params, x[:0]), "x has shape (0, 2)", "at least one step"),
        "empty batch": (lambda: forward(params, np.ones((3, 0, 2))), "x has", "one sequence"),
        "NaN in x": (lambda: forward(params, nan), "x has a NaN", "numbers"),
        "words for x": (lambda: forward(params, [["a", "b"]]), "x holds", "numbers"),
        "h0 of another shape": (lambda: forward(params, x, h0[:2]), "h0 has shape (2,)", "(4,)"),
        "NaN in h0": (lambda: forward(params, x, h0 * np.nan), "h0 has a NaN", "numbers"),
        "W not square": (swapped(W=params.W[:2]), "W has shape (2, 4)", "(H, H)"),
        "U of other units": (swapped(U=params.U[:2]), "U has shape (2, 2)", "H=4"),
        "V of other units": (swapped(V=params.V.T), "V has shape (4, 3)", "H=4"),
        "b of other units": (swapped(b=params.c), "b has shape (3,)", "H=4"),
        "c of other classes": (swapped(c=params.b), "c has shape (4,)", "C=3"),
        "NaN in W": (swapped(W=params.W * np.nan), "W has a NaN", "numbers"),
        "params a list": (lambda: forward(list(params), x), "params is a list", "Params(U, W"),
        "y of other steps": (labelled(y[:2]), "y has shape (2, 3)", "(3, 3)"),
        "negative y": (labelled(-y), "y has a negative", "probabilities"),
        "y row of sum 2": (labelled(2 * y), "y has a row that sums to 2 (row (0,))", "sum to 1"),
        "NaN in y": (labelled(y * np.nan), "y has a NaN", "numbers"),
        "bptt with a bad y": (lambda: bptt(params, trace, 2 * y), "y has a row", "sum to 1"),
        "window 0": (lambda: bptt(params, trace, y, window=0), "window is 0", "at least 1"),
        "half a window": (lambda: bptt(params, trace, y, window=1.5), "window is 1.5", "whole"),
        "no hidden units": (lambda: init(rng, 2, 0, 3), "H is 0", "whole number"),
        "half a class": (lambda: init(rng, 2, 4, 1.5), "C is 1.5", "whole number"),
    }


@pytest.mark.parametrize("what", bad_calls())
def test_bad_input_is_named_with_what_came_and_what_is_needed(what):
    call, *words = bad_calls()[what]
    with pytest.raises(ValueError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
