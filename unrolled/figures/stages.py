"""The backward pass in stages, and how far the notes' products are from the gradient."""

import numpy as np

from unrolled.figures.base import HIDDEN, INPUT, OUTPUT, SIGNAL, matrix
from unrolled.figures.graph import unrolled
from unrolled.svg import INK

STAGES = 4  # loss to logits, logits to hidden state, through tanh, into the weights
PANELS = [  # name, colour, left edge and width as parts of the figure
    ("U", INPUT, 0.01, 0.166),
    ("W", HIDDEN, 0.243, 0.332),
    ("V", OUTPUT, 0.655, 0.332),
]


def backward_stages(fig, path_through_time, moment, sweeps, parts):
    """One stage of the backward pass, on the unrolled graph, and the gradients so far.

    path_through_time: "off" or "on"; moment: 1…4T, four stages for each of t = T…1;
    sweeps: {"off": …, "on": …}, each the Gradients of the pass without and with the path;
    parts: {"off": …, "on": …}, each {"U": (T+1, H, D), "W": (T+1, H, H), "V": (T+1, C, H)},
    what step t adds to each gradient.
    """
    sweep, T = sweeps[path_through_time], len(sweeps["on"].e) - 1
    back, stage = divmod(moment - 1, STAGES)
    t = T - back
    arrives = path_through_time == "on" and t < T
    fig.set_layout_engine("none")  # fixed places: quicker, and the frames stand still
    _graph(fig.add_axes((0.01, 0.49, 0.98, 0.5)), T, t, stage, arrives)
    fig.text(0.5, 0.455, _formula(t, stage, arrives), ha="center", size=14, color=SIGNAL)
    first = t if stage == STAGES - 1 else t + 1  # the steps that have added their part
    done = moment == STAGES * T
    off = {}
    for name, color, left, width in PANELS:
        ax = fig.add_axes((left, 0.06, width, 0.31))
        truth = getattr(sweeps["on"].params, name)
        added = parts[path_through_time][name][first:]
        total = np.round(added.sum(axis=0), 2) + 0.0 if len(added) else np.full(truth.shape, np.nan)
        title = rf"$\partial L/\partial {name}$"
        matrix(ax, total, limit=np.abs(truth).max(), title=title, color=color, size=11)
        ax.title.set_size(17)  # readable on a telephone
        error = np.linalg.norm(getattr(sweep.params, name) - truth) / np.linalg.norm(truth)
        off[name] = "exact" if error < 1e-9 else f"{100 * error:.0f} % off"
        if done:
            fig.text(left + width / 2, 0.01, off[name], ha="center", color=INK)
    return _sentence(t, stage, arrives, sweeps, path_through_time, off if done else None)


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
        ax.text(1.6, 0.9 * counts.max(), label, color=color, ha="right", va="top")
        ax.text(1.6, 0.6 * counts.max(), f"median {middle:.2f}", ha="right", va="top")
        ax.set_ylim(0, 1.05 * counts.max())
        words.append(f"{label}: median {middle:.2f}, {np.sum(values < 0.1)} networks under 0.1")
    axes[1].set_ylabel("networks")
    axes[-1].set_xlabel("relative error: ‖product − gradient‖ / ‖gradient‖")
    return f"Relative errors over {len(values)} random networks. " + "; ".join(words) + "."


def by_scale(fig, scales, low, middle, high, limit):
    """The relative error of Eq. B, summed, against the size of W, and a loose limit.

    scales: (m,) factors on W; low, middle, high: (m,) quantiles; limit: a check's tolerance.
    """
    ax = fig.add_subplot()
    ax.fill_between(scales, low, high, color=HIDDEN, alpha=0.25, lw=0)
    ax.loglog(scales, middle, "o-", color=HIDDEN)
    ax.axhline(limit, color=SIGNAL, ls="--")
    ax.text(scales[-1], 0.8 * limit, "a loose check's limit", color=SIGNAL, ha="right", va="top")
    ax.text(scales[-3], middle[-3] * 4, "Eq. B", color=HIDDEN, ha="right", va="bottom")
    ax.set_xlabel("factor on $W$")
    ax.set_ylabel("relative error")
    ax.grid(True)
    below = scales[middle < limit]
    return (
        f"The error grows in proportion to W: the median is {middle[0]:.4f} at a factor of "
        f"{scales[0]:g} and {middle[-1]:.2f} at {scales[-1]:g}. Up to a factor of {below[-1]:g} it "
        f"lies under a loose check's limit of {limit:g}."
    )


def _graph(ax, T, t, stage, arrives):
    down = [("L", t), ("y", t), ("h", t)][: 2 if stage == 0 else 3]
    in_time = [None, ("h", t + 1), ("h", t)] if arrives and stage == 1 else []
    lit = {(name, s) for s in range(t, T + 1) for name in "xhyL"} | {("h", t - 1)}
    current = [("y", t), ("h", t), ("h", t), None][stage]
    if stage == STAGES - 1:
        current = [("x", t), ("h", t - 1), ("h", t)]
    unrolled(ax, T, lit=lit, current=current, back=down + in_time if stage < 2 else ())


def _formula(t, stage, arrives):
    after = rf" + W^\top\,\partial L/\partial a_{t + 1}" if arrives else ""
    return [
        rf"$e_{t} = \hat{{y}}_{t} - y_{t}$",
        rf"$\partial L/\partial h_{t} = V^\top e_{t}{after}$",
        rf"$\partial L/\partial a_{t} = (1 - h_{t}^2) \odot \partial L/\partial h_{t}$",
        rf"$+\;(\partial L/\partial a_{t})\,x_{t}^\top \qquad "
        rf"+\;(\partial L/\partial a_{t})\,h_{t - 1}^\top \qquad\quad +\;e_{t}\,h_{t}^\top$",
    ][stage]


def _sentence(t, stage, arrives, sweeps, path, off):
    sweep, norm = sweeps[path], np.linalg.norm
    words = f"Time {t}, stage {stage + 1} of {STAGES}, path through time {path}: "
    if stage == 0:
        return words + f"the signal at the logits, ŷ − y, has length {norm(sweep.e[t]):.2f}."
    if stage == 1:
        direct, later = sweeps["off"].dh[t], sweeps["on"].dh[t] - sweeps["off"].dh[t]
        words += f"this step's own loss sends back a signal of length {norm(direct):.2f}"
        if arrives:
            return words + f", and what step {t + 1} sends, of length {norm(later):.2f}, is added."
        return words + (
            ", and no later step exists." if path == "on" else ", and nothing comes from later."
        )
    if stage == 2:
        lengths = f"{norm(sweep.dh[t]):.2f} to {norm(sweep.da[t]):.2f}"
        return words + f"the slope of tanh scales each entry; the length goes from {lengths}."
    if off is None:
        return words + f"step {t} adds its outer product to each of the three gradients."
    return words + (
        f"all steps have been added. ∂L/∂U: {off['U']}; ∂L/∂W: {off['W']}; ∂L/∂V: {off['V']}."
    )
