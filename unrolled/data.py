"""Sequences to learn from; nothing is downloaded."""

from typing import NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class Split(NamedTuple):
    """Sequences and their labels, for training and for testing."""

    x_train: np.ndarray  # (T, N, D)
    labels_train: np.ndarray  # (N,) whole numbers
    x_test: np.ndarray  # (T, M, D)
    labels_test: np.ndarray  # (M,) whole numbers


def digits(test_size: float = 0.25, seed: int = 0) -> Split:
    """Handwritten digits, read row by row: T=8 rows of D=8 pixels in [0, 1], ten classes.

    1797 images of scikit-learn's bundled set (Alpaydin and Kaynak 1998), split at random with
    the same share of each class in both parts.  test_size: a share in (0, 1); seed: of the split.
    Raises ValueError if test_size is not such a share.
    """
    if not 0 < test_size < 1:
        raise ValueError(f"test_size is {test_size!r}; a share between 0 and 1 is needed")
    images, labels = load_digits(return_X_y=True)
    x = images.reshape(-1, 8, 8).transpose(1, 0, 2) / 16  # (row, image, column), 16 is full ink
    train, test = train_test_split(
        np.arange(len(labels)), test_size=test_size, random_state=seed, stratify=labels
    )
    return Split(x[:, train], labels[train], x[:, test], labels[test])


def label_last(labels: np.ndarray, T: int, C: int) -> np.ndarray:
    """One-hot labels at the last step and none before: y (T, N, C), for `rnn.loss`.

    labels: (N,) whole numbers in 0…C−1.  Raises ValueError for one outside.
    """
    labels = np.asarray(labels)
    if labels.min() < 0 or labels.max() >= C:
        raise ValueError(f"labels lie in {labels.min()}…{labels.max()}; 0…{C - 1} is needed")
    y = np.zeros((T, len(labels), C))
    y[-1] = np.eye(C)[labels]
    return y
