"""The checker on functions with no network: what it lets through, and what it must refuse."""

import numpy as np
import pytest

from unrolled.gradcheck import CheckFailed, agree, central_difference, check, complex_step, rejects

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
        (lambda: A @ X[:2], "its shapes do not meet"),
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
