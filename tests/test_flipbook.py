"""The pictures as Python makes them: their words, their markup, their positions, their errors."""

import base64
import gzip
import io
import json
import re
from xml.etree import ElementTree

import ipywidgets
import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from traitlets import TraitError

from unrolled import svg
from unrolled.flipbook import FIGSIZE, flipbook, show
from unrolled.page import css_text, site_script

SENTENCE = 'The "line" rises </script> & falls <b>.'


def draw_one(fig):
    ax = fig.subplots()
    ax.plot([0, 1, 2], [0, 1, 0], "o-", label="$h_t$")
    ax.plot([0, 2], [0, 1], color=svg.GRID)
    ax.bar([1], [1], color=svg.PAPER, hatch="//")
    ax.legend()
    return SENTENCE


def draw_dot(fig, t, k=0):
    fig.text(t / 6, k / 6, "dot")
    return f"The dot stands at {t}, {k}."


def triangle():
    return flipbook(draw_dot, t=range(1, 6), k=range(1, 6), where=lambda t, k: k <= t)


def bundle(picture):
    """What Jupyter stores of a picture or a flipbook."""
    found = picture._repr_mimebundle_()
    return found[0] if isinstance(found, tuple) else found


def data(book):
    text = re.search(r'<script type="application/json">(.*?)</script>', book.html, re.S)[1]
    return json.loads(text)


def svg_of(html):
    return ElementTree.fromstring(re.search(r"<svg.*?</svg>", html, re.S)[0])


def test_a_picture_carries_its_sentence():
    both = bundle(show(draw_one))
    assert both["text/plain"] == SENTENCE
    assert set(both) == {"text/html", "text/plain"}
    assert show(draw_one).html == both["text/html"]
    drawing = svg_of(both["text/html"])
    assert drawing.get("role") == "img"
    left, top, width, height = map(int, drawing.get("viewBox").split())  # points
    assert 0 <= left < 12 and 0 <= top < 12 and 380 < width <= 404 and 235 < height <= 260
    assert float(drawing.get("width")) == pytest.approx(width * 96 / 72, abs=0.01)  # CSS pixels
    assert float(drawing.get("height")) == pytest.approx(height * 96 / 72, abs=0.01)
    assert drawing.get("aria-label") == SENTENCE
    assert "&lt;/script&gt; &amp; falls &lt;b&gt;.</figcaption>" in both["text/html"]


def test_a_picture_is_the_same_twice_whatever_the_reader_has_set():
    once = bundle(show(draw_one))
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "none"}):
        before = dict(matplotlib.rcParams)
        assert bundle(show(draw_one)) == once
        assert dict(matplotlib.rcParams) == before


def test_a_drawing_leaves_no_figure_behind():
    from matplotlib import pyplot

    show(draw_one)
    triangle()
    assert pyplot.get_fignums() == []


def test_svg_takes_the_colours_of_the_page_and_keeps_only_ids_in_use():
    html = bundle(show(draw_one))["text/html"]
    assert svg.INK not in html
    assert "currentColor" in html
    assert f"var(--flipbook-grid, {svg.GRID})" in html
    assert "var(--flipbook-paper, #fff)" in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert ids
    assert set(ids) == set(re.findall(r"#(u[0-9a-f]{8}-\d+)", html))
    assert len(ids) == len(set(ids))
    assert not re.search(r"<\?xml|<!|<metadata|<style|<text|xmlns|xlink", html)


def test_the_style_file_and_the_theme_agree():
    style = matplotlib.rc_params_from_file(svg.STYLE[1], use_default_template=False)
    for key in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "hatch.color"):
        assert f"#{style[key].lstrip('#')}" == svg.INK
    assert f"#{style['grid.color'].lstrip('#')}" == svg.GRID


def test_two_pictures_of_one_page_share_no_id():
    def other(fig):
        fig.text(0.5, 0.5, "2")
        return "A two."

    ids = [re.findall(r' id="([^"]+)"', bundle(show(d))["text/html"]) for d in (draw_one, other)]
    assert all(ids)
    assert not set(ids[0]) & set(ids[1])


