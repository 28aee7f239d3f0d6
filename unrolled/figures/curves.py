"""Measured curves on logarithmic axes: the error of a derivative, and what a loose limit hides."""

import numpy as np

from unrolled.figures.base import GREY, IMPLICIT, SIGNAL
from unrolled.svg import GRID, INK

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
        ax.axhline(height, color=GRID, linewidth=1.4, zorder=0)
        ax.annotate(
            label, (float(side == "right"), height), xycoords=("axes fraction", "data"),
            xytext=(3 if side == "left" else 0, 3), textcoords="offset points",
            ha=side, va="bottom",
        )  # fmt: skip
    ax.minorticks_off()
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.figure.legend(loc="outside upper left", ncols=len(curves), fontsize=12, columnspacing=1.4)


def v_curve(fig, steps, errors):
    """The error of numeric derivatives against the step.

    steps: (n,) step sizes; errors: {method: (n,) relative errors}, 0 drawn at the axis.
    """
    fig.set_layout_engine("constrained")
    ax = fig.subplots()
    shown = {method: np.maximum(error, 1e-17) for method, error in errors.items()}
    limits = [(2.0**-53, "rounding of one number")]
    loglog(ax, steps, shown, xlabel="step $h$", ylabel="relative error", limits=limits)
    ax.set_ylim(4e-18, 2)
    return (
        "Read from right to left, towards small steps: the forward difference improves down to "
        "about 1e-8 and then gets worse again; the central difference falls twice as steeply, "
        "turns at about 1e-5 and climbs the same slope; the complex step falls like the central "
        "difference, reaches the rounding of a single number, and stays there."
    )


def hidden_slips(fig, sizes, errors, loose, strict):
    """The error of wrong formulas on inputs that hide the mistake more and more.

    sizes: (n,) how far the input is from one that hides it; errors: {formula: (n,)};
    loose, strict: two limits of a check.
    """
    fig.set_layout_engine("constrained")
    ax = fig.subplots()
    limits = [(loose, "a loose limit, 1e-2"), (strict, "this book's limit, 1e-12")]
    xlabel = "distance $s$ from an input that hides the slip"
    loglog(ax, sizes, errors, xlabel=xlabel, ylabel="error of the slip", limits=limits, side="left")
    ax.set_ylim(1e-13, 30)
    passed = ", ".join(
        f"“{name}” up to s = {sizes[error < loose].max():.2g}" for name, error in errors.items()
    )
    return (
        "Both wrong formulas come closer to the right one as their input comes closer to one that "
        f"hides the slip. A limit of 1e-2 lets them pass well before that ({passed}); the "
        "book's limit of 1e-12 lies below every point here."
    )
