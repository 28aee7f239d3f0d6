"""The clinic: every slip is named, no right answer is called wrong, and bad answers are said."""

import subprocess
import sys

import autograd.numpy as anp
import numpy as np
import pytest
import reference
from autograd import grad

from unrolled import rnn
from unrolled.clinic import SLIPS, diagnose, xray
from unrolled.clinic.catalogue import SECTIONS
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
    for network in xray.networks(4):
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
        # a name may only be missing where the answer is the same without it
        assert not missed or same(both, planted(of, *({slip, pattern} - missed))), (
            slip,
            found.text,
        )


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
        (lambda z: np.ones((len(z), len(z))), ()),
    ],
    ids=["right", "diagonal", "sign", "exp", "diag twice", "unknown"],
)
def test_the_softmax_jacobian(answer, slips):
    found = diagnose(answer, "J_softmax")
    assert found.slips == slips and found.right == (found.text.startswith("Right"))


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


def test_an_unknown_slip_is_told_what_is_known_of_it():
    def answer(params, x, y, h0):
        right = double_loop(params, x, y, h0)
        return right if len(x) == 1 or not h0.any() else right + 0.1

    found = diagnose(answer)
    assert found.slips == () and not found.right
    assert "right at T = 1" in found.text and "right where h₀ = 0" in found.text
    assert "symmetric" not in found.text

    def scaled(params, x, y, h0):
        return abs(x).sum() * double_loop(params, x, y, h0)

    assert "times a number, but not the same number" in diagnose(scaled).text


def test_a_constant_that_only_looks_like_a_mean():
    assert diagnose(lambda *g: double_loop(*g) / len(g[1])).slips == ("mean-over-time",)
    assert diagnose(lambda *g: double_loop(*g) / 5).slips == ("factor",)


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
        ({"activation": "gelu"}, "activation is 'gelu'"),
    ],
)
def test_bad_arguments_are_named(change, said):
    with pytest.raises(ValueError, match=said):
        diagnose(**{"answer": double_loop, **change})


def test_it_shows_itself_in_jupyter_with_its_words():
    html = diagnose(planted("dW", "explicit-only"))._repr_mimebundle_()
    data = html[0] if isinstance(html, tuple) else html
    assert "<svg" in data["text/html"] and "explicit-only" in data["text/html"]
    assert "explicit-only" in data["text/plain"]
    assert "text/html" not in diagnose(returns(None))._repr_mimebundle_()


# ── from the command line ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "body, arguments, status, said",
    [
        ("return rnn.bptt(p, rnn.forward(p, x, h0), y).params.W", [], 0, "Right"),
        ("return -rnn.bptt(p, rnn.forward(p, x, h0), y).params.W", ["--of", "dW"], 1, "(sign)"),
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
