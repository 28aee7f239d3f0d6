"""What Eq. B's missing path through time costs: the true gradient beside the explicit part alone.

The explicit part is the notes' Eq. B (and C), summed over time: `bptt(..., window=1)`.  Tasks: the
digits, labelled after the last row, and the parity of the last 2 to 6 bits, labelled at each step.
Parity is trained on sequences of 12 bits, of which there are only 4096, and tested on 100 bits.
For each task and gradient the learning rate with the highest mean accuracy on data kept aside is
taken first, over three seeds that are not used again; then ten seeds are run, the same starts and
batches for both gradients.  Writes results/missing_path.csv: test accuracy for each seed.  About
six minutes.
"""

from functools import partial

import numpy as np
from common import write
from digits import ASIDE, BATCH, BETA, EPOCHS, C, D, H, T, objective
from threadpoolctl import threadpool_limits

from unrolled import data, rnn, train

WINDOWS = {"true": None, "Eq. B": 1}
ALPHAS = (0.005, 0.01, 0.02, 0.05, 0.1)
SEEDS, SEARCH = range(10), range(100, 103)
SPANS, STEPS, LONG, UPDATES, HIDDEN = range(2, 7), 12, 100, 1000, 16


def digits_accuracy(window, alpha, seed):
    """Accuracy on the images kept aside and on the test images."""
    split = data.digits(seed=seed)
    y, y_test = (data.label_last(s, T, C) for s in (split.labels_train, split.labels_test))
    rng = np.random.default_rng(seed)
    start = rnn.init(rng, D, H, C)
    batches = [ASIDE + i for i in train.minibatches(rng, y.shape[1] - ASIDE, BATCH, EPOCHS)]
    params = descended(split.x_train, y, start, batches, window, alpha)
    return (
        rnn.accuracy(rnn.forward(params, split.x_train[:, :ASIDE]), y[:, :ASIDE]),
        rnn.accuracy(rnn.forward(params, split.x_test), y_test),
    )


def parity_accuracy(span, window, alpha, seed):
    """Accuracy on bits kept aside and on test bits, in sequences too long to have been seen."""
    rng = np.random.default_rng(seed)
    x, y = data.parity(rng, STEPS, BATCH * UPDATES, span)
    start = rnn.init(rng, 1, HIDDEN, 2)
    batches = train.minibatches(rng, BATCH * UPDATES, BATCH, 1)
    params = descended(x, y, start, batches, window, alpha)
    aside, test = data.parity(rng, STEPS, 500, span), data.parity(rng, LONG, 200, span)
    return tuple(rnn.accuracy(rnn.forward(params, x), y) for x, y in (aside, test))


def descended(x, y, start, batches, window, alpha):
    """The parameters after descent with momentum along one of the two gradients."""
    update = train.momentum(alpha, BETA)
    return train.descend(partial(objective, x, y, window=window), start, batches, update).params


def main():
    tasks = {"digits": digits_accuracy}
    tasks |= {f"parity of {span}": partial(parity_accuracy, span) for span in SPANS}
    rows = []
    for task, accuracy in tasks.items():
        for gradient, window in WINDOWS.items():
            aside = {
                alpha: np.mean([accuracy(window, alpha, seed)[0] for seed in SEARCH])
                for alpha in ALPHAS
            }
            alpha = max(aside, key=aside.get)
            got = [accuracy(window, alpha, seed)[1] for seed in SEEDS]
            print(f"{task}, {gradient}, alpha {alpha}: {np.mean(got):.3f}", flush=True)
            rows += [
                {"task": task, "gradient": gradient, "alpha": alpha, "seed": s, "accuracy": a}
                for s, a in zip(SEEDS, got, strict=True)
            ]
    print(f"wrote {write('missing_path', rows)}")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
