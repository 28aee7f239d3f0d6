"""The house holds together: what is listed exists, what exists is listed, versions agree."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import ledger
import mathematics
import nbformat
import page_weight
import pytest
import sphinxcontrib.katex
import yaml
from sphinx.errors import ConfigError

import notebooks
from tests.small_book import BUILD, small_book

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [ROOT / "index.ipynb", *sorted((ROOT / "notebooks").glob("*.ipynb"))]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
LISTED = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]


def package(line):
    """The name of a requirement, as package registries compare names."""
    return re.match(r"[\w.-]+", line)[0].lower().replace("_", "-")


def requirements(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and line[0] not in "#-"]


def test_every_notebook_is_in_the_table_of_contents():
    missing = [
        path.name for path in NOTEBOOKS if str(path.relative_to(ROOT).with_suffix("")) not in LISTED
    ]
    assert not missing, f"not in _toc.yml: {missing}"


def test_every_page_is_in_the_table_of_contents():
    pages = [f"book/{path.stem}" for path in sorted((ROOT / "book").glob("*.md"))]
    missing = [page for page in pages if page not in LISTED]
    assert not missing, f"not in _toc.yml: {missing}"


def test_the_table_of_contents_lists_only_what_exists():
    missing = [f for f in LISTED if not any((ROOT / f"{f}.{e}").exists() for e in ("md", "ipynb"))]
    assert not missing, f"_toc.yml lists files that do not exist: {missing}"
    assert len(LISTED) == len(set(LISTED)), "_toc.yml lists a file twice"


def test_a_chapters_number_is_the_one_in_its_file_name():
    numbered = [c["file"] for p in TOC["parts"] if p.get("numbered") for c in p["chapters"]]
    wrong = {
        file: number
        for number, file in enumerate(numbered, 1)
        if not file.startswith(f"notebooks/{number:02}_")
    }
    assert not wrong, f"the book gives these files other numbers: {wrong}"


def test_each_direct_package_has_its_reason_and_a_locked_version():
    locked = {package(line) for line in requirements("constraints.txt")}
    for line in requirements("requirements.txt"):
        assert package(line) in locked, f"constraints.txt does not lock {package(line)}"
    for line in requirements("requirements.txt"):
        assert " # " in line, f"requirements.txt gives no reason for {package(line)}"


def test_the_package_depends_on_what_the_requirements_list():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = {package(line) for line in requirements("requirements.txt")}
    assert set(project["dependencies"]) <= direct


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt", "package-lock.json"])
def test_no_host_and_no_local_path_in_a_lock_file(name):
    text = (ROOT / name).read_text("utf-8")
    text = re.sub(r'"funding": \[[^]]*\]', "", text)  # names of sponsors, not sources
    assert not re.search(r"https?://|file:|--index|--find-links|/home/|/tmp/|/opt/", text)


def test_katex_is_the_version_that_renders():
    wanted = sphinxcontrib.katex.katex_version
    declared = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]["katex"]
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert declared == wanted
    assert locked["node_modules/katex"]["version"] == wanted


def test_a_missing_stylesheet_stops_the_build_with_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(mathematics, "ROOT", tmp_path)
    with pytest.raises(ConfigError, match=r"node_modules/katex.*npm ci"):
        mathematics.katex_files()


def test_another_katex_stops_the_build_with_a_sentence(monkeypatch, tmp_path):
    folder = tmp_path / "node_modules" / "katex"
    (folder / "dist").mkdir(parents=True)
    (folder / "dist" / "katex.min.css").write_text("")
    (folder / "package.json").write_text('{"version": "0.0.1"}')
    monkeypatch.setattr(mathematics, "ROOT", tmp_path)
    with pytest.raises(ConfigError, match=r"is version 0\.0\.1, sphinxcontrib-katex renders with"):
        mathematics.katex_files()


def test_a_missing_node_stops_the_build_with_a_sentence(monkeypatch):
    monkeypatch.setattr(mathematics, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"Node is missing.*requirements"):
        mathematics.node_binary()


def test_katex_renders_over_the_connection_that_windows_takes(monkeypatch, tmp_path):
    monkeypatch.setattr(sphinxcontrib.katex, "NODEJS_BINARY", mathematics.node_binary())
    server = sphinxcontrib.katex.KaTeXServer
    process, connection = server.start_network_socket(tmp_path, 60)
    monkeypatch.setattr(server, "katex_server", server(tmp_path, process, connection))
    try:
        assert "mfrac" in sphinxcontrib.katex.render_latex(r"\frac{1}{2}")
    finally:
        server.katex_server.terminate()


def test_make_alone_explains_every_target():
    make = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert {"book", "test", "check", "mutants", "lab", "serve"} < set(targets)
    for target in targets:
        assert re.search(rf"^  make {target} +\w", make.stdout, re.M), target


@pytest.mark.parametrize(
    ("environment", "argument", "said"),
    [
        (False, "", "No Python 3.11 or later was found"),
        (False, "PYTHON=/nowhere/python3", "PYTHON=/nowhere/python3 is no Python 3.11 or later"),
        (True, "", "The folder .venv holds a Python older than 3.11: delete it"),
    ],
    ids=["none", "misspelt", "old environment"],
)
def test_make_says_in_a_sentence_that_python_is_missing(tmp_path, environment, argument, said):
    """A copy of the Makefile where every python there is, is too old."""
    names = ["bin/python3", "bin/python3.11", "bin/python3.12", "bin/python3.13"]
    for name in names + [".venv/bin/python"] * environment:
        fake = tmp_path / name
        fake.parent.mkdir(parents=True, exist_ok=True)
        fake.write_text("#!/bin/sh\nexit 1\n")
        fake.chmod(0o755)
    for name in ("Makefile", "requirements.txt", "constraints.txt", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"))
    make = subprocess.run(
        ["make", ".venv/.installed", f"PATH={tmp_path}/bin:/usr/bin:/bin", argument or "A="],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert make.returncode != 0
    assert said in make.stderr
    assert "Traceback" not in make.stderr and "network" not in make.stderr


def test_a_missing_chromium_is_one_sentence(tmp_path):
    command = [sys.executable, ROOT / "tests" / "browser.py"]
    run = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("No Chromium found: install it") and run.stderr.count("\n") == 1


@pytest.mark.parametrize("argument", ["NB=", "NB=no_such"])
def test_make_check_asks_for_a_notebook(argument):
    make = subprocess.run(["make", "check", argument], cwd=ROOT, capture_output=True, text=True)
    assert make.returncode != 0
    assert "make check NB=06" in make.stderr


KEPT = (
    '@import "y.css";',
    "@font-face{src:url(a.woff)}",
    ".yes{color:red}",
    ".yes:not(.no, .either){color:red}",
    ":is(.no, .yes) p{color:red}",
    ".bs-later{color:red}",
    "[data-no]{color:red}",
    '.yes::before{content:"}.no{"}',
    "@media print{.yes{color:red}}",
)
DROPPED = (".no{a:b}", ".yes .no{a:b}", "/* .yes */", "@media screen{.no{a:b}}", "p.no:hover{a:b}")


@pytest.mark.parametrize("rule", KEPT)
def test_pruning_keeps_what_a_page_may_use(rule):
    css = "".join(DROPPED) + rule + "".join(DROPPED)
    assert page_weight.prune(css, {"yes"}).replace(" ", "") == rule.replace(" ", "")


def test_pruning_drops_selectors_one_by_one():
    pruned = page_weight.prune("@media print{.no,.yes,b .no{a:b}}.no,.yes{c:d}", {"yes"})
    assert pruned == "@media print{.yes{a:b}}.yes{c:d}"


def test_a_broken_stylesheet_is_refused():
    with pytest.raises(ValueError, match="broken at line 2"):
        page_weight.prune(".a{color:red}\n.b", set())


def test_icons_are_found_written_out_and_escaped():
    assert page_weight.icons('a{content:"\\f0c9"}b{--icon:"\uf0f3"}') == {0xF0C9, 0xF0F3}


BROKEN = "# A page\n\n$\\frac{1$ and {eq}`eq:nowhere` and [away](nothing.md)\n"


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """What the build of a page prints that is broken in every way at once."""
    root = small_book(tmp_path_factory.mktemp("broken"), BROKEN)
    return subprocess.run([*BUILD, ".", "--keep-going"], cwd=root, capture_output=True, text=True)


def test_a_build_without_its_stylesheet_ends_in_one_sentence(tmp_path):
    root = small_book(tmp_path, "# A page\n")
    (root / "unrolled").symlink_to(ROOT / "unrolled")
    (root / "book" / "_ext").unlink()  # a copy of it looks for node_modules here
    shutil.copytree(ROOT / "book" / "_ext", root / "book" / "_ext")
    build = subprocess.run([*BUILD, "."], cwd=root, capture_output=True, text=True)
    assert build.returncode != 0
    assert "KaTeX's stylesheet is missing" in build.stderr
    assert "Traceback" not in build.stderr


def test_a_broken_page_ends_red_and_is_named(broken):
    assert broken.returncode != 0
    assert "preface" in broken.stderr


@pytest.mark.parametrize("thing", ["KaTeX cannot render this", "eq:nowhere", "nothing.md"])
def test_each_broken_thing_is_named(broken, thing):
    assert thing in broken.stderr + broken.stdout


def test_the_ledger_names_only_cells_that_the_book_shows():
    shown = {file.removeprefix("notebooks/") for file in LISTED}
    for reference in ledger.all_references():
        assert reference.notebook in shown, f"{reference.notebook} is not in _toc.yml"


def test_the_comparison_of_outputs_passes_over_pixels_and_nothing_else(tmp_path):
    """A picture with other pixels passes; one with another sentence, or with other lines, not."""
    changes = (
        (True, lambda html: html.replace("base64,iVBO", "base64,AAAA")),
        (True, lambda html: html.replace("A dot", "A spot")),
        (False, lambda html: html.replace("stroke-width", "stroke-Width")),
    )
    draw = "def draw(fig):\n    fig.text(0.5, 0.5, '.', bbox={'lw': 2})\n    return 'A dot.'\n"
    cells = [
        nbformat.v4.new_code_cell(
            f"from unrolled.flipbook import show\n{draw}show(draw, png={png})"
        )
        for png, _ in changes
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    book = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    notebooks.execute(book, tmp_path)
    for cell, (_, change) in zip(book.cells, changes, strict=True):
        data = cell.outputs[0].data
        html = "".join(data["text/html"])
        data["text/html"] = change(html)
        assert data["text/html"] != html
    nbformat.write(book, tmp_path / "pictures.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", tmp_path]
    command += [f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval.cfg'}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "1 passed" in run.stdout and "2 failed" in run.stdout, run.stdout
    assert "Cell 0" not in run.stdout.partition("short test summary")[2]
