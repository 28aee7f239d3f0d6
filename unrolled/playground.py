"""The playground: a network of any size, its exact gradient and a truncated one, in one picture.

Written with NumPy alone, so that the site's page can run it where there is no matplotlib.
"""

import json
import math

import numpy as np

from unrolled.gradcheck import relative_error
from unrolled.matrices import spectral_radius
from unrolled.rnn import bptt, forward, init, loss

SLIDERS = (  # a name of `picture`, what a reader is told, the least, the most, the step
    ("T", "steps T", 1, 20, 1),
    ("H", "units H", 1, 24, 1),
    ("radius", "radius of W", 0.05, 2.5, 0.05),
    ("seed", "seed", 0, 50, 1),
    ("window", "window", 1, 20, 1),
)
LARGEST, MOST = 24, 1000  # rows of a W that is given, and the size of its entries

FAINT, FULL = -4, 1  # the powers of ten that are drawn palest and strongest
SHADES = 20
SIDE = 340  # of a picture, in units of its own
LEFT, TOP, INNER = 58, 30, 262  # where its field begins, and how large it is
SIGNAL, IMPLICIT = "var(--signal, #7D0B42)", "var(--implicit, #45309A)"
RULE, PAPER = "var(--rule, #DDD7C9)", "var(--paper, #FFFDF8)"


def network(T, H, radius, seed, W=None):
    """(params, inputs, h0, labels) for any position of the sliders.

    The spectral radius of W is set by scaling.
    A W that is given, (H, H), stays as it is; ValueError from `square`.
    """
    rng = np.random.default_rng(seed)
    if W is not None:
        W = square(W)
        H = len(W)
    params = init(rng, D=2, H=H, C=3)
    if W is None:
        W = params.W * radius / spectral_radius(params.W)
    inputs, h0 = rng.standard_normal((T, 2)), 0.5 * rng.standard_normal(H)
    labels = np.eye(3)[rng.integers(3, size=T)]
    return params._replace(W=W), inputs, h0, labels


def square(W) -> np.ndarray:
    """W from nested lists, or from a text with a row a line, numbers apart by spaces or commas.

    Raises ValueError if it is no square, has more than LARGEST rows, or an entry beyond ±MOST.
    """
    if isinstance(W, str):
        W = [_numbers(line) for line in W.strip().split("\n")]
    sizes = [len(row) for row in W]
    if not sizes or any(size != len(sizes) for size in sizes):
        rows = "1 row has" if len(sizes) == 1 else f"{len(sizes)} rows have"
        raise ValueError(
            f"W is not square: its {rows} {', '.join(map(str, sizes[:9]))} numbers. "
            "Each row needs as many numbers as there are rows."
        )
    if len(sizes) > LARGEST:
        raise ValueError(f"W has {len(sizes)} rows; at most {LARGEST} are drawn.")
    W = np.asarray(W) * 1.0
    if not (np.abs(W) <= MOST).all():
        raise ValueError(f"W has an entry that is not between −{MOST} and {MOST}.")
    return W


def _numbers(line):
    for mark in "[],;":
        line = line.replace(mark, " ")
    row = []
    for word in line.replace("−", "-").split():
        try:
            row.append(float(word))
        except ValueError:
            raise ValueError(f"“{word[:20]}” is not a number; W needs rows of numbers.") from None
    return row


def text_of(W) -> str:
    """W, (H, H), as a text that `square` reads, rounded to three decimals."""
    return "\n".join(" ".join(f"{entry:.3f}" for entry in row) for row in W.tolist())


def contributions(params, trace, e):
    """Norms of the terms of dL/dW in row t, column k; NaN where k > t.

    Returns (T+1, T+1).  A term is the outer product of the signal at
    a_k and h_{k−1}: its norm is the product of their norms.
    """
    T = len(e) - 1
    norms = np.full((T + 1, T + 1), np.nan)
    lengths, slopes = np.linalg.norm(trace.h, axis=1), 1 - trace.h**2
    signals = e @ params.V  # row t: of the loss L_t at h_k, first at h_t
    for k in range(T, 0, -1):
        da = slopes[k] * signals[k:]  # of the losses from step k on
        norms[k:, k] = np.linalg.norm(da, axis=1) * lengths[k - 1]
        signals[k:] = da @ params.W
    return norms


