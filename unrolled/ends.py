"""The two ends of a backward pass, whichever way it goes in between.

It begins with the signals at the logits and ends with a sum over the uses of each weight.
"""

import numpy as np

from unrolled import inputs
from unrolled.rnn import Params


def signals_at_logits(trace, y: np.ndarray) -> np.ndarray:
    """dL/dz (T+1, [B,] C), row 0 NaN: ŷ_t − y_t where the step has a label, over B.

    trace: what a forward pass of this package gave; y: (T, [B,] C), as `rnn.loss` has it.
    Raises ValueError for a y that is not so.
    """
    y, total = inputs.labels(trace, y)
    e = np.full_like(trace.y_hat, np.nan)
    e[1:] = (trace.y_hat[1:] * total - y) / (y.shape[1] if y.ndim == 3 else 1)
    return e


def outer_sums(trace, e: np.ndarray, da: np.ndarray, to_U=None, to_W=None) -> Params:
    """The gradients of the parameters from the signals: sums of outer products over all steps.

    e: (T+1, [B,] C) dL/dz; da: (T, [B,] rows of b) dL/da of the steps 1…T; to_U, to_W: those of its
    rows that U and W lead to, all if None.
    """
    every = tuple(range(da.ndim - 1))  # time, and the batch if there is one

    def products(left, right):
        return np.tensordot(left, right, axes=(every, every))

    return Params(
        U=products(da if to_U is None else to_U, trace.x[1:]),
        W=products(da if to_W is None else to_W, trace.h[:-1]),
        V=products(e[1:], trace.h[1:]),
        b=da.sum(axis=every),
        c=e[1:].sum(axis=every),
    )
