"""The flipbook as a reader meets it: pages of its own, in a real Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from matplotlib.patches import Rectangle
from playwright.sync_api import expect

from tests.browser import serve, visit
from unrolled import svg
from unrolled.flipbook import flipbook, show
from unrolled.page import css_text, site_script

PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


def draw_dot(fig, t, k):
    ax = fig.add_axes([0.1, 0.15, 0.85, 0.8], xlim=(0, 6), ylim=(0, 6), xlabel="$t$", ylabel="$k$")
    ax.plot([t], [k], "o", color="#d1457b", markersize=14)
    ax.text(3, 5.5, f"$t={t}$", backgroundcolor=svg.PAPER)
    ax.grid()
    return f"The dot stands at t = {t} and k = {k}."


def draw_path(fig, path):
    fig.text(0.5, 0.5, path)
    return f"The path through time is {path}."


@pytest.fixture(scope="module")
def page_text():
    """A page with two flipbooks and a picture, as the site makes one."""
    book = flipbook(draw_dot, t=range(1, 6), k=range(1, 6), where=lambda t, k: k <= t)
    switch = flipbook(draw_path, figsize=(4, 1), path=["closed", "open"])
    still = show(draw_dot, 1, 2, figsize=(4, 3))
    figures = [book.html, switch.html, still.html]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Flipbooks</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        "<style>body{margin:1rem;font:1rem/1.5 sans-serif;color:#1b2733;background:#fff}"
        "html[data-theme=dark] body{color:#ced6dd;background:#121212;"
        f"--pst-color-background:#121212}}{css_text()}</style></head>"
        f"<body><main><h1>Flipbooks</h1>{''.join(figures)}</main>"
        f'<script type="module">{site_script()}</script></body></html>'
    )


@pytest.fixture(scope="module", params=["http", "file"])
def address(request, page_text, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text(page_text, encoding="utf-8")
    if request.param == "file":
        yield (folder / "index.html").as_uri()
    else:
        with serve(folder) as url:
            yield f"{url}/index.html"


@pytest.fixture(scope="module")
def file_address(page_text, tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "index.html"
    path.write_text(page_text, encoding="utf-8")
    return path.as_uri()


def slider(page, name, book=0):
    return page.locator("figure").nth(book).get_by_role("slider", name=name, exact=True)


def sentence(page, book=0):
    return page.locator("figcaption").nth(book).inner_text()


def artists(page, book=0):
    """The frame that is seen: the markup of each artist in order, with the glyphs it refers to."""
    group = page.locator("figure > svg > g").nth(book)
    return group.evaluate(
        """group => [...group.children].map(artist => artist.outerHTML.replace(
            /#(u\\w+-\\d+)/g, (_, id) => document.getElementById(id).getAttribute("d")))"""
    )


def boxes(page, selector):
    return [element.bounding_box() for element in page.locator(selector).all()]


def put(page, name, index):
    slider(page, name).evaluate(
        "(input, i) => { input.value = i; input.dispatchEvent(new Event('input')) }", index
    )


def test_the_slider_moves_the_picture_over_http_and_from_a_file(browser, address):
    with visit(browser, address) as page:
        picture = page.locator("figure > svg").first
        before = artists(page)
        put(page, "t", 3)
        assert sentence(page) == "The dot stands at t = 4 and k = 1."
        assert picture.get_attribute("aria-label") == sentence(page)
        assert artists(page) != before
        put(page, "t", 0)
        assert artists(page) == before
        assert sentence(page, 1) == "The path through time is closed."  # the other one stood still


def test_every_frame_is_the_one_drawn_whichever_came_before(browser, tmp_path):
    def draw(fig, t):
        for i in range(4):  # artists come, go, change and stay
            if (t >> i) % 2 == 0:
                fig.text(i / 4, 0.5, f"{t}")
            if t % 3 != i:
                fig.text(i / 4, 0.1, f"{i}")
        fig.text(0.9, 0.9, "z")
        return f"At {t}."

    book = flipbook(draw, t=range(12), figsize=(4, 1))
    alone = [flipbook(draw, t=range(t, 12), figsize=(4, 1)).html for t in range(12)]
    text = "".join([book.html, *alone]) + f'<script type="module">{site_script()}</script>'
    (tmp_path / "all.html").write_text(f"<meta charset='utf-8'>{text}", encoding="utf-8")
    with visit(browser, (tmp_path / "all.html").as_uri()) as page:
        for t in [5, 0, 11, 3, 4, 10, 1, 2, 9, 8, 7, 6, 0]:
            put(page, "t", t)
            assert artists(page, 0) == artists(page, t + 1)


def test_a_refused_position_moves_the_later_slider(browser, file_address):
    with visit(browser, file_address) as page:
        put(page, "t", 4)
        put(page, "k", 4)
        assert sentence(page) == "The dot stands at t = 5 and k = 5."
        put(page, "t", 1)
        assert sentence(page) == "The dot stands at t = 2 and k = 2."
        assert slider(page, "k").input_value() == "1"
        put(page, "k", 4)
        assert sentence(page) == "The dot stands at t = 2 and k = 2."
        assert slider(page, "k").input_value() == "1"


def test_the_keyboard_reaches_and_moves_every_slider(browser, file_address):
    with visit(browser, file_address) as page:
        put(page, "t", 2)
        names = []
        for _ in range(5):
            page.keyboard.press("Tab")
            names.append(
                page.evaluate(
                    "(e => e.ariaLabel ?? e.textContent)(document.activeElement)",
                )
            )
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) == "solid"
        assert names == ["t", "Play k", "k", "closed", "open"]
        page.keyboard.press("Enter")
        assert sentence(page, 1) == "The path through time is open."
        slider(page, "t").focus()
        for key, stop in [("ArrowRight", 4), ("End", 5), ("ArrowLeft", 4), ("Home", 1)]:
            page.keyboard.press(key)
            assert sentence(page) == f"The dot stands at t = {stop} and k = 1."
            assert slider(page, "t").get_attribute("aria-valuetext") == str(stop)