def test_arguments_are_handed_to_draw():
    assert show(draw_dot, 2, 3).sentence == "The dot stands at 2, 3."
    assert show(draw_dot, 2, k=3).html == show(draw_dot, 2, 3).html


def test_white_space_in_a_sentence_is_one_space():
    def draw(fig):
        fig.text(0.5, 0.5, "a")
        return "  One\n    sentence,\ttwo lines. "

    picture = show(draw)
    assert picture.sentence == "One sentence, two lines."
    assert ">One sentence, two lines.</figcaption>" in picture.html


def test_black_follows_the_page_too():
    def draw(fig):
        for y, color in enumerate(("black", "#123456")):
            fig.add_artist(Line2D([0, 1], [y / 2, y / 2], color=color))
        return "A black line, and one in a colour of its own."

    html = show(draw).html
    assert "#000000" not in html
    assert "stroke: currentColor" in html and "stroke: #123456" in html


def test_scales_and_matrices_keep_every_digit_and_places_two():
    def draw(fig):
        fig.text(0.3, 0.5, "$h_t$", rotation=30)
        fig.text(0, 0, "a")
        image = fig.add_axes([0.123456, 0.2, 0.3, 0.3])
        image.imshow([[0, 1], [1, 0]])
        return "A turned h, an a and an image."

    fig = Figure(figsize=FIGSIZE)
    file = io.StringIO()
    with matplotlib.style.context(svg.STYLE):
        draw(fig)
        fig.set_layout_engine("none")
        fig.savefig(file, format="svg")
    html = re.sub('data:[^"]*|#?u[0-9a-f]{8}-[0-9]+', "", show(draw).html)
    exact = re.compile(r"(?:scale|matrix)\([^)]*\)")
    assert set(exact.findall(html)) == set(exact.findall(file.getvalue()))
    assert any(len(text) > 12 for text in exact.findall(html))
    assert " id=" not in show(draw).html.partition("</defs>")[2]
    assert not re.search(r"\d\.\d{3}|\.\d*0\b|-0\b(?!\.)", exact.sub("", html))


def test_axes_are_laid_out_unless_they_were_placed():
    kept = []

    def draw(fig, placed):
        ax = fig.add_axes([0.125, 0.11, 0.775, 0.77]) if placed else fig.subplots()
        ax.plot([0, 1])
        ax.set_ylabel("a label\nof two lines", fontsize=20)
        kept.append(ax)
        return "Axes with a label."

    flipbook(draw, placed=["yes", ""])
    placed, free = (ax.get_position().bounds for ax in kept)
    assert placed == pytest.approx((0.125, 0.11, 0.775, 0.77))
    assert free[0] > 0.16


def test_of_many_marks_only_the_one_that_moved_is_stored_again():
    def draw(fig, t):
        ax = fig.add_axes([0, 0, 1, 1], xlim=(0, 9), ylim=(0, 9), xticks=[], yticks=[])
        ax.plot(range(6), [1, 2, t, 4, 5, 6], "o", clip_on=False)
        return f"Mark 2 stands at {t}."

    book = flipbook(draw, t=range(3, 6))
    assert [len(differences) for _, _, differences in data(book)["frames"]] == [0, 1, 1]
    assert [line.count("<use") for line in data(book)["lines"]] == [1, 1]


def test_a_short_difference_is_found_among_hundreds_of_equal_lines():
    def draw(fig, t):
        for i in range(210):
            fig.add_artist(Line2D([0, 1], [0, t if i == 208 else 0]))
        return f"ŷ at {t}."

    book = flipbook(draw, t=range(2))
    assert len(data(book)["lines"]) == 1
    assert '"ŷ at 1."' in book.html


