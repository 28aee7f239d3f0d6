"""The built site in a real browser: every page, with every other host blocked."""

import os
import re
import signal
import subprocess
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import ledger
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from fontTools.ttLib import TTFont
from playwright.sync_api import expect

from tests.browser import serve, visit, watch

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
CHAPTERS = [c["file"] for part in TOC["parts"] for c in part["chapters"]]
PAGES = [f"{name}.html" for name in (TOC["root"], *CHAPTERS)]
VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
each_page = pytest.mark.parametrize("page", [*PAGES, "search.html", "genindex.html"])


class Reader(HTMLParser):
    """What a page says and links to: ids, links, resources, pictures, cells, and its prose."""

    HIDDEN = ("script", "style", "pre", "code", "annotation", "title")

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.resources, self.images, self.text = set(), [], [], [], []
        self.labels, self.cells, self.stack = [], set(), []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.update(filter(None, (attrs.get("id"), attrs.get("name") if tag == "a" else None)))
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if tag == "img" and "aria-hidden" not in attrs:
            self.images.append(attrs)
        if tag == "svg" and "flipbook" in str(self.stack[-1:]) and "aria-hidden" not in attrs:
            self.labels.append(attrs.get("aria-label"))
        if tag in ("script", "img", "iframe") and "src" in attrs:
            self.resources.append(attrs["src"])
        if tag == "link" and attrs.get("rel") in ("stylesheet", "preload", "icon"):
            self.resources.append(attrs["href"])
        if tag not in VOID:
            self.stack.append((tag, attrs.get("class") or ""))
        if any(classes.startswith("cell ") for _, classes in self.stack):
            self.cells.add(attrs.get("id"))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(tag in self.HIDDEN for tag, _ in self.stack):
            self.text.append(data)


@pytest.fixture(scope="session")
def pages(site):
    """What every page says, read once."""
    return {p.relative_to(site).as_posix(): Reader(p) for p in sorted(site.rglob("*.html"))}


@pytest.fixture(scope="session")
def address(site):
    with serve(site) as address:
        yield address


