"""What one gradient costs backward (BPTT) and forward in time (RTRL), against T and H.

Writes results/rtrl.csv: method, T, H, and the time in units of BPTT's at the smallest T and H.
About a minute.
"""

from functools import partial

import numpy as np
from common import seconds, write

from unrolled import rnn
from unrolled.data import example
from unrolled.rtrl import rtrl

D, C = 4, 3
LENGTHS = {"BPTT": (8, 32, 128, 512, 1024, 2048, 4096), "RTRL": (8, 32, 128, 256, 512)}
WIDTH = 32  # at every length
WIDTHS = {"BPTT": (8, 16, 32, 64, 128, 256, 512, 1024, 2048), "RTRL": (8, 16, 32, 64, 96, 128)}
STEPS = 8  # at every width


def bptt(params, trace, y):
    return rnn.bptt(params, trace, y).params


METHODS = {"BPTT": bptt, "RTRL": rtrl}


def inputs(T, H):
    """params, trace, y of a random network and sequence."""
    params, x, y, h0 = example(T=T, D=D, H=H, C=C)
    return params, rnn.forward(params, x, h0), y


def main():
    sizes = {(m, T, WIDTH) for m, lengths in LENGTHS.items() for T in lengths}
    sizes |= {(m, STEPS, H) for m, widths in WIDTHS.items() for H in widths}
    calls = {}
    for method, T, H in sorted(sizes):
        given = inputs(T, H)
        if H * T <= 4096:
            for forward, backward in zip(rtrl(*given), bptt(*given), strict=True):
                np.testing.assert_allclose(forward, backward, rtol=1e-9, atol=1e-11)
        calls[method, T, H] = partial(METHODS[method], *given)
    times = seconds(calls, rounds=9)
    unit = times["BPTT", STEPS, min(WIDTHS["BPTT"])]
    rows = [
        {"method": method, "T": T, "H": H, "time": time / unit}
        for (method, T, H), time in times.items()
    ]
    print(f"wrote {write('rtrl', rows)}")


if __name__ == "__main__":
    main()
