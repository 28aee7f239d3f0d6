"""Python on the page: live cells, and the engine that runs them in the reader's browser.

An author tags a code cell `live`.  On the site book/live/cells.js turns it into an editor with Run
and Reset; without scripts, in print and in Jupyter it is the ordinary cell.  The Python is
MicroPython's WebAssembly build from npm, in a worker (book/live/python.js, worker.js).  It comes
at the reader's first touch, as a script file that holds the bytes: a page that was opened from a
folder may load a script, and may not fetch.
"""

import base64
import json
import re
import subprocess
import zlib
from pathlib import Path

import live_tables
import python_minifier
import zopfli.gzip
from mathematics import node_binary
from sphinx.errors import ConfigError

from unrolled.page import without_comments

ROOT = Path(__file__).resolve().parents[2]
LIVE = ROOT / "book" / "live"
PACKAGE = ROOT / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
TERSER = ROOT / "node_modules" / "terser" / "bin" / "terser"
KEPT = ROOT / "_build" / "live"  # what takes long to make, until its sources change
# what every page has of the book's package
UNROLLED = ("__init__", "gradcheck", "inputs", "rnn", "rtrl", "matrices", "data")
PACKS = ("clinic", "playground")  # of `unrolled`; each comes to the pages whose cells import it
FILES = {"live.js": ("python.js", "cells.js"), "live.css": ("cells.css",)}  # of a page with a cell
PLAYGROUND = {  # of the page with the playground
    "playground.js": ("python.js", "playground.js"),
    "playground.css": ("cells.css", "playground.css"),
}
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
        (4, "globalThis.process", "process"),
        (3, str(MEMORY[0]), str(MEMORY[1])),
    ):
        if text.count(old) != count:
            raise ConfigError(
                f"{path.name} has {old!r} {text.count(old)} times and not {count}: "
                "see what has changed in MicroPython, and adapt book/_ext/live.py."
            )
        text = text.replace(old, new)
    return f"async function startEngine() {{\n{text}\nreturn loadMicroPython;\n}}\n"


def modules(*packs: str) -> dict[str, str]:
    """Path → text of each Python file that can be imported on a page that has these packs."""
    found = {path.name: path for path in LIVE.glob("*.py")}
    found |= {f"numpy/{path.name}": path for path in (LIVE / "numpy").glob("*.py")}
    found |= {f"unrolled/{name}.py": ROOT / "unrolled" / f"{name}.py" for name in UNROLLED}
    texts = {name: path.read_text("utf-8") for name, path in sorted(found.items())}
    for name in packs:
        texts |= pack(name)
    return texts


def pack(name: str) -> dict[str, str]:
    """Path → text of each Python file of one of PACKS."""
    if name == "playground":
        paths = [ROOT / "unrolled" / "playground.py"]
    else:
        parts = (ROOT / "unrolled" / "clinic").glob("*.py")
        paths = sorted(path for path in parts if path.stem != "__main__")
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    if name == "clinic":
        own = sorted((LIVE / "clinic").glob("*.py"))  # for Python's modules that it alone uses
        texts |= {path.name: path.read_text("utf-8") for path in own}
        texts |= {"stored.py": live_tables.module(1), "stored_pairs.py": live_tables.module(2)}
    return texts


def small(files: dict[str, str]) -> dict[str, str]:
    """The same modules without comments and docstrings, and with short names for their locals."""
    return {path: kept(text, small_python) for path, text in files.items()}


def small_python(text: str) -> str:
    return python_minifier.minify(text, remove_literal_statements=True, hoist_literals=False)


def small_script(text: str) -> str:
    """A script without comments and spaces, with short names, and without what is for Node."""
    command = [node_binary(), str(TERSER), "--compress", "passes=3", "--mangle"]
    command += ["--define", "process=undefined"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout


def packed(wasm: bytes) -> str:
    """Bytes as base64 of the smallest gzip, which a page unpacks."""
    return base64.b64encode(zopfli.gzip.compress(wasm)).decode()


def kept(source: str | bytes, make) -> str:
    """make(source), computed once for a source."""
    data = source if isinstance(source, bytes) else source.encode()
    path = KEPT / f"{make.__name__}-{zlib.crc32(data):08x}-{len(data)}"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(source), "utf-8")
    return path.read_text("utf-8")


def engine_file() -> str:
    """The text of _static/live-engine.js, which hands the page all that a worker is made of."""
    about = json.loads((PACKAGE / "package.json").read_text("utf-8"))
    engine = {
        "script": kept(engine_source() + (LIVE / "worker.js").read_text("utf-8"), small_script),
        "wasm": kept((PACKAGE / "micropython.wasm").read_bytes(), packed),
        "files": small(modules()),
    }
    licence = LICENCE.format(name="MicroPython", version=about["version"])
    return f"{licence}globalThis.liveEngine = {json.dumps(engine, ensure_ascii=False)};\n"


def pack_file(name: str) -> str:
    """The text of _static/live-NAME.js, which adds a pack to the engine's files."""
    files = json.dumps(small(pack(name)), ensure_ascii=False)
    return f"Object.assign(liveEngine.files, {files});\n"


def page_text(name: str) -> str:
    """One of FILES or PLAYGROUND, made small."""
    parts = [LIVE / part for part in (FILES | PLAYGROUND)[name]]
    if name.endswith(".js"):
        return kept("".join(part.read_text("utf-8") for part in parts), small_script)
    text = "".join(map(without_comments, parts))
    return re.sub(r"^ +", "", text, flags=re.M)


def prepare(app):
    """Put the engine, the scripts and the style into the site; stop with a sentence without it."""
    if app.builder.format != "html":
        return
    try:
        texts = {"live-engine.js": engine_file()}
    except ConfigError as missing:
        raise SystemExit(f"The book cannot be built. {missing}") from missing
    texts |= {f"live-{name}.js": pack_file(name) for name in PACKS}
    texts |= {name: page_text(name) for name in FILES | PLAYGROUND}
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = static / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")


def bring_files(app, pagename, templatename, context, doctree):
    """Bring the style and the scripts to the pages that have a live cell."""
    body = context.get("body", "")
    if 'class="cell tag_live' in body:
        packs = [name for name in PACKS if re.search(rf'class="nn">unrolled\.{name}\b', body)]
        for name in FILES:
            if name.endswith(".css"):
                app.add_css_file(name)
            else:
                app.add_js_file(name, **({"data-packs": " ".join(packs)} if packs else {}))
    if 'class="flipbook playground"' in body:
        app.add_css_file("playground.css")
        app.add_js_file("playground.js", **{"data-packs": "playground"})


def setup(app):
    app.connect("builder-inited", prepare)
    app.connect("html-page-context", bring_files)
