"""python -m unrolled.clinic FILE.py:FUNCTION --of dW: the diagnosis of a function in a file.

Exit status: 0 if it is right, 1 if it is not, 2 if it could not be run.
"""

import argparse
import runpy
import sys
import traceback
from pathlib import Path

from unrolled.clinic import diagnose
from unrolled.clinic.diagnosis import OF


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m unrolled.clinic", description="Say which mistake a gradient has."
    )
    parser.add_argument("answer", metavar="FILE.py:FUNCTION", help="answer(params, x, y, h0)")
    parser.add_argument("--of", default="dW", metavar="NAME", help=f"one of {', '.join(OF)}")
    parser.add_argument("--window", type=int, help="the truncation that is asked for")
    parser.add_argument("--loss", type=int, metavar="T", help="the gradient of L_T alone")
    parser.add_argument("--batch", action="store_true", help="sequences in rows, (T, B, …)")
    parser.add_argument("--activation", default="tanh", help="tanh or relu")
    asked = vars(parser.parse_args(argv))
    try:
        answer = _function(asked.pop("answer"))
        diagnosis = diagnose(answer, **asked)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: nothing can be said of an answer that does not end", file=sys.stderr)
        return 2
    print(diagnosis.text)
    return 0 if diagnosis.right else 1


def _function(place):
    """The function at FILE.py:FUNCTION.  Raises ValueError, saying why, where there is none."""
    path, colon, name = place.rpartition(":")
    if not colon or not name:
        raise ValueError(f"answer is {place!r}; FILE.py:FUNCTION is needed")
    if not Path(path).is_file():
        raise ValueError(f"answer is {place!r}; there is no file {path}")
    sys.path.insert(0, str(Path(path).parent))  # it may import its neighbours
    try:
        found = runpy.run_path(path)
    except (Exception, SystemExit) as error:  # whatever the reader's file raises is shown whole
        raise ValueError(f"{path} could not be run:\n{traceback.format_exc()}") from error
    if not callable(found.get(name)):
        known = ", ".join(n for n, f in found.items() if callable(f) and not n.startswith("_"))
        raise ValueError(f"{path} has no function {name}; it has {known or 'none'}")
    return found[name]


if __name__ == "__main__":
    sys.exit(main())
