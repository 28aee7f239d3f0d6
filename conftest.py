"""Settings for every test run."""

import os

import pytest

# set before any kernel starts, which inherits them
os.environ["TQDM_DISABLE"] = "1"  # a progress bar holds timings, which no stored output can match
os.environ.setdefault("MPLBACKEND", "agg")  # tests have no screen


def pytest_collection_modifyitems(items):
    """For --dist loadgroup: a file stays on one worker, for its kernel or its browser.

    The mutants need neither and take long: they are dealt out one by one, to whoever is free.
    """
    for item in items:
        if item.path.name != "test_mutants.py":
            item.add_marker(pytest.mark.xdist_group(item.path.name))
