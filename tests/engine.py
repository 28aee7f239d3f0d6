"""The page's Python under Node, for tests and benchmarks."""

import json
import os
import subprocess
from pathlib import Path

from live import PACKS, modules
from mathematics import node_binary

ROOT = Path(__file__).resolve().parents[1]
RUNNER = Path(__file__).with_name("engine_node.mjs")


def run(programs: list[str], rounds: int = 1, **more) -> list[dict]:
    """{text, fault, seconds} of each program; `more` are further modules, NAME=text."""
    given = modules(*PACKS) | {f"{name}.py": text for name, text in more.items()}
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
