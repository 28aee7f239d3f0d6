"""The book is found and cited: descriptions, one address, the page for a wrong address."""

import json
import re
from html import unescape
from xml.etree import ElementTree

import pytest
import yaml

from tests.conftest import ROOT
from tests.small_book import small_book
from tests.test_reproducible import build, differing

ADDRESS = "https://example.org/unrolled/"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]

PAGE = """# A page

Of $h_t$, with **bold** and `code`.

:::{admonition} A box
:class: tip
With words.
:::

## A section

$$ a = b $$
"""


def described(page):
    return re.findall(r'<meta name="description" content="([^"]*)">', page)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_in_a_sentence_what_it_is_about(site, page):
    text = (site / f"{page}.html").read_text("utf-8")
    (said,) = described(text)
    assert 25 < len(said) < 400 and said[-1] in ".?!:…" and "\\" not in said
    assert 'property="og:' not in text and "canonical" not in text and "ld+json" not in text
    assert "mybinder" not in text


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The text of each file of a small book that says where it is published."""
    folder = tmp_path_factory.mktemp("published")
    source = small_book(folder / "source", PAGE, ADDRESS)
    return build(source, folder, seed=1)


def test_two_builds_into_two_folders_are_the_same(published, tmp_path):
    """Of a small book, with another order of sets in each."""
    source = small_book(tmp_path / "source", PAGE, ADDRESS)
    assert published
    assert differing(published, build(source, tmp_path, seed=2)) == []


def test_from_its_address_follow_canonical_links_previews_and_the_sitemap(published):
    page = published["book/preface.html"].decode()
    here = f"{ADDRESS}book/preface.html"
    assert f'<link rel="canonical" href="{here}" />' in page
    assert f'<meta property="og:url" content="{here}">' in page
    picture = re.search(r'<meta property="og:image" content="([^"]*)">', page)[1]
    assert published[picture.removeprefix(ADDRESS)].startswith(b"\x89PNG")
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert data["@type"] == "Book" and data["url"] == here and data["description"]
    locations = [e.text for e in ElementTree.fromstring(published["sitemap.xml"]).iter() if e.text]
    assert [text for text in locations if text.strip()] == [here]
    lost = published["404.html"].decode()
    assert '<base href="/unrolled/404.html">' in lost and "canonical" not in lost


def test_the_page_for_a_wrong_address_finds_its_folder(browser, site):
    with browser.new_context() as context:
        tab = context.new_page()

        def answer(route):
            name = route.request.url.removeprefix(ADDRESS).split("?")[0]
            path = site / name
            route.fulfill(path=path if path.is_file() else site / "404.html")

        tab.route("**/*", answer)
        tab.goto(f"{ADDRESS}notebooks/99_gone.html")
        tab.get_by_role("heading", name="There is no such page").wait_for()
        style = (
            "[...document.styleSheets].some((s) => s.href?.endsWith('unrolled.css') || s.cssRules)"
        )
        assert tab.evaluate(style)
        tab.get_by_role("link", name="The cover").click()
        tab.wait_for_url(f"{ADDRESS}index.html")


def test_the_moments_that_the_teachers_page_leads_to_are_there(browser, site):
    page = (site / "book" / "teach.html").read_text("utf-8")
    links = re.findall(r'href="\.\./notebooks/([^"]*#fig=[^"]*)"', page)
    assert links
    with browser.new_context() as context:
        for link in links:
            tab = context.new_page()
            wanted = dict(re.findall(r"(\w+)=(\d+)", link))
            tab.goto(f"{(site / 'notebooks').as_uri()}/{unescape(link)}")
            shown = [f"step {wanted['k']}", "₀₁₂₃₄₅"[int(wanted["t"])]]
            caption = tab.locator("figcaption", has_text=re.compile(".*".join(shown[::-1]))).first
            caption.wait_for()
