"""The book's example, sequences to learn from, and what was measured; nothing is downloaded."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from unrolled import inputs
from unrolled.rnn import Params, init

TRAINED_DIGITS = Path(__file__).with_name("trained_digits.npz")
RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"


class Example(NamedTuple):
    """A network, and one sequence for it."""

    params: Params
    x: np.ndarray  # (T, D) inputs
    y: np.ndarray  # (T, C) one-hot labels, one at each step
    h0: np.ndarray  # (H,) first state, not 0


class Split(NamedTuple):
    """Sequences and their labels, for training and for testing."""

    x_train: np.ndarray  # (T, N, D)
    labels_train: np.ndarray  # (N,) whole numbers
    x_test: np.ndarray  # (T, M, D)
    labels_test: np.ndarray  # (M,) whole numbers


def example(
    seed: int = 2246, *, T: int = 5, D: int = 2, H: int = 4, C: int = 3, scale: float = 1.0
) -> Example:
    """A random network and a sequence; with the defaults, the one that most chapters look at.

    Drawn in this order: `rnn.init(rng, D, H, C)`; x from N(0, 1); the T labels, each class equally
    likely; h₀, b and c from 0.5·N(0, 1).  Then W, and W alone, is multiplied by `scale`.
    The default seed hides no slip: the labels of any three steps in a row differ, the spectral
    radius of W is 1.15, no unit is saturated, and no part of the gradient is negligible.
    Raises ValueError if a size is not a positive whole number.
    """
    inputs.whole(T=T)
    rng = inputs.generator(seed)
    params = init(rng, D, H, C)
    x, y = rng.standard_normal((T, D)), np.eye(C)[rng.integers(C, size=T)]
    h0, b, c = (0.5 * rng.standard_normal(size) for size in (H, H, C))
    return Example(params._replace(W=scale * params.W, b=b, c=c), x, y, h0)


def digits(test_size: float = 0.25, seed: int = 0) -> Split:
    """Handwritten digits, read row by row: T=8 rows of D=8 pixels in [0, 1], ten classes.

    1797 images of scikit-learn's bundled set (Alpaydin and Kaynak 1998), split at random with
    the same share of each class in both parts.  test_size: a share in (0, 1); seed: of the split.
    Raises ValueError if test_size is not such a share.
    """
    inputs.number("test_size", test_size, 0, 1, "a share between 0 and 1")
    # here, since it takes most of a second, and most pages read no digit
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    x = images.reshape(-1, 8, 8).transpose(1, 0, 2) / 16  # (row, image, column), 16 is full ink
    train, test = train_test_split(
        np.arange(len(labels)), test_size=test_size, random_state=seed, stratify=labels
    )
    return Split(x[:, train], labels[train], x[:, test], labels[test])


def parity(rng: np.random.Generator, T: int, N: int, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Random bits, and at each step the parity of the last `span` of them: two classes.

    T: steps; N: sequences; span: how many bits the label depends on, 1…T.
    Returns x (T, N, 1), bits as −1 and 1, and y (T, N, 2), one-hot: class 1 where the number of
    ones among the last `span` bits is odd.  The first span − 1 steps have no label: y is 0 there.
    Raises ValueError if a number is not whole and ≥ 1, or if span > T.
    """
    rng = inputs.generator(rng)
    inputs.whole(T=T, N=N, span=span)
    if span > T:
        raise ValueError(f"span is {span}; at most T={T} is needed")
    bits = rng.integers(2, size=(T, N))
    windows = np.lib.stride_tricks.sliding_window_view(bits, span, axis=0)
    y = np.zeros((T, N, 2))
    y[span - 1 :] = np.eye(2)[windows.sum(axis=-1) % 2]
    return 2.0 * bits[..., None] - 1, y


def delayed(
    rng: np.random.Generator, T: int, N: int, delay: int, before: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers, and at each step whether the first one read `delay` steps before was small or large.

    T: steps; N: sequences; delay: how many steps the label lies behind; before: (delay, N, 2), the
    inputs of the steps before, for a piece of a longer sequence.
    Returns x (T, N, 2) from N(0, 1), and y (T, N, 3), one-hot: class 0 below −0.5, 2 from 0.5 on,
    1 between.  Without `before`, the first `delay` steps have no label: y is 0 there.
    Raises ValueError if a number is not whole and ≥ 1, or `before` has another shape.
    """
    rng = inputs.generator(rng)
    inputs.whole(T=T, N=N, delay=delay)
    x, y = rng.standard_normal((T, N, 2)), np.zeros((T, N, 3))
    known = x
    if before is not None:
        before = inputs.array("before", before)
        if before.shape != (delay, N, 2):
            raise ValueError(f"before has shape {before.shape}; {(delay, N, 2)} is needed")
        known = np.concatenate([before, x])
    read = known[: max(len(known) - delay, 0), :, 0]
    y[T - len(read) :] = np.eye(3)[np.digitize(read, [-0.5, 0.5])]
    return x, y


def trained_digits(asked: str = "last row") -> Params:
    """The parameters of a network that chapter 9 trains on `digits()`: D=8, H=64, C=10.

    asked: "last row" for the one whose loss stands at the last row only, "every row" for the one
    with a label at each row.  Kept to single precision, for pictures that must be the same on
    every machine.  Raises ValueError for any other `asked`.
    """
    if asked not in ("last row", "every row"):
        raise ValueError(f"asked is {asked!r}; 'last row' or 'every row' is needed")
    with np.load(TRAINED_DIGITS) as stored:
        return Params(*(stored[f"{asked}: {name}"].astype(float) for name in Params._fields))


def label_last(labels: np.ndarray, T: int, C: int) -> np.ndarray:
    """One-hot labels at the last step and none before: y (T, N, C), for `rnn.loss`.

    labels: (N,) whole numbers in 0…C−1.  Raises ValueError for anything else.
    """
    inputs.whole(T=T, C=C)
    labels = inputs.array("labels", labels)
    if labels.ndim != 1 or not labels.size or labels.dtype.kind not in "iu":
        came = f"an array of {labels.dtype} of shape {labels.shape}"
        raise ValueError(f"labels is {came}; one axis of whole numbers is needed")
    if labels.min() < 0 or labels.max() >= C:
        raise ValueError(f"labels lie in {labels.min()}…{labels.max()}; 0…{C - 1} is needed")
    y = np.zeros((T, len(labels), C))
    y[-1] = np.eye(C)[labels]
    return y


def measured(name: str) -> list[dict[str, str]]:
    """The rows of benchmarks/results/NAME.csv, each a dict of texts by column.

    Raises ValueError if there is no such file.
    """
    return list(csv.DictReader(_lines(name)[1:]))


def machine(name: str) -> str:
    """What benchmarks/results/NAME.csv was measured on: its first line, without the mark.

    Raises ValueError if there is no such file.
    """
    return _lines(name)[0].removeprefix("# ")


def _lines(name):
    path = RESULTS / f"{name}.csv"
    if not RESULTS.is_dir():
        raise ValueError(
            f"name is {name!r}; a copy of the repository, which has {RESULTS}, is needed"
        )
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in RESULTS.glob("*.csv")))
        raise ValueError(f"name is {name!r}; one of {known} is needed")
    return path.read_text(encoding="utf-8").splitlines()
