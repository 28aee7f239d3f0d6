"""What goes through lists, and through all pairs and choices."""


def chain(*lists):
    for values in lists:
        yield from values


def _from_iterable(lists):
    return chain(*lists)


def count(start=0, step=1):
    while True:
        yield start
        start += step


def repeat(value, times=None):
    while times is None or times > 0:
        yield value
        times = None if times is None else times - 1


def islice(values, start, stop=None):
    start, stop = (0, start) if stop is None else (start, stop)
    for i, value in enumerate(values):
        if i >= stop:
            return
        if i >= start:
            yield value


def accumulate(values, function=lambda a, b: a + b):
    total, first = None, True
    for value in values:
        total, first = value if first else function(total, value), False
        yield total


def pairwise(values):
    values = list(values)
    return iter([(values[i], values[i + 1]) for i in range(len(values) - 1)])


def product(*lists, repeat=1):
    found = [()]
    for values in [list(values) for values in lists] * repeat:
        found = [one + (value,) for one in found for value in values]
    return iter(found)


def combinations(values, n):
    values = list(values)
    found = [((), 0)]
    for _ in range(n):
        found = [
            (one + (values[i],), i + 1) for one, first in found for i in range(first, len(values))
        ]
    return iter([one for one, _ in found])


def permutations(values, n=None):
    values = list(values)
    found = [()]
    for _ in range(len(values) if n is None else n):
        found = [one + (i,) for one in found for i in range(len(values)) if i not in one]
    return iter([tuple([values[i] for i in one]) for one in found])
