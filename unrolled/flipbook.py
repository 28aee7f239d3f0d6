"""Pictures that say what they show: `show` makes one.

No mathematics: `draw` is a function that draws on the matplotlib figure it is given and returns
the sentence that says what is seen. Every picture of the book goes through here, so each has its
words.
"""

import base64
from collections.abc import Callable
from html import escape

import matplotlib.style

from unrolled import svg


class Picture:
    """What `show` returns: a MIME bundle that always holds the sentence as text/plain."""

    def __init__(self, data: dict[str, str], metadata: dict | None = None) -> None:
        self._bundle = data, metadata or {}

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        return self._bundle


def show(
    draw: Callable, *, figsize: tuple[float, float] = (6.4, 3.6), png: bool = False
) -> Picture:
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


def _caption(sentence: str) -> str:
    return f"<figcaption>{escape(sentence)}</figcaption>"
