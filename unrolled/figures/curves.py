"""Measured curves on logarithmic axes: the error of a derivative, and what a loose limit hides."""

import numpy as np

from unrolled.figures.base import GREY, IMPLICIT, SIGNAL
from unrolled.svg import INK

# Told apart by mark and dash as well as by colour, in the order the curves are given.
STYLES = (
    {"color": SIGNAL, "marker": "s", "linestyle": (0, (4, 2))},
    {"color": INK, "marker": "o", "linestyle": "-"},
    {"color": IMPLICIT, "marker": "^", "linestyle": (0, (1, 1.4))},
    {"color": GREY, "marker": "D", "linestyle": (0, (6, 2, 1, 2))},
)


def loglog(ax, x, curves, *, xlabel, ylabel, limits=(), side="right"):
    """Curves over one x on two logarithmic axes, with horizontal lines at the limits.

    x: (n,) positive; curves: {label: (n,) positive}; limits: (height, label) pairs;
    side: "left" or "right", where the limits' labels stand.
    """
    for (label, y), style in zip(curves.items(), STYLES, strict=False):
        ax.loglog(x, y, label=label, markersize=4.5, linewidth=1.6, markevery=2, **style)
    for height, label in limits:
        ax.axhline(height, color=GREY, linewidth=0.8, zorder=0)
        ax.annotate(
            label, (float(side == "right"), height), xycoords=("axes fraction", "data"),
            xytext=(3 if side == "left" else 0, 3), textcoords="offset points",
            ha=side, va="bottom",
        )  # fmt: skip
    ax.minorticks_off()
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.figure.legend(loc="outside upper left", ncols=len(curves), columnspacing=1.4)


def v_curve(fig, steps, errors):
    """The error of numeric derivatives against the step.

    steps: (n,) step sizes; errors: {method: (n,) relative errors}, 0 drawn at the axis.
    """
    ax = fig.subplots()
    shown = {method: np.maximum(error, 1e-17) for method, error in errors.items()}
    limits = [(2.0**-53, "rounding of one number")]
    loglog(ax, steps, shown, xlabel="step $h$", ylabel="relative error", limits=limits)
    ax.set_ylim(4e-18, 2)
    read = "Read from right to left, towards small steps."
    return " ".join([read, *(_arms(name, steps, error) for name, error in errors.items())])


def hidden_slips(fig, sizes, errors, loose, strict):
    """The error of wrong formulas on inputs that hide the mistake more and more.

    sizes: (n,) how far the input is from one that hides it; errors: {formula: (n,)};
    loose, strict: two limits of a check.
    """
    ax = fig.subplots()
    limits = [
        (loose, f"a loose limit, {_power(loose)}"),
        (strict, f"this book's limit, {_power(strict)}"),
    ]
    xlabel = "distance $s$ from an input that hides the slip"
    loglog(ax, sizes, errors, xlabel=xlabel, ylabel="error of the slip", limits=limits, side="left")
    ax.set_ylim(1e-13, 30)
    passed = ", ".join(
        f"“{name}” up to s = {sizes[error < loose].max():.2g}"
        for name, error in errors.items()
        if (error < loose).any()
    )
    falling = [name for name, error in errors.items() if (np.diff(error) > 0).all()]
    below = sum(int((error < strict).sum()) for error in errors.values())
    subject = {1: "The wrong formula comes", 2: "Both wrong formulas come"}.get(
        len(falling), f"{len(falling)} wrong formulas come"
    )
    those = "it" if len(falling) == 1 else "them"
    under = "lies below every point here" if below == 0 else f"lets {below} points pass"
    return (
        f"{subject} closer to the right one as their input comes closer to one that hides the "
        f"slip. A limit of {_power(loose)} lets {those} pass well before that ({passed}); the "
        f"book's limit of {_power(strict)} {under}."
    )


def _arms(name, steps, error):
    """What one curve of `v_curve` does, from the largest step to the smallest, to whole powers.

    Single points near the bottom depend on the processor; the two arms do not, and they cross
    where the curve turns.
    """
    top = np.log10(steps) > -2.6
    slope = round(np.polyfit(np.log10(steps[top]), np.log10(error[top]), 1)[0])
    start = f"The error of “{name}” falls {10**slope}-fold when the step is ten times smaller"
    if error[0] < 100 * error.min():
        return (
            f"{start}, down to less than {_power(10 * error[:10].max(), np.ceil)}, and stays there."
        )
    truncation = np.median(error[top] / steps[top] ** slope)
    left = steps < steps[error.argmin()] / 10
    rounding = np.median(error[left] * steps[left])
    turn = (rounding / truncation) ** (1 / (slope + 1))
    return (
        f"{start}; at a step of about {_power(turn)}, and an error of about "
        f"{_power(truncation * turn**slope)}, it turns and rises."
    )


def _power(value, whole=np.round):
    """The nearest power of ten, as 1e-8."""
    return f"1e{int(whole(np.log10(value)))}"
