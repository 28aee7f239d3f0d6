"""Functions entry by entry, and what adds entries up along axes.

A loop over a list is written out for each operator, from a template: a call for each entry would
cost more than the entry.  Where a number leaves the range of floats the loop is run again, slowly.
"""

import cmath
import math

from .core import (
    RANK,
    RANKED,
    asarray,
    bool_,
    broadcast,
    checked_axis,
    complex128,
    float64,
    int64,
    lacks,
    ndarray,
    objects,
    size_of,
    spread,
)

INF, NAN = float("inf"), float("nan")


def finish(values, shape, dtype, out=None):
    """The result: a number where there is no axis, what was put into `out`, or an array."""
    if out is not None:
        if shape != out.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {out.shape} doesn't match the "
                f"broadcast shape {shape}"
            )
        if dtype.rank > out.dtype.rank:
            raise TypeError(
                f"Cannot cast ufunc output from dtype('{dtype.name}') to "
                f"dtype('{out.dtype.name}') with casting rule 'same_kind'"
            )
        if dtype is not out.dtype:
            values = [out.dtype.of(v) for v in values]
        out.store(values)
        return out
    return ndarray(values, shape, dtype) if shape else values[0]


def _numbers(value):
    value = value if isinstance(value, ndarray) else asarray(value)
    if value.dtype is objects:
        raise TypeError("an array of objects is no array of numbers")
    return value


# ── one argument ───────────────────────────────────────────────────────────────────────────────
class Unary:
    """real, whole: loops over a list, for floats and for complex numbers; careful: one entry.

    result: the DType of the result, "float" for at least float, "same", or "size" (the real type).
    """

    def __init__(self, name, real, complex_=None, result="float", careful=None):
        self.__name__, self.real, self.complex, self.result = name, real, complex_, result
        self.careful = careful

    def __call__(self, x, out=None):
        if type(x) is not ndarray:
            x = _numbers(x)
        values, dtype, result = x.entries(), x.dtype, self.result
        if result == "float" and dtype.rank < 2:
            values, dtype = [float(v) for v in values], float64
        if dtype.rank == 3:
            if self.complex is None:
                raise lacks(f"np.{self.__name__} of complex numbers")
            loop = self.complex
        else:
            loop = self.real
        try:
            found = loop(values)
        except (ValueError, OverflowError, ZeroDivisionError):
            if self.careful is None:
                raise
            found = [self.careful(v) for v in values]
        if result == "size":
            dtype = float64 if dtype.rank == 3 else dtype
        elif result != "float" and result != "same":
            dtype = result
        return finish(found, x.shape, dtype, out)


def _loop(call, **names):
    return eval(f"lambda values: [{call} for v in values]", names)


def _tanh(z):
    """tanh of a complex number, without loss where its imaginary part is tiny."""
    x, y = z.real, math.tan(z.imag)
    if not -350 < x < 350:
        return complex(math.tanh(x), 0.0 * y)
    t, c = math.tanh(x), math.cosh(x)
    below = 1 + t * t * y * y
    return complex(t * (1 + y * y) / below, y / (c * c * below))


def _cosh(z):
    return complex(math.cosh(z.real) * math.cos(z.imag), math.sinh(z.real) * math.sin(z.imag))


def _sinh(z):
    return complex(math.sinh(z.real) * math.cos(z.imag), math.cosh(z.real) * math.sin(z.imag))


def _cos(z):
    return complex(math.cos(z.real) * math.cosh(z.imag), -math.sin(z.real) * math.sinh(z.imag))


def _sin(z):
    return complex(math.sin(z.real) * math.cosh(z.imag), math.cos(z.real) * math.sinh(z.imag))


def _exp(v):
    if type(v) is complex:
        size = _exp(v.real)
        return complex(size * math.cos(v.imag), size * math.sin(v.imag))
    return INF if v > 709 else 0.0 if v < -709 else NAN if v != v else math.exp(v)


def _log(v):
    if type(v) is complex:
        return complex(
            _log(math.sqrt(v.real * v.real + v.imag * v.imag)), math.atan2(v.imag, v.real)
        )
    return math.log(v) if 0 < v < INF else v if v == INF else -INF if v == 0 else NAN


def _log1p(v):
    if not v > -1:
        return -INF if v == -1 else NAN
    u = 1.0 + v
    return v if u == 1.0 or u == INF else math.log(u) * (v / (u - 1.0))


