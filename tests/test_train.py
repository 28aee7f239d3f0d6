"""The training loop, on problems that know no network and on the digits."""

import numpy as np
import pytest
from digits import objective, train_book

from unrolled import data, rnn, train

BOWL = np.diag([1.0, 4.0])


def bowl(params, batch):
    """½ θᵀAθ and its gradient Aθ; no network."""
    (theta,) = params
    return 0.5 * theta @ BOWL @ theta, (BOWL @ theta,)


def start():
    return (np.array([2.0, -1.0]),)


def test_gradient_descent_takes_the_step_of_the_notes():
    run = train.descend(bowl, start(), [None] * 3, train.gradient_descent(0.1))
    expected = start()[0] * (1 - 0.1 * np.diag(BOWL)) ** 3
    np.testing.assert_allclose(run.params[0], expected, rtol=1e-14)
    assert len(run.losses) == 3 and (np.diff(run.losses) < 0).all()


def test_momentum_takes_the_steps_worked_out_by_hand():
    run = train.descend(bowl, start(), [None] * 2, train.momentum(0.1, 0.5))
    theta, velocity = start()[0], 0
    for _ in range(2):
        velocity = 0.5 * velocity + BOWL @ theta
        theta = theta - 0.1 * velocity
    np.testing.assert_allclose(run.params[0], theta, rtol=1e-14)


def test_momentum_without_memory_is_gradient_descent():
    plain = train.descend(bowl, start(), [None] * 5, train.gradient_descent(0.1))
    also = train.descend(bowl, start(), [None] * 5, train.momentum(0.1, 0.0))
    np.testing.assert_array_equal(plain.params, also.params)


def test_nothing_is_mutated_and_the_kind_of_tuple_stays():
    rng = np.random.default_rng(0)
    params = rnn.init(rng, 1, 3, 2)
    before = [p.copy() for p in params]
    x, y = data.parity(rng, 4, 6, span=2)
    run = train.descend(
        lambda params, batch: objective(x, y, params, batch),
        params,
        train.minibatches(rng, 6, 4, 2),
        train.momentum(0.1),
    )
    assert isinstance(run.params, rnn.Params) and isinstance(run.best, rnn.Params)
    for a, b in zip(params, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_best_parameters_are_those_of_the_lowest_score():
    seen = []

    def score(params):
        seen.append(params)
        return [5.0, 3.0, 1.0, 2.0, 4.0][len(seen) - 1]

    run = train.descend(
        bowl, start(), [None] * 7, train.gradient_descent(0.1), score=score, every=2
    )
    assert run.steps.tolist() == [0, 2, 4, 6, 7]
    assert run.scores.tolist() == [5, 3, 1, 2, 4]
    assert run.best is seen[2] and run.params is seen[4]


def test_without_a_score_the_loss_of_each_step_is_the_score():
    slopes = iter([3.0, 2.0, 5.0])

    def valley(params, batch):
        return next(slopes), (np.ones(1),)

    run = train.descend(valley, (np.zeros(1),), [None] * 3, train.gradient_descent(1.0))
    assert run.scores.tolist() == run.losses.tolist() == [3, 2, 5]
    assert run.best[0] == -1.0 and run.params[0] == -3.0  # after one update, and after three


@pytest.mark.parametrize(
    ("what", "result"),
    [
        ("the loss", (np.nan, (np.ones(2),))),
        ("the loss", (np.inf, (np.ones(2),))),
        ("the gradient", (1.0, (np.array([1.0, np.nan]),))),
        ("a parameter", (1.0, (np.array([1e308, 0.0]),))),
    ],
)
def test_a_nan_stops_the_descent_and_says_where_and_what_to_try(what, result):
    def objective(params, batch):
        return result if batch == 2 else bowl(params, batch)

    message = rf"{what} is not finite at step 3 of 5; try a smaller learning rate"
    with pytest.raises(train.Diverged, match=message) as caught:
        train.descend(objective, start(), range(5), train.gradient_descent(20.0))
    assert len(caught.value.run.losses) == 2
    assert np.isfinite(caught.value.run.params).all()


def test_a_nan_score_stops_the_descent():
    with pytest.raises(train.Diverged, match="the score is not finite at step 0"):
        train.descend(
            bowl, start(), [None], train.gradient_descent(0.1), score=lambda params: np.nan
        )


def test_a_learning_rate_that_is_too_large_for_the_network_ends_in_the_message():
    rng = np.random.default_rng(0)
    x, y = data.parity(rng, 6, 8, span=3)
    with pytest.raises(train.Diverged, match=r"at step \d+ of 400"):
        train.descend(
            lambda params, batch: objective(x, y, params, slice(None)),
            rnn.init(rng, 1, 4, 2),
            range(400),
            train.gradient_descent(1e308),
        )


def test_an_interrupt_returns_what_there_is(capsys):
    def objective(params, batch):
        if batch == 4:
            raise KeyboardInterrupt
        return bowl(params, batch)

    run = train.descend(objective, start(), range(9), train.gradient_descent(0.1))
    whole = train.descend(bowl, start(), range(4), train.gradient_descent(0.1))
    np.testing.assert_array_equal(run.params, whole.params)
    assert run.losses.tolist() == whole.losses.tolist()
    assert "interrupted after 4 of 9 updates" in capsys.readouterr().out


def test_minibatches_show_every_example_once_an_epoch():
    batches = train.minibatches(np.random.default_rng(0), N=10, size=4, epochs=3)
    assert [len(batch) for batch in batches] == [4, 4, 2] * 3
    epochs = [np.concatenate(batches[i : i + 3]) for i in (0, 3, 6)]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert (epochs[0] != epochs[1]).any()


def test_accuracy_counts_labelled_steps_only():
    params = rnn.init(np.random.default_rng(0), 1, 3, 2)
    trace = rnn.forward(params, np.ones((3, 4, 1)))
    predicted = trace.z[1:].argmax(axis=-1)
    y = np.eye(2)[predicted]
    assert rnn.accuracy(trace, y) == 1
    y[0] = 0  # no label there
    y[1] = y[1, :, ::-1]  # every label wrong there
    assert rnn.accuracy(trace, y) == 0.5
    with pytest.raises(ValueError, match="y has no label"):
        rnn.accuracy(trace, 0 * y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"params": [np.ones(2)]}, "params is a list; a tuple of arrays"),
        ({"params": ()}, "params is a tuple; a tuple of arrays"),
        ({"batches": []}, "batches is .*; a list of at least one batch"),
        ({"batches": iter([1])}, "batches is .*; a list of at least one batch"),
        ({"every": 0}, "every is 0; a whole number"),
        ({"objective": lambda p, b: 1.0}, r"objective returned float; \(loss, gradient\)"),
        ({"objective": lambda p, b: (np.ones(2), p)}, r"a loss of shape \(2,\); a real number"),
        ({"objective": lambda p, b: (1.0, (np.ones(3),))}, r"shapes \[\(3,\)\]; \[\(2,\)\]"),
    ],
)
def test_bad_arguments_are_named(change, message):
    given = {"objective": bowl, "params": start(), "batches": [None], "every": 1} | change
    with pytest.raises(ValueError, match=message):
        train.descend(**given, update=train.gradient_descent(0.1))


