"""Matplotlib drawings as small, reproducible SVG that takes the colours of its page.

Knows no widget and no mathematics: `unrolled.flipbook` puts these drawings on a page.
"""

import base64
import hashlib
import io
import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from numbers import Real
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

from font_source_sans_pro import SourceSansPro, SourceSansProBold
from matplotlib import font_manager, textpath
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

STYLE = ["default", str(Path(__file__).with_name("unrolled.mplstyle"))]
INK, GRID, PAPER = "#1d2126", "#ddd7c9", "#fffdf8"
"""Colours that follow the page: text and lines; what stays behind; a fill that hides the rest."""
QUANTITIES = {
    "input": "#9a5b00",
    "state": "#2468c8",
    "output": "#0a7550",
    "signal": "#7d0b42",
    "implicit": "#45309a",
    "held": "#6b7280",
}
"""The hues, by their names in the page's stylesheet, which has others for a dark page."""

_THEME = {
    "#000000": "currentColor",
    INK: "currentColor",
    GRID: f"var(--flipbook-grid, {GRID})",
    PAPER: "var(--flipbook-paper, #fff)",
} | {hue: f"var(--{name}, {hue})" for name, hue in QUANTITIES.items()}
_PREFIX = "\ue000"  # stands for the prefix of the ids until the content that it hashes is known
_DPI = 96  # CSS pixels per inch
_MARGIN = 3  # points around what is drawn, for the width of its lines
_PICK, _TERM = "pick", "term"  # what the id of an artist begins with that stands for something

# The face of the page's labels, from a package: glyphs are drawn as paths, and must be the same
# on every machine.
for _face in (SourceSansPro, SourceSansProBold):
    font_manager.fontManager.addfont(_face)

# matplotlib gives every drawing a parser of mathematics with an empty memory; one that is kept
# makes a frame of a graph with twenty labels three times as quick.
textpath.MathTextParser = cache(textpath.MathTextParser)


def pick(artist: Artist, **position) -> Artist:
    """Mark an artist as standing for a position of its flipbook: `pick(cell, t=3, k=2)`.

    Pressed, it moves the sliders named to these values; the others stay.
    """
    artist.set_gid(f"{_PICK}:{urlencode(position)}")
    return artist


def term(artist: Artist, name: str) -> Artist:
    """Mark an artist as the picture of a term of an equation, which book/linked.yml names."""
    artist.set_gid(f"{_TERM}:{name}")
    return artist


def draw_figures(draw: Callable, figsize: tuple, position: Mapping) -> tuple[list[Figure], str]:
    """The figures that `draw(fig, **position)` drew, and the sentence it returned.

    figsize: (width, height) in inches; or a sequence of them, and `draw` is given a list of as
    many figures
    Raises RuntimeError (chained) where `draw` raises; TypeError where it returns no sentence;
    ValueError where it draws nothing or changes the figure's size.
    """
    where = _where(position)
    single = isinstance(figsize[0], Real)
    sizes = [figsize] if single else figsize
    figs = [Figure(figsize=size) for size in sizes]
    with naming("draw raised", position):
        sentence = draw(figs[0] if single else figs, **position)
    if not isinstance(sentence, str) or not sentence.strip():
        raise TypeError(
            f"draw returned {sentence!r}{where}; "
            "it must return the sentence that says what the picture shows"
        )
    for fig, given in zip(figs, sizes, strict=True):
        if _is_blank(fig):
            raise ValueError(f"draw drew nothing{where}; it must draw on the fig it is given")
        size = tuple(float(inches) for inches in fig.get_size_inches())
        if size != tuple(map(float, given)):
            raise ValueError(
                f"draw changed the figure's size to {size}{where}; "
                f"every picture must keep figsize={tuple(given)}, so pass figsize=… instead"
            )
        if all(axes.get_subplotspec() is None for axes in fig.axes):
            fig.set_layout_engine("none")  # every axes was placed by hand: nothing to lay out
    return figs, " ".join(sentence.split())


