"""Arrays: their type, their memory, and how they are indexed."""


class DType:
    """A type of entry; `rank` orders them, a sum has the higher one."""

    def __init__(self, name, kind, rank, of):
        self.name, self.kind, self.rank, self.of = name, kind, rank, of
        self.type = self

    def __call__(self, value=0):
        if isinstance(value, ndarray):
            return value.astype(self)
        return self.of(value)

    def __repr__(self):
        return f"dtype('{self.name}')"

    def __str__(self):
        return self.name

    def __eq__(self, other):
        return self is other or self.name == getattr(_found(other), "name", None)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self.name)


def _whole(value):
    if type(value) is complex:
        raise TypeError("int() argument must be a real number, not 'complex'")
    return int(value)


def _real(value):
    if type(value) is complex:
        raise TypeError("float() argument must be a real number, not 'complex'")
    return float(value)


def _same(value):
    return value


bool_ = DType("bool", "b", 0, bool)
int64 = DType("int64", "i", 1, _whole)
float64 = DType("float64", "f", 2, _real)
complex128 = DType("complex128", "c", 3, complex)
# these two can be asked about, and nothing more
float32 = DType("float32", "f", 1.5, _real)
objects = DType("object", "O", 9, _same)
RANKED = (bool_, int64, float64, complex128)
OF_TYPE = {bool: bool_, int: int64, float: float64, complex: complex128}
RANK = {bool: 0, int: 1, float: 2, complex: 3}
NAMES = {"bool": bool_, "int": int64, "float": float64, "complex": complex128}


class generic:
    """What every entry of an array is in NumPy; here it is a Python number."""


class number(generic):
    pass


class integer(number):
    pass


class inexact(number):
    pass


class floating(inexact):
    pass


def _found(kind):
    if isinstance(kind, DType):
        return kind
    if isinstance(kind, str):
        for known in RANKED:
            if kind == known.name:
                return known
        return NAMES.get(kind)
    try:
        return OF_TYPE.get(kind)
    except TypeError:
        return None


def dtype(kind):
    """The DType of a type, a name or a DType."""
    found = _found(kind)
    if found is None or found is float32:
        raise TypeError(
            f"an array of {kind} is not in the part of NumPy that this page has; "
            "it has bool, int, float and complex, the notebook all"
        )
    return found


def lacks(what):
    """The error of an option that is not here."""
    return NotImplementedError(
        f"{what} is not in the part of NumPy that this page has; the notebook has all of it"
    )


def size_of(shape):
    size = 1
    for n in shape:
        size *= n
    return size


def steps_of(shape):
    """The strides, in entries, of an array that lies in order."""
    steps, step = [], 1
    for axis in range(len(shape) - 1, -1, -1):
        steps.insert(0, step)
        step *= shape[axis]
    return tuple(steps)


def places(start, shape, steps):
    """Where the entries lie, in order."""
    found = [start]
    for axis in range(len(shape)):
        n, step = shape[axis], steps[axis]
        if step == 0:
            found = [i for i in found for _ in range(n)]
        else:
            span = range(0, n * step, step)
            found = [i + j for i in found for j in span]
    return found


