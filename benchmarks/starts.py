"""Which start lets a network learn a memory: W usual or orthogonal, U usual or small.

Chapter 10's task: 20 random numbers, and the label, at the last step, is the sign of the first.
Chapter 10's training: 8 units, 300 batches of 64, descent with clipped gradients.  Twenty seeds for
each of the four starts, the same batches for all.  Writes results/starts.csv: the median norm of
∂h_20/∂h_1 before training (along 100 fresh sequences), and the accuracy after it (on 1000).
Half a minute.
"""

import numpy as np
from common import write
from threadpoolctl import threadpool_limits

from unrolled import rnn, train

T, H, BATCH, UPDATES, SEEDS = 20, 8, 64, 300, range(20)
ALPHA, LIMIT, SMALL = 0.2, 0.5, 0.2


def first_sign(rng, N):
    """x (T, N, 1), and y (T, N, 2): is the first input positive?"""
    x = rng.standard_normal((T, N, 1))
    y = np.zeros((T, N, 2))
    y[-1] = np.eye(2)[(x[0, :, 0] > 0).astype(int)]
    return x, y


def start(seed, orthogonal, small):
    """The usual random network, or one with an orthogonal W, a small U, or both."""
    params = rnn.init(np.random.default_rng(seed), D=1, H=H, C=2)
    if orthogonal:
        params = params._replace(W=np.linalg.qr(params.W)[0])
    if small:
        params = params._replace(U=SMALL * params.U)
    return params


def clipped(params, batch):
    """The loss of a batch, and its gradient, scaled to the norm LIMIT if it is longer."""
    value, gradient = rnn.loss_and_gradient(params, batch)
    norm = np.sqrt(sum(np.sum(leaf**2) for leaf in gradient))
    return value, rnn.Params(*(leaf * min(1, LIMIT / norm) for leaf in gradient))


def norm_from_first(params, x):
    """The median over the sequences of ‖∂h_T/∂h_1‖."""
    h = rnn.forward(params, x).h
    J = np.broadcast_to(np.eye(H), (x.shape[1], H, H))
    for t in range(T, 1, -1):
        J = (J * (1 - h[t] ** 2)[:, None, :]) @ params.W
    return float(np.median(np.linalg.norm(J, 2, axis=(1, 2))))


def main():
    rng = np.random.default_rng(5)
    batches = [first_sign(rng, BATCH) for _ in range(UPDATES)]
    x, y = first_sign(np.random.default_rng(6), 1000)
    rows = []
    for orthogonal in (False, True):
        for small in (False, True):
            for seed in SEEDS:
                first = start(seed, orthogonal, small)
                last = train.descend(clipped, first, batches, train.gradient_descent(ALPHA)).params
                rows.append(
                    {
                        "W": "orthogonal" if orthogonal else "usual",
                        "U": "small" if small else "usual",
                        "seed": seed,
                        "norm": norm_from_first(first, x[:, :100]),
                        "accuracy": rnn.accuracy(rnn.forward(last, x), y),
                    }
                )
            learned = sum(row["accuracy"] >= 0.65 for row in rows[-len(SEEDS) :])
            print(f"W {rows[-1]['W']}, U {rows[-1]['U']}: {learned} of {len(SEEDS)}", flush=True)
    print(f"wrote {write('starts', rows)}")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
