"""From an answer to a diagnosis: the questions, in order."""

from typing import NamedTuple

import numpy as np

from unrolled.clinic import jacobian, patterns, words, xray
from unrolled.clinic.visit import takes, visit
from unrolled.clinic.xray import RIGHT, B, T

DOOR = ("params", "x", "y", "h0")
LEAVES = {"dU": "U", "dW": "W", "dV": "V", "db": "b", "dc": "c"}
OF = ("J_softmax", "e", "dV", "dW", "dU", "db", "dc", "dh0", "all")
EXACT, SINGLE = 1e-9, 2e-5  # a right answer in float64 (finite differences too), in float32
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

    def _repr_mimebundle_(self, include=None, exclude=None):
        if self.weights is None or self.weights.ndim < 2:
            return {"text/plain": self.text}
        from unrolled.figures.clinic import triangle  # here: a diagnosis needs no picture
        from unrolled.flipbook import show

        def draw(fig):
            triangle(fig, self.weights)
            return self.text

        return show(draw, figsize=(3.2, 2.8))._repr_mimebundle_()


def diagnose(answer, of="dW", *, window=None, batch=False, activation="tanh") -> Diagnosis:
    """Say which mistake a gradient has.

    answer      answer(params, x, y, h0) gets what `rnn.forward` gets at the door, T rows of x and
                y, and returns an array of the shape of `of`, or Params for "all";
                for "J_softmax" it is answer(z), z (C,), and returns (C, C)
    of          "J_softmax", "e", "dV", "dW", "dU", "db", "dc", "dh0" or "all"
    window      the truncation that is asked for, as in `rnn.bptt`; None for the whole gradient
    batch       True for x (T, B, D), y (T, B, C), h0 (B, H): the loss is then a mean over B
    activation  "tanh", or "relu" for a network with that in its place

    Some steps of y have no label and some a soft one, as `rnn.loss` allows.
    Raises ValueError for arguments that are not so; whatever the answer does, raising included, is
    in the diagnosis.  (For the idea of bugs as procedures: Brown and Burton 1978.)
    """
    _checked(answer, of, window, activation)
    names = ("z",) if of == "J_softmax" else DOOR
    if taken := takes(answer, names):
        called = f"answer({', '.join(names)})"
        return Diagnosis(False, (), f"Your function takes {taken}; it is called as {called}.")
    if of == "J_softmax":
        return _Softmax(answer).diagnosis()
    if of == "all":
        return _all(answer, window, batch, activation)
    return _Gradient(answer, of, window, batch, activation).diagnosis()


def _checked(answer, of, window, activation):
    if not callable(answer):
        raise ValueError(f"answer is {answer!r:.60}; a function is needed")
    if of not in OF:
        raise ValueError(f"of is {of!r}; one of {', '.join(OF)} is needed")
    if activation not in xray.ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}; 'tanh' or 'relu' is needed")
    whole = isinstance(window, int | np.integer) and not isinstance(window, bool)
    if window is not None and not (whole and 1 <= window < T):
        raise ValueError(f"window is {window!r}; None or a whole number in 1…{T - 1} is needed")


