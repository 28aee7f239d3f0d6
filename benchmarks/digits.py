"""Digits row by row: the book's network beside PyTorch's vanilla RNN and logistic regression.

Each of five seeds splits the images, draws the weights and orders the batches; H, the optimiser and
the number of epochs are the same for both networks.  Nothing was chosen by looking at test images.
Writes results/digits.csv: test accuracy, a row for each method and seed.  PyTorch is no requirement
of the book: `pip install torch==2.13.0` into an environment of its own that also has the book's
packages; without it the other two are measured and printed, and no file is written.

    python benchmarks/digits.py --store     only train what unrolled/trained_digits.npz holds
"""

import argparse
import sys
from functools import partial

import numpy as np
from common import write
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from unrolled import data, rnn, train

D, H, C, T = 8, 64, 10, 8
EPOCHS, BATCH, BETA = 30, 32, 0.9
ALPHAS = {"last row": 0.02, "every row": 0.01}  # the more often asked, the larger the gradient
ALPHA = ALPHAS["last row"]
ASIDE = 200  # training images that chapter 9 keeps aside to choose the best parameters by
SEEDS = range(5)


def objective(x, y, params, batch, window=None):
    """The loss of one batch and its gradient.  x: (T, N, D); y: (T, N, C); batch: indices."""
    trace = rnn.forward(params, x[:, batch])
    gradients = rnn.bptt(params, trace, y[:, batch], window)
    return rnn.loss(trace, y[:, batch]), gradients.params


def train_book(split, seed, asked="last row"):
    """Chapter 9's recipe: the parameters with the lowest loss on the images kept aside."""
    y = data.label_last(split.labels_train, T, C)
    if asked == "every row":
        y[:] = y[-1]
    x, y, x_aside, y_aside = (
        split.x_train[:, ASIDE:],
        y[:, ASIDE:],
        split.x_train[:, :ASIDE],
        y[:, :ASIDE],
    )
    rng = np.random.default_rng(seed)
    start = rnn.init(rng, D, H, C)
    batches = train.minibatches(rng, x.shape[1], BATCH, EPOCHS)
    return train.descend(
        partial(objective, x, y),
        start,
        batches,
        train.momentum(ALPHAS[asked], BETA),
        score=lambda params: rnn.loss(rnn.forward(params, x_aside), y_aside),
        every=len(batches) // EPOCHS,
    )


def book(split, seed):
    """Test accuracy of the book's network."""
    y = data.label_last(split.labels_test, T, C)
    best = train_book(split, seed).best
    return rnn.accuracy(rnn.forward(best, split.x_test), y)


def logistic_regression(split, seed):
    """Test accuracy of scikit-learn's logistic regression on the same 64 pixels, all at once."""
    flat = [x.transpose(1, 0, 2).reshape(-1, T * D) for x in (split.x_train, split.x_test)]
    model = LogisticRegression(max_iter=5000, random_state=seed)
    return model.fit(flat[0], split.labels_train).score(flat[1], split.labels_test)


def pytorch_rnn(split, seed):
    """Test accuracy of torch.nn.RNN and a linear layer, as the framework starts them."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    layers = torch.nn.RNN(D, H, dtype=torch.float64), torch.nn.Linear(H, C, dtype=torch.float64)

    def logits(x):
        return layers[1](layers[0](torch.from_numpy(np.ascontiguousarray(x)))[0][-1])

    parameters = [p for layer in layers for p in layer.parameters()]
    optimiser = torch.optim.SGD(parameters, lr=ALPHA, momentum=BETA)
    x, labels = split.x_train[:, ASIDE:], torch.from_numpy(split.labels_train[ASIDE:])
    aside = split.x_train[:, :ASIDE], torch.from_numpy(split.labels_train[:ASIDE])
    rng = np.random.default_rng(seed)
    batches = train.minibatches(rng, x.shape[1], BATCH, EPOCHS)
    lowest, hits = np.inf, np.nan
    for step, batch in enumerate(batches, start=1):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(logits(x[:, batch]), labels[batch]).backward()
        optimiser.step()
        if step % (len(batches) // EPOCHS) == 0:
            with torch.no_grad():
                score = torch.nn.functional.cross_entropy(logits(aside[0]), aside[1]).item()
                if score < lowest:
                    lowest = score
                    hits = logits(split.x_test).argmax(dim=1).numpy() == split.labels_test
    return float(np.mean(hits))


def store():
    """Train seed 0, asked after the last row and at every row; keep both, to single precision."""
    stored = {
        f"{asked}: {name}": array.astype(np.float32)
        for asked in ALPHAS
        for name, array in train_book(data.digits(), 0, asked).best._asdict().items()
    }
    np.savez_compressed(data.TRAINED_DIGITS, **stored)
    print(f"wrote {data.TRAINED_DIGITS}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", action="store_true", help="train what is stored")
    if parser.parse_args().store:
        store()
        return
    methods = {"this book": book, "logistic regression": logistic_regression}
    try:
        import torch

        methods[f"PyTorch {torch.__version__} RNN"] = pytorch_rnn
    except ImportError:
        print("PyTorch is not installed: it is left out, and no file is written", file=sys.stderr)
    rows = []
    for name, method in methods.items():
        for seed in SEEDS:
            rows.append(
                {"method": name, "seed": seed, "accuracy": method(data.digits(seed=seed), seed)}
            )
        mine = [row["accuracy"] for row in rows if row["method"] == name]
        print(f"{name}: mean {np.mean(mine):.4f}, lowest {min(mine):.4f}")
    if len(methods) == 3:
        print(f"wrote {write('digits', rows)}")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
