"""The backward pass in stages, and how far the notes' products are from the gradient."""

import numpy as np

from unrolled.figures.base import (
    GREY,
    HIDDEN,
    INPUT,
    OUTPUT,
    SIGNAL,
    boxes,
    rounded,
    squares,
)
from unrolled.figures.graph import unrolled
from unrolled.svg import GRID, INK

STAGES = 4  # loss to logits, logits to hidden state, through tanh, into the weights
ROWS = {"off": 5.4, "on": 0}  # the lower edge of each sweep's row, in cells
GAP = 1  # between two tables of a row


def backward_stages(fig, moment, sweeps, parts):
    """One stage of the backward pass on the graph, and what has come of it: with the path through
    time and without it, in lockstep.

    moment: 1…4T, four stages for each of t = T…1; sweeps: {"off": …, "on": …}, each the
    Gradients of the pass without and with the path; parts: {"off": …, "on": …}, each
    {"U": (T+1, H, D), "W": (T+1, H, H), "V": (T+1, C, H)}, what step t adds to each gradient.
    """
    T = len(sweeps["on"].e) - 1
    back, stage = divmod(moment - 1, STAGES)
    t = T - back
    arrives = t < T
    _graph(fig.add_axes((0, 0.58, 1, 0.42)), T, t, stage, arrives)
    fig.text(0.5, 0.55, _formula(t, stage, arrives), ha="center", size=15, color=SIGNAL)
    first = t if stage == STAGES - 1 else t + 1  # the steps that have added their part
    ax = fig.add_axes((0, 0, 1, 0.53))
    off = {}
    for path, bottom in ROWS.items():
        ax.text(0.4, bottom + 2, f"path {path}", rotation=90, ha="center", va="center")
        vector = [sweeps[path].e, sweeps[path].dh, sweeps[path].da, sweeps[path].da][stage][t]
        limit = max(np.nanmax(np.abs(values)) for values in sweeps["on"][1:])
        _table(ax, 1.1, bottom, vector[:, None], limit, SIGNAL)
        left = 2.4 + GAP
        for name, color in (("U", INPUT), ("W", HIDDEN), ("V", OUTPUT)):
            truth = getattr(sweeps["on"].params, name)
            total = rounded(parts[path][name][first:].sum(axis=0))
            _table(ax, left, bottom, total, np.abs(truth).max(), color, truth)
            middle = left + truth.shape[1] / 2
            error = np.linalg.norm(getattr(sweeps[path].params, name) - truth)
            error /= np.linalg.norm(truth)
            off[path, name] = "exact" if error < 1e-9 else f"{100 * error:.0f} % off"
            if moment == STAGES * T:
                ax.text(middle, bottom - 0.2, off[path, name], ha="center", va="top")
            if path == "off":
                title = rf"$\partial L/\partial {name}$"
                ax.text(middle, 9.7, title, ha="center", size=17, color=color)
            left += truth.shape[1] + GAP
    ax.text(1.6, 9.7, "signal", ha="center", color=SIGNAL)
    ax.set(xlim=(0, left - GAP + 0.1), ylim=(-1.1, 10.7), aspect="equal", xticks=[], yticks=[])
    ax.set_axis_off()
    return _sentence(t, stage, sweeps, off if moment == STAGES * T else None)


def _table(ax, left, bottom, values, limit, color, truth=None):
    """A table of signed squares, its lower left corner at a point; dashed where `truth` ends."""
    m = len(values)
    row, column = np.indices(values.shape)
    x, y = left + column + 0.5, bottom + (4 - m) / 2 + m - row - 0.5
    boxes(ax, x, y, 1, 1, ec=GRID, lw=0.8)
    squares(ax, x, y, values, side=0.84, limit=limit, color=color)
    if truth is not None:
        side = 0.84 * np.sqrt(np.abs(truth) / limit)
        boxes(ax, x, y, side, side, ec=GREY, lw=1, ls=(0, (2, 1.5)), zorder=1.5)


