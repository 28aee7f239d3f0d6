"""Runs a live cell in the page's Python, MicroPython, and says in words what went wrong."""

import builtins
import io
import sys

import missing

CELL, BEFORE = "your cell", "the cells before"
VALUE = "_"  # the name of the last value, as in a notebook
_shown = ""
FULL = "the memory of the page's Python, a quarter of a gigabyte, is full"


def no_input(prompt=""):
    raise RuntimeError("nobody can be asked here: write the value into the cell instead")


builtins.input = no_input


def run(code, setup=""):
    """Run the text of a cell, after the texts of the cells that it needs, in a new namespace.

    As in a notebook, the value of a last line that is an expression is shown: it is printed, or, if
    it has HTML of its own, that is what `shown` gives.
    Returns "" if all went well, or lines: where it failed (in the reader's own text), and why.
    """
    global _shown
    _shown, names = "", {"__name__": "__main__"}
    missing.TEXTS["__main__"] = missing.TEXTS[CELL] = code
    missing.TEXTS[BEFORE] = setup
    try:
        compile(code, CELL, "exec")  # a slip in its last line shows before its first one runs
        exec(compile(setup, BEFORE, "exec"), names)
        head, last = last_expression(code)
        exec(compile(head, CELL, "exec"), names)
        if last:
            exec(last, names)
        value = names.get(VALUE)
        if hasattr(value, "_repr_html_"):
            _shown = value._repr_html_()
        elif value is not None:
            print(repr(value))
    except SystemExit:
        pass
    except BaseException as error:
        return told(error, code.split("\n"))
    return ""


def shown():
    """The HTML of the last run's value, or ""."""
    return _shown


def last_expression(code):
    """The text before the last statement, and that one compiled if it is an expression, or None."""
    lines = code.split("\n")
    for i in range(len(lines) - 1, -1, -1):
        if lines[i][:1].strip() in ("", "#"):
            continue
        tail = "\n".join(lines[i:])
        try:
            last = compile("\n" * i + f"{VALUE} = ({tail}\n)", CELL, "exec")
            return "\n".join(lines[:i]), last
        except SyntaxError:
            pass
        try:
            compile(tail, CELL, "exec")
            break  # a whole statement, and no expression
        except SyntaxError:
            pass  # the end of one that begins further up
    return code, None


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
