"""Descent and its outcome: along a gradient, over epochs, on single digits, over many seeds."""

import numpy as np
from matplotlib.patches import Rectangle

from unrolled.figures.base import FADED, GREY, HIDDEN, OUTPUT, SIGNAL, boxes
from unrolled.figures.forward import INK_IN, SHARE
from unrolled.svg import GRID, INK, PAPER


def along_gradient(fig, alphas, losses, slope):
    """The loss against the learning rate of one step, and the straight line that the slope gives.

    alphas: (n,) learning rates from 0 up; losses: (n,) L(θ − αg); slope: its derivative at 0.
    """
    ax = fig.subplots()
    line = losses[0] + slope * alphas
    shown = line >= losses.min() - 0.15 * np.ptp(losses)
    ax.plot(alphas[shown], line[shown], color=SIGNAL, ls=(0, (4, 2)), label="what the slope says")
    ax.plot(alphas, losses, color=INK, label="the loss after the step")
    best = losses.argmin()
    ax.plot(alphas[best], losses[best], "o", color=INK, ms=9)
    ax.annotate(
        f"lowest at α = {alphas[best]:.2f}",
        (alphas[best], losses[best]),
        xytext=(6, -20),
        textcoords="offset points",
    )
    ax.axhline(losses[0], color=GREY, lw=0.8, zorder=0)
    ax.set_ylim(losses.min() - 0.22 * np.ptp(losses))
    ax.set_xlabel(r"learning rate $\alpha$ of the one step")
    ax.set_ylabel("loss $L$")
    ax.legend(loc="upper left")
    worse = alphas[np.flatnonzero((losses > losses[0]) & (alphas > alphas[best]))[0]]
    return (
        f"The loss after one step, against its learning rate. It starts at {losses[0]:.2f} and "
        f"leaves along the dashed line of slope {slope:.1f}, bends away from it, is lowest near "
        f"α = {alphas[best]:.2f}, and from α = {worse:.2f} on it is higher than before the step."
    ).replace("slope -", "slope −")


def curves(fig, epochs, losses, accuracies, best):
    """Loss and accuracy over the epochs, on training images and on images kept aside.

    epochs: (m,); losses, accuracies: {"training": (m,), "kept aside": (m,)}; best: an epoch.
    """
    upper, lower = fig.subplots(2, sharex=True)
    styles = {
        "training": {"color": GREY, "ls": (0, (4, 2))},
        "kept aside": {"color": OUTPUT, "marker": "o", "ms": 4},
    }
    for name, style in styles.items():
        upper.semilogy(epochs, losses[name], label=name, **style)
        lower.plot(epochs, 100 * accuracies[name], **style)
    at = list(epochs).index(best)
    upper.plot(best, losses["kept aside"][at], "o", ms=12, mfc="none", mec=INK, mew=2)
    upper.set_ylabel("loss")
    lower.set_ylabel("accuracy in %")
    lower.set_xlabel("epoch (one pass over the training images)")
    lower.axhline(95, color=GREY, lw=0.8, zorder=0)
    lower.set_ylim(0, 103)
    fig.legend(loc="outside upper right", ncols=2)
    trained, aside = losses["training"], losses["kept aside"]
    rises = int((np.diff(trained) > 0).sum())
    high = np.minimum(*(accuracies[name] for name in styles)) > 0.9
    since = epochs[len(high) - np.argmin(high[::-1])] if high[-1] else None
    above = f"from epoch {since} on above 90 % on both" if high[-1] else "not above 90 % on both"
    ends = " and ".join(f"{100 * accuracies[name][-1]:.0f} %" for name in styles)
    return (
        f"Above, the loss over {epochs[-1]} epochs. On the training images it goes from "
        f"{trained[0]:.1f} to {trained[-1]:.4f}, and rises in {rises} of the epochs; on the images "
        f"kept aside it is lowest after epoch {best}, at {aside[at]:.3f}, where the ring is, and "
        f"{aside[-1]:.3f} at the end. Below, the accuracy: {above}, at the end {ends}."
    )


def confusion(fig, counts):
    """How often each true class was given each answer.

    counts: (C, C) whole numbers, row = true class, column = answer.
    """
    ax = fig.add_axes((0.13, 0.02, 0.85, 0.85))
    C = len(counts)
    share = counts / counts.sum(axis=1, keepdims=True)
    ax.pcolormesh(share, cmap=SHARE, vmin=0, vmax=1.5, edgecolors=PAPER, linewidth=1.2)
    for (i, k), n in np.ndenumerate(counts):
        if n:
            wrong = i != k
            ax.text(
                k + 0.5,
                i + 0.5,
                str(n),
                ha="center",
                va="center",
                color=SIGNAL if wrong else INK,
                weight="bold" if wrong else "normal",
            )
    ax.invert_yaxis()
    ax.set_aspect("equal")
    ax.set_xticks(np.arange(C) + 0.5, range(C))
    ax.set_yticks(np.arange(C) + 0.5, range(C))
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("answer")
    ax.set_ylabel("true class")
    off = counts - np.diag(np.diag(counts))
    often = [f"{i} read as {k}" for i, k in np.argwhere(off == off.max())] if off.any() else []
    return (
        f"{counts.sum()} test images, each in the row of its true class and the column of the "
        f"answer. {np.trace(counts)} stand on the diagonal, where the two are the same; the other "
        f"{off.sum()}, in bold, lie in {np.count_nonzero(off)} places off it"
        + (f", at most {off.max()} in one: {', '.join(often)}." if off.max() > 1 else ".")
    )


