"""What every benchmark shares: timing in turns, and a table that names the machine.

A benchmark times its competitors one after the other in the same run, on one thread, and writes
ratios to benchmarks/results/NAME.csv.  The book's measured plots read those files.
"""

import csv
import os
import platform
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

RESULTS = Path(__file__).with_name("results")


def machine() -> str:
    """The machine and the versions that the numbers belong to."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    return (
        f"{cpu}, {os.cpu_count()} cores (1 thread used), {platform.system()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def seconds(competitors: dict[Any, Callable], rounds: int = 21, least: float = 0.01) -> dict:
    """The best processor time of one call of each competitor, in seconds.

    competitors: key → function of nothing; rounds: how often each has its turn, so that a slow
    moment of the machine meets them all; least: a turn repeats its call for about so many seconds.
    """
    with threadpool_limits(1):
        repeats, best = {}, dict.fromkeys(competitors, float("inf"))
        for name, call in competitors.items():
            call()  # the first call pays for what later ones find ready
            repeats[name] = max(1, round(least / _turn(call, 1)))
        for _ in range(rounds):
            for name, call in competitors.items():
                best[name] = min(best[name], _turn(call, repeats[name]))
    return best


def write(name: str, rows: list[dict]) -> Path:
    """Write rows to results/NAME.csv under a line that names the machine.

    rows: one dict a line, all with the same keys; floats are kept to four digits.
    """
    path = RESULTS / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(f"# {machine()}\n")
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        for row in rows:
            table.writerow(
                {key: f"{v:.4g}" if isinstance(v, float) else v for key, v in row.items()}
            )
    return path


def _turn(call, repeats):
    start = process_time()
    for _ in range(repeats):
        call()
    return (process_time() - start) / repeats
