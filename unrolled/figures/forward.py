"""The forward pass: a digit as a sequence, the unrolled graph, and the values that fill it."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyArrowPatch, Rectangle

from unrolled.figures.base import GREY, HIDDEN, INPUT, OUTPUT, SIGNED, number, subscript
from unrolled.figures.graph import place, unrolled
from unrolled.svg import GRID, INK, PAPER

INK_IN = LinearSegmentedColormap.from_list("ink in", ["#f4f6f8", INPUT])  # pixels, 0 to 1
SHARE = LinearSegmentedColormap.from_list(
    "share", ["#f4f6f8", OUTPUT]
)  # probabilities, 0 to ½ and more
CELL = (0.58, 0.25)  # one number of a vector: width and height, where two time steps are 1 apart
GAP = 0.85  # between the vectors of one time step


def digit_rows(fig, x, label):
    """A digit and the order in which its rows are read.

    x: (T, D) pixels in [0, 1]; label: the digit it shows.
    """
    ax = fig.add_axes((0, 0, 1, 1))
    T, D = x.shape
    ax.pcolormesh(x, cmap=INK_IN, vmin=0, vmax=1, edgecolors=GREY, linewidth=0.5)
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
        f"A handwritten {label}: {T} rows of {D} pixels, white for 0 and full colour for 1. "
        f"Row 1, the top one, is the first input; row {T}, at the bottom, is the last."
    )


def three_steps(fig):
    """The graph of three time steps, with the matrix that belongs to each arrow."""
    ax = fig.add_axes((0, 0, 1, 1))
    unrolled(ax, 3)
    for t in (1, 2, 3):
        column, middle = place("h", t)
        ax.text(column + 0.09, middle - 0.5, "$U$", va="center", color=INPUT, fontsize=14)
        ax.text(column - 0.62, middle + 0.08, "$W$", ha="center", color=HIDDEN, fontsize=14)
        ax.text(column + 0.09, middle + 0.5, "$V$", va="center", color=OUTPUT, fontsize=14)
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
    T = len(h) - 1
    middles = _middles(x.shape[1], h.shape[1], y_hat.shape[1])
    _thumbnail(ax, x[1:], t, middles[0])
    for s in range(T + 1):
        vectors = [(h, 1, SIGNED, (-1, 1))]
        if s > 0:
            vectors += [(x, 0, INK_IN, (0, 1)), (y_hat, 2, SHARE, (0, 0.5))]
            _arrows(ax, s, [len(v[s]) for v in (x, h, y_hat)], middles, s == t, s > t)
        for values, band, cmap, span in vectors:
            state = {"current": s == t, "ahead": s > t}
            _vector(ax, s, middles[band], values[s], cmap, span, **state)
        _names(ax, s, middles, x.shape[1], h.shape[1], s > t)
    _true_class(ax, label, middles[2], y_hat.shape[1])
    top = middles[2] + CELL[1] * y_hat.shape[1] / 2
    ax.set_xlim(-0.74, T + 0.45)
    ax.set_ylim(-0.45, top + 0.12)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return _sentence(t, T, x, h, y_hat, label)


def _sentence(t, T, x, h, y_hat, label):
    ink = np.flatnonzero(x[t] > 0.5) + 1
    row = f"has most ink in {_listed(ink)}" if len(ink) else "has little ink"
    guess = int(np.argmax(y_hat[t]))
    says = (
        f"V makes of it ten probabilities, the largest {y_hat[t].max():.2f} for the class {guess}"
    )
    end = (
        f"; the true class, {label}, gets {y_hat[t, label]:.2f}." if guess != label else ", right."
    )
    span = f"from {number(h[t].min())} to {number(h[t].max())}"
    return (
        f"Step {t} of {T}: row {t} {row}. U brings it in, W brings in {_state(t - 1)}, and the new "
        f"state {_state(t)} has entries {span}. {says}{end}"
    )


def _state(t):
    return f"h{subscript(t)}"


def _listed(numbers):
    words = [str(n) for n in numbers]
    if len(words) == 1:
        return f"column {words[0]}"
    return f"columns {', '.join(words[:-1])} and {words[-1]}"


def _middles(*sizes):
    """The height of the middle of each vector when they are stacked with gaps between them."""
    heights = [CELL[1] * size for size in sizes]
    bottoms = [sum(heights[:i]) + GAP * i for i in range(len(sizes))]
    return [bottom + height / 2 for bottom, height in zip(bottoms, heights, strict=True)]


def _vector(ax, s, middle, values, cmap, span, *, current, ahead):
    """A vector of time s as a column of squares, its first entry on top; covered while ahead.

    Covered, not left out: then the frames of a flipbook differ in a few lines only.
    """
    width, height = CELL[0], CELL[1] * len(values)
    left, bottom = s - width / 2, middle - height / 2
    ax.pcolormesh(
        [left, left + width],
        np.linspace(bottom, bottom + height, len(values) + 1),
        values[::-1, None],
        cmap=cmap,
        vmin=span[0],
        vmax=span[1],
        edgecolors=GREY,
        linewidth=0.4,
        clip_on=False,
    )
    # The current one's outline stands a little apart: in dark mode it is as light as the squares.
    apart = 0.07 if current else 0
    box = {"fc": "none", "ec": INK, "lw": 2.6} if current else {"fc": "none", "ec": "none"}
    box = {"fc": PAPER, "ec": GRID, "lw": 1.2, "ls": (0, (2, 2))} if ahead else box
    corner = (left - apart, bottom - apart)
    ax.add_patch(Rectangle(corner, width + 2 * apart, height + 2 * apart, zorder=3, **box))


def _arrows(ax, s, sizes, middles, current, ahead):
    """The three arrows of time s, through U, W and V; those of the current step say so."""
    half = [CELL[1] * size / 2 + 0.12 for size in sizes]
    ends = {
        "U": ((s, middles[0] + half[0]), (s, middles[1] - half[1]), INPUT, (0.22, 0)),
        "W": ((s - 0.66, middles[1]), (s - 0.37, middles[1]), HIDDEN, (0, half[1] + 0.1)),
        "V": ((s, middles[1] + half[1]), (s, middles[2] - half[2]), OUTPUT, (0.22, 0)),
    }
    for name, (start, end, color, offset) in ends.items():
        patch = FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12 if current else 8,
            lw=2.6 if current else 1.2,
            color=GRID if ahead else color,
            shrinkA=0,
            shrinkB=0,
            zorder=4,
        )
        ax.add_patch(patch)
        if current:
            at = np.add(start, end) / 2 + offset
            ax.text(*at, f"${name}$", color=color, fontsize=15, ha="center", va="center", zorder=5)


def _names(ax, s, middles, inputs, hidden, ahead):
    alpha = 0.45 if ahead else 1
    if s == 0:
        below = middles[1] - CELL[1] * hidden / 2 - 0.14
        ax.text(0, below, "$h_0$", color=HIDDEN, ha="center", va="top", fontsize=14)
        return
    below = middles[0] - CELL[1] * inputs / 2 - 0.14
    ax.text(s, below, f"$x_{s}$", color=INPUT, ha="center", va="top", fontsize=14, alpha=alpha)


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
    height = middle + CELL[1] * (classes / 2 - label - 0.5)
    ax.text(0.6, height, f"true: {label} ▸", ha="right", va="center", fontsize=12)
    ax.text(-0.05, middle - 0.35, r"$\hat{y}_t$", color=OUTPUT, ha="center", fontsize=17)