def _sqrt(v):
    if type(v) is complex:
        x, y = v.real, v.imag
        size = math.sqrt(x * x + y * y)
        if size == 0:
            return 0j
        if x >= 0:
            r = math.sqrt((size + x) / 2)
            return complex(r, y / (2 * r))
        i = math.sqrt((size - x) / 2)
        i = -i if math.copysign(1.0, y) < 0 else i
        return complex(y / (2 * i), i)
    return NAN if not v >= 0 else math.sqrt(v)


def _or(careful, value=NAN):
    def one(v):
        try:
            return careful(v)
        except (ValueError, OverflowError):
            return value

    return one


def _sized(v):
    x, y = (v if v >= 0 else -v for v in (v.real, v.imag))
    if x < y:
        x, y = y, x
    return x * math.sqrt(1 + (y / x) * (y / x)) if x and x < INF else x


def _sign(v):
    return type(v)((v > 0) - (v < 0)) if v == v else v


def _whole_part(v):
    return v if v != v or v in (INF, -INF) else float(math.floor(v))


def _listed(values):
    return list(values)


tanh = Unary("tanh", _loop("f(v)", f=math.tanh), _loop("f(v)", f=_tanh))
exp = Unary("exp", _loop("f(v)", f=math.exp), _loop("f(v)", f=cmath.exp), careful=_exp)
log = Unary("log", _loop("f(v)", f=math.log), _loop("f(v)", f=_log), careful=_log)
sqrt = Unary("sqrt", _loop("f(v)", f=math.sqrt), _loop("f(v)", f=_sqrt), careful=_sqrt)
log1p = Unary("log1p", _loop("f(v)", f=_log1p))
expm1 = Unary("expm1", _loop("f(v)", f=math.expm1), careful=_or(math.expm1, INF))
log2 = Unary("log2", _loop("f(v)", f=lambda v: math.log2(v) if 0 < v < INF else _log(v)))
log10 = Unary("log10", _loop("f(v)", f=lambda v: math.log10(v) if 0 < v < INF else _log(v)))
cosh = Unary(
    "cosh", _loop("f(v)", f=math.cosh), _loop("f(v)", f=_cosh), careful=_or(math.cosh, INF)
)
sinh = Unary(
    "sinh",
    _loop("f(v)", f=math.sinh),
    _loop("f(v)", f=_sinh),
    careful=lambda v: _or(math.sinh, v * INF)(v),
)
cos = Unary("cos", _loop("f(v)", f=math.cos), _loop("f(v)", f=_cos), careful=_or(math.cos))
sin = Unary("sin", _loop("f(v)", f=math.sin), _loop("f(v)", f=_sin), careful=_or(math.sin))
tan = Unary("tan", _loop("f(v)", f=math.tan), careful=_or(math.tan))
arctan = Unary("arctan", _loop("f(v)", f=math.atan))
arcsin = Unary("arcsin", _loop("f(v)", f=math.asin), careful=_or(math.asin))
arccos = Unary("arccos", _loop("f(v)", f=math.acos), careful=_or(math.acos))
arctanh = Unary(
    "arctanh",
    _loop("f(v)", f=math.atanh),
    careful=lambda v: _or(math.atanh, v * INF if v in (1, -1) else NAN)(v),
)
degrees = Unary("degrees", _loop("v * f", f=180 / math.pi))
square = Unary("square", _loop("v * v"), _loop("v * v"), "same")
negative = Unary("negative", _loop("-v"), _loop("-v"), "same")
conj = Unary("conj", _listed, _loop("complex(v.real, -v.imag)", complex=complex), "same")
absolute = Unary("abs", _loop("v if v > 0 else 0 - v"), _loop("f(v)", f=_sized), "size")
sign = Unary("sign", _loop("f(v)", f=_sign), None, "same")
floor = Unary("floor", _loop("f(v)", f=_whole_part), None, "float")
ceil = Unary("ceil", _loop("0.0 - f(-v)", f=_whole_part), None, "float")
isnan = Unary("isnan", _loop("v != v"), _loop("v != v"), bool_)
isfinite = Unary(
    "isfinite", _loop("v - v == 0"), _loop("v.real - v.real == 0 and v.imag - v.imag == 0"), bool_
)
isinf = Unary(
    "isinf",
    _loop("v == f or v == -f", f=INF),
    _loop("f in (v.real, -v.real, v.imag, -v.imag)", f=INF),
    bool_,
)
logical_not = Unary("logical_not", _loop("not v"), _loop("not v"), bool_)


