"""How a diagnosis is put into words."""

import numpy as np

from unrolled.clinic.catalogue import SECTIONS, SLIPS

TURNED = "Transposed?"


def slips(names, numbers, also=()) -> str:
    """The sentence of recognised slips; `also` are other names of the same answer."""

    def said(name):
        return SLIPS[name].words.format(n=number(numbers.get(name, 0.0)))

    text = f"Yours is the exact gradient, but {'; and '.join(map(said, names))}"
    text += f" ({', '.join(names)})."
    if also:
        others = "; or if ".join(f"{said(name)} ({name})" for name in also)
        text += f" The same numbers come if {others}."
    sections = once(SLIPS[name].section for name in names)
    return f"{text} See {', '.join(SECTIONS[section] for section in sections)}."


def once(values) -> tuple:
    """Each of the values once, in the order in which they come first."""
    found = []
    for value in values:
        if value not in found:
            found.append(value)
    return tuple(found)


def example(of, sizes, value, right) -> str:
    """One entry, the worst, in both: `value` and `right` are arrays of one shape."""
    at = np.unravel_index(np.argmax(np.abs(value - right)), right.shape)
    at = tuple(int(i) for i in at)
    return (
        f"Wrong. {sizes}, entry {list(at)} of {of} is {number(value[at])} in yours and "
        f"{number(right[at])} in the exact one."
    )


def notes(seen) -> str:
    """What is said beside the diagnosis: what was changed in place, and what was printed."""
    text = ""
    if seen.changed:
        text += f"\n\nYour function changed {' and '.join(seen.changed)} in place."
    if seen.printed:
        text += f"\n\nYour function printed:\n{seen.printed.rstrip()}"
    return text


def number(value) -> str:
    """Four digits, with a true minus sign."""
    rounded = float(f"{value:.4g}") + 0.0  # no −0
    return f"{rounded:g}".replace("-", "−")


def array(value, need: tuple[int, ...], of: str):
    """(array of floats, "") of what an answer returned, or (None, what is wrong with it)."""
    wanted = f"{of} is an array of shape {need}"
    if not hasattr(value, "__array__") and not np.isscalar(value):
        kind = {None: "None: is its return missing?"}.get(value if value is None else 0)
        kind = kind or f"a {type(value).__name__}"
        return None, f"Your function returned {kind}; {wanted}."
    try:
        found = np.asarray(value)
    except Exception as error:  # a tensor of a framework, say, that must be detached first
        kind = type(value).__name__
        return None, f"Your function returned a {kind}, which gives no array ({error}); {wanted}."
    if found.dtype.kind not in "buif":
        kind = "complex numbers" if found.dtype.kind == "c" else "no numbers"
        return None, f"Your function returned {kind}; {wanted}, of real numbers."
    found = _rows_from_one(found.astype(float), need)
    if found.shape != need:
        came = "a number" if found.ndim == 0 else f"an array of shape {found.shape}"
        turned = f" {TURNED}" if found.ndim == 2 and found.T.shape == need else ""
        return None, f"Your function returned {came}; {wanted}.{turned}"
    return found, ""


def _rows_from_one(found, need):
    """Rows 1…T of an array whose row 0 is NaN, as the book's own arrays have it."""
    extra = found.ndim and need and found.shape == (need[0] + 1,) + need[1:]
    return found[1:] if extra and np.isnan(found[0]).all() else found
