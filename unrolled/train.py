"""Descent along any gradient: the loop, two update rules, and what goes with them.

Parameters and gradients are tuples of arrays (`rnn.Params`, or any other), of the same shapes.
The loop knows no network: it is given an objective, which returns a loss and its gradient.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from unrolled import inputs


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
    inputs.number("alpha", alpha)

    def update(params, gradient):
        return _like(params, [p - alpha * g for p, g in zip(params, gradient, strict=True)])

    return update


def momentum(alpha: float, beta: float = 0.9) -> Callable:
    """The update v ← βv + dL/dθ, θ ← θ − αv, with v = 0 at the start (eq:momentum).

    alpha: the learning rate, > 0; beta: the share of the velocity that is kept, in [0, 1).
    Returns update(params, gradient) → params, which remembers v: a new descent needs a new one.
    Raises ValueError for any other alpha or beta.
    """
    inputs.number("alpha", alpha)
    inputs.number("beta", beta, -1e-300, 1, "a number in [0, 1)")
    velocity, left = None, None

    def update(params, gradient):
        nonlocal velocity, left
        if left is not None and params is not left:
            raise ValueError(
                "update is a momentum that was used before; a new descent needs a new one"
            )
        kept = [np.zeros_like(g) for g in gradient] if velocity is None else velocity
        velocity = [beta * v + g for v, g in zip(kept, gradient, strict=True)]
        left = _like(params, [p - alpha * v for p, v in zip(params, velocity, strict=True)])
        return left

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
    seen = _Seen(params, len(batches))
    try:
        if score:
            seen.judge("the score", 0, params, score(params))
        for step, batch in enumerate(tqdm(batches, desc="descending", unit="step"), start=1):
            with np.errstate(over="ignore", invalid="ignore"):  # Diverged says more than a warning
                value, gradient = _checked_objective(objective(params, batch), params)
                seen.demand_finite(step, {"the loss": [value], "the gradient": gradient})
                updated = _checked_update(update(params, gradient), params)
                seen.demand_finite(step, {"a parameter": updated})
            if not score:
                seen.judge("the loss", step - 1, params, value)
            params = seen.params = updated
            seen.losses.append(float(value))
            if score and (step % every == 0 or step == len(batches)):
                seen.judge("the score", step, params, score(params))
    except KeyboardInterrupt:
        done = len(seen.losses)
        print(f"interrupted after {done} of {len(batches)} updates; returning what there is")
    return seen.run()


class _Seen:
    """What a descent has seen so far."""

    def __init__(self, params, length):
        self.params, self.best, self.lowest, self.length = params, params, np.inf, length
        self.losses, self.steps, self.scores = [], [], []

    def run(self):
        steps = np.array(self.steps, dtype=int)
        return Run(self.params, self.best, np.array(self.losses), steps, np.array(self.scores))

    def judge(self, name, step, params, value):
        if np.ndim(value) != 0 or np.asarray(value).dtype.kind not in "iuf":
            raise ValueError(f"{name} is {value!r:.60}; a real number is needed")
        self.demand_finite(step, {name: [value]})
        if value < self.lowest:
            self.best, self.lowest = params, value
        self.steps.append(step)
        self.scores.append(float(value))

    def demand_finite(self, step, values):
        for name, arrays in values.items():
            if not all(np.isfinite(array).all() for array in arrays):
                raise Diverged(
                    f"{name} is not finite at step {step} of {self.length}; try a smaller "
                    "learning rate, smaller initial weights, or a limit on the gradient's norm",
                    self.run(),
                )


def minibatches(rng: np.random.Generator, N: int, size: int, epochs: int) -> list[np.ndarray]:
    """Which of N examples go into each batch: every example once an epoch, in a new order.

    size: examples in a batch (the last batch of an epoch may be smaller); epochs: how often.
    Returns epochs·⌈N/size⌉ index arrays.  Raises ValueError for a count that is not ≥ 1.
    """
    rng = inputs.generator(rng)
    inputs.whole(N=N, size=size, epochs=epochs)
    cuts = range(size, N, size)
    return [batch for _ in range(epochs) for batch in np.split(rng.permutation(N), cuts)]


def _like(params, arrays):
    """The arrays in a tuple of the same kind as params."""
    return params._make(arrays) if hasattr(params, "_make") else tuple(arrays)


def _checked(params, batches, every):
    if not isinstance(params, tuple) or not params:
        raise ValueError(f"params is a {type(params).__name__}; a tuple of arrays is needed")
    if not hasattr(batches, "__len__") or len(batches) == 0:
        raise ValueError(f"batches is {batches!r:.60}; a list of at least one batch is needed")
    inputs.whole(every=every)


def _checked_objective(result, params):
    if not isinstance(result, tuple) or len(result) != 2:
        raise ValueError(f"objective returned {type(result).__name__}; (loss, gradient) is needed")
    value, gradient = result
    if np.ndim(value) != 0 or np.asarray(value).dtype.kind not in "iuf":
        came = f"of shape {np.shape(value)}" if np.ndim(value) else repr(value)
        raise ValueError(f"objective returned a loss {came}; a real number is needed")
    got, need = ([np.shape(array) for array in arrays] for arrays in (gradient, params))
    if got != need:
        raise ValueError(f"objective returned a gradient of shapes {got}; {need} is needed")
    return result


def _checked_update(updated, params):
    got, need = ([np.shape(array) for array in arrays or ()] for arrays in (updated, params))
    if not isinstance(updated, tuple) or got != need:
        raise ValueError(f"update returned arrays of shapes {got}; {need} is needed")
    if any(new is old for new, old in zip(updated, params, strict=True)):
        raise ValueError("update changed params in place; a new tuple of arrays is needed")
    return updated
