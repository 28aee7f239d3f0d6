"""`NamedTuple`, whose fields MicroPython does not keep: they are read in the class's own text."""

import re
from collections import namedtuple

from missing import text_of


class _Name:
    """A name that only annotations need, which MicroPython does not look at."""

    def __getitem__(self, key):
        return self


Any = Callable = Iterator = Iterable = Optional = Union = Literal = _Name()


class _NamedTuple:
    """A class statement calls the type of its first base: this one makes a tuple with names."""

    def __new__(cls, name, bases=None, body=None):
        return object.__new__(cls) if bases is None else _made(name, body)


NamedTuple = _NamedTuple("NamedTuple")


def _made(name, body):
    fields = _fields(text_of(body["__module__"]), name)
    if not fields:
        raise TypeError(f"the fields of {name} cannot be read: its text is not known")
    defaults = {field: body.pop(field) for field in fields if field in body}

    def __init__(self, *values, **named):
        values = list(values)
        for field in fields[len(values) :]:
            if field not in named and field not in defaults:
                raise TypeError(f"{name}() lacks the argument {field}")
            values.append(named.pop(field) if field in named else defaults[field])
        if named or len(values) > len(fields):
            raise TypeError(f"{name}() takes {', '.join(fields)}")
        super(made, self).__init__(*values)

    def _replace(self, **changed):
        values = [
            changed.pop(field) if field in changed else getattr(self, field) for field in fields
        ]
        if changed:
            raise ValueError(f"Got unexpected field names: {list(changed)}")
        return made(*values)

    body["__init__"], body["_replace"] = __init__, _replace
    body["_fields"] = tuple(fields)
    body["_make"] = staticmethod(lambda values: made(*values))
    body["_asdict"] = lambda self: {field: getattr(self, field) for field in fields}
    made = type(name, (namedtuple(name, fields),), body)
    return made


def _fields(text, name):
    """The annotated names in the body of a class, in order."""
    found, inside, quoted = [], False, False
    head, field = re.compile(f"^class {name}\\("), re.compile("^[ \t]*([A-Za-z_0-9]+):")
    for line in text.split("\n"):
        if head.match(line):
            inside = True
            line = line[line.index("):") + 2 :]  # in a small module the fields stand there
        if inside:
            marks = line.count('"""')
            fields = [field.match(piece) for piece in line.split(";")]
            if quoted or marks:
                quoted = quoted != (marks == 1)
            elif fields[0]:
                found += [one.group(1) for one in fields if one]
            elif line.strip() and not line.strip().startswith("#"):
                break
    return found
