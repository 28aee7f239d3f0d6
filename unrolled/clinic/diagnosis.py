"""From an answer to a diagnosis: the questions, in order."""

import copy
from collections import OrderedDict  # on the site's pages a dict has no order
from html import escape
from typing import NamedTuple

import numpy as np

from unrolled.clinic import jacobian, patterns, words, xray
from unrolled.clinic.known import EXACT, SINGLE, facts, relative
from unrolled.clinic.triangle import triangle
from unrolled.clinic.visit import takes, visit
from unrolled.clinic.xray import RIGHT, B, T

DOOR = ("params", "x", "y", "h0")
LEAVES = OrderedDict([("dU", "U"), ("dW", "W"), ("dV", "V"), ("db", "b"), ("dc", "c")])
OF = ("J_softmax", "e", "dV", "dW", "dU", "db", "dc", "dh0", "all")
RANDOM = (
    "Two calls with the same arguments gave two answers: it is random, or it keeps something from "
    "call to call. Nothing more can be said until it always gives the same."
)


class Diagnosis(NamedTuple):
    """What is wrong with an answer; it shows itself as text, and in Jupyter with a picture."""

    right: bool
    slips: tuple[str, ...]  # names from `SLIPS`; () if right or not recognised
    text: str
    weights: np.ndarray | None = None  # [t-1, k-1] how often part (t, k) is counted, NaN above

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self):
        """The words, and the triangle of parts if there is one."""
        lines = "".join(f"<p>{escape(line)}</p>" for line in self.text.split("\n\n"))
        if self.weights is None or self.weights.ndim < 2:
            return lines
        return lines + triangle(self.weights)[1]


def diagnose(
    answer, of="dW", *, window=None, loss=None, batch=False, activation="tanh"
) -> Diagnosis:
    """Say which mistake a gradient has.

    answer      answer(params, x, y, h0) gets what `rnn.forward` gets at the door, T rows of x and
                y, and returns an array of the shape of `of`, or Params for "all";
                for "J_softmax" it is answer(z), z (C,), and returns (C, C)
    of          "J_softmax", "e", "dV", "dW", "dU", "db", "dc", "dh0" or "all"
    window      the truncation that is asked for, as in `rnn.bptt`; None for the whole gradient
    loss        t for the gradient of L_t alone, one of 1…5; None for that of all losses
    batch       True for x (T, B, D), y (T, B, C), h0 (B, H): the loss is then a mean over B
    activation  "tanh", or "relu" for a network with that in its place

    Some steps of y have no label and some a soft one, as `rnn.loss` allows.  The Jacobian of the
    softmax knows neither time nor batch: for "J_softmax" the last four change nothing.
    Raises ValueError for arguments that are not so; whatever the answer does, raising included, is
    in the diagnosis.  (For the idea of bugs as procedures: Brown and Burton 1978.)
    """
    _checked(answer, of, window, loss, activation)
    names = ("z",) if of == "J_softmax" else DOOR
    if taken := takes(answer, names):
        called = f"answer({', '.join(names)})"
        return Diagnosis(False, (), f"Your function takes {taken}; it is called as {called}.")
    if of == "J_softmax":
        return _Softmax(answer).diagnosis()
    if of == "all":
        return _all(answer, window, loss, batch, activation)
    return _Gradient(answer, of, window, loss, batch, activation).diagnosis()


def _checked(answer, of, window, loss, activation):
    if not callable(answer):
        raise ValueError(f"answer is {answer!r:.60}; a function is needed")
    if of not in OF:
        raise ValueError(f"of is {of!r}; one of {', '.join(OF)} is needed")
    if activation not in xray.ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}; 'tanh' or 'relu' is needed")
    for name, value, last in (("window", window, T - 1), ("loss", loss, T)):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if value is not None and not (whole and 1 <= value <= last):
            raise ValueError(f"{name} is {value!r}; None or a whole number in 1…{last} is needed")


