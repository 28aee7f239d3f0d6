"""Over which delay does a network learn to remember: plain, GRU and LSTM.

Chapter 10's task at four lengths: T random numbers, and the label, at the last step, is the sign of
the first.  8 units, 300 batches of 64, descent with clipped gradients, at the better of two rates
(by the mean accuracy over the seeds).  Each kind starts in two ways: the plain network as usual, or
quiet (W orthogonal, U small); the gated ones with the bias of f at 0, or at ln(T − 1), so that f is
1 − 1/T.  Eight seeds each, the same batches for all.  Writes results/delays.csv: the accuracy on
1000 fresh sequences.  Five minutes.
"""

import numpy as np
from common import write
from threadpoolctl import threadpool_limits

from unrolled import gates, rnn, train

DELAYS, RATES, SEEDS = (10, 20, 40, 80), (0.2, 1.0), range(8)
H, BATCH, UPDATES, LIMIT, SMALL = 8, 64, 300, 0.5, 0.2


def first_sign(rng, T, N):
    """x (T, N, 1), and y (T, N, 2): is the first input positive?"""
    x = rng.standard_normal((T, N, 1))
    y = np.zeros((T, N, 2))
    y[-1] = np.eye(2)[(x[0, :, 0] > 0).astype(int)]
    return x, y


def quiet(seed):
    """Chapter 10's start that learns: an orthogonal W and a small U."""
    params = rnn.init(seed, D=1, H=H, C=2)
    return params._replace(W=np.linalg.qr(params.W)[0], U=SMALL * params.U)


def starts(T):
    """(network, start): what makes the parameters, forward, bptt."""
    plain, gru = (rnn.forward, rnn.bptt), (gates.gru_forward, gates.gru_bptt)
    lstm = (gates.lstm_forward, gates.lstm_bptt)
    keep = float(np.log(T - 1))
    return {
        ("plain", "usual"): (lambda seed: rnn.init(seed, 1, H, 2), *plain),
        ("plain", "quiet"): (quiet, *plain),
        ("GRU", "bias 0"): (lambda seed: gates.gru_init(seed, 1, H, 2), *gru),
        ("GRU", "bias ln(T-1)"): (lambda seed: gates.gru_init(seed, 1, H, 2, keep=keep), *gru),
        ("LSTM", "bias 0"): (lambda seed: gates.lstm_init(seed, 1, H, 2), *lstm),
        ("LSTM", "bias ln(T-1)"): (lambda seed: gates.lstm_init(seed, 1, H, 2, keep=keep), *lstm),
    }


def accuracies(T, start, forward, bptt, rate):
    """The accuracy after training, for each seed."""

    def clipped(params, batch):
        trace = forward(params, batch[0])
        gradient = bptt(params, trace, batch[1]).params
        norm = np.sqrt(sum(np.sum(leaf**2) for leaf in gradient))
        gradient = rnn.Params(*(leaf * min(1, LIMIT / norm) for leaf in gradient))
        return rnn.loss(trace, batch[1]), gradient

    rng = np.random.default_rng(5)
    batches = [first_sign(rng, T, BATCH) for _ in range(UPDATES)]
    x, y = first_sign(np.random.default_rng(6), T, 1000)
    for seed in SEEDS:
        last = train.descend(clipped, start(seed), batches, train.gradient_descent(rate)).params
        yield rnn.accuracy(forward(last, x), y)


def main():
    rows = []
    for T in DELAYS:
        for (network, start), how in starts(T).items():
            found = {rate: list(accuracies(T, *how, rate)) for rate in RATES}
            rate = max(RATES, key=lambda rate: np.mean(found[rate]))
            for seed, accuracy in zip(SEEDS, found[rate], strict=True):
                row = {"T": T, "network": network, "start": start, "rate": rate}
                rows.append(row | {"seed": seed, "accuracy": accuracy})
            middle = np.median(found[rate])
            print(f"T {T}, {network}, {start}: median {middle:.2f} at {rate}", flush=True)
    print(f"wrote {write('delays', rows)}")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
