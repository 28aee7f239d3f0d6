"""The playground's picture without matplotlib: what it says is computed, here and on the page."""

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
    {"T": 20, "H": 24, "radius": 2.5, "seed": 50, "window": 20},
]


@pytest.mark.parametrize("at", POSITIONS)
def test_the_sentence_and_the_parts(at):
    html = playground.picture(**at)
    params, x, h0, y = playground.network(*(at[name] for name in ("T", "H", "radius", "seed")))
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(params.W)).max(), at["radius"])
    assert f"T={at['T']}, H={at['H']}, spectral radius {at['radius']:.2f}" in html
    assert f"the loss is {reference.loss(*params, h0, x, y):.3f}" in html
    T = at["T"]
    assert html.count("<rect") == T * (T + 1) // 2
    crosses = sum(max(t - at["window"], 0) for t in range(1, T + 1))
    assert f"of which {crosses} are cut" in html
    assert html.count('stroke-width="1.5"') == crosses


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
    html = playground.picture(T=4, W="0.5 0\n0, -0.25")
    assert "H=2, spectral radius 0.50" in html
    for wrong, said in (("1 2\n3", "rows of"), ("a", "rows of numbers"), ("nan", "finite numbers")):
        with pytest.raises(ValueError, match=said):
            playground.picture(W=wrong)


def test_the_page_draws_the_same_picture():
    programs = [
        f"from unrolled.playground import picture\nprint(picture(**{at!r}))" for at in POSITIONS
    ]
    programs.append("from unrolled.playground import picture\nprint(picture(W='0.5 0\\n0 -0.25'))")
    wanted = [playground.picture(**at) for at in POSITIONS]
    wanted.append(playground.picture(W="0.5 0\n0 -0.25"))
    number = re.compile(r"-?\d+\.\d+")
    for done, right in zip(engine.run(programs), wanted, strict=True):
        assert not done["fault"], done["fault"]
        got = done["text"].strip()
        assert number.sub("#", got) == number.sub("#", right)
        # the engine rounds a half up where CPython rounds to even: a tenth of a unit at most
        numbers = (list(map(float, number.findall(text))) for text in (got, right))
        np.testing.assert_allclose(*numbers, atol=0.11)
