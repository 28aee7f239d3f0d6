"""Live cells as a reader meets them, from a server and from a folder, with the network cut."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import serve, visit
from tests.firefox import MISSING, firefox, open_tab
from tests.test_live import ON_PAGES, SLIPS
from unrolled.playground import picture

expect.set_options(timeout=30_000)  # a machine that does much else is slow
LOOP = "while True:\n    pass"
PAGES = {}
for cell in ON_PAGES:
    folder = "" if cell.name.startswith("index") else "notebooks/"
    page = f"{folder}{cell.name.partition(':')[0]}.html"
    PAGES.setdefault(page, []).append((cell.code, cell.outputs))
COVER = "index.html"


@pytest.fixture(scope="module", params=["http", "file"])
def address(request, site):
    if request.param == "file":
        yield site.as_uri()
    else:
        with serve(site) as url:
            yield url


@pytest.fixture
def tab(browser, address):
    with visit(browser, f"{address}/{COVER}") as tab:
        yield tab


def cell_of(tab):
    return tab.locator(".live").first


def run(cell, code=None):
    """Type `code` into a cell, if there is any, and run it with the keys."""
    editor = cell.get_by_role("textbox")
    if code is not None:
        editor.fill(code)
    editor.press("Control+Enter")


@pytest.mark.parametrize("page", PAGES)
def test_each_live_cell_runs_and_a_slip_fails_its_check(browser, address, page):
    with visit(browser, f"{address}/{page}") as tab:
        for cell, (code, outputs) in zip(tab.locator(".live").all(), PAGES[page], strict=True):
            printed = "".join("".join(output["text"]) for output in outputs)
            cell.get_by_role("button", name="Run").click()
            output = cell.locator(".live-output")
            expect(output).to_be_visible()
            expect(cell.locator(".live-fault")).to_have_count(0)
            shown = cell.locator(".live-output .check-name, .live-output pre").all_inner_texts()
            checks = re.findall(r"^[✓✗] (?:ex: )?(.+?):", printed, re.M)
            assert [text for text in shown if text in checks] == checks
            slip = next(slip for name, slip in SLIPS.items() if name in page)
            run(cell, code.replace(*slip[:2]))
            expect(cell.locator(".live-fault")).to_contain_text("CheckFailed")
            expect(cell.locator(".live-fault")).to_contain_text(slip[2])


CLINIC = "notebooks/15_clinic.html"
CARRY = ("dW += np.outer((1 - h[t] ** 2) * (params.V.T @ e[t]), h[t - 1])", (
    "da = (1 - h[t] ** 2) * (params.V.T @ e[t] + carry)\n"
    "        dW += np.outer(da, h[t - 1])\n"
    "        carry = params.W.T @ da"
))  # fmt: skip


def test_the_exercises_of_the_clinic_are_diagnosed_and_one_is_mended_on_the_page(browser, address):
    with visit(browser, f"{address}/{CLINIC}") as tab:
        cells = tab.locator(".live").all()
        assert len(cells) == 10
        for cell in cells:
            stored = cell.locator(".cell_output details").first.text_content()
            cell.get_by_role("button", name="Run").click()
            expect(cell.locator(".live-output details").first).to_have_text(stored)
        cell = cells[4]
        ladder = cell.locator(".live-output details").first
        for rung in ladder.locator("summary").all():
            rung.click()
        parts = ladder.locator("table.triangle td").all_inner_texts()
        assert parts[1:4] == ["1", "", ""] and parts.count("1") == 5 and parts.count("0") == 10
        section = ladder.get_by_role("link", name="section 6.4")
        assert section.get_attribute("href").startswith("06_explicit_implicit.html#")
        mended = cell.get_by_role("textbox").input_value().replace(*CARRY)
        mended = mended.replace("(params.W)\n", "(params.W)\n    carry = 0\n")
        run(cell, mended.replace("ladder(diagnose(dW))", "diagnose(dW)"))
        expect(cell.locator(".live-output")).to_contain_text("Right: it agrees with the exact dW")
        expect(cell.locator(".live-output table.triangle td", has_text="1")).to_have_count(15)


def test_an_error_shows_the_readers_own_line(tab):
    run(cell_of(tab), "a = 1\nprint(a)\nb + 1")
    expect(cell_of(tab).locator(".live-output")).to_have_text(re.compile("1\\s*Line 3: b \\+ 1"))


def test_an_endless_loop_can_be_stopped_and_the_next_run_goes(tab):
    tab.clock.install()
    cell = cell_of(tab)
    run(cell, LOOP)
    stop = cell.get_by_role("button", name="Stop")
    expect(stop).to_be_hidden()
    tab.clock.fast_forward(5100)
    stop.click()
    expect(cell.locator(".live-fault")).to_have_text("Stopped.")
    expect(stop).to_be_hidden()
    run(cell, "print(6 * 7)")
    expect(cell.locator(".live-output")).to_have_text("42")


def test_a_megabyte_printed_ends_in_a_sentence(tab):
    run(cell_of(tab), "for i in range(20000):\n    print('x' * 49)")
    expect(cell_of(tab).locator(".live-output")).to_contain_text("printed more than this page")


def test_full_memory_ends_in_a_sentence_and_the_next_run_goes(tab):
    cell = cell_of(tab)
    run(cell, "x = [0]\nwhile True:\n    x = x + x")
    expect(cell.locator(".live-fault")).to_contain_text("MemoryError: the memory of the page's")
    run(cell, "print(6 * 7)")
    expect(cell.locator(".live-output")).to_have_text("42")


def test_a_run_that_prints_nothing_says_so(tab):
    run(cell_of(tab), "a = 1")
    expect(cell_of(tab).get_by_role("status")).to_have_text("It ran, and printed nothing.")


def test_two_runs_at_once_take_turns(tab):
    both = """async () => {
      const said = [];
      const run = (name) => pagePython.run(`print("${name}")`, (text) => said.push(text.trim()));
      const faults = await Promise.all([run("one"), run("two")]);
      return [...said, ...faults];
    }"""
    assert tab.evaluate(both) == ["one", "two", "", ""]


def test_what_was_typed_survives_a_reload_until_reset(tab):
    cell = cell_of(tab)
    editor, reset = cell.get_by_role("textbox"), cell.get_by_role("button", name="Reset")
    book = editor.input_value()
    expect(reset).to_be_disabled()
    expect(cell.locator(".cell_output")).to_be_visible()
    editor.fill("print('mine')")
    tab.reload()
    expect(editor).to_have_value("print('mine')")
    expect(cell.locator(".cell_output")).to_be_hidden()
    reset.click()
    expect(editor).to_have_value(book)
    expect(cell.locator(".cell_output")).to_be_visible()
    tab.reload()
    expect(editor).to_have_value(book)


def test_the_page_may_be_left_in_the_middle(tab):
    run(cell_of(tab), LOOP)
    tab.goto("about:blank")
    tab.go_back()
    run(cell_of(tab), "print(6 * 7)")
    expect(cell_of(tab).locator(".live-output")).to_have_text("42")


def test_refused_storage_is_no_error(browser, address):
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})"
    context = browser.new_context()
    context.add_init_script(refuse)
    tab = context.new_page()
    faults = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(f"{address}/{COVER}")
    run(cell_of(tab), "print(6 * 7)")
    expect(cell_of(tab).locator(".live-output")).to_have_text("42")
    context.close()
    assert not [fault for fault in faults if "live" in fault]


def test_a_missing_engine_is_a_sentence(browser, address):
    with browser.new_context() as context:
        context.route("**/live-engine.js", lambda route: route.abort())
        tab = context.new_page()
        tab.goto(f"{address}/{COVER}")
        run(cell_of(tab), "print(1)")
        expect(cell_of(tab).locator(".live-fault")).to_contain_text("could not be loaded")


def test_the_engine_comes_at_the_first_touch_and_not_before(browser, site):
    asked = []
    with serve(site) as url, browser.new_context() as context:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{url}/{COVER}")
        tab.wait_for_load_state("networkidle")
        assert not any("live-engine" in address for address in asked)
        with tab.expect_request("**/live-engine.js"):
            cell_of(tab).get_by_role("textbox").focus()


def test_tab_leaves_the_editor_and_enter_keeps_the_indent(tab):
    cell = cell_of(tab)
    editor = cell.get_by_role("textbox")
    editor.fill("for i in range(2):")
    editor.press("End")
    editor.press("Enter")
    tab.keyboard.type("print(i)")
    expect(editor).to_have_value("for i in range(2):\n    print(i)")
    editor.press("Shift+Enter")
    expect(cell.locator(".live-output")).to_have_text("0\n1")
    editor.press("Tab")
    expect(cell.get_by_role("button", name="Run")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_cell_that_ran(browser, site, scheme):
    with serve(site) as url, visit(browser, f"{url}/{COVER}", color_scheme=scheme) as tab:
        cell = cell_of(tab)
        run(cell, "print('✓ a: complex step agrees to 1e-12')\nprint(1)\nb")
        expect(cell.locator(".live-fault")).to_be_visible()
        found = Axe().run(tab, context=".live")
        assert found.violations_count == 0, found.generate_report()


def test_without_scripts_and_on_paper_it_is_the_ordinary_cell(browser, address):
    with visit(browser, f"{address}/{COVER}", java_script_enabled=False) as tab:
        cell = tab.locator("div.tag_live").first
        expect(cell.locator(".cell_input")).to_be_visible()
        expect(cell.locator(".cell_output")).to_be_visible()
    with visit(browser, f"{address}/{COVER}") as tab:
        cell = cell_of(tab)
        run(cell, "print(6 * 7)")
        expect(cell.locator(".live-output")).to_have_text("42")
        tab.emulate_media(media="print")
        expect(cell.locator(".cell_input")).to_be_visible()
        expect(cell.locator(".cell_output")).to_be_visible()
        for part in (".live-code", ".live-bar", ".live-output"):
            expect(cell.locator(part)).to_be_hidden()


def test_it_fits_a_phone(browser, address):
    phone = {"width": 360, "height": 740}
    with visit(browser, f"{address}/{COVER}", viewport=phone, has_touch=True) as tab:
        run(cell_of(tab), f"print('{'x' * 300}')")
        expect(cell_of(tab).locator(".live-output")).to_be_visible()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


TYPE_AND_RUN = """(async (code) => {
  const cell = document.querySelector(".live");
  const [editor, run] = [cell.querySelector("textarea"), cell.querySelector(".live-bar button")];
  if (code !== null) {
    editor.value = code;
    editor.dispatchEvent(new Event("input"));
  }
  run.click();
  while (run.disabled) await new Promise((done) => setTimeout(done, 20));
  return [...cell.querySelectorAll(".live-output :is(.check-name, pre)")]
    .map((part) => part.innerText).join();
})(%s)"""


@pytest.fixture(scope="module")
def fox():
    """A Firefox without network. Without one the tests fail: none is skipped."""
    if firefox() is None:
        pytest.fail(MISSING, pytrace=False)
    with open_tab() as tab:
        yield tab


@pytest.mark.parametrize("page", PAGES)
def test_firefox_runs_a_live_cell_from_a_folder_and_a_slip_fails_its_check(fox, site, page):
    fox.goto((site / page).as_uri())
    (code, outputs), *_ = PAGES[page]
    slip = next(slip for name, slip in SLIPS.items() if name in page)
    right = fox.evaluate(TYPE_AND_RUN % "null")
    assert all(name in right for name in re.findall(r"ex: (.+?):", outputs[0]["text"][0]))
    assert "CheckFailed" not in right
    wrong = fox.evaluate(TYPE_AND_RUN % json.dumps(code.replace(*slip[:2])))
    assert "CheckFailed" in wrong and slip[2] in wrong


def test_firefox_diagnoses_an_exercise_of_the_clinic_from_a_folder(fox, site):
    fox.goto((site / CLINIC).as_uri())
    fox.evaluate(TYPE_AND_RUN % "null")
    said = fox.evaluate("document.querySelector('.live .live-output details').textContent")
    assert "softmax-diagonal" in said and "section 4.4" in said


def test_firefox_stops_an_endless_loop_and_goes_on(fox, site):
    fox.goto((site / COVER).as_uri())
    stopping = f"setTimeout(() => pagePython.stop(), 500), {TYPE_AND_RUN % json.dumps(LOOP)}"
    assert fox.evaluate(stopping).endswith("Stopped.")
    assert fox.evaluate(TYPE_AND_RUN % json.dumps("print(6 * 7)")) == "42"


MOVE = """(async () => {
  const input = document.querySelector(".playground input");
  const caption = document.querySelector(".playground figcaption");
  input.value = 9;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => new MutationObserver(done).observe(caption, { childList: true }));
  const drawn = document.querySelector(".playground svg path");
  return `${caption.textContent} ${getComputedStyle(drawn).fill}`;
})()"""


def test_firefox_moves_the_playground_from_a_folder(fox, site):
    fox.goto((site / "notebooks/playground.html").as_uri())
    sentence, _, fill = fox.evaluate(MOVE).partition(" %. ")
    assert f"<figcaption>{sentence} %.</figcaption>" in picture(T=9)
    assert fill == "rgb(69, 48, 154)"  # a colour that has its name in the book's style
