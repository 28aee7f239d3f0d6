"""The palette of the figures, their small parts, and what is drawn where no stored output tells.

A caption comes out of the same data, so a curve under another's name is found on its artists.
"""

import re
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib
import matplotlib.style
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from tests.colour import DEUTERANOPIA, contrast, lab, linear
from unrolled import page, svg
from unrolled.data import example
from unrolled.figures import (
    base,
    curves,
    forward,
    gradients,
    layers,
    outer,
    softmax,
    stages,
    training,
)
from unrolled.rnn import Trace, bptt, from_one
from unrolled.rnn import forward as run

DARK = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", page.css_text()))
THEMES = {"light": (svg.PAPER, svg.QUANTITIES), "dark": ("#15181c", DARK)}  # paper, hues


@pytest.fixture
def fig():
    with matplotlib.style.context(svg.STYLE):
        yield Figure(figsize=(5.6, 5))


@pytest.mark.parametrize("theme", THEMES)
def test_every_hue_is_legible_and_no_two_are_one_to_a_colour_blind_reader(theme):
    paper, hues = THEMES[theme]
    assert hues.keys() == svg.QUANTITIES.keys()
    for name, hue in hues.items():
        assert contrast(hue, paper) >= 4.5, name
    seen = {name: lab(DEUTERANOPIA @ linear(hue)) for name, hue in hues.items()}
    for one, other in combinations(seen, 2):
        difference = np.linalg.norm(seen[one] - seen[other])  # ΔE of CIE 1976
        assert difference >= 10, (one, other, difference)


def test_the_book_has_the_same_hues_on_light_and_dark():
    css = (Path(__file__).parents[1] / "book" / "_static" / "unrolled.css").read_text("utf-8")
    pairs = re.findall(r"--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", css)
    light, dark = ({name: pair[i] for name, *pair in pairs} for i in (0, 1))
    for theme, found in (("light", light), ("dark", dark)):
        paper, hues = THEMES[theme]
        assert {name: found[name] for name in hues} == hues
        assert found["paper"] == paper
    assert (light["ink"], light["rule"]) == (svg.INK, svg.GRID)


def test_the_pixels_of_a_png_are_legible_on_a_dark_page_by_its_stylesheet():
    assert "filter: invert(1) hue-rotate(180deg);" in page.css_text()
    assert "mix-blend-mode: screen;" in page.css_text()
    turn = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])
    dark = np.array(to_rgb(THEMES["dark"][0]))

    def turned(hue):
        light = np.clip(turn @ (1 - np.array(to_rgb(hue))), 0, 1)
        return light + dark - light * dark

    np.testing.assert_allclose(turned("white"), dark)
    for hue in (svg.INK, *svg.QUANTITIES.values()):
        assert contrast(turned(hue), turned("white")) >= 4.5, hue


def test_a_hue_is_written_as_the_name_that_the_page_gives_it(fig):
    ax = fig.add_axes((0, 0, 1, 1))
    for i, hue in enumerate(svg.QUANTITIES.values()):
        base.arrow(ax, (0, i), (1, i), hue)
    base.node(ax, (0, 9), "$h$", faded=True)
    ax.set(xlim=(-1, 2), ylim=(-1, 10))
    fig.set_layout_engine("none")
    sheet = svg.Sheet()
    sheet.add(fig)
    text = str(sheet.finish())
    for name, hue in svg.QUANTITIES.items():
        assert f"stroke: var(--{name}, {hue})" in text
    assert set(re.findall("#[0-9a-f]{6}", text)) <= {*svg.QUANTITIES.values(), svg.GRID}


