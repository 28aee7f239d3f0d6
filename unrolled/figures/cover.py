"""The picture on the cover: one signal, walked back as far as you like."""

from unrolled.figures.base import IMPLICIT, SIGNAL, number, subscript
from unrolled.figures.graph import unrolled
from unrolled.svg import GRID

WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"]


def how_far_back(fig, steps, norms):
    """The path from the last loss to W, `steps` steps back, its formula and its size.

    steps: 0…T−1; norms: (T+1,) the length of dL_T/dW's part of step k at [k], row 0 unused.
    """
    T = len(norms) - 1
    k = T - steps
    states = [("h", t) for t in range(T, k - 1, -1)]
    ax = fig.add_axes((0.0, 0.34, 1.0, 0.66))
    lit = {("L", T), ("y", T), ("h", k - 1), *states}
    unrolled(ax, T, lit=lit, current=("h", k), back=[("L", T), ("y", T), *states])
    fig.text(0.5, 0.24, _formula(T, k), ha="center", size=17)
    ax = fig.add_axes((0.06, 0.09, 0.88, 0.07))
    ax.set(xlim=(0, 1.15 * max(norms[1:])), ylim=(0, 1), xticks=[], yticks=[])
    ax.set_axis_off()
    ax.barh([0.5], [max(norms[1:])], height=1, fc="none", ec=GRID)
    ax.barh([0.5], [norms[k]], height=1, color=SIGNAL if k == T else IMPLICIT)
    ax.text(norms[k], 0.5, f"  {number(norms[k])}", va="center", size=14)
    return _sentence(T, k, norms)


def _formula(T, k):
    back = " ".join(rf"D_{s} W^\top" for s in range(k, T))
    return rf"$[\,{back}\,D_{T} V^\top e_{T}\,]\;h_{k - 1}^\top$"


def _sentence(T, k, norms):
    if k == T:
        return (
            f"What the loss of step {T} says to W at step {T} itself has the length "
            f"{number(norms[k])}. How far back does it reach?"
        )
    steps = f"{WORDS[T - k]} step{'s' * (T - k > 1)}"
    return (
        f"{steps.capitalize()} back: the signal of L{subscript(T)} meets Wᵀ and a slope D "
        f"{steps.replace(' step', ' more time')} before it reaches W at step {k}. This part of the "
        f"gradient has the length {number(norms[k])}, that of step {T} had {number(norms[T])}."
    )
