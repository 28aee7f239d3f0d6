"""Pictures: each function draws arrays on the figure it is given and returns what is seen.

No function here computes a gradient.  `base` has the colours and the small parts;
the other modules have one theme each.
"""
