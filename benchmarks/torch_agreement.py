"""The same weights and the same batches: do the book and PyTorch arrive at the same parameters?

Fifty updates in float64 on the digits, by plain gradient descent and with momentum, once by the
book's own gradient and once by PyTorch's; then the parameters are compared norm-wise.  Prints the
largest difference and writes results/torch_agreement.csv; fails if one is above 1e-8.  PyTorch is
no requirement of the book: `pip install torch==2.13.0` into an environment of its own that also
has the book's packages.
"""

import sys
from functools import partial

import numpy as np
from common import write
from digits import ALPHA, BATCH, BETA, C, D, H, T, objective
from threadpoolctl import threadpool_limits

from unrolled import data, rnn, train

UPDATES, LIMIT = 50, 1e-8


def torch_parameters(torch, start, x, labels, batches, beta):
    """The parameters after PyTorch's updates, as Params of arrays."""
    cell = torch.nn.RNN(D, H, dtype=torch.float64)
    head = torch.nn.Linear(H, C, dtype=torch.float64)
    # The framework has two hidden biases that are only ever added: one of them stays 0.
    cell.bias_hh_l0.requires_grad_(False)
    ours = cell.weight_ih_l0, cell.weight_hh_l0, head.weight, cell.bias_ih_l0, head.bias
    with torch.no_grad():
        cell.bias_hh_l0.zero_()
        for parameter, value in zip(ours, start, strict=True):
            parameter.copy_(torch.from_numpy(value))
    optimiser = torch.optim.SGD(ours, lr=ALPHA, momentum=beta)
    for batch in batches:
        optimiser.zero_grad()
        logits = head(cell(torch.from_numpy(x[:, batch]))[0][-1])
        torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels[batch])).backward()
        optimiser.step()
    return rnn.Params(*(parameter.detach().numpy() for parameter in ours))


def main():
    try:
        import torch
    except ImportError:
        print(
            "PyTorch is not installed: nothing was compared, and no file is written",
            file=sys.stderr,
        )
        return
    split = data.digits()
    x, labels = split.x_train, split.labels_train
    rng = np.random.default_rng(0)
    start = rnn.init(rng, D, H, C)
    batches = train.minibatches(rng, x.shape[1], BATCH, epochs=2)[:UPDATES]
    rows = []
    for rule, update, beta in (
        ("gradient descent", train.gradient_descent(ALPHA), 0.0),
        ("momentum", train.momentum(ALPHA, BETA), BETA),
    ):
        ours = train.descend(
            partial(objective, x, data.label_last(labels, T, C)), start, batches, update
        ).params
        theirs = torch_parameters(torch, start, x, labels, batches, beta)
        for name, a, b, a0 in zip(rnn.Params._fields, ours, theirs, start, strict=True):
            rows.append(
                {
                    "rule": rule,
                    "parameter": name,
                    "updates": UPDATES,
                    "relative_difference": np.linalg.norm(a - b).item() / np.linalg.norm(b).item(),
                    "moved": np.linalg.norm(a - a0).item() / np.linalg.norm(a).item(),
                }
            )
    worst = max(row["relative_difference"] for row in rows)
    print(f"PyTorch {torch.__version__}: largest relative difference {worst:.1e}")
    print(f"wrote {write('torch_agreement', rows)}")
    if not worst <= LIMIT:
        sys.exit(f"they do not agree: {worst:.1e} where {LIMIT:.0e} is allowed")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