def test_a_png_is_an_image_of_two_pixels_to_one_on_white_without_date():
    picture = show(draw_one, figsize=(4, 3), png=True)
    assert bundle(picture) == {"text/html": picture.html, "text/plain": SENTENCE}
    assert bundle(show(draw_one, figsize=(4, 3), png=True)) == bundle(picture)
    [tag] = re.findall(r"<img[^>]*>", picture.html)
    assert 'alt="The &quot;line&quot; rises &lt;/script&gt; &amp; falls &lt;b&gt;."' in tag
    assert 'width="384" height="288" style="max-width:100%;height:auto"' in tag
    assert "&lt;b&gt;.</figcaption>" in picture.html
    image = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]*)"', tag)[1])
    assert b"matplotlib" not in image
    pixels = imread(io.BytesIO(image))
    assert pixels.shape[:2] == (576, 768)
    assert (pixels[0, 0] == 1).all() and (pixels[..., 3:] == 1).all()  # nothing shines through


def test_every_frame_is_had_from_the_first():
    def draw(fig, t):
        """Artists come, go, change and stay, at several places at once."""
        for i in range(6):
            if (t + i) % 3:
                fig.text(i / 6, 0.5, f"{t * (i % 2)}")
            fig.text(i / 6, 0.1, f"{i}")
        return f"At {t}."

    book = flipbook(draw, t=range(7))
    first = re.search(r"<g>\n(.*?)\n</g></svg>", book.html, re.S)[1].split("\n")
    frames, stored = data(book)["frames"], data(book)["lines"]
    assert len(stored) == len(set(stored))
    assert frames[0][2] == []
    assert max(len(differences) for _, _, differences in frames) > 2
    sheet = svg.Sheet()
    with matplotlib.style.context(svg.STYLE):
        for (t,), _, _ in frames:
            fig = Figure(figsize=FIGSIZE)
            draw(fig, t)
            sheet.add(fig)
    for expected, (_, _, differences) in zip(sheet.finish()[1], frames, strict=True):
        lines = list(first)
        assert differences == sorted(differences, reverse=True)
        for start, end, numbers in differences:
            assert lines[start:end] != [stored[number] for number in numbers]
            lines[start:end] = [stored[number] for number in numbers]
        assert lines == expected


def test_a_flipbook_holds_the_admitted_positions_and_their_sentences():
    book = triangle()
    frames = data(book)["frames"]
    assert [f[0] for f in frames] == [[t, k] for t in range(1, 6) for k in range(1, t + 1)]
    assert [f[1] for f in frames] == [f"The dot stands at {t}, {k}." for (t, k), _, _ in frames]
    assert bundle(book)["text/plain"] == "The dot stands at 1, 1."
    assert "application/vnd.jupyter.widget-view+json" in bundle(book)
    assert repr(book) == "Flipbook(t=1, k=1)"


def test_the_first_frame_is_the_first_admitted():
    book = flipbook(draw_dot, t=range(1, 4), k=range(1, 4), where=lambda t, k: t + k > 4)
    assert (book.t, book.k) == (2, 3)
    assert bundle(book)["text/plain"] == "The dot stands at 2, 3."


def test_labels_are_seen_and_their_indices_are_positions():
    seen = []

    def draw(fig, path):
        seen.append(path)
        fig.text(0.5, 0.5, path)
        return f"The path is {path}."

    book = flipbook(draw, path=["off", "on"])
    assert seen == ["off", "on"]
    assert data(book)["sliders"] == [
        {"name": "path", "stops": [0, 1], "labels": ["off", "on"], "buttons": True}
    ]
    book.path = 1
    assert book.path == 1
    with pytest.raises(TraitError, match="path: got 'on'; needs an index: 0 for off, 1 for on"):
        book.path = "on"


def test_a_label_cannot_end_the_script_element():
    def draw(fig, t):
        fig.text(0.5, 0.5, "x")
        return SENTENCE + "<!-- <script>"

    book = flipbook(draw, t=["</script>", "<!--"])
    assert data(book)["sliders"][0]["labels"] == ["</script>", "<!--"]
    assert book.html.count("</script>") == 1
    assert "<!--" not in book.html


