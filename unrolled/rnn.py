"""The book's recurrent network: forward, loss, and backpropagation through time.

Sizes: T time steps, B sequences in a batch, D inputs, H hidden units, C classes.
At the door x and y have T rows.  Inside, and in every Trace and Gradients, row t *is* time t:
such arrays have T+1 rows, `h[0]` is h₀, and a row that does not exist is NaN.
Everything is float64, or complex when a parameter, an input or h₀ is (for the complex step).
Nothing mutates its arguments.
"""

from typing import NamedTuple

import numpy as np


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
    rows, first = np.asarray(rows), np.asarray(first)
    out = np.empty((len(rows) + 1, *rows.shape[1:]), dtype=np.result_type(rows, first, float))
    out[0], out[1:] = first, rows
    return out


def init(rng: np.random.Generator, D: int, H: int, C: int, scale: float = 1.0) -> Params:
    """Random parameters: weights scale·N(0, 1)/√fan-in, biases 0.

    Raises ValueError if a size is not a positive integer.
    """
    for name, size in {"D": D, "H": H, "C": C}.items():
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"{name} is {size!r}; a positive whole number is needed")
    U, W, V = (
        scale * rng.standard_normal(shape) / np.sqrt(shape[1]) for shape in ((H, D), (H, H), (C, H))
    )
    return Params(U, W, V, np.zeros(H), np.zeros(C))


def softmax(z: np.ndarray) -> np.ndarray:
    """exp(z)/Σexp(z) over the last axis, shifted so that no exponential overflows."""
    exp_z = np.exp(z - z.real.max(axis=-1, keepdims=True))
    return exp_z / exp_z.sum(axis=-1, keepdims=True)


def forward(params: Params, x: np.ndarray, h0: np.ndarray | None = None) -> Trace:
    """Run the network: h_t = tanh(U x_t + W h_{t-1} + b), ŷ_t = softmax(V h_t + c).

    x: (T, D) or (T, B, D); h0: (H,) or (B, H), zeros if None.
    Raises ValueError for a wrong shape, an empty sequence or a NaN.
    """
    params, x, h0 = _checked_forward(params, x, h0)
    U, W, V, b, c = params
    # All input projections in one product; only the recurrent product has to wait for h[t-1].
    a = from_one(x @ U.T + b)
    h = from_one(np.empty_like(a[1:]), first=h0)
    for t in range(1, len(h)):
        a[t] += h[t - 1] @ W.T
        h[t] = np.tanh(a[t])
    z = from_one(h[1:] @ V.T + c)
    return Trace(from_one(x), a, h, z, from_one(softmax(z[1:])))


def loss(trace: Trace, y: np.ndarray):
    """L = Σ_t −y_tᵀ ln ŷ_t, summed over time and averaged over the batch.

    y: (T, C) or (T, B, C), entries ≥ 0, rows that sum to 1, or to 0 where a step has no label.
    Returns a scalar, complex if the trace is.  Raises ValueError for a y that is not so.
    """
    y, z = _checked_labels(trace, y), trace.z[1:]
    # ln ŷ from the logits, never from ŷ: ŷ may underflow to 0.
    shifted = z - z.real.max(axis=-1, keepdims=True)
    log_y_hat = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -(y * log_y_hat).sum() / _batch_size(trace)


def bptt(params: Params, trace: Trace, y: np.ndarray, window: int | None = None) -> Gradients:
    """Backpropagation through time: every gradient of `loss`, in one backward sweep.

    dh_t = Vᵀe_t + Wᵀda_{t+1},  da_t = (1 − h_t²)⊙dh_t,
    dW = Σ da_t h_{t-1}ᵀ,  dU = Σ da_t x_tᵀ,  dV = Σ e_t h_tᵀ.
    window=w keeps, for each L_t, the steps k > t − w only; w ≥ T is exact.
    Raises ValueError for a wrong shape, bad label rows, a NaN or a window that is not ≥ 1.
    """
    y = _checked_labels(trace, y)
    params = _checked_params(params)
    x, _, h, _, y_hat = trace
    T, (_, W, V, _, _) = len(h) - 1, params
    if window is not None and (not isinstance(window, int | np.integer) or window < 1):
        raise ValueError(f"window is {window!r}; a whole number of at least 1 step is needed")
    e = from_one((y_hat[1:] * y.sum(axis=-1, keepdims=True) - y) / _batch_size(trace))
    slope = 1 - h**2  # tanh′ at every step
    direct = e[1:] @ V  # what each step's own loss says to its h
    dh = from_one(direct)
    if window is None:
        for t in range(T - 1, 0, -1):
            dh[t] += (slope[t + 1] * dh[t + 1]) @ W
    else:
        # One lag at a time, all steps at once: row t holds what L_{t+lag} says to h_t.
        for _ in range(1, min(window, T)):
            direct = (slope[2 : len(direct) + 1] * direct[1:]) @ W
            dh[1 : len(direct) + 1] += direct
    da = from_one(slope[1:] * dh[1:])
    dh[0] = da[1] @ W
    gradients = Params(
        U=_sum_of_outer(da[1:], x[1:]),
        W=_sum_of_outer(da[1:], h[:-1]),
        V=_sum_of_outer(e[1:], h[1:]),
        b=da[1:].reshape(-1, da.shape[-1]).sum(axis=0),
        c=e[1:].reshape(-1, e.shape[-1]).sum(axis=0),
    )
    return Gradients(gradients, e, da, dh)