class ndarray:
    """Entries in a list, which views share: the first at `start`, the others by `steps`.

    steps is None where the entries lie in order, one after the other.
    """

    def __init__(self, data, shape, dtype, start=0, steps=None):
        size = 1
        for n in shape:
            size *= n
        self.data, self.shape, self.dtype = data, shape, dtype
        self.start, self.steps, self.size = start, steps, size

    def __getattr__(self, name):
        raise AttributeError(
            f"{name} of an array is not in the part of NumPy that this page has; "
            "the notebook has all of it"
        )

    # ── entries ────────────────────────────────────────────────────────────────────────────────
    def entries(self):
        """The entries in order, in a list that is not to be changed."""
        data, start = self.data, self.start
        if self.steps is None:
            n = self.size
            return data if len(data) == n else data[start : start + n]
        return [data[i] for i in places(start, self.shape, self.steps)]

    def store(self, values):
        """Put a list of entries in."""
        data, start = self.data, self.start
        if self.steps is None:
            data[start : start + self.size] = values
        else:
            at = places(start, self.shape, self.steps)
            for i in range(len(at)):
                data[at[i]] = values[i]

    def view(self, shape, steps, start=None):
        """Another look at the same entries."""
        start = self.start if start is None else start
        ordered = steps is None or steps == steps_of(shape)
        return ndarray(self.data, shape, self.dtype, start, None if ordered else steps)

    def all_steps(self):
        return steps_of(self.shape) if self.steps is None else self.steps

    # ── what it is ─────────────────────────────────────────────────────────────────────────────
    @property
    def ndim(self):
        return len(self.shape)

    @property
    def T(self):
        n = len(self.shape)
        if n < 2:
            return self
        back = range(n - 1, -1, -1)
        steps = self.all_steps()
        return self.view(tuple([self.shape[i] for i in back]), tuple([steps[i] for i in back]))

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return iter([self[i] for i in range(self.shape[0])])

    def __hash__(self):
        raise TypeError("unhashable type: 'numpy.ndarray'")

    def __array__(self):
        return self

    def item(self, *at):
        if at:
            return self[at if len(at) > 1 else at[0]]
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self.entries()[0]

    def __bool__(self):
        if self.size != 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. "
                "Use a.any() or a.all()"
            )
        return bool(self.item())

    # no __float__ and no __complex__: MicroPython would ask for them in 2.0 * a
    def __int__(self):
        return _whole(self._only())

    def _only(self):
        if self.size != 1 or self.shape:
            raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
        return self.entries()[0]

    def tolist(self):
        return (
            [one.tolist() if isinstance(one, ndarray) else one for one in self]
            if self.shape
            else self.item()
        )

    def copy(self):
        return ndarray(list(self.entries()), self.shape, self.dtype)

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    def astype(self, kind, copy=True):
        to = dtype(kind)
        if to is self.dtype:
            return self.copy() if copy else self
        values = self.entries()
        if self.dtype.kind == "c" and to.kind != "b":
            values = [v.real for v in values]
        of = to.of
        return ndarray([of(v) for v in values], self.shape, to)

    def fill(self, value):
        self[...] = value

    # ── shape ──────────────────────────────────────────────────────────────────────────────────
    def reshape(self, *shape, order="C"):
        if order != "C":
            raise lacks(f"order={order!r}")
        if len(shape) == 1 and not isinstance(shape[0], int):
            shape = shape[0]
        shape = tuple(shape)
        if -1 in shape:
            at = shape.index(-1)
            rest = size_of(shape[:at] + shape[at + 1 :])
            missing = self.size // rest if rest else 0
            shape = shape[:at] + (missing,) + shape[at + 1 :]
        if size_of(shape) != self.size:
            raise ValueError(f"cannot reshape array of size {self.size} into shape {_said(shape)}")
        if self.steps is None:
            return ndarray(self.data, shape, self.dtype, self.start)
        return ndarray(self.entries(), shape, self.dtype)

    def ravel(self):
        return self.reshape((self.size,))

    def flatten(self):
        return self.copy().reshape((self.size,))

    def transpose(self, *axes):
        if not axes or axes == (None,):
            return self.T
        if len(axes) == 1 and not isinstance(axes[0], int):
            axes = axes[0]
        n = len(self.shape)
        axes = [checked_axis(axis, n) for axis in axes]
        if sorted(axes) != list(range(n)):
            raise ValueError("axes don't match array")
        steps = self.all_steps()
        return self.view(tuple([self.shape[i] for i in axes]), tuple([steps[i] for i in axes]))

    def swapaxes(self, one, other):
        axes = list(range(len(self.shape)))
        one, other = checked_axis(one, len(axes)), checked_axis(other, len(axes))
        axes[one], axes[other] = axes[other], axes[one]
        return self.transpose(axes)

    # ── indexing ───────────────────────────────────────────────────────────────────────────────
    def __getitem__(self, key):
        shape, steps = self.shape, self.steps
        if type(key) is int and shape:
            n = shape[0]
            if not -n <= key < n:
                raise IndexError(f"index {key} is out of bounds for axis 0 with size {n}")
            if key < 0:
                key += n
            if len(shape) == 1:
                return self.data[self.start + (key if steps is None else key * steps[0])]
            if steps is None:
                rest = shape[1:]
                return ndarray(self.data, rest, self.dtype, self.start + key * size_of(rest))
            return self.view(shape[1:], steps[1:], self.start + key * steps[0])
        view, arrays = _basic(self, key)
        if not arrays:
            whole = not isinstance(key, tuple) or Ellipsis not in [k for k in key if _plain(k)]
            return view.item() if not view.shape and key is not Ellipsis and whole else view
        at, shape = _picked(view, arrays)
        data = view.data
        found = [data[i] for i in at]
        return ndarray(found, shape, self.dtype) if shape else found[0]

    def __setitem__(self, key, value):
        of = self.dtype.of
        if type(key) is int and len(self.shape) == 1 and type(value) in RANK:
            n = self.shape[0]
            if not -n <= key < n:
                raise IndexError(f"index {key} is out of bounds for axis 0 with size {n}")
            step = 1 if self.steps is None else self.steps[0]
            self.data[self.start + (key + n if key < 0 else key) * step] = of(value)
            return
        view, arrays = _basic(self, key)
        at, shape = _picked(view, arrays) if arrays else (None, view.shape)
        if type(value) in RANK:
            values = [of(value)] * size_of(shape)
        else:
            value = asarray(value)
            if value.dtype is not self.dtype:
                if value.dtype.rank > self.dtype.rank and value.dtype.kind == "c":
                    raise TypeError("a complex array does not go into an array of real numbers")
                value = value.astype(self.dtype)
            while len(value.shape) > len(shape) and value.shape[0] == 1:
                value = value[0]
            if broadcast(value.shape, shape, quiet=True) != shape:
                said, into = _said(value.shape), _said(shape)
                raise ValueError(
                    f"could not broadcast input array from shape {said} into shape {into}"
                )
            values = spread(value, shape)
        if at is None:
            view.store(list(values) if values is view.data else values)
        else:
            data = view.data
            for i in range(len(at)):
                data[at[i]] = values[i]


