"""The book's Sphinx extension: KaTeX from local files, flipbooks that move, the ledger's pages.

What it adds to a plain jupyter-book site:

* mathematics rendered while the book is built (mathematics.py);
* the stylesheet of the pictures and the flipbook's script on the pages that hold one;
* the ledger: an anchor on each cell that checks a line, and the `{ledger}` table (ledger_page.py);
* the notes' lines on their own paper, with their own numbers (notes_boxes.py);
* the checks' printed lines (checks.py), what is folded (folds.py), marks in the prose (prose.py);
* the cover (cover.py), the opener of a chapter with the strip of the notes' lines (opener.py);
* bets (bets.py), cards of symbols and equations (cards.py), linked terms (linked.py), and links to
  the sections that an output names (see_section.py);
* live cells, run in the reader's browser (live.py);
* the search (search_page.py); what search engines ask, and the page for a wrong address (found.py);
* the fonts, cut to the characters in use (fonts.py);
* no script, style or host that the book does not use (page_weight.py).
"""

import re
import shutil
import zlib
from pathlib import Path

import bets
import cards
import checks
import cover
import folds
import fonts
import found
import ledger_page
import linked
import live
import mathematics
import notes_boxes
import opener
import page_weight
import prose
import search_page
import see_section
from sphinx.util import logging

from unrolled.page import css_text, site_script

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]


def copy_styles(app):
    """Put the flipbook's style into the site, and the site's own even where no page has changed."""
    if app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        for path in (ROOT / "book" / "_static").glob("*.css"):
            shutil.copy(path, static / path.name)
        (static / "flipbook.css").write_text(css_text(), encoding="utf8")


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
        # inline, because a browser refuses to import a module file from file://
        context["body"] = f'{body}\n<script type="module">{site_script()}</script>\n'


def fingerprint() -> int:
    """A number that changes with the code that makes the pages, so that Sphinx then remakes all."""
    sources = [*Path(__file__).parent.glob("*.py"), *(ROOT / "unrolled").glob("flipbook.*")]
    sources.append(ROOT / "unrolled" / "page.py")
    return zlib.crc32(b"".join(path.read_bytes() for path in sorted(sources)))


def setup(app):
    mathematics.setup(app)
    app.connect("builder-inited", copy_styles)
    app.connect("html-page-context", finish_page)
    for part in (
        cover,
        ledger_page,
        notes_boxes,
        checks,
        bets,
        folds,
        prose,
        opener,
        see_section,
        linked,
        live,
        cards,
        search_page,
        found,
        fonts,
    ):
        part.setup(app)
    page_weight.setup(app)  # last: it looks at what all others made
    return {"env_version": fingerprint(), "parallel_read_safe": True}
