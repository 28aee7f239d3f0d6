"""Linked terms: what book/linked.yml ties together is there, and lights up."""

import html
from pathlib import Path

import ledger
import linked
import pytest

from tests.browser import visit

ROOT = Path(__file__).resolve().parents[1]
TERMS = [
    pytest.param(chapter, equation, term, id=f"{equation}-{name}")
    for chapter, equations in linked.links().items()
    for equation, terms in equations.items()
    for name, term in terms.items()
]


@pytest.mark.parametrize(("chapter", "equation", "term"), TERMS)
def test_each_part_of_a_link_is_there(chapter, equation, term):
    cells = ledger.cells(ROOT / "notebooks" / f"{chapter}.ipynb")
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    (text,) = [text for text in texts if f"(eq:{equation})" in text]
    display = text.split(f"(eq:{equation})")[0].split("$$")[-2]
    assert display.count(term["tex"]) == 1
    if "code" in term:
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
        lines = [line for source in sources for line in source.splitlines()]
        assert any(line.startswith(term["code"]) for line in lines)
    if "figure" in term:
        outputs = [o for c in cells for o in c.get("outputs", []) if "data" in o]
        drawn = "".join("".join(o["data"].get("text/html", "")) for o in outputs)
        kind, _, value = term["figure"].partition(":")
        assert f'data-{kind}="{value}"' in html.unescape(drawn).replace('\\"', '"')


def test_names_are_used_once_a_page():
    for chapter, equations in linked.links().items():
        names = [name for terms in equations.values() for name in terms]
        assert len(names) == len(set(names)), chapter


LIT = "e => e.classList.contains('lit')"


def test_a_term_lights_its_figure_and_its_line_by_mouse_and_by_keyboard(browser, site):
    with visit(browser, (site / "notebooks" / "05_outer_product.html").as_uri()) as page:
        term = page.locator(".katex [data-term=stray]")
        square = page.locator("figure svg [data-term=stray]").first
        line = page.locator("[data-line=stray]")
        assert not square.evaluate(LIT)
        term.focus()
        assert square.evaluate(LIT) and line.evaluate(LIT)
        assert not page.locator("figure svg [data-term=kept]").first.evaluate(LIT)
        term.press("Enter")
        page.locator(".katex [data-term=kept]").focus()
        assert not square.evaluate(LIT)
        page.locator(".katex [data-term=kept]").blur()
        assert square.evaluate(LIT) and term.get_attribute("aria-pressed") == "true"
        term.press("Escape")
        assert not square.evaluate(LIT)


def test_a_term_lights_the_cell_of_the_triangle(browser, site):
    with visit(browser, (site / "notebooks" / "06_explicit_implicit.html").as_uri()) as page:
        page.locator(".katex [data-term='at-1']").focus()
        assert page.locator("figure svg [data-pick='t=2&k=1']").first.evaluate(LIT)
        assert page.locator("[data-line='at-1']").first.inner_text().startswith("at_1 =")
