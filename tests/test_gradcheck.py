"""The checker on functions with no network: what it lets through, and what it must refuse."""

import numpy as np
import pytest

from unrolled.gradcheck import (
    CheckFailed,
    agree,
    central_difference,
    check,
    complex_step,
    rejects,
    relative_error,
    stacked_complex_step,
)
from unrolled.rnn import Params, forward, init, loss

RNG = np.random.default_rng(0)
A, X = RNG.standard_normal((3, 3)), RNG.standard_normal(3)


def quadratic(x):
    return x @ A @ x


GRADIENT = (A + A.T) @ X


@pytest.mark.parametrize("method", ["complex step", "central difference", "both"])
def test_a_right_derivative_passes_and_says_so_in_one_line(method, capsys):
    check("quadratic", GRADIENT, quadratic, X, method=method)
    out = capsys.readouterr().out
    assert out.startswith("✓ quadratic: ") and out.count("\n") == 1
    assert ("1e-12" in out) == (method != "central difference")
    assert ("1e-8" in out) == (method != "complex step")


@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_a_stack_gives_the_jacobian_that_single_calls_give(shape):
    x = np.random.default_rng(1).standard_normal(shape)

    def f(x):
        return np.sin(x) * x.sum()

    def stacked(many):
        assert len(many) == x.size
        return np.array([f(one) for one in many])

    single = complex_step(f, x)
    assert single.shape == shape + shape
    np.testing.assert_array_equal(stacked_complex_step(stacked, x), single)


def test_how_far_off_is_said_in_two_digits(capsys):
    rejects("near", np.array([0.01]), np.array([1.0]))
    assert "off by 99 %" in capsys.readouterr().out


@pytest.mark.parametrize("left, right", [([], [1.0]), ([1.0], [])])
def test_one_empty_side_is_nothing_to_compare(left, right):
    with pytest.raises(ValueError, match="nothing to compare"):
        agree("empty", np.array(left), np.array(right))


def test_a_check_by_both_methods_is_one_short_line(capsys):
    check("quadratic", GRADIENT, quadratic, X, method="both")
    line = "✓ quadratic: complex step agrees to 1e-12, central difference to 1e-8\n"
    assert capsys.readouterr().out == line


@pytest.mark.parametrize("method", ["complex step", "central difference", "both"])
@pytest.mark.parametrize(
    "wrong",
    [2 * A @ X, A @ X, -GRADIENT, GRADIENT * (1 + 1e-6), GRADIENT * np.nan, np.zeros(3)],
    ids=["transpose", "summand", "sign", "factor", "NaN", "zero"],
)
def test_a_wrong_derivative_raises_and_shows_both_numbers(wrong, method):
    with pytest.raises(CheckFailed, match=r"quadratic: .*worst entry \(\d,\): .* against .*"):
        check("quadratic", wrong, quadratic, X, method=method)


def test_the_worst_entry_is_the_one_that_differs():
    wrong = GRADIENT.copy()
    wrong[1] += 1
    with pytest.raises(CheckFailed, match=r"worst entry \(1,\)"):
        check("quadratic", wrong, quadratic, X)


def test_a_jacobian_has_the_shape_of_the_value_then_of_the_argument():
    def f(M):
        return np.tanh(M) @ X

    M = RNG.standard_normal((2, 3))
    J = np.einsum("ab,bc,c->abc", np.eye(2), np.ones((2, 3)), X) * (1 - np.tanh(M) ** 2)
    assert complex_step(f, M).shape == central_difference(f, M).shape == (2, 2, 3)
    check("jacobian", J, f, M, method="both")


def test_a_wrong_shape_is_a_failure_that_names_both():
    with pytest.raises(CheckFailed, match=r"shape \(3, 1\) where \(3,\) is needed"):
        check("column", GRADIENT[:, None], quadratic, X)


def test_a_tuple_is_checked_leaf_by_leaf():
    def f(pair):
        return pair[0] @ A @ pair[1]

    y = 1e-9 * X  # so small that a norm over both leaves would hide a mistake in dL/dx
    check("pair", (A @ y, A.T @ X), f, (X, y))
    with pytest.raises(CheckFailed, match=r"pair \[0\]"):
        check("pair", (A.T @ y, A.T @ X), f, (X, y))
    with pytest.raises(ValueError, match="2 arrays"):
        check("pair", (A @ y,), f, (X, y))


def test_an_exact_zero_passes_without_dividing_zero_by_zero():
    check("constant", np.zeros(3), lambda x: 3.0 + 0 * x.sum(), X)
    with pytest.raises(CheckFailed):
        check("constant", np.full(3, 1e-30), lambda x: 3.0 + 0 * x.sum(), X)


