"""An exception's frames, from the text in which MicroPython prints it."""

import io
import sys

from missing import text_of


class FrameSummary:
    def __init__(self, filename, lineno, name, line=""):
        self.filename, self.lineno, self.name, self.line = filename, lineno, name, line


class TracebackException:
    """stack: a FrameSummary for each call, the outermost first."""

    def __init__(self, error):
        text = io.StringIO()
        sys.print_exception(error, text)
        self.stack = []
        for line in text.getvalue().split("\n"):
            if line.startswith('  File "'):
                filename, _, rest = line[8:].partition('", line ')
                number, _, name = rest.partition(", in ")
                number = int(number)
                lines = text_of(filename).split("\n")
                shown = lines[number - 1].strip() if number <= len(lines) else ""
                self.stack.append(FrameSummary(filename, number, name or "<module>", shown))

    @staticmethod
    def from_exception(error):
        return TracebackException(error)


def format_list(frames):
    return [
        f'  File "{f.filename}", line {f.lineno}, in {f.name}\n'
        + (f"    {f.line}\n" if f.line else "")
        for f in frames
    ]


def format_exception_only(error):
    name, said = type(error).__name__, str(error)
    return [f"{name}: {said}\n" if said else f"{name}\n"]
