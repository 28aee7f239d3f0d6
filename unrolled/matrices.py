"""What several chapters ask of matrices and of tuples of arrays.  Knows no network."""

import numpy as np


def spectral_radius(A: np.ndarray) -> float:
    """The largest modulus of an eigenvalue of A, (n, n)."""
    return float(np.abs(np.linalg.eigvals(A)).max())


def contract(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Σ over the last axis of `left` and the first of `right`: the chain rule for any arrays.

    left: (..., n); right: (n, ...).  For matrices it is left @ right.
    """
    return np.tensordot(left, right, axes=1)


def flat(arrays: tuple[np.ndarray, ...]) -> np.ndarray:
    """All entries of a tuple of arrays, such as `rnn.Params`, in one vector."""
    return np.concatenate([np.ravel(array) for array in arrays])
