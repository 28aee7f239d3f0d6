"""The page's Python under Node, for tests and benchmarks."""

import json
import os
import subprocess
from pathlib import Path

from live_tables import module
from mathematics import node_binary

ROOT = Path(__file__).resolve().parents[1]
LIVE = ROOT / "book" / "live"
RUNNER = Path(__file__).with_name("engine_node.mjs")
# what the page has of the package, beside the whole of the clinic
PACKAGE = ("__init__", "gradcheck", "inputs", "rnn", "rtrl", "matrices", "data", "playground")


def files() -> dict[str, str]:
    """Path → text of what the page's Python can import."""
    found = {path.relative_to(LIVE).as_posix(): path for path in LIVE.rglob("*.py")}
    found |= {f"unrolled/{name}.py": ROOT / "unrolled" / f"{name}.py" for name in PACKAGE}
    clinic = (ROOT / "unrolled" / "clinic").glob("*.py")
    found |= {f"unrolled/clinic/{path.name}": path for path in clinic if path.stem != "__main__"}
    texts = {name: path.read_text("utf-8") for name, path in found.items()}
    return texts | {"stored.py": module(1), "stored_pairs.py": module(2)}


def run(programs: list[str], rounds: int = 1, **more) -> list[dict]:
    """{text, fault, seconds} of each program; `more` are further modules, NAME=text."""
    given = files() | {f"{name}.py": text for name, text in more.items()}
    said = json.dumps({"files": given, "programs": programs, "rounds": rounds})
    done = subprocess.run(
        [os.fspath(node_binary()), os.fspath(RUNNER)],
        input=said,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)
