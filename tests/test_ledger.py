"""The ledger and the notebooks hold each other: every line has its cell, every check its line."""

import json
import re
from collections import Counter

import ledger
import ledger_page
import pytest

ENTRIES = {entry["name"]: entry for entry in ledger.entries()}
REFERENCES = ledger.all_references()


def faults(entries, references):
    """What does not match, a sentence each."""
    found = []
    own = {name: e for name, e in entries.items() if "same_as" not in e}
    seen = Counter((r.name, r.function) for r in references)
    for name, entry in own.items():
        count = sum(seen[name, function] for function in ledger.CELLS[entry["kind"]])
        if count != 1:
            found.append(f"ledger.yml: {name} ({entry['kind']}) has {count} cells, not 1")
    for r in references:
        if r.name.startswith(ledger.EXERCISE) and r.function != "uses":
            continue
        if r.name not in own:
            found.append(
                f"{r.notebook}, cell {r.cell}: {r.function} {r.name!r} is not in ledger.yml"
            )
        elif r.function not in ledger.CELLS[own[r.name]["kind"]]:
            kind = own[r.name]["kind"]
            found.append(f"{r.notebook}, cell {r.cell}: {r.function} {r.name!r}, which is {kind}")
    return found


def test_every_line_has_its_cell_and_every_check_its_line():
    assert faults(ENTRIES, REFERENCES) == []


def test_exercises_have_names_of_their_own():
    names = Counter(r.name for r in REFERENCES if r.name.startswith(ledger.EXERCISE))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_errata_entry_is_met_by_a_line():
    met = {code for entry in ENTRIES.values() for code in ledger.errata(entry)}
    assert met == {f"E{n}" for n in range(1, 25)}


@pytest.mark.parametrize("function", ["check", "uses", "rejects"])
def test_a_missing_cell_and_an_unknown_name_are_named(function):
    entries = {"a": {"name": "a", "kind": "identity", "right": ""}}
    good = ledger.Reference("nb", 3, "check", "a")
    assert faults(entries, [good]) == []
    assert "a (identity) has 0 cells" in faults(entries, [])[0]
    assert "a (identity) has 2 cells" in faults(entries, [good, good])[0]
    stray = ledger.Reference("nb", 4, function, "b")
    assert faults(entries, [good, stray]) == [f"nb, cell 4: {function} 'b' is not in ledger.yml"]
    if function != "check":
        wrong = ledger.Reference("nb", 4, function, "a")
        assert "which is identity" in faults(entries, [good, wrong])[0]


@pytest.mark.parametrize(
    "text, said",
    [
        ("{kind: identity, right: x}", "missing or used twice"),
        ("a", "the name of 'a' is missing or used twice"),
        ("{name: a, kind: guess, right: x}", "a is of kind 'guess'"),
        ("{name: a, kind: identity}", "a has no correct statement"),
        ("{name: a, kind: wrong, right: x}", "a is wrong, but not what is rejected"),
        ("{name: a, same_as: b}", "a has same_as 'b', not seen yet"),
        ("{name: a, kind: identity, rigth: x, right: x}", "a has the unknown field 'rigth'"),
        ("{name: a, kind: identity, notes: x, right: x}", "a is a line of the notes and does not"),
        ("{name: a, kind: wrong, right: x, notes: y, why: z, struck: x}", "a strikes 'x', which"),
        ("{name: a, kind: identity, right: [}", r"ledger\.yml, line 3: not YAML"),
    ],
)
def test_a_broken_ledger_names_the_entry(tmp_path, text, said):
    path = tmp_path / "ledger.yml"
    path.write_text(f"- section: s\n  entries:\n  - {text}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        ledger.entries(path)


def test_a_wrong_term_is_struck_where_it_stands_last():
    entry = {"name": "a", "notes": "L_2 = 2", "struck": "2"}
    assert ledger.struck(entry, entry["notes"]) == r"L_2 = \htmlClass{struck}{\cancel{2}}"
    assert ledger.struck(entry | {"struck": []}, "x = 2") == "x = 2"
    both = ledger.struck(entry | {"struck": ["L_2", "2"]}, "L_2 = 2")
    assert both.count("cancel") == 2
    with pytest.raises(ValueError, match="a strikes '2': not in 'x = 3'"):
        ledger.struck(entry, "x = 3")


def test_a_broken_ledger_ends_the_build_with_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "LEDGER", tmp_path / "ledger.yml")
    ledger_page.demand_a_whole_ledger(None)  # a book without a ledger has no fault in it
    ledger.LEDGER.write_text("- section: s\n  entries:\n  - {name: a, kind: identity}\n")
    with pytest.raises(SystemExit, match=r"cannot be built\. ledger\.yml: a has no correct"):
        ledger_page.demand_a_whole_ledger(None)


@pytest.mark.parametrize("text", ["- 3", "- section: s", "s"])
def test_what_is_no_section_is_named(tmp_path, text):
    path = tmp_path / "ledger.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^ledger\.yml: not a section"):
        ledger.entries(path)


def test_a_notebook_that_is_no_json_is_named(tmp_path):
    path = tmp_path / "nb.ipynb"
    path.write_text("{\n<<<<<<< HEAD\n}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^nb\.ipynb, line 2: not JSON"):
        ledger.references(path)


def test_a_check_needs_a_literal_name(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "source": ["check(name, 1, f, x)"]}
    path = tmp_path / "nb.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"nb\.ipynb, cell 0: check"):
        ledger.references(path)


def test_a_printed_line_that_a_page_quotes_is_printed():
    printed = "".join(path.read_text("utf-8") for path in sorted(ledger.NOTEBOOKS.glob("*.ipynb")))
    for page in sorted(ledger.LEDGER.parent.glob("*.md")):
        for line in re.findall(r"`([✓✗] [^`]+)`", page.read_text("utf-8")):
            assert f'"{line}' in printed, f"{page.name}: no cell prints {line!r}"