# ── two arguments ──────────────────────────────────────────────────────────────────────────────
class Binary:
    """text: the operation on p and q; result: "same", "float" (at least) or a DType.

    careful(p, q): one entry, where the loop raised an error; alike: both are to be of one type.
    """

    def __init__(self, name, text, result="same", careful=None, alike=False, fold=None, **names):
        self.__name__, self.result, self.careful, self.alike = name, result, careful, alike
        names.update(RANGE)

        def written(p, q, over, arguments):
            text_ = "".join([{"p": p, "q": q}.get(c, c) for c in text])
            return eval(f"lambda {arguments}: [{text_} for {over}]", names)

        self.both = written("a[i]", "b[i]", "i in range(len(a))", "a, b")
        self.right = written("x", "b", "x in a", "a, b")
        self.left = written("a", "x", "x in b", "a, b")
        self.fold = fold

    def __call__(self, a, b, out=None):
        scalar_a, scalar_b = type(a) in RANK, type(b) in RANK
        if not scalar_a and type(a) is not ndarray:
            a = _numbers(a)
        if not scalar_b and type(b) is not ndarray:
            b = _numbers(b)
        rank = RANK[type(a)] if scalar_a else a.dtype.rank
        other = RANK[type(b)] if scalar_b else b.dtype.rank
        rank = rank if rank >= other else other
        if rank > 3:
            raise TypeError("an array of objects is no array of numbers")
        result = self.result
        if result == "same":
            dtype = RANKED[rank]
        elif result == "float":
            dtype = complex128 if rank == 3 else float64
        else:
            dtype = result
        if self.alike and result == "same":
            a = dtype.of(a) if scalar_a else a.astype(dtype, copy=False)
            b = dtype.of(b) if scalar_b else b.astype(dtype, copy=False)
        if scalar_b:
            shape, loop = (() if scalar_a else a.shape), self.right
            p, q = ([a] if scalar_a else a.entries()), b
        elif scalar_a:
            shape, loop, p, q = b.shape, self.left, a, b.entries()
        else:
            shape, loop = a.shape, self.both
            if shape == b.shape:
                p, q = a.entries(), b.entries()
            else:
                shape = broadcast(shape, b.shape)
                p, q = spread(a, shape), spread(b, shape)
        if self.careful is None:
            values = loop(p, q)
        else:
            try:
                values = loop(p, q)
            except (ZeroDivisionError, OverflowError, ValueError):
                values = self._slowly(p, q, loop)
        if rank == 0 and result == "same":
            values = [bool(v) for v in values]
        return finish(values, shape, dtype, out)

    def _slowly(self, p, q, loop):
        careful = self.careful
        if loop is self.both:
            return [careful(p[i], q[i]) for i in range(len(p))]
        if loop is self.right:
            return [careful(v, q) for v in p]
        return [careful(p, v) for v in q]

    def reduce(self, x, axis=0, keepdims=False):
        if self.fold is None:
            raise lacks(f"np.{self.__name__}.reduce")
        return self.fold(x, axis=axis, keepdims=keepdims)

    def outer(self, a, b):
        a, b = asarray(a), asarray(b)
        return self(a.reshape(a.shape + (1,) * len(b.shape)), b)


RANGE = {"range": range, "len": len}


def _divided(p, q):
    if q != 0:
        return p / q
    if type(p) is complex or type(q) is complex:
        p = complex(p)
        return complex(_divided(p.real, 0.0), _divided(p.imag, 0.0))
    if p == 0 or p != p:
        return NAN
    return INF if (p > 0) == (math.copysign(1.0, q) > 0) else -INF


def _floor_divided(p, q):
    if q != 0:
        return p // q
    if type(p) is int and type(q) is int:
        return 0
    return _divided(float(p), q)


def _left_over(p, q):
    if q != 0:
        return p % q
    return 0 if type(p) is int and type(q) is int else NAN


