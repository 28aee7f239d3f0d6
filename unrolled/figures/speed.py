"""Measured times beside one another, on one logarithmic axis."""

from unrolled.figures.base import GREY, HIDDEN, INPUT, OUTPUT, SIGNAL
from unrolled.svg import GRID, INK

STYLES = {  # told apart by mark as well as by colour
    "matrix products alone": (GREY, "_"),
    "plain NumPy": (HIDDEN, "s"),
    "JAX jit": (OUTPUT, "^"),
    "PyTorch nn.RNN": (INPUT, "D"),
    "double sum": (SIGNAL, "v"),
}


def beside(fig, sizes, times, machine):
    """The time of each method at each size, in units of the package's.

    sizes: names, in order; times: {method: {size: (lower quartile, median, upper quartile)}},
    drawn if `STYLES` has the method; machine: where the times were measured.
    """
    ax = fig.subplots()
    ax.axhline(1, color=INK, lw=1.6)
    ax.annotate(
        "the package", (0, 1), xycoords=("axes fraction", "data"), xytext=(3, 3),
        textcoords="offset points",
    )  # fmt: skip
    for i, (method, (color, marker)) in enumerate(STYLES.items()):
        known = [(k, *times[method][s]) for k, s in enumerate(sizes) if s in times[method]]
        at, low, middle, high = zip(*known, strict=True)
        at = [k + 0.12 * (i - 2) for k in at]
        ax.vlines(at, low, high, color=color, lw=1.6)
        ax.plot(at, middle, marker, color=color, ms=8, mew=2, label=method)
    ax.set_yscale("log")
    ax.set_yticks([0.25, 0.5, 1, 2, 5, 10, 20, 50], ["¼", "½", "1", "2", "5", "10", "20", "50"])
    ax.minorticks_off()
    ax.set_xticks(range(len(sizes)), sizes)
    ax.set_xlim(-0.6, len(sizes) - 0.4)
    ax.set_ylabel("time (1: the package)")
    ax.grid(axis="y", color=GRID, lw=0.6)
    ax.figure.legend(loc="outside upper left", ncols=3, columnspacing=0.8, fontsize=12)
    ranges = ", ".join(
        f"{method} {min(m):.2g} to {max(m):.2g}"
        for method in ("matrix products alone", "plain NumPy", "JAX jit", "PyTorch nn.RNN")
        for m in [[middle for _, middle, _ in times[method].values()]]
    )
    return (
        f"Median times for the loss and all gradients, with quartiles, in units of the package's "
        f"own at that size: {ranges}. Measured on {machine}."
    )
