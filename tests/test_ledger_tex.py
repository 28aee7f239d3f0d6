"""A line of the ledger says what its chapter's labelled equation says: one copy cannot drift."""

import re
from pathlib import Path

import ledger
import pytest

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = {entry["name"]: entry for entry in ledger.entries()}
LABELLED = re.compile(r"\$\$((?:(?!\$\$).)*)\$\$ *\(eq:([a-z0-9-]+)\)", re.S)
SAME = [  # what looks the same on the page, or says the same
    (r"\\(?:left|right|big|Big|bigg|Bigg)[lrm]?(?![a-z])|\\(?:display|text)style(?![a-z])", ""),
    (r"\\[,;:! ]", ""),
    (r"\\underbrace\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}_\{(?:[^{}]|\{[^{}]*\})*\}", r"\1"),
    (r"\\[td]frac", r"\\frac"),
    (r"\\[lr]Vert(?![a-z])", r"\\|"),
    (r"\\Longrightarrow", r"\\Rightarrow"),
    (r"\\neq?(?![a-z])", r"\\ne"),
    (r"\\mathrm\s*\{?d\}?", "d"),
    (r"\\(?:text|mathtt)\{([^{}]*)\}", r"\1"),
    (r"[{}\s~&]", ""),
]


def equations():
    """Name → the equation with that label, as it stands in a notebook."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in ledger.cells(path):
            if cell["cell_type"] == "markdown":
                found |= {name: tex for tex, name in LABELLED.findall("".join(cell["source"]))}
    return found


EQUATIONS = {name: tex for name, tex in equations().items() if name in ENTRIES}


def plain(tex):
    for old, new in SAME:
        tex = re.sub(old, new, tex)
    return tex


def sides(stated):
    """The sides of each statement of a field; of one in words, those of its first equation."""
    if "$" in stated:
        formulas = re.findall(r"\$([^$]*)\$", stated)
        stated = next((f for f in formulas if len(split(f)) > 1), max(formulas, key=len))
    return [side for part in split(stated) if (side := plain(part).strip(".,:;"))]


def split(tex):
    """A formula, cut at what stands between its sides and between its statements.

    A row that begins with + goes on with the sum of the row before.
    """
    tex = re.sub(r"\\\\\s*&\{\}\+", "+", tex)
    rows = r"\\\\|\\(?:begin|end)\{(?:gathered|aligned)\}|\\q?quad"
    relations = r"\\Rightarrow|\\Longrightarrow|\\neq?(?![a-z])|(?<![<>!_{a-z])="
    marks = f"{rows}|{relations}"
    return re.split(rf"(?:{marks})(?![^{{]*\}})", tex)


def missing(entry, equation):
    """The sides of the entry's statement that its equation lacks; of a wrong line, of either."""
    held = sides(equation)
    fields = ["right"] if entry["kind"] != "wrong" else ["notes", "slip", "right"]
    stated = [sides(entry[field]) for field in fields if field in entry]
    return min(([side for side in one if side not in held] for one in stated), key=len)


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_ledger_states_what_the_chapter_states(name):
    lacks = missing(ENTRIES[name], EQUATIONS[name])
    assert not lacks, f"eq:{name} in the chapter has no {lacks}, which book/ledger.yml states"


@pytest.mark.parametrize(
    "old, new", [("W^\\top D_{t+1}", "W D_{t+1}"), ("+ W", "- W"), ("g_{t+1}", "g_{t}")]
)
def test_a_changed_sign_or_transpose_is_seen(old, new):
    entry, equation = ENTRIES["bptt-sweep"], EQUATIONS["bptt-sweep"]
    assert not missing(entry, equation)
    assert missing(entry | {"right": entry["right"].replace(old, new)}, equation)
