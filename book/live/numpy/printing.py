"""An array as text, as NumPy writes it."""

from .core import ndarray

DIGITS, WIDTH, SOME, ENDS = 8, 75, 1000, 3


def round_entry(v, decimals):
    """One entry rounded as NumPy rounds: multiplied, rounded to even, divided."""
    if type(v) is complex:
        return complex(round_entry(v.real, decimals), round_entry(v.imag, decimals))
    if v - v != 0:
        return v
    power = 10.0 ** abs(decimals)
    scaled = v * power if decimals >= 0 else v / power
    if scaled - scaled != 0:
        return v
    whole = float(round(scaled))
    if whole == 0 and (v < 0 or str(v)[0] == "-"):
        whole = -0.0
    return whole / power if decimals >= 0 else whole * power


class _Reals:
    """How the real numbers of one array are written: all in one form."""

    def __init__(self, values, sign=False):
        self.sign = sign
        finite = [v for v in values if v - v == 0]
        sizes = [abs(v) for v in finite if v != 0]
        self.powers = bool(sizes) and (
            max(sizes) >= 1e8 or min(sizes) < 1e-4 or max(sizes) / min(sizes) > 1000.0
        )
        self.left = self.right = self.digits = 0
        if self.powers:
            self.digits = max([len(_mantissa(v)[1]) for v in finite])
            self.left = max([len(self._power(v).partition(".")[0]) for v in finite])
            self.right = max([len(self._power(v).partition(".")[2]) for v in finite])
        elif finite:
            parts = [self._plain(v) for v in finite]
            self.left = max([len(whole) for whole, _ in parts])
            self.right = max([len(rest) for _, rest in parts])
        if len(finite) < len(values):
            longest = max([len(self._odd(v)) for v in values if v - v != 0])
            self.left = max(self.left, longest - self.right - 1)

    def __call__(self, v):
        if v - v != 0:
            return _right(self._odd(v), self.left + self.right + 1)
        if self.powers:
            text = self._power(v)
            return " " * (self.left - text.find(".")) + text
        whole, rest = self._plain(v)
        return _right(whole, self.left) + "." + rest + " " * (self.right - len(rest))

    def _odd(self, v):
        if v != v:
            return "+nan" if self.sign else "nan"
        return "-inf" if v < 0 else "+inf" if self.sign else "inf"

    def _signed(self, text):
        return "+" + text if self.sign and text[0] != "-" else text

    def _plain(self, v):
        """(before the point, after it) of the shortest text, cut after eight digits."""
        text = repr(float(v))
        if "e" in text or len(text.partition(".")[2]) > DIGITS:
            text = f"{v:.{DIGITS}f}"
        whole, _, rest = text.partition(".")
        return self._signed(whole), rest.rstrip("0")

    def _power(self, v):
        sign, rest, power = _mantissa(v)
        digits = rest + "0" * (self.digits - len(rest))
        return self._signed(f"{sign[:-1]}{sign[-1]}.{digits}e{power}")


def _mantissa(v):
    """(sign and first digit, further digits, power) of a number."""
    text = f"{v:.16e}"
    for digits in range(DIGITS + 1):
        shorter = f"{v:.{digits}e}"
        if float(shorter) == v:
            text = shorter
            break
    else:
        text = f"{v:.{DIGITS}e}"
    number, _, power = text.partition("e")
    first, _, rest = number.partition(".")
    return first, rest.rstrip("0"), power


class _Complexes:
    def __init__(self, values):
        self.real = _Reals([v.real for v in values])
        self.imag = _Reals([v.imag for v in values], sign=True)

    def __call__(self, v):
        imag = self.imag(v.imag)
        digits = imag.rstrip(" ")
        return self.real(v.real) + digits + "j" + " " * (len(imag) - len(digits))


class _Others:
    """Whole numbers and booleans: as wide as the widest."""

    def __init__(self, values):
        self.width = max([len(str(v)) for v in values] or [0])
        if values and type(values[0]) is bool:
            self.width = 5

    def __call__(self, v):
        return _right(str(v), self.width)


def _right(text, width):
    return " " * (width - len(text)) + text


def _shown(a):
    """The entries that are written: all, or those at the ends of a large array."""
    if a.size <= SOME:
        return a.entries()
    found = []
    if len(a.shape) == 1:
        return a.entries()[:ENDS] + a.entries()[-ENDS:]
    for i in _ends(a.shape[0]):
        if i is not None:
            part = a[i]
            found += _cut(part)
    return found


def _cut(a):
    if not isinstance(a, ndarray):
        return [a]
    found = []
    for i in _ends(a.shape[0]):
        if i is not None:
            found += _cut(a[i])
    return found


def _ends(n):
    """The indices that are written of an axis of a large array; None for the dots."""
    if n <= 2 * ENDS:
        return list(range(n))
    return list(range(ENDS)) + [None] + list(range(n - ENDS, n))


def as_text(a, separator, prefix, width):
    """NumPy's array2string."""
    if not a.size:
        return "[]"
    kind = {"f": _Reals, "c": _Complexes}.get(a.dtype.kind, _Others)
    entry = kind(_shown(a))
    large = a.size > SOME

    def written(part, indent, width):
        if not isinstance(part, ndarray):
            return entry(part)
        n = len(part)
        chosen = _ends(n) if large else list(range(n))
        text = ""
        if len(part.shape) == 1:
            room = width - max(len(separator.rstrip(" ")), 1)
            line = indent
            for i in chosen:
                word = "..." if i is None else written(part[i], indent, width)
                if len(line) + len(word) > room and len(line) > len(indent):
                    text += line.rstrip(" ") + "\n"
                    line = indent
                line += word + (separator if i != n - 1 else "")
            text += line
        else:
            between = separator.rstrip(" ") + "\n" * (len(part.shape) - 1)
            for i in chosen:
                inner = "..." if i is None else written(part[i], indent + " ", width - 1)
                text += indent + inner + (between if i != n - 1 else "")
        return "[" + text[len(indent) :] + "]"

    return written(a, " " + " " * len(prefix), width)


def _str(a):
    return str(a.item()) if not a.shape else as_text(a, " ", "", WIDTH)


def _repr(a):
    end = ")" if a.dtype.rank != 9 else f", dtype={a.dtype.name})"
    if not a.size:
        shape = "" if a.shape == (0,) else f", shape={a.shape}"
        return f"array([]{shape}, dtype={a.dtype.name})"
    if not a.shape:
        v = a.item()
        text = repr(v)
        if a.dtype.kind == "f":
            text = _Reals([v])(v)
        return f"array({text}{end}"
    if a.size > SOME:
        return "array(" + as_text(a, ", ", "array(", WIDTH) + f", shape={a.shape})"
    return "array(" + as_text(a, ", ", "array(", WIDTH - len(end)) + end


ndarray.__str__, ndarray.__repr__ = _str, _repr
