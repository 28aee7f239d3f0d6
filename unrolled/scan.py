"""The backward sweep as an associative scan: log₂ T rounds in place of T steps.

With the states known, g_t = Vᵀe_t + WᵀD_{t+1} g_{t+1} is an affine map of g_{t+1}.  Affine maps
compose to affine maps, and in any grouping, so neighbours may be composed all at once: then pairs
of pairs, and so on (Hillis and Steele 1986; Blelloch 1990; Martin and Cundy 2018).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from unrolled import inputs
from unrolled.ends import outer_sums, signals_at_logits
from unrolled.rnn import Params, Trace


class Affine(NamedTuple):
    """Maps g ↦ s + A g, one a row; (n, B, …) where there is a batch."""

    A: np.ndarray  # (n, H, H), or (n, H): the diagonals of matrices that have nothing else
    s: np.ndarray  # (n, H)


def compose(outer: Affine, inner: Affine) -> Affine:
    """Row by row the map `outer` after the map `inner` (eq:affine-composition).

    H³ + H² multiplications a row; 2H for diagonals.
    """
    if outer.A.ndim == outer.s.ndim:
        return Affine(outer.A * inner.A, outer.s + outer.A * inner.s)
    return Affine(outer.A @ inner.A, outer.s + np.matvec(outer.A, inner.s))


def rounds(maps: Affine) -> Iterator[Affine]:
    """The maps as they are given, and after each of ⌈log₂ n⌉ rounds.

    After round r, row t is the composition of the 2^r maps t, t+1, … (of fewer at the end).
    """
    yield maps
    reach = 1
    while reach < len(maps.s):
        longer = compose(Affine(*(p[:-reach] for p in maps)), Affine(*(p[reach:] for p in maps)))
        whole = (p[-reach:] for p in maps)  # these reach the end already
        maps = Affine(*map(np.concatenate, zip(longer, whole, strict=True)))
        yield maps
        reach *= 2


def affine_scan(A: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Every g_t = s_t + A_t g_{t+1}, where g is 0 after the last row (eq:scan-equals-sweep).

    A: (n, [B,] H, H), or (n, [B,] H) for diagonals; s: (n, [B,] H).  Returns (n, [B,] H).
    A recurrence that runs forward is given, and comes back, in reverse order.
    Raises ValueError for shapes that do not fit each other.
    """
    A, s = inputs.array("A", A), inputs.array("s", s)
    if s.ndim < 2 or A.shape not in (s.shape, (*s.shape, *s.shape[-1:])) or not s.size:
        raise ValueError(
            f"A has shape {A.shape}, s {s.shape}; (n, H, H) or (n, H), (n, H) is needed"
        )
    for maps in rounds(Affine(A, s)):  # noqa: B007 the last is wanted, the others are dropped
        pass
    return maps.s


def backward_maps(params: Params, trace: Trace, e: np.ndarray) -> Affine:
    """Row t−1 takes g_{t+1} to g_t, t = 1…T: A = WᵀD_{t+1}, s = Vᵀe_t; the last A is 0.

    e: (T+1, [B,] C) dL/dz, as in `rnn.Gradients`.
    """
    slope = 1 - trace.h[1:] ** 2
    A = np.zeros((*slope.shape, slope.shape[-1]))
    A[:-1] = params.W.T * slope[1:, ..., None, :]
    return Affine(A, e[1:] @ params.V)


def scan_bptt(params: Params, trace: Trace, y: np.ndarray) -> Params:
    """Every gradient of `loss`, the signals by an associative scan.

    trace: of `rnn.forward`; y: (T, [B,] C), as `rnn.loss` has it.
    About T log₂T (H³ + H²) multiplications, of which only ⌈log₂ T⌉ rounds wait for each other.
    Raises what `rnn.bptt` raises for arguments that are not so.
    """
    inputs.traced(params, trace)
    e = signals_at_logits(trace, y)
    g = affine_scan(*backward_maps(params, trace, e))
    return outer_sums(trace, e, (1 - trace.h[1:] ** 2) * g)