@pytest.mark.parametrize(
    ("start", "name", "value", "end"),
    [
        ((1, 1), "t", 4, (4, 1)),
        ((4, 4), "t", 2, (2, 2)),
        ((3, 1), "k", 5, (3, 3)),
        ((5, 5), "k", 2, (5, 2)),
    ],
)
def test_a_refused_position_moves_the_later_slider(start, name, value, end):
    book = triangle()
    book.t, book.k = start
    heard = []
    book.observe(lambda change: heard.append((book.t, book.k)), ["t", "k"])
    setattr(book, name, value)
    assert (book.t, book.k) == end
    assert set(heard) <= {end}


def test_the_nearest_is_sought_slider_by_slider_and_not_by_the_sum():
    admitted = {(1, 1), (3, 1), (4, 9)}
    book = flipbook(draw_dot, t=range(1, 6), k=range(1, 10), where=lambda t, k: (t, k) in admitted)
    book.t = 5
    assert (book.t, book.k) == (4, 9)
    assert repr(book) == "Flipbook(t=4, k=9)"


def test_of_two_as_near_the_first_is_taken():
    book = flipbook(draw_dot, t=range(1, 6), where=lambda t: t != 3)
    book.t = 3
    assert book.t == 2


def test_a_slider_stops_where_the_later_ones_have_a_place():
    book = flipbook(draw_dot, t=range(1, 6), k=range(1, 3), where=lambda t, k: t in (1, 4))
    book.t = 3
    assert (book.t, book.k) == (4, 1)


def test_a_position_from_the_browser_arrives_whole():
    book = triangle()
    book.set_state({"k": 4, "t": 5})
    assert (book.t, book.k) == (5, 4)


def test_a_whole_number_of_numpy_is_a_position():
    book = triangle()
    book.t = np.int64(4)
    assert book.t == 4 and type(book.t) is int


def test_a_stride_and_a_name_stand_in_the_page():
    book = flipbook(draw_dot, t=range(2, 9, 3), k=[7, 9])
    assert data(book)["sliders"] == [
        {"name": "t", "stops": [2, 5, 8], "labels": ["2", "5", "8"]},
        {"name": "k", "stops": [0, 1], "labels": ["7", "9"], "buttons": True},
    ]
    assert "--flipbook-sliders:2" in book.html
    assert ">The dot stands at 2, 7.</figcaption>" in book.html
    assert svg_of(book.html).get("aria-label") == "The dot stands at 2, 7."
    with pytest.raises(TraitError, match="t: got 3; needs one of 2, 5, 8"):
        book.t = 3
    with pytest.raises(TraitError, match="k: got 7; needs an index: 0 for 7, 1 for 9"):
        book.k = 7


def test_only_a_few_labels_are_buttons():
    def kind(values):
        return data(flipbook(draw_dot, t=values))["sliders"][0].get("buttons", False)

    assert kind([1, 2, 3, 4]) and kind((1, 2))
    assert not kind([1, 2, 3, 4, 5]) and not kind(range(2)) and not kind(range(1, 3))


def test_the_start_is_the_frame_stored_and_the_others_are_had_from_it():
    later = flipbook(draw_dot, t=range(1, 6), k=range(1, 6), start={"t": 4, "k": 2})
    assert (later.t, later.k) == (4, 2)
    assert bundle(later)["text/plain"] == "The dot stands at 4, 2."
    assert svg_of(later.html).get("aria-label") == "The dot stands at 4, 2."
    assert ">The dot stands at 4, 2.</figcaption>" in later.html
    frames = data(later)["frames"]
    assert frames[data(later)["start"]][0] == [4, 2]
    assert [place for place, _, differences in frames if not differences] == [[4, 2]]


