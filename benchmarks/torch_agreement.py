"""The same weights and the same batches: do the book and PyTorch arrive at the same parameters?

Fifty updates in float64 on the digits, by plain gradient descent and with momentum, once by the
book's own gradient and once by PyTorch's; then the parameters are compared norm-wise.  PyTorch's
layer adds two hidden biases.  Once the second is held at 0, and the two must agree to 1e-8; once
both are trained, as PyTorch does by default, and their sum stands for b.  Prints the largest
differences and writes results/torch_agreement.csv.  PyTorch is no requirement of the book:
`pip install torch==2.13.0` into an environment of its own that also has the book's packages.
"""

import sys
from functools import partial

import numpy as np
from common import installed, write
from digits import ALPHA, BATCH, BETA, C, D, H, T, objective
from threadpoolctl import threadpool_limits

from unrolled import data, rnn, train
from unrolled.gradcheck import relative_error

UPDATES, LIMIT = 50, 1e-8
BIASES = ("second held at 0", "both trained")


def torch_parameters(torch, start, x, labels, batches, beta, biases):
    """The parameters after PyTorch's updates, as Params of arrays; b is the sum of the biases.

    biases: "second held at 0" or "both trained"; the second starts at 0 in both.
    """
    cell = torch.nn.RNN(D, H, dtype=torch.float64)
    head = torch.nn.Linear(H, C, dtype=torch.float64)
    second = cell.bias_hh_l0
    ours = cell.weight_ih_l0, cell.weight_hh_l0, head.weight, cell.bias_ih_l0, head.bias
    with torch.no_grad():
        second.zero_()
        for parameter, value in zip(ours, start, strict=True):
            parameter.copy_(torch.from_numpy(value))
    trained = ours if biases == "second held at 0" else (*ours, second)
    optimiser = torch.optim.SGD(trained, lr=ALPHA, momentum=beta)
    for batch in batches:
        optimiser.zero_grad()
        logits = head(cell(torch.from_numpy(x[:, batch]))[0][-1])
        torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels[batch])).backward()
        optimiser.step()
    U, W, V, b, c = (parameter.detach().numpy() for parameter in ours)
    return rnn.Params(U, W, V, b + second.detach().numpy(), c)


def main():
    if (found := installed("torch")) is None:
        return
    (torch,) = found
    split = data.digits()
    x, labels = split.x_train, split.labels_train
    rng = np.random.default_rng(0)
    start = rnn.init(rng, D, H, C)
    batches = train.minibatches(rng, x.shape[1], BATCH, epochs=2)[:UPDATES]
    rows, worst = [], {}
    for rule, update, beta in (
        ("gradient descent", train.gradient_descent(ALPHA), 0.0),
        ("momentum", train.momentum(ALPHA, BETA), BETA),
    ):
        ours = train.descend(
            partial(objective, x, data.label_last(labels, T, C)), start, batches, update
        ).params
        for biases in BIASES:
            theirs = torch_parameters(torch, start, x, labels, batches, beta, biases)
            for name, a, b in zip(rnn.Params._fields, ours, theirs, strict=True):
                rows.append(
                    {
                        "rule": rule,
                        "biases": biases,
                        "parameter": name,
                        "updates": UPDATES,
                        "relative_difference": relative_error(b, a),
                    }
                )
    for biases in BIASES:
        worst[biases] = max(r["relative_difference"] for r in rows if r["biases"] == biases)
        print(f"PyTorch {torch.__version__}, {biases}: largest difference {worst[biases]:.1e}")
    print(f"wrote {write('torch_agreement', rows)}")
    if not worst[BIASES[0]] <= LIMIT:
        sys.exit(f"they do not agree: {worst[BIASES[0]]:.1e} where {LIMIT:.0e} is allowed")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
