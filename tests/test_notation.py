"""Every letter of a chapter's mathematics stands on the page of notation."""

import re
from pathlib import Path

import ledger
import pytest

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
GREEK = re.compile(
    r"(?:var)?epsilon|alpha|beta|gamma|delta|zeta|theta|eta|kappa|lambda|mu|nu|xi|pi|rho|sigma|"
    r"tau|phi|psi|omega|ell"
)
PAGE = (ROOT / "book" / "notation.md").read_text("utf-8")
ROW = re.compile(r"^\| *\[(\d+)\][^|]*\|([^|]*)\|.*$", re.M)  # of the table of borrowed letters
GENERAL = ROW.sub("", PAGE)


def letters(text):
    """The letters in the mathematics of a text, Greek ones by their names."""
    found = set()
    for display, inline in re.findall(r"\$\$(.*?)\$\$|\$([^$]+)\$", text, re.S):
        math = re.sub(r"\\(?:text|operatorname|mathtt|mathrm)\s*\{[^}]*\}", " ", display or inline)
        math = re.sub(r"\\mathrm\s*[a-z]|\\(?:begin|end)\{\w+\}(?:\{\w+\})?", " ", math)
        commands = re.findall(r"\\([A-Za-z]+)", math)
        found |= {name for name in commands if GREEK.fullmatch(name)}
        found |= set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", math)))
    return found


def borrowed(chapter):
    """The letters that the table says a chapter borrows."""
    return set().union(
        *(letters(cell) for number, cell in ROW.findall(PAGE) if int(number) == chapter)
    )


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapters_letters_are_the_books_or_are_listed_as_borrowed(path):
    text = "\n\n".join(
        "".join(cell["source"]) for cell in ledger.cells(path) if cell["cell_type"] == "markdown"
    )
    text = re.sub(r"^```.*?^```|`[^`]*`", "", text, flags=re.M | re.S)
    used, listed = letters(text), borrowed(int(path.stem[:2]))
    unknown = sorted(used - letters(GENERAL) - listed)
    assert not unknown, f"book/notation.md does not say what these mean in {path.stem}: {unknown}"
    assert listed <= used, f"{path.stem} borrows no {sorted(listed - used)}"


def test_letters_are_read_from_mathematics():
    text = r"a $\mathrm d x_{t+1}/\alpha$ b $$\text{no } y\quad\begin{cases} z\end{cases}$$"
    assert letters(text) == {"x", "t", "alpha", "y", "z"}
