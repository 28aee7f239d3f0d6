"""The tape against the complex step, the book's own sweep and HIPS autograd."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import gradients

from unrolled import data, rnn
from unrolled.gradcheck import complex_step, relative_error
from unrolled.tape import RULES, Var, backward, gradient

SIZE = st.integers(1, 4)
SEED = st.integers(0, 2**32 - 1)


def loss(params, h, x, y):
    """The book's network in plain operators: one sequence, h (H,), x (T, D), y (T, C)."""
    U, W, V, b, c = params
    L = 0
    for x_t, y_t in zip(x, y, strict=True):
        h = np.tanh(U @ x_t + W @ h + b)
        z = V @ h + c
        L = L + np.sum(y_t) * np.log(np.sum(np.exp(z))) - np.sum(y_t * z)
    return L


def loss_in_rows(params, h, x, y):
    """The same for a batch of rows: h (B, H), x (T, B, D), y (T, B, C)."""
    U, W, V, b, c = params
    L = 0
    for x_t, y_t in zip(x, y, strict=True):
        h = np.tanh(x_t @ U.T + h @ W.T + b)
        z = h @ V.T + c
        L = L + np.sum(y_t.sum(axis=-1) * np.log(np.sum(np.exp(z), axis=-1))) - np.sum(y_t * z)
    return L / x.shape[1]


@given(T=st.integers(1, 6), D=SIZE, H=SIZE, C=SIZE, B=st.integers(0, 3), seed=SEED)
@settings(max_examples=40, deadline=None)
def test_the_network(T, D, H, C, B, seed):
    rng = np.random.default_rng(seed)
    params = rnn.Params(*(rng.standard_normal(leaf.shape) for leaf in rnn.init(rng, D, H, C)))
    batch = (B,) if B else ()
    x, h0 = rng.standard_normal((T, *batch, D)), rng.standard_normal((*batch, H))
    y = np.eye(C)[rng.integers(C, size=(T, *batch))] * rng.integers(2, size=(T, *batch, 1))
    f = loss_in_rows if B else loss
    found = gradient(lambda *leaves: f(leaves[:5], leaves[5], x, y), *params, h0)
    swept = rnn.bptt(params, rnn.forward(params, x, h0), y)
    for ours, book, other in zip(
        found, [*swept.params, swept.dh[0]], gradients(params, h0, x, y), strict=True
    ):
        assert ours.shape == book.shape
        size = max(1, np.linalg.norm(book))
        assert np.linalg.norm(ours - book) <= 1e-12 * size
        assert np.linalg.norm(ours - other) <= 1e-12 * size


# Each of one or two arrays, with vectors, stacks, and axes that broadcasting repeats
CASES = {
    "add": (np.add, (3, 1, 4), (2, 1)),
    "subtract": (np.subtract, (4,), (3, 1)),
    "negative": (np.negative, (2, 3)),
    "multiply": (np.multiply, (3, 1), (2, 1, 4)),
    "multiply by a number": (np.multiply, (), (2, 3)),
    "divide": (np.divide, (2, 1, 3), (3,)),
    "matrix, matrix": (np.matmul, (2, 3), (3, 4)),
    "matrix, column": (np.matmul, (2, 3), (3,)),
    "row, matrix": (np.matmul, (3,), (3, 4)),
    "row, column": (np.matmul, (3,), (3,)),
    "stack, matrix": (np.matmul, (5, 2, 3), (3, 4)),
    "stack, column": (np.matmul, (3, 3, 3), (3,)),
    "matrix, stack": (np.matmul, (2, 3), (5, 3, 4)),
    "tanh": (np.tanh, (2, 3)),
    "exp": (np.exp, (2, 3)),
    "log": (np.log, (2, 3)),
    "sum": (np.sum, (2, 3)),
    "sum over the first": (lambda a: np.sum(a, axis=0), (2, 3)),
    "sum over the last": (lambda a: np.sum(a, axis=-1), (2, 3)),
    "sum over two": (lambda a: np.sum(a, axis=(0, 2)), (2, 3, 4)),
    "expand_dims": (lambda a: np.expand_dims(a, axis=1), (2, 3)),
    "transpose": (lambda a: a.T @ a, (2, 3)),
    "stacked transpose": (lambda a: np.exp(a.mT), (4, 2, 3)),
    "the same array twice": (lambda a: a * a + a, (2, 3)),
    "a constant on the left": (lambda a: np.full((2, 3), 2.0) @ a - 1 / np.sum(a, axis=0), (3, 3)),
}


def drawn(case):
    f, *shapes = CASES[case]
    rng = np.random.default_rng(len(case))
    return f, [rng.uniform(0.5, 2, shape) for shape in shapes], rng


