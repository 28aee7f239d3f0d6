"""The X-ray of a gradient: how often each part of the exact one is counted."""

import numpy as np

from unrolled.figures import base


def triangles(fig, found) -> str:
    """Several fitted triangles side by side, three in a row.

    found: {what it is: weights (T, T)}: [t-1, k-1] how often the part of
    loss t and step k is counted, NaN where there is none.
    """
    rows = -(-len(found) // 3)
    for number, (name, weights) in enumerate(found.items()):
        row, column = divmod(number, 3)
        left, bottom = 0.02 + column / 3, 1 - (row + 1) / rows
        ax = fig.add_axes((left, bottom + 0.02, 0.29, 0.76 / rows))
        base.matrix(ax, 0 * weights, text=False, title=name)
        tint = base.shades(base.SIGNAL)
        ax.pcolormesh(weights, cmap=tint, vmin=0, vmax=2 * np.nanmax(weights), zorder=0.5)
        for i, j in np.argwhere(np.isfinite(weights)):
            middle = {"ha": "center", "va": "center"}
            ax.text(j + 0.5, i + 0.5, f"{weights[i, j]:.0f}", fontsize=12, **middle)
    said = [f"{name}, {int(np.nansum(weights > 0.5))}" for name, weights in found.items()]
    return (
        "Row t is the loss, column k the step of W; a number says how often the part is counted. "
        f"Parts that are there: {'; '.join(said)}."
    )


def confusion(fig, named, groups) -> str:
    """Which slip was planted (down) and which were named (across): a dot for each pair.

    named: {planted: the names that were given}; groups: {its title: the slips in it}, in order.
    """
    order = [slip for slips in groups.values() for slip in slips]
    ax = fig.add_axes((0.18, 0.02, 0.7, 0.7))
    pairs = [(one, other) for one in order for other in sorted(named.get(one, ()))]
    for one, other in pairs:
        same = one == other
        ax.plot(
            order.index(other),
            order.index(one),
            marker="o" if same else "D",
            color=base.HIDDEN if same else base.INPUT,
            markersize=3.5 if same else 5.5,
        )
    n, start = len(order), 0
    for title, slips in groups.items():
        if start:
            ax.axhline(start - 0.5, color=base.GREY, lw=0.6)
            ax.axvline(start - 0.5, color=base.GREY, lw=0.6)
        middle = start + len(slips) / 2 - 0.5
        ax.text(-1.5, middle, title, ha="right", va="center", fontsize=12)
        ax.text(middle, -1.5, title, ha="left", va="bottom", rotation=45, fontsize=12)
        start += len(slips)
    ax.set(xlim=(-1, n), ylim=(n, -1), xticks=[], yticks=[], aspect="equal")
    off = [f"{other} for {one}" for one, other in pairs if one != other]
    return (
        f"{len(order)} slips planted, down, and what was named, across. "
        f"{len(pairs) - len(off)} dots stand on the diagonal; the diamonds beside it are second "
        f"names of one answer: {', '.join(off)}."
    )