def loss_and_gradient(params: Params, batch: tuple) -> tuple:
    """(loss, its gradient as Params) for a batch (x, y): the objective of a descent.

    x, y: as `forward` and `loss` have them; h₀ is 0.
    """
    x, y = batch
    trace = forward(params, x)
    return loss(trace, y), bptt(params, trace, y).params


def accuracy(trace: Trace, y: np.ndarray) -> float:
    """The share of labelled steps at which the largest logit is the label's.

    y: (T, C) or (T, B, C), as `loss` has it.  Raises ValueError for a y that is not so, or if no
    step has a label.
    """
    y = _checked_labels(trace, y)
    labelled = y.sum(axis=-1) > 0
    if not labelled.any():
        raise ValueError("y has no label at any step; at least one is needed")
    hits = trace.z[1:].argmax(axis=-1) == y.argmax(axis=-1)
    return float(hits[labelled].mean())


def _sum_of_outer(left, right):
    """Σ left rightᵀ over all steps and sequences, as one matrix product."""
    return left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])


def _batch_size(trace):
    return trace.h.shape[1] if trace.h.ndim == 3 else 1


def _array(name, value, shape, need):
    """`value` as a float or complex array, after its shape and its entries were looked at."""
    value = np.asarray(value)
    if value.dtype.kind not in "biufc":
        raise ValueError(f"{name} holds {value.dtype}; numbers are needed")
    if value.ndim != len(shape) or any(
        n is not None and n != m for n, m in zip(shape, value.shape, strict=True)
    ):
        raise ValueError(f"{name} has shape {value.shape}; {need} is needed")
    if np.isnan(value).any():
        raise ValueError(f"{name} has a NaN; numbers are needed everywhere")
    return value.astype(np.result_type(value, np.float64), copy=False)


def _checked_params(params):
    if not isinstance(params, tuple) or len(params) != 5:
        raise ValueError(f"params is a {type(params).__name__}; Params(U, W, V, b, c) is needed")
    W = _array("W", params[1], (None, None), "(H, H)")
    H = len(W)
    W = _array("W", W, (H, H), f"(H, H), here ({H}, {H}),")
    U = _array("U", params[0], (H, None), f"(H, D) with H={H} as in W")
    V = _array("V", params[2], (None, H), f"(C, H) with H={H} as in W")
    b = _array("b", params[3], (H,), f"(H,) with H={H} as in W")
    c = _array("c", params[4], (len(V),), f"(C,) with C={len(V)} as in V")
    return Params(U, W, V, b, c)


def _checked_forward(params, x, h0):
    params = _checked_params(params)
    H, D = params.U.shape
    x = np.asarray(x)
    if x.ndim not in (2, 3):
        raise ValueError(f"x has shape {x.shape}; (T, D) or (T, B, D) is needed")
    x = _array("x", x, (*x.shape[:-1], D), f"(T, D) or (T, B, D) with D={D} as in U")
    if 0 in x.shape[:-1]:
        raise ValueError(f"x has shape {x.shape}; at least one step and one sequence are needed")
    state = (*x.shape[1:-1], H)
    h0 = np.zeros(state) if h0 is None else _array("h0", h0, state, f"{state} for this x")
    *params, x, h0 = (a.astype(np.result_type(*params, x, h0)) for a in (*params, x, h0))
    return Params(*params), x, h0


def _checked_labels(trace, y):
    shape = trace.z[1:].shape
    y = _array("y", y, shape, f"{shape} for this trace")
    if y.dtype.kind == "c" or (y < 0).any():
        raise ValueError("y has a negative or complex entry; probabilities (≥ 0) are needed")
    total = y.sum(axis=-1)
    bad = ~(np.isclose(total, 1) | (total == 0))
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(
            f"y has a row that sums to {total[where]:.4g} (row {where}); "
            "each row must sum to 1, or to 0 where a step has no label"
        )
    return y