def describe(position: Mapping) -> str:
    """A position in words: `t=1, k=2`."""
    return ", ".join(f"{name}={value!r}" for name, value in position.items())


class naming:
    """A context that turns an error into a RuntimeError: what failed, and at which position."""

    def __init__(self, what: str, position: Mapping) -> None:
        self.what, self.position = what, position

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind, error, traceback) -> None:
        if isinstance(error, Exception):
            reason = f"{kind.__name__}: {str(error).strip()}"
            raise RuntimeError(f"{self.what}{_where(self.position)}: {reason}") from error


class Sheet:
    """Drawings of one size that share their definitions (glyphs, markers, clips).

    picks  the positions that artists stand for, each as `t=3&k=2`
    """

    def __init__(self) -> None:
        self.picks = set()
        self._names = {}  # definition without its id -> the id it gets
        self._frames = []  # of each the lines
        self._extents = []  # of each the Bbox of what is drawn, in points from below

    def add(self, fig: Figure) -> None:
        """Append the figure as one frame: one line of SVG for each of its artists."""
        file = io.StringIO()
        self._height = 72 * fig.get_figheight()
        # not savefig, which draws a figure with a layout engine twice
        FigureCanvasSVG(fig).print_svg(file, metadata={"Date": None})
        root = ElementTree.fromstring(file.getvalue())
        names = {}
        for element in root.iter():
            _tidy(element)
        for parent in root.iter():
            for defs in parent.findall("defs"):
                parent.remove(defs)
                for definition in defs.iterfind("*[@id]"):
                    name = definition.attrib.pop("id")
                    text = ElementTree.tostring(definition, "unicode")
                    names[name] = self._names.setdefault(text, f"{_PREFIX}{len(self._names)}")
        artists = list(_artists(root))
        self.picks.update(pick for artist in artists if (pick := artist.get("data-pick")))
        self._frames.append([_line(artist, names) for artist in artists])
        self._extents.append(_extent(fig))

    def view(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of what any frame draws, in whole points."""
        box = Bbox.union(self._extents)
        left, top, right, bottom = box.x0, self._height - box.y1, box.x1, self._height - box.y0
        left, top = math.floor(left), math.floor(top)
        return left, top, math.ceil(right) - left, math.ceil(bottom) - top

    def finish(self) -> tuple[str, list[list[str]]]:
        """The shared `<defs>`, and the lines of every frame; ids start with a hash of it all."""
        used = {name for frame in self._frames for line in frame for name in _ids(line)}
        defs = "".join(
            re.sub(r"^<\w+", rf'\g<0> id="{name}"', text)
            for text, name in self._names.items()
            if name in used
        )
        everything = "\n".join([defs, *map("\n".join, self._frames)])
        prefix = f"u{hashlib.sha256(everything.encode()).hexdigest()[:8]}-"
        frames = [[line.replace(_PREFIX, prefix) for line in frame] for frame in self._frames]
        return f"<defs>{defs.replace(_PREFIX, prefix)}</defs>", frames


def vector_image(sheet: Sheet, defs: str, lines: list[str], label: str | None) -> str:
    """The `<svg>` of one frame, cut to what is drawn, as wide as its page lets it be.

    label: its alternative text; None for a picture that another one's label describes
    """
    left, top, width, height = sheet.view()
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    body = "\n".join(lines)
    return (
        f'<svg {name} viewBox="{left} {top} {width} {height}"'
        f' width="{_pixels(width)}" height="{_pixels(height)}" fill="currentColor"'
        ' style="max-width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt">'
        f"{defs}<g>\n{body}\n</g></svg>"
    )


def pixel_image(fig: Figure, label: str) -> str:
    """The `<img>` of a figure as PNG, labelled, as wide as its page lets it be.

    The class tells the book's theme that flipbook.css sees to a dark page.
    """
    width, height = (f"{_DPI * inches:.0f}" for inches in fig.get_size_inches())
    return (
        f'<img class="dark-light" alt="{escape(label)}" width="{width}" height="{height}"'
        f' style="max-width:100%;height:auto" src="data:image/png;base64,'
        f'{base64.b64encode(_png(fig)).decode()}">'
    )


def _png(fig: Figure) -> bytes:
    """The figure as PNG on white, at two image pixels per CSS pixel, without date or software."""
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=2 * _DPI, facecolor="white", metadata={"Software": None})
    return file.getvalue()


def _pixels(points: int) -> str:
    return f"{round(points * _DPI / 72, 2):g}"


def _extent(fig: Figure) -> Bbox:
    """What a drawn figure shows of itself, in points from below; no axis that is off."""
    width, height = 72 * fig.get_size_inches()
    renderer = RendererSVG(width, height, io.StringIO())
    artists = [artist for artist in fig.get_children() if artist is not fig.patch]
    for axes in [artist for artist in artists if isinstance(artist, Axes) and not artist.axison]:
        hidden = {axes.patch, *axes.spines.values(), axes.xaxis, axes.yaxis}
        artists.remove(axes)
        artists += [artist for artist in axes.get_children() if artist not in hidden]
    boxes = [artist.get_tightbbox(renderer) for artist in artists if artist.get_visible()]
    boxes = [box.padded(_MARGIN) for box in boxes if box and max(box.width, box.height) > 0]
    whole = Bbox.from_bounds(0, 0, width, height)
    return (boxes and Bbox.intersection(Bbox.union(boxes), whole)) or whole


def _where(position: Mapping) -> str:
    return f" at {describe(position)}" if position else ""


def _is_blank(fig: Figure) -> bool:
    def empty(artist):
        return isinstance(artist, Axes) and not (
            artist.has_data() or artist.texts or artist.artists or artist.tables
        )

    return all(artist is fig.patch or empty(artist) for artist in fig.get_children())


def _tidy(element: ElementTree.Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    element.text = element.tail = None
    for key, value in list(element.attrib.items()):
        del element.attrib[key]
        key = key.rpartition("}")[2]
        if not value.startswith(("data:", _PICK)):
            value = _themed(_rounded(" ".join(value.split())))
        element.set(key, value)


def _rounded(text: str) -> str:
    """Two decimals are a hundredth of a point; but a scale or a matrix needs all it has."""

    def shorter(match):
        short = f"{round(float(match[2]), 2) + 0.0:.2f}" if match[2] else ""  # + 0.0: no -0
        return match[1] or short.rstrip("0").rstrip(".")

    return re.sub(r"((?:scale|matrix)\([^)]*\))|(-?\d*\.\d+)", shorter, text)


def _themed(text: str) -> str:
    return re.sub(r"#[0-9a-f]{6}\b", lambda match: _THEME.get(match[0], match[0]), text)


def _artists(element: ElementTree.Element, mark: tuple[str, str] | None = None):
    """The element's drawing descendants; a group that says nothing is its children."""
    for child in element:
        kind, _, value = child.get("id", "").partition(":")
        here = (f"data-{kind}", value) if kind in (_PICK, _TERM) else mark
        if child.tag == "g" and not child.attrib.keys() - {"id"}:
            yield from _artists(child, here)
        elif child.tag != "metadata":
            if here:
                child.set(*here)
            yield child


def _line(artist: ElementTree.Element, names: dict[str, str]) -> str:
    def renamed(match):
        return f"{match[1]}#{names[match[2]]}"

    for element in artist.iter():
        element.attrib.pop("id", None)  # nothing refers to it
        for key, value in element.attrib.items():
            pattern = r"^()#(.+)" if key == "href" else r"(url\()#([^)]+)"
            element.set(key, re.sub(pattern, renamed, value))
    return ElementTree.tostring(artist, "unicode")


def _ids(line: str) -> list[str]:
    return re.findall(rf"#({_PREFIX}\d+)", line)
