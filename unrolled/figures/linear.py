"""The linear backward pass: rounds of a scan, kept states, a block matrix, and six roads."""

import numpy as np

from unrolled.figures.base import (
    FADED,
    GREY,
    HIDDEN,
    IMPLICIT,
    OUTPUT,
    SIGNAL,
    boxes,
    squares,
    subscript,
)
from unrolled.svg import GRID, INK

ROADS = {  # the mark, the colour, and where the name stands: points from the mark, alignment
    "double sum": ("s", SIGNAL, (0, 15), "center"),
    "sweep": ("o", HIDDEN, (0, -16), "center"),
    "RTRL": ("^", IMPLICIT, (10, 0), "left"),
    "scan": ("D", OUTPUT, (0, -16), "center"),
    "checkpoints": ("v", INK, (-10, 0), "right"),
    "tape": ("X", GREY, (10, 0), "left"),
}


def scan_rounds(fig, r, T):
    """How far each row's map reaches after r rounds, and what a sweep knows after as many steps.

    r: 0…⌈log₂ T⌉; T: the number of steps.
    """
    known = {}
    for left, title, reach in (
        (0.09, f"scan, after round {r}" if r else "scan, at the start", 2**r),
        (0.585, f"sweep, after step {r}" if r else "sweep, at the start", None),
    ):
        ax = fig.add_axes((left, 0.2, 0.4, 0.7))
        t = np.arange(1, T + 1)
        if reach:
            end, done = np.minimum(t + reach - 1, T), t + reach > T
        else:
            end, done = np.where(t >= T - r, T, t), t >= T - r
        known[title[:4]] = done
        width = end - t + 0.8
        middle = (end + t) / 2
        for chosen, color in ((done, SIGNAL), (~done, GREY)):
            bars = (middle[chosen], t[chosen], width[chosen], np.full(chosen.sum(), 0.7))
            boxes(ax, *bars, ec=color, lw=1.3, **({"fc": color} if color == SIGNAL else {}))
        ax.set(xlim=(0.4, T + 0.6), ylim=(T + 0.6, 0.4), title=title)
        ax.set(xlabel="steps that the map of $g_t$ covers")
        ax.set_xticks(range(1, T + 1), [str(i) if i % 3 == 1 else "" for i in range(1, T + 1)])
        ax.set_yticks(range(1, T + 1), [str(i) if reach else "" for i in range(1, T + 1)])
    fig.axes[0].set_ylabel("row $t$")
    scan, sweep = (int(known[name].sum()) for name in ("scan", "swee"))
    if r == 0:
        return (
            f"At the start each of the {T} maps takes the signal over its own step. Only the last "
            "needs no signal from later: g" + subscript(T) + " is known."
        )
    return (
        f"After round {r} each row of the scan reaches over {2**r} steps, or to the end: "
        f"{scan} of the {T} signals are known (filled). After {r} step{'s' if r > 1 else ''} the "
        f"sweep knows {sweep}."
    )


def price(fig, widths, matrices, diagonals, T):
    """Measured time of the scan over that of a loop, against the number of units.

    widths: (n,); matrices, diagonals: (n,) ratios; T: the number of steps.
    """
    ax = fig.subplots()
    ax.axhline(1, color=GREY, lw=0.8)
    ax.text(widths[0], 1.12, "as long as the loop", color=INK)
    for name, ratios, color, mark, style in (
        ("full matrices", matrices, IMPLICIT, "s", (0, (4, 2))),
        ("diagonals", diagonals, SIGNAL, "o", "-"),
    ):
        ax.loglog(widths, ratios, color=color, marker=mark, ls=style, lw=1.6, ms=5, label=name)
    ax.set(xlabel="hidden units $H$", ylabel="time of scan / loop")
    ax.set_xticks(widths, [str(n) for n in widths])
    ax.minorticks_off()
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside upper left", ncols=2)
    faster = max(n for n, ratio in zip(widths, matrices, strict=True) if ratio < 1)
    return (
        f"Measured over {T} steps on one core. With full matrices the scan is quicker than the "
        f"loop up to {faster} units; at {widths[-1]} units it takes {matrices[-1]:.0f} times as "
        f"long. With diagonals it stays quicker throughout: {diagonals[0]:.2f} of the loop's time "
        f"at {widths[0]} unit, {diagonals[-1]:.2f} at {widths[-1]}."
    )


