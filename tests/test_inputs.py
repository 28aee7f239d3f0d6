"""Every bad argument ends in one sentence that names it, what came and what is needed."""

import subprocess
import sys

import numpy as np
import pytest

from unrolled import data, inputs, rnn, train
from unrolled.rtrl import rtrl

PARAMS, X, Y, H0 = data.example()
TRACE = rnn.forward(PARAMS, X, H0)
OTHER = rnn.init(0, D=3, H=4, C=3)


def with_entry(array, value):
    array = np.array(array, dtype=float)
    array.flat[0] = value
    return array


def objective(params, batch):
    return 1.0, params


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: rnn.forward(PARAMS, with_entry(X, np.inf)), "x has an infinity; finite numbers"),
        (lambda: rnn.forward(PARAMS, with_entry(X, np.nan)), "x has a NaN; finite numbers"),
        (
            lambda: rnn.forward(PARAMS._replace(W=with_entry(PARAMS.W, np.inf)), X),
            "W has an infinity",
        ),
        (lambda: rnn.forward(PARAMS._replace(c=with_entry(PARAMS.c, np.nan)), X), "c has a NaN"),
        (lambda: rnn.forward(PARAMS, np.ma.masked_array(X, X > 0)), "x is a masked array"),
        (lambda: rnn.forward(PARAMS, [[1.0], [1.0, 2.0]]), "x has rows of unequal length"),
        (lambda: rnn.forward(PARAMS, "text"), "x holds <U4; numbers are needed"),
        (lambda: rnn.forward(None, X), "params is None; Params"),
        (lambda: rnn.forward(PARAMS[:4], X), "params is a tuple; Params"),
        (lambda: rnn.bptt(OTHER, TRACE, Y), r"params has \(D, H, C\) = \(3, 4, 3\); \(2, 4, 3\)"),
        (lambda: rtrl(OTHER, TRACE, Y), r"params has \(D, H, C\) = \(3, 4, 3\); \(2, 4, 3\)"),
        (lambda: rnn.bptt(PARAMS, tuple(TRACE), Y), "trace is a tuple; a Trace"),
        (lambda: rnn.loss(None, Y), "trace is None; a Trace"),
        (lambda: rnn.loss(TRACE._replace(h=None), Y), "trace has arrays that do not fit"),
        (lambda: rnn.bptt(PARAMS, TRACE, Y, window=True), "window is True; a whole number"),
        (lambda: rnn.bptt(PARAMS, TRACE, Y, window=0), "window is 0; a whole number"),
        (lambda: rnn.loss(TRACE, with_entry(Y, np.nan)), "y has a NaN"),
        (lambda: rnn.loss(TRACE, Y * (1 + 2e-5)), "sums to 1.00002 "),
        (lambda: rnn.loss(TRACE, Y.argmax(axis=1)), r"y has shape \(5,\); \(5, 3\)"),
        (lambda: rnn.accuracy(TRACE, 2 * Y), "sums to 2 "),
        (lambda: rnn.accuracy(TRACE, np.eye(7)[Y.argmax(axis=1)]), r"y has shape \(5, 7\)"),
        (lambda: rnn.init(None, 2, 3, 4), "rng is None; a generator"),
        (lambda: rnn.init(0, True, 3, 4), "D is True; a whole number"),
        (lambda: rnn.init(0, 2, 3, 4, scale=np.nan), "scale is nan; a positive number"),
        (lambda: rnn.softmax("z"), "z holds"),
        (lambda: train.gradient_descent("0.1"), "alpha is '0.1'; a positive number"),
        (lambda: train.gradient_descent(None), "alpha is None; a positive number"),
        (lambda: train.gradient_descent(np.ones(2)), "alpha is array"),
        (lambda: train.momentum("a"), "alpha is 'a'; a positive number"),
        (lambda: train.momentum(0.1, beta=1), r"beta is 1; a number in \[0, 1\)"),
        (lambda: train.minibatches("r", 4, 2, 1), "rng is 'r'"),
        (lambda: train.minibatches(0, 4, True, 1), "size is True"),
        (
            lambda: train.descend(lambda p, b: (None, p), PARAMS, [0], train.gradient_descent(0.1)),
            "objective returned a loss None; a real number",
        ),
        (
            lambda: train.descend(lambda p, b: (1j, p), PARAMS, [0], train.gradient_descent(0.1)),
            "objective returned a loss 1j; a real number",
        ),
        (lambda: train.descend(objective, PARAMS, [0], lambda p, g: None), "update returned"),
        (lambda: train.descend(objective, PARAMS, [0], lambda p, g: p[:2]), "update returned"),
        (lambda: train.descend(objective, PARAMS, [0], lambda p, g: p), "params in place"),
        (lambda: data.label_last([True, False], 3, 2), "labels is an array of bool"),
        (lambda: data.label_last([0.5], 3, 2), "labels is an array of float64"),
        (lambda: data.label_last([], 3, 2), "labels is an array of"),
        (lambda: data.label_last([-1], 3, 2), "labels lie in -1…-1; 0…1 is needed"),
        (lambda: data.label_last([2], 3, 2), "labels lie in 2…2; 0…1 is needed"),
        (lambda: data.label_last([[0]], 3, 2), r"of shape \(1, 1\); one axis"),
        (lambda: data.digits("0.2"), "test_size is '0.2'; a share between 0 and 1"),
        (lambda: data.parity(None, 4, 2, 1), "rng is None"),
        (lambda: data.parity(0, 4, 2, True), "span is True"),
        (lambda: data.delayed(0, 4, 2, 1, before="a"), "before holds"),
        (lambda: data.delayed(0, 4, 2, 1, before=[[0.0]]), r"before has shape \(1, 1\)"),
    ],
)
def test_bad_arguments_are_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_accuracy_counts_no_step_without_a_label():
    y = np.eye(3)[TRACE.z[1:].argmax(axis=1)]
    y[0] = 0
    y[1] = np.roll(y[1], 1)
    assert rnn.accuracy(TRACE, y) == 3 / 4
    assert TRACE.z[1].argmax() != 0  # where a row of zeros would point


