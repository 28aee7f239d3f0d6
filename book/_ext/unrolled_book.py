"""The book's Sphinx extension: KaTeX from local files, pictures with words, flipbooks that move.

What it adds to a plain jupyter-book site:

* mathematics rendered while the book is built (mathematics.py);
* the sentence of a PNG picture (`show(png=True)`) as its alternative text and its caption;
* the flipbook's stylesheet and script on the pages that hold one;
* the ledger: an anchor on each cell that checks a line, and the `{ledger}` table (ledger_page.py);
* no script, style or host that the book does not use (page_weight.py).
"""

import re
import zlib
from html import escape
from pathlib import Path

import ledger_page
import mathematics
import page_weight
from docutils import nodes
from sphinx.util import logging

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]


def copy_flipbook_style(app):
    if app.builder.format == "html":
        from unrolled.flipbook import css_text  # here: matplotlib takes a second to import

        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
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


def setup(app):
    mathematics.setup(app)
    app.connect("builder-inited", copy_flipbook_style)
    app.connect("doctree-read", caption_pictures)
    app.connect("html-page-context", finish_page)
    ledger_page.setup(app)
    page_weight.setup(app)
    return {"env_version": fingerprint(), "parallel_read_safe": True}
