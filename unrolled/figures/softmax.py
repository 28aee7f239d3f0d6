"""Softmax and cross-entropy: the outputs as bars, and tables of derivatives, class by class."""

from matplotlib.patches import Rectangle

from unrolled.figures.base import OUTPUT, SIGNAL, matrix, number, rounded, subscript
from unrolled.svg import INK, term

SIZE = 13  # points


def jacobian(fig, z, y_hat, J, k):
    """Bars of ŷ beside the table of ∂ŷ_i/∂z_k, with the column of the turned logit framed.

    z, y_hat: (C,); J: (C, C); k: the turned logit's class, 0…C−1.
    """
    C = len(z)
    bars = fig.add_axes((0.05, 0.2, 0.38, 0.68))
    drawn = bars.bar(range(C), y_hat, width=0.66, color=OUTPUT, alpha=0.45, edgecolor=OUTPUT)
    drawn[k].set(alpha=None, edgecolor=INK, linewidth=2.4)
    for i, value in enumerate(y_hat):
        bars.text(i, value + 0.03, f"{value:.2f}", ha="center", fontsize=SIZE)
    bars.set(ylim=(0, 1.12), yticks=[], xlim=(-0.6, C - 0.4))
    bars.spines["left"].set_visible(False)
    names = [f"$\\hat{{y}}_{i + 1}$\n{number(v, 0)}" for i, v in enumerate(z)]
    bars.set_xticks(range(C), names, fontsize=SIZE, linespacing=1.4)
    bars.tick_params(length=0)
    fig.text(0.03, 0.035, "$z$", fontsize=SIZE + 1)
    bars.set_title("outputs", color=OUTPUT)

    heat = fig.add_axes((0.54, 0.04, 0.44, 0.72))
    matrix(heat, rounded(J), limit=0.25, size=SIZE, color=OUTPUT)
    frame(heat, k, 0, 1, C)
    label_sides(heat, C, row=r"$\hat{y}_%d$", column="$z_%d$")
    fig.text(
        0.76, 0.9, r"$\partial \hat{y}_i / \partial z_k$", ha="center", color=OUTPUT, fontsize=SIZE
    )

    own, away = J[k, k], J[:, k].sum() - J[k, k]
    name = subscript(k + 1)
    setting = f"z{name} = {number(z[k], 0)} gives ŷ{name} = {y_hat[k]:.2f}."
    if own < 0.02:
        return (
            f"{setting} That is nearly {round(y_hat[k])}, so the framed column is nearly 0: "
            f"turning z{name} a little moves hardly anything."
        )
    return (
        f"{setting} The framed column is what turning z{name} does: per unit, ŷ{name} itself moves "
        f"by {y_hat[k]:.3f} · {1 - y_hat[k]:.3f} = {number(own, 3)} "
        f"and the others together by {number(away, 3)}."
    )


def terms(fig, table, e, label):
    """The terms (∂L/∂ŷ_i)(∂ŷ_i/∂z_k) as a table, row i and column k, above their column sums.

    table: (C, C); e: (C,) the column sums; label: the name of the label, "class 2" or "soft".
    """
    C = len(e)
    parts = fig.add_axes((0.12, 0.34, 0.6, 0.54))
    matrix(parts, rounded(table), limit=1, size=SIZE, color=SIGNAL)
    for k in range(C):
        term(frame(parts, k, k, 1, 1), "same")
    label_sides(parts, C, row="$i=%d$", column="$k=%d$")
    sums = fig.add_axes((0.12, 0.06, 0.6, 0.18))
    matrix(sums, rounded(e[None, :]), limit=1, size=SIZE, color=SIGNAL)
    fig.text(0.42, 0.275, "sum of each column", ha="center", color=SIGNAL, va="center")
    fig.text(0.75, 0.15, r"$\hat{y}_k - y_k$", color=SIGNAL, va="center", fontsize=SIZE + 1)
    fig.text(0.75, 0.61, "framed: $i=k$\nothers: $i\\neq k$", va="center", linespacing=1.6)

    signal = ", ".join(number(v) for v in e)
    if label == "soft":
        return (
            "A soft label: every row has terms, those with i = k on the diagonal and those with "
            f"i ≠ k beside it; the columns still sum to ŷ − y = ({signal})."
        )
    i = int(label.split()[-1])
    return (
        f"The true class is {i}, so only row {i} is not 0. Its framed entry is the case i = k; the "
        f"others are the case i ≠ k, and all that the other logits hear. Sums: ({signal})."
    )


def frame(ax, column, row, width, height):
    """A thick outline just inside some squares of a matrix, which it returns."""
    corner, size = (column + 0.04, row + 0.04), (width - 0.08, height - 0.08)
    return ax.add_patch(Rectangle(corner, *size, fill=False, ec=INK, lw=2.4, zorder=4))


def label_sides(ax, C, row, column):
    """Write a label beside each row and above each column of a C × C matrix."""
    for i in range(C):
        ax.text(-0.12, i + 0.5, row % (i + 1), ha="right", va="center", fontsize=SIZE)
        ax.text(i + 0.5, -0.12, column % (i + 1), ha="center", va="bottom", fontsize=SIZE)
