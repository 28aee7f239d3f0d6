"""The playground: a network of any size, its exact gradient and a truncated one, in one picture.

Written with NumPy alone, so that the site's page can run it where there is no matplotlib.
"""

import math

import numpy as np

from unrolled.gradcheck import relative_error
from unrolled.matrices import spectral_radius
from unrolled.rnn import bptt, forward, init, loss

FAINT, FULL = -4, 1  # the powers of ten that are drawn palest and darkest
SIDE = 300  # of a picture, in units of its own
LEFT, TOP, INNER = 52, 12, 236  # where its field begins, and how large it is


def network(T, H, radius, seed, W=None):
    """(params, inputs, h0, labels) for any position of the sliders.

    The spectral radius of W is set by scaling; a W that is given, (H, H), stays as it is.
    Raises ValueError if that W is not a square of finite numbers.
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

    Raises ValueError if it is not a square of finite numbers.
    """
    if isinstance(W, str):
        rows = [line.replace(",", " ").split() for line in W.strip().split("\n")]
        try:
            W = [[float(number) for number in row] for row in rows]
        except ValueError:
            raise ValueError(f"W is {W!r:.60}; rows of numbers are needed") from None
    sizes = [len(row) for row in W]
    if not sizes or any(size != len(sizes) for size in sizes):
        raise ValueError(f"W has rows of {sizes} numbers; as many as there are rows are needed")
    W = np.asarray(W) * 1.0
    if not np.isfinite(W).all():
        raise ValueError("W has a NaN or an infinity; finite numbers are needed")
    return W


def contributions(params, trace, e):
    """Norms of the terms of dL/dW in row t, column k (T+1, T+1); NaN where k > t.

    A term is the outer product of the signal at a_k and h_{k−1}: its norm is that of the one times
    that of the other.
    """
    T = len(e) - 1
    norms = np.full((T + 1, T + 1), np.nan)
    lengths, slopes = np.linalg.norm(trace.h, axis=1), 1 - trace.h**2
    for t in range(1, T + 1):
        signal = e[t].dot(params.V)
        for k in range(t, 0, -1):
            da = slopes[k] * signal
            norms[t, k] = np.linalg.norm(da) * lengths[k - 1]
            signal = da.dot(params.W)
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
    radius = radius if W is None else spectral_radius(params.W)
    said = (
        f"T={T}, H={len(params.W)}, spectral radius {radius:.2f}, seed {seed}: "
        f"the loss is {loss(trace, labels):.3f}. Cut after {window} steps "
        f"(crosses), the gradient of W is off by {100 * off:.0f} %."
    )
    left = _triangle(contributions(params, trace, exact.e), window)
    right = _lengths(whole, short)
    return (
        f'<figure class="playground" role="group" aria-label="{said}">'
        f'<div style="display:flex;flex-wrap:wrap;gap:1rem">{left}{right}</div>'
        f"<figcaption>{said}</figcaption></figure>"
    )


def _svg(parts, label):
    return (
        f'<svg viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" role="img" aria-label="{label}" '
        f'font-size="13" fill="currentColor">{"".join(parts)}</svg>'
    )


def _text(x, y, text, turned=False):
    turn = f' transform="rotate(-90 {x:g} {y:g})"' if turned else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle"{turn}>{text}</text>'


def _triangle(norms, window):
    """Row t is a loss, column k a step; the darker, the larger; a cross where it is cut."""
    T = len(norms) - 1
    side = INNER / T
    parts = []
    for t in range(1, T + 1):
        for k in range(1, t + 1):
            power = math.log10(norms[t, k] + 1e-12)
            share = min(max((power - FAINT) / (FULL - FAINT), 0.02), 1)
            x, y = LEFT + (k - 1) * side, TOP + (t - 1) * side
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" '
                f'fill="var(--implicit, #45309A)" fill-opacity="{share:.2f}"/>'
            )
            if k <= t - window:
                x, y, arm = x + side / 2, y + side / 2, min(side / 4, 5)
                parts.append(
                    f'<path d="M{x - arm:.1f} {y - arm:.1f}l{2 * arm:.1f} {2 * arm:.1f}'
                    f'm0 {-2 * arm:.1f}l{-2 * arm:.1f} {2 * arm:.1f}" '
                    'stroke="var(--signal, #7D0B42)" stroke-width="1.5"/>'
                )
        if T < 11:
            middle = (t - 0.5) * side
            parts.append(_text(LEFT + middle, TOP + INNER + 17, t))
            parts.append(_text(LEFT - 12, TOP + middle + 4, t))
    parts.append(_text(LEFT + INNER / 2, SIDE - 8, "step k of W"))
    parts.append(_text(14, TOP + INNER / 2, "loss L_t", turned=True))
    cut = sum(max(t - window, 0) for t in range(1, T + 1))
    return _svg(parts, f"{T * (T + 1) // 2} parts of the gradient of W, of which {cut} are cut")


def _lengths(whole, short):
    """The lengths of ∂L/∂h_k on a scale of powers of ten, exact and cut."""
    T = len(whole) - 1
    powers = [math.log10(v) for v in list(whole) + list(short) if v > 0]
    low, high = math.floor(min(powers)), math.ceil(max(powers) + 1e-9)
    high = max(high, low + 1)
    step = (high - low + 7) // 8

    def place(k, power):
        x = LEFT + INNER * k / T
        return f"{x:.1f} {TOP + INNER * (high - power) / (high - low):.1f}"

    parts = []
    for power in range(low, high + 1, step):
        y = TOP + INNER * (high - power) / (high - low)
        parts.append(
            f'<path d="M{LEFT} {y:.1f}h{INNER}" stroke="var(--rule, #DDD7C9)" '
            f'stroke-width="{2 if power == 0 else 1}"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">10'
            f'<tspan dy="-5" font-size="10">{str(power).replace("-", "−")}</tspan></text>'
        )
    for values, colour, dash in (
        (whole, "--signal, #7D0B42", ""),
        (short, "--implicit, #45309A", ' stroke-dasharray="6 4"'),
    ):
        points = [place(k, math.log10(values[k])) for k in range(T + 1) if values[k] > 0]
        parts.append(
            f'<path d="M{"L".join(points)}" fill="none" stroke="var({colour})" '
            f'stroke-width="2"{dash}/>'
        )
    for k in range(0, T + 1, 1 if T < 11 else 5):
        parts.append(_text(LEFT + INNER * k / T, TOP + INNER + 17, k))
    parts.append(_text(LEFT + INNER / 2, SIDE - 8, "step k"))
    parts.append(_text(12, TOP + INNER / 2, "length of ∂L/∂h_k, dashed: cut", turned=True))
    return _svg(parts, "The length of ∂L/∂h_k at every step, exact and cut")
