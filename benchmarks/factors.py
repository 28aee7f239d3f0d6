"""What each choice in the plain sweep of `peers.py` buys: undone alone, the rest as it is.

One run, in turns, one thread, float64; every variant gives the same loss and gradients to 1e-9, or
nothing is timed.  Writes results/factors.csv: for each size and choice undone the median and the
quartiles of the time, in units of the median with nothing undone; and the share of the package's
time that goes into looking at its arguments.  About a minute.
"""

import one_thread  # noqa: F401, isort: skip

from functools import partial

import numpy as np
import speed
from common import turns, write

from unrolled import inputs, rnn

CHOICES = {  # what is undone: what the sweep does then
    "input": "U x_t inside the loop, not for all steps at once",
    "logits": "V h_t and its softmax inside the loop",
    "sums": "the weight gradients added up inside the loop, one product a step",
    "order": "sequence first in memory, so that a step of a batch is scattered",
    "in place": "a fresh array for each result of a step",
}


def sweep(params, x, y, undo=None):
    """Loss and gradients by one sweep forward and one backward; `undo`: a key of CHOICES."""
    U, W, V, b, c = params
    T, B = len(x), x.shape[1] if x.ndim == 3 else 1
    lead, H = x.shape[1:-1], len(W)

    def room(steps):
        if undo == "order" and lead:
            return np.empty((B, steps, H)).swapaxes(0, 1)
        return np.empty((steps, *lead, H))

    h, a = room(T + 1), room(T)
    h[0] = 0
    if undo != "input":
        a[:] = x @ U.T + b
    for t in range(T):
        if undo == "input":
            a[t] = x[t] @ U.T + b
        if undo == "in place":
            h[t + 1] = np.tanh(a[t] + h[t] @ W.T)
        else:
            a[t] += h[t] @ W.T
            np.tanh(a[t], out=h[t + 1])
    if undo == "logits":
        each = [top(V, c, h[t + 1], y[t], B) for t in range(T)]
        loss, e = sum(part for part, _ in each), np.array([row for _, row in each])
    else:
        loss, e = top(V, c, h[1:], y, B)
    dh, da = room(T), room(T)
    dh[:] = e @ V
    if undo == "in place":
        slope = 1 - h[1:] ** 2
    else:
        np.multiply(h[1:], h[1:], out=da)
        np.subtract(1, da, out=da)
    dU, dW = np.zeros_like(U), np.zeros_like(W)
    for t in range(T - 1, -1, -1):
        if undo == "in place":
            da[t] = slope[t] * dh[t]
            dh[t - 1] = dh[t - 1] + da[t] @ W if t else 0
        else:
            da[t] *= dh[t]
            if t:
                dh[t - 1] += da[t] @ W
        if undo == "sums":
            dU += flat(da[t]).T @ flat(x[t])
            dW += flat(da[t]).T @ flat(h[t])
    if undo == "sums":
        dV = sum(flat(e[t]).T @ flat(h[t + 1]) for t in range(T))
    else:
        dU, dW = flat(da).T @ flat(x), flat(da).T @ flat(h[:-1])
        dV = flat(e).T @ flat(h[1:])
    return loss, (dU, dW, dV, flat(da).sum(axis=0), flat(e).sum(axis=0))


def top(V, c, h, y, B):
    """The loss of the states h, and its derivative in the logits."""
    z = h @ V.T + c
    z -= z.max(axis=-1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=-1, keepdims=True)
    return (y * (np.log(total) - z)).sum() / B, (p / total - y) / B


def flat(rows):
    return rows.reshape(-1, rows.shape[-1])


def look(params, x, y, trace, gradients):
    """What the package looks at on the way to one loss and its gradient, and nothing else."""
    known = inputs.network(params)
    inputs.sequence(known, x, None)
    inputs.finite(trace.a[1:])
    inputs.finite(trace.h)  # stands for the logits, whose row 0 is NaN in a finished trace
    seen = inputs.labels(trace, y)
    inputs.labels(trace, seen)
    inputs.traced(known, trace)
    inputs.labels(trace, seen)
    inputs.finite(gradients.dh)


def main():
    rows = []
    for size in speed.SIZES:
        params, x, y = given = speed.case(size)
        loss, gradients = rnn.loss_and_gradient(params, (x, y))
        calls = {undo: partial(sweep, *given, undo) for undo in (None, *CHOICES)}
        for undo, call in calls.items():
            its_loss, its_gradients = call()
            np.testing.assert_allclose(its_loss, loss, rtol=1e-9)
            for mine, other in zip(gradients, its_gradients, strict=True):
                assert np.linalg.norm(mine - other) <= 1e-9 * np.linalg.norm(mine), undo
        trace = rnn.forward(params, x)
        calls["package"] = partial(rnn.loss_and_gradient, params, (x, y))
        calls["checks"] = partial(look, *given, trace, rnn.bptt(params, trace, y))
        times = turns(calls, rounds=7 if size == "wide" else 21, least=0.02)
        for name, measured in times.items():
            unit = np.median(times["package" if name in ("package", "checks") else None])
            low, middle, high = np.quantile(measured, [0.25, 0.5, 0.75]) / unit
            quartiles = {"median": middle, "lower quartile": low, "upper quartile": high}
            rows.append({"size": size, "undone": name or "nothing", **quartiles})
            print(f"{size}: {name} {middle:.2f} ({low:.2f} to {high:.2f})", flush=True)
    print(f"wrote {write('factors', rows)}")


if __name__ == "__main__":
    main()
