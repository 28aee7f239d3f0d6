"""The forward pass: a digit as a sequence, the unrolled graph, and the values that fill it."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from unrolled.figures.base import (
    FADED,
    GREY,
    HIDDEN,
    INPUT,
    OUTPUT,
    boxes,
    number,
    shades,
    squares,
    subscript,
)
from unrolled.figures.graph import place, unrolled
from unrolled.svg import GRID, INK, PAPER

INK_IN = shades(INPUT)  # pixels, 0 to 1
SHARE = shades(OUTPUT)  # probabilities
CELL = 0.25  # the height of one number of a vector, where two time steps are 1 apart
GAP = 0.85  # between the vectors of one time step
STATE = 6 * CELL  # the height of the state, however many numbers it has
WIDTH = 0.58  # of an input or an output


def digit_rows(fig, x, label):
    """A digit and the order in which its rows are read.

    x: (T, D) pixels in [0, 1]; label: the digit it shows.
    """
    ax = fig.add_axes((0, 0, 1, 1))
    T, D = x.shape
    ax.pcolormesh(x, cmap=INK_IN, vmin=0, vmax=1, edgecolors=GRID, linewidth=0.8)
    for t in range(1, T + 1):
        ax.text(-0.35, t - 0.5, f"$x_{t}$", ha="right", va="center", color=INPUT, fontsize=15)
    ax.annotate(
        "",
        xy=(D + 0.6, T),
        xytext=(D + 0.6, 0),
        arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.6},
    )
    ax.text(D + 0.9, T / 2, "time", va="center")
    ax.set_xlim(-1.6, D + 2.6)
    ax.set_ylim(T + 0.2, -0.2)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return (
        f"A handwritten {label}: {T} rows of {D} pixels, empty for 0 and full colour for 1. "
        f"Row 1, the top one, is the first input; row {T}, at the bottom, is the last."
    )


def three_steps(fig):
    """The graph of three time steps, with the matrix that belongs to each arrow."""
    ax = fig.add_axes((0, 0, 1, 1))
    unrolled(ax, 3)
    for t in (1, 2, 3):
        column, middle = place("h", t)
        ax.text(column + 0.09, middle - 0.5, "$U$", va="center", color=INPUT, fontsize=16)
        ax.text(column - 0.62, middle + 0.08, "$W$", ha="center", color=HIDDEN, fontsize=16)
        ax.text(column + 0.09, middle + 0.5, "$V$", va="center", color=OUTPUT, fontsize=16)
    return (
        "Time runs from left to right. Each state hₜ has two arrows into it: from its input xₜ, "
        "through U, and from the state before, hₜ₋₁, through W. From it go the output ŷₜ, "
        "through V, and the loss Lₜ. The same U, W and V stand at every step."
    )


def reading(fig, t, trace, label):
    """The unrolled graph with its values when t of the T steps are done.

    t: 1…T; trace: a Trace of one sequence; label: the true class.
    """
    ax = fig.add_axes((0, 0, 1, 1))
    x, _, h, _, y_hat = trace
    T, D, C = len(h) - 1, x.shape[1], y_hat.shape[1]
    heights = (CELL * D, STATE, CELL * C)
    middles = [sum(heights[:i]) + GAP * i + heights[i] / 2 for i in range(3)]
    _thumbnail(ax, x[1:], t, middles[0])
    for s in range(T + 1):
        state = {"current": s == t, "ahead": s > t}
        _state_block(ax, s, middles[1], h[s], **state)
        if s > 0:
            _arrows(ax, s, heights, middles, s == t, s > t)
            _shares(ax, s, middles[0], x[s], INK_IN, 1, **state)
            _shares(ax, s, middles[2], y_hat[s], SHARE, 0.6, **state)
        _names(ax, s, middles, heights)
    _leaders(ax, y_hat[1 : t + 1].argmax(axis=1), middles[2], C)
    _true_class(ax, label, middles[2], C)
    top = middles[2] + heights[2] / 2
    ax.set_xlim(-0.74, T + 0.45)
    ax.set_ylim(-0.6, top + 0.12)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return _sentence(t, T, x, h, y_hat, label)


def _sentence(t, T, x, h, y_hat, label):
    """In words: the row, the state, and since when the leading class leads."""
    ink = np.flatnonzero(x[t] > 0.5) + 1
    row = f"has most ink in {_listed(ink)}" if len(ink) else "has little ink"
    leads = y_hat[1 : t + 1].argmax(axis=1)
    guess, before = int(leads[-1]), np.flatnonzero(leads != leads[-1])
    since = before[-1] + 2 if len(before) else 1
    first = f"class {guess} leads with {y_hat[t].max():.2f}"
    first += f", as since step {since}" if since < t else ""
    end = ", right." if guess == label else f"; the true class, {label}, has {y_hat[t, label]:.2f}."
    span = f"from {number(h[t].min())} to {number(h[t].max())}"
    return (
        f"Step {t} of {T}: row {t} {row}. U brings it in, W brings in {_state(t - 1)}, and the "
        f"{h.shape[1]} entries of {_state(t)} run {span}. Of the ten probabilities that V makes "
        f"of it, {first}{end}"
    )


def _state(t):
    return f"h{subscript(t)}"


def _listed(numbers):
    words = [str(n) for n in numbers]
    if len(words) == 1:
        return f"column {words[0]}"
    return f"columns {', '.join(words[:-1])} and {words[-1]}"


def _shares(ax, s, middle, values, cmap, full, *, current, ahead):
    """Shares at time s as a column of tiles, the first on top; covered while ahead.

    Covered, not left out: then the frames of a flipbook differ in a few lines only.
    """
    height, left = CELL * len(values), s - WIDTH / 2
    y = np.linspace(middle - height / 2, middle + height / 2, len(values) + 1)
    lines = {"edgecolors": GRID, "linewidth": 0.8, "clip_on": False}
    ax.pcolormesh(
        [left, left + WIDTH], y, values[::-1, None], cmap=cmap, vmin=0, vmax=full, **lines
    )
    _cover(ax, s, middle, WIDTH, height, current, ahead)


def _state_block(ax, s, middle, values, *, current, ahead):
    """The state of time s as signed squares, six or eight in a column; covered while ahead."""
    rows = min(len(values), 8)
    columns, cell = len(values) // rows, min(STATE / rows, 0.64 * rows / len(values))
    row, column = np.divmod(np.arange(len(values)), columns)
    x = s + cell * (column - (columns - 1) / 2)
    y = middle + cell * ((rows - 1) / 2 - row)
    width, height = max(cell * columns, WIDTH / 2), cell * rows
    boxes(ax, s, middle, width, height, ec=GRID, lw=0.8)
    squares(ax, x, y, values, side=0.84 * cell, limit=1, color=HIDDEN)
    _cover(ax, s, middle, width, height, current, ahead)


def _cover(ax, s, middle, width, height, current, ahead):
    """A thick outline round what is current, a lid on what is ahead."""
    apart = 0.07 if current else 0.02
    box = {"fc": "none", "ec": INK, "lw": 2.6} if current else {"fc": "none", "ec": "none"}
    box = {"fc": PAPER, "ec": (GREY, FADED), "lw": 1.2, "ls": (0, (2, 2))} if ahead else box
    boxes(ax, s, middle, width + 2 * apart, height + 2 * apart, zorder=3, **box)


def _arrows(ax, s, heights, middles, current, ahead):
    """The three arrows of time s, through U, W and V; those of the current step say so."""
    half = [height / 2 + 0.12 for height in heights]
    ends = {
        "U": ((s, middles[0] + half[0]), (s, middles[1] - half[1]), INPUT, (0.22, 0)),
        "W": ((s - 0.67, middles[1]), (s - 0.34, middles[1]), HIDDEN, (0, half[1] + 0.1)),
        "V": ((s, middles[1] + half[1]), (s, middles[2] - half[2]), OUTPUT, (0.22, 0)),
    }
    for name, (start, end, color, offset) in ends.items():
        patch = FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12 if current else 8,
            lw=2.6 if current else 1.2,
            color=(GREY, FADED) if ahead else color,
            shrinkA=0,
            shrinkB=0,
            zorder=4,
        )
        ax.add_patch(patch)
        if current:
            at = np.add(start, end) / 2 + offset
            ax.text(*at, f"${name}$", color=color, fontsize=17, ha="center", va="center", zorder=5)


def _names(ax, s, middles, heights):
    band, name, color = (0, f"$x_{s}$", INPUT) if s else (1, "$h_0$", HIDDEN)
    below = middles[band] - heights[band] / 2 - 0.14
    ax.text(s, below, name, color=color, ha="center", va="top", fontsize=16)


def _leaders(ax, classes, middle, C):
    """The largest probability of each step framed, and a line of steps from frame to frame."""
    times = np.arange(1, len(classes) + 1)
    y = middle + CELL * (C / 2 - classes - 0.5)
    boxes(ax, times, y, WIDTH, CELL, ec=INK, lw=2, zorder=5)
    for s, (one, other) in zip(times, pairwise(y), strict=False):
        x = [s + WIDTH / 2, s + 0.5, s + 0.5, s + 1 - WIDTH / 2]
        ax.plot(x, [one, one, other, other], color=INK, lw=2, zorder=5)


def _thumbnail(ax, x, t, middle):
    """The digit itself, with the row that is being read outlined."""
    T, D = x.shape
    side = 0.98 / D
    left, top = -0.62, middle + side * T / 2
    ax.pcolormesh(
        left + side * np.arange(D + 1),
        top - side * np.arange(T + 1),
        x,
        cmap=INK_IN,
        vmin=0,
        vmax=1,
        clip_on=False,
    )
    row = (left - 0.06, top - side * t - 0.03)
    ax.add_patch(Rectangle(row, 0.98 + 0.12, side + 0.06, fc="none", ec=INK, lw=2, zorder=3))


def _true_class(ax, label, middle, classes):
    """The name of the outputs, and which of their entries is the true class."""
    height = middle + CELL * (classes / 2 - label - 0.5)
    ax.text(0.6, height, f"true: {label} ▸", ha="right", va="center")
    ax.text(-0.05, middle - 0.35, r"$\hat{y}_t$", color=OUTPUT, ha="center", fontsize=17)
