"""Execute the notebooks and bring them into normal form, or check the form and change nothing.

    python tools/notebooks.py                       every notebook: execute, normalise, write
    python tools/notebooks.py notebooks/06*.ipynb   only these
    python tools/notebooks.py --check               change nothing; exit 1 and name the faults

Normal form: run from top to bottom (execution counts 1…n), no failed cell, no timing and no widget
state, the kernel's name as the only metadata, cell ids and tags kept.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TQDM_DISABLE", "1")  # a progress bar in an output differs at every run
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only wait

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KEPT = {"tags", "jupyter"}  # tags: ledger and folding; jupyter: source_hidden, outputs_hidden


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a notebook from top to bottom in place.  Raises CellExecutionError at a failing cell."""
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Drop what differs from run to run or from machine to machine, in place."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in KEPT})
        for output in cell.get("outputs", []):
            if output.output_type in ("display_data", "execute_result"):
                output.data.pop(WIDGET_VIEW, None)
                output.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)


def faults(notebook: nbformat.NotebookNode) -> list[str]:
    """What is not in normal form, a sentence each; empty if all is well."""
    found = []
    if notebook.metadata != {"kernelspec": KERNEL}:
        found.append("its metadata hold more than the kernel's name")
    expected = 1
    for index, cell in enumerate(notebook.cells):
        if extra := set(cell.metadata) - KEPT:
            found.append(f"cell {index} has metadata {sorted(extra)}")
        if cell.cell_type != "code":
            continue
        if not cell.source.strip():
            found.append(f"cell {index} is an empty code cell")
        if cell.execution_count != expected:
            found.append(f"cell {index} has execution count {cell.execution_count}, not {expected}")
        expected += 1
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"cell {index} failed with {output.ename}: {output.evalue}")
            elif output.get("name") == "stderr":
                found.append(f"cell {index} wrote to stderr: {output.text.strip()[:80]}")
            elif WIDGET_VIEW in output.get("data", {}):
                found.append(f"cell {index} carries a widget view")
            elif output.get("metadata"):
                found.append(f"cell {index} has metadata on an output")
    return found


def _merge_streams(outputs):
    """Neighbouring pieces of one stream as one output: how they are cut is chance."""
    merged = []
    for output in outputs:
        if (
            output.output_type == "stream"
            and merged
            and merged[-1].get("name") == output.name
            and merged[-1].output_type == "stream"
        ):
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "notebooks", nargs="*", type=Path, help="default: the cover and notebooks/*.ipynb"
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on a fault")
    arguments = parser.parse_args(argv)
    paths = arguments.notebooks or [
        ROOT / "index.ipynb",
        *sorted((ROOT / "notebooks").glob("*.ipynb")),
    ]
    failed = False
    for path in paths if arguments.check else tqdm(paths, disable=False, unit="notebook"):
        try:
            notebook = nbformat.read(path, as_version=4)
        except (ValueError, nbformat.ValidationError) as error:  # not JSON, or JSON of another kind
            reason = str(error).splitlines()[0][:100]
            print(
                f"{path.name}: not a notebook, perhaps a merge left its marks: {reason}",
                file=sys.stderr,
            )
            failed = True
            continue
        if not arguments.check:
            try:
                execute(notebook, path.parent)
            except CellExecutionError as error:
                print(f"{path.name}: a cell failed; nothing was written\n{error}", file=sys.stderr)
                failed = True
                continue
            normalise(notebook)
            nbformat.write(notebook, path)
        for fault in faults(notebook):
            print(f"{path.name}: {fault}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