def picture(T=8, H=5, radius=1.1, seed=0, window=3, W=None) -> str:
    """A figure in HTML: the triangle of parts, the lengths of ∂L/∂h_k, and what they say.

    T, H: sizes, at least 1; radius: the spectral radius of W; seed: of the network; window: after
    how many steps the gradient is cut; W: as for `square`, in place of the radius and H.
    Raises ValueError for a W that is not so.
    """
    params, inputs, h0, labels = network(T, H, radius, seed, W)
    trace = forward(params, inputs, h0)
    exact = bptt(params, trace, labels)
    cut = bptt(params, trace, labels, window=window)
    whole, short = (np.linalg.norm(g.dh, axis=1) for g in (exact, cut))
    off = relative_error(cut.params.W, exact.params.W)
    H = len(params.W)
    radius = radius if W is None else spectral_radius(params.W)
    said = (
        f"T={T}, H={H}, spectral radius {radius:.2f}, seed {seed}: "
        f"the loss is {loss(trace, labels):.3f}. Cut after {window} step{'s' * (window > 1)} "
        f"(crosses), the gradient of W is off by {100 * off:.0f} %."
    )
    here = {"T": T, "H": H, "radius": radius, "seed": seed, "window": window}
    sliders = json.dumps([list(row) + [here[row[0]]] for row in SLIDERS])
    left = _triangle(contributions(params, trace, exact.e), window)
    right = _lengths(whole, short)
    return (
        f"<figure class=\"flipbook playground\" data-sliders='{sliders}'>\n"
        '<div class="flipbook-pieces" '
        'style="display:flex;flex-wrap:wrap;justify-content:center;gap:1rem">\n'
        f"{left}\n{right}\n</div>\n<figcaption>{said}</figcaption>\n</figure>"
    )


def _svg(parts, label):
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
        'style="max-width:100%;height:auto" font-size="15" fill="currentColor">\n'
        + "\n".join(parts)
        + "\n</svg>"
    )


def _text(x, y, text, anchor="middle", turned=False):
    turn = f' transform="rotate(-90 {x:g} {y:g})"' if turned else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turn}>{text}</text>'


def _letter(letter, below=""):
    """A letter of the mathematics, in its own face, with its subscript."""
    face = '<tspan font-family="KaTeX_Math, serif" font-style="italic" '
    low = f'{face}font-size="12" dy="4">{below}</tspan>' if below else ""
    return f'{face}font-size="17">{letter}</tspan>{low}'


def _ten_to(power):
    minus = str(power).replace("-", "−")
    return f'10<tspan dy="-5" font-size="11">{minus}</tspan>'


def _level(norm):
    """How strong a norm is drawn, from 1 to SHADES."""
    share = (math.log10(norm + 1e-12) - FAINT) / (FULL - FAINT)
    return min(max(int(SHADES * share + 0.5), 1), SHADES)


def _opacity(level):
    return f'opacity="{level / SHADES:.2f}"'


