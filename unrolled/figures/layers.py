"""Feed-forward layers: the signal going back, what a product costs, and the parts of a kernel."""

import numpy as np
from matplotlib.patches import Rectangle

from unrolled.figures.base import (
    FADED,
    GREY,
    HIDDEN,
    IMPLICIT,
    INPUT,
    SIGNAL,
    arrow,
    boxes,
    matrix,
    node,
    number,
    rounded,
    shades,
    squares,
)
from unrolled.svg import GRID, INK, PAPER, term

GAP = 2.0  # between two factors, in matrix cells; a layer's node stands above it
NODES, NAMES, SHAPES, PRODUCT = 5.6, -4.2, -5.4, -8.2  # heights of the rows of `signal_back`


def signal_back(fig, back, factors, signals):
    """The row (f_K − y)ᵀ times the Jacobians of `back` layers, each with its shape under it.

    back: how many Jacobians are multiplied, 0…K;
    factors: (f_K − y)ᵀ as (1, n_K), then the Jacobians of layers K…1, (n_ℓ, n_{ℓ-1});
    signals: the K+1 rows ∂L/∂f_K … ∂L/∂f_0.
    """
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xticks=[], yticks=[])
    K = len(factors) - 1
    lefts, left = [], GAP / 2
    for factor in factors:
        lefts.append(left)
        left += factor.shape[1] + GAP
    gaps = [start - GAP / 2 for start in lefts] + [left - GAP / 2]
    places = [(gap, NODES) for gap in gaps]
    for i in range(K + 1):
        reached = i <= back
        ends = (places[i], places[i + 1]) if reached else (places[i + 1], places[i])
        arrow(ax, *ends, SIGNAL if reached else GREY, gap=1.0, width=2.4 if reached else 1.2)
        _factor(ax, factors[i], lefts[i], i, K, reached)
    names = ["$L$"] + [f"$f_{K - i}$" for i in range(K)] + ["$x$"]
    for i, (place, name) in enumerate(zip(places, names, strict=True)):
        color = SIGNAL if i == 0 else INPUT if i == K + 1 else HIDDEN
        node(ax, place, name, color, radius=0.85, current=i == back + 1)
    row = signals[back]
    target = "x" if back == K else f"f_{K - back}"
    title = rf"$\partial L/\partial {target}$   1×{len(row)}"
    _row(ax, row, (gaps[0] + gaps[-1]) / 2, title)
    ax.set_xlim(gaps[0] - 1, gaps[-1] + 1)
    ax.set_ylim(PRODUCT - 2.4, NODES + 1)
    ax.set_aspect("equal")
    ax.set_axis_off()
    shapes = "".join(f"({m}×{n})" for m, n in (factor.shape for factor in factors[: back + 1]))
    return _signal_sentence(back, K, shapes, row)


def costs(fig, widths, from_left, from_right):
    """Multiplications of a row times K square Jacobians, in the two orders, against the width.

    widths: (m,) sizes of the layers; from_left, from_right: (m,) counted multiplications.
    """
    ax = fig.add_subplot()
    ax.loglog(widths, from_right, "s--", color=IMPLICIT)
    ax.loglog(widths, from_left, "o-", color=SIGNAL)
    ax.text(widths[-4], 1.5 * from_right[-4], "from the right", color=IMPLICIT, ha="right")
    ax.text(1.1 * widths[-4], 0.3 * from_left[-4], "from the left", color=SIGNAL, ha="left")
    ax.set_xticks(widths, [str(width) for width in widths])
    ax.minorticks_off()
    ax.set_xlabel("$n$, numbers in each layer")
    ax.set_ylabel("multiplications")
    ax.grid(True)
    ratio = from_right[-1] / from_left[-1]
    return (
        f"Both lines rise with the width, the one from the right more steeply: at width "
        f"{widths[-1]} the row times matrices takes {from_left[-1]:,} multiplications, and "
        f"matrices first take {from_right[-1]:,}, {ratio:.0f} times as many."
    )


def kernel_parts(fig, parts_added, image, signal, parts):
    """The biggest parts of a kernel's gradient: where they come from, and a stack for each entry.

    parts_added: 1…P, how many parts, the biggest first; image: (m, n) what the kernel reads;
    signal: (p, q) ∂L/∂z at every position, P = p·q; parts: (p, q, r, s) what each adds to ∂L/∂w.
    """
    r, s = parts.shape[2:]
    flat = parts.reshape(-1, r * s)
    order = np.argsort(-np.linalg.norm(flat, axis=1), kind="stable")
    gradient = flat.sum(axis=0)
    added = order[:parts_added]
    left, right = fig.add_axes((0.02, 0.51, 0.46, 0.43)), fig.add_axes((0.52, 0.51, 0.46, 0.43))
    _windows(left, image, added, signal.shape[1], (r, s))
    _positions(right, signal, added)
    _stacks(fig.add_axes((0, 0, 1, 0.48)), flat[order], parts_added, (r, s))
    total = rounded(flat[added].sum(axis=0))
    if parts_added == signal.size:
        words = f"All {signal.size} positions have added their part: the marks are the gradient."
    else:
        many = "The biggest part alone makes"
        if parts_added > 1:
            many = f"The {parts_added} biggest of the {signal.size} parts make"
        share = flat[added].sum(axis=0) @ gradient / (gradient @ gradient)
        middle = r // 2 * s + s // 2
        words = (
            f"{many} {100 * share:.0f} % of the gradient; the middle stack stands at "
            f"{total[middle]:.2f} and will end at {gradient[middle]:.2f}."
        )
    return words.replace("-", "−")