class _Patient:
    """One answer: what it is asked on, and what is right there.  A subclass says which."""

    def diagnosis(self) -> Diagnosis:
        """What is found, and what was printed and changed."""
        inputs = self.inputs()
        seen = visit(self.answer, _twice_the_first(inputs), self.names)
        found = self.found(inputs, seen)
        return found._replace(text=found.text + words.notes(seen))

    def found(self, inputs, seen) -> Diagnosis:
        """Raised, wrong shape, random, not finite, right, recognised, or not recognised."""
        if seen.error is not None:
            return self.raised(seen)
        rights = [self.right(given) for given in _twice_the_first(inputs)]
        values, faults = [], []
        for value, right in zip(seen.values, rights, strict=True):
            found, fault = words.array(value, right.shape, self.of)
            values.append(found)
            faults.append(fault)
        if any(faults):
            fault = next(filter(None, faults))
            if all(one.endswith(words.TURNED) for one in faults):
                return self.turned(inputs, seen, fault)
            return Diagnosis(False, (), fault)
        if not np.array_equal(values[0], values[-1], equal_nan=True):
            return Diagnosis(False, (), RANDOM)
        single = np.asarray(seen.values[0]).dtype == np.float32
        return self.judged(inputs, values[:-1], rights[:-1], single)

    def turned(self, inputs, seen, fault):
        """The transposed answer, whose shape is the right one."""
        other, answer = copy.copy(self), self.answer
        other.answer = lambda *given: np.transpose(answer(*given))
        there = [np.transpose(value) for value in seen.values]
        found = other.found(inputs, seen._replace(values=there))
        if found.right:
            return Diagnosis(False, ("outer-transposed",), f"{fault} Its transpose is right.")
        slips = ("outer-transposed",) + found.slips if found.slips else ()
        return Diagnosis(False, slips, f"{fault} Its transpose: {found.text}", found.weights)

    def judged(self, inputs, values, rights, single=False) -> Diagnosis:
        for number, value in enumerate(values):
            if not np.isfinite(value).all():
                at = tuple(int(i) for i in np.argwhere(~np.isfinite(value))[0])
                return Diagnosis(
                    False,
                    (),
                    f"Entry {list(at)} is {value[at]} at call {number + 1} of {len(values)}: "
                    "something was divided by 0, or an exponential or a logarithm left the range "
                    "of floats.",
                )
        error = max(map(relative, values, rights))
        if error <= SINGLE:
            how = "" if error <= EXACT else ", to the precision of float32"
            text = f"Right: it agrees with the exact {self.of} at all {len(values)} calls{how}."
            return Diagnosis(True, (), text, self.weights(values))
        return self.wrong(inputs, values, rights, single)

    def raised(self, seen) -> Diagnosis:
        return Diagnosis(False, (), f"Your function raised an error.\n\n{seen.raised}")

    def weights(self, values):
        return None


class _Softmax(_Patient):
    """The Jacobian of the softmax."""

    of, names = "J_softmax", ("z",)

    def __init__(self, answer):
        self.answer = answer

    def inputs(self):
        return jacobian.inputs()

    def right(self, given):
        return jacobian.right(*given)

    def wrong(self, inputs, values, rights, single):
        at = next(i for i in range(len(values)) if relative(values[i], rights[i]) > SINGLE)
        (z,) = inputs[at]
        example = words.example(
            self.of, f"At z = {np.round(z, 2).tolist()}", values[at], rights[at]
        )
        found = jacobian.read(values, 1e-3 if single else 1e-6)
        if found is None:
            return Diagnosis(False, (), f"{example} It is none of the slips that are known here.")
        return Diagnosis(False, found[0], f"{example} {words.slips(*found)}")


