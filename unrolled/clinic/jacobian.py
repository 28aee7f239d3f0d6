"""The softmax's Jacobian: a weighted sum of three matrices, so that the weights name the slip."""

import numpy as np

from unrolled.clinic import patterns
from unrolled.rnn import softmax

# weights of diag(ŷ), of diag(ŷ²), and of ŷŷᵀ off its diagonal: {slips: weights}
KNOWN = {
    (): (1, -1, -1),
    ("softmax-diagonal",): (1, -1, 0),
    ("off-diagonal-sign",): (1, -1, 1),
    ("square-missing",): (1, 0, -1),
    ("square-missing", "softmax-diagonal"): (1, 0, 0),
    ("square-missing", "off-diagonal-sign"): (1, 0, 1),
}


def inputs() -> list[tuple[np.ndarray]]:
    """The logits that an answer is given, of several sizes."""
    rng = np.random.default_rng(0)
    return [(1.5 * rng.standard_normal(C),) for C in (2, 3, 3, 4, 5)]


def right(z: np.ndarray) -> np.ndarray:
    """diag(ŷ) − ŷŷᵀ (eq:softmax-jacobian)."""
    y_hat = softmax(z)
    return np.diag(y_hat) - np.outer(y_hat, y_hat)


def read(values: list, tolerance: float = 1e-6):
    """(slips, numbers) of answers on `inputs()`, or None if they show no known slip."""
    if not np.any(np.concatenate([np.ravel(value) for value in values])):
        return ("zero",), {}
    for z_to_y, names in ((softmax, ()), (np.exp, ("softmax-not-normalised",))):
        columns = np.concatenate([_three(z_to_y(z)) for (z,) in inputs()])
        answer = np.concatenate([np.ravel(value) for value in values])
        weights = np.linalg.solve(columns.T @ columns, columns.T @ answer)
        if np.linalg.norm(answer - columns @ weights) > tolerance * np.linalg.norm(answer):
            continue
        for slips, target in KNOWN.items():
            target = np.array(target, dtype=float)
            scale = weights @ target / (target @ target)
            if np.linalg.norm(weights - scale * target) <= tolerance * np.linalg.norm(weights):
                factor, numbers = patterns.factor(scale, 1, 1, tolerance)
                return names + slips + factor, numbers
    return None


def _three(y):
    cross, here = np.outer(y, y), np.eye(len(y))
    return np.stack([(here * y).ravel(), (here * cross).ravel(), ((1 - here) * cross).ravel()], 1)
