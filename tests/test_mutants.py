"""A check that cannot fail is a defect: break every formula, and demand that it be noticed."""

import subprocess
import sys
from pathlib import Path

import mutants
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SURVIVED = [  # slips that every check of the book once let pass
    ("04_softmax", "literal = -y * np.log(y_hat)", "literal = y * np.exp(y_hat)"),
    ("05_outer_product", "return V @ h[t] + c", "return V @ h[t] - c"),
    ("06_explicit_implicit", "h0 * (1 - h[1] ** 2)", "h0 + (7 + h[1] ** 3)"),
    ("06_explicit_implicit", "-target / guess * (guess - target)", "target"),
    ("06_explicit_implicit", "contract(-y[1] / y_hat[1]", "contract(-y[2] / y_hat[1]"),
    ("06_explicit_implicit", "contract(-y[2] / y_hat[2]", "contract(-y[1] / y_hat[2]"),
    ("07_input_and_biases", "-y[t]", "-y[t + 1]"),
    ("08_staged", "U_fwd + W_fwd + b", "U_fwd + W_fwd - b"),
    ("08_staged", "V @ h_activated[t] + c", "V @ h_activated[t] - c"),
    ("08_staged", "W_own @ h[t - 1] + b", "W_own @ h[t - 1] - b"),
    ("08_staged", "V_own @ state + c", "V_own @ state - c"),
    ("10_vanishing", "np.outer(signal, h[k - 1])", "np.outer(signal, h[0])"),
    ("10_vanishing", "np.diag(1 - h[t] ** 2)", "np.diag(h[t] ** 2 - 1)"),
]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_broken_cell_is_noticed(notebook, record_property):
    tried, alive = mutants.of_notebook(notebook, part=True)
    record_property("mutants", [len(tried), len(alive)])
    assert mutants.judge(notebook.stem, tried, alive, part=True) == []


# these take long for each mutant: `make mutants` tries them
LONG = ("clinic", "svg", "flipbook", "train", "data", "gates", "inputs")
QUICK = [module for module in mutants.MODULES_TESTED if not module.startswith(LONG)]


@pytest.mark.parametrize(("notebook", "before", "after"), SURVIVED)
def test_a_slip_that_once_passed_is_noticed(notebook, before, after):
    assert mutants.noticed(ROOT / "notebooks" / f"{notebook}.ipynb", before, after)


@pytest.mark.parametrize("module", QUICK)
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
