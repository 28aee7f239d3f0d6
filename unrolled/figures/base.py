"""The book's visual language: one colour for each quantity, numbers, and the parts of figures."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from unrolled.svg import GRID, INK, PAPER, QUANTITIES

# One colour per quantity, in every chapter; the page has others for a dark page.
INPUT = QUANTITIES["input"]  # x, U and what comes through U
HIDDEN = QUANTITIES["state"]  # a, h, W and what comes through W
OUTPUT = QUANTITIES["output"]  # z, ŷ, V and what comes through V
SIGNAL = QUANTITIES["signal"]  # gradients; the explicit part (solid)
IMPLICIT = QUANTITIES["implicit"]  # the implicit part, through earlier steps (dashed or hatched)
GREY = QUANTITIES["held"]  # held fixed, not yet reached, or of no quantity
FADED = 0.55  # the opacity of lines that step back, in GREY; their labels stay whole


def shades(color):
    """A colour map from nothing to all of a colour, for shares: on any paper 0 is the paper."""
    return LinearSegmentedColormap.from_list(color, [to_rgba(color, 0), color])


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


def boxes(ax, x, y, width, height, **style):
    """Rectangles as one artist: x, y their centres; all four arrays or numbers of one shape."""
    sides = np.broadcast_arrays(x, y, width, height)
    x, y, width, height = (np.ravel(side).astype(float) for side in sides)
    turns = 0.5 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    corners = np.stack([x, y], 1)[:, None] + turns * np.stack([width, height], 1)[:, None]
    codes = [Path.MOVETO, *3 * [Path.LINETO], Path.CLOSEPOLY] * len(x)
    if codes:
        style = {"clip_on": False, "fill": "fc" in style} | style
        ax.add_patch(PathPatch(Path(corners.reshape(-1, 2), codes), **style))


def squares(ax, x, y, values, *, side, limit, color=INK, **style):
    """Signed numbers as squares: area is magnitude, filled positive, hollow negative; 0 is none.

    x, y: their centres; values: of the same shape; side: of the square of the magnitude `limit`;
    color: the quantity's.  NaN is left out.
    """
    x, y, values = np.broadcast_arrays(x, y, values)
    width = side * np.sqrt(np.minimum(np.abs(values) / limit, 1))
    for positive in (True, False):
        chosen = values > 0 if positive else values < 0
        fill = {"fc": color} if positive else {}
        some = (x[chosen], y[chosen], width[chosen], width[chosen])
        boxes(ax, *some, ec=color, lw=1.3, zorder=2, **fill, **style)


def matrix(ax, values, *, limit=None, text=True, title="", color=INK, size=12):
    """Draw a vector (as a column) or matrix as squares, one in each cell, as `squares` has them.

    values: (m,) or (m, n); limit: the magnitude of a full square, default the largest one;
    text: write each number below its square, at `size`; title: above it;
    color: of the quantity.  NaN is left empty.
    """
    values = np.asarray(values, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    limit = limit or np.nanmax(np.abs(values), initial=1e-300)
    y, x = np.indices(values.shape) + 0.5
    there = np.isfinite(values)
    boxes(ax, x[there], y[there], 1, 1, ec=GRID, lw=0.8, zorder=1)
    side, up = (0.54, 0.17) if text else (0.84, 0)
    squares(ax, x, y - up, values, side=side, limit=limit, color=color)
    ax.set(xlim=(0, values.shape[1]), ylim=(len(values), 0), aspect="equal")
    ax.set(xticks=[], yticks=[])  # an axis that is off still lays out its ticks, and takes long
    ax.set_axis_off()
    ax.set_title(title, color=color)
    if text:
        for i, j in np.argwhere(there):
            place, write = (j + 0.5, i + 0.94), {"ha": "center", "va": "bottom"}
            ax.text(*place, number(values[i, j]), fontsize=size, **write)


def node(ax, xy, label, color=INK, *, radius=0.27, current=False, faded=False):
    """A circle with a label; `current` gets a thick outline in ink, `faded` steps back."""
    edge, width = (INK, 3.2) if current else ((GREY, FADED) if faded else color, 1.8)
    ax.add_patch(Circle(xy, radius, fc=PAPER, ec=edge, lw=width, zorder=3))
    write = {"color": GREY if faded else INK, "fontsize": 15, "zorder": 4}
    ax.text(*xy, label, ha="center", va="center", **write)


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
            "color": GREY if faded else color,
            "lw": width,
            "ls": (0, (3, 2)) if dashed else "-",
            "alpha": FADED if faded else 1,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 11,
        },
    )
