"""What the clinic says of an answer whose slip has no name: where it is right, and what is not."""

import numpy as np
import pytest

from unrolled import rnn
from unrolled.clinic import diagnose, known
from unrolled.clinic.diagnosis import _Gradient
from unrolled.clinic.planted import planted


def said(answer, of="dW", loss=None, batch=False):
    """The facts alone, without the search for a slip."""
    patient = _Gradient(answer, of, None, loss, batch, "tanh")
    inputs = patient.inputs()
    return known.facts(patient, patient.asked(inputs), [patient.right(given) for given in inputs])


def off_where(condition, of="dW", size=0.1):
    """Right but where the condition holds, and there wrong in no way that has a name."""

    def answer(params, x, y, h0):
        right = planted(of)(params, x, y, h0)
        return right + size if condition(params, x, y, h0) else right

    return answer


def always(*given):
    return True


CONDITIONS = {
    "at T = 1": lambda p, x, y, h0: len(x) > 1,
    "where h₀ = 0": lambda p, x, y, h0: h0.any(),
    "where W is symmetric": lambda p, x, y, h0: abs(p.W - p.W.T).max() > 1e-9,
    "where only step 1 has a label": lambda p, x, y, h0: y[1:].any(),
    "where only step 3 has a label": lambda p, x, y, h0: y[:2].any() or y[3:].any(),
    "where only step 5 has a label": lambda p, x, y, h0: y[:4].any(),
}


@pytest.mark.parametrize("of", ["dW", "db"])
@pytest.mark.parametrize("when", CONDITIONS)
def test_an_unknown_slip_is_told_where_it_is_right(when, of):
    text = said(off_where(CONDITIONS[when], of), of)
    assert "none of the slips" in text and f"It is right {when}." in text
    assert "step 0" not in text
    assert "It is right" not in said(off_where(always, of), of)


def test_where_it_is_right_is_asked_of_each_loss_that_counts():
    late = off_where(lambda p, x, y, h0: len(x) > 1)
    assert "right at T = 1" in said(late, loss=1)
    assert "T = 1." not in said(late, loss=2)  # there is no loss 2
    assert "has a label" not in said(off_where(CONDITIONS["where only step 3 has a label"]), loss=3)


def test_an_answer_that_raises_in_a_short_sequence_is_right_nowhere_there():
    def answer(params, x, y, h0):
        return planted("dW")(params, x, y, h0) + 0.1 / (len(x) > 4)

    assert "T = " not in said(answer) and "(t, k)" not in said(answer)


def test_a_diagnosis_says_it():
    found = diagnose(off_where(CONDITIONS["at T = 1"]))
    assert found.slips == () and not found.right and "It is right at T = 1." in found.text


def test_a_factor_that_differs_is_told():
    def scaled(params, x, y, h0):
        return (1 + (x[0, 0] > 0)) * planted("dW")(params, x, y, h0)

    assert "times a number, but not the same number each time: 1 to 2" in said(scaled)
    assert "times a number" not in said(off_where(always))
    assert "times a number" not in said(planted("dW", "zero"))


def test_how_far_off_a_value_is():
    right = np.array([[3.0, 0.0], [0.0, 4.0]])
    assert known.relative(np.array([[3.0, 1.0], [0.0, 4.0]]), right) == pytest.approx(0.2)
    assert known.relative(0.5 * right, 0 * right) == pytest.approx(2.5)


def clipped(of):
    """A sweep for one leaf whose carry is clipped: what comes from later steps is wrong."""

    def answer(params, x, y, h0):
        trace = rnn.forward(params, x, h0)
        e, carry, total = rnn.bptt(params, trace, y).e, 0, 0
        for t in range(len(x), 0, -1):
            da = (1 - trace.h[t] ** 2) * (params.V.T @ e[t] + carry)
            total = total + np.outer(da, trace.h[t - 1] if of == "dW" else x[t - 1])
            carry = np.clip(params.W.T @ da, -0.02, 0.02)
        return total

    return answer


def test_an_unknown_slip_is_told_which_parts_are_wrong():
    these = "these parts (t, k) are not as they should be, and the others are"
    assert f"at T = 3, {these}: (2, 1), (3, 1), (3, 2)." in said(clipped("dW"))
    assert f"at T = 2, {these}: (2, 1)." in said(clipped("dU"), "dU")
    assert f"at T = 3, {these}: (2, 1)." in said(clipped("dW"), loss=2)
    assert f"at T = 3, {these}: (3, 1), (3, 2)." in said(clipped("dW"), loss=3)


def test_a_wrong_row_and_a_wrong_signal_are_told_apart():
    def turned(*given):
        return np.tanh(planted("dW")(*given) @ np.diag([1, 2, 3, 4.0]))

    def scaled(*given):
        return np.diag([1, 2, 3, 4.0]) @ planted("dW")(*given)

    assert "right of its outer products is not h_{k−1}" in said(turned)
    assert "at T = 3, no part (t, k) is as it should be" in said(scaled)
    later = off_where(lambda p, x, y, h0: len(x) > 3)
    assert "at T = 3, every part (t, k) is as it should be" in said(later)


def test_parts_are_spoken_of_where_they_can_be_taken_apart():
    def turned(*given):
        return -planted("dW")(*given)

    assert "(t, k)" in said(turned)
    assert "(t, k)" in said(turned, loss=3) and "(t, k)" not in said(turned, loss=4)
    assert "(t, k)" not in said(turned, batch=True)
    assert "(t, k)" not in said(lambda *given: -planted("db")(*given), "db")