def drawings():
    """Every figure of these themes on the book's example, as a function of the figure."""
    params, x, y, h0 = example()
    trace = run(params, x, h0)
    exact, short = bptt(params, trace, y), bptt(params, trace, y, window=1)
    before = from_one(trace.h[:-1])
    parts = {
        path: {
            "U": np.einsum("ti,tj->tij", sweep.da, trace.x),
            "W": np.einsum("ti,tj->tij", sweep.da, before),
            "V": np.einsum("ti,tj->tij", sweep.e, trace.h),
        }
        for path, sweep in {"off": short, "on": exact}.items()
    }
    sweeps = {"off": short, "on": exact}
    e, h = exact.e, trace.h
    rng = np.random.default_rng(0)
    image, signal = rng.random((8, 8)), rng.standard_normal((6, 6))
    kernel = rng.standard_normal((6, 6, 3, 3))
    factors = [rng.standard_normal(shape) for shape in ((1, 2), (2, 6), (6, 4), (4, 3))]
    shares = Trace(*[rng.dirichlet(np.ones(size), 9) for size in (8, 4, 4, 10, 10)])
    both = {"every row": shares, "last row": shares}
    table = np.diag(e[1])
    return {
        "signal_back": lambda fig: layers.signal_back(fig, 1, factors, [f[0] for f in factors]),
        "kernel": lambda fig: layers.kernel_parts(fig, 3, image, signal, kernel),
        "reading": lambda fig: forward.reading(fig, 3, shares, 2),
        "three_steps": forward.three_steps,
        "stages": lambda fig: stages.backward_stages(fig, 7, sweeps, parts),
        "forming": lambda fig: training.forming(fig, both, 6),
        "rank_one": lambda fig: outer.rank_one(
            fig, 1, 5, e[1], h[1], np.outer(e[1], h[1]), np.outer(e[1], h[1])
        ),
        "slabs": lambda fig: outer.slabs(fig, e[3], 3),
        "jacobian": lambda fig: softmax.jacobian(fig, e[1], abs(e[1]), table, 0),
        "terms": lambda fig: softmax.terms(fig, table, e[1], "soft"),
    }


@pytest.mark.parametrize("name", drawings())
def test_every_label_is_whole_in_ink_or_a_hue_and_large_enough_for_a_phone(fig, name):
    drawings()[name](fig)
    texts = [text for text in fig.findobj(matplotlib.text.Text) if text.get_text().strip()]
    assert texts
    for text in texts:
        assert to_hex(text.get_color()) in {svg.INK, *svg.QUANTITIES.values()}, text
        assert text.get_alpha() in (None, 1) and text.get_fontsize() >= 12, text


def test_signed_numbers_are_squares_of_that_area_filled_or_hollow(fig):
    values = np.array([[1.0, -0.25, 0.0], [-4.0, np.nan, 2.0]])
    ax = fig.add_axes((0, 0, 1, 1))
    base.matrix(ax, values, text=False, color=base.HIDDEN)
    cells, filled, hollow = ax.patches
    assert len(cells.get_path().vertices) == 5 * 5  # no cell for NaN
    assert filled.get_fill() and not hollow.get_fill()
    for patch, chosen in ((filled, [1.0, 2.0]), (hollow, [-0.25, -4.0])):
        corners = patch.get_path().vertices.reshape(-1, 5, 2)
        area = np.prod(np.ptp(corners, axis=1), axis=1)
        np.testing.assert_allclose(area, 0.84**2 * np.abs(chosen) / 4)
        for middle, value in zip(corners[:, :4].mean(axis=1), chosen, strict=True):
            assert values[int(middle[1]), int(middle[0])] == value
        assert to_hex(patch.get_edgecolor()) == base.HIDDEN


def test_the_numbers_of_a_table_stand_apart():
    params, x, y, h0 = example()
    trace = run(params, x, h0)
    e, h = bptt(params, trace, y).e, trace.h
    with matplotlib.style.context(svg.STYLE):
        fig = Figure(figsize=(4, 5.3))
        outer.rank_one(fig, 1, 5, e[1], h[1], -np.outer(e[1], h[1]), -np.outer(e[1], h[1]))
        for ax in fig.axes:
            spans = sorted(
                (round(text.get_position()[1], 1), *text.get_window_extent().intervalx)
                for text in ax.texts
            )
            for (row, _, end), (next_row, start, _) in pairwise(spans):
                assert row != next_row or start - end > 0.03 * fig.bbox.width


def test_a_kernels_stack_ends_where_the_parts_so_far_add_up(fig):
    rng = np.random.default_rng(2)
    parts = rng.standard_normal((2, 3, 3, 3))
    said = layers.kernel_parts(fig, 4, rng.random((4, 5)), rng.standard_normal((2, 3)), parts)
    flat = parts.reshape(6, 9)
    flat = flat[np.argsort(-np.linalg.norm(flat, axis=1))]
    ax = fig.axes[2]
    middles = [patch.get_path().vertices.reshape(-1, 5, 2)[:, 0, 0] for patch in ax.patches]
    origin, total, sums = (middles[i] for i in (1, -2, -1))
    scale = (total - origin) / flat.sum(axis=0)
    np.testing.assert_allclose(scale, scale[0])
    np.testing.assert_allclose(sums - origin, scale * flat[:4].sum(axis=0))
    plus, minus = (patch.get_path().vertices.reshape(-1, 5, 2) for patch in ax.patches[2:4])
    wide = scale[0] * np.abs(flat[:4])
    np.testing.assert_allclose(np.ptp(plus, axis=1)[:, 0], wide[flat[:4] > 0])
    np.testing.assert_allclose(np.ptp(minus, axis=1)[:, 0], wide[flat[:4] < 0])
    assert [text.get_text() for text in ax.texts] == [
        base.number(value) for value in flat[:4].sum(axis=0)
    ]
    assert f"stands at {flat[:4, 4].sum():.2f}".replace("-", "−") in said
    assert f"will end at {flat[:, 4].sum():.2f}.".replace("-", "−") in said


