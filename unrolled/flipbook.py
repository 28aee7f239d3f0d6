"""Pictures that say what they show: `show` makes one, `flipbook` makes many, on sliders.

No mathematics: `draw` is a function that draws on the matplotlib figure it is given and returns
the sentence that says what is seen. Every picture of the book goes through here, so each has its
words.
"""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import product
from numbers import Integral
from typing import NamedTuple
from urllib.parse import parse_qsl

import anywidget
import matplotlib.style
import traitlets
from tqdm import tqdm

from unrolled import page, svg

FIGSIZE = (5.6, 3.6)
LIMIT = 400  # frames in one flipbook; a page must stay light
FEW = 4  # so many labels are buttons; more are a slider
NOT_SAVED = "what draw drew could not be saved"


def show(
    draw: Callable, /, *args, figsize: tuple = FIGSIZE, png: bool = False, **named
) -> "Picture":
    """One picture and its sentence: `show(draw, t=3, k=1)`.

    draw     draw(fig, *args, **named) draws on the figure and returns the sentence that says what
             is seen
    figsize  (width, height) in inches; a sequence of them for pictures that stand side by side, or
             one under the other where the page is narrow: `draw` is given a list of figures
    png      for a picture whose points depend on rounding or on training: pixels instead of SVG,
             which the comparison of outputs passes over (tests/nbval.cfg)

    Raises RuntimeError where `draw` raises or what it drew cannot be saved, TypeError where it
    returns no sentence, ValueError where it draws nothing or changes the figure's size.
    """
    with matplotlib.style.context(svg.STYLE):
        figs, sentence = svg.draw_figures(lambda fig: draw(fig, *args, **named), figsize, {})
        with svg.naming(NOT_SAVED, {}):
            if png:
                image = "\n".join(svg.pixel_image(fig, sentence) for fig in figs)
            else:
                sheets = [svg.Sheet() for _ in figs]
                for sheet, fig in zip(sheets, figs, strict=True):
                    sheet.add(fig)
                image, _ = _images(sheets, 0, sentence)
    return Picture(f'<figure class="flipbook">\n{image}\n{_caption(sentence)}\n</figure>', sentence)


def flipbook(
    draw: Callable,
    /,
    *,
    figsize: tuple = FIGSIZE,
    where: Callable[..., bool] | None = None,
    start: Mapping | None = None,
    name: str | None = None,
    **sliders: Sequence,
) -> "Flipbook":
    """Many pictures on sliders: `flipbook(draw, t=range(1, 6), k=range(1, 6))`.

    draw     draw(fig, t=…, k=…) draws the frame at one position and returns its sentence; what it
             marks with `svg.pick(artist, t=3, k=2)` is a control too
    figsize  (width, height) in inches, the same for every frame; or a sequence of them, as in show
    where    where(t=…, k=…) says which positions there are; all of them if None
    start    dict(t=5, k=2), the frame shown first, in print and without scripts: the first
             position admitted that has these values
    name     what stands for this flipbook in the page's address, `#fig=name&t=5&k=2`
    sliders  for each name a range, or a list or tuple of labels; `draw` is given its elements.
             Up to four labels are buttons; a range, or more labels, is a slider

    The widget has one integer trait for each slider: the value of a range, the index of a label.
    A position that `where` refuses moves the later slider to the nearest one admitted; one outside
    a slider's range raises TraitError.

    Raises what `show` raises, naming the frame; TypeError and ValueError, naming the slider, for
    one that is empty, repeats a label or has a name that is taken; ValueError where no slider is
    given, `where` leaves no frame or more than 400, `start` or a pick is no position, or `name`
    does not fit an address.
    """
    if name is not None and not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ValueError(f"name: got {name!r}; needs small letters, digits and hyphens: an address")
    controls = [_slider(label, values) for label, values in sliders.items()]
    places = _places(controls, where)
    first = _first(controls, places, start or {})
    sheets, sentences = [], []
    progress = tqdm(places, desc="drawing", unit="frame", delay=3, file=sys.stdout)
    with matplotlib.style.context(svg.STYLE):
        for place in progress:
            position = _values(controls, place)
            figs, sentence = svg.draw_figures(draw, figsize, position)
            sheets = sheets or [svg.Sheet() for _ in figs]
            with svg.naming(NOT_SAVED, position):
                for sheet, fig in zip(sheets, figs, strict=True):
                    sheet.add(fig)
            sentences.append(sentence)
    _admit_picks(controls, set().union(*(sheet.picks for sheet in sheets)))
    stops = [
        tuple(control.stops[i] for control, i in zip(controls, place, strict=True))
        for place in places
    ]
    image, frames = _images(sheets, first, sentences[first])
    html = _html(controls, image, stops, sentences, frames, first, name)
    return _widget(controls, stops, html, sentences[first], first)


