"""What the page's Python costs: the same calls in its engine, under Node, and in CPython.

Writes results/live.csv: the shortest of several rounds of each call in both, in milliseconds of
the processor, and their ratio; `first` is the first call, which makes what later ones find ready.
The sizes of what the page loads are in the last rows, in kilobytes gzipped.
"""

import contextlib
import gzip
import io
import sys
from pathlib import Path

import one_thread  # noqa: F401 (before NumPy)
from common import ROOT, write

sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "book" / "_ext")]
import engine  # noqa: E402 (the path is needed first)

ROUNDS = 15
NETWORK = """
import numpy as np
from unrolled import rnn
from unrolled.data import example
from unrolled.gradcheck import check
params, x, y, h0 = example(T=5, D=3, H=4, C=3)
trace = rnn.forward(params, x, h0)
found = rnn.bptt(params, trace, y).params
def loss(p):
    return rnn.loss(rnn.forward(p, x, h0), y)
"""
CLINIC = """
import numpy as np
from unrolled import rnn
from unrolled.clinic import diagnose
def answer(params, x, y, h0):
    trace = rnn.forward(params, x, h0)
    h, e = trace.h, trace.y_hat[1:] * y.sum(axis=1, keepdims=True) - y
    dW, carry = np.zeros_like(params.W), 0
    for t in range(len(x), 0, -1):
        da = (1 - h[t] ** 2) * (params.V.T @ e[t - 1] + carry)
        dW += np.outer(da, h[t - 1])
        carry = params.W @ da
    return dW
"""
CASES = {  # name: (what comes before, the call)
    "forward and bptt, (5, 3, 4, 3)": (
        NETWORK,
        "rnn.bptt(params, rnn.forward(params, x, h0), y)",
    ),
    "complex step of 47 parameters": (NETWORK, "check('all', found, loss, params)"),
    "diagnosis of a slip (first)": (CLINIC, "diagnose(answer)"),
    "diagnosis of a slip": (CLINIC, "diagnose(answer)"),
    "diagnosis of an unknown slip": (CLINIC, "diagnose(lambda p, x, y, h0: p.W**3)"),
    "playground, T=8, H=5": ("from unrolled.playground import picture", "picture()"),
    "playground, T=20, H=24": (
        "from unrolled.playground import picture",
        "picture(T=20, H=24)",
    ),
    "import of numpy, rnn and gradcheck (first)": ("", NETWORK.split("params")[0].strip()),
}
CLOCKS = {
    "page": """
from js import process

def now():
    used = process.cpuUsage()
    return (used.user + used.system) / 1000
""",
    "cpython": "from time import process_time\nnow = lambda: 1000 * process_time()",
}


def program(case, where):
    """Python that prints the shortest time of a call, in milliseconds."""
    before, call = CASES[case]
    rounds = 1 if "(first)" in case else ROUNDS
    lines = "\n".join(f"    {line}" for line in call.split("\n"))
    return (
        f"{CLOCKS[where]}\n{before}\nbest = 1e9\nfor _ in range({rounds}):\n"
        f"    begun = now()\n{lines}\n    best = min(best, now() - begun)\nprint(best)\n"
    )


def main():
    rows = []
    for case in CASES:
        (page,) = engine.run([program(case, "page")])  # an engine each, so that a first is first
        assert not page["fault"], page["fault"]
        took, out = float(page["text"].split()[-1]), io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(program(case, "cpython"), {"__name__": "__main__"})
        here = float(out.getvalue().split()[-1])
        ratio = took / here if here and "import" not in case else ""
        rows.append({"what": case, "page": took, "CPython": here, "ratio": ratio})
    files = engine.files()
    sizes = {
        "NumPy's subset": [text for name, text in files.items() if name.startswith("numpy/")],
        "the package": [text for name, text in files.items() if name.startswith("unrolled/")],
        "Python's library": [
            t for n, t in files.items() if "/" not in n and not n.startswith("stored")
        ],
        "stored, one factor wrong": [files["stored.py"]],
        "stored, two factors wrong": [files["stored_pairs.py"]],
        "MicroPython": [
            path.read_bytes().decode("latin-1")
            for path in Path(ROOT, "node_modules", "@micropython").rglob("micropython.*")
        ],
    }
    for name, texts in sizes.items():
        coding = "latin-1" if name == "MicroPython" else "utf-8"
        size = len(gzip.compress("".join(texts).encode(coding), mtime=0)) / 1000
        rows.append({"what": f"size: {name}", "page": size, "CPython": "", "ratio": ""})
    write("live", rows)


if __name__ == "__main__":
    main()
