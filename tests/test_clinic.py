"""The clinic: every slip is named, no right answer is called wrong, and bad answers are said."""

import os
import re
import signal
import subprocess
import sys
from threading import Timer

import autograd.numpy as anp
import numpy as np
import pytest
import reference
from autograd import grad

from unrolled import rnn
from unrolled.clinic import SLIPS, diagnose, jacobian, xray
from unrolled.clinic.catalogue import SECTIONS
from unrolled.clinic.diagnosis import LEAVES
from unrolled.clinic.planted import PATTERNS, names, planted
from unrolled.rtrl import rtrl

GRADIENTS = ("dW", "dU", "db", "dh0", "dV", "dc", "e")
PLANTS = [(of, slip) for of in GRADIENTS for slip in names(of)]


# ── slips ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("of, slip", PLANTS, ids=lambda value: str(value))
def test_a_planted_slip_is_named(of, slip):
    found = diagnose(planted(of, slip), of)
    assert not found.right
    assert slip in found.slips, found.text
    assert SLIPS[slip].words.split("{")[0] in found.text or "Transposed?" in found.text


def same(one, other):
    """Whether two answers agree on networks that the clinic does not use."""
    for network in xray.networks(square=True):
        left, right = one(*network), other(*network)
        if np.linalg.norm(left - right) > 1e-9 * np.linalg.norm(right):
            return False
    return True


