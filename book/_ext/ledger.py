"""The ledger of equations, and which cell of which notebook checks or uses each line.

Pure Python: the tests and the site's Sphinx extension both read the ledger here. What is broken
in it, or in a notebook, is a ValueError whose one sentence names the file and the place.
"""

import ast
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # eight times as fast, where it is built
ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "book" / "ledger.yml"
NOTEBOOKS = ROOT / "notebooks"
# kind of a line → the functions (or the tag) of the one cell that answers for it
CELLS = {"definition": ("uses",), "identity": ("check", "agree"), "wrong": ("rejects",)}
CHECKS = ("check", "agree", "rejects")
FIELDS = {"name", "kind", "notes", "why", "reading", "slip", "struck", "right"}
FIELDS |= {"errata", "same_as"}
EXERCISE = "ex: "  # what the names of an exercise's checks begin with; the ledger has none of them


class Reference(NamedTuple):
    """One place where a notebook checks, rejects or uses a line of the ledger."""

    notebook: str  # file name without .ipynb
    cell: int  # index among all cells of the notebook
    function: str  # check, agree, rejects, or "uses" for a tag
    name: str  # the ledger's name


def sections(path: Path = LEDGER) -> list[dict]:
    """The ledger as it stands: [{"section": title, "entries": [...]}, ...]."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except yaml.YAMLError as fault:
        line = fault.problem_mark.line + 1
        raise ValueError(f"{path.name}, line {line}: not YAML ({fault.problem})") from None
    for section in found if isinstance(found, list) else [found]:
        if not isinstance(section, dict) or set(section) != {"section", "entries"}:
            raise ValueError(f"{path.name}: not a section with its entries: {str(section)[:60]!r}")
    return found


def entries(path: Path = LEDGER) -> list[dict]:
    """All entries in order; one with `same_as` inherits kind and right from the line it repeats.

    Raises ValueError, naming the entry, for a missing or unknown field, an unknown kind, a name
    used twice, or a line of the notes without its reason.
    """
    seen = {}
    for entry in (e for section in sections(path) for e in section["entries"]):
        name = entry.get("name") if isinstance(entry, dict) else None
        if name is None or name in seen:
            raise ValueError(
                f"{path.name}: the name of {str(entry)[:60]!r} is missing or used twice"
            )
        for field in ("same_as", "reading"):
            if entry.get(field, name) not in {*seen, name}:
                raise ValueError(f"{path.name}: {name} has {field} {entry[field]!r}, not seen yet")
        if "same_as" in entry:
            earlier = seen[entry["same_as"]]
            entry = {"kind": earlier["kind"], "right": earlier["right"], **entry}
        if fault := _fault(entry):
            raise ValueError(f"{path.name}: {name} {fault}")
        seen[name] = entry
    return list(seen.values())


def _fault(entry: dict) -> str | None:
    """What is wrong with one entry, in a few words."""
    if unknown := entry.keys() - FIELDS:
        return f"has the unknown field {min(unknown)!r}"
    if entry.get("kind") not in CELLS:
        return f"is of kind {entry.get('kind')!r}"
    if "right" not in entry:
        return "has no correct statement (right)"
    if entry["kind"] == "wrong" and not entry.keys() & {"notes", "slip"}:
        return "is wrong, but not what is rejected (slip)"
    if "notes" in entry and "why" not in entry:
        return "is a line of the notes and does not say why it is right or wrong (why)"
    for term in struck_terms(entry):
        if term not in entry.get("notes", ""):
            return f"strikes {term!r}, which does not stand in its line (notes)"
    return None


def struck_terms(entry: dict) -> list[str]:
    """The terms of a wrong line of the notes that are wrong themselves, as a list of LaTeX."""
    value = entry.get("struck", [])
    return [value] if isinstance(value, str) else value


def struck(entry: dict, tex: str) -> str:
    """The entry's line with a stroke through its wrong terms, each where it stands last.

    `tex` is the line as the notes have it, or as a chapter repeats it.  ValueError if it lacks one.
    """
    for term in struck_terms(entry):
        before, there, after = tex.rpartition(term)
        if not there:
            raise ValueError(f"{LEDGER.name}: {entry['name']} strikes {term!r}: not in {tex!r}")
        tex = rf"{before}\htmlClass{{struck}}{{\cancel{{{term}}}}}{after}"
    return tex


@cache
def numbers() -> dict[str, str]:
    """The notes' lines by name → N1, N2, …; a reading has the number of the line that it reads."""
    found = {}
    for entry in entries():
        if "notes" in entry:
            counted = len(set(found.values())) + 1
            found[entry["name"]] = found.get(entry.get("reading"), f"N{counted}")
    return found


def errata(entry: dict) -> list[str]:
    """The errata entries of a line, as a list that may be empty."""
    value = entry.get("errata", [])
    return [value] if isinstance(value, str) else value


def references(path: Path) -> list[Reference]:
    """Every check, rejection and `uses:` tag of one notebook, in order.

    Raises ValueError, naming the cell, for a check whose name is not a literal string.
    """
    found = []
    for index, cell in enumerate(cells(path)):
        if cell["cell_type"] != "code":
            continue
        for tag in cell["metadata"].get("tags", []):
            if tag.startswith("uses:"):
                found.append(Reference(path.stem, index, "uses", tag.removeprefix("uses:")))
        try:
            called = calls("".join(cell["source"]))
        except SyntaxError as fault:
            raise ValueError(f"{path.name}, cell {index}: not Python ({fault.msg})") from None
        for function, name in called:
            if name is None:
                raise ValueError(f"{path.name}, cell {index}: {function}() needs a literal name")
            found.append(Reference(path.stem, index, function, name))
    return found


def cells(path: Path) -> list[dict]:
    """The cells of a notebook; ValueError, naming the file, where it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["cells"]
    except json.JSONDecodeError as fault:
        raise ValueError(
            f"{path.name}, line {fault.lineno}: not JSON ({fault.msg}); "
            "if a merge left its marks there, take them out"
        ) from None


def calls(source: str) -> list[tuple[str, str | None]]:
    """(function, name) for each call of check, agree or rejects in a cell's source."""
    if not any(f"{function}(" in source for function in CHECKS):
        return []
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in CHECKS
        ):
            first = node.args[0] if node.args else None
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            found.append((node.func.id, first.value if literal else None))
    return found


def homes(path: Path) -> dict[str, int]:
    """The ledger names that one notebook answers for, each with the index of its (first) cell."""
    found = references(path)
    return {r.name: r.cell for r in reversed(found) if not r.name.startswith(EXERCISE)}


@cache
def all_references() -> tuple[Reference, ...]:
    """The references of every notebook, in the notebooks' order."""
    return tuple(r for path in sorted(NOTEBOOKS.glob("*.ipynb")) for r in references(path))
