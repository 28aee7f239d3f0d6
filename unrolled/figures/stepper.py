"""Code that runs, a line a frame: the line, what it changed, and the edge of the graph it walks."""

import numpy as np
from matplotlib.patches import Rectangle

from unrolled.figures.base import HIDDEN, INPUT, OUTPUT, SIGNAL, matrix, number, subscript
from unrolled.figures.graph import unrolled
from unrolled.svg import GRID, INK

# What a line of the sweep that sets this name does on the graph, at time t
WALKS = {
    "dh": lambda t: (
        [("L", t), ("y", t), ("h", t)],
        f"the signal of L{subscript(t)} goes down to h{subscript(t)}",
    ),
    "da": lambda t: ([("h", t)], f"the slope of tanh at step {t} scales it"),
    "dU": lambda t: ([("h", t), ("x", t)], f"step {t} adds its part to dU"),
    "dW": lambda t: ([("h", t), ("h", t - 1)], f"step {t} adds its part to dW"),
    "dV": lambda t: ([("y", t), ("h", t)], f"step {t} adds its part to dV"),
    "from_later": lambda t: ([("h", t), ("h", t - 1)], f"Wᵀ takes it back to h{subscript(t - 1)}"),
}
COLORS = {"dU": INPUT, "dW": HIDDEN, "dV": OUTPUT}
WIDTH, LINE = 4.8, 0.2  # inches: of a picture, and from one line of code to the next


def size(run):
    """(width, height) in inches of a picture of `run`."""
    return WIDTH, LINE * len(run.lines) + 3.2


def sweep_step(fig, moment, run):
    """One moment of a backward sweep that was recorded.

    moment: 1…n, which of run.moments; run: a `stepper.Run` of a sweep over the book's network
    whose local names are t, dh, da, from_later, and any of dU, dW, dV; its result is the last
    values of these.
    """
    line, changed, names = run.moments[moment - 1]
    total, t = fig.get_figheight(), names.get("t")
    T = max(m.names["t"] for m in run.moments if "t" in m.names)
    place = _inches(fig)
    code = LINE * len(run.lines)
    _code(fig.add_axes(place(0.1, total - 0.05 - code, WIDTH - 0.15, code)), run.lines, line)
    vectors = [name for name in ("dh", "da", "from_later") if name in _all_names(run)]
    for i, name in enumerate(vectors):
        now = name in changed
        value = names.get(name)
        text = "" if value is None else f"({', '.join(map(number, value))})"
        said = {"size": 12, "color": SIGNAL if now else INK, "weight": "bold" if now else "normal"}
        fig.text(0.1 / WIDTH, (2.75 - 0.22 * i) / total, f"{name}  {text}", **said)
    _sums(fig, place, run, names, changed)
    walk, words = [], ""
    if t is not None and changed[0] in WALKS:
        walk, words = WALKS[changed[0]](t)
        words = "; " + words
    ax = fig.add_axes(place(0.05, 0, 3.4, 1.95))
    lit = {(name, s) for s in range(t or T + 1, T + 1) for name in "xhyL"} | {("h", (t or 1) - 1)}
    weight = changed[0] in COLORS
    unrolled(ax, T, lit=lit, current=list(walk), back=() if weight else walk)
    return _sentence(run, line, changed, names, words)


def _code(ax, lines, current):
    ax.set(xlim=(0, 1), ylim=(len(lines), 0))
    ax.set_axis_off()
    ax.add_patch(Rectangle((0, current), 1, 1, fc=GRID, ec="none", alpha=0.5))
    for i, text in enumerate(lines):
        here = i == current
        said = {"family": "DejaVu Sans Mono", "size": 10.5, "va": "center", "parse_math": False}
        ax.text(0.01, i + 0.5, "▸" if here else "", **said)
        ax.text(0.04, i + 0.5, text, color=SIGNAL if here else INK, **said)


def _sums(fig, place, run, names, changed):
    """The gradients so far, as squares, beside the graph."""
    sums = [name for name in ("dU", "dW", "dV") if name in _all_names(run)]
    results = run.result if isinstance(run.result, tuple) else (run.result,)
    for i, (name, last) in enumerate(zip(sums, results, strict=True)):
        ax = fig.add_axes(place(3.5, 0.1 + (len(sums) - 1 - i), 1.2, 0.7))
        value = names.get(name, np.zeros_like(last))
        matrix(ax, value, limit=np.abs(last).max(), text=False, title=name, color=COLORS[name])
        if name in changed:
            ax.title.set_weight("bold")


def _all_names(run):
    return {name for m in run.moments for name in m.names}


def _sentence(run, line, changed, names, words):
    t = f", t = {names['t']}" if "t" in names else ""
    became = " and ".join(f"{name} {_value(names[name])}" for name in changed)
    return f"Line {line + 1}{t}: {became}{words}."


def _value(value):
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return f"becomes ({', '.join(map(number, value))})"
    if isinstance(value, np.ndarray):
        return f"has the norm {number(np.linalg.norm(value))}"
    return f"is {value}"


def _inches(fig):
    """A function from a place in inches, (left, bottom, width, height), to parts of the figure."""
    width, total = fig.get_size_inches()
    return lambda x, y, w, h: (x / width, y / total, w / width, h / total)