def test_a_momentum_belongs_to_one_descent():
    update = train.momentum(0.1)
    first = update(PARAMS, PARAMS)
    update(first, PARAMS)
    with pytest.raises(ValueError, match="a new descent needs a new one"):
        update(PARAMS, PARAMS)


def test_a_whole_number_seeds_a_generator():
    for make in (rnn.init, lambda rng, *sizes: rnn.init(np.random.default_rng(rng), *sizes)):
        np.testing.assert_array_equal(make(3, 2, 4, 3).U, rnn.init(3, 2, 4, 3).U)
    assert (
        inputs.generator(np.int64(3)).standard_normal()
        == np.random.default_rng(3).standard_normal()
    )


def test_nothing_that_was_given_is_changed():
    before = [array.copy() for array in (*PARAMS, X, Y, H0)]
    trace = rnn.forward(PARAMS, X, H0)
    kept = [array.copy() for array in trace]
    rnn.loss(trace, Y)
    rnn.bptt(PARAMS, trace, Y)
    rnn.bptt(PARAMS, trace, Y, window=2)
    rnn.accuracy(trace, Y)
    rtrl(PARAMS, trace, Y)
    for old, new in zip([*before, *kept], [*PARAMS, X, Y, H0, *trace], strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_network_that_overflows_though_its_numbers_are_finite_is_no_error():
    trace = rnn.forward(PARAMS._replace(W=1e200 * PARAMS.W), X, H0)
    assert np.isfinite(rnn.loss(trace, Y))


def test_reading_no_digit_loads_no_scikit_learn():
    said = "import sys, unrolled.data; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
