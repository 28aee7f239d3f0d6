"""Python on the page: live cells, and the engine that runs them in the reader's browser.

An author tags a code cell `live`.  On the site book/live/cells.js turns it into an editor with Run
and Reset; without scripts, in print and in Jupyter it is the ordinary cell.  The Python is
MicroPython's WebAssembly build from npm, in a worker (book/live/python.js, worker.js).  It comes
at the reader's first touch, as a script file that holds the bytes: a page that was opened from a
folder may load a script, and may not fetch.
"""

import base64
import gzip
import json
import re
from pathlib import Path

import live_tables
from sphinx.errors import ConfigError

from unrolled.page import without_comments

ROOT = Path(__file__).resolve().parents[2]
LIVE = ROOT / "book" / "live"
PACKAGE = ROOT / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
# what the page has of the book's package, beside the clinic
UNROLLED = ("__init__", "gradcheck", "inputs", "rnn", "rtrl", "matrices", "data", "playground")
FILES = {"live.js": ("python.js", "cells.js"), "live.css": ("cells.css",)}  # of a page with a cell
MEMORY = 2**31, 2**28  # the most that the engine may take: as it is built, and as a phone bears it
LICENCE = """\
/* {name} {version}, copyright 2013-2025 Damien P. George and others, under the MIT licence:

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions: The above copyright notice and this
permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */
"""


def engine_source() -> str:
    """A classic script with `startEngine()`, a promise of MicroPython's `loadMicroPython`.

    The npm package is a module, which a worker made from a Blob may not be on a page from a
    folder: so its text becomes the body of an async function, without its two exports and its own
    address, with the WebAssembly handed in as bytes and its memory bounded.
    ConfigError if the package is missing, or built otherwise than this function expects.
    """
    path = PACKAGE / "micropython.mjs"
    if not path.is_file():
        raise ConfigError(
            "MicroPython is missing (node_modules/@micropython): "
            "run 'npm ci' in the book's folder, or 'make book', which does."
        )
    text = path.read_text("utf-8")
    for count, old, new in (
        (1, "export default _createMicroPythonModule;", ""),
        (1, "export async function loadMicroPython", "async function loadMicroPython"),
        (4, "import.meta.url", '""'),
        (1, "let Module={locateFile:", "let Module={wasmBinary:options.wasm,locateFile:"),
        (3, str(MEMORY[0]), str(MEMORY[1])),
    ):
        if text.count(old) != count:
            raise ConfigError(
                f"{path.name} has {old!r} {text.count(old)} times and not {count}: "
                "see what has changed in MicroPython, and adapt book/_ext/live.py."
            )
        text = text.replace(old, new)
    return f"async function startEngine() {{\n{text}\nreturn loadMicroPython;\n}}\n"


def modules(clinic: bool = False) -> dict[str, str]:
    """Path → text of each Python file that can be imported on a page.

    clinic: with unrolled.clinic and its tables too, which no live cell needs.
    """
    found = {path.relative_to(LIVE).as_posix(): path for path in LIVE.rglob("*.py")}
    found |= {f"unrolled/{name}.py": ROOT / "unrolled" / f"{name}.py" for name in UNROLLED}
    if clinic:
        parts = (ROOT / "unrolled" / "clinic").glob("*.py")
        found |= {f"unrolled/clinic/{path.name}": path for path in parts if path.stem != "__main__"}
    texts = {name: path.read_text("utf-8") for name, path in sorted(found.items())}
    if clinic:
        texts |= {"stored.py": live_tables.module(1), "stored_pairs.py": live_tables.module(2)}
    return texts


def engine_file() -> str:
    """The text of _static/live-engine.js, which hands the page all that a worker is made of."""
    about = json.loads((PACKAGE / "package.json").read_text("utf-8"))
    wasm = gzip.compress((PACKAGE / "micropython.wasm").read_bytes(), mtime=0)
    engine = {
        "script": engine_source() + without_comments(LIVE / "worker.js"),
        "wasm": base64.b64encode(wasm).decode(),
        "files": modules(),
    }
    licence = LICENCE.format(name="MicroPython", version=about["version"])
    return f"{licence}globalThis.liveEngine = {json.dumps(engine, ensure_ascii=False)};\n"


def page_text(name: str) -> str:
    """One of FILES, without the comments and the indents of its sources."""
    text = "".join(without_comments(LIVE / part) for part in FILES[name])
    return re.sub(r"^ +", "", text, flags=re.M)


def prepare(app):
    """Put the engine, the scripts and the style into the site; stop with a sentence without it."""
    if app.builder.format != "html":
        return
    try:
        texts = {"live-engine.js": engine_file()}
    except ConfigError as missing:
        raise SystemExit(f"The book cannot be built. {missing}") from missing
    texts |= {name: page_text(name) for name in FILES}
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = static / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")


def bring_files(app, pagename, templatename, context, doctree):
    """Bring the style and the scripts to the pages that have a live cell."""
    if 'class="cell tag_live' in context.get("body", ""):
        for name in FILES:
            add = app.add_css_file if name.endswith(".css") else app.add_js_file
            add(name)


def setup(app):
    app.connect("builder-inited", prepare)
    app.connect("html-page-context", bring_files)
