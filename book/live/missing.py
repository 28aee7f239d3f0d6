"""What MicroPython lacks of Python's builtins, and the texts of what runs; imported first of all.

The modules beside this one stand for those of Python's library that MicroPython lacks, or has in a
smaller form: they have what the book's package needs.
"""

import builtins
import sys

TEXTS = {}  # {module or file name: its text}, for what is no file, such as a cell

_zip = builtins.zip


def text_of(name):
    """The text of a module or file, "" if it is not known."""
    if name in TEXTS:
        return TEXTS[name]
    try:
        with open(getattr(sys.modules.get(name), "__file__", name)) as file:
            return file.read()
    except OSError:
        return ""


def zip(*given, strict=False):
    """zip, with `strict`; of lists and tuples at once, since MicroPython's own is slow."""
    for one in given:
        if not isinstance(one, (list, tuple)):
            if not strict:
                return _zip(*given)
            given = [list(one) for one in given]
            break
    sizes = [len(one) for one in given]
    n = min(sizes) if sizes else 0
    if strict and sizes and max(sizes) != n:
        raise ValueError("zip() has arguments of different lengths")
    if len(given) == 2:
        a, b = given
        return iter([(a[i], b[i]) for i in range(n)])
    return iter([tuple([one[i] for one in given]) for i in range(n)])


builtins.zip = zip
if "/lib" in sys.path:
    sys.path.remove("/lib")
sys.path.insert(0, "/lib")  # before the modules that MicroPython has in it
