"""The clinic's pages: what it prints of the book is what the book has."""

import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import ledger
import numpy as np
import pytest

from unrolled import rnn
from unrolled.clinic import diagnose
from unrolled.clinic.catalogue import SECTIONS, SLIPS
from unrolled.clinic.key import EXPERIMENTS, compared, key, outcomes
from unrolled.clinic.ladder import ladder
from unrolled.clinic.planted import names, planted

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def headings():
    """{label: "section 6.7 (Its title)"} of every labelled heading of the chapters."""
    found = {}
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        section, label = 0, None
        cells = [cell for cell in ledger.cells(path) if cell["cell_type"] == "markdown"]
        for line in "\n".join("".join(cell["source"]) for cell in cells).splitlines():
            if mark := re.fullmatch(r"\(sec:(.*)\)=", line):
                label = mark[1]
            elif title := re.fullmatch(r"(##+) (.*)", line):
                section += title[1] == "##"
                found[label] = f"section {int(path.stem[:2])}.{section} ({title[2]})"
                label = None
    return found


def test_a_section_is_printed_as_the_book_numbers_and_calls_it():
    found = headings()
    for section, printed in SECTIONS.items():
        assert printed == found[section]


def test_every_section_that_is_printed_belongs_to_a_slip():
    assert set(SECTIONS) == {slip.section for slip in SLIPS.values()}


def leaves(node):
    """The groups of slips at the ends of a key."""
    if not node.branches:
        return [node.slips]
    return [leaf for _, branch in node.branches for leaf in leaves(branch)]


def test_the_key_tells_apart_whatever_its_experiments_tell_apart():
    shown = outcomes("dW")
    groups = leaves(key("dW"))
    assert {name for group in groups for name in group} == {name for name, _ in shown}
    seen = {name: {found for other, found in shown if other == name} for name, _ in shown}
    for group in groups:  # some outcome is common to all that stand together
        assert set.intersection(*(seen[name] for name in group)), group
    assert len(groups) <= len({found for _, found in shown})


def test_every_slip_is_found_by_following_the_key():
    names_of = [one.name for one in EXPERIMENTS]
    for of in ("dW", "dU"):
        for slip, shown in outcomes(of):
            node = key_of(of)
            while node.branches:
                node = dict(node.branches)[shown[names_of.index(node.experiment)]]
            assert slip in node.slips, (of, slip)


@cache
def key_of(of):
    return key(of)


def test_what_an_experiment_shows():
    shown = {
        name: dict(zip((one.name for one in EXPERIMENTS), found, strict=True))
        for name, found in outcomes("dW")
    }
    assert shown["no-transpose-W"]["a symmetric W"] == "right"
    assert shown["explicit-only"]["T = 1"] == "right"
    assert shown["h0-dropped"]["T = 1"] == "0"
    assert shown["sign"]["the whole sequence"] == "−1 times the right one"
    assert shown["factor"]["T = 1"] == "a constant times the right one"
    assert shown["mean-over-time"]["the whole sequence"] == "1/T times the right one"
    assert shown["carry-doubled"]["loss 3 only, step 1 only"] == "4 times the right one"
    assert shown["y-hat-alone"]["the gradient of c"] == "wrong"
    assert shown["last-step-dropped"]["the last step only"] == "0"


@pytest.mark.parametrize(
    "value, said",
    [
        (1.0, "right"),
        (0.0, "0"),
        (-1.0, "−1 times the right one"),
        (3.0, "3 times the right one"),
        (5.0, "a constant times the right one"),
        (0.2, "1/T times the right one"),
        (0.3, "a constant times the right one"),
        (np.nan, "wrong"),
        (np.array([1.0, 2.0]), "wrong"),
    ],
)
def test_how_two_gradients_compare(value, said):
    right = np.array([1.0, -2.0])
    assert compared(value * right, right, 5) == said
    assert compared(right, 0 * right, 5) == "wrong"


def test_a_key_can_be_folded_and_can_be_read_as_text():
    html, text = key_of("dW")._repr_html_(), repr(key_of("dW"))
    forks = [line for line in text.splitlines() if "→" not in line]
    assert html.count("<details") == html.count("</details>") == len(forks)
    for name, _ in outcomes("dW"):
        assert f"{name}: " in text and f"<li>{name}: " in html


def test_a_ladder_tells_a_little_more_at_each_rung():
    text = repr(ladder(diagnose(planted("dW", "no-slope"))))
    where = [text.index(word) for word in ("entry [", "L5", "(no-slope)", "section 6.3")]
    assert where == sorted(where)
    everything = planted_params("no-transpose-W")
    text = repr(ladder(diagnose(everything, "all")))
    assert text.count("dW: W stands") == text.count("dV: Right") == 1
    assert "Right" in repr(ladder(diagnose(planted("dW"))))


SAID = (
    "Wrong. Entry [0, 1] of dW is 1 in yours and 2 in the exact one. Yours is the exact gradient, "
    "but the sign is wrong (sign). See section 1."
)


def a_ladder(weights):
    return ladder(SimpleNamespace(right=False, slips=("sign",), text=SAID, weights=weights))


def test_a_ladder_as_text():
    weights = np.array([[1, np.nan, np.nan], [-0.5, 1, np.nan]])
    assert repr(a_ladder(weights)).splitlines() == [
        "1 · An entry that is wrong: "
        "Wrong. Entry [0, 1] of dW is 1 in yours and 2 in the exact one.",
        "  2 · Which parts are there, and how often: ",
        "          k = 1  k = 2  k = 3",
        "    L1        1",
        "    L2     −0.5      1",
        "    3 · What kind of slip it is: The sign is wrong (sign).",
        "      4 · Where the book explains it: See section 4.4 (Putting the cases into one sum).",
    ]


def test_a_ladder_in_html():
    html = a_ladder(np.ones(2))._repr_html_()
    rungs = re.split(r'<details class="folded"><summary>\d · ([^<]*)</summary>', html)
    assert rungs[1::2] == [
        "An entry that is wrong",
        "Which parts are there, and how often",
        "What kind of slip it is",
        "Where the book explains it",
    ]
    dressed = re.compile(' (?:class|style)="[^"]*"')
    assert dressed.sub("", rungs[4]) == (
        "<p>Every part is there once: the slip is in how each of them is built.</p>"
        '<table><thead><tr><td></td><th scope="col">t = 1</th><th scope="col">t = 2</th></tr>'
        '</thead><tbody><tr><th scope="row">weight</th><td>1</td><td>1</td></tr></tbody></table>'
    )
    assert rungs[6] == "<p>The sign is wrong (sign).</p>"
    assert "Every part is there once" in repr(a_ladder(np.ones((1, 2))))
    some = dressed.sub("", a_ladder(np.array([[1, np.nan], [2, 3]]))._repr_html_())
    assert '<tr><th scope="row">L1</th><td>1</td><td></td></tr><tr><th scope="row">L2</th>' in some


def planted_params(slip):
    """An answer for all leaves, each with the slip that it can have."""

    def answer(*given):
        found = (
            planted(of, slip if slip in names(of) else None) for of in ("dU", "dW", "dV", "db")
        )
        return rnn.Params(*(leaf(*given) for leaf in found), planted("dc")(*given))

    return answer
