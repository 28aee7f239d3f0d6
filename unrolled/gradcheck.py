"""Checks of derivatives and identities that cannot pass by accident.  Knows no network.

Every check compares norm-wise, ‖left − right‖/‖right‖, in float64, and passes only if
`err <= limit` is true, so that NaN fails.  There is no tolerance argument: the method sets it.
"""

import numpy as np

LIMITS = {"complex step": 1e-12, "central difference": 1e-8, "identity": 1e-12}


class CheckFailed(AssertionError):
    """Two sides that should agree do not (or, in `rejects`, agree where they should not)."""


def complex_step(f, x, step=1e-30):
    """The Jacobian of f at x by the complex step, Im f(x + i·step)/step, exact to rounding.

    f: array to scalar or array, analytic (no abs, no max of complex numbers, no conjugate);
    x: array of any shape.  Returns f(x).shape + x.shape.  (Squire and Trapp 1998)
    """
    return _by_column(lambda e: np.imag(f(x + 1j * step * e)) / step, x)


def central_difference(f, x, step=1e-5):
    """The Jacobian of f at x by (f(x + h) − f(x − h))/2h, with h = step·max(1, |x_i|).

    f: array to scalar or array; x: real array.  Returns f(x).shape + x.shape.
    """

    def column(e):
        h = step * max(1.0, np.abs(x[e == 1]).item())
        return (np.asarray(f(x + h * e)) - np.asarray(f(x - h * e))) / (2 * h)

    return _by_column(column, x)


METHODS = {"complex step": complex_step, "central difference": central_difference}


def check(name, analytic, f, x, method="complex step"):
    """Print one line if `analytic` is the derivative of f at x; raise CheckFailed if not.

    analytic: f(x).shape + x.shape, so a gradient has its parameter's shape;
    f: the function itself, differentiated here, so that the numeric side is no copy;
    x: an array, or a tuple of arrays (Params), then analytic is a tuple too and f takes the tuple;
    method: "complex step" (limit 1e-12), "central difference" (1e-8) or "both".
    Raises CheckFailed on disagreement, ValueError on inputs that no check can use.
    """
    methods = tuple(METHODS) if method == "both" else (method,)
    for used in methods:
        if used not in METHODS:
            raise ValueError(f"method is {used!r}; one of {', '.join(METHODS)}, both is needed")
        for part, left, g, at in _leaves(analytic, f, x):
            _compare(f"{name}{part}", left, METHODS[used](g, at), used)
    agreed = ", ".join(f"{used} to {_text(used)}" for used in methods)
    print(f"✓ {name}: {agreed.replace(' to', ' agrees to', 1)}")


def agree(name, left, right):
    """Print one line if two expressions are equal to 1e-12 norm-wise; raise CheckFailed if not.

    left, right: arrays of one shape.  Raises ValueError if there is nothing to compare.
    """
    _compare(name, left, np.asarray(right), "identity")
    print(f"✓ {name}: both sides agree to {_text('identity')}")


def rejects(name, wrong, f, x=None):
    """Print one line if the check of a wrong line fails; raise CheckFailed if it passes.

    wrong: an array, or a function of nothing for a line that cannot even be evaluated;
    f, x: as in `check`, or the right value alone where the line is no derivative.
    """
    if x is None:
        right, method = np.asarray(f), "identity"
    else:
        right, method = complex_step(f, np.asarray(x)), "complex step"
    if not np.isfinite(right).all():
        raise ValueError(f"{name}: the right side is not finite, so it can reject nothing")
    try:
        left = np.asarray(wrong() if callable(wrong) else wrong)
    except ValueError:
        print(f"✗ {name}: rejected, its shapes do not meet")
        return
    if left.shape != right.shape:
        print(f"✗ {name}: rejected, shape {left.shape} where {right.shape} is needed")
        return
    if (err := _error(left, right)) <= LIMITS[method]:
        raise CheckFailed(f"{name}: should be wrong, but it agrees to {_text(method)}")
    off = f"off by {float(f'{100 * err:.2g}'):g} %" if np.isfinite(err) else "it is not a number"
    print(f"✗ {name}: rejected, {off}")


def _text(method):
    """The method's limit as it is written by hand: 1e-8, not 1e-08."""
    return f"{LIMITS[method]:.0e}".replace("e-0", "e-")


def _by_column(column, x):
    """Stack column(e) for every unit direction e of x along new last axes."""
    x = np.asarray(x)
    basis = np.eye(x.size).reshape(x.size, *x.shape)
    columns = np.array([column(e) for e in basis])
    return np.moveaxis(columns, 0, -1).reshape((*columns.shape[1:], *x.shape))


def _leaves(analytic, f, x):
    """Split a check over a tuple of arrays into one check per array."""
    if not isinstance(x, tuple):
        yield "", analytic, f, np.asarray(x)
        return
    if not isinstance(analytic, tuple) or len(analytic) != len(x):
        raise ValueError(f"analytic is {type(analytic).__name__}; {len(x)} arrays, as in x, needed")
    rebuild = x._make if hasattr(x, "_make") else tuple
    names = getattr(x, "_fields", range(len(x)))
    for i, (field, left, at) in enumerate(zip(names, analytic, x, strict=True)):

        def g(leaf, i=i):
            return f(rebuild([*x[:i], leaf, *x[i + 1 :]]))

        yield f" [{field}]", left, g, np.asarray(at)


def _error(left, right):
    """‖left − right‖/‖right‖; 0 where both are exactly 0, infinite where only right is."""
    size, off = np.linalg.norm(np.ravel(right)), np.linalg.norm(np.ravel(left - right))
    if size == 0:
        return 0.0 if off == 0 else np.inf
    return off / size


def _compare(name, left, right, method):
    left = np.asarray(left)
    if left.size == 0 or right.size == 0:
        raise ValueError(f"{name}: an empty array ({left.shape} against {right.shape})")
    if left.shape != right.shape:
        raise CheckFailed(f"{name}: shape {left.shape} where {right.shape} is needed")
    err = _error(left, right)
    if not err <= LIMITS[method]:  # and not `err > limit`, which NaN would pass
        off = np.nan_to_num(np.abs(left - right), nan=np.inf)
        at = np.unravel_index(np.argmax(off), off.shape)
        raise CheckFailed(
            f"{name}: {method} disagrees, {err:.2g} where {_text(method)} is allowed; "
            f"worst entry {tuple(int(i) for i in at)}: {left[at]:.12g} against {right[at]:.12g}"
        )
