"""Bind the built site into one PDF: cover, contents, then every page of _toc.yml in its order.

The bodies of the site's pages are joined to one document, in which links lead from one to another,
and Chromium prints it.  The numbers in the contents are known only then: it is printed twice.
"""

import re
import sys
from html import escape, unescape
from pathlib import Path
from posixpath import dirname, join, normpath

import pikepdf
import yaml
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
OUT = ROOT / "_build" / "pdf"
BOOK = OUT / "unrolled.pdf"
WEIGHTS = {400: "200 500", 600: "501 900"}  # what is cut from a variable font, and what it serves
DROPPED = re.compile(  # what paper has no use for
    r"<script\b.*?</script>|<template\b.*?</template>"
    r'|<a class="headerlink".*?</a>|<a class="opener-picture.*?</a>'
    r'|<details class="code-fold.*?</details>',
    re.S,
)
FORMULA = re.compile(
    r'<span class="katex"><span class="katex-mathml">(?:(?!</math>).)*<annotation[^>]*>'
    r"((?:(?!</annotation>).)*)</annotation></semantics></math></span>",
    re.S,
)
SECTION = re.compile(
    r'<section\b[^>]*\bid="([^"]*)">\s*(?:<span id="[^"]*"></span>\s*)*<h2>(.*?)</h2>', re.S
)


def parts() -> list[tuple[str, bool, list[str]]]:
    """The parts of the book as (caption, whether its chapters are numbered, pages)."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    return [
        (
            part.get("caption", ""),
            "numbered" in part,
            [chapter["file"] for chapter in part["chapters"]],
        )
        for part in toc["parts"]
    ]


def slug(page: str) -> str:
    """The name of a page's place in the document."""
    return page.rpartition("/")[2]


def head(page: str) -> str:
    html = (SITE / f"{page}.html").read_text("utf-8")
    return html[: html.index("</head>")]


def title(page: str) -> str:
    """A page's title and its number, as in the browser's tab, without the book's name."""
    return re.split(" [—·|] ", unescape(re.search("<title>(.*?)</title>", head(page), re.S)[1]))[0]


def styles(pages: list[str]) -> list[str]:
    """The stylesheets of all pages, each once, in an order that is that of every page."""
    found = []
    for page in pages:
        place = 0
        for tag in re.findall(r"<link\b[^>]*>", head(page)):
            if 'rel="stylesheet"' in tag:
                path = re.search(r'href="([^"?]*)', tag)[1]
                name = normpath(join(dirname(page), path))
                if name not in found:
                    found.insert(place, name)
                place = found.index(name) + 1
    return [name for name in found if not name.endswith("/fonts.css")]


def body(page: str, pages: list[str]) -> str:
    """What a page says, with names of its own, and links that lead to places in the document."""
    html = (SITE / f"{page}.html").read_text("utf-8")
    html = html[html.index('<article class="bd-article">') : html.rindex("</article>")]
    html = DROPPED.sub("", html.partition(">")[2])
    html = FORMULA.sub(spoken, html)
    home = slug(page)

    def place(match):
        name, value = match[1], unescape(match[2])
        if re.match("[a-z]+:", value):
            return match[0]
        path, _, part = value.partition("#")
        part = (
            "" if part.startswith("fig=") else part
        )  # a moment of a flipbook, which paper has not
        path = normpath(join(dirname(page), path)) if path else f"{page}.html"
        if name == "src":
            return f'src="../html/{path}"'
        to = path.removesuffix(".html")
        return f'{name}="#{slug(to)}{"--" * bool(part)}{part}"' if to in pages else ""

    def rename(match):
        names = " ".join(f"{home}--{name}" for name in match[2].split())
        return f'{match[1]}="{names}"'

    def tag(match):
        text = re.sub(r'\b(id|for|headers|aria-\w+by)="([^"]*)"', rename, match[0])
        text = text.replace("url(#", f"url(#{home}--")
        return re.sub(r'\b(href|src)="([^"]*)"', place, text)

    return re.sub(r"<[a-zA-Z][^<>]*>", tag, html)


def spoken(match) -> str:
    """A formula that is read aloud as its LaTeX, and stands once in the text that can be copied."""
    label = match[1].strip().replace('"', "&quot;")
    return f'<span class="katex" role="img" aria-label="{label}">'


def cut_fonts() -> str:
    """Cut each weight in use out of the site's variable fonts; the stylesheet that names them.

    A PDF holds no variable font: Chromium would draw each of its letters as a picture.  All faces
    of a family name the same weights, or Chromium would take its letters from one of them only.
    """
    css = ""
    for face in re.findall(
        "@font-face {.*?\n}", (SITE / "_static/fonts.css").read_text("utf-8"), re.S
    ):
        path = SITE / "_static" / re.search(r"url\((.*?)\)", face)[1]
        family = re.search('font-family: "(.*?)"', face)[1].replace(" ", "")
        for weight, served in WEIGHTS.items():
            font = TTFont(path)
            if "fvar" in font:
                instantiateVariableFont(font, {"wght": weight}, inplace=True)
            slope = "Italic" * ("style: italic" in face)
            font["name"].setName(f"{family}-{weight}{slope}", 6, 3, 1, 0x409)
            name = f"{path.stem}-{weight}.woff2"
            font.flavor = "woff2"
            font.save(OUT / name)
            css += re.sub("200 900", served, re.sub(r"url\(.*?\)", f"url({name})", face)) + "\n"
    return css


