"""Keep off the pages what jupyter-book puts there by default and the book never uses.

A stock page weighs 860 KB gzipped before it says a word, most of it a script that draws every icon
there is, and it names another host: that of a launcher for live cells (thebe), which the book has
no use for. Here it is 150 KB: after Sphinx has written its files,

* the stylesheets lose the rules for classes that occur in no page and in no script;
* the icons come from the theme's font, cut down to the icons that its stylesheet still names;
* scripts run after the text is there (the templates in book/_templates do the rest).
"""

import re
from pathlib import Path

from fontTools import subset

UNUSED_EXTENSIONS = ("sphinx_thebe", "sphinx_comments")
UNUSED_FILES = ("thebe", "design-tabs")
FIRST = "documentation_options"  # an inline script of the theme's needs it at once
STYLES = ("styles/*.css", "basic.css", "mystnb*.css", "sphinx-design*.css", "togglebutton.css")
BUILT_BY_SCRIPTS = ("bs-",)  # bootstrap puts such class names together at run time


def trim_head(app, pagename, templatename, context, doctree):
    """Drop the files of the unused extensions; let scripts wait for the text."""
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file for file in context[kind] if not any(part in str(file) for part in UNUSED_FILES)
        ]
    if pagename != "search":  # whose inline script calls the others at once
        context["script_files"] = [deferred(script) for script in context["script_files"]]


def deferred(script):
    """The same script, run when the page is there; inline ones and the first stay as they are."""
    if not script.filename or FIRST in script.filename:
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **attributes)


def trim_static(app, exception):
    """Prune the stylesheets and the icons' font of a finished site."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    used = set()
    for page in site.rglob("*.html"):
        for classes in re.findall(r'class="([^"]*)"', page.read_text(encoding="utf8")):
            used.update(classes.split())
    for script in site.rglob("*.js"):
        if script.name not in ("fontawesome.js", "searchindex.js"):
            used.update(re.findall(r"[\w-]+", script.read_text(encoding="utf8")))
    for pattern in STYLES:
        for path in (site / "_static").glob(pattern):
            path.write_text(prune(path.read_text(encoding="utf8"), used), encoding="utf8")
    trim_icons(site / "_static")


def prune(css: str, used: set[str]) -> str:
    """`css` without the selectors that need a class which is not in `used`."""
    kept, place = [], 0
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    while (start := css.find("{", place)) >= 0:
        end = closing_brace(css, start)
        head, body = css[place:start], css[start + 1 : end]
        statements, _, selector = head.rpartition(";")  # @charset and @import end with one
        selector = selector.strip()
        if selector.startswith(("@media", "@supports", "@layer", "@container")):
            body = prune(body, used)
            keep = body and selector
        elif selector.startswith("@"):
            keep = selector
        else:
            keep = ",".join(part for part in split(selector) if matches(part, used))
        kept.append(statements + ";" * bool(statements))
        if keep:
            kept.append(f"{keep}{{{body}}}")
        place = end + 1
    return "".join(kept) + css[place:].strip()


def closing_brace(css: str, start: int) -> int:
    depth = 0
    for brace in re.compile(r"[{}]").finditer(css, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    raise ValueError(f"a stylesheet has an open brace at character {start}")


def split(selector: str) -> list[str]:
    """The parts of a selector list; a comma in parentheses separates nothing."""
    return re.split(r",(?![^()]*\))", selector) if "(" in selector else selector.split(",")


def matches(selector: str, used: set[str]) -> bool:
    """Whether every class that the selector needs may occur; one in :not() or :is() may not."""
    plain = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", selector))
    names = re.findall(r"\.(-?[A-Za-z_][\w-]*)", plain)
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
    app.connect("build-finished", trim_static)
