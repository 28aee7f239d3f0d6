"""So that the book is found and cited: what its pages tell a search engine, and `{cite-this}`.

Every page has a description, its first sentences.  Once `html: baseurl:` of _config.yml says where
the book is published, there are a canonical address (Sphinx makes it), Open Graph's tags with a
picture, the structured data of a book and of its chapters, and sitemap.xml.  404.html is what a
server shows for a page that is not there, at whatever depth it was asked for.

Extensions for some of these exist.  sphinx-sitemap lists only the pages that a build has made
anew, sphinxext-opengraph takes a formula's LaTeX into its description, and sphinx-notfound-page
must be told the folder; each is a dozen lines here.
"""

import json
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib.style
import opener
import yaml
from docutils import nodes
from matplotlib.figure import Figure
from sphinx.util.docutils import SphinxDirective
from words import opening

from unrolled.figures.graph import unrolled
from unrolled.svg import STYLE

ROOT = Path(__file__).resolve().parents[2]
PICTURE = "_static/picture.png"
PICTURE_SIZE = 1200, 630
PICTURE_SAYS = "A recurrent network, unrolled over five steps"
UNLISTED = ("404", "search", "genindex")
# Where nothing says in which folder the book is, the address that was asked for does.
FIND_FOLDER = """<script>
const base = document.createElement("base");
base.href = location.pathname.replace(/((book|notebooks)\\/.*|[^/]*)$/, "404.html");
document.head.append(base);
</script>"""


@cache
def citation() -> dict:
    """What CITATION.cff says."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def authors() -> list[str]:
    return [author["name"] for author in citation()["authors"]]


def address(app, pagename: str = "") -> str:
    """Where a page is published, or the book; empty while nothing says where."""
    base = app.config.html_baseurl
    return base and f"{base.rstrip('/')}/{app.builder.get_target_uri(pagename) if pagename else ''}"


class CiteThis(SphinxDirective):
    """`{cite-this}`: the entry of CITATION.cff as BibTeX."""

    def run(self):
        self.env.note_dependency(str(ROOT / "CITATION.cff"))
        fields = {
            "title": citation()["title"],
            "author": " and ".join(f"{{{name}}}" for name in authors()),
            "year": self.config.copyright,
            "note": f"Version {citation()['version']}",
            "url": address(self.env.app),
        }
        lines = [f"  {name:6} = {{{value}}},\n" for name, value in fields.items() if value]
        entry = f"@book{{unrolled,\n{''.join(lines)}}}"
        return [nodes.literal_block(entry, entry, language="bibtex")]


def describe(app, pagename, templatename, context, doctree):
    """Add to a page's head what a search engine, or a page that links to it, asks for."""
    if pagename in UNLISTED:
        context["pageurl"] = None
        if pagename == "404":
            at = urlsplit(address(app)).path
            base = f'<base href="{escape(at)}404.html">' if at else FIND_FOLDER
            context["metatags"] = base + '<meta name="robots" content="noindex">'
        return
    if doctree is None:
        return
    said = opening(doctree.next_node(nodes.section))
    tags = [f'<meta name="description" content="{escape(said)}">'] if said else []
    if address(app):
        tags += social(app, pagename, doctree.next_node(nodes.title).astext(), said)
    context["metatags"] += "\n".join(tags)


def social(app, pagename, title, said) -> list[str]:
    """Open Graph's tags, and the structured data of the book and its numbered chapters."""
    cover = pagename == app.config.root_doc
    tags = {
        "og:title": citation()["title"] if cover else title,
        "og:description": said,
        "og:type": "website" if cover else "article",
        "og:url": address(app, pagename),
        "og:site_name": app.config.html_title,
        "og:image": address(app) + PICTURE,
        "og:image:alt": PICTURE_SAYS,
        "og:image:width": PICTURE_SIZE[0],
        "og:image:height": PICTURE_SIZE[1],
    }
    found = [f'<meta property="{name}" content="{escape(str(tags[name]))}">' for name in tags]
    found.append('<meta name="twitter:card" content="summary_large_image">')
    about = {"url": address(app, pagename), "description": said, "inLanguage": "en"}
    book = {"@type": "Book", "@id": address(app), "name": citation()["title"]}
    if cover:
        people = [{"@type": "Organization", "name": name} for name in authors()]
        about = {**book, **about, "author": people, "image": address(app) + PICTURE}
        about |= {"version": citation()["version"], "license": citation()["license"]}
    elif pagename in opener.parts():
        _, number = opener.parts()[pagename]
        about |= {"@type": "Chapter", "name": title, "position": number, "isPartOf": book}
    else:
        return found
    data = json.dumps({"@context": "https://schema.org", **about}, ensure_ascii=False)
    data = data.replace("<", "\\u003c")
    return [*found, f'<script type="application/ld+json">{data}</script>']


def publish(app, exception):
    """Write sitemap.xml, and the picture, into a finished site whose address is known."""
    if exception is not None or app.builder.name != "html" or not address(app):
        return
    pages = [address(app, page) for page in sorted(app.env.found_docs)]
    listed = "".join(f"<url><loc>{escape(page)}</loc></url>\n" for page in pages)
    site = Path(app.outdir)
    (site / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n',
        encoding="utf-8",
    )
    draw(site / PICTURE)


def draw(path: Path):
    """The picture that stands beside a link to the book: its network under its title."""
    with matplotlib.style.context(STYLE):
        figure = Figure(
            figsize=[side / 100 for side in PICTURE_SIZE],
            dpi=100,
            facecolor="#FFFDF8",
            layout="none",
        )
        figure.text(0.06, 0.8, "Unrolled", size=64)
        figure.text(0.06, 0.69, citation()["title"].split(": ")[1].capitalize(), size=24)
        path_back = [("L", 5), ("y", 5), *(("h", t) for t in range(5, 0, -1))]
        unrolled(figure.add_axes((0.12, 0.02, 0.76, 0.6)), 5, lit=path_back, back=path_back)
        figure.savefig(path, metadata={"Software": None})


def not_found(app):
    if app.builder.name == "html":
        yield "404", {"title": "There is no such page"}, "404.html"


def setup(app):
    app.add_directive("cite-this", CiteThis)
    app.connect("html-collect-pages", not_found)
    app.connect("html-page-context", describe)
    app.connect("build-finished", publish)