@pytest.fixture(scope="module")
def desk(browser):
    """A tab on a laptop's screen."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def phone(browser):
    """A tab on a small phone, in the dark."""
    screen = {"width": 360, "height": 740}
    with browser.new_context(viewport=screen, color_scheme="dark") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def without_scripts(browser):
    """A tab where scripts are switched off."""
    with browser.new_context(java_script_enabled=False) as context:
        yield context.new_page()


def mathematics_is_rendered(page):
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    assert page.locator(".katex-error").count() == 0
    if page.locator(".katex").count():
        assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
        assert page.evaluate("[...document.fonts].some(f => f.family.includes('KaTeX_Main'))")


# axe looks at every element. Here a formula becomes one word in a box as wide, a drawing is its
# label, and from the fourth on a block of code is one text: a sixth of the elements, no rule less.
FLATTEN = """() => {
  const formulas = [...document.querySelectorAll(".katex")].map((e) => [e, e.offsetWidth]);
  for (const [formula, width] of formulas) {
    formula.textContent = "formula";
    formula.style = `display: inline-block; overflow: hidden; width: ${width}px`;
  }
  for (const drawing of document.querySelectorAll(".flipbook svg")) drawing.replaceChildren();
  for (const code of [...document.querySelectorAll("pre")].slice(3)) {
    code.textContent = code.textContent;
  }
}"""


@each_page
def test_a_page_opens_over_http_and_axe_finds_nothing(desk, address, page):
    with watch(desk, f"{address}/{page}") as tab:
        mathematics_is_rendered(tab)
        tab.evaluate(FLATTEN)
        found = Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()


@each_page
def test_a_page_opens_from_a_folder_on_a_phone_in_the_dark(phone, site, page):
    with watch(phone, (site / page).as_uri()) as tab:
        mathematics_is_rendered(tab)
        assert tab.locator("main h1:visible").count()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


WORDLESS = """(figures) => figures
  .filter((f) => !f.closest("details:not([open])"))
  .filter((f) => !f.querySelector("svg, img")?.checkVisibility() || !f.innerText.trim())
  .length"""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_teaches_with_scripts_off(without_scripts, address, page):
    with watch(without_scripts, f"{address}/{page}") as tab:
        assert tab.locator("article h1").first.is_visible()
        assert tab.eval_on_selector_all("figure.flipbook", WORDLESS) == 0


def test_make_serve_serves_the_site_on_this_machine(site):
    command = ["make", "serve", "PORT=0", f"SITE={site}"]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},  # else what it says waits in a pipe
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said = next(line for line in server.stdout if line.startswith("Serving HTTP"))
        host, port = re.search(r"on (\S+) port (\d+)", said).groups()
        assert host == "127.0.0.1"
        with urllib.request.urlopen(f"http://{host}:{port}/index.html", timeout=30) as page:
            assert page.status == 200
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def test_the_first_page_is_the_cover_and_leads_into_the_book(browser, address):
    with visit(browser, f"{address}/index.html") as tab:
        slider = tab.get_by_role("slider")
        slider.focus()
        tab.keyboard.press("ArrowRight")
        expect(tab.locator("figcaption")).to_contain_text("3 steps back")
        tab.get_by_role("link", name="Chapter 6").first.click()
        tab.wait_for_url(f"{address}/notebooks/06_explicit_implicit.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_button_changes_the_colours(browser, address, scheme):
    with visit(browser, f"{address}/{PAGES[0]}", color_scheme=scheme) as tab:
        ground = "getComputedStyle(document.body).backgroundColor"
        seen = {tab.evaluate(ground)}
        for _ in range(3):
            tab.locator(".theme-switch-button:visible").first.click()
            seen.add(tab.evaluate(ground))
        assert len(seen) == 2


@each_page
def test_links_and_resources_lead_somewhere(pages, site, page):
    broken = []
    for link in pages[page].links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue  # a reference to another site: named, never asked
        path = (site / page).parent / unquote(parts.path) if parts.path else site / page
        anchor, name = unquote(parts.fragment), path.resolve().relative_to(site).as_posix()
        place = "" if anchor.startswith("fig=") else anchor  # a moment of a flipbook
        if not path.exists() or (place and place not in pages[name].ids):
            broken.append(link)
    assert not broken, f"{page}: these links lead nowhere: {broken}"
    for resource in pages[page].resources:
        if resource.startswith("data:"):
            continue  # the pixels of a picture, in the page itself
        assert not urlsplit(resource).netloc, f"{page} asks another host: {resource}"
        assert ((site / page).parent / urlsplit(resource).path).exists(), f"{page}: no {resource}"


@each_page
def test_every_picture_has_its_words(pages, page):
    for image in pages[page].images:
        alt = image.get("alt", "").strip()
        assert " " in alt and not alt.endswith(".png"), f"{page}: {image['src']} says {alt!r}"
    for label in pages[page].labels:
        assert label and " " in label, f"{page}: a picture without words"


@each_page
def test_nothing_is_left_unrendered(pages, page):
    raw = re.compile(r"\?\?\?|\$\$|\$[^$\n]+\$|\\\(|\\\[|\\begin\{|\{(?:eq|ref|numref|doc|cite)\}")
    found = raw.findall("".join(pages[page].text))
    assert not found, f"{page} shows source: {found}"


def test_every_icon_that_the_theme_shows_is_in_its_font(browser, address):
    with visit(browser, f"{address}/{PAGES[0]}") as tab:
        tab.wait_for_load_state("networkidle")
        shown = tab.evaluate("""() => [...document.querySelectorAll("*")].flatMap(
          (e) => ["::before", "::after"].map((part) => getComputedStyle(e, part).content))""")
    static = SITE / "_static" / "vendor" / "fontawesome" / "webfonts"
    font = TTFont(static / "icons.woff").getBestCmap()
    icons = {
        ord(letter) for content in shown for letter in content if "\ue000" <= letter <= "\uf8ff"
    }
    assert icons
    assert icons <= font.keys(), f"not in the font: {[hex(i) for i in icons - font.keys()]}"


def test_equations_are_numbered_by_chapter(site):
    numbered = [c["file"] for p in TOC["parts"] if p.get("numbered") for c in p["chapters"]]
    for chapter, name in enumerate(numbered, 1):
        html = (site / f"{name}.html").read_text("utf-8")
        numbers = re.findall(r'<span class="eqno">\(([\d.]+)\)', html)
        assert numbers == [f"{chapter}.{n}" for n in range(1, len(numbers) + 1)], name


def test_a_reference_to_an_equation_shows_its_number(pages, site):
    shown = {
        (page, anchor): number
        for page in pages
        for anchor, number in re.findall(
            r'id="(equation-[^"]*)">\s*<span class="eqno">(\([\d.]+\))', (site / page).read_text()
        )
    }
    for page in pages:
        html = (site / page).read_text("utf-8")
        for path, anchor, text in re.findall(
            r'<a class="reference internal" href="([^"#]*)#(equation-[^"]*)">(.*?)</a>', html
        ):
            target = ((site / page).parent / path).resolve() if path else site / page
            number = shown[target.relative_to(site).as_posix(), anchor]
            assert number in re.sub("<[^>]*>", "", text), f"{page}: {anchor} shown as {text}"


@pytest.mark.parametrize("page", ["notes", "ledger"])
def test_each_line_of_the_ledger_has_its_anchor_and_leads_to_a_cell(pages, page):
    reader = pages[f"book/{page}.html"]
    lines = [e["name"] for e in ledger.entries() if ("notes" in e) == (page == "notes")]
    assert {f"line-{name}" for name in lines} == {i for i in reader.ids if i.startswith("line-")}
    links = [link for link in reader.links if "#ledger-" in link]
    assert len(links) == len(lines)
    for link in links:
        name, anchor = link.removeprefix("../").split("#")
        assert anchor in pages[name].cells, f"{name}: #{anchor} is not a cell"
