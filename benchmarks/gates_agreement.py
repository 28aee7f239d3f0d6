"""The same weights and the same sequences: do the book's GRU and LSTM and PyTorch's agree?

`torch.nn.GRU` and `torch.nn.LSTM` in float64, with a linear layer and cross-entropy at every step,
on a batch that starts from a state that is not 0.  Compared norm-wise, against PyTorch's autograd:
the states, the loss, and its gradient in every parameter and in the initial states.  PyTorch's two
biases are both random; of b_ih + b_hh the book knows the sum, but for the GRU's candidate, whose
second bias stands beside the product that the reset gate scales.  Writes
results/gates_agreement.csv, and stops with an error if a difference is above 1e-10.  Tried as well:
the same GRU with the reset gate before the product, as Cho et al. have it, which PyTorch's is not.
PyTorch is no requirement of the book: see torch_agreement.py.
"""

import sys

import numpy as np
from common import installed, write
from threadpoolctl import threadpool_limits

from unrolled import gates, rnn
from unrolled.gradcheck import relative_error

T, B, D, H, C, LIMIT = 30, 5, 3, 7, 4, 1e-10


def example(blocks, states):
    """Leaves as PyTorch has them, the initial states, x and one-hot y: all random, float64."""
    rng = np.random.default_rng(0)
    shapes = ((blocks * H, D), (blocks * H, H), blocks * H, blocks * H, (C, H), C)
    leaves = [rng.standard_normal(shape) / np.sqrt(H) for shape in shapes]
    start = [rng.standard_normal((B, H)) for _ in range(states)]
    return leaves, start, rng.standard_normal((T, B, D)), np.eye(C)[rng.integers(C, size=(T, B))]


def by_torch(torch, cell, leaves, start, x, y):
    """States (T, B, H), loss, and the gradients of leaves and start, by PyTorch."""
    head = torch.nn.Linear(H, C, dtype=torch.float64)
    own = (cell.weight_ih_l0, cell.weight_hh_l0, cell.bias_ih_l0, cell.bias_hh_l0)
    own = (*own, head.weight, head.bias)
    with torch.no_grad():
        for parameter, value in zip(own, leaves, strict=True):
            parameter.copy_(torch.from_numpy(value))
    begin = [torch.from_numpy(value)[None].requires_grad_() for value in start]
    h, _ = cell(torch.from_numpy(x), begin[0] if len(begin) == 1 else tuple(begin))
    classes = torch.from_numpy(y.argmax(axis=-1)).flatten()
    loss = torch.nn.functional.cross_entropy(head(h).flatten(0, 1), classes, reduction="sum") / B
    loss.backward()
    gradients = [parameter.grad.numpy() for parameter in own]
    return h.detach().numpy(), loss.item(), gradients, [s.grad[0].numpy() for s in begin]


def reset_before(leaves, h0, x):
    """The states of a GRU with W_n (r ⊙ h) in the place of r ⊙ (W_n h + b_m)."""
    (U, W, b_ih, b_hh, _, _), h, rows = leaves, h0, []
    for x_t in x:
        u_r, u_f, u_n = np.split(x_t @ U.T + b_ih + b_hh, 3, axis=-1)
        W_r, W_f, W_n = np.split(W, 3)
        r, f = gates.sigmoid(u_r + h @ W_r.T), gates.sigmoid(u_f + h @ W_f.T)
        h = f * h + (1 - f) * np.tanh(u_n + (r * h) @ W_n.T)
        rows.append(h)
    return np.array(rows)


def gru(torch):
    """(what, book's value, PyTorch's value) of everything compared."""
    leaves, start, x, y = example(3, 1)
    h, loss, (dU, dW, db_ih, db_hh, dV, dc), (dh0,) = by_torch(
        torch, torch.nn.GRU(D, H, dtype=torch.float64), leaves, start, x, y
    )
    U, W, b_ih, b_hh, V, c = leaves
    b = np.concatenate((b_ih[: 2 * H] + b_hh[: 2 * H], b_ih[2 * H :], b_hh[2 * H :]))
    params = rnn.Params(U, W, V, b, c)
    trace = gates.gru_forward(params, x, *start)
    ours = gates.gru_bptt(params, trace, y)
    db = np.concatenate((db_ih, db_hh[2 * H :]))
    theirs = rnn.Params(dU, dW, dV, db, dc)
    pairs = [(name, getattr(ours.params, name), getattr(theirs, name)) for name in theirs._fields]
    pairs += [("h", trace.h[1:], h), ("loss", rnn.loss(trace, y), loss), ("h0", ours.dh[0], dh0)]
    return pairs, relative_error(reset_before(leaves, start[0], x), h)


def lstm(torch):
    """The same for the LSTM, whose two biases always add."""
    leaves, start, x, y = example(4, 2)
    h, loss, (dU, dW, db_ih, db_hh, dV, dc), (dh0, ds0) = by_torch(
        torch, torch.nn.LSTM(D, H, dtype=torch.float64), leaves, start, x, y
    )
    U, W, b_ih, b_hh, V, c = leaves
    params = rnn.Params(U, W, V, b_ih + b_hh, c)
    trace = gates.lstm_forward(params, x, *start)
    ours = gates.lstm_bptt(params, trace, y)
    theirs = rnn.Params(dU, dW, dV, db_ih, dc)
    pairs = [(name, getattr(ours.params, name), getattr(theirs, name)) for name in theirs._fields]
    pairs += [("b, the second", ours.params.b, db_hh)]
    pairs += [("h", trace.h[1:], h), ("loss", rnn.loss(trace, y), loss)]
    return [*pairs, ("h0", ours.dh[0], dh0), ("s0", ours.ds[0], ds0)]


def main():
    if (found := installed("torch")) is None:
        return
    (torch,) = found
    gru_pairs, before = gru(torch)
    rows = [
        {
            "network": network,
            "compared": what,
            "relative_difference": relative_error(np.asarray(theirs), np.asarray(ours)),
        }
        for network, pairs in (("GRU", gru_pairs), ("LSTM", lstm(torch)))
        for what, ours, theirs in pairs
    ]
    worst = max(row["relative_difference"] for row in rows)
    rows.append({"network": "GRU", "compared": "h, reset before", "relative_difference": before})
    print(f"PyTorch {torch.__version__}: largest difference {worst:.1e}")
    print(f"wrote {write('gates_agreement', rows)}")
    if not worst <= LIMIT:
        sys.exit(f"they do not agree: {worst:.1e} where {LIMIT:.0e} is allowed")
    if not before > 1e-3:
        sys.exit("the reset gate before the product makes no difference: look at the example")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