class _Gradient(_Patient):
    """A gradient of the loss, and what is asked of it."""

    names = DOOR

    def __init__(self, answer, of, window, loss, batch, activation, square=False):
        self.answer, self.of, self.window, self.loss = answer, of, window, loss
        self.batch, self.activation, self.square = batch, activation, square

    def inputs(self, steps=T):
        return xray.networks(steps, self.batch, self.square)

    def right(self, given):
        parts = xray.parts(given, self.of, activation=self.activation)
        t, k = np.array(xray.places(self.of, len(given.x))).T
        asked = np.full(len(parts), True) if self.window is None else t - k < self.window
        return parts[asked if self.loss is None else asked & (t == self.loss)].sum(axis=0)

    def asked(self, networks):
        """What the answer returns on some networks, or None if it raises, or is no such array."""
        seen = visit(self.answer, list(networks), DOOR)
        if seen.error is not None:
            return None
        found = [
            words.array(value, self.right(given).shape, self.of)
            for value, given in zip(seen.values, networks, strict=True)
        ]
        return None if any(fault for _, fault in found) else [value for value, _ in found]

    def fit(self, values, build=RIGHT, **which):
        design = (self.of, build, self.batch, self.square, self.activation)
        return xray.fit(values, *design, **which)

    def weights(self, values):
        return _as_triangle(self.fit(values).weights, xray.places(self.of))

    def wrong(self, inputs, values, rights, single):
        example = self.smallest_example(inputs, values, rights)
        slips, numbers, also, weights = self.recognised(values, single)
        if slips:
            said = words.slips(slips, numbers, also)
            return Diagnosis(False, slips + also, f"{example} {said}", weights)
        known = facts(self, values, rights)
        return Diagnosis(False, (), f"{example} {known}", self.weights(values))

    def recognised(self, values, single):
        """(slips, numbers, other names, weights) of the simplest way to build and count the parts
        that leaves nothing over: no factor wrong, then one, then two."""
        residual, tolerance = (1e-3, 1e-2) if single else (1e-6, 1e-4)
        places, sequences = xray.places(self.of), B if self.batch else 1
        found = []
        for wrong in (0, 1, 2):
            which = (self.of, self.batch, self.square, self.activation, wrong)
            for build in xray.candidates(values, *which, left=residual):
                fitted = self.fit(values, build)
                if fitted.residual > residual:
                    continue
                counted = patterns.read(
                    fitted.weights, places, T, sequences, tolerance, self.window, self.loss
                )
                if counted is not None:
                    slips = words.once(xray.slips(build) + counted.slips)
                    found.append((slips, counted, fitted))
            if found:
                break
        if not found:
            return (), {}, (), None
        fewest = min(len(slips) for slips, *_ in found)
        found = [one for one in found if len(one[0]) == fewest]
        slips, counted, (build, weights, _) = found[0]
        numbers = dict(counted.numbers)
        if "mean-over-time" in slips and not self.is_a_mean(build):
            numbers["factor"] = 1 / T
            slips = tuple("factor" if name == "mean-over-time" else name for name in slips)
        also = list(counted.also) + [name for other, _, _ in found[1:] for name in other]
        also += patterns.other_names(self.of, slips, numbers)
        also = tuple(name for name in words.once(also) if name not in slips)
        return slips, numbers, also, _as_triangle(weights, places)

    def is_a_mean(self, build):
        """Whether a factor 1/T is 1/T at another T too."""
        steps = T + 2
        values = self.asked(self.inputs(steps))
        if values is None:
            return True
        weights = self.fit(values, build, steps=steps).weights
        places, sequences = xray.places(self.of, steps), B if self.batch else 1
        counted = patterns.read(weights, places, steps, sequences, 1e-3, self.window, self.loss)
        return counted is None or "mean-over-time" in counted.slips

    def smallest_example(self, inputs, values, rights):
        """The smallest network on which the answer is wrong, one entry, both numbers."""
        for steps in range(self.loss or 1, T):
            given = self.inputs(steps)[0]
            found = self.asked([given])
            if found and np.isfinite(found[0]).all():
                right = self.right(given)
                if relative(found[0], right) > SINGLE:
                    return words.example(self.of, _sizes(given), found[0], right)
        at = next(i for i in range(len(values)) if relative(values[i], rights[i]) > SINGLE)
        return words.example(self.of, _sizes(inputs[at]), values[at], rights[at])

    def raised(self, seen) -> Diagnosis:
        """The reader's own traceback; and what is found where no shape can be wrong."""
        found = super().raised(seen)
        if isinstance(seen.error, ValueError) and not self.square:
            square = copy.copy(self)
            square.square = True
            inputs = square.inputs()
            there = visit(self.answer, _twice_the_first(inputs), DOOR)
            if there.error is None:
                other = square.found(inputs, there)
                return other._replace(
                    right=False, text=f"{found.text}\n\nWhere D = H = C it runs. {other.text}"
                )
        return found


def _all(answer, window, loss, batch, activation):
    """Each leaf of Params by itself."""
    whole = visit(answer, [xray.networks(T, batch)[0]], DOOR)
    notes = words.notes(whole)
    if whole.values and not all(hasattr(whole.values[0], leaf) for leaf in LEAVES.values()):
        kind = type(whole.values[0]).__name__
        text = f"Your function returned a {kind}; Params(U, W, V, b, c) is needed."
        return Diagnosis(False, (), text + notes)
    found = OrderedDict()
    for of, leaf in LEAVES.items():

        def one(params, x, y, h0, leaf=leaf):
            return getattr(answer(params, x, y, h0), leaf)

        cut = window if of in ("dU", "dW", "db") else None
        patient = _Gradient(one, of, cut, loss, batch, activation)
        inputs = patient.inputs()
        seen = visit(one, _twice_the_first(inputs), DOOR)
        found[of] = patient.found(inputs, seen)
        if seen.error is not None:
            return found[of]._replace(text=found[of].text + notes)
    if all(one.right for one in found.values()):
        return Diagnosis(True, (), f"Right: every leaf agrees with the exact gradient.{notes}")
    slips = words.once(name for one in found.values() for name in one.slips)
    text = "\n\n".join(f"{of}: {one.text}" for of, one in found.items())
    pictures = [one.weights for one in found.values() if not one.right and one.weights is not None]
    return Diagnosis(False, slips, text + notes, next(iter(pictures), None))


def _twice_the_first(inputs):
    """The inputs, and the first once more: a function gives the same twice."""
    return list(inputs) + [inputs[0]]


def _sizes(given):
    H, D = given.params.U.shape
    return f"With T = {len(given.x)}, D = {D}, H = {H}, C = {len(given.params.c)}"


def _as_triangle(weights, places):
    """(T, T) with [t-1, k-1] the weight of part (t, k), NaN elsewhere; (T,) for one part a step."""
    weights = np.round(weights, 6) + 0.0
    if len(places) == T:
        return weights
    triangle = np.full((T, T), np.nan)
    for (t, k), weight in zip(places, weights, strict=True):
        triangle[t - 1, k - 1] = weight
    return triangle
