"""How the site looks, where a reader relies on it: nothing cut, no wrong line like a right one."""

import json
import re
from html import unescape

import checks
import folds
import fonts
import ledger
import opener
import pytest
import yaml
from docutils import nodes
from fontTools.ttLib import TTFont

from tests.browser import visit, watch
from tests.colour import contrast
from tests.conftest import ROOT
from tests.test_ledger_tex import sides

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
CHAPTERS = list(opener.parts())
KINDS = {entry["name"]: entry for entry in ledger.entries()}
each_page = pytest.mark.parametrize("page", PAGES)


@pytest.fixture(scope="module")
def phone(browser):
    """A tab on a phone."""
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        yield context.new_page()


# what scrolls sideways, more than a pixel, without fading at the edge where there is more;
# and what is cut by a box that does not scroll
CUT = """() => [...document.querySelectorAll("article .katex-display, article pre, article table, \
article .katex, article .katex-html")]
  .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .filter((e) => {
    const style = getComputedStyle(e), fade = style.getPropertyValue("--fade-right");
    if (["visible", "clip"].includes(style.overflowX) || !e.clientWidth) return false;
    return parseFloat(fade) < 16 || style.maskImage === "none";
  }).map((e) => e.textContent.slice(0, 60))"""
OUTSIDE = """() => [...document.querySelectorAll("article *")].filter((e) => {
    const box = e.getBoundingClientRect();
    if (!e.checkVisibility() || box.width === 0 || box.right <= innerWidth + 1) return false;
    for (let p = e.parentElement; p && p.tagName !== "ARTICLE"; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== "visible") return false;
    return true;
  }).map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`)"""
ALONE = """() => [...document.querySelectorAll("article .kept")].filter((kept) => {
    const bases = kept.querySelectorAll(".base"), range = document.createRange();
    if (!kept.checkVisibility() || !bases.length) return false;
    range.setStart(kept.lastChild, 0);
    range.setEnd(kept.lastChild, 1);
    const last = bases[bases.length - 1].getBoundingClientRect();
    return range.getBoundingClientRect().left < last.left;
  }).map((kept) => kept.querySelector("annotation").textContent)"""


@each_page
def test_on_a_phone_nothing_is_cut_without_a_cue(phone, site, page):
    with watch(phone, (site / f"{page}.html").as_uri()) as tab:
        tab.set_viewport_size({"width": 390, "height": 800})
        tab.evaluate("document.fonts.ready")
        assert tab.evaluate(CUT) == []
        assert tab.evaluate(ALONE) == [], "a line begins with the mark after a formula"
        tab.set_viewport_size({"width": 360, "height": 800})
        assert tab.evaluate(OUTSIDE) == []


@each_page
def test_what_is_folded_is_open_on_paper(phone, site, page):
    hidden = """() => [...document.querySelectorAll("article details")]
        .filter((d) => d.children.length > 1 && ![...d.children].slice(1).some(
            (e) => e.tagName === "FIGURE" || e.getBoundingClientRect().height > 0)).length"""
    with watch(phone, (site / f"{page}.html").as_uri()) as tab:
        tab.emulate_media(media="print")
        assert tab.evaluate(hidden) == 0
        tab.emulate_media(media="screen")


def equations(site, page):
    """Name → (the number that an equation with a ledger's label shows, its LaTeX)."""
    html = (site / f"{page}.html").read_text("utf-8")
    found = re.findall(
        r'<div class="(?:math|[^"]*notes-line[^"]*)" id="equation-eq-([a-z0-9-]+)">(.*?)'
        r'<annotation encoding="application/x-tex">(.*?)</annotation>(?=(.*?)</div>(.*?)</p>)',
        html, re.S,
    )  # fmt: skip
    result = {}
    for name, before, tex, _, after in found:
        number = re.search(r'class="eqno">\(([\d.]+)\)', before)
        noted = re.search(r'class="notes-number"><a[^>]*>(.*?)</a>', after)
        result[name] = (number or noted)[1], unescape(tex)
    return result


@pytest.mark.parametrize("page", CHAPTERS)
def test_no_wrong_equation_stands_in_the_numbers_of_the_right_ones(site, page):
    for name, (number, tex) in equations(site, page).items():
        entry = KINDS.get(name, {})
        if entry.get("kind") != "wrong":
            assert re.fullmatch(r"[\d.]+", number), f"{name} is right and has no number"
        elif re.fullmatch(r"[\d.]+", number):
            says_so = "\\neq" in tex and not tex.strip().startswith("\\text{not")
            right = all(side in sides(tex) for side in sides(entry["right"])[:2])
            assert says_so or right, f"({number}) is {name}, a wrong line"
        else:
            assert number == ledger.numbers().get(name, "✗")