def test_bad_rates_and_counts_are_named():
    for alpha in (0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="alpha is"):
            train.gradient_descent(alpha)
        with pytest.raises(ValueError, match="alpha is"):
            train.momentum(alpha)
    for beta in (-0.1, 1, np.nan):
        with pytest.raises(ValueError, match="beta is"):
            train.momentum(0.1, beta)
    for change in ({"N": 0}, {"size": 1.5}, {"epochs": -1}):
        with pytest.raises(ValueError, match=f"{next(iter(change))} is .*; a whole number"):
            train.minibatches(
                np.random.default_rng(0), **({"N": 3, "size": 2, "epochs": 1} | change)
            )


@pytest.mark.parametrize(("asked", "least"), [("last row", 0.95), ("every row", 0.9)])
def test_the_stored_networks_are_what_training_gives_and_read_unseen_digits(asked, least):
    split = data.digits()
    fresh, stored = train_book(split, 0, asked).best, data.trained_digits(asked)
    for a, b in zip(fresh, stored, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
    y = data.label_last(split.labels_test, T=8, C=10)
    for params in (fresh, stored):
        assert rnn.accuracy(rnn.forward(params, split.x_test), y) >= least


@pytest.mark.parametrize("seed", [0, 1])
def test_parity_is_learnt_whole(seed):
    rng = np.random.default_rng(seed)
    x, y = data.parity(rng, T=12, N=32 * 600, span=4)
    run = train.descend(
        lambda params, batch: objective(x, y, params, batch),
        rnn.init(rng, 1, 16, 2),
        train.minibatches(rng, 32 * 600, 32, 1),
        train.momentum(0.05),
    )
    fresh_x, fresh_y = data.parity(rng, T=30, N=200, span=4)
    assert rnn.accuracy(rnn.forward(run.params, fresh_x), fresh_y) >= 0.99
