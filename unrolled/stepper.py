"""Watch code run: a function is run once, line by line, and what each line changed is kept."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np


class Moment(NamedTuple):
    """One line of the function, just run."""

    line: int  # its place in `Run.lines`
    changed: tuple[str, ...]  # the names whose value it changed, in the order of first use
    names: dict[str, Any]  # every local name and its value after the line, as copies


class Run(NamedTuple):
    """What `record` returns."""

    lines: list[str]  # the body of the function, without its head and docstring
    moments: list[Moment]  # one for each line that changed a name, in the order they ran
    result: Any  # what the function returned


def record(function: Callable, *args, **kwargs) -> Run:
    """Run function(*args, **kwargs) and keep what each of its own lines changed.

    function: written in Python, its source at hand; lines of what it calls are not followed.
    A line that changes nothing (a test, the last look of a loop) is no moment.
    Raises TypeError for what is no such function; what the function raises is raised.
    """
    if not inspect.isfunction(function):
        raise TypeError(f"function is {function!r:.60}; a function written in Python is needed")
    source, first = inspect.getsourcelines(function)
    start = ast.parse(textwrap.dedent("".join(source))).body[0]
    body = start.body[1:] if ast.get_docstring(start) else start.body
    head = body[0].lineno - 1
    lines = textwrap.dedent("".join(source[head:])).rstrip().split("\n")
    moments, before, running = [], {}, None

    def look(frame):
        nonlocal before, running
        names = deepcopy(frame.f_locals)
        changed = tuple(name for name in names if not _same(names[name], before.get(name)))
        if running is not None and changed:
            moments.append(Moment(running, changed, names))
        before = names

    def within(frame, event, _):
        nonlocal running
        if event in ("line", "return"):
            look(frame)
            running = frame.f_lineno - first - head
        return within

    def enter(frame, event, _):
        return within if frame.f_code is function.__code__ else None

    outer = sys.gettrace()
    sys.settrace(enter)
    try:
        result = function(*args, **kwargs)
    finally:
        sys.settrace(outer)
    return Run(lines, moments, result)


def _same(one, other):
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=True)
    return type(one) is type(other) and one == other
