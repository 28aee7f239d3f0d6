"""The search page: title hits first, a link to the section, an excerpt; from a folder too."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from words import plain

from tests.browser import serve, visit

HITS = """() => [...document.querySelectorAll("#search-results li")].map((li) => ({
  title: li.querySelector("a").textContent,
  link: li.querySelector("a").getAttribute("href"),
  marked: [...li.querySelectorAll("mark")].map((e) => e.textContent.toLowerCase()),
  excerpt: li.querySelector(".context")?.textContent ?? "",
}))"""


@pytest.fixture(scope="module")
def addresses(site):
    with serve(site) as address:
        yield {"http": address, "file": site.as_uri()}


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_leads_to_sections_with_excerpts_title_hits_first(browser, addresses, scheme):
    with visit(browser, f"{addresses[scheme]}/search.html?q=outer+product") as tab:
        tab.locator("#search-results li").first.wait_for()
        hits = tab.evaluate(HITS)
        assert hits[0]["link"] == "notebooks/05_outer_product.html"
        assert hits[0]["title"] == "5 The gradient of V is an outer product"
        named = ["outer product" in hit["title"].lower() for hit in hits]
        assert named == sorted(named, reverse=True) and not all(named)
        assert any(hit["link"].startswith("book/glossary.html#term-outer") for hit in hits[:4])
        assert sum("#" in hit["link"] for hit in hits) > 9
        for hit in hits:
            assert hit["marked"] or "outer product" in hit["title"].lower(), hit
            assert len(hit["excerpt"]) < 220
        if scheme == "http":  # from a folder axe complains that it may not read the styles
            assert Axe().run(tab).violations_count == 0
        tab.locator("#search-results a[href*='#']").first.click()
        tab.wait_for_function("document.querySelector(':target')")


def test_search_forgives_a_slip_and_says_when_there_is_nothing(browser, addresses):
    with visit(browser, f"{addresses['file']}/index.html") as tab:
        tab.keyboard.press("Control+k")
        tab.locator("dialog input[name=q]").fill("jacobain")
        tab.keyboard.press("Enter")
        tab.locator("#search-results li").first.wait_for()
        assert "jacobian" in tab.evaluate(HITS)[0]["title"].lower()
        field = tab.locator("article input[name=q]")
        assert field.input_value() == "jacobain"
        field.fill("xyzzyq")
        field.press("Enter")
        tab.get_by_text("is nowhere in the book").wait_for()
        assert tab.locator("#search-results li").count() == 0


def test_every_page_can_be_found_and_every_hit_leads_somewhere(site):
    text = (site / "_static" / "search-sections.js").read_text("utf-8")
    rows = json.loads(text.removeprefix("globalThis.bookSections = ").rstrip(";\n"))
    found = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    own = {"search.html", "genindex.html", "404.html"}
    assert {uri for uri, *_ in rows} == found - own
    for uri, anchor, title, _, said in rows:
        assert title and "\\" not in title + said.replace("\\n", ""), (uri, title)
        assert not anchor or f'id="{anchor}"' in (site / uri).read_text("utf-8"), (uri, anchor)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\partial L/\partial h_{t-1}", "∂L/∂hₜ₋₁"),
        (r"W^\top", "Wᵀ"),
        (r"\hat y_t - y_t", "ŷₜ - yₜ"),
        (r"\mathbb R^{H\times D}", "ℝ^(H×D)"),
        ("10^{-12}", "10⁻¹²"),
        (r"J_{\text{total}}", "J_total"),
    ],
)
def test_a_formula_becomes_plain_text(tex, text):
    assert plain(tex) == text