def test_a_few_labels_are_buttons_of_which_one_is_pressed(browser, file_address):
    with visit(browser, file_address) as page:
        group = page.get_by_role("group", name="path")
        pressed = "buttons => buttons.map(b => b.ariaPressed)"
        assert group.get_by_role("button").evaluate_all(pressed) == ["true", "false"]
        group.get_by_role("button", name="open").click()
        assert group.get_by_role("button").evaluate_all(pressed) == ["false", "true"]
        assert sentence(page, 1) == "The path through time is open."
        assert page.get_by_role("button", name="Play").count() == 1  # there is nothing to walk


def test_a_track_reaches_over_what_there_is_and_no_slider_is_dead(browser, file_address):
    with visit(browser, file_address) as page:
        whole = slider(page, "t").bounding_box()["width"]
        widths = []
        for t in range(1, 6):
            put(page, "t", t - 1)
            k = slider(page, "k")
            assert k.get_attribute("max") == str(t - 1)
            assert k.is_disabled() == page.get_by_role("button", name="Play k").is_disabled()
            assert k.is_disabled() == (t == 1)
            widths.append(k.bounding_box()["width"])
        assert widths == sorted(widths) and widths[-1] == pytest.approx(whole)
        step = (whole - widths[0]) / 4  # a stop stays where it was
        assert widths == pytest.approx([widths[0] + i * step for i in range(5)], abs=0.1)


def test_a_slider_is_named_as_the_mathematics_has_it(browser, tmp_path):
    def draw(fig, z1, w):
        fig.text(0.5, 0.5, f"{z1} {w}")
        return f"{z1} and {w}."

    book = flipbook(draw, z1=range(-1, 2), w=["a", "b"], figsize=(4, 1))
    text = f"<meta charset='utf-8'>{book.html}<script type='module'>{site_script()}</script>"
    (tmp_path / "names.html").write_text(text, encoding="utf-8")
    with visit(browser, (tmp_path / "names.html").as_uri()) as page:
        names = page.locator(".flipbook-name")
        assert names.first.inner_text().split() == ["z1", "=", "−1"]
        assert names.first.locator("i").inner_text() == "z"
        assert names.nth(1).inner_text() == "w"
        assert slider(page, "z1").get_attribute("aria-valuetext") == "−1"