def _power(p, q):
    if type(q) is int and type(p) is complex:
        return _repeated(p, q)
    if type(p) is complex or type(q) is complex:
        if p == 0:
            return 1 + 0j if q == 0 else 0j
        return cmath.exp(q * _log(complex(p)))
    if type(p) is not float and type(q) is not float:
        if q < 0:
            raise ValueError("Integers to negative integer powers are not allowed.")
        return p**q
    if -INF < p < 0 and q - q == 0 and q % 1 != 0:
        return NAN
    try:
        return p**q
    except ZeroDivisionError:
        return -INF if math.copysign(1.0, p) < 0 and q % 2 == 1 else INF
    except OverflowError:
        return -INF if p < 0 and q % 2 == 1 else INF


def _repeated(p, n):
    """A complex number to a whole power, by products, which keep a tiny imaginary part."""
    if n < 0:
        return _divided(1.0, _repeated(p, -n))
    found = 1 + 0j
    while n:
        found = found * p if n % 2 else found
        p, n = p * p, n // 2
    return found


class Power(Binary):
    def __call__(self, a, b, out=None):
        if type(b) in RANK and b == 2 and type(a) is ndarray and a.dtype.rank >= RANK[type(b)]:
            return square(a, out)
        if type(b) is float and b == int(b) and type(a) is ndarray and a.dtype.rank == 3:
            b = int(b)
        return Binary.__call__(self, a, b, out)


def _folding(name):
    return lambda x, axis, keepdims: globals()[name](x, axis=axis, keepdims=keepdims)


add = Binary("add", "p + q", fold=_folding("sum"))
subtract = Binary("subtract", "p - q")
multiply = Binary("multiply", "p * q", fold=_folding("prod"))
divide = Binary("divide", "p / q", "float", _divided)
floor_divide = Binary("floor_divide", "p // q", careful=_floor_divided)
remainder = Binary("remainder", "p % q", careful=_left_over)
power = Power("power", "f(p, q)", f=_power)
maximum = Binary("maximum", "p if p > q or p != p else q", alike=True, fold=_folding("max"))
minimum = Binary("minimum", "p if p < q or p != p else q", alike=True, fold=_folding("min"))
arctan2 = Binary("arctan2", "f(p, q)", "float", f=math.atan2)
equal = Binary("equal", "p == q", bool_)
not_equal = Binary("not_equal", "p != q", bool_)
less = Binary("less", "p < q", bool_)
less_equal = Binary("less_equal", "p <= q", bool_)
greater = Binary("greater", "p > q", bool_)
greater_equal = Binary("greater_equal", "p >= q", bool_)
logical_and = Binary("logical_and", "True if p and q else False", bool_)
logical_or = Binary("logical_or", "True if p or q else False", bool_)
bit_and = Binary("bitwise_and", "p & q")
bit_or = Binary("bitwise_or", "p | q")
bit_xor = Binary("bitwise_xor", "p ^ q")


def _inverted(x):
    if x.dtype.rank > 1:
        raise TypeError("ufunc 'invert' not supported for the input types")
    return logical_not(x) if x.dtype is bool_ else subtract(-1, x)


def _subtract(a, b):
    if (a.dtype is bool_) and (type(b) is bool or getattr(b, "dtype", None) is bool_):
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported")
    return subtract(a, b)


def _comparable(function, value):
    """== and != with what is no number are False and True."""

    def compared(a, b):
        try:
            return function(a, b)
        except TypeError:
            return value

    return compared


def _operators():
    """The operators of an array, each with its reflection and its form in place."""
    pairs = {
        "add": add,
        "mul": multiply,
        "truediv": divide,
        "floordiv": floor_divide,
        "mod": remainder,
        "pow": power,
        "and": bit_and,
        "or": bit_or,
        "xor": bit_xor,
        "sub": _subtract,
    }
    for name in pairs:
        _install(name, pairs[name])
    comparisons = {
        "lt": less,
        "le": less_equal,
        "gt": greater,
        "ge": greater_equal,
        "eq": _comparable(equal, False),
        "ne": _comparable(not_equal, True),
    }
    for name in comparisons:
        _method(f"__{name}__", lambda a, b, f=comparisons[name]: f(a, b))
    for name, function in (("neg", negative), ("abs", absolute), ("invert", _inverted)):
        _method(f"__{name}__", lambda a, f=function: f(a))
    _method("__pos__", lambda a: a.copy())


