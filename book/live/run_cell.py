"""Runs a live cell in the page's Python, MicroPython, and says in words what went wrong."""

import builtins
import io
import sys

import missing

CELL = "your cell"
FULL = "the memory of the page's Python, a quarter of a gigabyte, is full"


def no_input(prompt=""):
    raise RuntimeError("nobody can be asked here: write the value into the cell instead")


builtins.input = no_input


def run(code):
    """Run the text of a cell, in a namespace of its own.

    Returns "" if all went well, or lines: where it failed (in the reader's own text), and why.
    """
    missing.TEXTS["__main__"] = missing.TEXTS[CELL] = code
    try:
        exec(compile(code, CELL, "exec"), {"__name__": "__main__"})
    except SystemExit:
        pass
    except BaseException as error:
        return told(error, code.split("\n"))
    return ""


def told(error, lines):
    """The last line of the cell that an error passed through, and what it says."""
    text = io.StringIO()
    sys.print_exception(error, text)
    where = ""
    for line in text.getvalue().split("\n"):
        if f'File "{CELL}", line ' in line:
            number = int(line.split(", line ")[1].split(",")[0])
            shown = lines[number - 1].strip() if number <= len(lines) else ""
            where = f"Line {number}: {shown or '(nothing more)'}\n"
    name, said = type(error).__name__, str(error)
    if isinstance(error, MemoryError):
        said = FULL
    elif said.startswith("no module named"):
        said += ": this page's Python lacks it, the notebook in Jupyter has all of it"
    return f"{where}{name}: {said}" if said else where + name
