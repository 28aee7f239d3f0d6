"""The X-ray of a gradient: how often each part of the exact one is counted."""

import numpy as np

from unrolled.figures import base


def triangle(fig, weights) -> str:
    """The fitted triangle: row t for the loss L_t, column k for the step of the parameter.

    weights: (T, T), [t-1, k-1] how often part (t, k) is counted, 1 if right; NaN is left empty.
    """
    T = len(weights)
    ax = fig.add_axes((0.14, 0.02, 0.84, 0.8))
    base.matrix(ax, np.round(weights, 2) + 0.0, limit=1, size=11)
    for i in range(1, T + 1):
        ax.text(i - 0.5, -0.12, f"$k={i}$", ha="center", va="bottom", fontsize=11)
        ax.text(-0.12, i - 0.5, f"$L_{i}$", ha="right", va="center", fontsize=11)
    right = int(np.nansum(np.abs(weights - 1) <= 1e-4))
    return f"{right} of the {T * (T + 1) // 2} parts are counted once."
