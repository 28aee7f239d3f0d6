"""Checks of derivatives and identities that cannot pass by accident.  Knows no network.

Every check compares norm-wise, ‖left − right‖/‖right‖, in float64, and passes only if
`err <= limit` is true, so that NaN fails.  There is no tolerance argument: the method sets it.
"""

import re
from collections import OrderedDict  # on the site's pages a dict has no order
from textwrap import fill

import numpy as np

LIMITS = {"complex step": 1e-12, "central difference": 1e-8, "identity": 1e-12}


class CheckFailed(AssertionError):
    """Two sides that should agree do not (or, in `rejects`, agree where they should not)."""


def complex_step(f, x, step=1e-30):
    """The Jacobian of f at x by the complex step, Im f(x + i·step)/step, exact to rounding.

    f: array to scalar or array, analytic (no abs, no real part, no conjugate, no comparison of
    complex numbers);  x: array of any shape.  Returns f(x).shape + x.shape.
    (Lyness and Moler 1967; Squire and Trapp 1998)
    """
    return _by_column(lambda e: np.imag(f(x + 1j * step * e)) / step, np.asarray(x))


def stacked_complex_step(f, x, step=1e-30):
    """`complex_step` of an f that takes many x at once: one call for all directions.

    f: x below one another along a new first axis, to their values so stacked.
    """
    x = np.asarray(x)
    directions = np.eye(x.size).reshape(x.size, *x.shape)
    columns = np.imag(f(x + 1j * step * directions)) / step
    return _by_column(lambda e: columns[np.argmax(e)], x)


def central_difference(f, x, step=1e-5):
    """The Jacobian of f at x by (f(x + h) − f(x − h))/2h, with h = step·max(1, |x_i|).

    f: array to scalar or array; x: real array.  Returns f(x).shape + x.shape.
    """
    x = np.asarray(x)

    def column(e):
        h = step * max(1.0, np.abs(x[e == 1]).item())
        return (np.asarray(f(x + h * e)) - np.asarray(f(x - h * e))) / (2 * h)

    return _by_column(column, x)


METHODS = OrderedDict([("complex step", complex_step), ("central difference", central_difference)])


def relative_error(left, right):
    """‖left − right‖/‖right‖; 0 where both are exactly 0, infinite where only the right is.

    left, right: arrays of one shape.  Both are first divided by the largest entry of the right:
    the norm squares what it adds up, and 1e-200 squared is 0.
    """
    left, right = _numbers("left", left), _numbers("right", right)
    size = np.max(np.abs(right))
    if size == 0:
        return np.inf if np.any(left) else 0.0
    with np.errstate(over="ignore", invalid="ignore"):  # inf/inf is NaN, and NaN fails
        left, right = left / size, right / size
        return float(np.linalg.norm(np.ravel(left - right)) / np.linalg.norm(np.ravel(right)))


def check(name, analytic, f, x, method="complex step"):
    """Print one line if `analytic` is the derivative of f at x; raise CheckFailed if not.

    analytic: f(x).shape + x.shape, so a gradient has its parameter's shape;
    f: the function itself, differentiated here, so that the numeric side is no copy;
    x: an array, or a tuple of arrays (Params), then analytic is a tuple too and f takes the tuple;
    method: "complex step" (limit 1e-12), "central difference" (1e-8) or "both".
    Raises CheckFailed on disagreement, ValueError on inputs that no check can use: among them an
    f that gives a real number for a complex x, whose complex step is 0 whatever its derivative.
    """
    methods = ("complex step", "central difference") if method == "both" else (method,)
    for used in methods:
        if used not in METHODS:
            raise ValueError(f"method is {used!r}; one of {', '.join(METHODS)}, both is needed")
        for part, left, right in _pairs(name, analytic, _derivative(name, f, x, used)):
            _compare(part, left, right, used)
    agreed = ", ".join(f"{used} to {_limit(used)}" for used in methods)
    print(f"✓ {name}: {agreed.replace(' to', ' agrees to', 1)}")


def agree(name, left, right):
    """Print one line if two expressions are equal to 1e-12 norm-wise; raise CheckFailed if not.

    left, right: arrays of one shape, or tuples of them.
    Raises ValueError if there is nothing to compare.
    """
    for part, one, other in _pairs(name, left, right):
        _compare(part, one, other, "identity")
    print(f"✓ {name}: both sides agree to {_limit('identity')}")


