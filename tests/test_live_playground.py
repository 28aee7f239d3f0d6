"""The playground's picture without matplotlib: what it says is computed, here and on the page."""

import json
import re

import engine
import numpy as np
import pytest
import reference

from unrolled import playground

POSITIONS = [
    {"T": 8, "H": 5, "radius": 1.1, "seed": 0, "window": 3},
    {"T": 12, "H": 3, "radius": 0.6, "seed": 4, "window": 2},
    {"T": 1, "H": 1, "radius": 0.05, "seed": 0, "window": 20},
    {"T": 20, "H": 24, "radius": 2.5, "seed": 50, "window": 1},
]
TYPED = ["0.5 0\n0, −0.25", "[[0 1 0],\n [0 0 1],\n [1 0 0]]", "0", "0 1\n0 0", "1000"]
WRONG = [
    ("1 2\n3", "W is not square: its 2 rows have 2, 1 numbers. Each row needs"),
    ("1 2 3", "its 1 row has 3 numbers"),
    ("", "its 1 row has 0 numbers"),
    ("1 two\n3 4", "“two” is not a number; W needs rows of numbers."),
    ("nan", "W has an entry that is not between −1000 and 1000."),
    ("1001", "W has an entry that is not between"),
    ("\n".join(["1 " * 25] * 25), "W has 25 rows; at most 24 are drawn."),
]
CROSS = "m0-.36"


@pytest.mark.parametrize("at", POSITIONS)
def test_the_sentence_and_the_parts(at):
    html = playground.picture(**at)
    params, x, h0, y = playground.network(*(at[name] for name in ("T", "H", "radius", "seed")))
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(params.W)).max(), at["radius"])
    assert f"T={at['T']}, H={at['H']}, spectral radius {at['radius']:.2f}" in html
    assert f"the loss is {reference.loss(*params, h0, x, y):.3f}" in html
    T = at["T"]
    assert html.count("h.96v") == T * (T + 1) // 2
    crosses = sum(max(t - at["window"], 0) for t in range(1, T + 1))
    assert f"Crossed out, as cut: {crosses}." in html
    assert html.count(CROSS) == crosses
    sliders = json.loads(re.search(r"data-sliders='(.*?)'", html)[1])
    assert {name: value for name, *_, value in sliders} == at


def test_a_stronger_colour_is_a_larger_part():
    norms = np.full((4, 4), np.nan)
    norms[np.tril_indices(4)] = 1e-9
    norms[1, 1], norms[2, 1], norms[3, 1] = 0.01, 1e9, 0
    shades = dict(
        (place, float(opacity))
        for path, opacity in re.findall(
            r'<path d="((?:M\d \dh[^"]*)+)"[^>]*opacity="(.*?)"', playground._triangle(norms, 3)
        )
        for place in re.findall(r"M(\d \d)h", path)
    )
    assert shades["1 1"] == 0.4 and shades["1 2"] == 1 and shades["1 3"] == shades["3 3"] == 0.05
    assert len(shades) == 6


def test_the_lengths_are_drawn_on_powers_of_ten():
    drawn = playground._lengths(np.array([10, 1, 0.1]), np.array([0, 1, 0.1]))
    exact, cut = re.findall(r'<path d="M([\d. L]+)" fill="none"', drawn)
    heights = [float(point.split()[1]) for point in exact.split("L")]
    steps = np.diff(heights) / playground.INNER  # of a scale that has a whole number of powers
    np.testing.assert_allclose(steps, 1 / round(1 / steps[0]), atol=1e-3)
    assert cut == "L".join(exact.split("L")[1:])


def test_the_parts_of_one_loss_at_the_last_step_add_up():
    params, x, h0, y = playground.network(3, 4, 1.0, 5)
    only = np.zeros_like(y)
    only[0] = y[0]  # one loss at step 1, which has one part
    trace = playground.forward(params, x, h0)
    found = playground.bptt(params, trace, only)
    norms = playground.contributions(params, trace, found.e)
    np.testing.assert_allclose(norms[1, 1], np.linalg.norm(found.params.W))
    assert np.isnan(norms[1, 2]) and norms[3, 1] == 0


def test_a_w_that_was_typed():
    assert "H=2, spectral radius 0.50" in playground.picture(T=4, W=TYPED[0])
    np.testing.assert_array_equal(playground.square(TYPED[1]), np.eye(3)[[1, 2, 0]])
    W = playground.network(1, 5, 1.1, 0)[0].W
    np.testing.assert_allclose(playground.square(playground.text_of(W)), W, atol=5e-4)


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_w_that_is_none_is_answered_in_a_sentence(text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        playground.picture(W=text)


def test_the_page_draws_the_same_picture_and_says_the_same_sentence():
    asked = POSITIONS + [{"W": text} for text in TYPED + [text for text, _ in WRONG]]
    line = (
        "try:\n    print(playground.picture(**{!r}))\nexcept ValueError as wrong:\n    print(wrong)"
    )
    done = engine.run([f"from unrolled import playground\n{line.format(at)}" for at in asked])
    number = re.compile(r"-?\d*\.\d+")
    for at, answer in zip(asked, done, strict=True):
        assert not answer["fault"], answer["fault"]
        got = answer["text"].strip()
        assert len(got.encode()) < 18_000  # the page takes 20 000 bytes of what is printed
        try:
            right = playground.picture(**at)
        except ValueError as wrong:
            right = str(wrong)
        assert number.sub("#", got) == number.sub("#", right)
        # the engine rounds a half up where CPython rounds to even: a tenth of a unit at most
        numbers = (list(map(float, number.findall(text))) for text in (got, right))
        np.testing.assert_allclose(*numbers, atol=0.11)
