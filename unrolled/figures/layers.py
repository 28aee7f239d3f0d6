"""Feed-forward layers: the signal going back, what a product costs, and the parts of a kernel."""

import numpy as np
from matplotlib.patches import Rectangle

from unrolled.figures.base import (
    GREY,
    HIDDEN,
    IMPLICIT,
    INPUT,
    ON_SQUARE,
    SIGNAL,
    SIGNED,
    arrow,
    matrix,
    node,
    number,
    rounded,
)
from unrolled.svg import INK

GAP = 2.0  # between two factors, in matrix cells; a layer's node stands above it
NODES, NAMES, SHAPES, PRODUCT = 5.6, -4.2, -5.3, -8.6  # heights of the rows of `signal_back`
KERNEL_PLACES = (  # image, signal, stack, sum
    (0.02, 0.53, 0.44, 0.4),
    (0.54, 0.53, 0.44, 0.4),
    (0.08, 0.11, 0.38, 0.3),
    (0.54, 0.04, 0.44, 0.38),
)


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
    ax.set_ylim(PRODUCT - 0.2, NODES + 1)
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
    """The biggest parts of a kernel's gradient: where they come from, and their sum as a stack.

    parts_added: 1…P, how many parts, the biggest first; image: (m, n) what the kernel reads;
    signal: (p, q) ∂L/∂z at every position, P = p·q; parts: (p, q, r, s) what each adds to ∂L/∂w.
    """
    r, s = parts.shape[2:]
    flat = parts.reshape(-1, r * s)
    order = np.argsort(-np.linalg.norm(flat, axis=1), kind="stable")
    gradient = flat.sum(axis=0)
    heights = np.append(0, np.cumsum(flat[order] @ gradient / (gradient @ gradient)))
    total = rounded(flat[order[:parts_added]].sum(axis=0).reshape(r, s))
    axes = [fig.add_axes(place) for place in KERNEL_PLACES]
    _windows(axes[0], image, order[:parts_added], signal.shape[1], (r, s))
    added = np.isin(np.arange(signal.size), order[:parts_added]).reshape(signal.shape)
    title, limit = r"signal $\partial L/\partial z$", np.abs(signal).max()
    shown = np.where(added, signal, np.nan)
    matrix(axes[1], shown, limit=limit, text=False, title=title, color=SIGNAL)
    _stack(axes[2], heights, parts_added)
    title = r"sum: $\partial L/\partial w$" if parts_added == signal.size else "sum so far"
    limit = np.abs(gradient).max()
    matrix(axes[3], total, limit=limit, title=title, color=SIGNAL, size=12)
    if parts_added == signal.size:
        words = f"All {signal.size} positions have added their part: the sum is the gradient."
    else:
        many = "The biggest part alone makes"
        if parts_added > 1:
            many = f"The {parts_added} biggest of the {signal.size} parts make"
        words = (
            f"{many} {100 * heights[parts_added]:.0f} % of the gradient; the middle entry of the "
            f"sum is {total[r // 2, s // 2]:.2f}."
        )
    return words.replace("-", "−")


def _windows(ax, image, positions, columns, size):
    """The image, and a dot in the middle of every window that has added its part."""
    matrix(ax, image, text=False, title="image $x$", color=INPUT)
    row, column = np.divmod(positions, columns)
    ax.plot(column + size[1] / 2, row + size[0] / 2, "o", color=INK, ms=5, clip_on=False)
    ax.add_patch(Rectangle((column[-1], row[-1]), size[1], size[0], fill=False, ec=INK, lw=3))


def _stack(ax, heights, count):
    """A step for every part, from where the parts before it end to where it ends."""
    places = np.arange(1, len(heights))
    alpha = np.where(places <= count, 1, 0.25)
    steps = np.diff(heights)
    ax.bar(places, steps, bottom=heights[:-1], width=1, color=[(SIGNAL, a) for a in alpha])
    ax.axhline(1, color=GREY, lw=1.2, ls=(0, (4, 3)), zorder=0)
    ax.set(xlim=(0.5, len(heights) - 0.5), ylim=(0, 1.1), xticks=[1, 12, 24, 36])
    ax.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    ax.set_title("share of the gradient", color=SIGNAL)
    ax.set_xlabel("parts, the biggest first")


def _factor(ax, values, left, i, K, reached):
    """One factor, centred on height 0, with its name and shape; pale until it is reached."""
    m, n = values.shape
    x, y = np.arange(n + 1) + left, m / 2 - np.arange(m + 1)
    limit, alpha = np.abs(values).max(), 1 if reached else 0.25
    ax.pcolormesh(x, y, values, cmap=SIGNED, vmin=-limit, vmax=limit, ec=GREY, lw=0.5, alpha=alpha)
    name = f"$(f_{K}-y)^\\top$" if i == 0 else f"$D_{K + 1 - i}W_{K + 1 - i}$"
    center, color = left + n / 2, INK if reached else GREY
    ax.text(center, NAMES, name, ha="center", va="center", color=color)
    ax.text(center, SHAPES, f"{m}×{n}", ha="center", va="center", color=color)


def _row(ax, row, center, title):
    """The product so far, its numbers written in it."""
    wide, limit = 3.0, np.abs(row).max()
    x = center + wide * (np.arange(len(row) + 1) - len(row) / 2) + 4
    y = [PRODUCT, PRODUCT + 1.7]
    ax.pcolormesh(x, y, row[None], cmap=SIGNED, vmin=-limit, vmax=limit, ec=GREY, lw=0.5)
    for left, value in zip(x, row, strict=False):
        place = (left + wide / 2, PRODUCT + 0.85)
        ax.text(*place, number(value), ha="center", va="center", color=ON_SQUARE)
    ax.text(x[0] - 0.6, PRODUCT + 0.85, title, ha="right", va="center", color=SIGNAL)


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
