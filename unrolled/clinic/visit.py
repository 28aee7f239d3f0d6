"""Calling a reader's function: what it returns, raises, prints, changes, and whether it agrees
with itself."""

import contextlib
import inspect
import io
import sys
import traceback
from pathlib import Path
from threading import Timer
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

SLOW = 3  # seconds after which the progress is shown
# where a frame of a traceback is not the reader's: this package, NumPy's folder, Python itself
LIBRARIES = [
    Path(__file__).parents[1],
    Path(np.__file__).parents[1],
    Path(traceback.__file__).parent,
]


class Visit(NamedTuple):
    """What came of calling an answer on several inputs."""

    values: list  # what it returned, one for each input; short where it raised
    raised: str  # the reader's own traceback, or ""
    error: BaseException | None
    changed: tuple[str, ...]  # the arguments that it changed in place
    printed: str  # what it printed at the first call at which it printed anything


def visit(answer, inputs: list[tuple], names: tuple[str, ...]) -> Visit:
    """Call answer(*input) for each input, on copies, with a progress bar if it takes long."""
    bar = tqdm(inputs, desc="diagnosing", unit="call", delay=SLOW, file=sys.stdout)
    with bar, _shown_in_time(bar):
        return _called(answer, bar, names)


def _called(answer, inputs, names):
    values, changed, printed = [], set(), ""
    for arguments in inputs:
        given = tuple(_copy(argument) for argument in arguments)
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out):
                values.append(_copy(answer(*given)))
        except (Exception, SystemExit) as error:
            return Visit(
                values, _own_traceback(error), error, tuple(sorted(changed)), out.getvalue()
            )
        finally:
            printed = printed or out.getvalue()
        for name, before, after in zip(names, arguments, given, strict=True):
            if not _same(before, after):
                changed.add(name)
    return Visit(values, "", None, tuple(sorted(changed)), printed)


@contextlib.contextmanager
def _shown_in_time(bar):
    """Show the bar while the first call still runs: by itself it waits for the call's end."""

    def show():
        bar.last_print_t = bar.start_t + bar.delay
        bar.refresh()

    timer = Timer(SLOW, show)
    timer.daemon = True
    if not bar.disable:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


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
    """The traceback cut to the reader's own lines, the one that failed last."""
    frames = traceback.TracebackException.from_exception(error).stack
    frames = [f for f in frames if f.filename != __file__]
    own = [frame for frame in frames if not _from_a_library(frame.filename)] or frames
    shown = [
        traceback.FrameSummary(Path(f.filename).name, f.lineno, f.name, line=f.line) for f in own
    ]
    last = traceback.format_exception_only(error)
    return "".join(traceback.format_list(shown) + last).rstrip()


def _from_a_library(filename):
    return filename.startswith("<frozen") or any(
        folder in Path(filename).parents for folder in LIBRARIES
    )