def test_play_walks_along_the_last_slider_and_stops(browser, file_address):
    with visit(browser, file_address, reduced_motion="reduce") as page:
        page.clock.install()
        caption = page.locator("figcaption").first
        assert caption.get_attribute("aria-live") == "polite"
        put(page, "t", 3)
        page.clock.run_for(5000)
        assert sentence(page) == "The dot stands at t = 4 and k = 1."  # it never starts by itself
        page.get_by_role("button", name="Play").click()
        assert caption.get_attribute("aria-live") == "off"
        seen = [sentence(page)]
        for _ in range(8):
            page.clock.run_for(1000)
            seen.append(sentence(page))
        seen = list(dict.fromkeys(seen))
        assert seen == [f"The dot stands at t = 4 and k = {k}." for k in (2, 3, 4)]
        assert caption.get_attribute("aria-live") == "polite"
        page.get_by_role("button", name="Play").click()  # from the end it starts again
        assert sentence(page) == "The dot stands at t = 4 and k = 1."
        page.clock.run_for(1000)
        page.get_by_role("button", name="Pause").click()
        page.clock.run_for(5000)
        assert sentence(page) == "The dot stands at t = 4 and k = 2."


def test_a_hand_on_the_slider_stops_the_play(browser, file_address):
    with visit(browser, file_address) as page:
        put(page, "t", 4)
        page.clock.install()
        page.get_by_role("button", name="Play").click()
        put(page, "t", 3)
        page.clock.run_for(5000)
        assert sentence(page) == "The dot stands at t = 4 and k = 2."


def test_without_scripts_a_picture_and_its_sentence_stand_there(browser, address):
    with visit(browser, address, java_script_enabled=False) as page:
        assert page.locator("figure > svg").count() == 3
        assert page.locator("figure > svg").first.bounding_box()["height"] > 100
        assert sentence(page) == "The dot stands at t = 1 and k = 1."
        assert page.locator("input, button").count() == 0
        assert "frames" not in page.locator("main").inner_text()


def test_in_print_there_are_no_controls(browser, file_address):
    with visit(browser, file_address) as page:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.emulate_media(media="print")
        assert page.locator("figure > svg").first.is_visible()
        assert page.locator("figcaption").first.is_visible()
        assert not page.locator(".flipbook-controls").first.is_visible()
        colour = "getComputedStyle(document.querySelector('.flipbook')).color"
        assert page.evaluate(colour) == "rgb(27, 39, 51)"


def test_the_controls_push_nothing_away_when_they_come(browser, page_text, tmp_path):
    tops = []
    script = '<script type="module">'
    for name, text in [
        ("dead", page_text.replace(script, "<script type='x'>")),
        ("live", page_text),
    ]:
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
        with visit(browser, (tmp_path / f"{name}.html").as_uri()) as page:
            tops.append(page.locator("figcaption").first.bounding_box()["y"])
    assert abs(tops[0] - tops[1]) < 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["laptop", "phone"])
def test_axe_finds_nothing(browser, file_address, theme, options):
    with visit(browser, file_address, **options) as page:
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        result = Axe().run(page)
        assert not result.response["violations"], result.generate_report()
        assert result.response["passes"]


def test_the_picture_takes_the_colours_of_a_dark_page(browser, file_address):
    with visit(browser, file_address) as page:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        fills = page.evaluate(
            """[...document.querySelectorAll("figure > svg :is(path, use, rect)")]
                .map(getComputedStyle).flatMap(({ fill, stroke }) => [fill, stroke])"""
        )
        assert {"rgb(206, 214, 221)", "rgb(18, 18, 18)", "rgb(209, 69, 123)"} <= set(fills)
        assert not {"rgb(27, 39, 51)", "rgb(0, 0, 0)", "rgb(255, 255, 255)"} & set(fills)


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_shows_it_whole_with_targets_for_a_finger(browser, file_address, width):
    options = {**PHONE, "viewport": {"width": width, "height": 800}}
    with visit(browser, file_address, **options) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        put(page, "t", 2)
        for target in page.locator("figure input, figure button").all():
            box = target.bounding_box()
            assert box["height"] >= 44
            assert box["width"] >= 44
        assert all(box["width"] >= 200 for box in boxes(page, ".flipbook-track"))
        names, tracks = boxes(page, ".flipbook-name"), boxes(page, ".flipbook-track")
        for name, track in zip(names, tracks, strict=False):  # the switch has no track
            assert name["y"] + name["height"] <= track["y"] + 1  # the label stands above
        put(page, "t", 0)
        slider(page, "t").tap()
        assert sentence(page) == "The dot stands at t = 3 and k = 1."


