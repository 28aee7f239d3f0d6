"""Every live cell of the book, run in the page's own engine under Node; and what a page weighs."""

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import ledger
import live
import pytest
from mathematics import node_binary
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [ROOT / "index.ipynb", *sorted((ROOT / "notebooks").glob("*.ipynb"))]
CHECKING = re.compile(r"\b(check|agree|rejects)\(")


class Cell(NamedTuple):
    """A live cell: its notebook and id, its text, what is stored under it, what runs before it."""

    name: str
    code: str
    outputs: list
    setup: str


def live_cells(path):
    """The live cells of a notebook."""
    setup = []
    for cell in ledger.cells(path):
        code, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if "live-setup" in tags:
            setup.append(code)
        if "live" in tags:
            yield Cell(f"{path.stem}:{cell['id']}", code, cell["outputs"], "\n".join(setup))


CELLS = [cell for path in NOTEBOOKS for cell in live_cells(path)]
ON_PAGES = [cell for cell in CELLS if not cell.setup]  # what stands alone, and checks a formula


def run(*cells: str | Cell, packs=()) -> list[dict]:
    """{text, fault, cut, html} of each cell, run one after the other in the page's engine."""
    engine = live.engine_file() + "".join(map(live.pack_file, packs))
    given = [
        {"code": cell, "setup": ""}
        if isinstance(cell, str)
        else {"code": cell.code, "setup": cell.setup}
        for cell in cells
    ]
    said = json.dumps({"engine": engine, "cells": given})
    runner = ROOT / "tests" / "live_node.mjs"
    node = subprocess.run(
        [node_binary(), runner], input=said, capture_output=True, text=True, timeout=60
    )
    assert node.returncode == 0, node.stderr
    return json.loads(node.stdout)


@pytest.fixture(scope="module")
def answers():
    """{name of a live cell: what the page's engine answers}."""
    found = run(*CELLS, packs=live.PACKS)
    return {cell.name: answer for cell, answer in zip(CELLS, found, strict=True)}


@pytest.mark.parametrize("cell", CELLS, ids=[cell.name for cell in CELLS])
def test_a_live_cell_shows_on_the_page_what_it_shows_in_the_notebook(answers, cell):
    text, html = "", ""
    for output in cell.outputs:
        if output["output_type"] == "stream":
            text += "".join(output["text"])
        else:
            html += "".join(output["data"]["text/html"])
    assert answers[cell.name] == {"text": text, "fault": "", "cut": False, "html": html}


