"""Keep off the pages what jupyter-book puts there by default and the book never uses.

A stock page weighs 860 KB gzipped before it says a word, most of it a script that draws every icon
there is, and it names another host: that of a launcher for live cells (thebe), which the book has
no use for. Here it is 150 KB: after Sphinx has written its files,

* the stylesheets lose the rules for classes that occur in no page and in no script;
* the icons come from the theme's font, cut down to the icons that its stylesheet still names;
* scripts run after the text is there (the templates in book/_templates do the rest);
* pages that an earlier build left, of what is no longer in the book, go;
* each style and script is named with a number that its final text has, so that two builds of one
  commit are the same to the byte, and a browser that kept an old file asks for the new one.
"""

import re
import zlib
from functools import cache
from itertools import pairwise
from pathlib import Path

import tinycss2
from fontTools import subset
from found import UNLISTED

UNUSED_EXTENSIONS = ("sphinx_thebe", "sphinx_comments")
UNUSED_FILES = ("thebe", "design-tabs")
FIRST = "documentation_options"  # an inline script of the theme's needs it at once
STYLES = ("styles/*.css", "basic.css", "mystnb*.css", "sphinx-design*.css", "togglebutton.css")
GROUPS = ("media", "supports", "layer", "container")  # rules that hold rules
# what themes leave in _static: templates, and Sphinx's search, which search_page.py replaces
STRAY = ("webpack-macros.html", "sbt-webpack-macros.html", "searchtools.js", "language_data.js")
ASSET = re.compile(r'(<(?:link|script) [^>]*?(?:href|src)="([^"?:]*\.(?:css|js)))(?:\?[^"]*)?(?=")')
BUILT_BY_SCRIPTS = ("bs-",)  # bootstrap puts such class names together at run time


def trim_head(app, pagename, templatename, context, doctree):
    """Drop the files of the unused extensions; let scripts wait for the text."""
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file for file in context[kind] if not any(part in str(file) for part in UNUSED_FILES)
        ]
    context["script_files"] = [deferred(script) for script in context["script_files"]]


def deferred(script):
    """The same script, run when the page is there; inline ones and the first stay as they are."""
    if not script.filename or FIRST in script.filename:
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **attributes)


def remove_old_pages(app, exception):
    """Take away the pages that an earlier build made of what is no longer in the book."""
    if exception is not None or app.builder.name != "html":
        return
    site, pages = Path(app.outdir), app.env.found_docs | set(UNLISTED)
    for folder in (site, site / "_sources"):
        for path in [*folder.glob("*.*"), *folder.glob("[!_]*/**/*.*")]:
            page = path.relative_to(folder).with_suffix("").as_posix()
            if path.suffix in (".html", ".ipynb", ".md") and page not in pages:
                path.unlink()


def trim_static(app, exception):
    """Prune the stylesheets and the icons' font of a finished site."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    for name in STRAY:
        (site / "_static" / name).unlink(missing_ok=True)
    used = set()
    for page in site.rglob("*.html"):
        for classes in re.findall(r'class="([^"]*)"', page.read_text(encoding="utf8")):
            used.update(classes.split())
    for script in site.rglob("*.js"):
        if script.name not in ("fontawesome.js", "searchindex.js", "live-engine.js"):
            used.update(re.findall(r"[\w-]+", script.read_text(encoding="utf8")))
    for pattern in STYLES:
        for path in (site / "_static").glob(pattern):
            path.write_text(prune(path.read_text(encoding="utf8"), used), encoding="utf8")
    trim_icons(site / "_static")


def stamp_pages(app, exception):
    """Name the styles and scripts of all pages with their checksums, when they are as they stay."""
    if exception is None and app.builder.name == "html":
        for page in Path(app.outdir).rglob("*.html"):
            stamp(page)


def stamp(page: Path):
    """Name each style and script of a page with the checksum of what is in it now."""
    text = page.read_text(encoding="utf8")
    stamped = ASSET.sub(lambda found: f"{found[1]}?v={checksum(page.parent / found[2])}", text)
    if stamped != text:
        page.write_text(stamped, encoding="utf8")


@cache
def checksum(path: Path) -> str:
    return f"{zlib.crc32(path.read_bytes()):08x}"


def prune(css: str | list, used: set[str]) -> str:
    """`css` without the selectors that need a class which is not in `used`.

    css: the text of a stylesheet, or the tokens of a block of rules.  Raises ValueError if broken.
    """
    kept = []
    for rule in tinycss2.parse_rule_list(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "error":
            raise ValueError(f"a stylesheet is broken at line {rule.source_line}: {rule.message}")
        if rule.type == "qualified-rule":
            if selectors := [part for part in split(rule.prelude) if matches(part, used)]:
                head = ",".join(tinycss2.serialize(part).strip() for part in selectors)
                kept.append(f"{head}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.lower_at_keyword not in GROUPS or rule.content is None:
            kept.append(rule.serialize())
        elif inside := prune(rule.content, used):
            kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}")
    return "".join(kept)


def split(prelude: list) -> list[list]:
    """The selectors of a list of them, as tokens; a comma in parentheses is inside a token."""
    parts = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def matches(selector: list, used: set[str]) -> bool:
    """Whether every class that the selector needs may occur; one in :not() or :is() may not."""
    names = [name.value for dot, name in pairwise(selector) if dot == "." and name.type == "ident"]
    return all(name in used or name.startswith(BUILT_BY_SCRIPTS) for name in names)


def icons(css: str) -> set[int]:
    """The code points of the icons that a stylesheet names, written out or as an escape."""
    escaped = {int(code, 16) for code in re.findall(r'"\\(f[0-9a-f]{3})"', css)}
    return escaped | {ord(letter) for letter in css if "\ue000" <= letter <= "\uf8ff"}


def trim_icons(static: Path):
    """Cut the icons' font down to the icons that the theme's stylesheet names."""
    path = static / "styles" / "pydata-sphinx-theme.css"
    css = path.read_text(encoding="utf8")
    fonts = static / "vendor" / "fontawesome" / "webfonts"
    options = subset.Options(flavor="woff", desubroutinize=True)
    font = subset.load_font(fonts / "fa-solid-900.ttf", options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=icons(css))
    subsetter.subset(font)
    subset.save_font(font, fonts / "icons.woff", options)
    css = re.sub(
        r'url\(([^)]*)fa-solid-900\.woff2\) format\("woff2"\),[^;}]*',
        r'url(\1icons.woff) format("woff")',
        css,
    )
    path.write_text(css, encoding="utf8")


def setup(app):
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__ in UNUSED_EXTENSIONS:
                app.disconnect(listener.id)
    app.connect("html-page-context", trim_head)
    app.connect("build-finished", remove_old_pages, priority=100)  # before anybody reads them
    app.connect("build-finished", trim_static)
    app.connect("build-finished", stamp_pages, priority=900)  # the theme, too, writes a stylesheet
