"""The network unrolled in time, with any step, path or part of it picked out."""

from itertools import pairwise

from unrolled.figures.base import GREY, HIDDEN, IMPLICIT, INPUT, OUTPUT, SIGNAL, arrow, node

ROWS = {"x": 0.0, "h": 1.0, "y": 2.0, "L": 3.0}
LABELS = {"x": "$x_{%d}$", "h": "$h_{%d}$", "y": r"$\hat{y}_{%d}$", "L": "$L_{%d}$"}
COLORS = {"x": INPUT, "h": HIDDEN, "y": OUTPUT, "L": SIGNAL}


def place(name, t):
    """Where node `name` of time t stands: "x", "h", "y" or "L", at t = 0…T (only h has t = 0)."""
    return (1.25 * t, ROWS[name])


def unrolled(ax, T, *, lit=None, current=None, back=()):
    """Draw the graph x_t → h_t → ŷ_t → L_t for t = 1…T, with h_{t-1} → h_t.

    lit: a set of nodes (name, t) in full colour, the rest faded (None: all lit);
    current: the node or nodes with a thick outline;
    back: nodes that a gradient passes, in its order, with None between two paths; their arrows
    are drawn against the graph, solid where the signal goes down through the outputs and dashed
    where it goes back in time.
    """
    nodes = [("h", 0)] + [(name, t) for t in range(1, T + 1) for name in ROWS]
    lit = set(nodes) if lit is None else set(lit)
    marked = {current} if current and isinstance(current[0], str) else set(current or ())
    steps = [(end, start) for end, start in pairwise(back) if end and start]
    for start, end, color in _edges(T):
        faded = start not in lit or end not in lit
        if (end, start) not in steps:
            arrow(ax, place(*start), place(*end), color, faded=faded)
    for end, start in steps:
        in_time = end[0] == start[0] == "h"
        color = IMPLICIT if in_time else SIGNAL
        arrow(ax, place(*end), place(*start), color, width=2.6, dashed=in_time)
    for name, t in nodes:
        faded = (name, t) not in lit
        xy, label = place(name, t), LABELS[name] % t
        node(ax, xy, label, COLORS[name], faded=faded, current=(name, t) in marked)
    ax.set_xlim(-0.45, 1.25 * T + 0.45)
    ax.set_ylim(-0.4, 3.4)
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[])  # an axis that is off still lays out its ticks, and takes long
    ax.set_axis_off()


def _edges(T):
    """(start, end, colour) of every arrow of the forward pass."""
    for t in range(1, T + 1):
        yield ("x", t), ("h", t), INPUT
        yield ("h", t - 1), ("h", t), HIDDEN
        yield ("h", t), ("y", t), OUTPUT
        yield ("y", t), ("L", t), GREY
