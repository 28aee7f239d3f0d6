"""The part of NumPy that the book's pages use, in pure Python, for the engine in the page.

It has    arrays of any number of axes of float64, complex128, int64 and bool, views included;
          + - * / // % ** @, comparisons, & | ^ ~, abs, in place with += and -=; broadcasting;
          indexing by numbers, slices, None, ..., masks and lists of numbers; assignment;
          the functions in the lists below, `np.linalg`, and `np.random.default_rng`,
          whose numbers are NumPy's own, bit for bit;
          NumPy's way of printing an array.
It lacks  everything else: what is asked for and not here says so by name;
          other types (float32, strings, dates, records), masked arrays, Fortran order.
Differs   a single entry is a Python number, with no methods; whole numbers never overflow;
          no warning is given where a result is nan or inf.
MicroPython itself has `*=`, `/=`, `**=` and `@=` only as `a = a * b`: a name that stood for a view
then stands for a new array, and the old one is as it was (`np.multiply(a, b, out=a)` changes it);
and a number cannot stand on the left of `<` where an array is on the right.
"""

from . import linalg, random
from .core import (
    bool_,
    complex128,
    dtype,
    float32,
    float64,
    floating,
    generic,
    inexact,
    int64,
    integer,
    ndarray,
    number,
)
from .functions import (
    allclose,
    append,
    arange,
    argwhere,
    array,
    array_equal,
    asarray,
    atleast_1d,
    atleast_2d,
    broadcast_to,
    clip,
    column_stack,
    concatenate,
    copy,
    count_nonzero,
    cumprod,
    cumsum,
    diag,
    diff,
    dot,
    einsum,
    empty,
    empty_like,
    errstate,
    expand_dims,
    eye,
    flatnonzero,
    flip,
    full,
    full_like,
    hstack,
    identity,
    imag,
    inner,
    isclose,
    iscomplexobj,
    isscalar,
    kron,
    linspace,
    matmul,
    moveaxis,
    nan_to_num,
    nansum,
    ndim,
    ndindex,
    nonzero,
    ones,
    ones_like,
    outer,
    ptp,
    ravel,
    real,
    repeat,
    reshape,
    result_type,
    shape,
    size,
    sort,
    squeeze,
    stack,
    std,
    swapaxes,
    tensordot,
    tile,
    trace,
    transpose,
    tril,
    triu,
    unravel_index,
    var,
    vdot,
    vstack,
    where,
    zeros,
    zeros_like,
)
from .functions import round_ as round
from .ufuncs import (
    absolute,
    add,
    all,
    any,
    arccos,
    arcsin,
    arctan,
    arctan2,
    arctanh,
    argmax,
    argmin,
    ceil,
    conj,
    cos,
    cosh,
    degrees,
    divide,
    equal,
    exp,
    expm1,
    floor,
    floor_divide,
    greater,
    greater_equal,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    log,
    log1p,
    log2,
    log10,
    logical_and,
    logical_not,
    logical_or,
    max,
    maximum,
    mean,
    min,
    minimum,
    multiply,
    negative,
    not_equal,
    power,
    prod,
    remainder,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    sum,
    tan,
    tanh,
)

__version__ = "the page's"
pi, e, inf, nan, newaxis = 3.141592653589793, 2.718281828459045, float("inf"), float("nan"), None
abs, conjugate, mod, true_divide, amax, amin = absolute, conj, remainder, divide, max, min
complexfloating = complex128


class ma:
    """Masked arrays are not here; the class is, so that a value can be seen to be none."""

    class MaskedArray:
        pass


def __getattr__(name):
    raise AttributeError(
        f"np.{name} is not in the part of NumPy that this page has; the notebook has all of it"
    )