def test_at_200_percent_nothing_is_cut_off(browser, file_address):
    # Zoom halves the room that the page has, in CSS pixels, and doubles each of them.
    options = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
    with visit(browser, file_address, **options) as page:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
        controls = page.locator(".flipbook-controls").first
        assert controls.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_four_hundred_frames_follow_a_hand_that_moves_fast(browser, tmp_path):
    def draw(fig, t, k):
        """Cells, half of which change, and a text for each row."""
        for i in range(4):
            fig.text(0.05, i / 5, f"row {i}")
            for j in range(3):
                grey = str((i * t + j * k) % 20 / 20) if i < 2 else svg.GRID
                fig.add_artist(Rectangle((0.2 + 0.2 * j, i / 5), 0.2, 0.15, color=grey))
        return f"At {t}, {k}."

    book = flipbook(draw, t=range(20), k=range(20))
    text = f"<meta charset='utf-8'>{book.html}<script type='module'>{site_script()}</script>"
    (tmp_path / "many.html").write_text(text, encoding="utf-8")
    with visit(browser, (tmp_path / "many.html").as_uri()) as page:
        said = page.evaluate(
            """() => {
                const [t, k] = document.querySelectorAll("input");
                return [...Array(100).keys()].map((i) => {
                    const input = i % 2 ? k : t;
                    input.value = (7 * i) % 20;
                    input.dispatchEvent(new Event("input"));
                    return document.querySelector("figcaption").textContent;
                });
            }"""
        )
    moves = [7 * i % 20 for i in range(100)]
    wanted = [(moves[i - i % 2], moves[i - 1 + i % 2] if i else 0) for i in range(100)]
    assert said == [f"At {t}, {k}." for t, k in wanted]


def draw_cells(fig, t, k):
    for i in range(1, 4):
        for j in range(1, i + 1):
            cell = Rectangle(
                (j / 4, 1 - i / 4), 0.22, 0.2, fc=svg.PAPER if (i, j) == (t, k) else "c"
            )
            svg.pick(fig.add_artist(cell), t=i, k=j)
            fig.text(j / 4 + 0.1, 1.1 - i / 4, f"{i}{j}", ha="center", va="center")  # lies on it
    return f"Cell {t}, {k}." + " It is a long sentence, and needs another line." * (t - 1)


@pytest.fixture(scope="module")
def cells_address(tmp_path_factory):
    """A triangle to press, a screen below the top, and something below it."""
    choice = {"t": range(1, 4), "k": range(1, 4), "where": lambda t, k: k <= t}
    book = flipbook(draw_cells, **choice, start={"t": 3, "k": 2}, name="cells", figsize=(4, 3))
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cells</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>main{{padding:1500px 0}}{css_text()}</style></head>"
        f"<body><main><h1>Cells</h1>{book.html}<p>below</p></main>"
        f'<script type="module">{site_script()}</script></body></html>'
    )
    path = tmp_path_factory.mktemp("cells") / "index.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def middle(page, pick):
    box = page.locator(f'[data-pick="{pick}"]').bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def seen(page):
    return sentence(page).partition(".")[0]


def shows(page, cell):
    """Wait until the picture has heard."""
    expect(page.locator("figcaption").first).to_contain_text(f"{cell}.")


