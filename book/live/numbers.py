"""Kinds of numbers, for `isinstance`."""

Real = (int, float)
Number = Complex = (int, float, complex)
Integral = int
