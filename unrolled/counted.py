"""Arrays that count what is done with them: multiplications, numbers held, and depth."""

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

PRODUCTS = np.matmul, np.matvec


class Meter:
    """What the arrays of one computation add up to."""

    def __init__(self):
        self.multiplications = 0
        self.held = 0  # numbers in the arrays that are alive now
        self.most_held = 0

    def take(self, value) -> "Counted":
        """An array that is given: it counts from here on, and is not held by the computation."""
        return Counted(np.asarray(value, dtype=float), self)


class Counted(NDArrayOperatorsMixin):
    """An array that charges its meter for every product that it takes part in.

    `depth` is the length of the longest chain of matrix products, each waiting for the one before,
    that led to it: the least number of such moments, however many hands there are.
    Sums, tanh and products entry by entry take no moment.  A view holds no numbers of its own.
    """

    def __init__(self, value: np.ndarray, meter: Meter, depth: int = 0, held: int = 0, of=None):
        self.value, self.meter, self.depth, self._held = value, meter, depth, held
        self._of = of  # a view keeps alive what it looks at
        meter.held += held
        meter.most_held = max(meter.most_held, meter.held)

    def __del__(self):
        self.meter.held -= self._held

    def __array_ufunc__(self, ufunc, method, *given):
        if method != "__call__":
            return NotImplemented
        value = ufunc(*map(_plain, given))
        if ufunc is np.multiply:
            self.meter.multiplications += value.size
        elif ufunc in PRODUCTS:
            self.meter.multiplications += value.size * given[0].shape[-1]
        depth = max(map(_depth, given)) + (ufunc in PRODUCTS)
        return Counted(value, self.meter, depth, value.size)

    def __array_function__(self, function, types, given, options):
        """np.concatenate and others that move numbers and multiply none."""
        value = function(*map(_plain, given), **options)
        return Counted(value, self.meter, max(map(_depth, given)), value.size)

    def __getitem__(self, key):
        return self._view(self.value[key])

    def __len__(self):
        return len(self.value)

    def reshape(self, *shape):
        return self._view(self.value.reshape(*shape))

    @property
    def T(self):
        return self._view(self.value.T)

    @property
    def shape(self):
        return self.value.shape

    @property
    def ndim(self):
        return self.value.ndim

    @property
    def size(self):
        return self.value.size

    def _view(self, value):
        return Counted(value, self.meter, self.depth, of=self)


def _plain(given):
    if isinstance(given, list | tuple):
        return [_plain(each) for each in given]
    return given.value if isinstance(given, Counted) else given


def _depth(given):
    if isinstance(given, list | tuple):
        return max(map(_depth, given))
    return given.depth if isinstance(given, Counted) else 0