def test_the_class_that_leads_is_framed_at_every_step_done(fig):
    rng = np.random.default_rng(3)
    y_hat = np.vstack([np.full(10, np.nan), np.eye(10)[[4, 7, 7, 2]] * 0.5 + 0.05])
    trace = Trace(rng.random((5, 8)), None, rng.uniform(-1, 1, (5, 64)), None, y_hat)
    said = forward.reading(fig, 3, trace, 7)
    leaders = fig.axes[0].patches[-1].get_path().vertices.reshape(-1, 5, 2)
    middles = leaders[:, :4].mean(axis=1)
    assert middles[:, 0].tolist() == [1, 2, 3]
    np.testing.assert_allclose(np.diff(middles[:, 1]), [-3 * forward.CELL, 0], atol=1e-12)
    assert said.endswith("class 7 leads with 0.55, as since step 2, right.")
    assert "the 64 entries of h₃" in said
    fig.clear()
    wrong = forward.reading(fig, 4, trace, 7)
    assert wrong.endswith("class 2 leads with 0.55; the true class, 7, has 0.05.")


def test_each_probability_is_drawn_for_its_class_its_row_and_its_network(fig):
    rng = np.random.default_rng(4)
    leads = {"every row": [3, 1, 6, 6], "last row": [0, 2, 2, 5]}
    traces = {}
    for asked, first in leads.items():
        y_hat = 0.4 * rng.dirichlet(np.ones(10), 5) + 0.6 * np.eye(10)[[0, *first]]
        traces[asked] = Trace(rng.random((5, 4)), None, None, None, y_hat)
    said = training.forming(fig, traces, 6)
    ax = fig.axes[0]
    filled = [patch for patch in ax.patches if hasattr(patch, "get_path") and patch.get_fill()]
    filled = [p.get_path().vertices.reshape(-1, 5, 2) for p in filled if len(p.get_path()) == 20]
    lines = [patch for patch in ax.patches if isinstance(patch, matplotlib.patches.StepPatch)]
    for i, (boxes, line) in enumerate(zip(filled, lines, strict=True)):
        left = 4 + 1.3 + 1.2 * i
        wide = np.ptp(boxes, axis=1)[:, 0]
        np.testing.assert_allclose(wide, traces["every row"].y_hat[1:, i])
        np.testing.assert_allclose(line.get_data().values - left, traces["last row"].y_hat[1:, i])
    assert len(filled) == 10
    assert re.search(r"every row, it is 6 from row 3 on, after 3 and 1, with .* end, right", said)
    assert re.search(r"only, it is 5 at the last row, after 0 and 2, with .* at the end, w", said)


def test_the_dashed_squares_of_the_stages_are_the_exact_gradient(fig):
    drawings()["stages"](fig)
    ax = fig.axes[1]
    exact = bptt(*(lambda p, x, y, h0: (p, run(p, x, h0), y))(*example())).params
    dashed = [patch for patch in ax.patches if patch.get_linestyle() != "solid"]
    dashed = [p for p in dashed if isinstance(p, matplotlib.patches.PathPatch)]
    assert len(dashed) == 6  # U, W and V in both rows
    for patch, truth in zip(dashed, 2 * [exact.U, exact.W, exact.V], strict=True):
        corners = patch.get_path().vertices.reshape(-1, 5, 2)
        side = np.ptp(corners, axis=1)[:, 0].reshape(truth.shape)
        np.testing.assert_allclose(side**2, 0.84**2 * np.abs(truth) / np.abs(truth).max())


def lines(ax):
    """{label: heights} of the curves of one panel."""
    return {line.get_label(): np.asarray(line.get_ydata()) for line in ax.lines}


def test_each_method_of_the_v_curve_has_its_own_errors(fig):
    steps = np.logspace(-12, 0, 13)
    errors = {name: (i + 1) * steps for i, name in enumerate(("forward", "central", "complex"))}
    curves.v_curve(fig, steps, errors)
    drawn = lines(fig.axes[0])
    for name, error in errors.items():
        np.testing.assert_array_equal(drawn[name], np.maximum(error, 1e-17))


