"""What a truncated gradient teaches, and what a sliding window costs.

The task of chapter 11: at each step the label says whether the number read five steps before was
small, middling or large.  Networks of 32 units are trained on it with momentum and clipping, along
the gradient cut to a window of 1 to 7 steps, along the whole one, with V and c alone learning
(w = 0: no step is gone back), and in chunks of a long stream, the state handed on and the
parameters updated after each chunk; the same starts for all.
Writes results/window.csv: the accuracy on fresh sequences for each seed (and the share of the most
frequent class), and results/window_cost.csv: the time of a gradient by each method over that of the
whole one.  About five minutes.
"""

from functools import partial

import numpy as np
from common import seconds, write
from threadpoolctl import threadpool_limits

from unrolled import rnn, train
from unrolled.data import delayed

DELAY, STEPS, BATCH, D, H, C = 5, 20, 32, 2, 32, 3
WINDOWS = (0, 1, 2, 3, 4, 5, 6, 7, STEPS)
CHUNKS = (5, 6, 7, 10, 20)
SEEDS = range(5)
ALPHA, BETA, CLIP, UPDATES, TESTS = 0.02, 0.9, 1.0, 2000, 1000
LONG, UNITS = 1000, 64
COSTS = (10, 20, 50, 100, 200)


def objective(params, batch, window=None):
    """Loss and gradient for x, y and a first state; the gradient's norm is at most CLIP."""
    x, y, h0 = batch
    trace = rnn.forward(params, x, h0)
    gradient = rnn.bptt(params, trace, y, window=window or None).params
    if window == 0:
        gradient = gradient._replace(**{name: 0 * getattr(params, name) for name in "UWb"})
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    return rnn.loss(trace, y), rnn.Params(*(g * min(1, CLIP / norm) for g in gradient))


def in_windows(rng, start, window):
    """The parameters after as many updates, each on BATCH fresh sequences."""
    batches = [(*delayed(rng, STEPS, BATCH, DELAY), None) for _ in range(UPDATES)]
    update = train.momentum(ALPHA, BETA)
    return train.descend(partial(objective, window=window), start, batches, update).params


def in_chunks(rng, params, size):
    """The same along BATCH endless streams: a chunk, an update, the next chunk from that state."""
    update, state = train.momentum(ALPHA, BETA), None
    before = rng.standard_normal((DELAY, BATCH, D))
    for _ in range(UPDATES):
        x, y = delayed(rng, size, BATCH, DELAY, before)
        before = np.concatenate([before, x])[-DELAY:]
        last = rnn.forward(params, x, state).h[-1]
        params = update(params, objective(params, (x, y, state))[1])
        state = last
    return params


def taught():
    """Test accuracy by method, size and seed."""
    x, y = delayed(np.random.default_rng(99), STEPS, TESTS, DELAY)
    majority = float(y[DELAY:].mean(axis=(0, 1)).max())
    methods = [("window", in_windows, w) for w in WINDOWS]
    methods += [("chunks", in_chunks, w) for w in CHUNKS]
    for method, learn, w in methods:
        for seed in SEEDS:
            rng = np.random.default_rng(seed)
            params = learn(rng, rnn.init(rng, D, H, C), w)
            got = rnn.accuracy(rnn.forward(params, x), y)
            print(f"{method} {w}, seed {seed}: {got:.3f}", flush=True)
            yield {"method": method, "w": w, "seed": seed, "accuracy": got, "majority": majority}


def chunked(params, x, y, w):
    """The gradients of the chunks, the state handed on."""
    state = None
    for start in range(0, len(x), w):
        trace = rnn.forward(params, x[start : start + w], state)
        rnn.bptt(params, trace, y[start : start + w])
        state = trace.h[-1]


def whole(params, x, y, w):
    rnn.bptt(params, rnn.forward(params, x), y, window=w)


def costs():
    """Forward and backward, LONG steps of one sequence, over the same with nothing cut."""
    rng = np.random.default_rng(0)
    params, x = rnn.init(rng, D, UNITS, C), rng.standard_normal((LONG, D))
    y = np.eye(C)[rng.integers(C, size=LONG)]
    calls = {("exact", LONG): partial(whole, params, x, y, None)}
    calls |= {("window", w): partial(whole, params, x, y, w) for w in COSTS}
    calls |= {("chunks", w): partial(chunked, params, x, y, w) for w in COSTS}
    times = seconds(calls, rounds=7)
    first = times["exact", LONG]
    return [{"method": m, "w": w, "over_exact": time / first} for (m, w), time in times.items()]


def main():
    print(f"wrote {write('window_cost', costs())}")
    with threadpool_limits(1):
        print(f"wrote {write('window', list(taught()))}")


if __name__ == "__main__":
    main()
