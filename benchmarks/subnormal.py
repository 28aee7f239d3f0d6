"""Does a vanishing gradient slow the double sum of chapter 6 down, in float32?

A factor that shrinks at every step becomes subnormal: smaller than 1.2e-38 in float32, with fewer
and fewer digits, until it is 0.  Some processors need far longer for such numbers.
Writes results/subnormal.csv: T, the time in float32 over that in float64, and over that of float32
with a network whose factors do not shrink.  Half a minute.
"""

from functools import partial

import numpy as np
from common import seconds, write
from sweep import double_sum

from unrolled import rnn

D, H, C = 8, 64, 10
LENGTHS = (50, 100, 200, 400)


def inputs(T, dtype, radius):
    """W, V, h, e for the double sum; an orthogonal W times `radius`, and units that stay near 0."""
    rng = np.random.default_rng(0)
    params = rnn.init(rng, D, H, C, scale=0.01)
    params = params._replace(W=radius * np.linalg.qr(params.W)[0])
    y = np.eye(C)[rng.integers(C, size=T)]
    trace = rnn.forward(params, rng.standard_normal((T, D)))
    e = trace.y_hat - rnn.from_one(y)
    return [array.astype(dtype) for array in (params.W, params.V, trace.h, e)]


def main():
    kinds = {
        "vanishing": (np.float32, 0.5),
        "double": (np.float64, 0.5),
        "lasting": (np.float32, 1),
    }
    calls = {
        (T, name): partial(double_sum, *inputs(T, *kind))
        for T in LENGTHS
        for name, kind in kinds.items()
    }
    times = seconds(calls, rounds=5)
    rows = [
        {"T": T}
        | {
            f"over_{other}": times[T, "vanishing"] / times[T, other]
            for other in ("double", "lasting")
        }
        for T in LENGTHS
    ]
    print(f"wrote {write('subnormal', rows)}")


if __name__ == "__main__":
    main()