def mistakes(fig, images, labels, answers):
    """Images with their true class and the network's answer.

    images: (n, T, D) in [0, 1], at most eight are drawn; labels, answers: (n,).
    """
    columns = 4
    rows = -(-min(len(images), 8) // columns)
    axes = fig.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    said = []
    for ax, image, label, answer in zip(axes.flat, images, labels, answers, strict=False):
        ax.pcolormesh(image, cmap=INK_IN, vmin=0, vmax=1)
        ax.invert_yaxis()
        ax.set_aspect("equal")
        said.append(f"{label}, read as {answer}")
        ax.set_title(said[-1], fontsize=14)
    height, width = images.shape[1:]
    return (
        f"{len(said)} of the {len(images)} test images that the network got wrong, each of "
        f"{height} by {width} pixels, its true class first: {'; '.join(said)}."
    )


def forming(fig, traces, label):
    """A digit as the axis of time, and beside each of its rows the ten probabilities after it.

    traces: {"every row": …, "last row": …}, Traces of one sequence, by where the network's loss had
    its labels; label: the true class.
    """
    ax = fig.add_axes((0, 0, 1, 1))
    x = traces["every row"].x[1:]
    T, D = x.shape
    ax.pcolormesh(x, cmap=INK_IN, vmin=0, vmax=1, edgecolors=GRID, linewidth=0.8, clip_on=False)
    for t in range(1, T + 1):
        ax.text(-0.3, t - 0.5, str(t), ha="right", va="center")
    often, once = (traces[asked].y_hat[1:] for asked in ("every row", "last row"))
    rows = np.arange(T) + 0.5
    for i in range(often.shape[1]):
        left = D + 1.3 + 1.2 * i
        ax.plot([left, left], [0, T], color=GREY, lw=0.8)
        boxes(ax, left + often[:, i] / 2, rows, often[:, i], 1, fc=(OUTPUT, FADED), lw=0)
        ax.stairs(left + once[:, i], range(T + 1), orientation="horizontal", baseline=None,
                  color=INK, lw=1.6)  # fmt: skip
        ax.text(left + 0.5, -0.3, str(i), ha="center", weight="bold" if i == label else "normal")
    left = D + 1.3 + 1.2 * label
    ax.add_patch(Rectangle((left - 0.1, -1.35), 1.2, T + 1.45, fill=False, ec=INK, lw=2))
    ax.text(left + 0.5, -1.55, "true", ha="center", va="bottom")
    ax.text(-0.3, -0.3, "row", ha="right", va="bottom")
    ax.text(D + 1.3, T + 0.5, "filled: asked at every row", color=OUTPUT, va="top")
    ax.text(D + 1.3, T + 1.5, "line: asked at the last row only", va="top")
    ax.set(xlim=(-1.9, D + 13.4), ylim=(T + 2.6, -2.5), aspect="equal", xticks=[], yticks=[])
    ax.set_axis_off()
    return (
        f"A {label}, row by row. To the network asked at every row, {_leads(often, label)}. "
        f"To the one asked at the last row only, {_leads(once, label)}."
    )


def _leads(shares, label):
    """Which class leads in the end, since which row, what led before, and whether it is right."""
    leads = shares.argmax(axis=1)
    last = leads[-1]
    others = np.flatnonzero(leads != last)
    since = others[-1] + 2 if len(others) else 1
    before = list(dict.fromkeys(map(str, leads[: since - 1])))
    names = " and ".join(filter(None, (", ".join(before[:-1]), *before[-1:])))
    went = f", after {names}," if before else ""
    when = f"from row {since} on" if since < len(leads) else "at the last row"
    right = "right" if last == label else "wrong"
    return f"it is {last} {when}{went} with {shares[-1, last]:.2f} at the end, {right}"


def missing_path(fig, tasks, accuracies, means, halves):
    """Accuracy with the true gradient and with Eq. B's: every seed, and the mean with its interval.

    tasks: names; accuracies: {"true" or "Eq. B": (tasks, seeds)}; means, halves: the same keys,
    (tasks,) mean and half the width of its 95 % interval.  All are shares.
    """
    ax = fig.subplots()
    styles = {
        "true": {"color": HIDDEN, "marker": "o", "label": "true gradient"},
        "Eq. B": {"color": SIGNAL, "marker": "^", "label": "Eq. B: no path through time"},
    }
    for side, (name, style) in zip((-0.17, 0.17), styles.items(), strict=True):
        at = np.arange(len(tasks)) + side
        for seed, values in enumerate(accuracies[name].T):
            spread = 0.012 * (seed - (accuracies[name].shape[1] - 1) / 2)
            ax.plot(
                at + spread, 100 * values, style["marker"], color=style["color"], ms=3, alpha=0.5
            )
        ax.errorbar(
            at, 100 * means[name], 100 * halves[name], fmt=style["marker"], color=style["color"],
            ms=8, capsize=6, elinewidth=2.2, capthick=2.2, label=style["label"],
        )  # fmt: skip
    ax.set_xticks(range(len(tasks)), [task.replace(" of ", "\nof ") for task in tasks])
    ax.set_ylabel("test accuracy in %")
    fig.legend(loc="outside upper left", ncols=2)
    lost = means["true"] - means["Eq. B"]
    parts = "; ".join(
        f"{task}, {100 * a:.1f} against {100 * b:.1f} %"
        for task, a, b in zip(tasks, means["true"], means["Eq. B"], strict=True)
    )
    return (
        f"Mean test accuracy with the true gradient against Eq. B's: {parts}. The bars are 95 % "
        f"intervals of the mean, the small marks single seeds. Eq. B costs most on "
        f"{tasks[int(np.argmax(lost))]}, {100 * lost.max():.0f} points."
    )
