"""The sequences that the book learns from."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from unrolled.data import (
    delayed,
    digits,
    example,
    label_last,
    machine,
    measured,
    parity,
    trained_digits,
)
from unrolled.rnn import forward


def test_the_example_hides_no_slip():
    params, x, y, h0 = example()
    assert [p.shape for p in params] == [(4, 2), (4, 4), (3, 4), (4,), (3,)]
    assert x.shape == (5, 2) and y.shape == (5, 3) and h0.shape == (4,)
    trace = forward(params, x, h0)
    labels = y.argmax(axis=1)
    assert all(len(set(labels[t : t + 3])) == 3 for t in range(3))
    assert 0.9 <= np.abs(np.linalg.eigvals(params.W)).max() <= 1.2
    assert np.linalg.norm(params.W - params.W.T) >= 0.5 * np.linalg.norm(params.W)
    assert (1 - trace.h**2).min() > 0.04 and min(abs(a).min() for a in (params.b, params.c)) > 0.1


def test_the_example_is_drawn_in_its_order():
    params, x, y, h0 = example(7, T=6, D=3, H=5, C=4)
    rng = np.random.default_rng(7)
    for leaf, shape in zip(params[:3], [(5, 3), (5, 5), (4, 5)], strict=True):
        assert (leaf == rng.standard_normal(shape) / np.sqrt(shape[1])).all()
    assert (x == rng.standard_normal((6, 3))).all()
    assert (y.argmax(axis=1) == rng.integers(4, size=6)).all()
    assert (y.sum(axis=1) == 1).all() and np.isin(y, [0, 1]).all()
    for vector in (h0, params.b, params.c):
        assert (vector == 0.5 * rng.standard_normal(len(vector))).all()


def test_the_scale_of_the_example_is_that_of_W_alone():
    whole, small = example(3), example(3, scale=0.01)
    assert (small.params.W == 0.01 * whole.params.W).all()
    for a, b in zip(
        [*small.params._replace(W=0), *small[1:]],
        [*whole.params._replace(W=0), *whole[1:]],
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("change", [{"T": 0}, {"T": 2.5}, {"H": -1}])
def test_bad_sizes_of_the_example_are_named(change):
    [(name, value)] = change.items()
    with pytest.raises(ValueError, match=f"{name} is {value}; .*whole number"):
        example(**change)


def test_digits_are_the_images_read_row_by_row():
    split = digits()
    assert split.x_train.shape == (8, 1347, 8) and split.x_test.shape == (8, 450, 8)
    assert split.x_train.min() == 0 and split.x_train.max() == 1
    images, labels = load_digits(return_X_y=True)
    known = {
        (16 * image).tobytes(): label for image, label in zip(images / 16, labels, strict=True)
    }
    for x, y in ((split.x_train, split.labels_train), (split.x_test, split.labels_test)):
        for i in range(0, len(y), 50):
            flat = np.concatenate([16 * x[t, i] for t in range(8)])  # top row first
            assert known[flat.tobytes()] == y[i]


def test_no_image_stands_in_both_parts_and_classes_are_shared_out_evenly():
    split = digits(seed=3)
    train = {x.tobytes() for x in split.x_train.transpose(1, 0, 2)}
    test = {x.tobytes() for x in split.x_test.transpose(1, 0, 2)}
    assert len(train | test) == len(train) + len(test)
    shares = [
        np.bincount(y, minlength=10) / len(y) for y in (split.labels_train, split.labels_test)
    ]
    np.testing.assert_allclose(*shares, atol=0.005)


def test_the_split_follows_its_seed():
    assert (digits(seed=1).labels_test == digits(seed=1).labels_test).all()
    assert (digits(seed=1).x_test != digits(seed=2).x_test).any()


@pytest.mark.parametrize("share", [0, 1, -0.1, 2])
def test_a_share_outside_0_and_1_is_named(share):
    with pytest.raises(ValueError, match="test_size is"):
        digits(test_size=share)


def test_label_last_labels_only_the_last_step():
    y = label_last([2, 0], T=3, C=4)
    assert y.shape == (3, 2, 4) and not y[:2].any()
    assert y[2].tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    with pytest.raises(ValueError, match=r"0…1 is needed"):
        label_last([2, 0], T=3, C=2)


def test_parity_labels_the_last_bits_and_no_step_before_them():
    assert parity(0, T=3, N=1, span=3)[1][-1].sum() == 1  # the whole sequence is one window
    x, y = parity(np.random.default_rng(0), T=7, N=5, span=3)
    assert x.shape == (7, 5, 1) and y.shape == (7, 5, 2)
    assert set(np.unique(x)) == {-1, 1} and not y[:2].any()
    for t in range(2, 7):
        for n in range(5):
            ones = int((x[t - 2 : t + 1, n, 0] == 1).sum())
            assert y[t, n].tolist() == np.eye(2)[ones % 2].tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"T": 0}, "T is 0"),
        ({"N": 2.5}, "N is 2.5"),
        ({"span": 0}, "span is 0"),
        ({"span": 5}, "span is 5; at most T=4"),
    ],
)
def test_bad_sizes_of_parity_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        parity(np.random.default_rng(0), **({"T": 4, "N": 2, "span": 2} | change))


def test_a_span_of_all_steps_labels_the_last_one_only():
    _, y = parity(np.random.default_rng(0), T=4, N=2, span=4)
    assert (y.sum(axis=-1) == [[0, 0], [0, 0], [0, 0], [1, 1]]).all()


@pytest.mark.parametrize("T", [2, 3, 7])
def test_a_delayed_label_is_the_class_of_the_number_read_so_long_before(T):
    x, y = delayed(np.random.default_rng(0), T, 5, delay=3)
    assert (x == np.random.default_rng(0).standard_normal((T, 5, 2))).all()
    assert y.shape == (T, 5, 3) and not y[:3].any()
    before = np.random.default_rng(1).standard_normal((3, 5, 2))
    same, all_labelled = delayed(np.random.default_rng(0), T, 5, 3, before.tolist())
    assert (same == x).all() and (all_labelled[3:] == y[3:]).all()
    known = np.concatenate([before, x])
    for t in range(T):
        for n in range(5):
            number = known[t, n, 0]
            expected = [number < -0.5, -0.5 <= number < 0.5, number >= 0.5]
            assert all_labelled[t, n].tolist() == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rng": None}, "rng is None"),
        ({"T": 0}, "T is 0"),
        ({"N": True}, "N is True"),
        ({"delay": 0}, "delay is 0"),
        ({"before": np.ones((2, 2))}, r"before has shape \(2, 2\); \(1, 2, 2\)"),
    ],
)
def test_bad_arguments_of_delayed_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        delayed(**({"rng": 0, "T": 4, "N": 2, "delay": 1} | change))


@pytest.mark.parametrize("asked", ["last row", "every row"])
def test_the_stored_networks_fit_the_digits(asked):
    params = trained_digits(asked)
    assert [p.shape for p in params] == [(64, 8), (64, 64), (10, 64), (64,), (10,)]
    assert all(p.dtype == float for p in params)


def test_a_network_that_is_not_stored_is_named():
    with pytest.raises(ValueError, match="asked is 'first row'"):
        trained_digits("first row")


def test_measured_reads_a_table_below_the_machine():
    rows = measured("digits")
    assert rows[0].keys() == {"method", "seed", "accuracy"}
    assert np.mean([float(r["accuracy"]) for r in rows if r["method"] == "this book"]) >= 0.95
    with pytest.raises(ValueError, match=r"name is 'nothing'; one of .*digits, "):
        measured("nothing")


def test_the_machine_is_named_without_the_mark_of_its_line():
    assert machine("digits")[0].isalnum()
    with pytest.raises(ValueError, match=r"name is 'nothing'; one of .*digits, "):
        machine("nothing")