@pytest.mark.parametrize("case", CASES)
def test_a_rule_to_second_order(case):
    """The gradient of ⟨u, f(x)⟩, and of ⟨v, that gradient⟩, by the tape and by the complex step."""
    f, x, rng = drawn(case)
    u = rng.standard_normal(np.shape(f(*x)))

    def scalar(*x):
        return np.sum(u * f(*x))

    for i, (found, leaf) in enumerate(zip(gradient(scalar, *x), x, strict=True)):
        right = complex_step(lambda leaf, i=i: scalar(*x[:i], leaf, *x[i + 1 :]), leaf)
        assert found.shape == leaf.shape
        assert relative_error(found, right) < 1e-12

        v = rng.standard_normal(leaf.shape)
        tape = []
        variables = [Var(leaf, tape) for leaf in x]
        slope = backward(scalar(*variables), record=True)[variables[i].place]
        twice = np.sum(v * slope)
        again = backward(twice) if isinstance(twice, Var) else {}
        for j, variable in enumerate(variables):

            def first(leaf, i=i, j=j, v=v):
                return np.sum(v * gradient(scalar, *x[:j], leaf, *x[j + 1 :])[i])

            second = again.get(variable.place, np.zeros(variable.shape))
            right = complex_step(first, x[j])
            assert second.shape == right.shape
            assert np.linalg.norm(second - right) <= 1e-12 * max(1, np.linalg.norm(right))


def test_every_rule_is_tried():
    tape = []
    for case in CASES:
        f, x, _ = drawn(case)
        f(*(Var(leaf, tape) for leaf in x))
    assert {op for op, *_ in tape if op} == set(RULES)


def test_a_rule_stores_what_it_names_and_no_more():
    tape = []
    W, h = Var(np.eye(3), tape), Var(np.ones(3), tape)
    y = np.tanh(W @ h + 1)
    assert [(op.__name__, sorted(stored)) for op, _, _, stored in tape if op] == [
        ("matmul", ["a", "b"]),
        ("add", []),
        ("tanh", ["y"]),
    ]
    assert tape[-1][3]["y"] is y
    assert tape[2][1:3] == ((W.place, h.place), ((3, 3), (3,)))
    assert tape[3][1] == (2, None)  # a constant has no place


def test_a_missing_rule_says_which():
    a = Var([1.0, 2.0], [])
    for call, named in {
        lambda: np.maximum(a, 0): "maximum",
        lambda: a > 0: "greater",
        lambda: np.where([True, False], a, 0): "where",
        lambda: np.add.reduce(a): "add reduce",
        lambda: np.sum(a, keepdims=True): "sum call keepdims",
        lambda: np.exp(a, where=np.array([True, False])): "exp call where",
    }.items():
        with pytest.raises(TypeError, match=f"no rule for {named}"):
            call()


def test_backward_says_what_it_needs():
    tape = []
    a = Var([1, 2], tape)
    y = np.exp(a)
    with pytest.raises(ValueError, match=r"y has shape \(2,\)"):
        backward(y)
    with pytest.raises(ValueError, match="two tapes"):
        y * Var(1, [])
    signal = np.array([3.0, 4.0])
    assert np.array_equal(backward(y, signal, free=True)[a.place], signal * np.exp([1, 2]))
    with pytest.raises(RuntimeError, match="what exp stored was freed"):
        backward(y, signal)


def test_what_does_not_reach_y_has_no_gradient():
    used, unused = gradient(lambda a, b: np.sum(a * a), np.array([1.0, 2.0]), np.ones((2, 3)))
    assert np.array_equal(used, [2, 4])
    assert np.array_equal(unused, np.zeros((2, 3)))
    tape = []
    a = Var(2.0, tape)
    y, later = a * a, np.exp(a)
    assert set(backward(y)) == {a.place, y.place}, "what was made after y, or besides it, is none"
    assert later.place not in backward(y * a.value)


def test_a_detached_state_is_a_constant():
    """Chunks of the example, each from the value of the last state: chapter 11's gradient."""
    params, x, y, h0 = data.example()
    tape = []
    W = Var(params.W, tape)
    first = rnn.forward(params, x[:2], h0).h[-1]
    cut = loss(params._replace(W=W), Var(first, tape).value, x[2:], y[2:])
    right = rnn.bptt(params, rnn.forward(params, x[2:], first), y[2:]).params.W
    assert relative_error(backward(cut)[W.place], right) < 1e-12


def test_nothing_given_is_changed():
    a, b = np.ones((2, 2)), np.ones(2)
    gradient(lambda a, b: np.sum(np.tanh(a @ b) + b + b), a, b)
    assert np.array_equal(a, np.ones((2, 2)))
    assert np.array_equal(b, np.ones(2))
