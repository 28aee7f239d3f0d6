"""Search: the book's sections and its glossary, title hits first, each hit with an excerpt.

What the pages say goes into one script file, which a page that was opened from a folder may load
too; Sphinx's own search reads each page that it found, which a folder refuses, and leads to the
top of it.  MiniSearch, from npm, ranks; book/_static/search.js asks it, and shows what it found.
"""

import json
from pathlib import Path

from docutils import nodes
from live import kept, small_script
from sphinx import addnodes
from sphinx.errors import ConfigError
from words import words

MINISEARCH = Path(__file__).resolve().parents[2] / "node_modules" / "minisearch"
SECTIONS = "_static/search-sections.js"


def engine() -> str:
    """MiniSearch as a small script.  ConfigError if it is missing."""
    source = MINISEARCH / "dist" / "umd" / "index.js"
    if not source.is_file():
        raise ConfigError(
            "MiniSearch is missing (node_modules/minisearch): "
            "run 'npm ci' in the book's folder, or 'make book', which does."
        )
    licence = (MINISEARCH / "LICENSE.txt").read_text("utf-8").strip()
    return f"/* MiniSearch.\n\n{licence} */\n{kept(source.read_text('utf-8'), small_script)}"


def prepare(app):
    """Put the engine into the site, and let Sphinx make no index of its own."""
    if app.builder.name != "html":
        return
    app.builder.search = False
    try:
        script = engine()
    except ConfigError as missing:
        raise SystemExit(f"The book cannot be built. {missing}") from missing
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "minisearch.js").write_text(script, encoding="utf-8")


def parts(doctree) -> list[list[str]]:
    """A page as [anchor, title, what it says], one for each section and glossary entry."""
    found = []
    for section in doctree.findall(nodes.section):
        anchor = section["ids"][0] if found else ""
        found.append([anchor, words(section.next_node(nodes.title)), words(section)])
    for glossary in doctree.findall(addnodes.glossary):
        for entry in glossary.findall(nodes.definition_list_item):
            term = entry.next_node(nodes.term)
            meaning = words(entry.next_node(nodes.definition))
            found.append([term["ids"][0], words(term), meaning])
    return found


def notes(app, docname) -> Path:
    """Where it is kept what a page says: with its doctree, since only changed pages are read."""
    return Path(app.doctreedir) / "search" / f"{docname}.json"


def read(app, doctree, docname):
    """Keep what a page says, before the others dress it."""
    if app.builder.name == "html":
        path = notes(app, docname)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(parts(doctree)), encoding="utf-8")


def write(app, exception):
    """Write `bookSections`: [page, anchor, its title as it is numbered, the page's, the text]."""
    if exception is not None or app.builder.name != "html":
        return
    rows = []
    for docname in sorted(app.env.found_docs):
        numbers = app.env.toc_secnumbers.get(docname, {})
        page = ""
        for anchor, title, text in json.loads(notes(app, docname).read_text("utf-8")):
            number = ".".join(map(str, numbers.get(anchor and f"#{anchor}") or ()))
            title = f"{number} {title}".strip()
            page = page or title
            rows.append([app.builder.get_target_uri(docname), anchor, title, page, text])
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    script = f"globalThis.bookSections = [\n{lines}\n];\n"
    (Path(app.outdir) / SECTIONS).write_text(script, encoding="utf-8")


def page(app):
    """The page itself; its template is book/_templates/search.html."""
    if app.builder.name == "html":
        yield "search", {"title": "Search"}, "search.html"


def bring_script(app, pagename, templatename, context, doctree):
    if pagename == "search":
        for file in ("minisearch.js", Path(SECTIONS).name, "search.js"):
            app.add_js_file(file)
        app.add_css_file("search.css")


def setup(app):
    app.connect("builder-inited", prepare)
    app.connect("doctree-resolved", read, priority=100)
    app.connect("html-collect-pages", page)
    app.connect("html-page-context", bring_script)
    app.connect("build-finished", write)
