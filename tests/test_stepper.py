"""The stepper: what a run changed, line by line, and the picture of one moment."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from unrolled import rnn
from unrolled.data import example
from unrolled.figures import stepper
from unrolled.stepper import record

params, inputs, labels, h0 = example()
trace = rnn.forward(params, inputs, h0)
truth = rnn.bptt(params, trace, labels)


def countdown(n):
    """What is left out of the lines."""
    total, last = np.zeros(2), None
    for t in range(n, 0, -1):
        total += t
        if t > 1:
            last = t
    return total, last


def sweep(W, V, h, e):
    dW, from_later = np.zeros_like(W), np.zeros(len(W))
    for t in range(len(h) - 1, 0, -1):
        dh = V.T @ e[t] + from_later
        da = (1 - h[t] ** 2) * dh
        dW += np.outer(da, h[t - 1])
        from_later = W.T @ da
    return dW


def test_each_line_that_changes_a_name_is_a_moment():
    run = record(countdown, 2)
    assert run.lines[0].startswith("total, last =")
    assert [(m.line, m.changed) for m in run.moments] == [
        (0, ("total",)),
        (1, ("t",)),
        (2, ("total",)),
        (4, ("last",)),
        (1, ("t",)),
        (2, ("total",)),
    ]
    assert [m.names["total"][0] for m in run.moments] == [0, 0, 2, 2, 2, 3]  # copies, not the array
    np.testing.assert_array_equal(run.result[0], countdown(2)[0])


def test_the_sweep_recorded_is_the_gradient():
    run = record(sweep, params.W, params.V, trace.h, truth.e)
    np.testing.assert_allclose(run.result, truth.params.W, rtol=1e-12)
    for m in run.moments:
        if m.changed == ("dh",):
            np.testing.assert_allclose(m.names["dh"], truth.dh[m.names["t"]], rtol=1e-12)
    assert sum(m.changed == ("dW",) for m in run.moments) == len(inputs)


def test_a_debugger_goes_on_and_an_error_comes_through():
    def fails(n):
        n += 1
        raise OverflowError(n)

    before = sys.gettrace()
    with pytest.raises(OverflowError):
        record(fails, 1)
    assert sys.gettrace() is before


@pytest.mark.parametrize("function", [None, len, "sweep"])
def test_what_is_no_python_function_is_refused(function):
    with pytest.raises(TypeError, match="a function written in Python is needed"):
        record(function)


def test_a_moment_says_its_line_and_shows_what_it_walks():
    run = record(sweep, params.W, params.V, trace.h, truth.e)
    fig = Figure(figsize=stepper.size(run))
    moment = next(i for i, m in enumerate(run.moments) if m.changed == ("from_later",))
    said = stepper.sweep_step(fig, moment + 1, run)
    T = len(inputs)
    assert said.startswith(f"Line 6, t = {T}: from_later becomes (")
    assert said.endswith(f"Wᵀ takes it back to h{stepper.subscript(T - 1)}.")
    marked = [text for text in fig.axes[0].texts if text.get_text() == "▸"]
    assert [text.get_position()[1] for text in marked] == [5.5]