class Picture:
    """What `show` returns.

    html       the `<figure>`: the picture, and the sentence as its alternative text and caption
    sentence   what is seen
    """

    def __init__(self, html: str, sentence: str) -> None:
        self.html, self.sentence = html, sentence

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.sentence}


class Flipbook(anywidget.AnyWidget):
    """What `flipbook` returns: a widget where a kernel runs, and a figure everywhere else.

    html  the `<figure>`: the first frame, its sentence, and what turns it into the others
    """

    _esm = page.SCRIPT
    _css = page.STYLE
    html = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(self, stops: list[tuple], names: list[str], html: str, sentence: str, first: int):
        self._stops, self._names, self._sentence = stops, names, sentence
        self.set_trait("html", html)
        super().__init__(**dict(zip(names, stops[first], strict=True)))

    def __repr__(self) -> str:
        return f"Flipbook({svg.describe(self._position())})"

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        live, metadata = super()._repr_mimebundle_(**kwargs)
        return {**live, "text/html": self.html, "text/plain": self._sentence}, metadata

    def _position(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self._names}

    def _nearest(self, position: dict[str, int]) -> dict[str, int]:
        """The admitted position nearest by the first slider, then by the next, and so on."""
        wanted = [position[name] for name in self._names]
        nearest = min(
            self._stops, key=lambda stop: [abs(a - b) for a, b in zip(stop, wanted, strict=True)]
        )
        return dict(zip(self._names, nearest, strict=True))

    def _admit(self, proposal) -> int:
        name = proposal["trait"].name
        return self._nearest({**self._position(), name: proposal["value"]})[name]

    def _settle(self, change) -> None:
        for name, stop in self._nearest(self._position()).items():
            setattr(self, name, stop)


class _Stop(traitlets.Int):
    """An integer that is one of a slider's stops."""

    def __init__(self, slider: "_Slider") -> None:
        super().__init__()
        self._slider = slider
        self.tag(sync=True)

    def validate(self, obj, value):
        whole = isinstance(value, Integral) and not isinstance(value, bool)  # NumPy's too
        if whole and value in self._slider.stops:
            return int(value)
        raise traitlets.TraitError(f"{self.name}: got {value!r}; needs {self._slider.admitted()}")


class _Slider(NamedTuple):
    name: str
    values: list  # what draw is given
    stops: list[int]  # what the trait holds
    labels: list[str]  # what the reader sees

    def described(self) -> dict:
        """What the page is told of it."""
        few = self.values != self.stops and len(self.labels) <= FEW
        said = {"name": self.name, "stops": self.stops, "labels": self.labels}
        return said | ({"buttons": True} if few else {})

    def admitted(self) -> str:
        if self.values == self.stops:
            return f"one of {', '.join(self.labels)}"
        return "an index: " + ", ".join(
            f"{i} for {label}" for i, label in zip(self.stops, self.labels, strict=True)
        )


def _slider(name: str, values: Sequence) -> _Slider:
    if reason := _taken(name):
        raise ValueError(f"{name}: {reason}; choose another name for the slider")
    if not isinstance(values, range | list | tuple):
        raise TypeError(f"{name}: got {values!r}; needs a range, or a list or tuple of labels")
    if not values:
        raise ValueError(f"{name}: got {values!r}, which is empty; needs one value or more")
    labels = [str(value) for value in values]
    twice = [label for i, label in enumerate(labels) if label in labels[:i]]
    if twice:
        raise ValueError(f"{name}: got the label {twice[0]!r} twice; needs labels that differ")
    stops = list(values) if isinstance(values, range) else list(range(len(values)))
    return _Slider(name, list(values), stops, labels)


def _taken(name: str) -> str | None:
    """Why a slider cannot have this name, if it cannot."""
    if name == "fig":
        return "draw is given the figure under that name"
    if name.startswith("_"):
        return "names that begin with _ are the widget's own"
    if hasattr(Flipbook, name):
        return "every flipbook has an attribute of that name"
    return None


def _places(sliders: list[_Slider], where: Callable[..., bool] | None) -> list[tuple[int, ...]]:
    """The positions admitted, each as the indices of the sliders' values."""
    if not sliders:
        raise ValueError("flipbook got no slider; it needs at least one, such as t=range(1, 6)")
    places = [
        place
        for place in product(*(range(len(slider.values)) for slider in sliders))
        if where is None or where(**_values(sliders, place))
    ]
    if not places:
        raise ValueError("where admits no frame; it must be true at one position or more")
    if len(places) > LIMIT:
        raise ValueError(f"got {len(places)} frames; the limit is {LIMIT} in one flipbook")
    return places


