"""`copy` and `deepcopy`, of what has no methods for it too."""


def copy(value):
    if hasattr(value, "__copy__"):
        return value.__copy__()
    if isinstance(value, (list, dict, set)):
        return value.copy()
    if isinstance(value, (tuple, int, float, complex, str, bytes)) or value is None:
        return value
    made = object.__new__(type(value))
    for name in value.__dict__:
        setattr(made, name, value.__dict__[name])
    return made


def deepcopy(value, memo=None):
    if hasattr(value, "__deepcopy__"):
        return value.__deepcopy__(memo)
    if isinstance(value, tuple):
        values = [deepcopy(one) for one in value]
        return value._make(values) if hasattr(value, "_make") else tuple(values)
    if isinstance(value, list):
        return [deepcopy(one) for one in value]
    if isinstance(value, dict):
        return {deepcopy(key): deepcopy(value[key]) for key in value}
    return copy(value)
