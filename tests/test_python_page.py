"""The page "The Python you will meet" names every function of NumPy that the notebooks call."""

import ast
import re
from pathlib import Path

import ledger
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PAGE = NOTEBOOKS / "python.ipynb"
CHAPTERS = [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if path != PAGE]


def numpy_names(source):
    """What a cell takes from NumPy, as `np.outer` or `np.linalg.norm`; its types are left out."""
    found = {ast.unparse(x) for x in ast.walk(ast.parse(source)) if isinstance(x, ast.Attribute)}
    found = {
        name for name in found if name.startswith("np.") and name.replace(".", "").isidentifier()
    }
    return {name for name in found if not any(other.startswith(f"{name}.") for other in found)}


def sources(path, kind):
    return ["".join(cell["source"]) for cell in ledger.cells(path) if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_python_page_names_what_a_notebook_uses(path):
    page = "\n".join(sources(PAGE, "markdown") + sources(PAGE, "code"))
    used = set().union(*map(numpy_names, sources(path, "code")))
    missing = sorted(name for name in used if not mentions(page, name))
    assert not missing, f"notebooks/python.ipynb does not say what these do: {missing}"


def test_the_python_page_lists_only_what_is_used():
    code = "\n".join(cell for path in CHAPTERS for cell in sources(path, "code"))
    listed = re.findall(r"`np(\.[\w.]+)`", sources(PAGE, "markdown")[-1])
    stale = [name for name in listed if not re.search(rf"{re.escape(name)}(?!\w)", code)]
    assert listed and not stale, f"no notebook uses these: {stale}"


def mentions(page, name):
    """Whether `name` stands on the page, not as the beginning of a longer name."""
    return re.search(rf"{re.escape(name)}(?!\w)", page)


def test_a_name_is_not_found_in_a_longer_one():
    assert mentions("`np.log2`, `np.log`", "np.log")
    assert not mentions("`np.log2`, `np.logspace`", "np.log")
    assert numpy_names("np.linalg.norm(np.eye(3).T)") == {"np.linalg.norm", "np.eye"}
