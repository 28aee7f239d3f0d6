"""The book's recurrent network: forward, loss, and backpropagation through time.

Sizes: T time steps, B sequences in a batch, D inputs, H hidden units, C classes.
At the door x and y have T rows.  Inside, and in every Trace and Gradients, row t *is* time t:
such arrays have T+1 rows, `h[0]` is h₀, and a row that does not exist is NaN.
Everything is float64, or complex when a parameter, an input or h₀ is (for the complex step).
Nothing mutates its arguments.
"""

from typing import NamedTuple

import numpy as np

from unrolled import inputs


class Params(NamedTuple):
    """The parameters, or a gradient for each of them (same shapes)."""

    U: np.ndarray  # (H, D) input to hidden
    W: np.ndarray  # (H, H) hidden to hidden
    V: np.ndarray  # (C, H) hidden to logits
    b: np.ndarray  # (H,) bias of the hidden state
    c: np.ndarray  # (C,) bias of the logits


class Trace(NamedTuple):
    """What the forward pass saw; each array has T+1 rows (and a batch axis if x had one)."""

    x: np.ndarray  # (T+1, [B,] D) inputs
    a: np.ndarray  # (T+1, [B,] H) pre-activations
    h: np.ndarray  # (T+1, [B,] H) hidden states, h[0] = h₀
    z: np.ndarray  # (T+1, [B,] C) logits
    y_hat: np.ndarray  # (T+1, [B,] C) softmax(z)


class Gradients(NamedTuple):
    """Gradients of the loss; each array has T+1 rows (and a batch axis if the trace had one)."""

    params: Params  # dL/dU, dL/dW, dL/dV, dL/db, dL/dc
    e: np.ndarray  # (T+1, [B,] C) dL/dz
    da: np.ndarray  # (T+1, [B,] H) dL/da
    dh: np.ndarray  # (T+1, [B,] H) dL/dh, dh[0] = dL/dh₀


def from_one(rows: np.ndarray, first=np.nan) -> np.ndarray:
    """`rows` of times 1..T with row 0 put before them, so that row t is time t.

    rows: (T, ...); first: row 0, NaN where time 0 does not exist.  Returns (T+1, ...).
    """
    rows = inputs.array("rows", rows)
    first = first if np.isscalar(first) else np.asarray(first)
    dtype = np.result_type(rows, first, np.float32)  # whole numbers become float64
    out = np.empty((len(rows) + 1,) + rows.shape[1:], dtype)
    out[0], out[1:] = first, rows
    return out


def init(rng: np.random.Generator | int, D: int, H: int, C: int, scale: float = 1.0) -> Params:
    """Random parameters: weights scale·N(0, 1)/√fan-in, biases 0.

    rng: a generator, or a whole number to seed one.
    Raises ValueError if it is neither, a size is not a positive whole number or scale not positive.
    """
    rng = inputs.generator(rng)
    inputs.whole(D=D, H=H, C=C)
    inputs.number("scale", scale)
    U, W, V = (
        scale * rng.standard_normal(shape) / np.sqrt(shape[1]) for shape in ((H, D), (H, H), (C, H))
    )
    return Params(U, W, V, np.zeros(H), np.zeros(C))


def softmax(z: np.ndarray) -> np.ndarray:
    """exp(z)/Σexp(z) over the last axis, shifted so that no exponential overflows."""
    z = inputs.array("z", z)
    exp_z = np.exp(z - _row_max(z))
    return exp_z / _row_sum(exp_z)


def forward(params: Params, x: np.ndarray, h0: np.ndarray | None = None) -> Trace:
    """Run the network: h_t = tanh(U x_t + W h_{t-1} + b), ŷ_t = softmax(V h_t + c).

    x: (T, D) or (T, B, D); h0: (H,) or (B, H), zeros if None.
    Raises ValueError for a wrong shape, an empty sequence, a NaN or an infinity.
    """
    (U, W, V, b, c), x, h0 = inputs.sequence(params, x, h0)
    x = from_one(x)
    # All input projections in one product; only the recurrent product has to wait for h[t-1].
    a = _times(x, U.T)
    a += b
    h = np.empty_like(a)
    h[0] = h0
    # `.dot` for @, and each row in place: a seventh of the time of one short sequence.
    for t in range(1, len(h)):
        a_t = a[t]
        a_t += h[t - 1].dot(W.T)
        np.tanh(a_t, out=h[t])
    inputs.finite(a[1:], U=U, W=W, b=b, x=x[1:], h0=h0)
    z = _times(h, V.T)
    z += c
    inputs.finite(z, V=V, c=c)
    y_hat = softmax(z)
    z[0] = y_hat[0] = np.nan
    return Trace(x, a, h, z, y_hat)


