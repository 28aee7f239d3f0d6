"""How long the loss and all gradients take: the package beside its peers, and beside the floor.

One run, in turns, one thread, float64 and float32; whoever does not give the book's loss and
gradients to 1e-9 (1e-4 in float32) is not timed.  A peer takes part if it is installed (`make
bench` installs all of them).  Writes results/speed.csv: for each size, type of float and peer the
median and the quartiles of its time, in units of the package's median in float64 at that size, and
its peak memory in units of the package's.  Some minutes.
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
LIMITS = {"float64": 1e-9, "float32": 1e-4}  # of the difference from the package's answer
ONLY_FLOAT64 = ("forward, loss, bptt", "HIPS autograd", "double sum")
SLOW = {"double sum": {"long", "wide"}, "HIPS autograd": {"wide"}}  # minutes there


def case(size, dtype="float64"):
    """Parameters, inputs and one-hot labels of one size."""
    params, x, y = draw(*SIZES[size])
    return rnn.Params(*(leaf.astype(dtype) for leaf in params)), x.astype(dtype), y.astype(dtype)


def draw(T, B, D, H, C):
    """Parameters, inputs and one-hot labels of a shape, without a batch if B is None."""
    rng, many = np.random.default_rng(0), (B,) if B else ()
    params = rnn.init(rng, D, H, C)
    params = params._replace(b=0.1 * rng.standard_normal(H), c=0.1 * rng.standard_normal(C))
    x = rng.standard_normal((T, *many, D))
    return params, x, np.eye(C)[rng.integers(C, size=(T, *many))]


def competitors(size, dtype):
    """Each peer's call, after its loss and gradients were compared with the package's."""
    loss, gradients = peers.package(*case(size))()
    given, limit, calls = case(size, dtype), LIMITS[dtype], {}
    left_out = {name for name, sizes in SLOW.items() if size in sizes}
    left_out |= {name for name, needed in NEEDS.items() if not importlib.util.find_spec(needed)}
    left_out |= set(ONLY_FLOAT64 if dtype == "float32" else ())
    for name in peers.MAKERS.keys() - left_out:
        call = peers.MAKERS[name](*given)
        if name != "matrix products alone":
            its_loss, its_gradients = call()
            np.testing.assert_allclose(its_loss, loss, rtol=limit)
            for mine, other in zip(gradients, its_gradients, strict=True):
                assert other.dtype == dtype, name
                assert np.linalg.norm(mine - other) <= limit * np.linalg.norm(mine), name
        calls[name, dtype] = call
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
        calls = competitors(size, "float64") | competitors(size, "float32")
        times = turns(calls, rounds=9 if size == "wide" else 21, least=0.02)
        unit = np.median(times["the package", "float64"])
        peaks = {}
        if size in ("digits", "long", "wide"):
            peaks = {name: memory(size, name) for name, dtype in calls if dtype == "float64"}
        for dtype in LIMITS:
            for name in (name for name in peers.MAKERS if (name, dtype) in times):
                low, middle, high = np.quantile(times[name, dtype], [0.25, 0.5, 0.75]) / unit
                peak = float("nan")
                if peaks and dtype == "float64":
                    peak = peaks[name] / peaks["the package"]
                row = {"size": size, "T, B, D, H, C": " ".join(str(n or 1) for n in shape)}
                row |= {"method": name, "dtype": dtype, "median": middle}
                rows.append(row | {"lower quartile": low, "upper quartile": high, "memory": peak})
                print(f"{size}, {dtype}: {name} {middle:.2f} ({low:.2f} to {high:.2f})", flush=True)
    print(f"wrote {write('speed', rows)}")


if __name__ == "__main__":
    report_memory(*sys.argv[1:]) if len(sys.argv) > 1 else main()
