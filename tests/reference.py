"""The network once more, written as slowly and plainly as can be, for HIPS autograd.

An oracle shares nothing with what it judges: no code of `unrolled` is used here.
"""

import autograd.numpy as np
from autograd import grad


def loss(U, W, V, b, c, h0, x, y):
    """Σ_t −y_tᵀ ln ŷ_t of one sequence: x (T, D), h0 (H,), y (T, C)."""
    h, total = h0, 0.0
    for x_t, y_t in zip(x, y, strict=True):
        h = np.tanh(np.dot(U, x_t) + np.dot(W, h) + b)
        z = np.dot(V, h) + c
        total = total - np.sum(y_t * z) + np.sum(y_t) * np.log(np.sum(np.exp(z)))
    return total


def batch_loss(U, W, V, b, c, h0, x, y):
    """The mean of `loss` over a batch: x (T, B, D), h0 (B, H), y (T, B, C)."""
    B = x.shape[1]
    return sum(loss(U, W, V, b, c, h0[i], x[:, i], y[:, i]) for i in range(B)) / B


def gradients(params, h0, x, y):
    """Gradients with respect to U, W, V, b, c and h0, by autograd."""
    f = loss if x.ndim == 2 else batch_loss
    return [grad(f, i)(*params, h0, x, y) for i in range(6)]
