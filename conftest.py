"""Settings for every test run: set before any kernel starts, which inherits them."""

import os

os.environ["TQDM_DISABLE"] = "1"  # a progress bar holds timings, which no stored output can match
os.environ.setdefault("MPLBACKEND", "agg")  # tests have no screen
