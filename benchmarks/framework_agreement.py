"""Do the book's rows, padding and averages give what PyTorch and JAX give?

One network and three sequences of different lengths, in float64, padded to the longest.  Each line
compares the book's loss or gradient with a framework's, or tries something that a framework is
said to refuse.  Writes results/framework_agreement.csv.  PyTorch and JAX are no requirements of
the book: `pip install torch==2.13.0 jax` into an environment that also has the book's packages.
"""

import sys

import numpy as np
from common import installed, write
from threadpoolctl import threadpool_limits

from unrolled import data, rnn
from unrolled.gradcheck import relative_error

LENGTHS, LIMIT = (5, 3, 2), 1e-10
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def batch():
    """Params, x (T, B, D), y (T, B, C) with zero rows where a sequence has ended, h0 (B, H)."""
    params, x, y, h0 = data.example()
    rng = np.random.default_rng(0)
    there = np.arange(len(x))[:, None] < LENGTHS
    x = np.stack([x, *rng.standard_normal((2, *x.shape))], axis=1) * there[..., None]
    y = np.stack([y, y[::-1], np.roll(y, 1, axis=0)], axis=1) * there[..., None]
    return params, x, y, np.stack([h0, -h0, h0[::-1]])


def torch_network(torch, params, second=0.0):
    """PyTorch's layers with the book's weights; b is split between the two biases."""
    C, H = params.V.shape
    cell = torch.nn.RNN(params.U.shape[1], H, dtype=torch.float64)
    head = torch.nn.Linear(H, C, dtype=torch.float64)
    U, W, V, b, c = map(torch.tensor, params)
    with torch.no_grad():
        for name, value in zip(NAMES, (U, W, b - second, torch.full_like(b, second)), strict=True):
            getattr(cell, name).copy_(value)
        head.weight.copy_(V)
        head.bias.copy_(c)
    return cell, head


def by_torch(torch, params, x, y, h0, loss, packed=False):
    """The gradient as Params and both biases' gradients, for loss(logits, y) of tensors."""
    cell, head = torch_network(torch, params, second=0.25)
    rows = torch.tensor(x)
    if packed:
        rows = torch.nn.utils.rnn.pack_padded_sequence(rows, torch.tensor(LENGTHS))
    states, _ = cell(rows, torch.tensor(h0)[None])
    if packed:
        states, _ = torch.nn.utils.rnn.pad_packed_sequence(states, total_length=len(x))
    loss(head(states), torch.tensor(y)).backward()
    U, W, b, b2 = (getattr(cell, name).grad.numpy() for name in NAMES)
    return rnn.Params(U, W, head.weight.grad.numpy(), b, head.bias.grad.numpy()), b2


def torch_rows(torch, params, x, y, h0, ours):
    """(what, holds) for each thing that is said of PyTorch."""
    B, C = x.shape[1], y.shape[-1]
    steps = sum(LENGTHS)
    F = torch.nn.functional

    def summed(z, y):
        return -(y * z.log_softmax(dim=-1)).sum() / B

    def ignoring(z, y):
        labels = torch.where(y.sum(dim=-1) > 0, y.argmax(dim=-1), -100)
        return F.cross_entropy(z.reshape(-1, C), labels.reshape(-1))

    def soft(z, y):
        return F.cross_entropy(z.reshape(-1, C), y.reshape(-1, C))

    given = params, x, y, h0
    plain, second = by_torch(torch, *given, summed)
    yield "rows: nn.RNN gives the book's gradient", same(plain, ours)
    yield "two biases: each gets the gradient of b", relative_error(second, ours.b) < LIMIT
    packed, _ = by_torch(torch, *given, summed, packed=True)
    yield "packed sequences give the same gradient", same(packed, ours)
    yield (
        "ignore_index, mean: over the labelled steps",
        same(by_torch(torch, *given, ignoring)[0], scaled(ours, B / steps)),
    )
    yield (
        "rows of zeros as targets, mean: over all steps",
        same(by_torch(torch, *given, soft)[0], scaled(ours, 1 / len(x))),
    )
    yield "backward a second time is refused", refused(torch)
    yield "a state that is not detached is refused", not_detached(torch, *given)
    yield "grad is added to, not replaced", accumulates(torch)


def refused(torch):
    h = torch.ones(2, requires_grad=True)
    y = torch.tanh(h).sum()
    y.backward()
    try:
        y.backward()
    except RuntimeError as error:
        return "backward through the graph a second time" in str(error)
    return False


def not_detached(torch, params, x, y, h0):
    cell, head = torch_network(torch, params)
    state = torch.tensor(h0)[None]
    try:
        for rows in torch.tensor(x).split([2, 3]):
            states, state = cell(rows, state)
            head(states).sum().backward()
    except RuntimeError as error:
        return "backward through the graph a second time" in str(error)
    return False


def accumulates(torch):
    h = torch.ones(2, requires_grad=True)
    for _ in range(2):
        (3 * h).sum().backward()
    return h.grad.tolist() == [6, 6]


def jax_rows(jax, params, x, y, h0, ours):
    """(what, holds) for each thing that is said of JAX."""

    def loss(params):
        U, W, V, b, c = params

        def step(h, given):
            x_t, y_t = given
            h = jax.numpy.tanh(x_t @ U.T + h @ W.T + b)
            return h, -(y_t * jax.nn.log_softmax(h @ V.T + c)).sum()

        _, losses = jax.lax.scan(step, h0, (x, y))
        return losses.sum() / x.shape[1]

    found = jax.grad(loss)(tuple(params))
    yield "scan: jax.grad gives the book's gradient", same(map(np.asarray, found), ours)


def same(left, right):
    return all(relative_error(a, b) < LIMIT for a, b in zip(left, right, strict=True))


def scaled(params, factor):
    return rnn.Params(*(factor * leaf for leaf in params))


def main():
    if (found := installed("jax", "torch")) is None:
        return
    jax, torch = found
    jax.config.update("jax_enable_x64", True)
    params, x, y, h0 = batch()
    ours = rnn.bptt(params, rnn.forward(params, x, h0), y).params
    given = params, x, y, h0, ours
    rows = []
    for name, version, claims in (
        ("PyTorch", torch.__version__.split("+")[0], torch_rows(torch, *given)),
        ("JAX", jax.__version__, jax_rows(jax, *given)),
    ):
        for what, holds in claims:
            rows.append({"framework": f"{name} {version}", "what": what, "holds": bool(holds)})
    print(f"wrote {write('framework_agreement', rows)}")
    failed = [row["what"] for row in rows if not row["holds"]]
    if failed:
        sys.exit(f"does not hold: {'; '.join(failed)}")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
