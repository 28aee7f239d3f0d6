"""Pictures that say what they show: `show` makes one, `flipbook` makes many, on sliders.

No mathematics: `draw` is a function that draws on the matplotlib figure it is given and returns
the sentence that says what is seen. Every picture of the book goes through here, so each has its
words.
"""

import base64
import json
import sys
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import product
from pathlib import Path
from typing import NamedTuple

import anywidget
import matplotlib.style
import traitlets
from tqdm import tqdm

from unrolled import svg

FIGSIZE = (6.4, 3.6)
LIMIT = 400  # frames in one flipbook; a page must stay light
_SCRIPT, _STYLE = (Path(__file__).with_name(f"flipbook.{kind}") for kind in ("js", "css"))


def show(draw: Callable, *, figsize: tuple = FIGSIZE, png: bool = False) -> "Picture":
    """One picture and its sentence.

    draw     draw(fig) draws on the figure and returns the sentence that says what is seen
    figsize  (width, height) in inches
    png      for a picture whose points depend on rounding or on training: an image that a strict
             comparison of outputs leaves alone, instead of SVG

    Raises RuntimeError where `draw` raises, TypeError where it returns no sentence, ValueError
    where it draws nothing or changes the figure's size.
    """
    with matplotlib.style.context(svg.STYLE):
        fig, sentence = svg.draw_figure(draw, figsize, {})
        if png:
            image = base64.b64encode(svg.png(fig)).decode()
            size = {"width": round(96 * figsize[0]), "height": round(96 * figsize[1])}
            return Picture({"image/png": image, "text/plain": sentence}, {"image/png": size})
        sheet = svg.Sheet()
        sheet.add(fig)
    defs, [lines] = sheet.finish()
    picture = svg.element(defs, lines, sentence, figsize)
    html = f'<figure class="flipbook">\n{picture}\n{_caption(sentence)}\n</figure>'
    return Picture({"text/html": html, "text/plain": sentence})


def flipbook(
    draw: Callable,
    /,
    *,
    figsize: tuple = FIGSIZE,
    where: Callable[..., bool] | None = None,
    **sliders: Sequence,
) -> "Flipbook":
    """Many pictures on sliders: `flipbook(draw, t=range(1, 6), k=range(1, 6))`.

    draw     draw(fig, t=…, k=…) draws the frame at one position and returns its sentence
    figsize  (width, height) in inches, the same for every frame
    where    where(t=…, k=…) says which positions there are; all of them if None
    sliders  for each name a range, or a list or tuple of labels; `draw` is given its elements

    The widget has one integer trait for each slider: the value of a range, the index of a label.
    It starts at the first position admitted. A position that `where` refuses moves the later
    slider to the nearest one admitted; one outside a slider's range raises TraitError.

    Raises what `show` raises, naming the frame; TypeError and ValueError, naming the slider, for
    one that is empty, repeats a label or has a name that every widget uses; ValueError where no
    slider is given, or `where` leaves no frame or more than 400.
    """
    axes = [_slider(name, values) for name, values in sliders.items()]
    if not axes:
        raise ValueError("flipbook got no slider; it needs at least one, such as t=range(1, 6)")
    places = [
        place
        for place in product(*(range(len(axis.values)) for axis in axes))
        if where is None or where(**_values(axes, place))
    ]
    if not places:
        raise ValueError("where admits no frame; it must be true at one position or more")
    if len(places) > LIMIT:
        raise ValueError(f"got {len(places)} frames; the limit is {LIMIT} in one flipbook")

    sheet, sentences = svg.Sheet(), []
    progress = tqdm(places, desc="drawing", unit="frame", delay=3, file=sys.stdout)
    with matplotlib.style.context(svg.STYLE):
        for place in progress:
            fig, sentence = svg.draw_figure(draw, figsize, _values(axes, place))
            sheet.add(fig)
            sentences.append(sentence)
    defs, frames = sheet.finish()
    stops = [tuple(axis.stops[i] for axis, i in zip(axes, place, strict=True)) for place in places]
    differences, lines = _differences(frames)
    data = {
        "sliders": [{"name": a.name, "stops": a.stops, "labels": a.labels} for a in axes],
        "lines": lines,
        "frames": list(zip(stops, sentences, differences, strict=True)),
    }
    html = (
        f'<figure class="flipbook" data-flipbook="" style="--flipbook-sliders:{len(axes)}">\n'
        f"{svg.element(defs, frames[0], sentences[0], figsize)}\n{_caption(sentences[0])}\n"
        f'<script type="application/json">{_json(data)}</script>\n</figure>'
    )
    return _widget(axes, stops, html, sentences[0])