@pytest.mark.parametrize("of", ["dW", "dU", "db"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_product_of_a_slip_and_a_pattern_is_named(of, pattern):
    for slip in set(names(of)) - set(PATTERNS) - {"no-transpose-V", "zero", "outer-transposed"}:
        both = planted(of, slip, pattern)
        found = diagnose(both, of)
        if found.slips == ("zero",):
            assert not any(np.any(both(*network)) for network in xray.networks(4))
            continue
        missed = {slip, pattern} - set(found.slips)
        # a name may only be missing where the answer is the same without it, or with another
        assert (
            not missed
            or same(both, planted(of, *({slip, pattern} - missed)))
            or same(both, planted(of, *found.slips[:2]))
        ), (slip, found.text)


@pytest.mark.parametrize("of", GRADIENTS)
def test_two_slips_that_are_one_answer_are_both_named(of):
    """Each pair of the catalogue can be told apart, or both names are said."""
    slips = [slip for slip in names(of) if slip != "no-transpose-V"]
    answers = {slip: [planted(of, slip)(*given) for given in xray.networks()] for slip in slips}
    values = {slip: np.concatenate([a.ravel() for a in found]) for slip, found in answers.items()}
    for n, one in enumerate(slips):
        for other in slips[n + 1 :]:
            off = np.linalg.norm(values[one] - values[other])
            if off <= 1e-9 * np.linalg.norm(values[one]):
                assert {one, other} <= set(diagnose(planted(of, one), of).slips)
            else:
                assert off > 1e-3 * np.linalg.norm(values[one]), (one, other)


# ── the same slip in other hands: each a double loop of its own ────────────────────────────────
def looped(back, read=None, argmax=False):
    """dW, dU or dh0 from da = back(t, k, slope, V.T @ e, W), the signal of L_t at a_k (h_0 if 0).

    read(k, h, x) is what stands on the right of the outer product.
    """

    def answer(params, x, y, h0):
        h = rnn.forward(params, x, h0).h
        slope, total = 1 - h**2, 0
        for t in range(1, len(x) + 1):
            z = np.exp(params.V @ h[t] + params.c)
            label = np.eye(len(z))[y[t - 1].argmax()] * y[t - 1].any() if argmax else y[t - 1]
            g = params.V.T @ (z / z.sum() * label.sum() - label)
            for k in range(1, t + 1) if read else [0]:
                da = back(t, k, slope, g, params.W)
                total = total + (np.outer(da, read(k, h, x)) if read else da)
        return total

    return answer


def right_back(t, k, slope, g, W):
    for j in range(t, k, -1):
        g = W.T @ (slope[j] * g)
    return slope[k] * g if k else g


def slopes_between_behind(t, k, slope, g, W):
    J = np.diag(slope[k + 1 : t + 1].prod(axis=0)) @ np.linalg.matrix_power(W, t - k)
    return slope[k] * (J.T @ g)


def each_its_own_carry(t, k, slope, g, W):
    return slope[k] * (g if k == t else W.T @ (slope[t] * g))


def last_step_with_w(t, k, slope, g, W):
    return W @ right_back(t, 1, slope, g, W)


def before(k, h, x):
    return h[k - 1]


@pytest.mark.parametrize(
    "answer, of, slips",
    [
        (looped(right_back, before), "dW", ()),
        (looped(slopes_between_behind, before), "dW", ("power-outside",)),
        (looped(each_its_own_carry, before), "dW", ("carry-never-renewed",)),
        (looped(right_back, before, argmax=True), "dW", ("label-by-argmax",)),
        (looped(right_back, lambda k, h, x: x[k % len(x)]), "dU", ("index-wraps",)),
        (looped(right_back), "dh0", ()),
        (looped(last_step_with_w), "dh0", ("no-transpose-W",)),
    ],
    ids=lambda value: None if callable(value) else str(value),
)
def test_a_slip_that_is_written_in_another_way_is_named(answer, of, slips):
    found = diagnose(answer, of)
    assert found.slips == slips and found.right == (not slips), found.text


def test_a_name_is_said_once():
    """The sweep, not the double loop: the carry of the last step is used at every other."""

    def answer(params, x, y, h0):
        trace = rnn.forward(params, x, h0)
        e, slope, T = rnn.bptt(params, trace, y).e, 1 - trace.h**2, len(x)
        carry = params.W.T @ (slope[T] * (params.V.T @ e[T]))
        dW = np.outer(slope[T] * (params.V.T @ e[T]), trace.h[T - 1])
        for t in range(1, T):
            dW += np.outer(slope[t] * (params.V.T @ e[t] + carry), trace.h[t - 1])
        return dW

    found = diagnose(answer)
    assert found.slips == ("carry-never-renewed",) and found.text.count("never again") == 1


def test_what_a_rectifier_has_in_place_of_the_slope():
    def answer(slope):
        def dW(params, x, y, h0):
            h = [h0]
            for x_t in x:
                h.append(np.maximum(params.U @ x_t + params.W @ h[-1] + params.b, 0))
            total, carry = 0, 0
            for t in range(len(x), 0, -1):
                y_hat = rnn.softmax(params.V @ h[t] + params.c)
                e = y_hat * y[t - 1].sum() - y[t - 1]
                da = slope(h[t]) * (params.V.T @ e + carry)
                total, carry = total + np.outer(da, h[t - 1]), params.W.T @ da
            return total

        return dW

    assert diagnose(answer(lambda h: h > 0), activation="relu").right
    found = diagnose(answer(lambda h: 1 - h**2), activation="relu")
    assert found.slips == ("slope-of-tanh",) and "that of tanh" in found.text
    missing = diagnose(answer(lambda h: h >= 0), activation="relu")
    assert missing.slips == ("no-slope",) and "tanh" not in missing.text


@pytest.mark.parametrize("of, slip", [("dU", "sign"), ("dV", "window"), ("dV", "sum-outer-sum")])
def test_a_transposed_answer_is_looked_into(of, slip):
    slip = slip if slip in names(of) else "label-mass-ignored"
    found = diagnose(lambda *given: planted(of, slip)(*given).T, of)
    assert found.slips == ("outer-transposed", slip) and "Transposed?" in found.text
    unknown = diagnose(lambda *given: planted(of)(*given).T + 0.1, of)
    assert unknown.slips == () and "Transposed?" in unknown.text


# ── one loss ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("of", GRADIENTS)
def test_the_gradient_of_one_loss(of):
    for t in (1, 2, 5):
        assert diagnose(planted(of, loss=t), of, loss=t).right
    assert diagnose(planted(of), of, loss=3).slips == ("every-loss",)
    assert diagnose(planted(of, "sign", loss=3), of, loss=3).slips == ("sign",)


def test_a_pattern_in_one_loss():
    assert not diagnose(planted("dc", loss=2), "dc").right
    for slip in ("explicit-only", "window", "first-step-dropped", "total-for-explicit"):
        found = diagnose(planted("dW", slip, loss=5), loss=5)
        assert slip in found.slips, found.text
    short = diagnose(planted("dW", "explicit-only", loss=2), loss=2).slips
    assert {"explicit-only", "first-step-dropped"} <= set(short)  # of two parts one is left
    both = diagnose(planted("dW", "carry-doubled", loss=2), loss=2).slips
    assert {"total-for-explicit", "carry-doubled"} <= set(both)
    product = diagnose(planted("dW", "every-loss", "last-step-dropped", loss=2), loss=2)
    assert product.slips == ("last-step-dropped", "every-loss")
    assert diagnose(planted("dW", window=2, loss=4), loss=4, window=2).right


def test_all_leaves_of_one_loss():
    def answer(params, x, y, h0):
        return rnn.Params(*(planted(of, loss=3)(params, x, y, h0) for of in LEAVES))

    assert diagnose(answer, "all", loss=3).right
    turned = diagnose(lambda *given: answer(*given)._replace(c=-answer(*given).c), "all", loss=3)
    assert turned.slips == ("sign",) and "dU: Right" in turned.text


def test_every_slip_of_the_catalogue_has_words_and_a_section():
    for name, slip in SLIPS.items():
        assert slip.words and slip.section in SECTIONS, name


def test_the_ways_to_build_the_parts_differ_from_each_other():
    """No two of them give the same answer, but those that say so: else a slip had a wrong name."""
    for of in ("dW", "dU", "db", "dV", "dh0", "e"):
        found = {}
        for build in [xray.RIGHT, *xray.builds(of)]:
            parts = [xray.parts(network, of, build).sum(axis=0) for network in xray.networks()]
            found[xray.slips(build), build] = np.concatenate([part.ravel() for part in parts])
        for (one, at), left in found.items():
            for (other, there), right in found.items():
                if at < there and one != other:
                    off = np.linalg.norm(left - right) / np.linalg.norm(right)
                    assert off > 1e-3, (of, one, other)


# ── right answers, written in other ways ───────────────────────────────────────────────────────
def package(of):
    def answer(params, x, y, h0):
        trace = rnn.forward(params, x, h0)
        found = rnn.bptt(params, trace, y)
        return {"dh0": found.dh[0], "e": found.e[1:]}.get(of, getattr(found.params, of[1:], None))

    return answer


@pytest.mark.parametrize("batch", [False, True], ids=["one sequence", "a batch"])
@pytest.mark.parametrize("of", ["dW", "dU", "dV", "db", "dc"])
def test_the_package_is_right(of, batch):
    found = diagnose(package(of), of, batch=batch)
    assert found.right and found.slips == () and found.text.startswith("Right")


@pytest.mark.parametrize("of", ["dh0", "e"])
def test_the_package_is_right_about_what_is_no_parameter(of):
    assert diagnose(package(of), of).right


def test_the_trace_may_have_its_row_0():
    def answer(params, x, y, h0):
        return rnn.bptt(params, rnn.forward(params, x, h0), y).e

    assert diagnose(answer, "e").right


def double_loop(params, x, y, h0):
    trace = rnn.forward(params, x, h0)
    dW = np.zeros_like(params.W)
    for t in range(1, len(x) + 1):
        g = params.V.T @ (trace.y_hat[t] * y[t - 1].sum() - y[t - 1])
        for k in range(t, 0, -1):
            da = (1 - trace.h[k] ** 2) * g
            dW += np.outer(da, trace.h[k - 1])
            g = params.W.T @ da
    return dW


def by_einsum(params, x, y, h0):
    trace = rnn.forward(params, x, h0)
    da = rnn.bptt(params, trace, y).da
    return np.einsum("ti,tj->ij", da[1:], trace.h[:-1])


def by_tensordot(params, x, y, h0):
    trace = rnn.forward(params, x, h0)
    return np.tensordot(rnn.bptt(params, trace, y).da[1:], trace.h[:-1], axes=((0,), (0,)))


def by_rtrl(params, x, y, h0):
    return rtrl(params, rnn.forward(params, x, h0), y).W


def by_autograd(params, x, y, h0):
    return grad(reference.loss, 1)(*params, h0, x, y)


def by_differences(params, x, y, h0):
    def loss(W):
        return rnn.loss(rnn.forward(params._replace(W=W), x, h0), y)

    d = np.zeros_like(params.W)
    for index in np.ndindex(d.shape):
        step = np.zeros_like(d)
        step[index] = 1e-6
        d[index] = (loss(params.W + step) - loss(params.W - step)) / 2e-6
    return d


def in_float32(params, x, y, h0):
    return double_loop(
        rnn.Params(*(leaf.astype(np.float32) for leaf in params)),
        x.astype(np.float32),
        y.astype(np.float32),
        h0.astype(np.float32),
    ).astype(np.float32)


@pytest.mark.parametrize(
    "answer",
    [double_loop, by_einsum, by_tensordot, by_rtrl, by_autograd, by_differences, in_float32],
    ids=lambda answer: answer.__name__,
)
def test_a_right_answer_is_right_however_it_is_written(answer):
    found = diagnose(answer)
    assert found.right, found.text
    np.testing.assert_allclose(found.weights[np.tril_indices(5)], 1, atol=1e-2)
    assert np.isnan(found.weights[np.triu_indices(5, 1)]).all()


def test_all_at_once():
    def answer(params, x, y, h0):
        return rnn.bptt(params, rnn.forward(params, x, h0), y).params

    assert diagnose(answer, "all").right

    def two_slips(params, x, y, h0):
        right = answer(params, x, y, h0)
        return right._replace(W=-right.W, V=2 * right.V)

    found = diagnose(two_slips, "all")
    assert not found.right and set(found.slips) == {"sign", "factor"}
    assert "dU: Right" in found.text and "dW: Wrong" in found.text

    def loud(params, x, y, h0):
        print("hello")
        found = answer(params, x, y, h0)
        x[0] = 0
        return found

    for function in (loud, lambda *given: two_slips(*given)._replace(W=loud(*given).U)):
        said = diagnose(function, "all").text
        assert said.count("hello") == said.count("changed x in place") == 1
    assert "returned a ndarray; Params" in diagnose(double_loop, "all").text


def relu_loss(U, W, V, b, c, h0, x, y):
    h, total = h0, 0.0
    for x_t, y_t in zip(x, y, strict=True):
        h = anp.maximum(anp.dot(U, x_t) + anp.dot(W, h) + b, 0)
        z = anp.dot(V, h) + c
        total = total - anp.sum(y_t * z) + anp.sum(y_t) * anp.log(anp.sum(anp.exp(z)))
    return total


def test_a_network_of_rectifiers():
    def answer(params, x, y, h0):
        return grad(relu_loss, 1)(*params, h0, x, y)

    assert diagnose(answer, activation="relu").right
    assert not diagnose(answer).right
    assert not diagnose(double_loop, activation="relu").right


@pytest.mark.parametrize("window", [1, 2, 3, 4])
def test_a_window_that_is_asked_for(window):
    def cut(params, x, y, h0):
        trace = rnn.forward(params, x, h0)
        return rnn.bptt(params, trace, y, window=window).params.W

    assert diagnose(cut, window=window).right
    assert diagnose(double_loop, window=window).slips == ("not-truncated",)
    other = 2 if window != 2 else 3
    assert not diagnose(cut, window=other).right


# ── the softmax's Jacobian ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "answer, slips",
    [
        (lambda z: np.diag(rnn.softmax(z)) - np.outer(rnn.softmax(z), rnn.softmax(z)), ()),
        (lambda z: np.diag(rnn.softmax(z) * (1 - rnn.softmax(z))), ("softmax-diagonal",)),
        (lambda z: np.outer(rnn.softmax(z), rnn.softmax(z)) - np.diag(rnn.softmax(z)), ("sign",)),
        (
            lambda z: np.diag(np.exp(z)) - np.outer(np.exp(z), np.exp(z)),
            ("softmax-not-normalised",),
        ),
        (lambda z: 2 * np.diag(rnn.softmax(z)), ("square-missing", "softmax-diagonal", "factor")),
        (lambda z: planted("J_softmax")(z) / 2, ("factor",)),
        (lambda z: planted("J_softmax")(z) + 0.01 * (np.tri(len(z)) - np.tri(len(z)).T), ()),
        (lambda z: np.ones((len(z), len(z))), ()),
    ],
    ids=["right", "diagonal", "sign", "exp", "diag twice", "half", "nearly", "unknown"],
)
def test_the_softmax_jacobian(answer, slips):
    found = diagnose(answer, "J_softmax")
    off = max(abs(answer(z) - planted("J_softmax")(z)).max() for (z,) in jacobian.inputs())
    assert found.slips == slips and found.right == (off < 1e-9)
    assert found.right == found.text.startswith("Right")


def test_the_sign_off_the_diagonal():
    def answer(z):
        p = rnn.softmax(z)
        return np.diag(p - p**2) + np.outer(p, p) - np.diag(p**2)

    assert diagnose(answer, "J_softmax").slips == ("off-diagonal-sign",)


# ── answers that cannot be judged ──────────────────────────────────────────────────────────────
def returns(value):
    return lambda params, x, y, h0: value


@pytest.mark.parametrize(
    "answer, said",
    [
        (returns("a"), "no numbers"),
        (returns(None), "None: is its return missing?"),
        (returns([[0.0] * 4] * 4), "a list"),
        (returns(np.zeros((4, 4), dtype=complex)), "complex numbers"),
        (returns(np.zeros((3, 4))), "an array of shape (3, 4); dW is an array of shape (4, 4)"),
        (returns(1.0), "a number"),
        (returns(np.full((4, 4), np.nan)), "Entry [0, 0] is nan"),
        (returns(np.full((4, 4), np.inf)), "Entry [0, 0] is inf"),
        (lambda params, x: 0, "takes (params, x); it is called as answer(params, x, y, h0)"),
    ],
)
def test_what_cannot_be_judged_is_said(answer, said):
    found = diagnose(answer)
    assert not found.right and found.slips == () and said in found.text


def test_a_transposed_answer_is_asked_about():
    found = diagnose(lambda *given: package("dU")(*given).T, "dU")
    assert "Transposed?" in found.text and found.slips == ("outer-transposed",)
    assert diagnose(lambda *given: double_loop(*given).T).slips == ("outer-transposed",)


def test_an_error_shows_the_readers_own_line():
    def answer(params, x, y, h0):
        return params.W @ x[99]

    found = diagnose(answer)
    assert "return params.W @ x[99]" in found.text and "IndexError" in found.text
    assert "visit.py" not in found.text and not found.right


def test_an_error_inside_a_library_is_cut_to_the_readers_own_lines():
    def inner(params, x):
        return rnn.forward(params, x[:, :1])

    def answer(params, x, y, h0):
        return inner(params, x)

    lines = diagnose(answer).text.splitlines()
    shown = [line for line in lines if line.startswith("  File")]
    assert [line.split(", ")[0] for line in shown] == ['  File "test_clinic.py"'] * 2
    assert shown[-1].endswith("in inner") and lines[-1].startswith("ValueError: x has shape")
    leaf = diagnose(answer, "all").text
    assert "diagnosis.py" not in leaf and "in inner" in leaf


def test_an_answer_that_leaves_is_said():
    assert "SystemExit: 3" in diagnose(lambda params, x, y, h0: sys.exit(3)).text


def test_what_gives_no_array_is_said():
    class Tensor:
        def __array__(self, *args, **kwargs):
            raise RuntimeError("use .detach()")

    found = diagnose(returns(Tensor()))
    assert "a Tensor, which gives no array (use .detach())" in found.text


def test_a_missing_transpose_is_named_though_its_shapes_do_not_meet():
    found = diagnose(planted("dW", "no-transpose-V"))
    assert "ValueError" in found.text and "no-transpose-V" in found.slips


def test_a_random_answer_is_said_and_not_diagnosed():
    rng = np.random.default_rng(0)
    found = diagnose(lambda *given: rng.standard_normal((4, 4)))
    assert "Two calls" in found.text and found.slips == ()


def test_what_is_changed_and_printed_is_said_and_the_next_call_sees_nothing_of_it():
    def answer(params, x, y, h0):
        print("here I am")
        right = double_loop(params, x, y, h0)
        x[0] = 0
        params.W[0] = 0
        return right

    found = diagnose(answer)
    assert found.right
    assert "changed params and x in place" in found.text and "here I am" in found.text
    assert diagnose(double_loop).right


def test_what_is_right_to_rounding_in_float32_is_called_so():
    assert diagnose(in_float32).text.endswith("calls, to the precision of float32.")
    assert diagnose(double_loop).text.endswith("calls.")


def test_a_constant_that_only_looks_like_a_mean():
    for pattern in (None, "total-for-explicit", "carry-scaled"):
        answer = planted("dW", pattern)
        mean = diagnose(lambda *g, answer=answer: answer(*g) / len(g[1])).slips
        assert "mean-over-time" in mean and "factor" not in mean
        found = diagnose(lambda *g, answer=answer: answer(*g) / 5)
        assert "factor" in found.slips and "multiplied by 0.2 everywhere" in found.text


def test_an_example_is_finite_where_there_is_one():
    """A sweep over the last two steps alone reads outside of a shorter sequence."""

    def answer(params, x, y, h0):
        right = planted("dW", "sweep-stopped")(params, x, y, h0)
        return right if len(x) > 2 else np.nan * right

    found = diagnose(answer)
    assert found.slips == ("sweep-stopped",) and "With T = 3" in found.text
    assert "nan" not in found.text


def test_the_same_answer_gets_the_same_words():
    answer = planted("dW", "no-slope")
    assert diagnose(answer).text == diagnose(answer).text


@pytest.mark.parametrize(
    "change, said",
    [
        ({"answer": 3}, "answer is 3; a function is needed"),
        ({"of": "dQ"}, "of is 'dQ'; one of J_softmax, e, dV"),
        ({"window": 0}, "window is 0"),
        ({"window": True}, "window is True"),
        ({"window": 5}, "window is 5"),
        ({"loss": 0}, "loss is 0; None or a whole number in 1…5 is needed"),
        ({"loss": 2.0}, "loss is 2.0"),
        ({"activation": "gelu"}, "activation is 'gelu'"),
    ],
)
def test_bad_arguments_are_named(change, said):
    with pytest.raises(ValueError, match=said):
        diagnose(**{"answer": double_loop, **change})


def test_it_shows_itself_in_jupyter_with_its_words():
    found = diagnose(planted("dW", "explicit-only"))
    html = found._repr_html_()
    assert "explicit-only" in repr(found) and "explicit-only" in html
    assert re.findall(r"<td[^>]*>(.*?)</td>", html.split("<tbody>")[1])[:7] == (
        ["1", "", "", "", "", "0", "1"]
    )
    assert html.count("color-mix") == 5  # the parts that are there have a ground
    assert "<table" not in diagnose(returns(None))._repr_html_()
    assert "&lt;" in diagnose(lambda x: x)._replace(text="a < b")._repr_html_()


# ── from the command line ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "body, arguments, status, said",
    [
        ("return rnn.bptt(p, rnn.forward(p, x, h0), y).params.W", [], 0, "Right"),
        ("return -rnn.bptt(p, rnn.forward(p, x, h0), y).params.W", ["--of", "dW"], 1, "(sign)"),
        ("return rnn.bptt(p, rnn.forward(p, x, h0), y).params.W", ["--loss", "2"], 1, "every"),
        ("return 1", ["--of", "dQ"], 2, "of is 'dQ'"),
    ],
)
def test_the_command_line(tmp_path, body, arguments, status, said):
    path = tmp_path / "mine.py"
    path.write_text(f"from unrolled import rnn\ndef dW(p, x, y, h0):\n    {body}\n", "utf-8")
    command = [sys.executable, "-m", "unrolled.clinic", f"{path}:dW", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status and said in done.stdout + done.stderr


@pytest.mark.parametrize("place", ["mine.py", "none.py:dW", "mine.py:nothing", "broken.py:dW"])
def test_a_function_that_is_not_there_is_said(tmp_path, place):
    (tmp_path / "mine.py").write_text("def dW(): pass\n", "utf-8")
    (tmp_path / "broken.py").write_text("1 +\n", "utf-8")
    command = [sys.executable, "-m", "unrolled.clinic", place]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2 and place.split(":")[0] in done.stderr


def test_an_endless_answer_shows_that_it_runs_and_can_be_interrupted(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def dW(p, x, y, h0):\n    while True:\n        pass\n", "utf-8")
    command = [sys.executable, "-m", "unrolled.clinic", f"{path}:dW"]
    environment = {k: v for k, v in os.environ.items() if k != "TQDM_DISABLE"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        # tests that a shell runs in the background inherit that interrupts are ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        patience = Timer(60, running.kill)
        patience.start()
        assert running.stdout.read(12).strip() == "diagnosing:"
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
        patience.cancel()
    assert running.returncode == 2 and said.startswith("interrupted:")


def test_a_file_may_import_its_neighbour(tmp_path):
    (tmp_path / "mine.py").write_text("from other import dW\n", "utf-8")
    (tmp_path / "other.py").write_text("def dW(p, x, y, h0):\n    return 0 * p.W\n", "utf-8")
    command = [sys.executable, "-m", "unrolled.clinic", f"{tmp_path / 'mine.py'}:dW"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "(zero)" in done.stdout
