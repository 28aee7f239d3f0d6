"""The gradient of V as a sum of outer products, one for each time step, and what it is not."""

import numpy as np
from matplotlib.patches import Rectangle

from unrolled.figures.base import GREY, HIDDEN, SIGNAL, matrix, number, subscript
from unrolled.svg import INK, term

SIZE = 13  # points


def slabs(fig, e, t):
    """The tensor ∂z_t/∂V as C slabs, each weighted with an entry of e_t, and their sum.

    e: (C,) the error signal of step t.
    """
    C = len(e)
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, C + 1), ylim=(C + 0.9, -1.5))
    ax.set_axis_off()
    state = f"h_{t}^\\top"
    for i, value in enumerate(e):
        join = "" if i == 0 else "− " if value < 0 else "+ "
        _stack(ax, i, [f"${state}$" if j == i else "0" for j in range(C)], [i], HIDDEN)
        ax.text(
            i + 0.5, -1, f"$\\partial z_{{{t},{i + 1}}}/\\partial V$", ha="center", fontsize=SIZE
        )
        weight = f"{join}{number(abs(value) if i else value)} ×"
        ax.text(i + 0.5, -0.3, weight, ha="center", va="center", color=SIGNAL, fontsize=SIZE)
    rows = [f"{number(value)} ${state}$" for value in e]
    _stack(ax, C, rows, range(C), SIGNAL)
    ax.text(C + 0.5, -0.3, "$=$", ha="center", va="center", fontsize=SIZE + 3)
    ax.text(C + 0.5, -1, "sum", ha="center", fontsize=SIZE)
    ax.text(C + 0.5, C + 0.5, f"$e_{t} {state}$", ha="center", va="center", fontsize=SIZE + 1)
    return (
        f"One slab of the tensor for each logit: row i of slab i is the hidden state, every other "
        f"row is 0. Weighted with the entries of e{subscript(t)} and added, the "
        f"slabs fill one row each; the sum is a column times a row."
    )


def _stack(ax, column, texts, lit, color):
    """Rows of one slab, from top to bottom, the lit ones filled."""
    for j, text in enumerate(texts):
        box = Rectangle((column + 0.06, j + 0.05), 0.88, 0.9, ec=GREY, lw=1, fc="none")
        if j in lit:
            box.set(fc=(color, 0.3), ec=color, lw=1.8)
        ax.add_patch(box)
        ax.text(column + 0.5, j + 0.5, text, ha="center", va="center", fontsize=SIZE)


def rank_one(fig, t, T, e, h, term, total):
    """e_t down the side, h_tᵀ along the top, their products between them; below, the sum so far.

    t: the time step, of T; e: (C,); h: (H,);
    term: (C, H) the products; total: (C, H) the sum over 1…t.
    """
    C, H = term.shape
    unit = 1 / (H + 2.5)  # one square, as a share of the figure's width
    tall = unit * fig.get_figwidth() / fig.get_figheight()
    left, step = 2.1 * unit, (C + 1.2) * tall

    def axes(column, bottom, columns, rows):
        return fig.add_axes((column, bottom, columns * unit, rows * tall))

    top = 0.03 + step
    style = {"limit": 1, "size": SIZE, "color": SIGNAL}
    matrix(axes(left, 0.03, H, C), total, **style)
    matrix(axes(left, top, H, C), term, **style)
    matrix(axes(left - 1.15 * unit, top, 1, C), e, **style)
    matrix(axes(left, top + (C + 0.15) * tall, H, 1), h[None, :], **style | {"color": HIDDEN})

    side, middle = left - 1.3 * unit, left + H / 2 * unit
    write = {"ha": "right", "va": "center", "fontsize": SIZE + 2}
    fig.text(side, top + C / 2 * tall, f"$e_{t}$", color=SIGNAL, **write)
    fig.text(left - 0.2 * unit, top + (C + 0.65) * tall, f"$h_{t}^\\top$", color=HIDDEN, **write)
    sign = f"$e_{t} h_{t}^\\top$ added" if t > 1 else "$e_1 h_1^\\top$ begins the sum"
    fig.text(middle, 0.03 + (C + 0.55) * tall, sign, ha="center", va="center", fontsize=SIZE)
    fig.text(
        side + 1.1 * unit,
        0.03 + C / 2 * tall,
        "sum\nso far",
        linespacing=1.3,
        **write | {"fontsize": SIZE},
    )

    i, m = np.unravel_index(np.argmax(np.abs(term)), term.shape)
    rank = np.linalg.matrix_rank(total)
    now = subscript(t)
    end = ": all of ∂L/∂V." if t == T else "."
    return (
        f"t = {t}: each square of the upper table is an entry of e{now}, on its left, times one of "
        f"h{now}, above it; the largest is "
        f"({number(e[i])}) · ({number(h[m])}) ≈ {number(term[i, m])}. The lower table now sums "
        f"{t} {'terms' if t > 1 else 'term'} and has rank {rank}{end}"
    )


def pairs(fig, sizes):
    """All products e_s h_tᵀ as a grid: those of Eq. 1 on the diagonal, the misreading's elsewhere.

    sizes: (T, T), the norm of e_s h_tᵀ in row s, column t.
    """
    T = len(sizes)
    ax = fig.add_axes((0.13, 0.03, 0.84, 0.84))
    for (s, t), size in np.ndenumerate(sizes):
        kept = s == t
        square = Rectangle(
            (t + 0.06, s + 0.06), 0.88, 0.88,
            fc=(SIGNAL, 0.35) if kept else "none", ec=INK if kept else GREY,
            lw=2.2 if kept else 1.2, ls="-" if kept else (0, (3, 2)),
        )  # fmt: skip
        text = ax.text(t + 0.5, s + 0.5, f"{size:.2f}", ha="center", va="center", fontsize=SIZE)
        for part in (ax.add_patch(square), text):
            term(part, "kept" if kept else "stray")
    for t in range(T):
        ax.text(
            t + 0.5,
            -0.08,
            f"$h_{t + 1}^\\top$",
            ha="center",
            va="bottom",
            fontsize=SIZE + 1,
            color=HIDDEN,
        )
        ax.text(
            -0.1, t + 0.5, f"$e_{t + 1}$", ha="right", va="center", fontsize=SIZE + 1, color=SIGNAL
        )
    ax.set(xlim=(0, T), ylim=(T, 0), aspect="equal")
    ax.set_axis_off()
    return (
        f"Norms of the {T * T} products eₛhₜᵀ that (Σe)(Σh)ᵀ adds up. Only the {T} filled ones, "
        f"where the error and the state are of the same time, belong to ∂L/∂V; "
        f"the {T * T - T} dashed ones do not."
    )