def test_a_reference_to_a_wrong_line_shows_the_notes_number(site):
    shown = {n: number for page in CHAPTERS for n, (number, _) in equations(site, page).items()}
    wrong = {n for n, number in shown.items() if not re.fullmatch(r"[\d.]+", number)}
    assert {"dl2-misread", "signal-one-case", "stage-b"} <= wrong
    for page in PAGES:
        html = (site / f"{page}.html").read_text("utf-8")
        pattern = r'<a class="reference internal" href="[^"]*#equation-eq-([^"]*)">(.*?)</a>'
        for name, text in re.findall(pattern, html):
            assert shown[name] in re.sub("<[^>]*>", "", text)


def test_a_wrong_term_of_the_notes_is_struck(site):
    terms = {name: ledger.struck_terms(entry) for name, entry in KINDS.items()}
    rows = (site / "book/notes.html").read_text("utf-8")
    assert rows.count("enclosing struck") == sum(map(len, terms.values())) > 12
    for page in CHAPTERS:
        for name, (number, tex) in equations(site, page).items():
            if number.startswith("N"):
                assert all(rf"\cancel{{{term}}}" in tex for term in terms[name]), name


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("notebooks/")])
def test_each_printed_check_has_its_dress_in_its_order(site, page):
    printed = []
    for cell in json.loads((ROOT / f"{page}.ipynb").read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            lines = "".join(output.get("text", "")).splitlines()
            printed += [m[2] for m in map(checks.LINE.match, lines) if m]
    html = (site / f"{page}.html").read_text("utf-8")
    names = re.findall(r'<span class="check-name">(?:<a[^>]*>)?([^<]*)<', html)
    assert [unescape(n) for n in names] == [n.removeprefix(ledger.EXERCISE) for n in printed]


def test_other_printed_lines_keep_their_order_and_their_dress():
    class App:
        class builder:
            @staticmethod
            def get_relative_uri(start, page):
                return f"{page}.html"

        class env:
            docname = "notebooks/x"

    text = (
        "before: 0.1\n✗ a: rejected, its shapes do not meet\n  matmul said so\nbetween\n✓ b: both "
    )
    text += "sides agree to 1e-12\n✗ c: rejected, off by 1.2e+03 %"
    block = nodes.literal_block(text, text, classes=["output", "stream"], language="none")
    found = checks.pieces(App, block, set(), {"a": {"notes": "x"}})
    kinds = [type(node).__name__ for node in found]
    assert kinds == ["literal_block", "paragraph", "literal_block", "paragraph", "paragraph"]
    assert [found[0].astext(), found[2].astext()] == ["before: 0.1", "between"]
    assert "matmul said so" in found[1].astext()
    assert next(found[1].findall(nodes.reference))["refuri"] == "book/notes.html#line-a"
    assert "--off: 85%" in next(found[4].findall(nodes.raw)).astext()
    assert "check-no" in found[4]["classes"] and "check-ok" in found[3]["classes"]


@pytest.mark.parametrize(
    "source, kind",
    [
        ("import numpy as np\nfrom x import y", "setup"),
        ("show(draw, t=3)", "drawing"),
        ("def draw(fig):\n    return ''\n\n\nflipbook(draw, t=range(3))", "drawing"),
        ("check('a', A, f, x)\nshow(draw)", None),
        ("print(3)\nshow(draw)", None),
        ("import numpy as np\nx = np.eye(3)", None),
    ],
)
def test_what_is_folded(source, kind):
    assert folds.kind_of(source) == kind


def test_a_solution_is_one_drawer(site):
    for page in PAGES:
        html = (site / f"{page}.html").read_text("utf-8")
        assert "Show code cell content" not in html, f"{page}: a hidden cell outside of its drawer"


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_opens_with_its_number_and_the_strip(site, page):
    html = (site / f"{page}.html").read_text("utf-8")
    part, number = opener.parts()[page]
    assert f'<p class="kicker">{part} · Chapter {number}</p>' in html
    ticks = re.findall(r'class="tick (\w+)" href="\.\./book/notes\.html#line-([^"]+)"', html)
    lines = [e["name"] for e in ledger.entries() if "notes" in e and "reading" not in e]
    assert [name for _, name in ticks] == lines
    answers = {r.name for r in ledger.all_references() if f"notebooks/{r.notebook}" == page}
    for state, name in ticks:
        entry = KINDS[name]
        here = entry.get("same_as", name) in answers
        assert state == (("wrong" if entry["kind"] == "wrong" else "here") if here else "other")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapters_first_picture_comes_in_its_first_two_screens(phone, site, page, width):
    with watch(phone, (site / f"{page}.html").as_uri()) as tab:
        tab.set_viewport_size({"width": width, "height": 900})
        picture = tab.locator("a.opener-picture > :is(svg, img)").bounding_box()
        assert picture["y"] + picture["height"] < 1800 and picture["width"] > 200
        target = tab.locator("a.opener-picture").get_attribute("href")
        assert tab.locator(f"figure{target}").count() == 1
        drawn = "e => e.tagName === 'IMG' || e.querySelector('use').getBBox().width > 100"
        assert tab.locator("a.opener-picture > :is(svg, img)").evaluate(drawn)


def test_the_strip_says_in_words_what_it_shows():
    states = ["other", "here", "wrong", "other", "wrong"]
    lines = [(f"N{i}", "", s) for i, s in enumerate(states, 1)]
    assert opener.summary(lines) == "Lines N2–N3, N5 of 5. Two are put right."
    assert opener.summary(lines[:2]) == "Line N2 of 2."


def drawn(static):
    """Family → the characters that its upright files draw."""
    found = {family: set() for family, *_ in fonts.FACES}
    for family, package, *_ in fonts.FACES:
        for path in (static / "fonts").glob(f"{package}*.woff2"):
            if "italic" not in path.name:
                found[family] |= TTFont(path).getBestCmap().keys()
    return found


def test_the_fonts_have_every_character_of_the_text(site):
    text = set()
    for page in PAGES:
        html = (site / f"{page}.html").read_text("utf-8")
        html = re.sub(r"<(script|style|svg|annotation)\b.*?</\1>", "", html, flags=re.S)
        html = re.sub(r'<span class="katex">.*?</math>', "", html, flags=re.S)
        html = re.sub(r'<span class="katex-html".*?(?=<(?:p|/p|/div|h\d))', "", html, flags=re.S)
        text |= set(map(ord, unescape(re.sub("<[^>]*>", "", html))))
    text = {c for c in text if c > 32 and c not in (0xA0, 0x200B) and not 0xE000 <= c <= 0xF8FF}
    mathematics = set()
    for path in (site / "_static" / "katex" / "fonts").glob("*.woff2"):
        mathematics |= TTFont(path).getBestCmap().keys()
    for family, characters in drawn(site / "_static").items():
        missing = text - characters - mathematics
        assert not missing, f"{family} lacks {[chr(c) for c in sorted(missing)]}"


def test_the_letters_are_the_books_own(browser, site):
    with visit(browser, (site / "notebooks/06_explicit_implicit.html").as_uri()) as tab:
        tab.evaluate("document.fonts.ready")
        loaded = tab.evaluate("[...document.fonts].filter(f => f.status == 'loaded')"
                              ".map(f => f.family.replaceAll('\"', ''))")  # fmt: skip
    assert set(drawn(site / "_static")) <= set(loaded)
    size = sum(path.stat().st_size for path in (site / "_static" / "fonts").iterdir())
    assert size < 250_000


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_can_be_read(theme):
    css = (ROOT / "book" / "_static" / "unrolled.css").read_text("utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", css)
    colours = {name: pair[theme] for name, *pair in pairs}
    quantities = ["input", "state", "output", "signal", "implicit", "held", "ok", "no"]
    for name in ("ink", "ink-2", "link", *quantities):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name
    for name in ("ink", "ink-2", "no", "ok"):
        assert contrast(colours[name], colours["sunk"]) >= 4.5, name
    for name in ("note-ink", "no"):
        assert contrast(colours[name], colours["note-paper"]) >= 4.5, name


@pytest.mark.parametrize("scheme, ground", [("light", 255), ("dark", 21)])
def test_the_colours_are_there_with_scripts_off(browser, site, scheme, ground):
    uri = (site / "notebooks/06_explicit_implicit.html").as_uri()
    with visit(browser, uri, java_script_enabled=False, color_scheme=scheme) as tab:
        colour = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert re.match(rf"rgb\({ground},", colour)
        ink = tab.locator("article p").first.evaluate("e => getComputedStyle(e).color")
        assert ink != colour


def test_a_section_that_the_clinic_names_is_a_link(site):
    key = (site / "notebooks" / "my_gradient_is_off.html").read_text("utf-8")
    links = re.findall(r'<a href="([\w.]+)#([\w-]+)">section 6\.7 \([^<]*</a>', key)
    assert len(links) > 3
    page, anchor = links[0]
    assert f'id="{anchor}"' in (site / "notebooks" / page).read_text("utf-8")
    assert not re.search(r'"[^"<>]*<a href', key)  # none in a label