def segments(fig, K, T, held):
    """The states that are kept with K segments, and how many that is for every K.

    K: of this frame; T: the number of steps; held: {K: the most states held at one time}.
    """
    strip, ax = fig.add_axes((0.03, 0.76, 0.94, 0.2)), fig.add_axes((0.13, 0.17, 0.84, 0.5))
    heads = [rows[0] for rows in np.array_split(np.arange(T), K)]
    last = np.arange(heads[-1] + 1, T + 1)
    rest = np.setdiff1d(np.arange(T + 1), [*heads, *last])
    boxes(strip, np.array(heads), 0.0, 0.9, 1.0, ec=HIDDEN, fc=HIDDEN, lw=0.8)
    boxes(strip, last, 0.0, 0.9, 1.0, ec=HIDDEN, lw=0.8)
    if len(rest):
        strip.plot(rest, 0 * rest, ".", color=GREY, ms=3, alpha=FADED)
    strip.text(-0.5, 0.85, "kept: filled; computed again for the sweep: hollow")
    strip.set(xlim=(-0.7, T + 0.7), ylim=(-1, 1.6), xticks=[], yticks=[])
    strip.set_axis_off()
    sizes = np.array(sorted(held))
    counts = np.array([held[n] for n in sizes])
    ax.plot(sizes, counts, color=HIDDEN, lw=1.6)
    ax.plot(K, held[K], "o", color=HIDDEN, ms=9, mec=INK)
    ax.text(K * 1.15, held[K] + 0.04 * T, str(held[K]), color=INK)
    ax.set_xscale("log", base=2)
    ax.set(xlim=(0.9, T * 1.4), ylim=(0, T * 1.15), xlabel="segments $K$", ylabel="states held")
    ax.set_xticks(sizes, [str(n) for n in sizes])
    ax.minorticks_off()
    ax.spines[["top", "right"]].set_visible(False)
    best = ", the fewest there are" if held[K] == min(held.values()) else ""
    return (
        f"{K} segment{'s' if K > 1 else ''} of {T} steps: {K} state{'s' if K > 1 else ''} kept, "
        f"{len(last)} computed again for the segment that is swept, so {held[K]} at one "
        f"time{best}."
    )


def system(fig, matrix, T):
    """The transposed Jacobian of all constraints, in blocks of one step each.

    matrix: (T·H, T·H).
    """
    n, H = len(matrix), len(matrix) // T
    ax = fig.add_axes((0.08, 0.02, 0.9, 0.9))
    y, x = np.nonzero(np.abs(matrix) > 1e-9)
    values, diagonal = matrix[y, x], x == y
    for chosen, color in ((diagonal, GREY), (~diagonal, HIDDEN)):
        place = (x[chosen] + 0.5, y[chosen] + 0.5)
        squares(ax, *place, values[chosen], side=0.95, limit=np.abs(values).max(), color=color)
    edges = np.arange(0, n + 1, H)
    lines = {"color": GRID, "lw": 0.8, "zorder": 0}
    ax.hlines(edges, 0, n, **lines)
    ax.vlines(edges, 0, n, **lines)
    for t in range(T):
        ax.text((t + 0.5) * H, -0.4, rf"$g_{{{t + 1}}}$", ha="center", va="bottom")
        ax.text(-0.6, (t + 0.5) * H, str(t + 1), ha="right", va="center")
    ax.set(xlim=(0, n), ylim=(n, 0), aspect="equal", xticks=[], yticks=[])
    ax.set_axis_off()
    return (
        f"The matrix of the {n} equations for the {n} entries of the signals, in blocks of {H}: "
        "the identity along the diagonal, one block of −WᵀD beside each, and nothing else. The "
        f"last block row says what g{subscript(T)} is; each row above then needs only the one "
        "below it."
    )


def roads(fig, T, counts):
    """Multiplications against numbers held of each road, with its depth.

    T: the number of steps; counts: {T: {road: (multiplications, numbers held, depth)}}.
    """
    ax = fig.add_axes((0.14, 0.16, 0.83, 0.8))
    for name, (products, held, depth) in counts[T].items():
        mark, color, offset, side = ROADS[name]
        ax.loglog(held, products, mark, color=color, ms=10, mec=INK, mew=0.6)
        ax.annotate(
            f"{name}, {depth}", (held, products), xytext=offset, textcoords="offset points",
            ha=side, va="center", color=INK,
        )  # fmt: skip
    every = [values for each in counts.values() for values in each.values()]
    low, high = np.min(every, axis=0), np.max(every, axis=0)
    ax.set(xlabel="numbers held", ylabel="multiplications")
    ax.set(xlim=(low[1] / 12, high[1] * 2.5), ylim=(low[0] / 4, high[0] * 4))
    ax.minorticks_off()
    ax.spines[["top", "right"]].set_visible(False)
    here = counts[T]
    fewest, shortest, leanest = (min(here, key=lambda road: here[road][i]) for i in (0, 2, 1))
    return (
        f"{T} steps; behind each name its depth. Fewest multiplications: the {fewest}, "
        f"{here[fewest][0]:,}. Least held: {leanest}, {here[leanest][1]:,} numbers. Least depth: "
        f"{shortest}, {here[shortest][2]}."
    )
