"""Calling a reader's function: what it returns, raises, prints, changes, and whether it agrees
with itself."""

import contextlib
import inspect
import io
import sys
import traceback
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

HERE = __file__


class Visit(NamedTuple):
    """What came of calling an answer on several inputs."""

    values: list  # what it returned, one for each input; short where it raised
    raised: str  # the reader's own traceback, or ""
    error: Exception | None
    changed: tuple[str, ...]  # the arguments that it changed in place
    printed: str  # what it printed at the first call


def visit(answer, inputs: list[tuple], names: tuple[str, ...]) -> Visit:
    """Call answer(*input) for each input, on copies, with a progress bar if it takes long."""
    values, changed, printed = [], set(), ""
    for arguments in tqdm(inputs, desc="diagnosing", unit="call", delay=3, file=sys.stdout):
        given = tuple(_copy(argument) for argument in arguments)
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out):
                values.append(_copy(answer(*given)))
        except Exception as error:
            return Visit(
                values, _own_traceback(error), error, tuple(sorted(changed)), out.getvalue()
            )
        finally:
            printed = printed or out.getvalue()
        for name, before, after in zip(names, arguments, given, strict=True):
            if not _same(before, after):
                changed.add(name)
    return Visit(values, "", None, tuple(sorted(changed)), printed)


def takes(answer, names: tuple[str, ...]) -> str:
    """ "" if the answer can be called with these arguments, else what it takes."""
    try:
        inspect.signature(answer).bind(*names)
    except TypeError:
        return str(inspect.signature(answer))
    except ValueError:  # a builtin that does not say
        return ""
    return ""


def _copy(value):
    if isinstance(value, tuple):
        return (
            value._make(map(_copy, value)) if hasattr(value, "_make") else tuple(map(_copy, value))
        )
    return value.copy() if isinstance(value, np.ndarray) else value


def _same(before, after):
    if isinstance(before, tuple):
        return all(_same(one, other) for one, other in zip(before, after, strict=True))
    return before.shape == after.shape and bool((before == after).all())


def _own_traceback(error):
    """The traceback without the frames of the clinic, so that the reader's own line comes first."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != HERE]
    last = traceback.format_exception_only(error)
    return "".join(traceback.format_list(own) + last).rstrip()