def site_script() -> str:
    """The text of the module script that brings every flipbook of a static page to life."""
    mount_all = 'document.querySelectorAll("figure.flipbook[data-flipbook]").forEach(mount);'
    return f"{_SCRIPT.read_text('utf-8')}\n{mount_all}\n"


def css_text() -> str:
    """The text of the stylesheet of every picture, on the site and in Jupyter alike."""
    return _STYLE.read_text("utf-8")


class Picture:
    """What `show` returns: a MIME bundle that always holds the sentence as text/plain."""

    def __init__(self, data: dict[str, str], metadata: dict | None = None) -> None:
        self._bundle = data, metadata or {}

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        return self._bundle


class Flipbook(anywidget.AnyWidget):
    """What `flipbook` returns: a widget where a kernel runs, and a figure everywhere else."""

    _esm = _SCRIPT
    _css = _STYLE
    _html = traitlets.Unicode().tag(sync=True)

    def __init__(self, stops: list[tuple[int, ...]], names: list[str], html: str, sentence: str):
        self._stops, self._names, self._sentence = stops, names, sentence
        super().__init__(_html=html, **dict(zip(names, stops[0], strict=True)))

    def __repr__(self) -> str:
        return f"Flipbook({svg.describe(self._position())})"

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        live, metadata = super()._repr_mimebundle_(**kwargs)
        return {**live, "text/html": self._html, "text/plain": self._sentence}, metadata

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

    def __init__(self, axis: "_Slider") -> None:
        super().__init__(axis.stops[0])
        self._axis = axis
        self.tag(sync=True)

    def validate(self, obj, value):
        if isinstance(value, int) and value in self._axis.stops:
            return value
        raise traitlets.TraitError(f"{self.name}: got {value!r}; needs {self._axis.admitted()}")


class _Slider(NamedTuple):
    name: str
    values: list  # what draw is given
    stops: list[int]  # what the trait holds
    labels: list[str]  # what the reader sees

    def admitted(self) -> str:
        if self.values == self.stops:
            return f"one of {', '.join(self.labels)}"
        return "an index: " + ", ".join(
            f"{i} for {label}" for i, label in zip(self.stops, self.labels, strict=True)
        )


def _slider(name: str, values: Sequence) -> _Slider:
    if hasattr(Flipbook, name):
        raise ValueError(f"{name}: every widget has an attribute of that name; choose another")
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


def _values(axes: list[_Slider], place: tuple[int, ...]) -> dict:
    return {axis.name: axis.values[i] for axis, i in zip(axes, place, strict=True)}


def _widget(axes: list[_Slider], stops: list, html: str, sentence: str) -> Flipbook:
    """A flipbook of a class of its own, for traits belong to a class."""
    names = [axis.name for axis in axes]
    members = {axis.name: _Stop(axis) for axis in axes}
    members["_admit_stop"] = traitlets.validate(*names)(Flipbook._admit)
    members["_settle_rest"] = traitlets.observe(*names)(Flipbook._settle)
    return type("Flipbook", (Flipbook,), members)(stops, names, html, sentence)


def _differences(frames: list[list[str]]) -> tuple[list[list], list[str]]:
    """For each frame the (start, end, lines) to put in the place of lines of the first, last first.

    Frames of one drawing are nearly equal texts, and any of them can be had from the first. A line
    is a number, its place in the list that is returned too: many frames share it.
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(frames[0])
    differences, lines = [], {}
    for frame in frames:
        matcher.set_seq1(frame)
        differences.append(
            [
                (start, end, [lines.setdefault(line, len(lines)) for line in frame[i:j]])
                for tag, i, j, start, end in reversed(matcher.get_opcodes())
                if tag != "equal"
            ]
        )
    return differences, list(lines)


def _json(data: dict) -> str:
    """JSON that cannot end, or confuse, the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--")


def _caption(sentence: str) -> str:
    return f"<figcaption>{escape(sentence)}</figcaption>"