def rejects(name, wrong, f, x=None):
    """Print one line if the check of a wrong line fails; raise CheckFailed if it passes.

    wrong: an array (a tuple of them if x is one), or a function of nothing for a line that cannot
    even be evaluated;  f, x: as in `check`, or the right value alone where the line is no
    derivative.  Any other error than a mismatch of shapes is the caller's, and is raised.
    """
    right = f if x is None else _derivative(name, f, x, "complex step")
    method = "identity" if x is None else "complex step"
    try:
        left = wrong() if callable(wrong) else wrong
    except ValueError as error:
        said = str(error).splitlines()[0] if str(error) else ""
        if not re.search("shape|dimension|broadcast|aligned", said):
            raise
        said = fill(said, 76, initial_indent="  ", subsequent_indent="  ")
        print(f"✗ {name}: rejected, its shapes do not meet\n{said}")
        return
    pairs = list(_pairs(name, left, right))
    if not all(np.isfinite(other).all() for _, _, other in pairs):
        raise ValueError(f"{name}: the right side is not finite, so it can reject nothing")
    faults = [_fault(one, other, method) for _, one, other in pairs]
    if not any(faults):
        raise CheckFailed(f"{name}: should be wrong, but it agrees to {_limit(method)}")
    print(f"✗ {name}: rejected, {next(filter(None, faults))}")


def _limit(method):
    """The method's limit as it is written by hand: 1e-8, not 1e-08."""
    return f"{LIMITS[method]:.0e}".replace("e-0", "e-")


def _numbers(name, value):
    """The value as an array of floats or complex numbers."""
    value, masked = np.asarray(value), hasattr(value, "mask")
    if masked or value.dtype.kind not in "biufc":
        came = "a masked array" if masked else f"an array of {value.dtype}"
        raise ValueError(f"{name} is {came}; an array of numbers is needed")
    return value.astype(np.result_type(value.dtype, float))


def _by_column(column, x):
    """Stack column(e) for every unit direction e of x along new last axes."""
    basis = np.eye(x.size).reshape(x.size, *x.shape)
    columns = np.array([column(e) for e in basis])
    return np.moveaxis(columns, 0, -1).reshape(columns.shape[1:] + x.shape)


def _derivative(name, f, x, method):
    """The Jacobian of f at x; a tuple of them, one for each array, if x is a tuple."""
    if not callable(f):
        raise ValueError(f"{name}: f is {f!r:.60}; a function of x is needed")
    if isinstance(x, tuple):
        rebuild = getattr(x, "_make", tuple)
        return rebuild(
            _derivative(name, lambda u, i=i: f(rebuild(x[:i] + (u,) + x[i + 1 :])), leaf, method)
            for i, leaf in enumerate(x)
        )
    x = _numbers(f"{name}: x", x)
    if method == "complex step" and not np.iscomplexobj(f(x + 1e-30j)):
        raise ValueError(
            f"{name}: f gave a real number for a complex x, so the complex step is 0 whatever the "
            "derivative: f drops the imaginary part (abs, .real, a comparison), or ignores x"
        )
    return METHODS[method](f, x)


def _pairs(name, left, right):
    """(name, left, right) of each pair of arrays; names carry the field, as in `loss [W]`."""
    if not isinstance(right, tuple):
        yield name, left, right
        return
    if not isinstance(left, tuple) or len(left) != len(right) or not right:
        came = f"{len(left)} arrays" if isinstance(left, tuple) else type(left).__name__
        raise ValueError(f"{name}: got {came}; a tuple of {len(right)} arrays is needed")
    fields = getattr(right, "_fields", range(len(right)))
    for field, one, other in zip(fields, left, right, strict=True):
        yield f"{name} [{field}]", one, other


def _compare(name, left, right, method):
    """Raise CheckFailed, with both numbers at the worst entry, unless left agrees with right."""
    fault = _fault(left, right, method)
    if fault is None:
        return
    left, right = _numbers("left", left), _numbers("right", right)
    if left.shape == right.shape:
        off = np.nan_to_num(np.abs(left - right), nan=np.inf)
        at = np.unravel_index(np.argmax(off), off.shape)
        fault += (
            f" where {_limit(method)} is allowed ({method}); worst entry "
            f"{tuple(int(i) for i in at)}: {left[at]:.12g} against {right[at]:.12g}"
        )
    raise CheckFailed(f"{name}: {fault}")


def _fault(left, right, method):
    """What keeps left from agreeing with right, in words; None if nothing does."""
    left, right = _numbers("left", left), _numbers("right", right)
    if left.size == 0 or right.size == 0:
        raise ValueError(f"an empty array ({left.shape} against {right.shape}): nothing to compare")
    if left.shape != right.shape:
        return f"shape {left.shape} where {right.shape} is needed"
    err = relative_error(left, right)
    if err <= LIMITS[method]:  # false for NaN; `err > limit` would be false too, and let it pass
        return None
    if not np.isfinite(left).all() or not np.isfinite(right).all():
        return "it is not a number" if np.isnan(err) else "it is not finite"
    if np.isinf(err):
        return "off by more than a float can hold" if np.any(right) else "it is not 0"
    percent = float(f"{100 * err:.2g}")
    return f"off by {percent:g} %"
