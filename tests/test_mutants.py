"""A check that cannot fail is a defect: break every formula, and demand that its check raise."""

import types
from collections import Counter
from pathlib import Path

import mutants
import numpy as np
import pytest
import reference
import yaml

from unrolled import rnn

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LISTED = yaml.safe_load((ROOT / "tests" / "equivalent_mutants.yml").read_text(encoding="utf-8"))


def judge(source, alive, count, record_property):
    """Every survivor must be listed with its reason, and every listed one must survive."""
    listed = {(m["where"], m["change"]): m["reason"] for m in LISTED if m["source"] == source}
    found = Counter((mutant.where, mutant.change) for mutant in alive)
    assert all(reason and len(reason) > 10 for reason in listed.values())
    assert not found.keys() - listed.keys(), f"{source}: these mutants survive"
    assert not listed.keys() - found.keys(), f"{source}: listed, but killed or gone"
    record_property("mutants", [count, count - len(alive), len(alive)])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_check_of_a_notebook_can_fail(notebook, record_property):
    alive, count = mutants.survivors(notebook)
    judge(notebook.stem, alive, count, record_property)


def test_every_line_of_rnn_is_held_by_an_independent_oracle(record_property):
    alive, count = [], 0
    for mutant in mutants.of_module(Path(rnn.__file__).read_text(encoding="utf-8")):
        count += 1
        module = types.ModuleType("mutant")
        try:
            exec(compile(mutant.code, "rnn.py", "exec"), module.__dict__)
            with np.errstate(all="ignore"):
                examine(module)
        except Exception:  # any error at all kills a mutant
            continue
        alive.append(mutant)
    examine(rnn)  # the original lives
    judge("rnn", alive, count, record_property)


def examine(module):
    """Hold a version of rnn.py against autograd, plain loops and the contract."""
    rng = np.random.default_rng(1)
    T, B, D, H, C = 5, 6, 2, 4, 3  # all different, so that no axis can stand for another
    params = module.init(rng, D, H, C, scale=1.2)
    expected = np.random.default_rng(1)
    for leaf, shape in zip(params[:3], [(H, D), (H, H), (C, H)], strict=True):
        near(leaf, 1.2 * expected.standard_normal(shape) / np.sqrt(shape[1]))
    params = params._replace(b=rng.standard_normal(H), c=rng.standard_normal(C))
    for batch in ((), (B,)):
        x, h0 = rng.standard_normal((T, *batch, D)), rng.standard_normal((*batch, H))
        y = rng.dirichlet(np.ones(C), size=(T, *batch))
        y[1] = 0
        trace = module.forward(params, x, h0)
        for array in trace:
            assert len(array) == T + 1
        assert np.isnan([trace.x[0].sum(), trace.a[0].sum(), trace.z[0].sum()]).all()
        near(trace.x[1:], x)
        near(trace.h[0], h0)
        near(trace.h[1:], np.tanh(trace.a[1:]))
        near(trace.y_hat[1:].sum(axis=-1), np.ones((T, *batch)))
        f = reference.batch_loss if batch else reference.loss
        near(module.loss(trace, y), f(*params, h0, x, y))
        exact = module.bptt(params, trace, y)
        for left, right in zip(
            [*exact.params, exact.dh[0]], reference.gradients(params, h0, x, y), strict=True
        ):
            near(left, right)
        near(exact.e[1:], by_loop(params, trace, y, T)[0][1:])
        for window in (1, 2, T - 1, T, T + 2):
            truncated = module.bptt(params, trace, y, window=window)
            _, dh, da = by_loop(params, trace, y, window)
            near(truncated.dh, dh)
            near(truncated.da[1:], da[1:])
            near(truncated.params.b, da[1:].reshape(-1, H).sum(axis=0))
            assert np.isnan(truncated.da[0]).all()
        far = np.full((2, *batch, D), 1e3)
        assert np.isfinite(module.loss(module.forward(params, far), y[:2]))
    far_logits = params._replace(V=1e4 * params.V)
    trace = module.forward(far_logits, x, h0)
    assert np.isfinite(module.loss(trace, y)) and np.isfinite(trace.y_hat[1:]).all()
    with_zeros = module.forward(params, x)
    near(with_zeros.h[0] + 1, np.ones((B, H)))
    contract(module, params)


def by_loop(params, trace, y, window):
    """e, dh, da of the truncated sums: from each L_t back, one step at a time."""
    T, sequences = len(y), y.shape[1] if y.ndim == 3 else 1
    e, dh = np.full_like(trace.z, np.nan), np.zeros_like(trace.h)
    for t in range(1, T + 1):
        e[t] = (trace.y_hat[t] * y[t - 1].sum(axis=-1, keepdims=True) - y[t - 1]) / sequences
        signal = np.einsum("...c,ch->...h", e[t], params.V)
        for k in range(t, max(t - window, 0), -1):
            dh[k] += signal
            signal = np.einsum("...i,ij->...j", signal * (1 - trace.h[k] ** 2), params.W)
        if t - window < 1:
            dh[0] += signal
    return e, dh, (1 - trace.h**2) * dh


def contract(module, params):
    """A wrong input raises ValueError; a right one next to it does not."""
    x, y = np.ones((2, 2)), np.array([[1.0, 0, 0], [0, 0, 0]])
    trace = module.forward(params, x)
    module.loss(trace, y)
    module.bptt(params, trace, y, window=1)
    for call in (
        lambda: module.forward(params, np.ones((2, 2, 2, 2))),
        lambda: module.forward(params, np.ones((0, 2))),
        lambda: module.forward(params, np.ones((2, 3))),
        lambda: module.forward(params, np.ones((2, 0, 2))),
        lambda: module.loss(trace, -y),
        lambda: module.loss(trace, 2 * y),
        lambda: module.bptt(params, trace, y, window=0),
    ):
        try:
            call()
        except ValueError:
            continue
        raise AssertionError("bad input was let through")


def near(left, right):
    """Equal to 1e-12 norm-wise, NaN against NaN only, and of one shape."""
    left, right = np.asarray(left), np.asarray(right)
    assert left.shape == right.shape
    assert np.linalg.norm(left - right) <= 1e-12 * np.linalg.norm(right)