def _said(shape):
    return "(" + ",".join([str(n) for n in shape]) + (",)" if len(shape) == 1 else ")")


def checked_axis(axis, ndim):
    if not -ndim <= axis < ndim:
        raise IndexError(f"axis {axis} is out of bounds for array of dimension {ndim}")
    return axis + ndim if axis < 0 else axis


def _plain(key):
    return key is None or key is Ellipsis or isinstance(key, (int, bool, slice))


def _basic(array, key):
    """(view, [(its axis, numbers)]): numbers, slices, None and ... done, arrays left to pick."""
    keys = key if isinstance(key, tuple) else (key,)
    taken, dots = 0, False
    made = []
    for one in keys:
        if not _plain(one):
            one = asarray(one)
            if not one.size and one.dtype.kind == "f":
                one = one.astype(int)
            if one.dtype.kind not in "bi":
                raise IndexError("arrays used as indices must be of integer (or boolean) type")
        elif isinstance(one, bool):
            raise lacks("an index that is True or False")
        taken += 0 if one is None or one is Ellipsis else 1
        if isinstance(one, ndarray) and one.dtype.kind == "b":
            taken += len(one.shape) - 1
        dots = dots or one is Ellipsis
        made.append(one)
    if taken > len(array.shape):
        raise IndexError(
            f"too many indices for array: array is {len(array.shape)}-dimensional, "
            f"but {taken} were indexed"
        )
    if not dots:
        made.append(Ellipsis)
    start, axis, shape, steps, arrays = array.start, 0, [], [], []
    own, old = array.shape, array.all_steps()
    mixed = any([isinstance(one, ndarray) for one in made])
    for one in made:
        if one is None:
            shape.append(1)
            steps.append(0)
        elif one is Ellipsis:
            for _ in range(len(own) - taken):
                shape.append(own[axis])
                steps.append(old[axis])
                axis += 1
        elif isinstance(one, ndarray):
            chosen = (one,)
            if one.dtype.kind == "b":
                if one.shape != own[axis : axis + len(one.shape)]:
                    raise IndexError("boolean index did not match indexed array")
                chosen = nonzero(one)
            for numbers in chosen:
                arrays.append((len(shape), numbers))
                shape.append(own[axis])
                steps.append(old[axis])
                axis += 1
        elif isinstance(one, int):
            n = own[axis]
            if not -n <= one < n:
                raise IndexError(f"index {one} is out of bounds for axis {axis} with size {n}")
            if mixed:  # beside an array a number is an array too
                arrays.append((len(shape), ndarray([one], (), int64)))
                shape.append(n)
                steps.append(old[axis])
            else:
                start += (one + n if one < 0 else one) * old[axis]
            axis += 1
        else:
            first, step, n = _slice(one, own[axis])
            start += first * old[axis] if n else 0
            shape.append(n)
            steps.append(step * old[axis])
            axis += 1
    return array.view(tuple(shape), tuple(steps), start), arrays


def _slice(key, n):
    """(first, step, how many) of a slice of an axis of length n."""
    step = 1 if key.step is None else key.step
    if step == 0:
        raise ValueError("slice step cannot be zero")
    low, high = (0, n) if step > 0 else (-1, n - 1)

    def end(value, default):
        if value is None:
            return default
        value = value + n if value < 0 else value
        return min(max(value, low), high)

    first = end(key.start, low if step > 0 else high)
    last = end(key.stop, high if step > 0 else low)
    count = (last - first + step - (1 if step > 0 else -1)) // step
    return first, step, max(count, 0)