def contents(bodies: dict[str, str], numbers: dict[str, int]) -> str:
    """The table of contents; numbers: place → page, as far as they are known."""

    def line(words, place, kind):
        number = numbers.get(place, 0)
        return (
            f'<li class="{kind}"><a href="#{place}"><span>{words}</span>'
            f'<span class="to">{number}</span></a></li>'
        )

    rows = ""
    for caption, numbered, pages in parts():
        rows += f'<li class="part">{escape(caption)}</li>' if caption else ""
        for page in pages:
            rows += line(escape(title(page)), slug(page), "chapter" if numbered else "page")
            for place, words in SECTION.findall(bodies[page]) if numbered else ():
                rows += line(words, place, "section")
    return f'<section><h1>Contents</h1><ol class="contents">{rows}</ol></section>'


def document(bodies: dict[str, str], numbers=None) -> str:
    """The book as one page of HTML; numbers: place → page, for the contents."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    root, *pages = bodies
    leaves = {root: bodies[root], "contents": contents(bodies, numbers or {})}
    heads = {"contents": "Contents"} | {page: title(page) for page in pages}
    rules = "".join(
        f'@page leaf{i} {{ @top-left {{ content: "{words.replace(chr(34), "”")}" }} }}\n'
        f'[id="{slug(page)}"] {{ page: leaf{i} }}\n'
        for i, (page, words) in enumerate(heads.items())
    )
    leaves |= {page: bodies[page] for page in pages}
    inside = "".join(
        f'<div class="leaf" id="{slug(p)}">{html}</div>\n' for p, html in leaves.items()
    )
    links = "".join(
        f'<link rel="stylesheet" href="../html/{name}">' for name in styles(list(bodies))
    )
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light"><meta charset="utf-8">'
        f"<title>{config['title']}</title>{links}"
        '<link rel="stylesheet" href="fonts.css">'
        '<link rel="stylesheet" href="../../tools/pdf.css">'
        f'<style>{rules}</style><body><main class="bd-main"><div class="bd-content">'
        f'<div class="bd-article-container"><article class="bd-article">{inside}</article>'
        "</div></div></main></body></html>"
    )


def printed(browser, html: str, **options) -> pikepdf.Pdf:
    """The PDF that Chromium makes of a document."""
    source, target = OUT / "book.html", OUT / "printed.pdf"
    source.write_text(html, encoding="utf-8")
    page = browser.new_page()
    page.set_default_timeout(600_000)
    page.emulate_media(media="print", color_scheme="light")
    page.goto(source.as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    page.pdf(path=target, prefer_css_page_size=True, print_background=True, **options)
    page.close()
    return pikepdf.open(target)


def places(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Each named place and the number of its page, from 1."""
    number = {page.objgen: i for i, page in enumerate(pdf.pages, 1)}
    return {name[1:]: number[where[0].objgen] for name, where in pdf.Root.Dests.items()}


def outline_by_part(pdf: pikepdf.Pdf, pages: list[str]):
    """Put the chapters of the outline under their parts, with their numbers, closed."""
    with pdf.open_outline() as outline:
        cover, table, *chapters = outline.root
        items = dict(zip(pages[1:], chapters, strict=True))
        for page, item in items.items():
            item.title, item.is_closed = title(page), True
        outline.root[:] = [cover, table]
        for caption, _, inside in parts():
            if caption:
                top = items[inside[0]]
                outline.root.append(
                    pikepdf.OutlineItem(caption, top.destination, action=top.action)
                )
            outline.root[-1].children.extend(items[page] for page in inside)


def bind(browser) -> Path:
    """Print the site that stands in _build/html; return the path of the PDF."""
    OUT.mkdir(parents=True, exist_ok=True)
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    pages = ["index", *(page for *_, inside in parts() for page in inside)]
    bodies = {page: body(page, pages) for page in pages}
    (OUT / "fonts.css").write_text(cut_fonts(), encoding="utf-8")
    with printed(browser, document(bodies)) as pdf:
        numbers = places(pdf)
    with printed(browser, document(bodies, numbers), tagged=True, outline=True) as pdf:
        if places(pdf) != numbers:
            raise RuntimeError("with the numbers in the contents, the pages moved")
        outline_by_part(pdf, pages)
        with pdf.open_metadata(set_pikepdf_as_editor=False) as data:
            data["dc:title"], data["dc:creator"] = config["title"], [config["author"]]
        pdf.docinfo["/Title"], pdf.docinfo["/Author"] = config["title"], config["author"]
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        pdf.save(BOOK, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return BOOK


if __name__ == "__main__":
    from tests.browser import ARGUMENTS, MISSING, chromium

    if chromium() is None:
        sys.exit(MISSING)
    with sync_playwright() as playwright:
        path = bind(playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS))
    with pikepdf.open(path) as pdf:
        print(f"The book is bound: {len(pdf.pages)} pages. Open {path}")