class _Patient:
    """One answer: what it is asked on, and what is right there.  A subclass says which."""

    def diagnosis(self) -> Diagnosis:
        """Raised, wrong shape, random, not finite, right, recognised, or not recognised."""
        inputs = self.inputs()
        seen = visit(self.answer, [*inputs, inputs[0]], self.names)
        notes = words.notes(seen)
        if seen.error is not None:
            text, slips, weights = self.raised(seen)
            return Diagnosis(False, slips, text + notes, weights)
        rights = [self.right(given) for given in [*inputs, inputs[0]]]
        values, faults = [], []
        for value, right in zip(seen.values, rights, strict=True):
            found, fault = words.array(value, right.shape, self.of)
            values.append(found)
            faults.append(fault)
        if any(faults):
            turned = _transposed(seen.values, rights)
            return Diagnosis(False, turned, next(filter(None, faults)) + notes)
        if not np.array_equal(values[0], values[-1], equal_nan=True):
            return Diagnosis(False, (), RANDOM + notes)
        single = np.asarray(seen.values[0]).dtype == np.float32
        found = self.judged(inputs, values[:-1], rights[:-1], single)
        return found._replace(text=found.text + notes)

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
        error = max(map(_relative, values, rights))
        if error <= SINGLE:
            how = "" if error <= EXACT else ", to the precision of float32"
            text = f"Right: it agrees with the exact {self.of} at all {len(values)} calls{how}."
            return Diagnosis(True, (), text, self.weights(values))
        return self.wrong(inputs, values, rights, single)

    def raised(self, seen):
        return f"Your function raised an error.\n\n{seen.raised}", (), None

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
        at = next(i for i in range(len(values)) if _relative(values[i], rights[i]) > SINGLE)
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

    def __init__(self, answer, of, window, batch, activation, square=False):
        self.answer, self.of, self.window = answer, of, window
        self.batch, self.activation, self.square = batch, activation, square

    def inputs(self, steps=T):
        return xray.networks(steps, self.batch, self.square)

    def right(self, given):
        parts = xray.parts(given, self.of, activation=self.activation)
        places = xray.places(self.of, len(given.x))
        return parts[[self.window is None or t - k < self.window for t, k in places]].sum(axis=0)

    def fit(self, values, build=RIGHT, **which):
        design = (self.of, build, self.batch, self.square, self.activation)
        return xray.fit(values, *design, **which)

    def weights(self, values):
        return _as_triangle(self.fit(values).weights, xray.places(self.of))

    def wrong(self, inputs, values, rights, single):
        example = self.smallest_example()
        slips, numbers, also, weights = self.recognised(values, single)
        if slips:
            said = words.slips(slips, numbers, also)
            return Diagnosis(False, (*slips, *also), f"{example} {said}", weights)
        known = self.what_is_known(values, rights)
        return Diagnosis(False, (), f"{example} {known}", self.weights(values))

    def recognised(self, values, single):
        """(slips, numbers, other names, weights) of the simplest way to build and count the parts
        that leaves nothing over: no factor wrong, then one, then two."""
        residual, tolerance = (1e-3, 1e-2) if single else (1e-6, 1e-4)
        places, sequences = xray.places(self.of), B if self.batch else 1
        found = []
        for wrong in (0, 1, 2):
            for build in xray.builds(self.of, self.activation, self.square, wrong):
                fitted = self.fit(values, build)
                if fitted.residual > residual:
                    continue
                counted = patterns.read(
                    fitted.weights, places, T, sequences, tolerance, self.window
                )
                if counted is not None:
                    slips = (*xray.slips(build), *counted[0])
                    found.append((slips, counted[1], fitted))
            if found:
                break
        if not found:
            return (), {}, (), None
        fewest = min(len(slips) for slips, *_ in found)
        found = [one for one in found if len(one[0]) == fewest]
        slips, numbers, (build, weights, _) = found[0]
        if "mean-over-time" in slips and not self.depends_on_time(build, weights):
            numbers = {**numbers, "factor": np.nanmax(np.abs(weights))}
            slips = tuple("factor" if name == "mean-over-time" else name for name in slips)
        also = [name for other, *_ in found[1:] for name in other]
        also += patterns.other_names(self.of, slips, numbers)
        also = tuple(name for name in dict.fromkeys(also) if name not in slips)
        return slips, numbers, also, _as_triangle(weights, places)

    def depends_on_time(self, build, weights):
        """Whether a constant factor that looks like 1/T is another one at another T."""
        shorter = self.inputs(T - 2)
        seen = visit(self.answer, list(shorter), DOOR)
        if seen.error is not None:
            return True
        there = self.fit(seen.values, build, steps=T - 2).weights
        ratio = np.nanmax(np.abs(there)) / np.nanmax(np.abs(weights))
        return ratio > 1 + 1 / (T - 2)  # half way between 1 and T/(T − 2)

    def smallest_example(self):
        """The smallest network on which the answer is wrong, one entry, both numbers."""
        for steps in (1, 2, 3, T):
            given = self.inputs(steps)[0]
            right = self.right(given)
            seen = visit(self.answer, [given], DOOR)
            value = words.array(seen.values[0], right.shape, self.of)[0] if seen.values else None
            if value is not None and not _relative(value, right) <= SINGLE:
                H, D = given.params.U.shape
                sizes = f"With T = {steps}, D = {D}, H = {H}, C = {len(given.params.c)}"
                return words.example(self.of, sizes, value, right)
        return "Wrong."

    def what_is_known(self, values, rights):
        """What can be said of an answer that has no slip with a name."""
        facts = ["It is none of the slips that are known here."]
        facts += [
            f"It is right {when}." for when, given in self.experiments() if self.agrees(given)
        ]
        scales = [np.sum(v * r) / np.sum(r * r) for v, r in zip(values, rights, strict=True)]
        scaled = [scale * right for scale, right in zip(scales, rights, strict=True)]
        if all(scales) and max(map(_relative, values, scaled)) <= SINGLE:
            low, high = words.number(min(scales)), words.number(max(scales))
            facts.append(
                f"It is the exact one times a number, but not the same number each time: {low} to "
                f"{high}."
            )
        return " ".join(facts)

    def experiments(self):
        """(when, networks) of the six experiments that anyone can do with any code."""
        some = self.inputs()[:3]
        yield "at T = 1", self.inputs(1)[:3]
        yield "where h₀ = 0", [given._replace(h0=0 * given.h0) for given in some]
        yield (
            "where W is symmetric",
            [given._replace(params=_symmetric(given.params)) for given in some],
        )
        for t in range(1, T + 1):
            yield f"where only step {t} has a label", [_only(given, t) for given in some]

    def agrees(self, networks):
        seen = visit(self.answer, list(networks), DOOR)
        if seen.error is not None:
            return False
        for value, given in zip(seen.values, networks, strict=True):
            right = self.right(given)
            found, fault = words.array(value, right.shape, self.of)
            if fault or not _relative(found, right) <= SINGLE:
                return False
        return True

    def raised(self, seen):
        """The reader's own traceback; and what is found where no shape can be wrong."""
        text, slips, weights = super().raised(seen)
        if isinstance(seen.error, ValueError) and not self.square:
            square = _Gradient(self.answer, self.of, self.window, self.batch, self.activation, True)
            found = square.diagnosis()
            if "raised an error" not in found.text:
                text += f"\n\nWhere D = H = C it runs. {found.text}"
                return text, found.slips, found.weights
        return text, slips, weights


