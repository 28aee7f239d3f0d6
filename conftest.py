"""Settings for every test run."""

import os
from pathlib import Path

# set before any kernel starts, which inherits them
os.environ["TQDM_DISABLE"] = "1"  # a progress bar holds timings, which no stored output can match
os.environ.setdefault("MPLBACKEND", "agg")  # tests have no screen
# one BLAS thread: these matrices are small, and on a busy machine two threads wait for each other
for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{name}_NUM_THREADS", "1")


def pytest_configure(config):
    """Let nbval, where it runs, pass over what differs between processors."""
    if getattr(config.option, "nbval_sanitize_with", "") is None:
        config.option.nbval_sanitize_with = str(Path(__file__).with_name("tests") / "nbval.cfg")