def test_a_start_may_name_some_sliders_and_labels():
    def draw(fig, path, t):
        fig.text(t / 9, 0.5, path)
        return f"{path} at {t}."

    book = flipbook(draw, path=["off", "on"], t=range(1, 4), start={"path": "on"})
    assert (book.path, book.t) == (1, 1)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"s": 1}, "start: got s=1; the sliders are t, k"),
        ({"t": 9}, "start: got t=9; needs one of 1, 2, 3, 4, 5"),
        ({"t": 1, "k": 3}, "start: where refuses t=1, k=3; needs a position it admits"),
    ],
)
def test_a_start_that_is_no_position_is_refused(start, message):
    with pytest.raises(ValueError, match=message):
        flipbook(draw_dot, t=range(1, 6), k=range(1, 6), where=lambda t, k: k <= t, start=start)


@pytest.mark.parametrize("name", ["", "Paths", "a b", "a&b", "1a"])
def test_a_name_that_is_no_address_is_refused(name):
    with pytest.raises(ValueError, match=f"name: got {name!r}; needs small letters"):
        flipbook(draw_dot, t=range(3), name=name)
    assert data(flipbook(draw_dot, t=range(3), name="two-paths"))["name"] == "two-paths"


def test_an_artist_that_stands_for_a_position_is_marked_in_every_frame():
    def draw(fig, t, w):
        for i in range(3):
            svg.pick(
                fig.add_artist(Rectangle((i / 3, 0), 0.3, 0.5, alpha=0.2 + 0.1 * (i == t))), t=i
            )
        svg.pick(fig.text(0.5, 0.8, "b"), t=2, w="b & 1.2345")
        fig.text(0.1, 0.9, "none")
        return f"At {t}, {w}."

    book = flipbook(draw, t=range(3), w=["a", "b & 1.2345"])
    marks = [element.get("data-pick") for element in svg_of(book.html)[-1]]
    assert [m for m in marks if m] == ["t=0", "t=1", "t=2", "t=2&w=b+%26+1.2345"]
    stored = [line for line in data(book)["lines"] if "data-pick" in line]
    assert len(stored) == 3  # cell 0 dim, cell 1 lit, cell 2 lit
    assert "pick:" not in book.html


@pytest.mark.parametrize("position", [{"s": 1}, {"t": 7}])
def test_a_pick_of_nothing_is_refused(position):
    def draw(fig, t):
        svg.pick(fig.text(0.5, 0.5, "a"), **position)
        return "An a."

    name, value = next(iter(position.items()))
    with pytest.raises(ValueError, match=f"pick: got {name}={value}, which no slider"):
        flipbook(draw, t=range(3))


def test_a_picture_is_cut_to_what_all_its_frames_show():
    def draw(fig, t):
        ax = fig.add_axes([0, 0, 1, 1], xlim=(0, 5), ylim=(0, 4))
        ax.axis("off")
        ax.add_patch(Rectangle((1, 1 + t), 1, 1))
        return f"A square at {t}."

    book = flipbook(draw, t=range(2), figsize=(5, 4))  # 72 points a unit
    assert svg_of(book.html).get("viewBox") == "69 69 78 150"  # 3 points of margin
    assert svg_of(show(draw, 0, figsize=(5, 4)).html).get("viewBox") == "69 141 78 78"


def test_a_picture_is_cut_to_all_of_its_parts_and_not_to_what_is_empty():
    def draw(fig):
        ax = fig.add_axes([0, 0, 1, 1], xlim=(0, 5), ylim=(0, 4))
        ax.axis("off")
        ax.add_patch(Rectangle((1, 1), 1, 1))
        fig.add_artist(Rectangle((0.6, 0.25), 0.2, 0.25))  # beside it, by the figure's own measure
        fig.text(0, 0, "")
        return "Two squares."

    assert svg_of(show(draw, figsize=(5, 4)).html).get("viewBox") == "69 141 222 78"


def test_one_piece_is_a_list_of_one():
    def draw(figs):
        (fig,) = figs
        fig.text(0.5, 0.5, "a")
        return "An a."

    assert show(draw, figsize=[(3, 1)]).html.count("<svg") == 1


