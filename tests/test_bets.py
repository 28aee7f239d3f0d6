"""The bets: each is answered by one cell after it, and its options are buttons that tell."""

import re
from pathlib import Path

import bets
import ledger
import pytest

from tests.browser import visit

ROOT = Path(__file__).resolve().parents[1]
BETS = {  # name → notebook, index of its cell, number of options, words
    name: (path, index, len(re.findall(r"^\d\. ", text, re.M)), len(text.split()))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    for index, cell in enumerate(ledger.cells(path))
    if ":class: bet\n" in (text := "".join(cell["source"]))
    for name in re.findall(r"^:name: (.+)", text, re.M)
}
ANSWERS = {
    name: (path, *answer)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    for name, answer in bets.answers(path).items()
}


def test_every_bet_has_its_answer_and_every_answer_its_bet():
    assert BETS.keys() == ANSWERS.keys()


@pytest.mark.parametrize("name", BETS)
def test_a_cell_after_the_bet_computes_one_of_its_options(name):
    path, index, options, words = BETS[name]
    answered_in, cell, right = ANSWERS[name]
    assert answered_in == path and cell > index
    assert 3 <= options <= 4 and 1 <= right <= options
    assert words < 85  # the directives' own words included
    source = "".join(ledger.cells(path)[cell]["source"])
    assert not re.search(r"option \d", source), "the answer is written and not computed"


@pytest.fixture
def bet(browser, site):
    path, _, _, _ = BETS["bet-rank"]
    url = (site / "notebooks" / f"{path.stem}.html").as_uri()
    with visit(browser, url) as page:
        yield page.locator(".bet")


def test_a_wrong_option_is_told_and_the_reason_opens(bet):
    assert not bet.locator("details").evaluate("e => e.open")
    wrong = bet.get_by_role("button").nth(ANSWERS["bet-rank"][2] % 4)
    wrong.focus()
    wrong.press("Enter")
    assert wrong.get_attribute("aria-pressed") == "true"
    assert bet.get_by_role("status").inner_text() == "No: it is option 2."
    assert bet.locator("details").evaluate("e => e.open")
    assert bet.locator("details a").get_attribute("href") == "#answers-bet-rank"


def test_the_right_option_is_told_and_marked(bet):
    right = bet.locator(".bet-right button")
    marked = "e => getComputedStyle(e, '::after').content"
    assert "✓" not in right.evaluate(marked)
    right.click()
    assert bet.get_by_role("status").inner_text() == "Right."
    assert "✓" in right.evaluate(marked)


def test_a_bet_is_all_there_without_scripts_and_in_print(browser, site):
    path, _, options, _ = BETS["bet-rank"]
    url = (site / "notebooks" / f"{path.stem}.html").as_uri()
    with visit(browser, url, java_script_enabled=False) as page:
        bet = page.locator(".bet")
        assert bet.locator(".bet-options > li").count() == options
        assert bet.get_by_role("button").count() == 0
        page.emulate_media(media="print")
        assert bet.locator(".sd-summary-content").bounding_box()["height"] > 20
