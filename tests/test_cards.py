"""The cards: what they say agrees with notation, ledger and mutants, and the page shows them."""

import re
from pathlib import Path

import cards
import ledger
import mutants
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from tests.browser import serve, visit

ROOT = Path(__file__).resolve().parents[1]
RECORD = yaml.safe_load(mutants.RECORD.read_text("utf-8"))
CHECKED = sorted({r.notebook for r in ledger.all_references() if r.function in ledger.CHECKS})


def test_the_record_has_every_check_of_the_ledger_and_no_other():
    names = {r.name for r in ledger.all_references() if r.function in ledger.CHECKS}
    assert RECORD.keys() == {name for name in names if not name.startswith(ledger.EXERCISE)}


@pytest.mark.parametrize("notebook", CHECKED)
def test_the_record_counts_what_the_mutator_makes(notebook):
    """A checking cell that has changed: `tests/mutants.py notebooks/X.ipynb` renews the record."""
    path = ROOT / "notebooks" / f"{notebook}.ipynb"
    made = mutants.generated(path)
    left = mutants.listed(notebook)
    for names in mutants.names_by_cell(path):
        for name in names:
            tried, killed = RECORD[name]
            assert tried == made[names[0]], name
            assert killed == tried or names[0] in {where for where, _ in left}, name


def test_a_letter_is_found_where_the_chapter_borrows_it_first():
    first = {s.key: s for s in reversed(cards.on_page('class="mord mathnormal">h<', 2))}
    assert "difference quotient" in first["h"].meaning
    assert first["h|t"].code == "`h[t]`" and first["h|t"].shape == "$(H)$"


@pytest.mark.parametrize(
    ("tex", "key"),
    [
        ("W", "W"),
        (r"\hat y_t = \operatorname{softmax}(z_t)", "y^|t"),
        (r"\mathbf X_t", "X*|t"),
        (r"\theta_\ell", "θ|ℓ"),
        (r"x_{pq}", "x|p"),
        (r"U_{\text{fwd}}", "U|f"),
        (r"u v^\top", None),
        (r"\partial L/\partial W", None),
        (r"\odot", None),
    ],
)
def test_the_key_of_a_symbol(tex, key):
    assert cards._key(tex) == key


def test_a_row_of_letters_without_as_many_meanings_is_named(monkeypatch, tmp_path):
    page = tmp_path / "notation.md"
    page.write_text(
        "| chapter | letters | what |\n|---|---|---|\n| [1](x) | $a$, $b$, $c$ | d; e |\n"
    )
    monkeypatch.setattr(cards, "NOTATION", page)
    with pytest.raises(ValueError, match="3 letters, 2 meanings: d; e"):
        cards.symbols.__wrapped__()


def test_the_card_of_an_equation_says_how_it_is_checked():
    card = cards.equation_card("dw2-terms", lambda docname: f"{docname}.html")
    text = re.sub("<[^>]*>", "", card)
    tried, _ = RECORD["dw2-terms"]
    assert "complex step agrees to 1e-12" in text and f"Broken in {tried} small ways" in text
    assert 'href="notebooks/06_explicit_implicit.html#ledger-dw2-terms"' in card
    wrong = cards.equation_card("dv-braces", lambda docname: f"{docname}.html")
    assert "✗ Rejected in" in wrong and "off by 280 %" in wrong and "errata.html#errata-e" in wrong
    assert cards.equation_card("no such", str) is None


def test_the_sentence_of_the_mutants(monkeypatch):
    counts = {"a": [7, 7], "b": [7, 5], "c": [0, 0]}
    monkeypatch.setattr(cards, "killed_mutants", lambda: counts)
    assert cards.slips("a") == "Broken in 7 small ways, the cell failed every time."
    assert cards.slips("b") == "Broken in 7 small ways, it failed 5 times; 2 change nothing."
    assert cards.slips("c") == cards.slips("d") == ""


@pytest.fixture
def chapter(browser, site):
    with visit(browser, (site / "notebooks" / "06_explicit_implicit.html").as_uri()) as page:
        yield page


EQUATION = "#equation-eq-dw2-terms"


def test_the_number_of_an_equation_opens_its_card(chapter):
    number = chapter.locator(f"{EQUATION} .eqno button")
    number.focus()
    number.press("Enter")
    dialog = chapter.get_by_role("dialog")
    assert "complex step agrees to 1e-12" in dialog.inner_text()
    assert dialog.locator("a").first.get_attribute("href") == "#ledger-dw2-terms"
    chapter.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert number.evaluate("e => e === document.activeElement")


def test_symbols_are_silent_until_asked_for_and_then_speak(chapter):
    assert chapter.locator(".card-symbol").count() == 0
    chapter.locator(".card-toggle").click()
    letters = chapter.locator(f"{EQUATION} .card-symbol")
    assert {"L", "W", "h", "y"} <= set(letters.all_inner_texts())
    first = letters.first
    first.focus()
    first.press("ArrowRight")
    second = chapter.locator(":focus")
    assert second.evaluate("e => e.closest('.math').id") == EQUATION.removeprefix("#")
    second.press("ArrowLeft")
    assert first.evaluate("e => e === document.activeElement")
    letters.get_by_text("W", exact=True).first.press("Enter")
    dialog = chapter.get_by_role("dialog")
    assert "weights from the hidden state to the next" in dialog.inner_text()
    assert "(H,H)" in "".join(dialog.inner_text().split())
    chapter.keyboard.press("Escape")
    chapter.reload()
    assert chapter.locator(".card-toggle").get_attribute("aria-pressed") == "true"
    chapter.locator(".card-toggle").click()
    assert letters.first.get_attribute("tabindex") is None


def test_a_borrowed_letter_means_what_the_chapter_says(browser, site):
    with visit(browser, (site / "notebooks" / "02_checking.html").as_uri()) as page:
        page.locator(".card-toggle").click()
        page.locator("#equation-eq-forward-difference .card-symbol", has_text="h").first.click()
        assert "difference quotient" in page.get_by_role("dialog").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_cards_and_bets_are_open(browser, site, scheme):
    page = "notebooks/05_outer_product.html"
    with (
        serve(site) as address,
        visit(browser, f"{address}/{page}", color_scheme=scheme) as page,
    ):
        page.locator(".bet button").first.click()
        page.locator(".card-toggle").click()
        page.locator(".card-number").first.click()
        found = Axe().run(page).response["violations"]
        assert not found, [(f["id"], f["nodes"][0]["html"][:200]) for f in found]
