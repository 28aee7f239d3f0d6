"""A key, as in a book of botany: from what a few experiments show to the slip and its section.

The experiments are run on answers that are known, each slip of `planted` in turn.  Slips that show
the same stand together; a tree asks for one experiment after another until it has told the groups
apart.
"""

from functools import cache
from html import escape
from math import log2
from typing import NamedTuple

import numpy as np

from unrolled.clinic.catalogue import SECTIONS, SLIPS
from unrolled.clinic.planted import names, planted
from unrolled.clinic.xray import networks, only, symmetric

RIGHT, ZERO, WRONG = "right", "0", "wrong"
CONSTANT, MEAN = "a constant times the right one", "1/T times the right one"
TIMES = {-1: "−1 times the right one", **{n: f"{n} times the right one" for n in (2, 3, 4)}}
ORDER = (RIGHT, ZERO, *TIMES.values(), MEAN, CONSTANT, WRONG)
# the numbers with which a slip is planted; a factor is none that has a name
NUMBERS = {name: (2, 3) for name in ("window", "chunks", "sweep-stopped")}
NUMBERS |= {"factor": (1.7,), "carry-scaled": (0.7,)}
SOME = 4  # networks
LIMIT = 1e-8


class Experiment(NamedTuple):
    """One thing to try: its name, and what changes on the clinic's networks."""

    name: str
    steps: int  # the length of the sequence
    change: object  # change(network) -> network
    step: int | None = None  # the one step of the parameter that is looked at
    of: str = ""  # another gradient than the one that the key is for


EXPERIMENTS = (
    Experiment("the whole sequence", 5, lambda given: given),
    Experiment("T = 1", 1, lambda given: given),
    Experiment("h₀ = 0", 5, lambda given: given._replace(h0=0 * given.h0)),
    Experiment("a symmetric W", 5, symmetric),
    Experiment("the last loss only", 5, lambda given: only(given, 5)),
    Experiment("the last step only", 5, lambda given: given, -1),
    Experiment("loss 2 only, step 1 only", 5, lambda given: only(given, 2), 1),
    Experiment("loss 3 only, step 1 only", 5, lambda given: only(given, 3), 1),
    Experiment("the gradient of b", 5, lambda given: given, of="db"),
    Experiment("the gradient of c", 5, lambda given: given, of="dc"),
)


class Key(NamedTuple):
    """A node of the tree: an experiment with a branch for each outcome, or slips at a leaf."""

    slips: tuple[str, ...]
    experiment: str = ""
    branches: tuple = ()  # (outcome, Key)

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        return f'<div class="key">{self._html()}</div>'

    def _lines(self):
        if not self.branches:
            return [_said(name) for name in self.slips]
        lines = []
        for outcome, branch in self.branches:
            lines.append(f"{self.experiment}: {outcome}")
            lines += ["    " + line for line in branch._lines()]
        return lines

    def _html(self):
        if not self.branches:
            return f"<ul>{''.join(f'<li>{escape(_said(name))}</li>' for name in self.slips)}</ul>"
        return "".join(
            f'<details class="folded"><summary>{escape(self.experiment)}: '
            f"<strong>{escape(outcome)}</strong></summary>{branch._html()}</details>"
            for outcome, branch in self.branches
        )


@cache
def outcomes(of: str = "dW") -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(slip, what it shows in each of `EXPERIMENTS`, one of ORDER), for each of its numbers."""
    kept = [name for name in names(of) if name != "no-transpose-V"]  # it raises an error instead
    return tuple(
        (name, tuple(_outcome(of, name, number, one) for one in EXPERIMENTS))
        for name in kept
        for number in NUMBERS.get(name, (None,))
    )


def key(of: str = "dW") -> Key:
    """The tree that tells the slips of one gradient apart in few experiments."""
    return _grown(outcomes(of), tuple(range(len(EXPERIMENTS))))


def _grown(found, left):
    """The tree of what `outcomes` gives; `left` are the experiments that were not asked yet.

    Asked next is the one that tells most; one that needs a change to the code counts half.
    """
    slips = tuple(dict.fromkeys(name for name, _ in found))
    best, most = None, 1e-9
    for index in left:
        shares = [len(group) / len(found) for group in _split(found, index).values()]
        told = -sum(share * log2(share) for share in shares)
        told /= 1 if EXPERIMENTS[index].step is None else 2
        if told > most + 1e-9:
            best, most = index, told
    if best is None or len(slips) == 1:
        return Key(slips)
    rest = tuple(index for index in left if index != best)
    groups = _split(found, best)
    branches = tuple((shown, _grown(groups[shown], rest)) for shown in ORDER if shown in groups)
    return Key(slips, EXPERIMENTS[best].name, branches)


def _split(found, index):
    groups = {}
    for slip, shown in found:
        groups.setdefault(shown[index], []).append((slip, shown))
    return groups


def _outcome(of, slip, number, experiment):
    """What an answer with the slip shows in an experiment, beside the exact one."""
    of = experiment.of or of
    if slip not in names(of):
        return RIGHT  # nothing there that could have it
    exact, answer = (planted(of, name, n=number, step=experiment.step) for name in (None, slip))
    given = [experiment.change(one) for one in networks(experiment.steps)[:SOME]]
    right = np.concatenate([np.ravel(exact(*one)) for one in given])
    value = np.concatenate([np.ravel(answer(*one)) for one in given])
    return compared(value, right, experiment.steps)


def compared(value: np.ndarray, right: np.ndarray, steps: int) -> str:
    """One of ORDER: how a gradient `value` stands to the `right` one; `steps` is T."""
    value, right = np.ravel(value), np.ravel(right)
    size = np.linalg.norm(right)
    if np.linalg.norm(value - right) <= LIMIT * size:
        return RIGHT
    if not value.any():
        return ZERO
    scale = value @ right / size**2 if size else np.nan
    if not np.linalg.norm(value - scale * right) <= LIMIT * size:
        return WRONG
    if abs(scale - 1 / steps) <= LIMIT:
        return MEAN
    whole = abs(scale - round(scale)) <= LIMIT
    return TIMES.get(round(scale), CONSTANT) if whole else CONSTANT


def _said(name):
    return f"{name}: {SLIPS[name].words.format(n='n')}. → {SECTIONS[SLIPS[name].section]}"