def test_the_yardsticks_reach_their_limits():
    """cos at 1: complex step is exact to rounding, central differences to about 1e-11."""
    x = np.array([1.0])
    exact = -np.sin(1.0)
    assert abs(complex_step(np.cos, x)[0, 0] - exact) <= 1e-15
    assert abs(central_difference(np.cos, x)[0, 0] - exact) <= 1e-10


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="method is 'forward'"):
        check("quadratic", GRADIENT, quadratic, X, method="forward")


def test_agree_compares_values_and_shapes(capsys):
    agree("identity", A @ X, (X @ A.T))
    assert capsys.readouterr().out == "✓ identity: both sides agree to 1e-12\n"
    for wrong in (A.T @ X, (A @ X)[:2], A @ X * np.nan, A @ X * (1 + 1e-11)):
        with pytest.raises(CheckFailed):
            agree("identity", A @ X, wrong) if np.isfinite(wrong).all() else agree(
                "identity", wrong, A @ X
            )


@pytest.mark.parametrize("left, right", [(np.nan, 1.0), (1.0, np.nan), (np.nan, np.nan)])
def test_nan_agrees_with_nothing(left, right):
    with pytest.raises(CheckFailed):
        agree("nan", left, right)


def test_nothing_to_compare_is_an_error():
    with pytest.raises(ValueError, match="empty"):
        agree("nothing", np.zeros(0), np.zeros(0))


@pytest.mark.parametrize(
    "wrong, said",
    [
        (2 * A @ X, "off by"),
        ((A @ X)[:2], "shape (2,) where (3,) is needed"),
        (GRADIENT * np.nan, "it is not a number"),
        (lambda: A @ X[:2], "its shapes do not meet\n  matmul: Input operand 1 has a mismatch"),
        (lambda: A + np.ones(2), "shapes do not meet\n  operands could not be broadcast together"),
    ],
)
def test_rejects_says_how_a_wrong_line_is_wrong(wrong, said, capsys):
    rejects("slip", wrong, quadratic, X)
    out = capsys.readouterr().out
    assert out.startswith("✗ slip: rejected, ") and said in out


def test_rejects_raises_for_a_line_that_is_right():
    with pytest.raises(CheckFailed, match="should be wrong"):
        rejects("slip", GRADIENT, quadratic, X)
    with pytest.raises(CheckFailed, match="should be wrong"):
        rejects("slip", lambda: A @ X, A @ X)


def test_rejects_needs_a_right_side_that_can_reject():
    with pytest.raises(ValueError, match="not finite"):
        rejects("slip", 1.0, np.nan)


def test_rejects_lets_other_errors_through():
    with pytest.raises(ZeroDivisionError):
        rejects("slip", lambda: 1 / 0, quadratic, X)
    with pytest.raises(ValueError, match="invalid literal"):
        rejects("slip", lambda: int("x"), quadratic, X)


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e-6, 1.0, 1e6, 1e200, 1e300])
def test_the_comparison_is_relative_at_every_size(size):
    v = size * X
    agree("same", v, v * (1 + 1e-13))
    for wrong in (v * (1 + 1e-11), 2 * v, 0 * v):
        with pytest.raises(CheckFailed):
            agree("other", wrong, v)
    with pytest.raises(CheckFailed):
        agree("no zero", v, 0 * v)
    agree("zeros", 0 * v, 0 * v)
    assert relative_error(3 * v, v) == pytest.approx(2)
    if size < 1e-250:
        return  # the imaginary part, 1e-30 times the derivative, would underflow
    check("linear", v, lambda x: np.sum(v * x), X)
    with pytest.raises(CheckFailed):
        check("linear", 1.5 * v, lambda x: np.sum(v * x), X)
    rejects("linear", 1.5 * v, lambda x: np.sum(v * x), X)


def test_a_vanishing_gradient_is_still_compared():
    params = init(np.random.default_rng(0), D=2, H=4, C=3, scale=0.02)
    x, y = RNG.standard_normal((100, 2)), np.zeros((100, 3))
    y[-1, 0] = 1

    def f(h0):
        return loss(forward(params, x, h0), y)

    dh0 = complex_step(f, np.full(4, 0.1), step=1e-30)
    with pytest.raises(CheckFailed):
        agree("seven times", 7 * dh0, dh0 + 1e-250)


@pytest.mark.parametrize(
    "f", [lambda x: np.sum(np.abs(x)), lambda x: np.sum(x.real), lambda x: 3.0]
)
def test_a_function_that_drops_the_imaginary_part_is_refused(f):
    for call in (check, rejects):
        with pytest.raises(ValueError, match="real number for a complex x"):
            call("not analytic", np.zeros(3), f, X)
    assert not complex_step(f, X).any()  # what a page may want to show


def test_a_function_that_only_looks_analytic_is_caught_by_both():
    def f(x):
        return np.sum(x * np.conj(x))

    with pytest.raises(CheckFailed):
        check("conjugate", np.zeros(3), f, X, method="both")