@pytest.mark.parametrize("name", ["index", *(f"{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10))])
def test_the_cover_and_the_chapters_of_the_derivation_have_a_live_cell_that_checks(name):
    assert any(
        cell.name.startswith(name) and CHECKING.search(cell.code) and "import numpy" in cell.code
        for cell in ON_PAGES
    )


def test_each_exercise_of_the_clinic_can_be_written_on_the_page():
    texts = [
        "".join(cell["source"]) for cell in ledger.cells(ROOT / "notebooks" / "15_clinic.ipynb")
    ]
    tasks = [text for text in texts if re.match(r"### \d+ ·", text)]
    assert len(tasks) == sum(cell.name.startswith("15") for cell in CELLS) == 10


SLIPS = {  # what the prose beside a cell says to try, and what the reader is then told
    "01": ("W2.T @ g", "W2 @ g", "off by"),
    "02": ("(A + A.T) @ x", "2 * A @ x", "off by"),
    "03": ("W @ h + b", "W @ h", "off by"),
    "04": ("np.diag(y_hat) - np.outer(y_hat, y_hat)", "np.diag(y_hat * (1 - y_hat))", "off by"),
    "05": ("in zip(e, h)", "in zip(e, h[::-1])", "off by"),
    "06": (" + W.T @ da", "", "off by"),
    "07": ("W.T @ da, lambda h0", "da, lambda h0", "ex: dh0"),
    "08": ("dh = V.T @ dz", "dh = V.T @ dz + W.T @ da", "should be wrong, but it agrees"),
    "10": ("W @ J", "J @ W", "off by"),
    "index": ("1 - h**2", "1 + h**2", "off by"),
}  # fmt: skip


def test_a_slip_in_a_live_cell_is_noticed_there():
    changed, lines = [], []
    for name, (before, after, _) in SLIPS.items():
        code = next(cell.code for cell in ON_PAGES if cell.name.startswith(name))
        assert code.count(before) == 1, (name, before)
        changed.append(code.replace(before, after))
        lines.append([line.strip() for line in changed[-1].splitlines()])
    for (name, (*_, told)), answer, known in zip(SLIPS.items(), run(*changed), lines, strict=True):
        assert "CheckFailed" in answer["fault"] and told in answer["fault"], (name, answer)
        own = re.match(r"Line (\d+): (.*)", answer["fault"])
        assert known[int(own[1]) - 1] == own[2] and CHECKING.search(own[2]), (name, answer)


BAD = {
    "print(1)\nx = (1,": "SyntaxError",
    "  x": "Line 1: x\nIndentationError",
    "def f():\n    y\n\nf()": "Line 2: y\nNameError: name 'y'",
    "import scipy": "Line 1: import scipy\nImportError: no module named 'scipy': this page's",
    "input('?')": "Line 1: input('?')\nRuntimeError: nobody can be asked here",
    "def f(n):\n    return f(n + 1)\n\nf(0)": "maximum recursion depth exceeded",
    "x = [0]\nwhile True:\n    x = x + x": "MemoryError: the memory of the page's Python",
    "1 / 0": "ZeroDivisionError",
    "raise SystemExit": "",
    "": "",
}


@pytest.mark.parametrize("code", BAD)
def test_bad_input_ends_in_a_sentence_and_the_engine_goes_on(code):
    bad, good = run(code, "print('still here', end='')")
    assert BAD[code] in bad["fault"] and bool(bad["fault"]) == bool(BAD[code])
    assert "Traceback" not in bad["fault"]
    assert good == {"text": "still here", "fault": "", "cut": False, "html": ""}


def test_of_a_megabyte_printed_the_page_gets_the_beginning():
    (answer,) = run("for i in range(20000):\n    print('x' * 49)\nprint('end')")
    assert answer["cut"] and 10_000 < len(answer["text"]) <= 20_000 and "end" not in answer["text"]


def test_a_cell_leaves_nothing_for_the_next():
    _, second = run("a = 1", "a")
    assert "NameError" in second["fault"]


def test_the_value_of_a_last_expression_is_shown_as_in_a_notebook():
    codes = ["1 + 1", "x = 3\n[x,\n x\n]  # twice", "x = 3", "print(1)", "'a\\n'", "if 1:\n    2"]
    assert [answer["text"] for answer in run(*codes)] == [
        "2\n",
        "[3, 3]\n",
        "",
        "1\n",
        "'a\\n'\n",
        "",
    ]
    (late,) = run("x = 1\n\n\nx + y")
    assert late["fault"].startswith("Line 4: x + y\nNameError")


def zipped(text: str) -> int:
    return len(gzip.compress(text.encode(), 9))


def test_what_a_page_weighs():
    assert sum(zipped(live.page_text(name)) for name in live.FILES) < 3 * 1024
    assert zipped(live.engine_file()) < 240 * 1024
    assert all(zipped(live.pack_file(name)) < 128 * 1024 for name in live.PACKS)


def test_only_pages_with_a_live_cell_bring_its_files(site):
    for path in site.rglob("*.html"):
        html = path.read_text("utf-8")
        assert ("live.js" in html) == ('class="cell tag_live' in html), path.name
        assert "live-engine" not in html, path.name
        assert ('data-packs="clinic"' in html) == (path.stem == "15_clinic"), path.name


def test_the_engine_is_named_on_the_site_with_its_version_and_licence():
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    engine = locked["node_modules/@micropython/micropython-webassembly-pyscript"]
    page = (ROOT / "book" / "how_to_read.md").read_text("utf-8")
    assert f"MicroPython {engine['version']}" in page and engine["license"] in page
    assert engine["version"] in live.engine_file()[:200]


def test_a_missing_engine_stops_the_build_with_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(live, "PACKAGE", tmp_path)
    with pytest.raises(ConfigError, match=r"MicroPython is missing.*npm ci"):
        live.engine_source()


def test_an_engine_that_is_built_otherwise_stops_the_build(monkeypatch, tmp_path):
    (tmp_path / "micropython.mjs").write_text("export default other;")
    monkeypatch.setattr(live, "PACKAGE", tmp_path)
    with pytest.raises(ConfigError, match=r"0 times and not 1"):
        live.engine_source()
