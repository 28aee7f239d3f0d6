"""The playground recomputes as its sliders move: tried with a real kernel."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import reference
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "playground.ipynb"
POSITIONS = [
    {"T": 12, "H": 3, "radius": 0.6, "seed": 4, "window": 2},
    {"T": 1, "H": 1, "radius": 0.05, "seed": 0, "window": 20},
    {"T": 20, "H": 24, "radius": 2.5, "seed": 50, "window": 20},
]
MOVE = """
for position in {positions}:
    for name, value in position.items():
        sliders[name].value = value
    print(picture.value)
    params, x, h0, y = network(*(position[name] for name in ("T", "H", "radius", "seed")))
    print("arrays", [a.tolist() for a in (*params, h0, x, y)])
"""


@pytest.fixture(scope="module")
def printed():
    """What the kernel printed after each move: (picture, the network's arrays)."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell(MOVE.format(positions=POSITIONS)))
    NotebookClient(book, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    out = "".join(o.text for o in book.cells[-1].outputs if o.output_type == "stream")
    pictures = re.split(r"^arrays (.*)$", out, flags=re.MULTILINE)
    return list(zip(pictures[0::2], map(eval, pictures[1::2]), strict=False))


@pytest.mark.parametrize("i", range(len(POSITIONS)))
def test_a_moved_slider_recomputes_the_picture(printed, i):
    position, (picture, arrays) = POSITIONS[i], printed[i]
    *params, h0, x, y = map(np.array, arrays)
    assert params[1].shape == (position["H"],) * 2 and len(x) == position["T"]
    radius = np.abs(np.linalg.eigvals(params[1])).max()
    np.testing.assert_allclose(radius, position["radius"])
    assert "<svg" in picture
    said = re.search(r"<figcaption>(.*?)</figcaption>", picture, re.DOTALL)[1]
    assert f"T={position['T']}, H={position['H']}," in said
    assert f"the loss is {reference.loss(*params, h0, x, y):.3f}" in said
    assert f"off by {off(position['window'], params, h0, x, y):.0f} %" in said


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


def test_the_stored_page_shows_no_dead_control():
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        for output in cell.get("outputs", []):
            text = str(output.get("data", {}))
            assert "IntSlider" not in text and "widget-view" not in text
