"""Two gated networks, the GRU and the LSTM: forward, and backpropagation through time.

The contract is that of `unrolled.rnn`, whose `Params`, `loss` and `accuracy` serve here too.  What
has H rows there has a block of H rows for each gate here, in PyTorch's order:

    GRU     U: r f n    W: r f m    b: r f n m    m_t = W_m h_{t-1} + b_m, which r_t scales
    LSTM    U, W, b: i f n o

r, i, f and o are gates, between 0 and 1; n is the candidate.  `a[t]` has a block for each of b's.
"""

from typing import NamedTuple

import numpy as np

from unrolled import inputs, rnn
from unrolled.ends import outer_sums, signals_at_logits
from unrolled.rnn import Gradients, Params, from_one, softmax


class GRUTrace(NamedTuple):
    """What the forward pass saw; each array has T+1 rows (and a batch axis if x had one)."""

    x: np.ndarray  # (T+1, [B,] D) inputs
    a: np.ndarray  # (T+1, [B,] 4H) pre-activations r, f, n, and m, which has no activation
    gates: np.ndarray  # (T+1, [B,] 3H) r, f, n
    h: np.ndarray  # (T+1, [B,] H) hidden states, h[0] = h₀
    z: np.ndarray  # (T+1, [B,] C) logits
    y_hat: np.ndarray  # (T+1, [B,] C) softmax(z)


class LSTMTrace(NamedTuple):
    """What the forward pass saw; each array has T+1 rows (and a batch axis if x had one)."""

    x: np.ndarray  # (T+1, [B,] D) inputs
    a: np.ndarray  # (T+1, [B,] 4H) pre-activations i, f, n, o
    gates: np.ndarray  # (T+1, [B,] 4H) i, f, n, o
    s: np.ndarray  # (T+1, [B,] H) cell states, s[0] = s₀
    h: np.ndarray  # (T+1, [B,] H) hidden states, h[0] = h₀
    z: np.ndarray  # (T+1, [B,] C) logits
    y_hat: np.ndarray  # (T+1, [B,] C) softmax(z)


