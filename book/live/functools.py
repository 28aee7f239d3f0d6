"""`cache`, `partial`, `reduce`, `wraps`.

A cache begins with what was computed when the site was built (`stored`), if anything was.
"""

try:
    import stored
except ImportError:  # nothing was computed
    stored = None


def cache(function):
    known = {}

    def cached(*args):
        if args not in known:
            found = stored and stored.look(function.__name__, args)
            known[args] = function(*args) if found is None else found
        return known[args]

    return cached


def lru_cache(maxsize=None):
    return cache(maxsize) if callable(maxsize) else cache


def partial(function, *args, **named):
    def called(*more, **others):
        return function(*(args + more), **(named | others))

    return called


def reduce(function, values, *start):
    values = iter(values)
    total = start[0] if start else next(values)
    for value in values:
        total = function(total, value)
    return total


def wraps(function):
    return lambda wrapper: wrapper