def test_pieces_stand_side_by_side_under_one_sentence():
    def draw(figs, t):
        for i, fig in enumerate(figs):
            fig.text(0.5, 0.5, f"{i}{t}")
        return f"Two texts at {t}."

    sizes = [(3, 1), (2, 1)]
    book = flipbook(draw, t=range(3), figsize=sizes)
    first, second = ElementTree.fromstring(
        re.search(r'<div class="flipbook-pieces">.*?</div>', book.html, re.S)[0]
    )
    assert (first.get("role"), first.get("aria-label")) == ("img", "Two texts at 0.")
    assert (second.get("role"), second.get("aria-hidden")) == (None, "true")
    assert all(len(frame) == 4 for frame in data(book)["frames"])
    assert show(draw, 1, figsize=sizes).html.count("<svg") == 2
    with pytest.raises(ValueError, match="draw drew nothing at t=0"):
        flipbook(lambda figs, t: figs[0].text(0, 0, "a") and "An a.", t=range(3), figsize=sizes)


def test_a_caption_keeps_the_room_of_the_longest():
    def draw(fig, t):
        fig.text(0.5, 0.5, "x")
        return "Long & " * t + "short."

    book = flipbook(draw, t=range(4), start={"t": 1})
    assert 'data-longest="Long &amp; Long &amp; Long &amp; short.">Long &amp; short.</' in book.html


def test_the_page_cannot_be_written_over():
    with pytest.raises(TraitError, match="read-only"):
        triangle().html = ""


@pytest.mark.parametrize("value", [0, 6, 2.5, 1.0, "2", None, True])
def test_a_position_out_of_range_names_the_range(value):
    book = triangle()
    with pytest.raises(TraitError, match=rf"t: got {value!r}; needs one of 1, 2, 3, 4, 5"):
        book.t = value
    assert (book.t, book.k) == (1, 1)


def test_a_link_to_an_ipywidgets_slider_can_be_made():
    book = triangle()
    link = ipywidgets.jslink((book, "t"), (ipywidgets.IntSlider(min=1, max=5), "value"))
    assert link.source == (book, "t")


def failing_draw(what):
    def draw(fig, t=2):
        if t == 2 and what == "raise":
            raise ZeroDivisionError("by zero")
        if t == 2 and what == "empty axes":
            fig.subplots()
            return "Nothing."
        if t == 2 and what == "blank":
            return "Nothing."
        if t == 2 and what == "wide":
            fig.set_size_inches(2, 3.6)
        if t == 2 and what == "high":
            fig.set_size_inches(5.6, 2)
        if t == 2 and what == "formula":
            fig.text(0.5, 0.5, r"$\frac{1$")
        fig.text(0.5, 0.5, "a")
        sentences = {"none": None, "number": 3, "space": "  "}
        return sentences.get(what, "An a.") if t == 2 else "An a."

    return draw


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        ("raise", RuntimeError, "draw raised{at}: ZeroDivisionError: by zero"),
        ("empty axes", ValueError, "draw drew nothing{at}"),
        ("blank", ValueError, "draw drew nothing{at}"),
        ("wide", ValueError, r"draw changed the figure's size to \(2.0, 3.6\){at}"),
        ("high", ValueError, r"draw changed the figure's size to \(5.6, 2.0\){at}"),
        ("formula", RuntimeError, r"what draw drew could not be saved{at}: ValueError: \\frac"),
        ("none", TypeError, "draw returned None{at}; it must return the sentence"),
        ("number", TypeError, "draw returned 3{at}"),
        ("space", TypeError, "draw returned '  '{at}"),
    ],
)
def test_a_bad_drawing_is_refused_and_the_frame_named(what, error, message):
    for png in (False, True):
        with pytest.raises(error, match=message.format(at="")):
            show(failing_draw(what), png=png)
    with pytest.raises(error, match=message.format(at=" at t=2")) as caught:
        flipbook(failing_draw(what), t=range(1, 4))
    assert what != "raise" or isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("sliders", "error", "message"),
    [
        ({}, ValueError, "flipbook got no slider"),
        ({"t": range(0)}, ValueError, r"t: got range\(0, 0\), which is empty"),
        ({"t": []}, ValueError, r"t: got \[\], which is empty"),
        ({"t": "abc"}, TypeError, "t: got 'abc'; needs a range, or a list or tuple of labels"),
        ({"t": 5}, TypeError, "t: got 5; needs a range"),
        ({"t": ["a", "b", "a"]}, ValueError, "t: got the label 'a' twice"),
        ({"layout": range(3)}, ValueError, "layout: every flipbook has an attribute of that name"),
        ({"html": range(3)}, ValueError, "html: every flipbook"),
        ({"fig": range(3)}, ValueError, "fig: draw is given the figure under that name; choose"),
        ({"_stops": range(3)}, ValueError, "_stops: names that begin with _ are the widget's own"),
        ({"t": range(3), "where": lambda t: False}, ValueError, "where admits no frame"),
        ({"t": range(401)}, ValueError, "got 401 frames; the limit is 400"),
    ],
)
def test_a_bad_slider_is_refused_before_anything_is_drawn(sliders, error, message):
    def draw(fig, **position):
        pytest.fail(f"drew {position}")

    with pytest.raises(error, match=message):
        flipbook(draw, **sliders)