def _triangle(norms, window):
    """Row t is a loss, column k a step; the stronger, the larger; a cross where it is cut."""
    T = len(norms) - 1
    side = INNER / T
    cells = [""] * (SHADES + 1)  # a path for each shade
    crosses = ["", ""]  # on pale cells, and on strong ones
    for t in range(1, T + 1):
        for k in range(1, t + 1):
            level = _level(norms[t, k])
            cells[level] += f"M{k} {t}h.96v.96h-.96z"
            if k <= t - window:
                crosses[2 * level > SHADES] += f"M{k}.3 {t}.3l.36.36m0-.36l-.36.36"
    parts = [f'<g transform="translate({LEFT - side:.2f} {TOP - side:.2f}) scale({side:.3f})">']
    for level, path in enumerate(cells):
        if path:
            parts.append(f'<path d="{path}" fill="{IMPLICIT}" {_opacity(level)}/>')
    for ink, path in (("currentColor", crosses[0]), (PAPER, crosses[1])):
        if path:
            parts.append(
                f'<path d="{path}" stroke="{ink}" stroke-width="1.7" '
                'vector-effect="non-scaling-stroke"/>'
            )
    parts.append("</g>")
    for i in _ticks(1, T):
        middle = (i - 0.5) * side
        parts.append(_text(LEFT + middle, TOP + INNER + 19, i))
        parts.append(_text(LEFT - 8, TOP + middle + 5, i, "end"))
    parts.append(_text(LEFT + INNER / 2, SIDE - 8, f"step {_letter('k')} of {_letter('W')}"))
    parts.append(_text(18, TOP + INNER / 2, f"loss {_letter('L', 't')}", turned=True))
    parts += _shades()
    cut = sum(max(t - window, 0) for t in range(1, T + 1))
    label = (
        f"A triangle of the {T * (T + 1) // 2} parts of the gradient of W, one for each loss and "
        f"each step up to it; the stronger its colour, the larger. Crossed out, as cut: {cut}."
    )
    return _svg(parts, label)


def _shades():
    """What the shades of the triangle say, above it."""
    x, parts = LEFT + 150, [_text(LEFT, 18, "norm of a part", "start")]
    parts.append(_text(x - 4, 18, _ten_to(FAINT), "end"))
    for i in range(FAINT, FULL + 1):
        parts.append(
            f'<rect x="{x + 15 * (i - FAINT)}" y="6" width="14" height="14" '
            f'fill="{IMPLICIT}" {_opacity(_level(10.0**i))}/>'
        )
    parts.append(_text(x + 94, 18, "10", "start"))
    return parts


def _lengths(whole, short):
    """The lengths of ∂L/∂h_k on a scale of powers of ten, exact and cut."""
    T = len(whole) - 1
    powers = [math.log10(v) for v in list(whole) + list(short) if v > 0]
    low, high = math.floor(min(powers)), math.ceil(max(powers) + 1e-9)
    high = max(high, low + 1)
    parts = []
    for power in range(low, high + 1, (high - low + 7) // 8):
        y = TOP + INNER * (high - power) / (high - low)
        width = 2 if power == 0 else 1
        parts.append(f'<path d="M{LEFT} {y:.1f}h{INNER}" stroke="{RULE}" stroke-width="{width}"/>')
        parts.append(_text(LEFT - 8, y + 5, _ten_to(power), "end"))
    for values, colour, more in (
        (whole, SIGNAL, ""),
        (short, IMPLICIT, ' stroke-dasharray="7 4"'),
    ):
        points = []
        for k in range(T + 1):
            if values[k] > 0:
                y = TOP + INNER * (high - math.log10(values[k])) / (high - low)
                points.append(f"{LEFT + INNER * k / T:.1f} {y:.1f}")
        line = f'fill="none" stroke="{colour}" stroke-width="2.5"{more}'
        parts.append(f'<path d="M{"L".join(points)}" {line}/>')
        x = LEFT + (120 if more else 0)
        parts.append(f'<path d="M{x} 13h32" {line}/>')
        parts.append(_text(x + 40, 18, "cut" if more else "exact", "start"))
    for k in _ticks(0, T):
        parts.append(_text(LEFT + INNER * k / T, TOP + INNER + 19, k))
    parts.append(_text(LEFT + INNER / 2, SIDE - 8, f"step {_letter('k')}"))
    slope = f"length of ∂{_letter('L')}/∂{_letter('h', 'k')}"
    parts.append(_text(16, TOP + INNER / 2, slope, turned=True))
    return _svg(parts, "The length of ∂L/∂h at every step, exact and, dashed, cut.")


def _ticks(first, T):
    """The steps that are named under an axis."""
    return range(first, T + 1) if T < 11 else range(5 * first, T + 1, 5)
