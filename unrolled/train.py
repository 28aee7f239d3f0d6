"""Descent along any gradient: the loop, two update rules, and what goes with them.

Parameters and gradients are tuples of arrays (`rnn.Params`, or any other), of the same shapes.
The loop knows no network: it is given an objective, which returns a loss and its gradient.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm


class Run(NamedTuple):
    """What a descent leaves behind, whether it came to its end or was interrupted."""

    params: tuple  # after the last update
    best: tuple  # the parameters with the lowest score that was seen
    losses: np.ndarray  # (n,) the loss of each batch, taken just before its update
    steps: np.ndarray  # (m,) how many updates had been made at each score
    scores: np.ndarray  # (m,) the scores


class Diverged(FloatingPointError):
    """A loss, a gradient, a parameter or a score is NaN or infinite; `run` is what there was."""

    def __init__(self, message: str, run: Run) -> None:
        super().__init__(message)
        self.run = run


def gradient_descent(alpha: float) -> Callable:
    """The update θ ← θ − α dL/dθ for every parameter at once (eq:update-w).

    alpha: the learning rate, > 0.  Returns update(params, gradient) → params.
    Raises ValueError for any other alpha.
    """
    _demand("alpha", alpha, 0 < alpha < np.inf, "a positive number")

    def update(params, gradient):
        return _like(params, [p - alpha * g for p, g in zip(params, gradient, strict=True)])

    return update


def momentum(alpha: float, beta: float = 0.9) -> Callable:
    """The update v ← βv + dL/dθ, θ ← θ − αv, with v = 0 at the start (eq:momentum).

    alpha: the learning rate, > 0; beta: the share of the velocity that is kept, in [0, 1).
    Returns update(params, gradient) → params, which remembers v: a new descent needs a new one.
    Raises ValueError for any other alpha or beta.
    """
    _demand("alpha", alpha, 0 < alpha < np.inf, "a positive number")
    _demand("beta", beta, 0 <= beta < 1, "a number in [0, 1)")
    velocity = None

    def update(params, gradient):
        nonlocal velocity
        kept = [np.zeros_like(g) for g in gradient] if velocity is None else velocity
        velocity = [beta * v + g for v, g in zip(kept, gradient, strict=True)]
        return _like(params, [p - alpha * v for p, v in zip(params, velocity, strict=True)])

    return update


def descend(
    objective: Callable,
    params: tuple,
    batches: Sequence,
    update: Callable,
    *,
    score: Callable | None = None,
    every: int = 1,
) -> Run:
    """One update for each batch, with a progress bar; keeps the parameters of the lowest score.

    objective: objective(params, batch) → (loss, gradient), a number and a tuple like params
    params: a tuple of arrays, where the descent starts; it is not changed
    batches: what objective is given, one after the other; its length is the number of updates
    update: update(params, gradient) → params, such as `gradient_descent(0.1)`
    score: score(params) → number, lower is better, such as the loss on data kept aside; taken at
      the start, after every `every` updates and at the end.  None: each step's own loss.

    An interrupt (Ctrl-C, or the stop button of Jupyter) ends it: what there is then is returned.
    Raises Diverged, with the step and what to try, at a NaN or an infinity; ValueError for
    arguments that are not so, naming them.
    """
    _checked(params, batches, every)
    losses, steps, scores = [], [], []
    best, lowest = params, np.inf

    def run():
        return Run(params, best, np.array(losses), np.array(steps, dtype=int), np.array(scores))

    def finite(step, **values):
        for name, arrays in values.items():
            if not all(np.isfinite(array).all() for array in arrays):
                raise Diverged(
                    f"{name} is not finite at step {step} of {len(batches)}; try a smaller "
                    "learning rate, smaller initial weights, or a limit on the gradient's norm",
                    run(),
                )

    def judge(step, value):
        nonlocal best, lowest
        finite(step, **{"the score" if score else "the loss": [value]})
        if value < lowest:
            best, lowest = params, value
        steps.append(step)
        scores.append(float(value))

    try:
        if score:
            judge(0, score(params))
        for step, batch in enumerate(tqdm(batches, desc="descending", unit="step"), start=1):
            with np.errstate(over="ignore", invalid="ignore"):  # `finite` says more than a warning
                value, gradient = _checked_objective(objective(params, batch), params)
                finite(step, **{"the loss": [value], "the gradient": gradient})
                updated = update(params, gradient)
                finite(step, **{"a parameter": updated})
            if not score:
                judge(step - 1, value)
            params = updated
            losses.append(float(value))
            if score and (step % every == 0 or step == len(batches)):
                judge(step, score(params))
    except KeyboardInterrupt:
        print(f"interrupted after {len(losses)} of {len(batches)} updates; returning what there is")
    return run()


def minibatches(rng: np.random.Generator, N: int, size: int, epochs: int) -> list[np.ndarray]:
    """Which of N examples go into each batch: every example once an epoch, in a new order.

    size: examples in a batch (the last batch of an epoch may be smaller); epochs: how often.
    Returns epochs·⌈N/size⌉ index arrays.  Raises ValueError for a count that is not ≥ 1.
    """
    for name, count in {"N": N, "size": size, "epochs": epochs}.items():
        _demand_count(name, count)
    cuts = range(size, N, size)
    return [batch for _ in range(epochs) for batch in np.split(rng.permutation(N), cuts)]


def _like(params, arrays):
    """The arrays in a tuple of the same kind as params."""
    return params._make(arrays) if hasattr(params, "_make") else tuple(arrays)


def _demand(name, value, holds, need):
    if not holds:
        raise ValueError(f"{name} is {value!r}; {need} is needed")


def _demand_count(name, value):
    whole = isinstance(value, int | np.integer)
    _demand(name, value, whole and value >= 1, "a whole number of at least 1")


def _checked(params, batches, every):
    if not isinstance(params, tuple) or not params:
        raise ValueError(f"params is a {type(params).__name__}; a tuple of arrays is needed")
    if not hasattr(batches, "__len__") or len(batches) == 0:
        raise ValueError(f"batches is {batches!r:.60}; a list of at least one batch is needed")
    _demand_count("every", every)


def _checked_objective(result, params):
    if not isinstance(result, tuple) or len(result) != 2:
        raise ValueError(f"objective returned {type(result).__name__}; (loss, gradient) is needed")
    value, gradient = result
    if np.ndim(value) != 0:
        raise ValueError(
            f"objective returned a loss of shape {np.shape(value)}; a number is needed"
        )
    got, need = ([np.shape(array) for array in arrays] for arrays in (gradient, params))
    if got != need:
        raise ValueError(f"objective returned a gradient of shapes {got}; {need} is needed")
    return result
