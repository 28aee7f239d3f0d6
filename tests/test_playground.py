"""The playground where a kernel runs: it recomputes as its sliders move."""

import re

import nbformat
import numpy as np
import pytest
import reference

from notebooks import ROOT, WIDGET_VIEW
from unrolled.panel import Playground
from unrolled.playground import network

START = {"T": 8, "H": 5, "radius": 1.1, "seed": 0, "window": 3}
POSITIONS = [
    {"T": 12, "H": 3, "radius": 0.6, "seed": 4, "window": 2},
    {"T": 1, "H": 1, "radius": 0.05, "seed": 0, "window": 20},
    {"T": 20, "H": 24, "radius": 2.5, "seed": 50, "window": 20},
]


@pytest.fixture(scope="module")
def panel():
    return Playground(**START)


def said(panel):
    return re.search(r"<figcaption>(.*?)</figcaption>", panel.drawn.value)[1]


@pytest.mark.parametrize("position", POSITIONS)
def test_a_moved_slider_recomputes_the_picture(panel, position):
    for name, value in position.items():
        panel.sliders[name].value = value
    params, x, h0, y = network(*(position[name] for name in ("T", "H", "radius", "seed")))
    assert params.W.shape == (position["H"],) * 2 and len(x) == position["T"]
    assert f"T={position['T']}, H={position['H']}," in said(panel)
    assert f"the loss is {reference.loss(*params, h0, x, y):.3f}" in said(panel)
    assert f"off by {off(position['window'], params, h0, x, y):.0f} %" in said(panel)


def off(window, params, h0, x, y):
    """By how many per cent the gradient of W is off when cut after `window` steps, by autograd."""
    h, cut = [h0], 0
    for x_t in x:
        h.append(np.tanh(params[0] @ x_t + params[1] @ h[-1] + params[3]))
    for t in range(1, len(x) + 1):
        first = max(t - window, 0)
        only_last = np.zeros_like(y[first:t])
        only_last[-1] = y[t - 1]
        cut = cut + reference.gradients(params, h[first], x[first:t], only_last)[1]
    exact = reference.gradients(params, h0, x, y)[1]
    return 100 * np.linalg.norm(cut - exact) / np.linalg.norm(exact)


def test_a_w_that_was_typed_and_one_that_is_none(panel):
    panel.own.value = "0.5 0\n0 -0.25"
    assert "H=2, spectral radius 0.50" in said(panel)
    panel.own.value = "1 <"
    assert panel.drawn.value == "<p>“&lt;” is not a number; W needs rows of numbers.</p>"
    panel.own.value = " "
    assert f"H={panel.sliders['H'].value}," in said(panel)


@pytest.mark.parametrize("start", [START | {"K": 1}, {"T": 1}])
def test_each_slider_needs_a_start(start):
    with pytest.raises(TypeError, match="needs each slider once"):
        Playground(**start)


def test_a_page_without_a_kernel_shows_the_picture():
    cells = nbformat.read(ROOT / "notebooks" / "playground.ipynb", as_version=4).cells
    (stored,) = (cell.outputs[0].data for cell in cells if "Playground(T=8" in cell.source)
    assert stored["text/html"] == Playground(**START).drawn.value
    assert WIDGET_VIEW not in stored and "IntSlider" not in str(stored)
