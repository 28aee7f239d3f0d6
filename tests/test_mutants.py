"""A check that cannot fail is a defect: break every formula, and demand that it be noticed."""

import subprocess
import sys
from pathlib import Path

import mutants
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_broken_cell_is_noticed(notebook, record_property):
    tried, alive = mutants.of_notebook(notebook, part=True)
    record_property("mutants", [len(tried), len(alive)])
    assert mutants.judge(notebook.stem, tried, alive) == []


@pytest.mark.parametrize("module", mutants.MODULES_TESTED)
def test_a_broken_module_fails_its_tests(module, record_property):
    path = ROOT / "unrolled" / f"{module.replace('.', '/')}.py"
    command = [sys.executable, mutants.__file__, "--part", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if len(words) > 4:
        record_property("mutants", [int(words[1]), int(words[1]) - int(words[3])])
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_listed_mutant_has_a_reason():
    for entry in yaml.safe_load(mutants.LISTED.read_text(encoding="utf-8")):
        assert len(entry["reason"]) > 10 and all(entry["mutants"].values()), entry
        assert entry["source"] in {path.stem for path in NOTEBOOKS} | set(mutants.MODULES_TESTED)
