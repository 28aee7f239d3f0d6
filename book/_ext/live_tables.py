"""What the clinic's fits need, computed when the site is built: `xray.probes`, for the page.

Python's `functools.cache` on the page asks `stored.look(name, arguments)` before it computes.
Numbers are kept to 16 bits, which is finer than what a probe is asked (`xray.PROBED`).
"""

import zlib
from pathlib import Path

import numpy as np

from unrolled.clinic import xray

KEPT = Path(__file__).resolve().parents[2] / "_build" / "live_tables"

GRADIENTS = ("e", "dV", "dW", "dU", "db", "dc", "dh0")
# (of, batch, square, activation): what the chapter's exercises ask for
ASKED = [(of, False, False, "tanh") for of in GRADIENTS]
ASKED += [("dW", False, False, "relu"), ("dW", True, False, "tanh")]
STEP = 2.0**-15
LOOK = '''"""{what}: {{arguments: (columns, 16-bit numbers)}}."""

from struct import unpack

import numpy as np

PROBES = {{
{rows}}}


def look(name, arguments):
    """The stored result of a call, or None."""
    if name != "probes" or arguments not in PROBES:
        return {otherwise}
    columns, text = PROBES[arguments]
    numbers = unpack(f"<{{len(text) // 4}}h", bytes.fromhex(text))
    return np.array([number * {step} for number in numbers]).reshape(-1, columns)
'''


def module(wrong: int) -> str:
    """The text of the page's module `stored` (one factor wrong), or `stored_pairs` (two).

    It takes some seconds, so it is kept until the source of the parts changes.
    """
    sources = Path(xray.__file__).read_bytes() + Path(__file__).read_bytes()
    kept = KEPT / f"{wrong}-{zlib.crc32(sources):08x}.py"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(_computed(wrong), "utf-8")
    return kept.read_text("utf-8")


def _computed(wrong):
    rows = []
    for asked in ASKED:
        if wrong == 2 and asked[1]:
            continue  # a batch takes too long
        found = np.clip(np.round(xray.probes(*asked, wrong) / STEP), -(2**15), 2**15 - 1)
        text = found.astype("<i2").tobytes().hex()
        rows.append(f"    {(*asked, wrong)!r}: ({found.shape[1]}, {text!r}),\n")
    what = "Vectors at right angles to parts with one factor wrong, and with two"
    otherwise = "None"
    if wrong == 1:
        otherwise = "further(name, arguments)"
    made = LOOK.format(what=what, rows="".join(rows), otherwise=otherwise, step=STEP)
    return made + FURTHER if wrong == 1 else made


FURTHER = '''

def further(name, arguments):
    """What stands in the larger table, which only the clinic's page brings."""
    if name == "probes" and arguments[-1] == 2:
        try:
            import stored_pairs
        except ImportError:
            return None
        return stored_pairs.look(name, arguments)
    return None
'''
