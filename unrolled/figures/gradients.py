"""How much of a signal is left after n steps back in time, and what clipping does to a step."""

import numpy as np

from unrolled.figures.base import GREY, HIDDEN, IMPLICIT, INPUT, SIGNAL
from unrolled.svg import INK

LAG = "lag $n = T - k$ (steps back in time)"
NORM = r"$\Vert\partial h_T/\partial h_{T-n}\Vert$"

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(value):
    """A positive number as a reader says it: a power of ten rounded to a whole exponent."""
    exponent = str(round(float(np.log10(value))))
    return "1" if exponent == "0" else "10" + exponent.translate(RAISED)


def real_and_random(fig, norms):
    """Norms of the state Jacobian against the lag, one thin curve a sequence.

    norms: {label: (n, T+1)}, two kinds of sequence; column n is ‖∂h_T/∂h_{T−n}‖.
    """
    ax = fig.subplots()
    styles = ({"color": INPUT, "ls": "-"}, {"color": HIDDEN, "ls": (0, (4, 2))})
    for (label, curves), style in zip(norms.items(), styles, strict=True):
        ax.semilogy(curves.T, lw=1.3, label=[label] + [None] * (len(curves) - 1), **style)
    ax.set(xlabel=LAG, ylabel=NORM, xlim=(0, curves.shape[1] - 1))
    fig.legend(loc="outside upper left", ncols=2)
    lags = curves.shape[1] - 1
    ends = {label: power(np.median(c[:, -1])) for label, c in norms.items()}
    said = " and ".join(f"{end} for {label}" for label, end in ends.items())
    return (
        "On a logarithmic axis every curve falls nearly along a straight line, so the norm shrinks "
        f"by about the same factor at each step. After {lags} steps the middle curve is at {said}: "
        "the same weights, but how fast the gradient vanishes depends on what is read."
    )


def radius(fig, rho, norms, largest, *, limits):
    """Measured norms against the lag, beside the bound ‖W‖ⁿ and the power ρⁿ, at one ρ(W).

    rho: spectral radius; norms: (n, T+1), a row for each sequence; largest: ‖W‖;
    limits: of the vertical axis, the same at every ρ.
    """
    ax = fig.subplots()
    lags = np.arange(norms.shape[1])
    ax.axhline(1, color=GREY, lw=0.8, zorder=0)
    ax.semilogy(lags, largest**lags, color=INK, ls=(0, (1, 1.4)), label=r"bound $\Vert W\Vert^n$")
    ax.semilogy(lags, rho**lags, color=GREY, ls=(0, (5, 2)), label=r"$\rho(W)^n$")
    ax.semilogy(norms.T, color=SIGNAL, lw=1.2, label=["measured"] + [None] * (len(norms) - 1))
    ax.set(xlabel=LAG, ylabel=NORM, xlim=(0, lags[-1]), ylim=limits)
    fig.legend(loc="outside upper left", ncols=3, columnspacing=1.2)
    end = norms[:, -1]
    rate = np.median(end) ** (1 / lags[-1])
    return (
        f"Spectral radius ρ(W) = {rho:.2f}, largest singular value ‖W‖ = {largest:.2f}. After "
        f"{lags[-1]} steps the measured norms lie between {power(end.min())} and "
        f"{power(end.max())}; the middle one changes by a factor of about {rate:.2f} a step. The "
        f"bound stands at {power(largest ** lags[-1])}, ρ to the same power at "
        f"{power(rho ** lags[-1])}."
    )


def before_and_after(fig, before, after, first_input, *, lag):
    """Norms against the lag before and after training, and after it against the first input.

    before, after: (B, T+1), a row for each sequence; first_input: (B,) x_1; lag: of the right side.
    """
    left, right = fig.subplots(1, 2, width_ratios=(1.1, 1))
    for norms, color, style, hatch, label in (
        (before, GREY, (0, (4, 2)), "///", "before"),
        (after, SIGNAL, "-", None, "after"),
    ):
        low, middle, high = np.quantile(norms, (0.05, 0.5, 0.95), axis=0)
        lags = np.arange(len(middle))
        left.fill_between(lags, low, high, fc=color, alpha=0.25, hatch=hatch, ec=color, lw=0)
        left.semilogy(lags, middle, color=color, ls=style, label=label)
        mark = "o" if label == "after" else "x"
        right.semilogy(first_input, norms[:, lag], mark, ms=3.5, color=color, alpha=0.7, mew=1)
    left.set(xlabel="lag $n$ (steps)", ylabel=NORM)
    right.set(xlabel="first input $x_1$", title=f"at lag {lag}")
    fig.legend(loc="outside upper left", ncols=2)
    return _before_and_after_sentence(before, after, np.abs(first_input), lag)


def _before_and_after_sentence(before, after, distance, lag):
    """What the two panels show, in words that the last digits of a training run do not change."""
    parts = []
    for when, norms in (("before", before), ("after", after)):
        low, middle, high = np.quantile(norms, (0.05, 0.5, 0.95), axis=0)
        wide = "more" if high[lag] > 5 * low[lag] else "less"
        parts.append(
            f"{when} training the middle norm is about {power(middle[lag - 4])} at lag {lag - 4} "
            f"and {power(middle[lag])} at lag {lag}, where the band between 5 % and 95 % spans "
            f"{wide} than a factor of 5"
        )
    near, far = (distance <= np.quantile(distance, 0.25), distance >= np.quantile(distance, 0.75))
    larger = np.median(after[near, lag]) > np.median(after[far, lag])
    return (
        f"Left: {'; '.join(parts)}. Right, at lag {lag}, after training: the quarter of the "
        "sequences with the first input nearest to 0, the border between the two classes, has the "
        f"{'larger' if larger else 'smaller'} norms, the quarter farthest from it the "
        f"{'smaller' if larger else 'larger'} ones."
    )


def cliff(fig, w, heights, plain, clipped, loss_of):
    """A loss over one weight with a cliff, and two gradient steps from one point.

    w, heights: (n,) the curve; plain, clipped: (before, after) of w; loss_of: w → height.
    """
    ax = fig.subplots()
    ax.plot(w, heights, color=INK, lw=1.6)
    ends = {"start": plain[0], "clipped step": clipped[1], "plain step": plain[1]}
    marks = (("o", INK), ("s", IMPLICIT), ("^", SIGNAL))
    for (label, at), (mark, color) in zip(ends.items(), marks, strict=True):
        ax.plot(at, loss_of(at), mark, color=color, ms=9, label=label, zorder=4)
    for start, end, color, style in (
        (*plain, SIGNAL, (0, (4, 2))),
        (*clipped, IMPLICIT, "-"),
    ):
        ax.plot((start, end), (loss_of(start), loss_of(end)), color=color, ls=style, lw=1.5)
    ax.set(xlabel="weight $w$", ylabel="loss $L(w)$")
    fig.legend(loc="outside upper left", ncols=3, columnspacing=1.2)
    return (
        f"The loss lies in a wide valley that ends in a cliff. From w = {plain[0]:.2f}, on the "
        f"cliff, the plain step follows a very large slope, leaps over the valley and lands at "
        f"w = {plain[1]:.2f}".replace("-", "−")
        + ", where the loss is larger than at the start; "
        f"the clipped step goes the same way but only to w = {clipped[1]:.2f}, in the valley."
    )
