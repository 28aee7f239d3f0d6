"""Feed-forward layers: the signal going back, what a product costs, and a kernel's positions."""

import numpy as np
from matplotlib.patches import Rectangle

from unrolled.figures.base import GREY, HIDDEN, IMPLICIT, INPUT, SIGNAL, SIGNED, arrow, matrix, node
from unrolled.svg import INK

GAP = 2.0  # between two factors, in matrix cells; a layer's node stands above it
NODES, NAMES, SHAPES, PRODUCT = 5.6, -4.2, -5.3, -8.6  # heights of the rows of `signal_back`


def signal_back(fig, back, factors, signals):
    """The row (f_K − y)ᵀ times the Jacobians of `back` layers, each with its shape under it.

    back: how many Jacobians are multiplied, 0…K;
    factors: (f_K − y)ᵀ as (1, n_K), then the Jacobians of layers K…1, (n_ℓ, n_{ℓ-1});
    signals: the K+1 rows ∂L/∂f_K … ∂L/∂f_0.
    """
    fig.set_layout_engine("none")  # a fixed place: quicker, and the frames stand still
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


def kernel_positions(fig, position, image, signal, parts):
    """The kernel at one of its positions, and the parts that all positions so far have added.

    position: 1…P, along the rows; image: (m, n) what the kernel reads;
    signal: (p, q) ∂L/∂z at every position, P = p·q; parts: (p, q, r, s) what each adds to ∂L/∂w.
    """
    (rows, columns), (r, s) = signal.shape, parts.shape[2:]
    row, column = divmod(position - 1, columns)
    part = np.round(parts[row, column], 2) + 0.0  # + 0.0: no −0.00
    total = np.round(parts.reshape(-1, r, s)[:position].sum(axis=0), 2) + 0.0
    fig.set_layout_engine("none")  # fixed places: quicker, and the frames stand still
    edges = {"left": 0.02, "right": 0.98, "bottom": 0.02, "top": 0.93}
    axes = fig.subplots(2, 2, gridspec_kw=edges)
    matrix(axes[0, 0], image, text=False, title="image $x$", color=INPUT)
    axes[0, 0].add_patch(Rectangle((column, row), s, r, fill=False, ec=INK, lw=3))
    order = np.arange(rows * columns).reshape(rows, columns)
    so_far = np.where(order < position, signal, np.nan)
    limit = np.abs(signal).max()
    title = r"signal $\partial L/\partial z$"
    matrix(axes[0, 1], so_far, limit=limit, text=False, title=title, color=SIGNAL)
    axes[0, 1].add_patch(Rectangle((column, row), 1, 1, fill=False, ec=INK, lw=3))
    title = f"its part: {signal[row, column]:.2f} × window".replace("-", "−")
    matrix(axes[1, 0], part, limit=np.abs(parts).max(), title=title, color=SIGNAL, size=12)
    everything = np.abs(parts.reshape(-1, r, s).cumsum(axis=0)).max()
    title = r"sum so far: $\partial L/\partial w$" if position == rows * columns else "sum so far"
    matrix(axes[1, 1], total, limit=everything, title=title, color=SIGNAL, size=12)
    words = (
        f"Position {position} of {rows * columns} (row {row + 1}, column {column + 1}): the window "
        f"times its signal {signal[row, column]:.2f} is added, and the middle entry of the sum is "
        f"now {total[r // 2, s // 2]:.2f}."
    )
    if position == rows * columns:
        words += " Every position has added its part: the sum is the gradient."
    return words.replace("-", "−")


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
        number = f"{value:.2f}".replace("-", "−")
        place = (left + wide / 2, PRODUCT + 0.85)
        ax.text(*place, number, ha="center", va="center", color="#10181f")
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
