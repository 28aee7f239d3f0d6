"""The clinic's pages: what it prints of the book is what the book has."""

import re
from pathlib import Path

import ledger

from unrolled.clinic.catalogue import SECTIONS, SLIPS

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
    for key, printed in SECTIONS.items():
        assert printed == found[key]


def test_every_section_that_is_printed_belongs_to_a_slip():
    assert set(SECTIONS) == {slip.section for slip in SLIPS.values()}
