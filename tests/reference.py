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


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_loss(U, W, V, b, c, h0, x, y):
    """The loss of one sequence read by a GRU: blocks r, f, n of U and W; r, f, n, m of b."""
    h, total = h0, 0.0
    (U_r, U_f, U_n), (W_r, W_f, W_n) = np.split(U, 3), np.split(W, 3)
    b_r, b_f, b_n, b_m = np.split(b, 4)
    for x_t, y_t in zip(x, y, strict=True):
        r = sigmoid(np.dot(U_r, x_t) + np.dot(W_r, h) + b_r)
        f = sigmoid(np.dot(U_f, x_t) + np.dot(W_f, h) + b_f)
        n = np.tanh(np.dot(U_n, x_t) + b_n + r * (np.dot(W_n, h) + b_m))
        h = f * h + (1 - f) * n
        z = np.dot(V, h) + c
        total = total - np.sum(y_t * z) + np.sum(y_t) * np.log(np.sum(np.exp(z)))
    return total


def lstm_loss(U, W, V, b, c, h0, s0, x, y):
    """The loss of one sequence read by an LSTM: blocks i, f, n, o of U, W and b."""
    h, s, total = h0, s0, 0.0
    (U_i, U_f, U_n, U_o), (W_i, W_f, W_n, W_o) = np.split(U, 4), np.split(W, 4)
    b_i, b_f, b_n, b_o = np.split(b, 4)
    for x_t, y_t in zip(x, y, strict=True):
        i = sigmoid(np.dot(U_i, x_t) + np.dot(W_i, h) + b_i)
        f = sigmoid(np.dot(U_f, x_t) + np.dot(W_f, h) + b_f)
        n = np.tanh(np.dot(U_n, x_t) + np.dot(W_n, h) + b_n)
        o = sigmoid(np.dot(U_o, x_t) + np.dot(W_o, h) + b_o)
        s = f * s + i * n
        h = o * np.tanh(s)
        z = np.dot(V, h) + c
        total = total - np.sum(y_t * z) + np.sum(y_t) * np.log(np.sum(np.exp(z)))
    return total