def loss(trace: Trace, y: np.ndarray):
    """L = Σ_t −y_tᵀ ln ŷ_t, summed over time and averaged over the batch.

    y: (T, C) or (T, B, C), entries ≥ 0, rows that sum to 1, or to 0 where a step has no label.
    Returns a scalar, complex if the trace is.  Raises ValueError for a y that is not so.
    """
    y, total = inputs.labels(trace, y)
    z = trace.z[1:]
    # ln ŷ from the logits, never from ŷ: ŷ may underflow to 0.
    shifted = z - _row_max(z)
    log_sum = np.log(_row_sum(np.exp(shifted)))
    return (np.vdot(total, log_sum) - np.vdot(y, shifted)) / _batch_size(trace)


def bptt(params: Params, trace: Trace, y: np.ndarray, window: int | None = None) -> Gradients:
    """Backpropagation through time: every gradient of `loss`, in one backward sweep.

    dh_t = Vᵀe_t + Wᵀda_{t+1},  da_t = (1 − h_t²)⊙dh_t,
    dW = Σ da_t h_{t-1}ᵀ,  dU = Σ da_t x_tᵀ,  dV = Σ e_t h_tᵀ.
    window=w keeps, for each L_t, the steps k > t − w only; w ≥ T is exact.
    Raises ValueError for a wrong shape, bad label rows, a NaN or a window that is not ≥ 1.
    """
    W, V = inputs.traced(params, trace)
    y, total = inputs.labels(trace, y)
    if window is not None:
        inputs.whole(window=window)
    x, _, h, _, y_hat = trace
    T = len(h) - 1
    e = np.empty_like(y_hat)
    e[0] = 0
    e[1:] = (y_hat[1:] * total - y) / _batch_size(trace)
    dh = _times(e, V)  # what each step's own loss says to its h
    da = 1 - h * h  # tanh′ at every step; row t is multiplied by dh[t] when that is known
    if window is None:
        for t in range(T, 0, -1):
            da_t, dh_before = da[t], dh[t - 1]
            np.multiply(da_t, dh[t], out=da_t)
            dh_before += da_t.dot(W)
    else:
        _add_within(window, dh, da, W)
        da *= dh
        dh[0] = da[1].dot(W)
    inputs.finite(dh, W=W, V=V)
    gradients = Params(
        U=_sum_of_outer(da[1:], x[1:]),
        W=_sum_of_outer(da[1:], h[:-1]),
        V=_sum_of_outer(e[1:], h[1:]),
        b=np.add.reduce(_flat(da[1:])),
        c=np.add.reduce(_flat(e[1:])),
    )
    e[0] = da[0] = np.nan
    return Gradients(gradients, e, da, dh)


def loss_and_gradient(params: Params, batch: tuple) -> tuple:
    """The loss and its gradient in the parameters, the objective of `train.descend`.

    batch: (x, y), as `forward` and `loss` have them.  Returns (loss, Params).
    """
    x, y = batch
    # Params and labels are looked at once for the three calls.
    params = inputs.network(params)
    trace = forward(params, x)
    labels = inputs.labels(trace, y)
    return loss(trace, labels), bptt(params, trace, labels).params


def accuracy(trace: Trace, y: np.ndarray) -> float:
    """The share of labelled steps at which the largest logit is the label's.

    y: (T, C) or (T, B, C), as `loss` has it.  Raises ValueError for a y that is not so, or if no
    step has a label.
    """
    y, total = inputs.labels(trace, y)
    labelled = total[..., 0] > 0
    if not labelled.any():
        raise ValueError("y has no label at any step; at least one is needed")
    hits = trace.z[1:].argmax(axis=-1) == y.argmax(axis=-1)
    return float(hits[labelled].mean())


def _add_within(window, dh, slope, W):
    """Add to dh_t what the losses of the next window − 1 steps say to h_t."""
    # One lag at a time, all steps at once: row t of `part` is what L_{t+lag} says to h_t.
    part = dh[1:]
    for _ in range(1, min(window, len(part))):
        part = _times(slope[2 : len(part) + 1] * part[1:], W)
        dh[1 : len(part) + 1] += part


# A ufunc's own reduction, not the method that wraps it: a twentieth of one short sequence's time.
def _row_max(z):
    return np.maximum.reduce(z.real, axis=-1, keepdims=True)


def _row_sum(z):
    return np.add.reduce(z, axis=-1, keepdims=True)


def _flat(rows):
    """All steps and sequences below one another, as one matrix."""
    return rows.reshape(-1, rows.shape[-1])


def _times(rows, matrix):
    """rows @ matrix as one matrix product."""
    return _flat(rows).dot(matrix).reshape(*rows.shape[:-1], -1)


def _sum_of_outer(left, right):
    """Σ left rightᵀ over all steps and sequences, as one matrix product."""
    return _flat(left).T.dot(_flat(right))


def _batch_size(trace):
    return trace.h.shape[1] if trace.h.ndim == 3 else 1
