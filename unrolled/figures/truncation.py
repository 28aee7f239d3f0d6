"""What a window keeps of the gradient, how far off that is, and what going forward costs."""

import numpy as np
from matplotlib.patches import Arc

from unrolled.figures.base import GREY, HIDDEN, IMPLICIT, INPUT, SIGNAL, arrow
from unrolled.svg import GRID, INK


def window(fig, rho, w, of_W, of_U):
    """The truncated gradient of W beside the true one, as arrows, and the errors of W's and U's.

    rho: of the network shown; w: the window, 1…T; of_W, of_U: each three arrays (T,) for the
    windows 1…T: relative error, angle to the true gradient in degrees, length over the true length.
    """
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.25))
    error, angle, length = (values[w - 1] for values in of_W)
    tip = length * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    arrow(left, (0, 0), (1, 0), INK, gap=0, width=2.6)
    arrow(left, (0, 0), tip, SIGNAL, gap=0, width=2.6, dashed=True)
    if angle >= 5:
        left.add_patch(Arc((0, 0), 0.5, 0.5, theta1=0, theta2=angle, color=GREY, lw=1.4))
    left.text(0.5, -0.13, r"true $\partial L/\partial W$", ha="center", color=INK)
    left.text(0.5, 1.08, f"window {w}:\n{angle:.0f}°, length {length:.2f}", ha="center")
    left.set(xlim=(-0.1, 1.15), ylim=(-0.25, 1.35), aspect="equal")
    left.set_axis_off()
    windows = np.arange(1, len(of_W[0]) + 1)
    styles = {"W": (SIGNAL, "o", "-"), "U": (INPUT, "s", (0, (4, 2)))}
    for (name, (color, mark, style)), (errors, *_) in zip(
        styles.items(), (of_W, of_U), strict=True
    ):
        label = rf"of $\partial L/\partial {name}$"
        right.plot(windows, 100 * errors, color=color, ls=style, lw=1.6, label=label)
        right.plot(w, 100 * errors[w - 1], mark, color=color, ms=8, mec=INK)
    right.set(xlabel="window $w$ (steps)", ylabel="relative error (%)", ylim=(-3, 103))
    right.set_xticks((1, 5, 10, 15, 20))
    right.legend(loc="upper right")
    if w == len(windows):
        return (
            f"Spectral radius {rho:.1f}, window {w}: the window is as long as the sequence, the "
            "two arrows coincide, and both errors are 0."
        )
    return (
        f"Spectral radius {rho:.1f}, window {w}: the truncated gradient of W points {angle:.0f} "
        f"degrees away from the true one and is {length:.2f} times as long; its relative error is "
        f"{100 * error:.0f} %, that of U's gradient {100 * of_U[0][w - 1]:.0f} %."
    )


def pairs(fig, w, sliding, chunked):
    """Which parts (t, k) of the gradient the two kinds of truncation keep.

    w: the window; sliding, chunked: (T, T) of bool, row t−1 and column k−1, true where kept.
    """
    T = len(sliding)
    t, k = np.nonzero(np.tri(T, dtype=bool))
    for ax, kept, title, color, mark in zip(
        fig.subplots(1, 2),
        (sliding, chunked),
        ("sliding window", "chunks"),
        (SIGNAL, IMPLICIT),
        ("s", "D"),
        strict=True,
    ):
        there = kept[t, k]
        ax.plot(k[~there] + 1, t[~there] + 1, ".", color=GREY, ms=5)
        ax.plot(k[there] + 1, t[there] + 1, mark, color=color, ms=10)
        ax.set(xlabel="step $k$ of the part", xlim=(0.4, T + 0.6), ylim=(T + 0.6, 0.4))
        ax.set_xticks(range(1, T + 1), [str(i) if i % 2 else "" for i in range(1, T + 1)])
        ax.set_title(f"{title}: {kept.sum()} of {len(t)}")
        ax.set_aspect("equal")
    fig.axes[0].set_ylabel("time $t$ of the loss $L_t$")
    fig.axes[0].set_yticks(range(1, T + 1))
    fig.axes[1].set_yticks(range(1, T + 1), [""] * T)
    same = "the two keep the same parts" if (sliding == chunked).all() else (
        f"a loss just after a cut, such as L_{w + 1}, sees only its own step"
    )  # fmt: skip
    return (
        f"Window {w}. Of the {len(t)} parts of the gradient, the sliding window keeps "
        f"{sliding.sum()}, a band along the diagonal; the chunks keep {chunked.sum()}, triangles "
        f"of {w} step{'s' if w > 1 else ''}: {same}."
    )


def cost(fig, over_T, over_H, exponents):
    """Measured times of BPTT and RTRL against the number of steps and of units.

    over_T, over_H: {method: (sizes, times)}; exponents: {(method, "T" or "H"): fitted exponent}.
    """
    axes = fig.subplots(1, 2, sharey=True)
    styles = {"BPTT": (HIDDEN, "o", "-"), "RTRL": (IMPLICIT, "s", (0, (4, 2)))}
    for ax, curves, axis in zip(axes, (over_T, over_H), "TH", strict=True):
        for method, (sizes, times) in curves.items():
            color, mark, style = styles[method]
            label = method if axis == "T" else None
            ax.loglog(sizes, times, marker=mark, color=color, ls=style, lw=1.6, ms=5, label=label)
        ax.grid(color=GRID)
    axes[0].set(xlabel="steps $T$", ylabel="time (BPTT at the smallest = 1)")
    axes[1].set(xlabel="hidden units $H$")
    fig.legend(loc="outside upper left", ncols=2)
    said = {key: f"{value:.1f}" for key, value in exponents.items()}
    return (
        "Measured, both axes logarithmic, so that a power is a straight line. Left: with T both "
        f"methods grow with an exponent of about 1 ({said['BPTT', 'T']} and {said['RTRL', 'T']}), "
        "RTRL far above. Right: with H, at the larger sizes, BPTT grows with exponent "
        f"{said['BPTT', 'H']} and RTRL with {said['RTRL', 'H']}."
    )
