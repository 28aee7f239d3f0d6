"""How long the loss and all gradients take: the package beside its peers, and beside the floor.

One run, in turns, one thread, float64; whoever does not give the book's loss and gradients to 1e-9
is not timed.  A peer takes part if it is installed (`make bench` installs all of them).  Writes
results/speed.csv: for each size and peer the median and the quartiles of its time, in units of the
package's median at that size, and its peak memory in units of the package's.  Some minutes.
"""

import one_thread  # noqa: F401, isort: skip

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import peers
from common import turns, write

from unrolled import rnn

SIZES = {  # (T, B, D, H, C), B = None without a batch
    "tiny": (5, None, 3, 4, 3),
    "one text": (25, None, 65, 100, 65),
    "digits": (28, 64, 28, 128, 10),
    "long": (100, 32, 64, 256, 64),
    "wide": (200, 64, 128, 512, 128),
}
NEEDS = {"PyTorch nn.RNN": "torch", "JAX jit": "jax", "HIPS autograd": "autograd"}
SLOW = {"double sum": {"long", "wide"}, "HIPS autograd": {"wide"}}  # minutes there


def case(size):
    """Parameters, inputs and one-hot labels of one size."""
    return draw(*SIZES[size])


def draw(T, B, D, H, C):
    """Parameters, inputs and one-hot labels of a shape, without a batch if B is None."""
    rng, many = np.random.default_rng(0), (B,) if B else ()
    params = rnn.init(rng, D, H, C)
    params = params._replace(b=0.1 * rng.standard_normal(H), c=0.1 * rng.standard_normal(C))
    x = rng.standard_normal((T, *many, D))
    return params, x, np.eye(C)[rng.integers(C, size=(T, *many))]


def competitors(size):
    """Each peer's call, after its loss and gradients were compared with the package's."""
    given = case(size)
    loss, gradients = peers.package(*given)()
    calls = {}
    for name, make in peers.MAKERS.items():
        if size in SLOW.get(name, ()) or not importlib.util.find_spec(NEEDS.get(name, "numpy")):
            continue
        call = make(*given)
        if name != "matrix products alone":
            its_loss, its_gradients = call()
            np.testing.assert_allclose(its_loss, loss, rtol=1e-9)
            for mine, other in zip(gradients, its_gradients, strict=True):
                assert np.linalg.norm(mine - other) <= 1e-9 * np.linalg.norm(mine), name
        calls[name] = call
    return calls


def memory(size, name):
    """What one call adds to the peak memory of a fresh process, in KiB; NaN but on Linux."""
    command = [sys.executable, __file__, size, name]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def report_memory(size, name):
    peers.MAKERS[name](*case("tiny"))()  # loads what the library needs
    call = peers.MAKERS[name](*case(size))
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        print("nan")
        return
    reset.write_text("5")  # the peak so far is forgotten
    before = _kib(status, "VmRSS")
    call()
    print(max(1, _kib(status, "VmHWM") - before))


def _kib(status, field):
    [line] = [line for line in status.read_text().splitlines() if line.startswith(field)]
    return int(line.split()[1])


def main():
    rows = []
    for size, shape in SIZES.items():
        calls = competitors(size)
        times = turns(calls, rounds=9 if size == "wide" else 21, least=0.02)
        unit = np.median(times["the package"])
        peaks = {}
        if size in ("digits", "long", "wide"):
            peaks = {name: memory(size, name) for name in calls}
        for name, measured in times.items():
            low, middle, high = np.quantile(measured, [0.25, 0.5, 0.75]) / unit
            peak = peaks[name] / peaks["the package"] if peaks else float("nan")
            row = {"size": size, "T, B, D, H, C": " ".join(str(n or 1) for n in shape)}
            quartiles = {"median": middle, "lower quartile": low, "upper quartile": high}
            rows.append({**row, "method": name, **quartiles, "memory": peak})
            print(f"{size}: {name} {middle:.2f} ({low:.2f} to {high:.2f}), memory {peak:.2f}")
    print(f"wrote {write('speed', rows)}")


if __name__ == "__main__":
    report_memory(*sys.argv[1:]) if len(sys.argv) > 1 else main()
