"""What the scan and the checkpoints of chapter 13 cost, beside the plain sweep.

Writes results/linear.csv: part, T, H, K, and `time` and `memory` in units of the sweep's at the
same sizes.  Part "matrices": all signals of a network by the scan, against a loop over the steps;
part "diagonals": the same for a diagonal recurrence; neither says anything of memory.
Part "segments": loss and gradient with K segments, against the whole trace kept; memory is the
peak that Python's own tracer sees.  About a minute.
"""

import tracemalloc
from functools import partial

import numpy as np
from common import seconds, write

from unrolled import rnn
from unrolled.checkpoints import checkpointed
from unrolled.data import example
from unrolled.scan import affine_scan

LENGTH, WIDTHS = 512, (1, 2, 4, 8, 16, 32, 64)  # of the scans
T, H, SEGMENTS = 4096, 64, (1, 4, 16, 64, 256, 1024)  # of the checkpoints


def loop(A, s):
    """g_t = s_t + A_t g_{t+1}, one step after another.  A: (n, H, H) or (n, H); s: (n, H)."""
    g, following = np.empty_like(s), np.zeros(s.shape[1])
    for t in range(len(s) - 1, -1, -1):
        step = A[t] * following if A.ndim == 2 else A[t].dot(following)
        following = g[t] = s[t] + step
    return g


def scans():
    """Each width, with random matrices and diagonals whose products neither vanish nor explode."""
    rng, calls = np.random.default_rng(0), {}
    for width in WIDTHS:
        s = rng.standard_normal((LENGTH, width))
        for part, A in (
            ("matrices", rng.standard_normal((LENGTH, width, width)) / np.sqrt(width)),
            ("diagonals", rng.uniform(0.5, 1, (LENGTH, width))),
        ):
            np.testing.assert_allclose(affine_scan(A, s), loop(A, s), rtol=1e-9, atol=1e-9)
            calls[part, width, "scan"] = partial(affine_scan, A, s)
            calls[part, width, "loop"] = partial(loop, A, s)
    times = seconds(calls, rounds=9)
    for part in ("matrices", "diagonals"):
        for width in WIDTHS:
            ratio = times[part, width, "scan"] / times[part, width, "loop"]
            yield {"part": part, "T": LENGTH, "H": width, "K": "", "time": ratio, "memory": ""}


def checkpoints():
    """Each number of segments, one sequence."""
    params, x, y, h0 = example(T=T, D=4, H=H, C=3)

    def whole():
        trace = rnn.forward(params, x, h0)
        return rnn.loss(trace, y), rnn.bptt(params, trace, y).params

    calls = {K: partial(checkpointed, params, x, y, h0, K) for K in SEGMENTS}
    for call in calls.values():
        np.testing.assert_allclose(call().params.W, whole()[1].W, rtol=1e-9, atol=1e-9)
    times = seconds(calls | {"whole": whole}, rounds=9)
    peaks = {name: peak(call) for name, call in (calls | {"whole": whole}).items()}
    for K in SEGMENTS:
        time, memory = times[K] / times["whole"], peaks[K] / peaks["whole"]
        yield {"part": "segments", "T": T, "H": H, "K": K, "time": time, "memory": memory}


def peak(call):
    """The most bytes that one call has in use at one time."""
    tracemalloc.start()
    call()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main():
    print(f"wrote {write('linear', [*scans(), *checkpoints()])}")


if __name__ == "__main__":
    main()