def _first(sliders: list[_Slider], places: list[tuple[int, ...]], start: Mapping) -> int:
    """Where in `places` the first position stands that has the values of `start`."""
    values = {slider.name: slider.values for slider in sliders}
    for name, value in start.items():
        if name not in values:
            raise ValueError(f"start: got {name}={value!r}; the sliders are {', '.join(values)}")
        if value not in values[name]:
            few = ", ".join(map(repr, values[name]))
            raise ValueError(f"start: got {name}={value!r}; needs one of {few}")
    for i, place in enumerate(places):
        if start.items() <= _values(sliders, place).items():
            return i
    raise ValueError(f"start: where refuses {svg.describe(start)}; needs a position it admits")


def _admit_picks(sliders: list[_Slider], picks: set[str]) -> None:
    labels = {slider.name: slider.labels for slider in sliders}
    for name, label in (pair for pick in sorted(picks) for pair in parse_qsl(pick)):
        if label not in labels.get(name, []):
            raise ValueError(f"pick: got {name}={label}, which no slider of this flipbook has")


def _values(sliders: list[_Slider], place: tuple[int, ...]) -> dict:
    return {slider.name: slider.values[i] for slider, i in zip(sliders, place, strict=True)}


def _widget(sliders: list[_Slider], stops: list, html: str, sentence: str, first: int) -> Flipbook:
    """A flipbook of a class of its own, for traits belong to a class."""
    names = [slider.name for slider in sliders]
    members = {slider.name: _Stop(slider) for slider in sliders}
    members["_admit_stop"] = traitlets.validate(*names)(Flipbook._admit)
    members["_settle_rest"] = traitlets.observe(*names)(Flipbook._settle)
    return type("Flipbook", (Flipbook,), members)(stops, names, html, sentence, first)


def _images(sheets: list[svg.Sheet], first: int, sentence: str) -> tuple[str, list[list]]:
    """The markup of one frame, and the lines of every frame of every sheet."""
    finished = [sheet.finish() for sheet in sheets]
    labels = [sentence] + [None] * (len(sheets) - 1)
    images = [
        svg.vector_image(sheet, defs, frames[first], label)
        for sheet, (defs, frames), label in zip(sheets, finished, labels, strict=True)
    ]
    text = "\n".join(images)
    if len(images) > 1:
        text = f'<div class="flipbook-pieces">\n{text}\n</div>'
    return text, [frames for _, frames in finished]


def _html(
    sliders: list[_Slider],
    image: str,
    stops: list,
    sentences: list,
    frames: list[list],
    first: int,
    name: str | None,
) -> str:
    """The figure of the first frame shown, with all that its script needs to show the others."""
    numbers = {}
    differences = [_differences(pieces, first, numbers) for pieces in frames]
    data = {
        "sliders": [slider.described() for slider in sliders],
        "start": first,
        "lines": list(numbers),
        "frames": list(zip(stops, sentences, *differences, strict=True)),
    }
    data |= {"name": name} if name else {}
    longest = escape(max(sentences, key=len))
    return (
        f'<figure class="flipbook" data-flipbook="" style="--flipbook-sliders:{len(sliders)}">\n'
        f"{image}\n{_caption(sentences[first], longest)}\n"
        f'<script type="application/json">{_json(data)}</script>\n</figure>'
    )


def _differences(frames: list[list[str]], first: int, numbers: dict[str, int]) -> list[list]:
    """For each frame the (start, end, lines) to put in the place of lines of the first, last first.

    Frames of one drawing are nearly equal texts, and any of them can be had from the first shown.
    A line is a number, its place in `numbers`, which grows: many frames share it.
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(frames[first])
    differences = []
    for frame in frames:
        matcher.set_seq1(frame)
        differences.append(
            [
                (start, end, [numbers.setdefault(line, len(numbers)) for line in frame[i:j]])
                for tag, i, j, start, end in reversed(matcher.get_opcodes())
                if tag != "equal"
            ]
        )
    return differences


def _json(data: dict) -> str:
    """JSON that cannot end, or confuse, the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--")


def _caption(sentence: str, longest: str = "") -> str:
    """The caption, which keeps the room of the longest that will stand there."""
    room = f' data-longest="{longest}"' if longest else ""
    return f"<figcaption{room}>{escape(sentence)}</figcaption>"
