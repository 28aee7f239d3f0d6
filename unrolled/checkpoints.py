"""Backpropagation through time in little memory: some states kept, the others computed again.

Also called rematerialisation.  One level of it, with segments of equal length; nested, the states
kept grow like log T (Griewank 1992).
"""

from typing import NamedTuple

import numpy as np

from unrolled import inputs
from unrolled.ends import outer_sums, signals_at_logits
from unrolled.rnn import Params, forward, loss


class Checkpointed(NamedTuple):
    """What one pass forward and back gave, and what it took."""

    loss: float
    params: Params  # the gradient
    h0: np.ndarray  # ([B,] H) dL/dh₀
    held: int  # the most hidden states that were there at one time
    steps: int  # forward steps, of both passes


def checkpointed(
    params: Params, x: np.ndarray, y: np.ndarray, h0: np.ndarray | None = None, segments: int = 1
) -> Checkpointed:
    """The loss and every gradient of it, with no more than segments + ⌈T/segments⌉ states held.

    x, h0: as `rnn.forward` has them; y: as `rnn.loss`; segments: 1…T.  The first pass keeps the
    state before each segment; then, from the last segment to the first, its states are computed
    again and swept.  Raises ValueError for arguments that are not so.
    """
    _, x, state = inputs.sequence(params, x, h0)
    y, T = inputs.array("y", y), len(x)
    inputs.whole(segments=segments)
    if segments > T or len(y) != T:
        raise ValueError(f"x has {T} steps, y {len(y)}, segments is {segments}; as many rows of y "
                         f"as of x and at most {T} segments are needed")  # fmt: skip
    parts = [slice(rows[0], rows[-1] + 1) for rows in np.array_split(np.arange(T), segments)]
    kept, total = [], 0.0
    for part in parts:
        kept.append(state)
        of_part, state = _ahead(params, x[part], y[part], state)
        total += of_part
    gradient, held, arriving = None, [], np.zeros_like(state)
    for part in reversed(parts):
        held.append(len(kept) + part.stop - part.start)
        found, arriving = _back(params, x[part], y[part], kept.pop(), arriving)
        gradient = found if gradient is None else Params(*map(np.add, gradient, found))
    return Checkpointed(total, gradient, arriving, max(held), 2 * T)


def _ahead(params, x, y, state):
    """The loss of one segment, and its last state; whatever else was computed is dropped."""
    run = forward(params, x, state)
    return loss(run, y), run.h[-1].copy()


def _back(params, x, y, state, arriving):
    """The segment again, and its gradients; and the signal that it hands back.

    arriving: ([B,] H), what the later segments say to this one's last state.
    """
    run = forward(params, x, state)
    e = signals_at_logits(run, y)
    da = 1 - run.h[1:] ** 2
    from_here = e[1:] @ params.V
    for t in range(len(da) - 1, -1, -1):
        da[t] *= from_here[t] + arriving
        arriving = da[t] @ params.W
    return outer_sums(run, e, da), arriving