def _windows(ax, image, positions, columns, size):
    """The image, a dot in the middle of every window that has added its part, the last framed."""
    ax.pcolormesh(image, cmap=shades(INPUT), vmin=0, vmax=1, edgecolors=GRID, linewidth=0.8)
    matrix(ax, np.zeros_like(image), text=False, title="image $x$", color=INPUT)
    row, column = np.divmod(positions, columns)
    dot = {"color": PAPER, "ms": 5, "mec": INK, "mew": 1.4, "clip_on": False}
    ax.plot(column + size[1] / 2, row + size[0] / 2, "o", **dot)
    ax.add_patch(Rectangle((column[-1], row[-1]), size[1], size[0], fill=False, ec=INK, lw=3))


def _positions(ax, signal, added):
    """The signal at every position; grey where the part has not been added."""
    there = np.isin(np.arange(signal.size), added).reshape(signal.shape)
    title, limit = r"signal $\partial L/\partial z$", np.abs(signal).max()
    shown = np.where(there, signal, 0)
    matrix(ax, shown, limit=limit, text=False, title=title, color=SIGNAL)
    y, x = np.indices(signal.shape) + 0.5
    waiting = np.where(there, 0, signal)
    squares(ax, x, y, waiting, side=0.84, limit=limit, color=GREY, alpha=FADED)


def _stacks(ax, parts, count, size):
    """In each cell of the kernel what the first `count` parts add: to the right what is positive,
    to the left, hollow, the rest; a bar at their sum, a dotted one where that of all will be.
    """
    plus, minus = np.maximum(parts, 0), np.minimum(parts, 0)
    high, low = plus.sum(axis=0).max(), minus.sum(axis=0).min()
    scale, zero = 0.84 / (high - low), 0.08 - 0.84 * low / (high - low)
    row, column = np.divmod(np.arange(parts.shape[1]), size[1])
    origin, y = column + zero, size[0] - row - 0.64
    boxes(ax, column + 0.5, size[0] - row - 0.5, 0.96, 0.92, ec=GRID, lw=0.8)
    boxes(ax, origin, y, 0, 0.44, ec=GREY, lw=0.8)
    for steps, style in ((plus, {"fc": SIGNAL, "ec": PAPER}), (minus, {"ec": SIGNAL})):
        wide = scale * np.abs(steps[:count])
        middle = origin + scale * (steps.cumsum(axis=0)[:count] - steps[:count] / 2)
        drawn = wide > 0
        heights = np.broadcast_to(y, drawn.shape)[drawn]
        boxes(ax, middle[drawn], heights, wide[drawn], 0.3, lw=0.7, **style)
    sums, total = parts[:count].sum(axis=0), parts.sum(axis=0)
    boxes(ax, origin + scale * total, y, 0, 0.5, ec=GREY, lw=2, ls=(0, (1, 1)))
    boxes(ax, origin + scale * sums, y, 0, 0.5, ec=INK, lw=3)
    for x, height, value in zip(origin + scale * sums, y + 0.28, sums, strict=True):
        ax.text(x, height, number(value), ha="center", va="bottom")
    ax.set(xlim=(0, size[1]), ylim=(0, size[0]), xticks=[], yticks=[])
    ax.set_axis_off()


def _factor(ax, values, left, i, K, reached):
    """One factor, centred on height 0, with its name and shape; it steps back until reached."""
    m, n = values.shape
    row, column = np.indices(values.shape)
    x, y = left + column + 0.5, m / 2 - row - 0.5
    quantity = SIGNAL if i == 0 else HIDDEN
    color, alpha = (quantity, 1) if reached else (GREY, FADED)
    before = len(ax.patches)
    boxes(ax, x, y, 1, 1, ec=GRID, lw=0.8)
    squares(ax, x, y, values, side=0.84, limit=np.abs(values).max(), color=color, alpha=alpha)
    for part in ax.patches[before:]:
        term(part, f"factor-{i}")
    name = f"$(f_{K}-y)^\\top$" if i == 0 else f"$D_{K + 1 - i}W_{K + 1 - i}$"
    center, color = left + n / 2, INK if reached else GREY
    for height, words in ((NAMES, name), (SHAPES, f"{m}×{n}")):
        words = ax.text(center, height, words, ha="center", va="center", color=color)
        term(words, f"factor-{i}")


def _row(ax, row, center, title):
    """The product so far, each number below its square."""
    wide = 2.8
    x = center + wide * (np.arange(len(row)) - (len(row) - 1) / 2) + 4
    squares(ax, x, PRODUCT, row, side=1.6, limit=np.abs(row).max(), color=SIGNAL)
    for place, value in zip(x, row, strict=True):
        ax.text(place, PRODUCT - 1, number(value), ha="center", va="top")
    ax.text(x[0] - wide / 2, PRODUCT, title, ha="right", va="center", color=SIGNAL)


def _signal_sentence(back, K, shapes, row):
    size = len(row)
    if back == 0:
        return (
            f"At the loss the signal is the row (f − y)ᵀ, 1×{size}: what L asks of the last layer."
        )
    where = "the input x" if back == K else f"layer {K - back}"
    layers = "1 layer" if back == 1 else f"{back} layers"
    return (
        f"{layers} back, at {where}: {shapes} = 1×{size}. Neighbouring sizes meet and vanish, "
        f"and the signal stays one row, as long as the layer it has reached."
    )