def left_out(fig, errors):
    """How often each relative error occurred: one row of bars for each product.

    errors: {label: (n,) relative errors}, drawn from the top to the bottom; those above 1.6 are
    counted in the last bar.
    """
    colors, edges = (OUTPUT, HIDDEN, INPUT), np.linspace(0, 1.6, 41)
    axes = fig.subplots(len(errors), 1, sharex=True)
    words = []
    for ax, color, (label, values) in zip(axes, colors, errors.items(), strict=True):
        counts, _ = np.histogram(np.minimum(values, edges[-1]), edges)
        middle = np.median(values)
        ax.stairs(counts, edges, fill=True, color=color, alpha=0.75)
        ax.plot([middle, middle], [0, counts.max()], color=INK)
        said = {"color": color, "ha": "right", "va": "top"}
        ax.text(1.6, 1.4 * counts.max(), f"{label}: median {middle:.2f}", **said)
        ax.set_ylim(0, 1.45 * counts.max())
        words.append(f"{label}: median {middle:.2f}, {np.sum(values < 0.1)} networks under 0.1")
    axes[1].set_ylabel("networks")
    axes[-1].set_xlabel("relative error: ‖product − gradient‖ / ‖gradient‖")
    return f"Relative errors over {len(values)} random networks. " + "; ".join(words) + "."


def _graph(ax, T, t, stage, arrives):
    down = [("L", t), ("y", t), ("h", t)][: 2 if stage == 0 else 3]
    in_time = [None, ("h", t + 1), ("h", t)] if arrives and stage == 1 else []
    lit = {(name, s) for s in range(t, T + 1) for name in "xhyL"} | {("h", t - 1)}
    current = [("y", t), ("h", t), ("h", t), None][stage]
    if stage == STAGES - 1:
        current = [("x", t), ("h", t - 1), ("h", t)]
    unrolled(ax, T, lit=lit, current=current, back=down + in_time if stage < 2 else ())


def _formula(t, stage, arrives):
    after = rf" \;(+\; W^\top\,\partial L/\partial a_{t + 1})" if arrives else ""
    return [
        rf"$\partial L/\partial z_{t} = \hat{{y}}_{t} - y_{t} = e_{t}$",
        rf"$\partial L/\partial h_{t} = V^\top e_{t}{after}$",
        rf"$\partial L/\partial a_{t} = (1 - h_{t}^2) \odot \partial L/\partial h_{t}$",
        rf"$+\;(\partial L/\partial a_{t})\,x_{t}^\top \quad "
        rf"+\;(\partial L/\partial a_{t})\,h_{t - 1}^\top \quad +\;e_{t}\,h_{t}^\top$",
    ][stage]


def _sentence(t, stage, sweeps, off):
    norm, alone, both = np.linalg.norm, sweeps["off"], sweeps["on"]
    words = f"Time {t}, stage {stage + 1} of {STAGES}: "
    if stage == 0:
        return words + (
            f"the signal at the logits, ŷ − y, has length {norm(both.e[t]):.2f}, "
            "with the path through time and without it."
        )
    if stage == 1:
        words += f"this step's own loss sends back a signal of length {norm(alone.dh[t]):.2f}"
        later = norm(both.dh[t] - alone.dh[t])
        if later == 0:
            return words + "; no later step exists."
        return words + (
            f"; with the path on, what step {t + 1} sends, of length {later:.2f}, is added."
        )
    if stage == 2:
        lengths = (f"from {norm(s.dh[t]):.2f} to {norm(s.da[t]):.2f}" for s in (alone, both))
        return (
            words
            + "the slope of tanh scales each entry; the length goes {} with the path "
            "off, {} with it on.".format(*lengths)
        )
    if off is None:
        return words + f"step {t} adds its outer product to each of the three gradients."
    ends = [
        f"path {path}: ∂L/∂U is {off[path, 'U']}, ∂L/∂W {off[path, 'W']}, ∂L/∂V {off[path, 'V']}"
        for path in ROWS
    ]
    return words + "all steps have been added. With the " + "; with the ".join(ends) + "."