def _picked(view, arrays):
    """(places, shape) of what arrays of numbers pick out of a view."""
    axes = [axis for axis, _ in arrays]
    common = ()
    for _, numbers in arrays:
        common = broadcast(common, numbers.shape)
    steps, offsets = view.all_steps(), [0] * size_of(common)
    for axis, numbers in arrays:
        n, step, chosen = view.shape[axis], steps[axis], spread(numbers, common)
        for i in chosen:
            if not -n <= i < n:
                raise IndexError(f"index {i} is out of bounds for axis {axis} with size {n}")
        offsets = [
            offsets[j] + (chosen[j] + n if chosen[j] < 0 else chosen[j]) * step
            for j in range(len(chosen))
        ]
    together = axes == list(range(axes[0], axes[0] + len(axes)))
    first = axes[0] if together else 0
    rest = [axis for axis in range(len(view.shape)) if axis not in axes]
    before = tuple([view.shape[axis] for axis in rest[:first]])
    after = tuple([view.shape[axis] for axis in rest[first:]])
    outer = places(view.start, before, [steps[axis] for axis in rest[:first]])
    inner = places(0, after, [steps[axis] for axis in rest[first:]])
    return [i + j + k for i in outer for j in offsets for k in inner], before + common + after


# ── broadcasting ───────────────────────────────────────────────────────────────────────────────
def broadcast(one, other, quiet=False):
    """The shape of both together; where there is none, ValueError, or None if `quiet`."""
    if one == other:
        return one
    a, b = (one, other) if len(one) >= len(other) else (other, one)
    lead = len(a) - len(b)
    shape = list(a)
    for axis in range(len(b)):
        n, m = a[lead + axis], b[axis]
        if n != m and m != 1:
            if n != 1:
                if quiet:
                    return None
                raise ValueError(
                    "operands could not be broadcast together with shapes "
                    f"{_said(one)} {_said(other)} "
                )
            shape[lead + axis] = m
    return tuple(shape)


def spread(array, shape):
    """The entries of an array, repeated to fill a shape: a list that is not to be changed."""
    values, own = array.entries(), array.shape
    if own == shape:
        return values
    size, n = size_of(shape), len(values)
    if n == 1 or not size:
        return values * size
    while own and own[0] == 1:
        own = own[1:]
    if own == shape[len(shape) - len(own) :]:
        return values * (size // n)
    steps = steps_of(own)
    steps = [0 if own[axis] == 1 else steps[axis] for axis in range(len(own))]
    return [values[i] for i in places(0, shape, [0] * (len(shape) - len(own)) + steps)]


# ── from anything to an array ──────────────────────────────────────────────────────────────────
def asarray(value, dtype=None):
    """An array of a number, of nested lists, or the array itself."""
    if isinstance(value, ndarray):
        return value if dtype is None else value.astype(dtype, copy=False)
    kind = type(value)
    if kind in RANK:
        made = ndarray([value], (), OF_TYPE[kind])
    else:
        data = []
        shape = _collect(value, data)
        made = ndarray(data, shape, float64)
        if data or not shape:
            rank = 0
            for v in data:
                rank = max(rank, RANK.get(type(v), 9))
            made.dtype = objects if rank == 9 else RANKED[rank]
            of = made.dtype.of
            made.data = [of(v) for v in data]
    return made if dtype is None else made.astype(dtype, copy=False)


def _collect(value, data):
    """Put the entries of nested lists into `data`; their shape."""
    if isinstance(value, ndarray):
        data += value.entries()
        return value.shape
    if not isinstance(value, (list, tuple, range)):
        data.append(value)
        return ()
    first = None
    for one in value:
        if type(one) in RANK:
            data.append(one)
            shape = ()
        else:
            shape = _collect(one, data)
        if first is None:
            first = shape
        elif shape != first:
            raise ValueError(
                "setting an array element with a sequence. The requested array has an "
                "inhomogeneous shape"
            )
    return (len(value),) + (first or ())


def nonzero(array):
    """The places of what is not 0: one array of numbers for each axis."""
    values, shape = asarray(array).entries(), asarray(array).shape
    found = [i for i in range(len(values)) if values[i]]
    result = []
    for axis in range(len(shape)):
        after = size_of(shape[axis + 1 :])
        numbers = [i // after % shape[axis] for i in found]
        result.append(ndarray(numbers, (len(found),), int64))
    return tuple(result)
