"""The book's visual language: one colour for each quantity, numbers, and the parts of figures."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Circle

from unrolled.svg import INK, PAPER

# One colour per quantity, in every chapter; each is readable on white and on near-black.
GREY = "#8895a3"  # what belongs to no quantity
INPUT = "#d98200"  # x, U and what comes through U
HIDDEN = "#2f7fc1"  # a, h, W and what comes through W
OUTPUT = "#1a9870"  # z, ŷ, V and what comes through V
SIGNAL = "#d1457b"  # gradients; the explicit part (solid)
IMPLICIT = "#8a63d2"  # the implicit part, through earlier steps (dashed or hatched)

ON_SQUARE = "#10181f"  # on the squares of a matrix, which are light on any page

# Signed values: implicit purple to signal magenta would mislead, so blue–white–orange.
SIGNED = LinearSegmentedColormap.from_list("signed", ["#2f7fc1", "#f4f6f8", "#d98200"])


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(n):
    """A whole number below the line, as in h₁₂."""
    return str(n).translate(_SUBSCRIPTS)


def rounded(values, digits=2):
    """Rounded, with no minus before a zero."""
    return np.round(values, digits) + 0.0


def number(value, digits=2):
    """A number with so many digits after the point, and a true minus sign."""
    return f"{rounded(value, digits):.{digits}f}".replace("-", "−")


def matrix(ax, values, *, limit=None, text=True, title="", color=INK, size=10):
    """Draw a vector (as a column) or matrix as coloured squares, its numbers written in them.

    values: (m,) or (m, n); limit: the value of full colour, default the largest magnitude;
    text: write the numbers, at `size`; title: above it, in `color`.
    NaN is left empty.
    """
    values = np.asarray(values, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    limit = limit or np.nanmax(np.abs(values), initial=1e-300)
    lines = {"edgecolors": GREY, "linewidth": 0.5, "clip_on": False}  # the outer lines whole
    ax.pcolormesh(values, cmap=SIGNED, vmin=-limit, vmax=limit, **lines)
    ax.invert_yaxis()
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[])  # an axis that is off still lays out its ticks, and takes long
    ax.set_axis_off()
    ax.set_title(title, color=color)
    if text:
        for (i, j), value in np.ndenumerate(values):
            if np.isfinite(value):
                place, middle = (j + 0.5, i + 0.5), {"ha": "center", "va": "center"}
                ax.text(*place, number(value), fontsize=size, color=ON_SQUARE, **middle)


def node(ax, xy, label, color=INK, *, radius=0.27, current=False, faded=False):
    """A circle with a label; `current` gets a thick outline in ink, `faded` steps back."""
    alpha = 0.25 if faded else 1
    edge, width = (INK, 3.2) if current else (color, 1.8)
    ax.add_patch(Circle(xy, radius, fc=PAPER, ec=edge, lw=width, alpha=alpha, zorder=3))
    ax.text(*xy, label, ha="center", va="center", alpha=alpha, zorder=4, fontsize=14)


def arrow(ax, start, end, color=GREY, *, gap=0.3, width=1.4, dashed=False, faded=False):
    """An arrow between two node centres that stops `gap` short of both."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    unit = (end - start) / np.linalg.norm(end - start)
    ax.annotate(
        "",
        xytext=start + gap * unit,
        xy=end - gap * unit,
        zorder=2,
        arrowprops={
            "arrowstyle": "-|>",
            "color": color,
            "lw": width,
            "ls": (0, (3, 2)) if dashed else "-",
            "alpha": 0.2 if faded else 1,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 11,
        },
    )