def test_each_loss_and_each_accuracy_is_drawn_under_its_name(fig):
    epochs = np.arange(6)
    losses = {
        "training": np.array([2.4, 0.8, 0.3, 0.4, 0.1, 0.02]),
        "kept aside": np.array([2.3, 0.9, 0.5, 0.25, 0.4, 0.35]),
    }
    accuracies = {
        "training": np.array([0.1, 0.95, 0.89, 0.96, 0.98, 1.0]),
        "kept aside": np.array([0.1, 0.7, 0.92, 0.93, 0.95, 0.94]),
    }
    said = training.curves(fig, epochs, losses, accuracies, best=3)
    upper, lower = fig.axes
    for name in losses:
        np.testing.assert_array_equal(lines(upper)[name], losses[name])
    heights = [np.asarray(line.get_ydata()) for line in lower.lines[:2]]
    colours = {line.get_label(): line.get_color() for line in upper.lines[:2]}
    for name, height, line in zip(accuracies, heights, lower.lines, strict=False):
        np.testing.assert_array_equal(height, 100 * accuracies[name])
        assert line.get_color() == colours[name]
    ring = upper.lines[-1]
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (3, 0.25)
    assert "goes from 2.4 to 0.0200, and rises in 1 of the epochs" in said
    assert "lowest after epoch 3, at 0.250, where the ring is, and 0.350 at the end" in said
    assert "from epoch 3 on above 90 % on both, at the end 100 % and 94 %" in said


def test_no_epoch_is_named_where_the_accuracy_stays_low(fig):
    flat = {name: np.full(3, 0.5) for name in ("training", "kept aside")}
    said = training.curves(fig, np.arange(3), flat, flat, best=0)
    assert "not above 90 % on both" in said and "rises in 0 of the epochs" in said


def test_a_count_stands_in_the_row_of_its_class_and_the_column_of_the_answer(fig):
    counts = np.array([[5, 0, 2], [1, 7, 0], [0, 0, 9]])
    said = training.confusion(fig, counts)
    ax = fig.axes[0]
    drawn = {text.get_position(): text.get_text() for text in ax.texts}
    assert drawn == {
        (k + 0.5, i + 0.5): str(n) for (i, k), n in np.ndenumerate(counts) if n
    }  # column to the right, row downwards
    assert ax.yaxis_inverted() and not ax.xaxis_inverted()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("answer", "true class")
    share = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.ravel(ax.collections[0].get_array()), share.ravel())
    assert said.startswith("24 test images") and "21 stand on the diagonal" in said
    assert "the other 3, in bold, lie in 2 places off it, at most 2 in one: 0 read as 2." in said


def test_a_wrong_image_has_its_own_class_first_and_then_the_answer(fig):
    images = np.random.default_rng(0).random((3, 8, 6))
    said = training.mistakes(fig, images, np.array([3, 8, 1]), np.array([9, 1, 7]))
    titles = ["3, read as 9", "8, read as 1", "1, read as 7"]
    assert [ax.get_title() for ax in fig.axes][:3] == titles
    assert said.endswith(f"each of 8 by 6 pixels, its true class first: {'; '.join(titles)}.")
    for ax, image in zip(fig.axes, images, strict=False):
        np.testing.assert_array_equal(np.ravel(ax.collections[0].get_array()), image.ravel())


def test_before_and_after_training_are_drawn_from_their_own_norms(fig):
    rng = np.random.default_rng(1)
    lags = np.arange(21)
    first = rng.standard_normal(200)
    before = 0.9**lags * rng.uniform(0.9, 1.1, (200, 1))
    after = np.where(lags < 16, 1, 1.7 ** (lags - 15.0)) * np.exp(1 - 2 * np.abs(first))[:, None]
    said = gradients.before_and_after(fig, before, after, first, lag=19)
    left, right = fig.axes
    for name, norms in {"before": before, "after": after}.items():
        np.testing.assert_allclose(lines(left)[name], np.median(norms, axis=0))
    for line, norms in zip(right.lines, (before, after), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), first)
        np.testing.assert_array_equal(line.get_ydata(), norms[:, 19])
    assert right.get_title() == "at lag 19"
    words = re.search(r"before training (.*); after training (.*)\. Right, (.*)", said).groups()
    assert "spans less than a factor of 5" in words[0] and "10⁻¹ at lag 19" in words[0]
    assert "spans more than a factor of 5" in words[1] and "10¹ at lag 19" in words[1]
    assert "has the larger norms, the quarter farthest from it the smaller" in words[2]
    fig.clear()
    swapped = gradients.before_and_after(fig, after, 1 / after, first, lag=19)
    assert "has the smaller norms, the quarter farthest from it the larger" in swapped
