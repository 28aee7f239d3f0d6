"""The tool that executes notebooks and brings them into normal form."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import notebooks

SOURCE = """
import sys, numpy as np
from tqdm import tqdm
total = sum(tqdm(range(10**5)))
print(total)
np.arange(3)
"""


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "chapter.ipynb"
    cells = [new_markdown_cell("# A"), new_code_cell("x = 1"), new_code_cell(SOURCE.strip())]
    cells[2].metadata = nbformat.from_dict({"tags": ["uses:a"], "execution": {"start": "now"}})
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_executing_brings_a_notebook_into_normal_form_and_twice_changes_nothing(notebook):
    assert notebooks.main(["--check", str(notebook)]) == 1
    ids = [cell.id for cell in nbformat.read(notebook, 4).cells]
    assert notebooks.main([str(notebook)]) == 0
    first = notebook.read_bytes()
    assert notebooks.main(["--check", str(notebook)]) == 0
    assert notebooks.main([str(notebook)]) == 0
    assert notebook.read_bytes() == first
    done = nbformat.read(notebook, 4)
    assert [cell.id for cell in done.cells] == ids
    assert done.cells[2].metadata == {"tags": ["uses:a"]}
    assert [output.output_type for output in done.cells[2].outputs] == ["stream", "execute_result"]


def test_a_failing_cell_is_named_and_nothing_is_written(notebook, capsys):
    book = nbformat.read(notebook, 4)
    book.cells.append(new_code_cell("raise ValueError('the dog ate it')"))
    nbformat.write(book, notebook)
    before = notebook.read_bytes()
    assert notebooks.main([str(notebook)]) == 1
    said = capsys.readouterr().err
    assert "chapter.ipynb: a cell failed" in said and "the dog ate it" in said
    assert notebook.read_bytes() == before


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\n{}\n", '{"a": 1}'])
def test_what_is_no_notebook_is_named(tmp_path, capsys, text):
    (tmp_path / "merged.ipynb").write_text(text)
    assert notebooks.main(["--check", str(tmp_path / "merged.ipynb")]) == 1
    assert "merged.ipynb: not a notebook" in capsys.readouterr().err


def broken(change):
    cell = new_code_cell("1", execution_count=1)
    cell.outputs = [new_output("execute_result", {"text/plain": "1"}, execution_count=1)]
    book = new_notebook(cells=[cell], metadata={"kernelspec": notebooks.KERNEL})
    change(book, cell)
    return notebooks.faults(book)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda book, cell: book.metadata.update(widgets={}), "metadata hold more"),
        (lambda book, cell: cell.metadata.update(execution={}), "metadata ['execution']"),
        (lambda book, cell: cell.update(execution_count=2), "execution count 2, not 1"),
        (lambda book, cell: cell.update(execution_count=None), "execution count None"),
        (lambda book, cell: cell.update(source=" "), "empty code cell"),
        (
            lambda book, cell: cell.outputs.append(new_output("stream", name="stderr", text="Oh")),
            "wrote to stderr: Oh",
        ),
        (
            lambda book, cell: cell.outputs.append(
                new_output("error", ename="E", evalue="v", traceback=[])
            ),
            "failed with E: v",
        ),
        (
            lambda book, cell: cell.outputs[0].data.update({notebooks.WIDGET_VIEW: {}}),
            "widget view",
        ),
        (lambda book, cell: cell.outputs[0].metadata.update(a=1), "metadata on an output"),
    ],
)
def test_every_fault_is_named(change, said):
    assert broken(lambda book, cell: None) == []
    assert any(said in fault for fault in broken(change))
