"""`contextmanager`, `suppress`, `redirect_stdout`."""

import builtins


class _Manager:
    def __init__(self, generator):
        self.generator = generator

    def __enter__(self):
        return next(self.generator)

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                next(self.generator)
            else:
                self.generator.throw(error)
        except StopIteration:
            return kind is not None
        return False


def contextmanager(function):
    return lambda *args, **named: _Manager(function(*args, **named))


class suppress:
    def __init__(self, *errors):
        self.errors = errors

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return kind is not None and issubclass(kind, self.errors)


class redirect_stdout:
    """What `print` writes goes into a file: MicroPython has no other way out that can be turned."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        self.before, file = builtins.print, self.file
        write = self.before
        builtins.print = lambda *values, **named: write(*values, **({"file": file} | named))
        return self.file

    def __exit__(self, *error):
        builtins.print = self.before
        return False