class LSTMGradients(NamedTuple):
    """Gradients of the loss; each array has T+1 rows (and a batch axis if the trace had one)."""

    params: Params
    e: np.ndarray  # (T+1, [B,] C) dL/dz
    da: np.ndarray  # (T+1, [B,] 4H) dL/da
    ds: np.ndarray  # (T+1, [B,] H) dL/ds, ds[0] = dL/ds₀
    dh: np.ndarray  # (T+1, [B,] H) dL/dh, dh[0] = dL/dh₀


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1/(1 + exp(−a)), written with tanh, which cannot overflow."""
    return (1 + np.tanh(a / 2)) / 2


def gru_init(rng, D: int, H: int, C: int, scale: float = 1.0, keep: float = 0.0) -> Params:
    """Random parameters of a GRU, each block as `rnn.init` draws it; keep: the bias of f."""
    return _init(rng, (D, H, C, scale), keep, inputs.GRU)


def lstm_init(rng, D: int, H: int, C: int, scale: float = 1.0, keep: float = 0.0) -> Params:
    """Random parameters of an LSTM, each block as `rnn.init` draws it; keep: the bias of f."""
    return _init(rng, (D, H, C, scale), keep, inputs.LSTM)


def gru_forward(params: Params, x: np.ndarray, h0: np.ndarray | None = None) -> GRUTrace:
    """Run a GRU: h_t = f_t⊙h_{t-1} + (1 − f_t)⊙n_t (eq:gru), the logits as in `rnn.forward`.

    x: (T, D) or (T, B, D); h0: (H,) or (B, H), zeros if None.
    Raises ValueError for a wrong shape, an empty sequence, a NaN or an infinity.
    """
    (U, W, V, b, c), x, h0 = inputs.sequence(params, x, h0, kind=inputs.GRU)
    x, H = from_one(x), W.shape[1]
    a = np.full((*x.shape[:-1], 4 * H), np.nan, x.dtype)
    gates, h = a[..., : 3 * H].copy(), np.empty_like(a[..., :H])
    h[0] = h0
    a[1:] = b
    a[1:, ..., : 3 * H] += x[1:] @ U.T
    (_, _, a_n, m), (_, f, n) = _blocks(a, 4), _blocks(gates, 3)
    for t in range(1, len(h)):
        from_h = h[t - 1] @ W.T
        a[t, ..., : 2 * H] += from_h[..., : 2 * H]
        m[t] += from_h[..., 2 * H :]
        gates[t, ..., : 2 * H] = sigmoid(a[t, ..., : 2 * H])
        a_n[t] += gates[t, ..., :H] * m[t]
        n[t] = np.tanh(a_n[t])
        h[t] = f[t] * h[t - 1] + (1 - f[t]) * n[t]
    inputs.finite(a[1:], U=U, W=W, b=b, x=x[1:], h0=h0)
    return GRUTrace(x, a, gates, h, *_outputs(V, c, h))


def gru_bptt(params: Params, trace: GRUTrace, y: np.ndarray) -> Gradients:
    """Every gradient of `rnn.loss` for a GRU, in one backward sweep (eq:gru-sweep).

    Raises ValueError for a wrong shape, bad label rows or a NaN.
    """
    W, V = inputs.traced(params, trace, inputs.GRU)
    _, a, gates, h, _, _ = trace
    H, e = h.shape[-1], signals_at_logits(trace, y)
    (_, _, _, m), (r, f, n) = _blocks(a, 4), _blocks(gates, 3)
    da, dh = np.full_like(a, np.nan), _said_by_losses(e, V)
    p = np.empty_like(a)  # what dL/dh_t is multiplied by on its way to each pre-activation
    p_r, p_f, p_n, p_m = _blocks(p, 4)
    p_n[:] = (1 - f) * (1 - n * n)
    p_m[:] = p_n * r
    p_r[:] = p_n * m * r * (1 - r)
    p_f[1:] = (h[:-1] - n[1:]) * (f * (1 - f))[1:]
    for t in range(len(h) - 1, 0, -1):
        da[t] = p[t] * np.concatenate(4 * [dh[t]], axis=-1)
        dh[t - 1] += f[t] * dh[t] + _through_h(da[t], H) @ W
    inputs.finite(dh, W=W, V=V)
    to_U, to_W = da[1:, ..., : 3 * H], _through_h(da[1:], H)
    return Gradients(outer_sums(trace, e, da[1:], to_U, to_W), e, da, dh)


def lstm_forward(
    params: Params, x: np.ndarray, h0: np.ndarray | None = None, s0: np.ndarray | None = None
) -> LSTMTrace:
    """Run an LSTM: s_t = f_t⊙s_{t-1} + i_t⊙n_t, h_t = o_t⊙tanh(s_t) (eq:lstm).

    x: (T, D) or (T, B, D); h0, s0: (H,) or (B, H), zeros if None.
    Raises ValueError for a wrong shape, an empty sequence, a NaN or an infinity.
    """
    (U, W, V, b, c), x, h0, s0 = inputs.sequence(params, x, h0, s0, kind=inputs.LSTM)
    x = from_one(x)
    a = x @ U.T + b
    gates, s, h = np.full_like(a, np.nan), *np.empty((2, *x.shape[:-1], W.shape[1]), x.dtype)
    s[0], h[0] = s0, h0
    (_, _, a_n, _), (i, f, n, o) = _blocks(a, 4), _blocks(gates, 4)
    for t in range(1, len(h)):
        a[t] += h[t - 1] @ W.T
        gates[t] = sigmoid(a[t])
        n[t] = np.tanh(a_n[t])
        s[t] = f[t] * s[t - 1] + i[t] * n[t]
        h[t] = o[t] * np.tanh(s[t])
    inputs.finite(a[1:], U=U, W=W, b=b, x=x[1:], h0=h0, s0=s0)
    inputs.finite(s, s0=s0)
    return LSTMTrace(x, a, gates, s, h, *_outputs(V, c, h))


def lstm_bptt(params: Params, trace: LSTMTrace, y: np.ndarray) -> LSTMGradients:
    """Every gradient of `rnn.loss` for an LSTM, in one backward sweep (eq:lstm-sweep).

    Raises ValueError for a wrong shape, bad label rows or a NaN.
    """
    W, V = inputs.traced(params, trace, inputs.LSTM)
    _, _, gates, s, h, _, _ = trace
    e = signals_at_logits(trace, y)
    (i, f, n, o), tanh_s = _blocks(gates, 4), np.tanh(s)
    da, ds, dh = np.full_like(gates, np.nan), np.zeros_like(s), _said_by_losses(e, V)
    p = np.empty_like(gates)  # what dL/ds_t, for o dL/dh_t, is multiplied by on its way to a_t
    p_i, p_f, p_n, p_o = _blocks(p, 4)
    p_i[:] = n * i * (1 - i)
    p_f[1:] = s[:-1] * (f * (1 - f))[1:]
    p_n[:] = i * (1 - n * n)
    p_o[:] = tanh_s * o * (1 - o)
    shown = o * (1 - tanh_s * tanh_s)  # ∂h_t/∂s_t
    for t in range(len(h) - 1, 0, -1):
        ds[t] += shown[t] * dh[t]  # s_t has two uses: it was shown, and it was kept
        ds[t - 1] = f[t] * ds[t]
        da[t] = p[t] * np.concatenate((ds[t], ds[t], ds[t], dh[t]), axis=-1)
        dh[t - 1] += da[t] @ W
    inputs.finite(dh, W=W, V=V)
    return LSTMGradients(outer_sums(trace, e, da[1:]), e, da, ds, dh)


def _init(rng, sizes, keep, kind):
    rng = inputs.generator(rng)
    inputs.number("keep", keep, -np.inf, need="a number")
    parts = [rnn.init(rng, *sizes) for _ in range(kind.U)]
    H, b = len(parts[0].W), np.zeros(kind.b * len(parts[0].W))
    b[H : 2 * H] = keep  # f is the second block of both
    U, W = (np.concatenate([getattr(part, name) for part in parts]) for name in "UW")
    return parts[0]._replace(U=U, W=W, b=b)


def _blocks(rows, n):
    """The n blocks of the last axis, as views."""
    H = rows.shape[-1] // n
    return [rows[..., j * H : (j + 1) * H] for j in range(n)]


def _outputs(V, c, h):
    """z and ŷ of all steps, as in `rnn.forward`."""
    z = h @ V.T + c
    inputs.finite(z, V=V, c=c)
    y_hat = softmax(z)
    z[0] = y_hat[0] = np.nan
    return z, y_hat


def _said_by_losses(e, V):
    """What each step's own loss says to its h; 0 in row 0."""
    dh = np.zeros((*e.shape[:-1], V.shape[1]), e.dtype)
    dh[1:] = e[1:] @ V
    return dh


def _through_h(da, H):
    """The blocks r, f and m, which W leads to in a GRU."""
    return np.concatenate((da[..., : 2 * H], da[..., 3 * H :]), axis=-1)
