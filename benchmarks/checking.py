"""What it takes to check the gradient of every parameter, and how exact the check can be.

The loss of the package (or of the same network in another library) as a function of all parameters,
differentiated numerically by this book's two methods and by what is usual elsewhere, each with its
own default step.  The error is relative to the gradient in extended precision, ‖g − exact‖/‖exact‖;
gradcheck of PyTorch gives no gradient, so there the tolerance that just passes stands for it.
Writes results/checking.csv: the median time and its quartiles in units of the complex step's, the
milliseconds of that one, and the error.  A peer takes part if it is installed.  A minute.
"""

import one_thread  # noqa: F401, isort: skip

import importlib.util
from functools import partial

import numpy as np
import peers
import speed
from common import turns, write

from unrolled import rnn
from unrolled.gradcheck import central_difference, complex_step, stacked_complex_step


def flat_loss(params, x, y):
    """The loss as a function of one vector that holds every parameter."""
    shapes = [leaf.shape for leaf in params]
    cuts = np.cumsum([leaf.size for leaf in params])[:-1]

    def loss(theta):
        leaves = [part.reshape(s) for part, s in zip(np.split(theta, cuts), shapes, strict=True)]
        return rnn.loss(rnn.forward(rnn.Params(*leaves), x), y)

    return loss


def stacked_loss(params, x, y):
    """The same for many vectors at once: theta (n, P) → (n,); x and y without a batch."""
    shapes = [leaf.shape for leaf in params]
    cuts = np.cumsum([leaf.size for leaf in params])[:-1]

    def loss(theta):
        parts = zip(np.split(theta, cuts, axis=1), shapes, strict=True)
        U, W, V, b, c = (part.reshape(-1, *shape) for part, shape in parts)
        h = np.zeros((len(theta), shapes[1][0]))
        a = x @ U.mT + b[:, None]  # (n, T, H)
        rows = np.empty_like(a)
        for t in range(len(x)):
            rows[:, t] = h = np.tanh(a[:, t] + np.matvec(W, h))
        z = rows @ V.mT + c[:, None]
        return (np.log(np.exp(z).sum(axis=-1)) * y.sum(axis=-1) - (y * z).sum(axis=-1)).sum(axis=-1)

    return loss


def exact(params, x, y):
    """The gradient by the plain sweep, in the longest floats there are."""
    long = (rnn.Params(*(np.asarray(leaf, np.longdouble) for leaf in params)), x, y)
    return flat(peers.plain_sweep(*long)[1])


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def torch_gradcheck(params, x, y):
    """(call, error) of torch.autograd.gradcheck on the same network."""
    import torch

    torch.set_num_threads(1)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    leaves = [torch.tensor(leaf, requires_grad=True) for leaf in params]

    def loss(U, W, V, b, c):
        h, losses = torch.zeros(len(W), dtype=W.dtype), 0
        for x_t, y_t in zip(x, y, strict=True):
            h = torch.tanh(U @ x_t + W @ h + b)
            losses = losses - y_t @ torch.log_softmax(V @ h + c, dim=0)
        return losses

    def passes(limit):
        given = {"atol": limit, "rtol": 0.0, "raise_exception": False}
        return torch.autograd.gradcheck(loss, leaves, **given)

    low, high = -16.0, 0.0  # powers of ten
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if passes(10**middle) else (middle, high)
    return partial(passes, 1e-5), 10**high


def scipy_check(loss, gradient, theta):
    from scipy.optimize import check_grad

    return partial(check_grad, loss, gradient, theta)


def numdifftools_gradient(loss, theta):
    import numdifftools

    return partial(numdifftools.Gradient(loss), theta)


def methods(params, x, y):
    """name → (call, relative error)."""
    loss, stacked, theta = flat_loss(params, x, y), stacked_loss(params, x, y), flat(params)
    right = exact(params, x, y)
    size = np.linalg.norm(right)

    def off(gradient):
        return float(np.linalg.norm(gradient - right) / size)

    def gradient(theta):
        return flat(rnn.loss_and_gradient(params, (x, y))[1])

    def installed(name):
        return importlib.util.find_spec(name) is not None

    calls = {
        "complex step": partial(complex_step, loss, theta),
        "complex step, stacked": partial(stacked_complex_step, stacked, theta),
        "central difference": partial(central_difference, loss, theta),
    }
    found = {name: (call, off(call())) for name, call in calls.items()}
    if installed("scipy"):
        call = scipy_check(loss, gradient, theta)
        found["scipy check_grad"] = call, float(call() / size)
    if installed("torch"):
        call, error = torch_gradcheck(params, x, y)
        found["torch gradcheck"] = call, float(error / size)
    if installed("numdifftools"):
        call = numdifftools_gradient(loss, theta)
        found["numdifftools"] = call, off(call())
    return found


def main():
    rows = []
    for sizes, rounds in ((speed.SIZES["tiny"], 21), ((10, None, 8, 16, 4), 7)):
        given = speed.draw(*sizes)
        shape = " ".join(str(n or 1) for n in sizes)
        found = methods(*given)
        times = turns({name: call for name, (call, _) in found.items()}, rounds)
        unit = np.median(times["complex step"])
        for name, measured in times.items():
            low, middle, high = np.quantile(measured, [0.25, 0.5, 0.75]) / unit
            row = {"T, B, D, H, C": shape, "parameters": len(flat(given[0])), "method": name}
            quartiles = {"median": middle, "lower quartile": low, "upper quartile": high}
            ms = float(np.median(measured)) * 1e3
            rows.append({**row, **quartiles, "milliseconds": ms, "error": found[name][1]})
            print(f"{shape}: {name} {middle:.2f}, {ms:.2f} ms, error {found[name][1]:.1e}")
    print(f"wrote {write('checking', rows)}")


if __name__ == "__main__":
    main()
