"""Reverse mode on a tape: the gradient of what is written with plain operators.

A `Var` writes its uses on a list; `backward` reads the list from its end (Baydin et al. 2018).
"""

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


def through_matmul(g, a, b):
    if b.ndim == 1:  # a column; `folded` does the sums over what was repeated
        return np.expand_dims(g, axis=-1) * b, np.expand_dims(g, axis=-1) * a
    return g @ b.mT, np.expand_dims(a, axis=-1) * g if a.ndim == 1 else a.mT @ g


# For y = op(a, b) and g = dL/dy: what goes back to a and to b.  A rule's arguments are what it
# needs, and the tape stores no more: y, a, b; shape is that of a, and the rest are op's options.
RULES = {
    np.add: lambda g: (g, g),
    np.subtract: lambda g: (g, -g),
    np.negative: lambda g: (-g,),
    np.multiply: lambda g, a, b: (g * b, g * a),
    np.divide: lambda g, y, b: (g / b, -g * y / b),
    np.matmul: through_matmul,  # g bᵀ and aᵀ g
    np.tanh: lambda g, y: (g * (1 - y * y),),
    np.exp: lambda g, y: (g * y,),
    np.log: lambda g, a: (g / a,),
    np.sum: lambda g, shape, axis=None: (np.ones(shape) * np.expand_dims(g, axis=axis or ()),),
    np.expand_dims: lambda g, axis: (np.sum(g, axis=axis),),
    np.matrix_transpose: lambda g: (g.mT,),
}


class Var(NDArrayOperatorsMixin):
    """An array on a tape: a list of (op, places and shapes of its operands, what is stored)."""

    shape, ndim = property(lambda self: self.value.shape), property(lambda self: self.value.ndim)
    T = mT = property(lambda self: np.matrix_transpose(self))

    def __init__(self, value, tape, op=None, places=(), shapes=(), stored=None):
        self.value, self.tape, self.place = np.asarray(value) * 1.0, tape, len(tape)
        tape.append((op, places, shapes, stored))

    def __array_function__(self, op, types, operands, options):  # NumPy asks here for np.sum, …
        return self.__array_ufunc__(op, "__call__", *operands, **options)

    def __array_ufunc__(self, op, method, *operands, **options):  # and here for +, @, np.tanh, …
        """op(*operands, **options), written down.  Raises TypeError if RULES has no rule for it."""
        rule = RULES.get(op) if method == "__call__" else None
        needs = rule.__code__.co_varnames[1 : rule.__code__.co_argcount] if rule else ()
        if rule is None or options.keys() - set(needs):
            raise TypeError(f"no rule for {' '.join([op.__name__, method.strip('_'), *options])}")
        if any(getattr(v, "tape", self.tape) is not self.tape for v in operands):
            raise ValueError(f"{op.__name__} is given Vars of two tapes; one tape is needed")
        values, stored = [getattr(v, "value", v) for v in operands], {}
        places = tuple(getattr(v, "place", None) for v in operands)
        y = Var(op(*values, **options), self.tape, op, places, tuple(map(np.shape, values)), stored)
        known = dict(zip("ab", operands, strict=False), y=y, shape=np.shape(values[0]), **options)
        stored.update((name, known[name]) for name in needs if name in known)
        return y


def backward(y, g=1.0, record=False, free=False):
    """{place: gradient} of y by each Var it depends on; g: the signal at y, of its shape.

    record: write the way back on the tape too; free: drop what was stored as soon as it is used.
    Raises ValueError for a g of another shape, RuntimeError where what was stored is dropped.
    """
    if np.shape(getattr(g, "value", g)) != y.shape:
        raise ValueError(f"y has shape {y.shape}; a g of that shape is needed")
    gradients = {y.place: g + np.zeros(y.shape)}
    for place in range(y.place, -1, -1):
        op, places, shapes, stored = y.tape[place]
        if op and place in gradients:
            if stored is None:
                raise RuntimeError(f"what {op.__name__} stored was freed by an earlier way back")
            needed = stored if record else {k: getattr(v, "value", v) for k, v in stored.items()}
            parts = RULES[op](gradients[place], **needed)
            for source, shape, part in zip(places, shapes, parts, strict=True):
                if source is not None:  # += for every use but the first
                    gradients[source] = folded(part, shape) + gradients.get(source, 0)
            y.tape[place] = op, places, shapes, None if free else stored
    return gradients


def folded(g, shape):
    """g, summed over the axes along which an array of this shape was repeated."""
    if g.ndim > len(shape):
        g = np.sum(g, axis=tuple(range(g.ndim - len(shape))))
    once = tuple(i for i, n in enumerate(shape) if n < g.shape[i])
    return np.expand_dims(np.sum(g, axis=once), axis=once) if once else g


def gradient(f, *x):
    """The gradients of f(*x), a number found by plain operators, with respect to each x."""
    tape = []
    variables = [Var(v, tape) for v in x]
    found = backward(f(*variables))
    return tuple(found.get(v.place, np.zeros(v.shape)) for v in variables)
