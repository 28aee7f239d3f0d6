"""Real-time recurrent learning: the gradient of the loss, carried forward in time.

The same gradient as `rnn.bptt`, by the other order of the same products (Williams and Zipser
1989).  It looks at each step once, in order, and needs no earlier one again.
"""

import numpy as np

from unrolled import inputs
from unrolled.rnn import Params, Trace


def rtrl(params: Params, trace: Trace, y: np.ndarray) -> Params:
    """Every gradient of `loss` for one sequence, forward in time (eq:rtrl-recursion).

    trace: of `rnn.forward` without a batch; y: (T, C), as `rnn.loss` has it.
    Costs about H³(D + H + 1) multiplications a step, and holds H²(D + H + 1) numbers.
    Raises ValueError for a batch, and what `rnn.bptt` raises for arguments that are not so.
    """
    W, V = inputs.traced(params, trace)
    y, total = inputs.labels(trace, y)
    x, _, h, _, y_hat = trace
    if h.ndim != 2:
        raise ValueError(f"trace has h of shape {h.shape}; one sequence, (T+1, H), is needed")
    H, D = len(W), x.shape[-1]
    units = np.arange(H)
    # a_t = θ·(x_t, h_{t-1}, 1) with θ = [U W b]: one matrix for all three.
    J = np.zeros((H, H, D + H + 1))  # dh_t/dθ, at first of h_0, which no parameter moves
    dtheta = np.zeros((H, D + H + 1))
    dV, dc = np.zeros_like(V), np.zeros(len(V))
    for t in range(1, len(h)):
        J = np.tensordot(W, J, axes=1)  # implicit: through h_{t-1}
        J[units, units] += np.concatenate((x[t], h[t - 1], [1]))  # explicit
        J *= (1 - h[t] ** 2)[:, None, None]
        e = y_hat[t] * total[t - 1] - y[t - 1]
        dtheta += np.tensordot(V.T @ e, J, axes=1)
        dV += np.outer(e, h[t])
        dc += e
    return Params(U=dtheta[:, :D], W=dtheta[:, D:-1], V=dV, b=dtheta[:, -1], c=dc)
