"""The package and the clinic run in the page's Python as they are, and say what CPython says."""

import ast
import contextlib
import io
import json
import re
from pathlib import Path

import engine
import numpy as np
import pytest

from unrolled import rnn
from unrolled.data import example

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "15_clinic.ipynb"
IMPORTS = """import numpy as np
from unrolled.clinic import diagnose
from unrolled.clinic.ladder import ladder
from unrolled.rnn import Params, bptt, forward, from_one, softmax
"""


def exercises():
    """The code of the ten tasks, their solutions and patients; each prints its last value."""
    cells, found, begun = json.loads(NOTEBOOK.read_text("utf-8"))["cells"], [], False
    for cell in cells:
        text = "".join(cell["source"])
        begun = (begun or text.startswith("### 1 ·")) and not text.startswith("## Summary")
        if begun and cell["cell_type"] == "code":
            last, lines = ast.parse(text).body[-1], text.split("\n")
            if isinstance(last, ast.Expr):
                lines[last.lineno - 1 :] = [f"print({ast.unparse(last)})"]
            found.append("\n".join(lines))
    assert len(found) > 30
    return found


def in_cpython(cells):
    names, texts = {}, []
    exec(IMPORTS, names)
    for cell in cells:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(cell, names)
        texts.append(out.getvalue())
    return texts


def on_the_page(cells):
    program = (
        f"names = {{'__name__': '__main__'}}\nexec({IMPORTS!r}, names)\n"
        f"for cell in {cells!r}:\n    exec(cell, names)\n    print('— end —')\n"
    )
    (done,) = engine.run([program])
    assert not done["fault"], done["fault"]
    return done["text"].split("— end —\n")[:-1]


def test_every_exercise_of_the_clinic_is_diagnosed_in_the_same_words():
    cells = exercises()
    for cell, wanted, got in zip(cells, in_cpython(cells), on_the_page(cells), strict=True):
        first = re.compile("^right: .*")  # printed from a dict, which has no order on the page
        got, wanted = (
            first.sub(lambda m: " ".join(sorted(m[0].split())), text) for text in (got, wanted)
        )
        assert got == wanted, cell


def test_a_two_fold_slip_and_an_unknown_one_are_said_alike():
    cells = [
        """
def answer(params, x, y, h0):
    h, e = forward(params, x, h0).h, forward(params, x, h0).y_hat
    dW, carry = np.zeros_like(params.W), 0
    for t in range(len(x), 0, -1):
        da = params.V.T @ (e[t] - y[t - 1]) + carry
        dW, carry = dW + np.outer(da, h[t]), params.W.T @ da
    return dW


print(diagnose(answer))""",
        "print(diagnose(lambda params, x, y, h0: params.W ** 3))",
        "print(diagnose(lambda params, x, y, h0: np.nan * params.W))",
        "print(diagnose(lambda params, x, y, h0: None))",
        "print(diagnose(lambda params, x, y, h0: x, of='dh0'))",
    ]
    assert on_the_page(cells) == in_cpython(cells)


def test_a_raised_error_shows_the_readers_line():
    (done,) = engine.run(
        [IMPORTS + "def f(params, x, y, h0):\n    return x[len(x)]\n\n\nprint(diagnose(f))"]
    )
    assert "Your function raised an error." in done["text"], done
    assert "return x[len(x)]" in done["text"] and "unrolled" not in done["text"]
    assert "IndexError: index 5 is out of bounds for axis 0 with size 5" in done["text"]


@pytest.mark.parametrize("seed", [2246, 0, 7])
def test_the_example_is_the_same_to_the_last_bit(seed):
    program = (
        "from unrolled.data import example\n"
        f"params, x, y, h0 = example({seed})\n"
        "print([a.tolist() for a in list(params) + [x, y, h0]])"
    )
    (done,) = engine.run([program])
    params, x, y, h0 = example(seed)
    assert eval(done["text"]) == [a.tolist() for a in (*params, x, y, h0)], done["fault"]


def test_the_gradient_of_the_package_is_the_same():
    program = """
from unrolled import rnn
from unrolled.data import example
from unrolled.gradcheck import check, rejects
from unrolled.matrices import spectral_radius
params, x, y, h0 = example()
trace = rnn.forward(params, x, h0)
found = rnn.bptt(params, trace, y)
cut = rnn.bptt(params, trace, y, window=2)
check("all", found.params, lambda p: rnn.loss(rnn.forward(p, x, h0), y), params, method="both")
rejects("cut", cut.params, lambda p: rnn.loss(rnn.forward(p, x, h0), y), params)
print([a.tolist() for a in list(found.params) + list(cut.params) + [found.dh, found.da[1:]]])
print(rnn.loss(trace, y), spectral_radius(params.W))
"""
    (done,) = engine.run([program])
    assert not done["fault"], done["fault"]
    *checks, arrays, numbers = done["text"].strip().split("\n")
    assert checks[0] == "✓ all: complex step agrees to 1e-12, central difference to 1e-8"
    assert checks[1].startswith("✗ cut: rejected, off by ")
    params, x, y, h0 = example()
    trace = rnn.forward(params, x, h0)
    found, cut = rnn.bptt(params, trace, y), rnn.bptt(params, trace, y, window=2)
    wanted = [*found.params, *cut.params, found.dh, found.da[1:]]
    for got, right in zip(eval(arrays), wanted, strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-14)
    radius = np.abs(np.linalg.eigvals(params.W)).max()
    np.testing.assert_allclose(list(map(float, numbers.split())), [rnn.loss(trace, y), radius])
