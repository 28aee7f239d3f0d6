"""The ledger of equations, and which cell of which notebook checks or uses each line.

Pure Python: the tests and the site's Sphinx extension both read the ledger here.
"""

import ast
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "book" / "ledger.yml"
NOTEBOOKS = ROOT / "notebooks"
CHECKS = ("check", "agree", "rejects")


class Reference(NamedTuple):
    """One place where a notebook checks, rejects or uses a line of the ledger."""

    notebook: str  # file name without .ipynb
    cell: int  # index among all cells of the notebook
    function: str  # check, agree, rejects, or "uses" for a tag
    name: str  # the ledger's name


def sections(path: Path = LEDGER) -> list[dict]:
    """The ledger as it stands: [{"section": title, "entries": [...]}, ...]."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def entries(path: Path = LEDGER) -> list[dict]:
    """All entries in order; one with `same_as` inherits kind and right from the line it repeats.

    Raises ValueError, naming the entry, for a missing field, an unknown kind or a name used twice.
    """
    seen = {}
    for entry in (e for section in sections(path) for e in section["entries"]):
        name = entry.get("name")
        if name is None or name in seen:
            raise ValueError(f"{path.name}: the name {name!r} is missing or used twice")
        if "same_as" in entry:
            if entry["same_as"] not in seen:
                raise ValueError(f"{path.name}: {name} repeats {entry['same_as']!r}, not seen yet")
            earlier = seen[entry["same_as"]]
            entry = {"kind": earlier["kind"], "right": earlier["right"], **entry}
        if entry.get("kind") not in ("definition", "identity", "wrong"):
            raise ValueError(f"{path.name}: {name} is of kind {entry.get('kind')!r}")
        if "right" not in entry:
            raise ValueError(f"{path.name}: {name} has no correct statement (right)")
        if entry["kind"] == "wrong" and not entry.keys() & {"notes", "slip"}:
            raise ValueError(f"{path.name}: {name} is wrong, but not what is rejected (slip)")
        seen[name] = entry
    return list(seen.values())


def errata(entry: dict) -> list[str]:
    """The errata entries of a line, as a list that may be empty."""
    value = entry.get("errata", [])
    return [value] if isinstance(value, str) else value


def references(path: Path) -> list[Reference]:
    """Every check, rejection and `uses:` tag of one notebook, in order.

    Raises ValueError, naming the cell, for a check whose name is not a literal string.
    """
    found = []
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for index, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        for tag in cell["metadata"].get("tags", []):
            if tag.startswith("uses:"):
                found.append(Reference(path.stem, index, "uses", tag.removeprefix("uses:")))
        for function, name in calls("".join(cell["source"])):
            if name is None:
                raise ValueError(f"{path.name}, cell {index}: {function}() needs a literal name")
            found.append(Reference(path.stem, index, function, name))
    return found


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


@cache
def all_references() -> tuple[Reference, ...]:
    """The references of every notebook, in the notebooks' order."""
    return tuple(r for path in sorted(NOTEBOOKS.glob("*.ipynb")) for r in references(path))


def cell_of(entry: dict) -> Reference | None:
    """The cell that checks, rejects or uses a ledger entry; None if there is none."""
    name = entry.get("same_as", entry["name"])
    functions = {"definition": ("uses",), "identity": ("check", "agree"), "wrong": ("rejects",)}
    for reference in all_references():
        if reference.name == name and reference.function in functions[entry["kind"]]:
            return reference
    return None