def test_four_hundred_frames_are_not_too_many():
    drawn = []

    def draw(fig, t):
        drawn.append(t)
        raise StopIteration  # which Python takes for the end of a loop where it can

    with pytest.raises(RuntimeError, match="draw raised at t=0: StopIteration"):
        flipbook(draw, t=range(400))
    assert drawn == [0]


def test_the_script_and_the_style_are_light_and_ask_for_nothing():
    text = site_script() + css_text()
    assert len(gzip.compress(text.encode())) <= 6 * 1024
    text = text.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.search(r"https?:|url\(|@import|^import", text, re.M)
    assert "</script" not in site_script()


def test_fifteen_frames_of_an_unrolled_network_are_light():
    html = flipbook(unrolled, t=range(1, 6), k=range(1, 6), where=lambda t, k: k <= t).html
    assert len(gzip.compress(html.encode())) < 15_000


def unrolled(fig, t, k):
    ax = fig.add_axes([0, 0, 1, 1], xlim=(0.4, 5.6), ylim=(-0.6, 2.6))
    ax.axis("off")
    for step in range(1, 6):
        for row, name in enumerate(("x", "h", r"\hat{y}")):
            width = 3 if step == t else 1
            box = {"boxstyle": "circle", "facecolor": svg.PAPER, "linewidth": width}
            ax.text(step, row, f"${name}_{step}$", ha="center", va="center", bbox=box)
            if row:
                ax.annotate(
                    "", (step, row - 0.3), (step, row - 0.7), arrowprops={"arrowstyle": "->"}
                )
        if step > 1:
            on = k < step <= t
            arrow = {"arrowstyle": "->", "color": "#d1457b" if on else svg.GRID}
            ax.annotate(f"{0.8**step:.3f}", (step - 0.3, 1), (step - 0.8, 1), arrowprops=arrow)
    return f"The path from the loss at {t} back to step {k} has {t - k} factors."


def test_svg_is_what_matplotlib_drew():
    """Our shortening may move no point by more than its rounding."""
    fig = Figure(figsize=(2, 1))
    fig.add_axes([0, 0, 1, 1]).plot([0, 1], [0, 1], color="#123456")
    file = io.StringIO()
    fig.savefig(file, format="svg")
    sheet = svg.Sheet()
    sheet.add(fig)
    [line] = [line for line in sheet.finish()[1][0] if "#123456" in line]
    numbers = re.findall(r"[ML] ([\d.]+) ([\d.]+)", line)
    original = re.search(r'd="([^"]*)"[^>]*#123456', file.getvalue())[1]
    exact = re.findall(r"[ML] ([\d.]+) ([\d.]+)", original)
    assert len(numbers) == len(exact) == 2
    for ours, theirs in zip(sum(numbers, ()), sum(exact, ()), strict=True):
        assert abs(float(ours) - float(theirs)) <= 0.005
