"""The two uses of an LSTM's state, what a gate leaves of a signal, and what delays it learns."""

import numpy as np

from unrolled.figures.base import GREY, HIDDEN, IMPLICIT, OUTPUT, SIGNAL, arrow, node
from unrolled.figures.gradients import LAG, power
from unrolled.svg import INK

STATE = r"$\Vert\partial\,\mathrm{state}_T/\partial\,\mathrm{state}_{T-n}\Vert$"
HUES = {"plain": (INK, "s"), "GRU": (OUTPUT, "^"), "LSTM": (SIGNAL, "o")}
SHIFT = {"plain": 0.95, "GRU": 1.0, "LSTM": 1.05}  # so that error bars do not cover each other


def two_uses(fig, way):
    """Two steps of an LSTM: the state that is kept, and the way round by what is shown.

    way: "kept", "shown" or "both", which of the two ways from s_{t-1} to s_t is drawn whole.
    """
    ax = fig.add_axes((0, 0, 1, 1))
    kept, shown = way != "shown", way != "kept"
    before, after, gates = (1.0, 2.2), (5.0, 2.2), (3.9, 0.75)
    h_before, h_after = (1.9, 0.75), (5.9, 0.75)
    gap = {"gap": 0.42, "width": 2.4}
    arrow(ax, before, after, SIGNAL, faded=not kept, **gap)
    for start, end in ((before, h_before), (h_before, gates), (gates, after)):
        arrow(ax, start, end, IMPLICIT, dashed=True, faded=not shown, **gap)
    arrow(ax, after, h_after, HIDDEN, gap=0.42, faded=True)
    for xy, label in (
        (before, "$s_{t-1}$"),
        (after, "$s_t$"),
        (h_before, "$h_{t-1}$"),
        (h_after, "$h_t$"),
        (gates, "$i,f,n$"),
    ):
        node(ax, xy, label, HIDDEN, radius=0.38)
    write = {"fontsize": 14, "ha": "center"}
    ax.text(3.0, 2.38, "kept: $\\mathrm{diag}(f_t)$", color=SIGNAL if kept else GREY, **write)
    ax.text(0.75, 1.35, "shown:\n$S_{t-1}$", color=IMPLICIT if shown else GREY, **write)
    ax.text(2.9, 0.9, "$W$", color=IMPLICIT if shown else GREY, **write)
    ax.text(3.95, 1.55, "$A_t$", color=IMPLICIT if shown else GREY, **write)
    ax.set(xlim=(0.1, 6.4), ylim=(0.3, 2.75), aspect="equal")
    ax.set_axis_off()
    return {
        "kept": (
            "From one cell state to the next, the way that is kept: one factor, the forget gate, "
            "and no matrix. The way round, through what is shown, is held fixed."
        ),
        "shown": (
            "The way round: the cell state is shown as h at step t − 1, goes through W into the "
            "gates i, f and n of step t, and through these into the next cell state."
        ),
        "both": (
            "The cell state of step t − 1 has two uses: it is kept, times the forget gate (solid), "
            "and it is shown, and so goes through W into the gates of step t (dashed). The total "
            "derivative is the sum of both ways."
        ),
    }[way]


def bias(fig, network, value, norms, kept, plain):
    """Norms of a gated network's state Jacobian at one bias of f, beside the gates alone.

    network: its name; value: the bias; norms: (n, T+1), a row for each sequence;
    kept: (T+1,) the largest product of f's, the middle of the sequences;
    plain: (n, T+1) the same norms for a plain network.
    """
    ax = fig.subplots()
    lags = np.arange(norms.shape[1])
    ax.axhline(1, color=GREY, lw=0.8, zorder=0)
    many = [None] * (len(norms) - 1)
    ax.semilogy(plain.T, color=GREY, lw=1.0, ls=(0, (1, 1.4)), label=["plain", *many])
    ax.semilogy(norms.T, color=SIGNAL, lw=1.2, label=[network, *many])
    ax.semilogy(kept, color=HIDDEN, lw=2, ls=(0, (5, 2)), label="the gates $f$ alone")
    ax.set(xlabel=LAG, ylabel=STATE, xlim=(0, lags[-1]), ylim=(1e-13, 1e2))
    fig.legend(loc="outside upper left", ncols=3, columnspacing=1.2)
    end = np.median(norms[:, -1])
    rate, gate = end ** (1 / lags[-1]), kept[-1] ** (1 / lags[-1])
    return (
        f"{network}, forget bias {value:.1f}. After {lags[-1]} steps the middle norm is "
        f"{power(end)}, a factor of about {rate:.2f} a step; the gates alone, in the unit that "
        f"keeps best, leave {power(kept[-1])}, {gate:.2f} a step. The plain network's middle norm "
        f"is {power(np.median(plain[:, -1]))}."
    )


def delays(fig, found):
    """Accuracy against the delay, the middle of the seeds and the quartiles.

    found: {(network, start): {T: (n,) accuracies}}; a network's second start is whole.
    """
    ax = fig.subplots()
    ax.axhline(50, color=GREY, lw=0.8, zorder=0)
    first = set()
    for (network, start), by_delay in found.items():
        (hue, mark), hollow = HUES[network], network not in first
        first.add(network)
        T = np.array(list(by_delay))
        low, middle, high = (
            100
            * np.array(
                [np.quantile(accuracy, (0.25, 0.5, 0.75)) for accuracy in by_delay.values()]
            ).T
        )
        ax.errorbar(
            T * SHIFT[network],
            middle,
            (middle - low, high - middle),
            color=hue,
            marker=mark,
            mfc="none" if hollow else hue,
            ls=(0, (1, 1.6)) if hollow else "-",
            capsize=3,
            label=f"{network}, {start}",
        )
    ax.set(xscale="log", xlabel="delay $T$ (steps)", ylabel="accuracy (%)", ylim=(44, 101))
    ax.set_xticks(T, [str(t) for t in T])
    ax.minorticks_off()
    fig.legend(loc="outside upper left", ncols=2, columnspacing=1.2)
    said = [
        f"{network}, {start}: " + ", ".join(f"{100 * np.median(a):.0f}" for a in by.values())
        for (network, start), by in found.items()
    ]
    return (
        f"Middle accuracy in per cent at the delays {', '.join(map(str, T))} (50 is guessing): "
        + "; ".join(said)
        + "."
    )
