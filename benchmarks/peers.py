"""The book's network in seven ways, each giving the loss and the gradient of every parameter.

A maker takes (params, x, y) and returns a function of nothing, which returns the loss and the five
gradients, in the order of `rnn.Params`.  What can be prepared once (another library's own arrays,
compilation) is prepared by the maker; the call does what training does at each step.
"""

from functools import partial

import numpy as np

from unrolled import rnn


def package(params, x, y):
    """This book's package, with all that it checks."""
    return partial(rnn.loss_and_gradient, params, (x, y))


def three_calls(params, x, y):
    """The same by its three functions, which also give every state and signal."""

    def call():
        trace = rnn.forward(params, x)
        return rnn.loss(trace, y), rnn.bptt(params, trace, y).params

    return call


def plain(params, x, y):
    """What one writes who knows the equations: no check, and nothing kept."""
    return partial(plain_sweep, params, x, y)


def plain_sweep(params, x, y):
    U, W, V, b, c = params
    T, B = len(x), x.shape[1] if x.ndim == 3 else 1
    h = np.zeros((T + 1, *x.shape[1:-1], len(W)), dtype=W.dtype)
    a = x @ U.T + b
    for t in range(T):
        h[t + 1] = np.tanh(a[t] + h[t] @ W.T)
    z = h[1:] @ V.T + c
    z -= z.max(axis=-1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=-1, keepdims=True)
    loss = (y * (np.log(total) - z)).sum() / B
    e = (p / total - y) / B
    dh, slope = e @ V, 1 - h[1:] ** 2
    da = np.empty_like(dh)
    da[-1] = slope[-1] * dh[-1]
    for t in range(T - 2, -1, -1):
        da[t] = slope[t] * (dh[t] + da[t + 1] @ W)
    x, h, e, da = (rows.reshape(-1, rows.shape[-1]) for rows in (x, h, e, da))
    before, after = h[: len(da)], h[len(h) - len(da) :]
    return loss, (da.T @ x, da.T @ before, e.T @ after, da.sum(axis=0), e.sum(axis=0))


def floor(params, x, y):
    """The matrix products alone, on arrays that are there: no loss, no gradient."""
    U, W, V, _, _ = params
    T, h = len(x), np.zeros((*x.shape[:-1], len(W)), dtype=W.dtype)
    wide, tall = h.reshape(-1, len(W)), x.reshape(-1, x.shape[-1])
    e = y.reshape(-1, len(V))

    def call():
        x @ U.T
        for t in range(T):
            h[t] @ W.T
        wide @ V.T
        e @ V
        for t in range(T - 1):
            h[t] @ W
        return wide.T @ tall, wide.T @ wide, e.T @ wide

    return call


def double_sum(params, x, y):
    """Each loss walked back to the first step by itself, as chapter 6 does before it regroups."""
    _, W, V, _, _ = params

    def call():
        trace = rnn.forward(params, x)
        h, B = trace.h, x.shape[1] if x.ndim == 3 else 1
        e, slope = (trace.y_hat[1:] - y) / B, 1 - h**2
        grads = [np.zeros_like(leaf) for leaf in params]
        for t in range(len(x)):
            signal = slope[t + 1] * (e[t] @ V)
            for k in range(t, -1, -1):
                s, past, seen = (np.atleast_2d(m) for m in (signal, h[k], x[k]))
                grads[0] += s.T @ seen
                grads[1] += s.T @ past
                grads[3] += s.sum(axis=0)
                signal = slope[k] * (signal @ W)
            grads[2] += np.atleast_2d(e[t]).T @ np.atleast_2d(h[t + 1])
            grads[4] += np.atleast_2d(e[t]).sum(axis=0)
        return rnn.loss(trace, y), grads

    return call


def torch_rnn(params, x, y):
    """PyTorch's own layers, nn.RNN and nn.Linear, and its cross-entropy."""
    import torch

    torch.set_num_threads(1)
    U, W, V, b, c = (torch.from_numpy(np.array(leaf)) for leaf in params)
    (C, H), D = V.shape, U.shape[1]
    cell = torch.nn.RNN(D, H, dtype=U.dtype)
    head = torch.nn.Linear(H, C, dtype=U.dtype)
    ours = [cell.weight_ih_l0, cell.weight_hh_l0, head.weight, cell.bias_ih_l0, head.bias]
    # The layer has two biases that are only ever added: one of them stays 0.
    cell.bias_hh_l0.requires_grad_(False)
    with torch.no_grad():
        cell.bias_hh_l0.zero_()
        for parameter, value in zip(ours, (U, W, V, b, c), strict=True):
            parameter.copy_(value)
    x, B = torch.from_numpy(x), x.shape[1] if x.ndim == 3 else 1
    y = torch.from_numpy(y).reshape(-1, C)

    def call():
        for parameter in ours:
            parameter.grad = None
        logits = head(cell(x)[0]).reshape(-1, C)
        loss = torch.nn.functional.cross_entropy(logits, y, reduction="sum") / B
        loss.backward()
        return loss.item(), [parameter.grad.numpy() for parameter in ours]

    return call


def jax_jit(params, x, y):
    """JAX: value_and_grad of a scan, compiled."""
    import jax

    jax.config.update("jax_enable_x64", True)
    B = x.shape[1] if x.ndim == 3 else 1
    start = np.zeros((*x.shape[1:-1], len(params.W)), dtype=params.W.dtype)

    def loss(params, x, y):
        U, W, V, b, c = params

        def step(h, a):
            h = jax.numpy.tanh(a + h @ W.T)
            return h, h

        _, h = jax.lax.scan(step, start, x @ U.T + b)
        return -(y * jax.nn.log_softmax(h @ V.T + c)).sum() / B

    given = jax.device_put((tuple(params), x, y))
    both = jax.jit(jax.value_and_grad(loss)).lower(*given).compile()
    return lambda: jax.block_until_ready(both(*given))


def hips_autograd(params, x, y):
    """HIPS autograd: the forward pass in NumPy, differentiated as it runs."""
    from autograd import numpy as anp
    from autograd import value_and_grad

    B = x.shape[1] if x.ndim == 3 else 1

    def loss(params):
        U, W, V, b, c = params
        h, a, losses = np.zeros((*x.shape[1:-1], len(W))), anp.dot(x, U.T) + b, 0
        for t in range(len(x)):
            h = anp.tanh(a[t] + anp.dot(h, W.T))
            z = anp.dot(h, V.T) + c
            z = z - anp.max(z, axis=-1, keepdims=True)
            log_y_hat = z - anp.log(anp.sum(anp.exp(z), axis=-1, keepdims=True))
            losses = losses - anp.sum(y[t] * log_y_hat)
        return losses / B

    return partial(value_and_grad(loss), tuple(params))


MAKERS = {
    "the package": package,
    "forward, loss, bptt": three_calls,
    "plain NumPy": plain,
    "matrix products alone": floor,
    "PyTorch nn.RNN": torch_rnn,
    "JAX jit": jax_jit,
    "HIPS autograd": hips_autograd,
    "double sum": double_sum,
}