def test_a_part_of_the_picture_is_pressed_and_dragged_over(browser, cells_address):
    with visit(browser, cells_address) as page:
        page.locator("figure svg").first.scroll_into_view_if_needed()
        assert seen(page) == "Cell 3, 2"
        page.mouse.click(*middle(page, "t=2&k=1"))
        shows(page, "Cell 2, 1")
        page.mouse.move(*middle(page, "t=1&k=1"))
        assert seen(page) == "Cell 2, 1"  # a pointer that only passes chooses nothing
        page.mouse.down()
        for pick, cell in [("t=2&k=2", "Cell 2, 2"), ("t=3&k=3", "Cell 3, 3")]:
            page.mouse.move(*middle(page, pick), steps=4)
            assert seen(page) == cell
        page.mouse.move(2, 2)
        assert seen(page) == "Cell 3, 3"
        page.mouse.up()
        page.mouse.move(*middle(page, "t=1&k=1"))
        assert seen(page) == "Cell 3, 3"
        cursor = "getComputedStyle(document.querySelector('[data-pick]')).cursor"
        assert page.evaluate(cursor) == "pointer"


def test_a_finger_chooses_and_does_not_scroll(browser, cells_address):
    with visit(browser, cells_address, **PHONE) as page:
        page.locator("figure svg").first.scroll_into_view_if_needed()
        before = page.evaluate("scrollY")
        client = page.context.new_cdp_session(page)

        def touch(kind, *points):
            places = [{"x": x, "y": y} for x, y in points]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        touch("touchStart", middle(page, "t=1&k=1"))
        shows(page, "Cell 1, 1")
        for pick in ("t=2&k=1", "t=3&k=1", "t=3&k=3"):
            touch("touchMove", middle(page, pick))
        touch("touchEnd")
        shows(page, "Cell 3, 3")
        assert page.evaluate("scrollY") == before


def test_the_arrow_keys_move_the_picture_that_has_the_focus(browser, cells_address):
    with visit(browser, cells_address) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "svg"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        label = page.locator("figure svg").first.get_attribute("aria-label")
        assert label.startswith("Cell 3, 2.")
        for key, cell in [
            ("ArrowLeft", "Cell 3, 1"),
            ("ArrowLeft", "Cell 3, 1"),
            ("ArrowRight", "Cell 3, 2"),
            ("ArrowRight", "Cell 3, 3"),
            ("ArrowUp", "Cell 2, 2"),
            ("ArrowUp", "Cell 1, 1"),
            ("ArrowDown", "Cell 2, 1"),
        ]:
            page.keyboard.press(key)
            assert seen(page) == cell


def test_the_address_holds_the_moment(browser, cells_address):
    with visit(browser, f"{cells_address}#fig=cells&t=2&k=2") as page:
        assert seen(page) == "Cell 2, 2"
        assert 0 <= page.locator("figure").bounding_box()["y"] < 400  # it scrolled there
        length = page.evaluate("history.length")
        before = page.evaluate("scrollY")
        put(page, "t", 2)
        page.wait_for_function("location.hash === '#fig=cells&t=3&k=2'")
        assert page.evaluate("[history.length, scrollY]") == [length, before]
        page.evaluate("location.hash = '#fig=cells&t=1'")
        shows(page, "Cell 1, 1")
        page.evaluate("location.hash = '#fig=other&t=3'")
        page.wait_for_timeout(100)
        assert seen(page) == "Cell 1, 1"


def test_a_page_without_a_name_keeps_its_address(browser, file_address):
    with visit(browser, file_address) as page:
        put(page, "t", 3)
        page.wait_for_timeout(400)
        assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize("width", [1280, 390])
def test_what_stands_below_never_moves(browser, cells_address, width):
    with visit(browser, cells_address, viewport={"width": width, "height": 800}) as page:
        tops = set()
        for t in range(3):
            put(page, "t", t)
            tops.add(page.locator("p").bounding_box()["y"])
        assert len(tops) == 1


def test_axe_finds_nothing_in_a_picture_to_press(browser, cells_address):
    with visit(browser, cells_address) as page:
        result = Axe().run(page)
        assert not result.response["violations"], result.generate_report()


def test_forced_colours_leave_the_controls_to_see(browser, cells_address):
    with visit(browser, cells_address, forced_colors="active") as page:
        style = "(e => getComputedStyle(e, '::-webkit-slider-thumb'))"
        ink, paper = page.evaluate(
            f"""() => [
                {style}(document.querySelector("input:enabled")).backgroundColor,
                getComputedStyle(document.body).backgroundColor,
            ]"""
        )
        assert ink != paper
