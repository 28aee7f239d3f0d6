"""The figures that hold trained or rounded data, which no stored output compares: what is drawn.

A caption comes out of the same data, so a curve under another's name is found on its artists.
"""

import re

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from unrolled.figures import curves, gradients, training


@pytest.fixture
def fig():
    with matplotlib.rc_context({"figure.constrained_layout.use": True}):
        yield Figure(figsize=(5.6, 5))


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