def _all(answer, window, batch, activation):
    """Each leaf of Params by itself."""
    whole = visit(answer, [xray.networks(T, batch)[0]], DOOR)
    if whole.values and not all(hasattr(whole.values[0], leaf) for leaf in LEAVES.values()):
        kind = type(whole.values[0]).__name__
        text = f"Your function returned a {kind}; Params(U, W, V, b, c) is needed."
        return Diagnosis(False, (), text + words.notes(whole))
    found = {}
    for of, leaf in LEAVES.items():

        def one(params, x, y, h0, leaf=leaf):
            return getattr(answer(params, x, y, h0), leaf)

        cut = window if of in ("dU", "dW", "db") else None
        found[of] = _Gradient(one, of, cut, batch, activation).diagnosis()
        if "raised an error" in found[of].text:
            return found[of]
    if all(one.right for one in found.values()):
        return Diagnosis(True, (), "Right: every leaf agrees with the exact gradient.")
    slips = dict.fromkeys(name for one in found.values() for name in one.slips)
    text = "\n\n".join(f"{of}: {one.text}" for of, one in found.items())
    pictures = [one.weights for one in found.values() if not one.right and one.weights is not None]
    return Diagnosis(False, tuple(slips), text, next(iter(pictures), None))


def _transposed(values, rights):
    """Whether the transpose of what came is right."""
    turned = all(
        isinstance(value, np.ndarray)
        and value.T.shape == right.shape
        and _relative(value.T, right) <= SINGLE
        for value, right in zip(values, rights, strict=True)
    )
    return ("outer-transposed",) if turned else ()


def _relative(value, right):
    size = np.linalg.norm(np.ravel(right))
    off = np.linalg.norm(np.ravel(value - right))
    return off / size if size else (np.inf if off else 0.0)


def _symmetric(params):
    return params._replace(W=(params.W + params.W.T) / 2)


def _only(given, t):
    y = np.zeros_like(given.y)
    y[t - 1] = given.y[t - 1]
    return given._replace(y=y)


def _as_triangle(weights, places):
    """(T, T) with [t-1, k-1] the weight of part (t, k), NaN elsewhere; (T,) for one part a step."""
    weights = np.round(weights, 6) + 0.0
    if len(places) == T:
        return weights
    triangle = np.full((T, T), np.nan)
    for (t, k), weight in zip(places, weights, strict=True):
        triangle[t - 1, k - 1] = weight
    return triangle