def _install(name, function):
    _method(f"__{name}__", lambda a, b: function(a, b))
    _method(f"__r{name}__", lambda a, b: function(asarray(b), a))
    ufunc = subtract if name == "sub" else function
    _method(f"__i{name}__", lambda a, b: ufunc(a, b, out=a))


def _method(name, function):
    setattr(ndarray, name, function)


# ── along axes ─────────────────────────────────────────────────────────────────────────────────
def fold(x, axis, keepdims, line, dtype, out=None):
    """line(list) of the entries along an axis, several axes, or all (None)."""
    ndim = len(x.shape)
    if axis is None or (ndim == 1 and axis in (0, -1)):
        found, shape = [line(x.entries())], ((1,) * ndim if keepdims else ())
        return finish(found, shape, dtype, out)
    axes = axis if isinstance(axis, tuple) else (axis,)
    axes = [checked_axis(one, ndim) for one in axes]
    rest = [one for one in range(ndim) if one not in axes]
    outer = tuple([x.shape[one] for one in rest])
    if axes != list(range(ndim - len(axes), ndim)):
        x = x.transpose(rest + axes)
    values, n = x.entries(), size_of([x.shape[i] for i in range(len(outer), ndim)])
    found = [line(values[i * n : i * n + n]) for i in range(size_of(outer))]
    if keepdims:
        outer, all_ = [], outer
        for one in range(ndim):
            outer.append(1 if one in axes else all_[rest.index(one)])
        outer = tuple(outer)
    return finish(found, outer, dtype, out)


def _total(line):
    found = 0
    for v in line:
        found = found + v
    return found


def _product(line):
    found = 1
    for v in line:
        found = found * v
    return found


def _largest(line):
    if not line:
        raise ValueError("zero-size array to reduction operation maximum which has no identity")
    found = line[0]
    for v in line:
        if v > found or v != v:
            found = v
    return found


def _smallest(line):
    if not line:
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    found = line[0]
    for v in line:
        if v < found or v != v:
            found = v
    return found


def _first(line, of):
    if not line:
        raise ValueError("attempt to get argmax of an empty sequence")
    best = of(line)
    for i in range(len(line)):
        if line[i] == best or line[i] != line[i]:
            return i


def _all(line):
    for v in line:
        if not v:
            return False
    return True


def _any(line):
    for v in line:
        if v:
            return True
    return False


def _counted(x, dtype):
    """The array, and the type of its sum: that of whole numbers for booleans."""
    x = _numbers(x)
    if dtype is not None:
        x = x.astype(dtype)
    return x, int64 if x.dtype is bool_ else x.dtype


def sum(x, axis=None, dtype=None, out=None, keepdims=False):
    x, dtype = _counted(x, dtype)
    zero = dtype.of(0)
    return fold(x, axis, keepdims, lambda line: _total(line) if line else zero, dtype, out)


def prod(x, axis=None, dtype=None, keepdims=False):
    x, dtype = _counted(x, dtype)
    one = dtype.of(1)
    return fold(x, axis, keepdims, lambda line: one * _product(line), dtype)


def _ordered(x, name):
    x = _numbers(x)
    if x.dtype is complex128:
        raise lacks(f"np.{name} of complex numbers")
    return x


def max(x, axis=None, keepdims=False, out=None):
    x = _ordered(x, "max")
    return fold(x, axis, keepdims, _largest, x.dtype, out)


def min(x, axis=None, keepdims=False, out=None):
    x = _ordered(x, "min")
    return fold(x, axis, keepdims, _smallest, x.dtype, out)


def argmax(x, axis=None, keepdims=False):
    return fold(_ordered(x, "argmax"), axis, keepdims, lambda line: _first(line, _largest), int64)


def argmin(x, axis=None, keepdims=False):
    return fold(_ordered(x, "argmin"), axis, keepdims, lambda line: _first(line, _smallest), int64)


def all(x, axis=None, keepdims=False):
    return fold(asarray(x), axis, keepdims, _all, bool_)


def any(x, axis=None, keepdims=False):
    return fold(asarray(x), axis, keepdims, _any, bool_)


def mean(x, axis=None, keepdims=False):
    x = _numbers(x)
    if not x.size:
        raise lacks("the mean of nothing")
    total = sum(x, axis=axis, keepdims=keepdims)
    count = x.size // (total.size if isinstance(total, ndarray) else 1)
    return divide(total, count)


_operators()
