"""The playground as a reader meets it: on the site, in Chromium and in Firefox."""

from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import serve, visit
from unrolled.playground import network, picture, text_of

expect.set_options(timeout=30_000)  # a machine that does much else is slow
PAGE = "notebooks/playground.html"
ROTATION = "0.6 -0.8\n0.8 0.6"


@pytest.fixture(scope="module")
def server(site):
    with serve(site) as url:
        yield f"{url}/{PAGE}"


def said(**at):
    return picture(**at).partition("<figcaption>")[2].partition("</figcaption>")[0]


def caption(tab):
    return tab.locator("figure.playground figcaption")


def slider(tab, name):
    return tab.get_by_role("slider", name=name)


def test_a_slider_and_a_typed_w_draw_the_picture_anew_from_a_folder(browser, site):
    with visit(browser, (site / PAGE).as_uri()) as tab:
        expect(caption(tab)).to_have_text(said())
        slider(tab, "steps T").press("ArrowRight")
        expect(caption(tab)).to_have_text(said(T=9))
        expect(tab.locator("figure.playground svg").first).to_have_attribute(
            "aria-label", picture(T=9).split('aria-label="')[1].split('"')[0]
        )
        box = tab.get_by_role("textbox")
        box.fill(ROTATION)
        expect(caption(tab)).to_have_text(said(T=9, W=ROTATION))
        expect(slider(tab, "units H")).to_be_disabled()
        expect(slider(tab, "radius of W")).to_be_disabled()
        box.fill("1 2\n3")
        status = tab.locator("figure.playground").get_by_role("status")
        expect(status).to_contain_text("W is not square")
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(caption(tab)).to_have_text(said(T=9, W=ROTATION))
        tab.get_by_role("button", name="Empty it").click()
        expect(caption(tab)).to_have_text(said(T=9))
        expect(status).to_be_empty()
        expect(box).to_have_attribute("aria-invalid", "false")
        tab.get_by_role("button", name="Write the W shown").click()
        expect(box).to_have_value(text_of(network(9, 5, 1.1, 0)[0].W))
        tab.get_by_role("button", name="Reset all").click()
        expect(caption(tab)).to_have_text(said())
        expect(box).to_have_value("")
        expect(slider(tab, "steps T")).to_have_value("8")


def test_what_was_set_survives_a_reload_and_stands_in_the_address(browser, server):
    with visit(browser, server) as tab:
        slider(tab, "seed").press("ArrowRight")
        tab.get_by_role("textbox").fill(ROTATION)
        expect(caption(tab)).to_have_text(said(seed=1, W=ROTATION))
        tab.wait_for_function("location.hash.includes('W=0.6')")
        for address in (tab.url, server):  # by the address, and by the browser's own storage
            tab.goto("about:blank")
            tab.goto(address)
            expect(caption(tab)).to_have_text(said(seed=1, W=ROTATION))
            expect(tab.get_by_role("textbox")).to_have_value(ROTATION)
        odd = urlencode({"fig": "playground", "T": "three", "H": "1e9", "radius": "", "window": 2})
        tab.goto(f"{server}#{odd}")
        expect(caption(tab)).to_have_text(said(H=24, window=2))


def test_of_many_moves_the_newest_alone_waits(browser, server):
    with visit(browser, server) as tab:
        slider(tab, "window").press("ArrowRight")
        expect(caption(tab)).to_have_text(said(window=4))
        tab.evaluate("""() => {
          const run = pagePython.run;
          globalThis.runs = 0;
          pagePython.run = (...all) => (globalThis.runs++, run(...all));
          const input = document.querySelector(".playground input");
          for (let i = 0; i < 60; i++) {
            input.value = 1 + (i % 20);
            input.dispatchEvent(new Event("input", { bubbles: true }));
          }
        }""")
        expect(caption(tab)).to_have_text(said(T=20, window=4))
        assert tab.evaluate("globalThis.runs") == 2


def test_the_engine_comes_at_the_first_touch_and_a_missing_one_is_a_sentence(browser, server):
    asked = []
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})"
    with browser.new_context() as context:
        context.add_init_script(refuse)
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(server)
        tab.wait_for_load_state("networkidle")
        assert not any("live-engine" in address for address in asked)
        with tab.expect_request("**/live-engine.js"):
            slider(tab, "seed").focus()
        slider(tab, "seed").press("ArrowRight")
        expect(caption(tab)).to_have_text(said(seed=1))  # though storage is refused
        context.route("**/live-engine.js", lambda route: route.abort())
        tab.goto("about:blank")
        tab.goto(server)
        slider(tab, "seed").press("ArrowRight")
        status = tab.locator("figure.playground").get_by_role("status")
        expect(status).to_contain_text("could not be loaded")
        expect(caption(tab)).to_have_text(said())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_it_fits_a_phone(browser, server, scheme):
    phone = {"width": 360, "height": 740}
    with visit(browser, server, viewport=phone, color_scheme=scheme, has_touch=True) as tab:
        tab.get_by_role("textbox").fill(f"1 2\n{'3' * 90}")
        expect(tab.locator(".playground-fault")).to_be_visible()
        found = Axe().run(tab, context=".playground")
        assert found.violations_count == 0, found.generate_report()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_and_on_paper_the_picture_stands(browser, server):
    with visit(browser, server, java_script_enabled=False) as tab:
        expect(caption(tab)).to_have_text(said())
        expect(tab.locator("figure.playground svg")).to_have_count(2)
        expect(slider(tab, "seed")).to_have_count(0)
    with visit(browser, server) as tab:
        tab.emulate_media(media="print")
        expect(tab.locator("figure.playground svg").first).to_be_visible()
        for part in (".flipbook-controls", ".playground-own"):
            expect(tab.locator(f"figure.playground {part}")).to_be_hidden()
