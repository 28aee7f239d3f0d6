"""What can be said of an answer whose slip has no name: where it is right all the same."""

import numpy as np

from unrolled.clinic import words, xray

EXACT, SINGLE = 1e-9, 2e-5  # a right answer in float64 (finite differences too), in float32
APART = {"dW": 3, "dU": 2}  # at so few steps the rows h_{k−1}, or x_k, are independent
CLEAR = 1e-3  # a part that is further off than this is wrong
READ = {"dW": "h_{k−1}", "dU": "x_k"}


def facts(patient, values, rights) -> str:
    """The facts about an answer, `values` on the clinic's networks, that is not recognised.

    patient: it has of, loss, batch and activation, as `diagnose`; inputs(steps), the networks;
    right(network), the exact gradient; asked(networks), what the answer returns there or None.
    """
    found = ["It is none of the slips that are known here."]
    found += [
        f"It is right {when}."
        for when, networks in _experiments(patient)
        if _agrees(patient, networks)
    ]
    return " ".join(found + list(_scaled(values, rights)) + list(_parts(patient)))


def relative(value, right) -> float:
    """How far off a value is, relative to the right one, or absolutely where that is 0."""
    size = np.linalg.norm(np.ravel(right))
    off = np.linalg.norm(np.ravel(value - right))
    return off / size if size else off


def _experiments(patient):
    """(when, networks) of the experiments that anyone can do with any code."""
    some = patient.inputs()[:3]
    if patient.loss in (None, 1):
        yield "at T = 1", patient.inputs(1)[:3]
    yield "where h₀ = 0", [given._replace(h0=0 * given.h0) for given in some]
    yield "where W is symmetric", [xray.symmetric(given) for given in some]
    if patient.loss is None:
        for t in range(1, xray.T + 1):
            yield f"where only step {t} has a label", [xray.only(given, t) for given in some]


def _agrees(patient, networks):
    values = patient.asked(networks)
    return values is not None and all(
        relative(value, patient.right(given)) <= SINGLE
        for value, given in zip(values, networks, strict=True)
    )


def _scaled(values, rights):
    """Whether it is off by one factor, which differs from network to network."""
    there = [(value, right) for value, right in zip(values, rights, strict=True) if right.any()]
    scales = [np.sum(value * right) / np.sum(right * right) for value, right in there]
    if all(
        scale and relative(value, scale * right) <= SINGLE
        for scale, (value, right) in zip(scales, there, strict=True)
    ):
        low, high = words.number(min(scales)), words.number(max(scales))
        yield (
            f"It is the exact one times a number, but not the same number each time: {low} to "
            f"{high}."
        )


def _parts(patient):
    """Which parts (t, k) are wrong, where they can be taken apart: one loss, and few steps.

    There an answer is Σ_k s_k r_kᵀ, with independent rows r_k that are known, so s_k can be found.
    """
    steps = APART.get(patient.of, 0)
    if patient.batch or not (patient.loss or 1) <= steps:
        return
    places = xray.places(patient.of, steps)
    places = [(t, k) for t, k in places if patient.loss in (None, t)]
    wrong = set()
    for t in words.once(t for t, _ in places):
        networks = [xray.only(given, t) for given in patient.inputs(steps) if given.y[t - 1].any()]
        values = patient.asked(networks)
        if values is None:
            return
        for value, given in zip(values, networks, strict=True):
            rows = xray.rows_read(given, patient.of, patient.activation)
            if np.linalg.cond(rows) > 1 / (10 * CLEAR):
                continue
            back, right = np.linalg.pinv(rows), patient.right(given)
            if relative(value @ back @ rows, value) > CLEAR:
                yield f"What stands on the right of its outer products is not {READ[patient.of]}."
                return
            off = np.linalg.norm((value - right) @ back, axis=0)
            size = np.linalg.norm(right @ back)
            wrong |= {(t, k) for _, k in places if k <= t and off[k - 1] > CLEAR * size}
    where = f"With one loss at a time, at T = {steps},"
    if not wrong:
        yield f"{where} every part (t, k) is as it should be."
    elif len(wrong) == len(places):
        yield f"{where} no part (t, k) is as it should be."
    else:
        said = ", ".join(f"({t}, {k})" for t, k in places if (t, k) in wrong)
        yield f"{where} these parts (t, k) are not as they should be, and the others are: {said}."
