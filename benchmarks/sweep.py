"""How dL/dW grows with the number of steps: the double sum of chapter 6 beside the one sweep.

Both are the chapter's loops, one small product at a time, so that only the regrouping differs.
Writes results/sweep.csv: T, and the time of each method in units of the sweep's at the smallest T.
About ten seconds.
"""

from functools import partial

import numpy as np
from common import seconds, write

from unrolled import rnn
from unrolled.data import example

D, H, C = 8, 32, 10
LENGTHS = (4, 8, 16, 32, 64, 128, 256)


def double_sum(W, V, h, e):
    """dL/dW as Σ_t Σ_{k≤t} (D_k Wᵀ ⋯ D_t Vᵀ e_t) h_{k-1}ᵀ, each loss walked back by itself.

    W: (H, H); V: (C, H); h: (T+1, H); e: (T+1, C).  Returns (H, H).
    """
    dW, slope = np.zeros_like(W), 1 - h**2
    for t in range(1, len(h)):
        signal = slope[t] * (V.T @ e[t])
        dW += np.outer(signal, h[t - 1])
        for k in range(t - 1, 0, -1):
            signal = slope[k] * (W.T @ signal)
            dW += np.outer(signal, h[k - 1])
    return dW


def one_sweep(W, V, h, e):
    """The same gradient from g_t = Vᵀe_t + Wᵀ D_{t+1} g_{t+1}, dL/dW = Σ_t (D_t g_t) h_{t-1}ᵀ."""
    dW, slope = np.zeros_like(W), 1 - h**2
    arriving = np.zeros(len(W))
    for t in range(len(h) - 1, 0, -1):
        signal = slope[t] * (V.T @ e[t] + arriving)
        dW += np.outer(signal, h[t - 1])
        arriving = W.T @ signal
    return dW


def main():
    calls = {}
    for T in LENGTHS:
        params, x, y, h0 = example(T=T, D=D, H=H, C=C)
        trace = rnn.forward(params, x, h0)
        inputs = params.W, params.V, trace.h, trace.y_hat - rnn.from_one(y)
        dW = rnn.bptt(params, trace, y).params.W
        for method in (double_sum, one_sweep):
            np.testing.assert_allclose(method(*inputs), dW, rtol=1e-9, atol=1e-12)
            calls[T, method.__name__] = partial(method, *inputs)
    times = seconds(calls)
    unit = times[LENGTHS[0], "one_sweep"]
    methods = ("double_sum", "one_sweep")
    rows = [{"T": T} | {m: times[T, m] / unit for m in methods} for T in LENGTHS]
    print(f"wrote {write('sweep', rows)}")


if __name__ == "__main__":
    main()
