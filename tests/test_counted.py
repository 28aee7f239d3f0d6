"""The counting arrays against counts by hand."""

import numpy as np
import pytest

from unrolled.counted import Meter


@pytest.fixture
def meter():
    return Meter()


def test_products_are_counted(meter):
    rng = np.random.default_rng(0)
    A, B, v = (rng.standard_normal(shape) for shape in ((5, 2, 3), (3, 4), 3))
    for given, right, count in ((A, B, 5 * 2 * 3 * 4), (A, v, 5 * 2 * 3), (A, A, A.size)):
        before = meter.multiplications
        got = meter.take(given) * right if right is A else meter.take(given) @ right
        assert (got.value == (given * right if right is A else given @ right)).all()
        assert meter.multiplications - before == count
    before = meter.multiplications
    got = np.matvec(A, meter.take(v))
    assert (meter.multiplications - before, got.depth) == (30, 1)
    before = meter.multiplications
    got = B.T @ meter.take(v)  # also where the counted array stands on the right
    assert meter.multiplications - before == 12
    assert got.shape == (4,)


def test_sums_and_moves_count_no_product(meter):
    v = meter.take([1.0, 2.0])
    both = np.concatenate([v, np.tanh(v) - 1])
    assert (both.value == np.concatenate([v.value, np.tanh(v.value) - 1])).all()
    assert len(np.stack([v, v, v])) == 3
    assert (np.kron(np.eye(2), v).value == np.kron(np.eye(2), v.value)).all()
    assert meter.multiplications == 0


def test_depth_is_the_longest_chain(meter):
    A, v = np.ones((2, 2)), meter.take([1.0, 2.0])
    w = A @ (A @ v)
    assert (v.depth, w.depth, (w * v + 1).depth) == (0, 2, 2)
    assert (w @ (A @ v)).depth == 3
    assert np.stack([v, w]).depth == 2
    assert (w[0].depth, w.T.depth, w.reshape(1, 2).depth) == (2, 2, 2)


def test_held_is_what_is_alive(meter):
    v = meter.take(np.ones(10))
    assert meter.held == 0  # what is given is not held
    doubled = v + v
    tail = doubled[5:].reshape(5, 1).T
    assert (tail.shape, tail.ndim, tail.size, meter.held) == ((1, 5), 2, 5, 10)
    del doubled
    assert meter.held == 10  # the view needs it still
    del tail
    assert (meter.held, meter.most_held) == (0, 10)
    v = v + 1
    v = v + 1  # the old and the new one are both there for a moment
    assert (meter.held, meter.most_held) == (10, 20)


def test_a_reduction_is_refused(meter):
    with pytest.raises(TypeError):
        np.add.reduce(meter.take([1.0, 2.0]))