@pytest.mark.parametrize("not_a_function", [3.0, None, GRADIENT])
def test_what_is_no_function_is_named(not_a_function):
    with pytest.raises(ValueError, match=r"slip: f is .*; a function of x is needed"):
        check("slip", GRADIENT, not_a_function, X)


def test_nothing_to_check_is_an_error():
    with pytest.raises(ValueError, match="0 arrays"):
        check("nothing", (), lambda x: 0.0, ())


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.int8, bool])
def test_whole_numbers_and_truth_values_do_not_wrap(kind):
    if kind is not bool:
        low, high = np.iinfo(kind).min, np.iinfo(kind).max
        with pytest.raises(CheckFailed):
            agree("wrap", kind(low), kind(high))
    agree("same", np.array([1, 0], dtype=kind), np.array([1.0, 0]))
    with pytest.raises(CheckFailed):
        agree("other", np.array([1, 1], dtype=kind), np.array([1.0, 0]))


@pytest.mark.parametrize(
    "value", [None, "a", np.ma.masked_array(X, [True, False, False])], ids=["None", "text", "mask"]
)
def test_what_is_no_array_of_numbers_is_named(value):
    with pytest.raises(ValueError, match=r"left is .*; an array of numbers is needed"):
        agree("value", value, X)


def test_of_a_long_error_the_first_line_is_printed(capsys):
    def wrong():
        raise ValueError("the shapes (2,) and (3,)\nare two")

    rejects("slip", wrong, A)
    said = capsys.readouterr().out
    assert said == "✗ slip: rejected, its shapes do not meet\n  the shapes (2,) and (3,)\n"


def test_a_failure_says_what_is_wrong_and_how_much_is_allowed():
    with pytest.raises(
        CheckFailed, match=r"slip: off by 100 % where 1e-12 is allowed \(identity\)"
    ):
        agree("slip", 2 * A @ X, A @ X)


def test_the_central_step_at_a_small_argument_is_its_step():
    seen = []

    def f(x):
        seen.append(float(x))
        return x

    central_difference(f, 0.5, step=1e-3)
    assert max(seen) - 0.5 == pytest.approx(1e-3)
    central_difference(f, 3.0, step=1e-3)
    assert max(seen) - 3.0 == pytest.approx(3e-3)


def test_lists_and_scalars_are_arrays_to_both_methods():
    for method in (complex_step, central_difference):
        np.testing.assert_allclose(method(lambda x: x[0] * x[1], [2.0, 3.0]), [3, 2], rtol=1e-9)
        np.testing.assert_allclose(method(lambda x: x**3, 2), 12, rtol=1e-9)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_the_central_step_grows_with_the_argument(size):
    check("square", 2 * size * X, lambda x: np.sum(x**2), size * X, method="central difference")


def three(leaves):
    return leaves[0] @ A @ leaves[1] + leaves[2] @ leaves[2]


def test_each_of_three_leaves_is_differentiated_at_its_own_place():
    x = Params(X, 2 * X, 3 * X, X, X)[:3]
    right = (A @ x[1], A.T @ x[0], 2 * x[2])
    check("three", right, three, x, method="both")
    for i in range(3):
        wrong = tuple(1.01 * leaf if i == j else leaf for j, leaf in enumerate(right))
        with pytest.raises(CheckFailed, match=rf"three \[{i}\]"):
            check("three", wrong, three, x)
        rejects("three", wrong, three, x)
        with pytest.raises(CheckFailed):
            agree("three", wrong, right)
    agree("three", right, right)
    with pytest.raises(CheckFailed, match="should be wrong"):
        rejects("three", right, three, x)


def test_fields_name_the_leaves():
    params = init(np.random.default_rng(0), 2, 3, 2)

    def f(p):
        return sum(np.sum(leaf**2) for leaf in p)

    right = Params(*(2 * leaf for leaf in params))
    check("squares", right, f, params)
    with pytest.raises(CheckFailed, match=r"squares \[V\]"):
        check("squares", right._replace(V=params.V), f, params)


def test_rounding_does_not_make_a_right_line_wrong():
    for factor in (1 + 1e-14, 1 + 5e-13):
        with pytest.raises(CheckFailed, match="should be wrong"):
            rejects("rounding", factor * GRADIENT, quadratic, X)


@pytest.mark.parametrize(
    "wrong, right, said",
    [
        (1.5, 1.0, "off by 50 %"),
        (2.0, 0.0, "it is not 0"),
        (np.inf, 1.0, "it is not finite"),
        (1e300, 1e-300, "off by more than a float can hold"),
        ([[1.0, 2.0]], [[1.0], [2.0]], "shape (1, 2) where (2, 1) is needed"),
    ],
)
def test_the_words_of_a_rejection(wrong, right, said, capsys):
    rejects("slip", wrong, right)
    assert capsys.readouterr().out == f"✗ slip: rejected, {said}\n"
