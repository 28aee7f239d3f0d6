"""MicroPython keeps no signatures: of every function it is said that it does not say."""


def signature(function):
    raise ValueError("no signature found")


def isfunction(value):
    return type(value) is type(signature)
