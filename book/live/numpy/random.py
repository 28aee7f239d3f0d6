"""`np.random.default_rng`: the numbers that NumPy's own generator draws, bit for bit.

A seed is mixed as NumPy's SeedSequence does, the bits come from PCG64 (O'Neill 2014), normal and
exponential numbers from ziggurats of 256 layers (Marsaglia and Tsang 2000).  (A normal number
beyond 3.65, one in four thousand, may differ in its last bit: its logarithm is the engine's own.)
"""

import math
from struct import unpack

from . import tables
from .core import asarray, float64, int64, lacks, ndarray, size_of
from .ufuncs import _log1p

MASK32, MASK64, MASK128 = (1 << 32) - 1, (1 << 64) - 1, (1 << 128) - 1
STEP = 47026247687942121848144207491837523525


def _doubles(text):
    """The 256 numbers of one of `tables`."""
    planes = bytes.fromhex(text)
    return unpack("<256d", bytes([planes[256 * j + i] for i in range(256) for j in range(8)]))


NORMAL, EXPONENTIAL = _doubles(tables.NORMAL), _doubles(tables.EXPONENTIAL)


def _seeded(seed):
    """The four 64-bit words that NumPy's SeedSequence makes of a whole number, or of several."""
    words = []
    for number in seed if isinstance(seed, (list, tuple)) else [seed]:
        number = int(number)
        if number < 0:
            raise ValueError("expected non-negative integer")
        words.append(number & MASK32)
        while number >> 32:
            number >>= 32
            words.append(number & MASK32)
    factor = 0x43B0D7E5

    def hashed(value, times=0x931E8875):
        nonlocal factor
        value ^= factor
        factor = factor * times & MASK32
        value = value * factor & MASK32
        return value ^ value >> 16

    def mixed(x, y):
        value = (0xCA01F9DD * x - 0x4973F715 * y) & MASK32
        return value ^ value >> 16

    pool = [hashed(words[i] if i < len(words) else 0) for i in range(4)]
    for source in range(4):
        for i in range(4):
            if i != source:
                pool[i] = mixed(pool[i], hashed(pool[source]))
    for word in words[4:]:
        for i in range(4):
            pool[i] = mixed(pool[i], hashed(word))
    factor = 0x8B51F9DD
    found = [hashed(pool[i % 4], 0x58F38DED) for i in range(8)]
    return [found[2 * i] | found[2 * i + 1] << 32 for i in range(4)]


class Generator:
    """What `default_rng` gives: normal, uniform and exponential numbers, whole ones, orders."""

    def __init__(self, seed):
        a, b, c, d = _seeded(seed)
        self.odd = ((c << 64 | d) << 1 | 1) & MASK128
        self.state = ((self.odd + (a << 64 | b)) * STEP + self.odd) & MASK128
        self.half = None

    def __getattr__(self, name):
        raise AttributeError(
            f"{name} of a generator is not in the part of NumPy that this page has; "
            "the notebook has all of it"
        )

    def _bits(self):
        self.state = state = (self.state * STEP + self.odd) & MASK128
        value, turn = (state >> 64 ^ state) & MASK64, state >> 122
        return (value >> turn | value << (64 - turn)) & MASK64

    def _bits32(self):
        if self.half is None:
            bits = self._bits()
            self.half = bits >> 32
            return bits & MASK32
        bits, self.half = self.half, None
        return bits

    def _uniform(self):
        return (self._bits() >> 11) / 9007199254740992.0

    def _normal(self):
        while True:
            bits = self._bits()
            layer, size = bits & 0xFF, bits >> 9 & 0xFFFFFFFFFFFFF
            x = size * NORMAL[layer]
            x = -x if bits & 0x100 else x
            if layer == 0:
                if size * NORMAL[0] < NORMAL[255] * 4503599627370496.0:
                    return x
                return self._far_normal(size)
            if size * NORMAL[layer] < NORMAL[layer - 1] * 4503599627370496.0 and layer > 1:
                return x
            low, high = (_bell(NORMAL[i] * 4503599627370496.0) for i in (layer, layer - 1))
            high = 1.0 if layer == 1 else high
            if (high - low) * self._uniform() + low < math.exp(-0.5 * x * x):
                return x

    def _far_normal(self, size):
        edge = 3.6541528853610088
        while True:
            x = -0.27366123732975828 * _log1p(-self._uniform())
            y = -_log1p(-self._uniform())
            if y + y > x * x:
                return -(edge + x) if size >> 8 & 1 else edge + x

    def _exponential(self):
        while True:
            bits = self._bits() >> 3
            layer, size = bits & 0xFF, bits >> 8
            x = size * EXPONENTIAL[layer]
            edge = EXPONENTIAL[layer - 1 if layer else 255] * 9007199254740992.0
            if layer != 1 and x < edge:
                return x
            if layer == 0:
                return 7.69711747013104972 - _log1p(-self._uniform())
            low = math.exp(-EXPONENTIAL[layer] * 9007199254740992.0)
            high = 1.0 if layer == 1 else math.exp(-edge)
            if (high - low) * self._uniform() + low < math.exp(-x):
                return x

    def _below(self, n):
        """A whole number in 0…n−1 (Lemire 2019)."""
        if n == 1:
            return 0
        if n > MASK32:
            raise lacks("a whole number from so wide a range")
        product = self._bits32() * n
        if product & MASK32 < n:
            limit = ((1 << 32) - n) % n
            while product & MASK32 < limit:
                product = self._bits32() * n
        return product >> 32

    def standard_normal(self, size=None):
        return _many(self._normal, size)

    def normal(self, loc=0.0, scale=1.0, size=None):
        return _many(lambda: loc + scale * self._normal(), size)

    def standard_exponential(self, size=None):
        return _many(self._exponential, size)

    def random(self, size=None):
        return _many(self._uniform, size)

    def uniform(self, low=0.0, high=1.0, size=None):
        return _many(lambda: low + (high - low) * self._uniform(), size)

    def integers(self, low, high=None, size=None):
        low, high = (0, low) if high is None else (low, high)
        if high <= low:
            raise ValueError("low >= high")
        return _many(lambda: low + self._below(high - low), size, int64)

    def dirichlet(self, alpha, size=None):
        weights = asarray(alpha).tolist()
        if any([v != 1 for v in weights]):
            raise lacks("a Dirichlet distribution with other weights than 1")
        shape = () if size is None else (size,) if isinstance(size, int) else tuple(size)
        data = []
        for _ in range(size_of(shape)):
            drawn = [self._exponential() for _ in weights]
            total = 0.0
            for v in drawn:
                total += v
            data += [v * (1 / total) for v in drawn]
        return ndarray(data, shape + (len(weights),), float64)


def _bell(x):
    return math.exp(-0.5 * x * x)


def _many(draw, size, kind=float64):
    if size is None:
        return draw()
    shape = (size,) if isinstance(size, int) else tuple(size)
    return ndarray([draw() for _ in range(size_of(shape))], shape, kind)


def default_rng(seed=None):
    if isinstance(seed, Generator):
        return seed
    if seed is None:
        raise lacks("a generator without a seed")
    return Generator(seed)
