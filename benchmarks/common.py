"""What every benchmark shares: timing in turns, and a table that names the machine.

A benchmark times its competitors one after the other in the same run, on one thread, and writes
ratios to a table: into _build/benchmarks, or with STORE set into benchmarks/results, which the
book's pages read (then `make notebooks` brings the pages up to date).
"""

import csv
import importlib
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / ("benchmarks/results" if os.environ.get("STORE") else "_build/benchmarks")


def machine() -> str:
    """The machine and the versions that the numbers belong to."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    return (
        f"{cpu}, {os.cpu_count()} cores (1 thread used), {platform.system()}, {_blas()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def _blas():
    libraries = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    kernels = [f"{b['internal_api']} for {b.get('architecture', '?')}" for b in libraries]
    return ", ".join(dict.fromkeys(kernels))


def seconds(competitors: dict[Any, Callable], rounds: int = 21, least: float = 0.01) -> dict:
    """The best of the times that `turns` gives for each competitor, in seconds."""
    return {name: min(times) for name, times in turns(competitors, rounds, least).items()}


def turns(competitors: dict[Any, Callable], rounds: int = 21, least: float = 0.01) -> dict:
    """The processor times of one call of each competitor, a list of `rounds` of them, in seconds.

    competitors: key → function of nothing; rounds: how often each has its turn, in a new order, so
    that a slow moment of the machine meets them all and none always follows the same other;
    least: a turn repeats its call for about so many seconds.
    """
    with threadpool_limits(1):
        repeats, times = {}, {name: [] for name in competitors}
        for name, call in competitors.items():
            call()  # the first call pays for what later ones find ready
            repeats[name] = max(1, round(least / max(_turn(call, 1), 1e-9)))
        names, rng = list(competitors), np.random.default_rng(0)
        for _ in range(rounds):
            for i in rng.permutation(len(names)):
                times[names[i]].append(_turn(competitors[names[i]], repeats[names[i]]))
    return times


def installed(*names: str) -> list | None:
    """The modules of these names, or, after a sentence, None if one is not installed."""
    try:
        return [importlib.import_module(name) for name in names]
    except ImportError as error:
        print(f"{error}: nothing was compared, and no file is written", file=sys.stderr)
        return None


def write(name: str, rows: list[dict]) -> Path:
    """Write rows to results/NAME.csv under a line that names the machine, and print them.

    rows: one dict a line, all with the same keys; floats are kept to four digits.
    """
    path = RESULTS / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(f"# {machine()}\n")
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        for row in rows:
            table.writerow(
                {key: f"{v:.4g}" if isinstance(v, float) else v for key, v in row.items()}
            )
    print(path.read_text(encoding="utf-8"), end="")
    return path


def _turn(call, repeats):
    start = process_time()
    for _ in range(repeats):
        call()
    return (process_time() - start) / repeats
