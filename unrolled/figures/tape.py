"""The tape of a small network, entry by entry: forward fills it, backward walks it."""

import numpy as np
from matplotlib.patches import Rectangle

from unrolled.figures.base import FADED, GREY, HIDDEN, SIGNAL, matrix, subscript
from unrolled.svg import INK, PAPER

STEP = ("$U x_{t}$", "$W h_{s}$", "$+$", "$+\\ b$", r"$\tanh$")
LOSS = (
    "$V h_{t}$",
    "$+\\ c$",
    r"$\exp$",
    r"$\Sigma$",
    r"$\ln$",
    r"$y \odot z$",
    r"$\Sigma$",
    "$-$",
)
SAID = (
    "U x",
    "W h",
    "the sum",
    "the bias b",
    "tanh",
    "V h",
    "the bias c",
    "exp",
    "the sum of the exponentials",
    "the logarithm",
    "y times z",
    "the sum of y times z",
    "the difference, which is L",
)
SIZE = (4.7, 3.5)  # inches
WIDTH, HEIGHT, ACROSS, DOWN = 0.98, 0.3, 1.16, 0.38  # of an entry's box, and from one to the next


def tape(fig, moment, kept, sums):
    """One moment of a tape's way: its entries in order, then the same from the last to the first.

    moment: 1…2n for n entries, five a step and eight for the loss of the last one;
    kept: for each entry whether it stores something; sums: for each entry dW, (H, H), when the way
    back has passed it.
    """
    n, T = len(kept), (len(kept) - len(LOSS)) // len(STEP)
    forward, current = moment <= n, moment - 1 if moment <= n else 2 * n - moment
    ax = fig.add_axes((0, 0, 1, 1), xlim=(0, SIZE[0]), ylim=(SIZE[1], 0), xticks=[], yticks=[])
    ax.set_axis_off()
    for column in range(T + 1):
        said = f"step {column + 1}" if column < T else "loss"
        ax.text(0.57 + ACROSS * column, 0.16, said, ha="center", va="center", fontsize=12)
    for i in range(n):
        column, row = min(i // len(STEP), T), i - len(STEP) * min(i // len(STEP), T)
        written = i <= current or not forward
        passed = not forward and i >= current
        color = SIGNAL if passed else HIDDEN if written else GREY
        holds = kept[i] and written and not (passed and i > current)
        _entry(ax, column, row, _label(i, T), color, i == current, written, holds)
    dW = np.zeros_like(sums[0]) if forward else sums[current]
    box = fig.add_axes((0.3 / SIZE[0], 0.06 / SIZE[1], 0.94 / SIZE[0], 0.94 / SIZE[1]))
    matrix(box, dW, limit=np.abs(sums[0]).max(), text=False, color=HIDDEN)
    before = np.zeros_like(dW) if forward or current == n - 1 else sums[current + 1]
    adds = not forward and not np.array_equal(dW, before)
    said = "$dW$  +=" if adds else "$dW$"
    ax.text(1.36, 2.96, said, color=HIDDEN, va="center", weight="bold" if adds else "normal")
    return _sentence(current, n, T, forward, adds, kept)


def _label(i, T):
    """What entry i computes."""
    t = min(i // len(STEP), T)
    text = STEP[i % len(STEP)] if t < T else LOSS[i - len(STEP) * T]
    return text.replace("{t}", f"{{{min(t + 1, T)}}}").replace("{s}", f"{{{t}}}")


def _entry(ax, column, row, label, color, current, written, holds):
    x, y = 0.08 + ACROSS * column, 0.36 + DOWN * row
    style = {"ec": INK if current else color, "lw": 3 if current else 1.6, "fc": PAPER}
    ax.add_patch(Rectangle((x, y), WIDTH, HEIGHT, alpha=1 if written else FADED, **style))
    ink = INK if written else GREY
    ax.text(x + 0.43, y + 0.16, label, ha="center", va="center", color=ink, fontsize=13)
    ax.add_patch(Rectangle((x + 0.82, y + 0.1), 0.1, 0.1, fc=HIDDEN if holds else PAPER, ec="none"))


def _sentence(current, n, T, forward, adds, kept):
    t, row = divmod(current, len(STEP))
    where = f"of step {t + 1}" if t < T else "of the loss"
    what = SAID[row if t < T else current - len(STEP) * (T - 1)]
    if t < T and row < 2:
        what += subscript(t + 1 - row)
    if forward:
        return (
            f"Forward, entry {current + 1} of {n}: {what} {where} is written down; "
            f"stored so far: by {sum(kept[: current + 1])} of the entries."
        )
    does = f"its part is added to dW, {T - t} of {T}" if adds else "the signal passes it"
    return (
        f"Backward, entry {current + 1} of {n}, {what} {where}: {does}; "
        f"still stored: by {sum(kept[:current])} of the entries."
    )
