"""The playground where a kernel runs: sliders of ipywidgets, and the picture they recompute."""

from html import escape

import ipywidgets as widgets

from unrolled.playground import SLIDERS, picture


class Playground(widgets.VBox):
    """The picture of a network, a slider for each of its settings, and a box for W itself.

    start: where each of SLIDERS stands: T=8, H=5, radius=1.1, seed=0, window=3.  `sliders` has them
    by name, `own` is the box; whenever one changes, `drawn` gets a new picture, or a sentence that
    says why there is none.  A page without a kernel shows the picture as it was when it was stored.
    Raises TypeError if a slider has no start.
    """

    def __init__(self, **start):
        if missing := {name for name, *_ in SLIDERS} ^ set(start):
            raise TypeError(f"start: {', '.join(sorted(missing))}; needs each slider once")
        self.sliders = {}
        for name, label, least, most, step in SLIDERS:
            kind = widgets.IntSlider if step == 1 else widgets.FloatSlider
            self.sliders[name] = kind(
                value=start[name], min=least, max=most, step=step, description=label
            )
        self.own = widgets.Textarea(description="W itself", placeholder="0.5 0.8\n-0.3 0.9")
        self.drawn = widgets.HTML()
        for control in (*self.sliders.values(), self.own):
            control.observe(self.redraw, names="value")
        self.redraw()
        super().__init__([self.drawn, *self.sliders.values(), self.own])

    def redraw(self, change=None):
        """Read every control, and draw."""
        position = {name: slider.value for name, slider in self.sliders.items()}
        try:
            self.drawn.value = picture(**position, W=self.own.value.strip() or None)
        except ValueError as wrong:
            self.drawn.value = f"<p>{escape(str(wrong))}</p>"

    def _repr_mimebundle_(self, **kwargs):
        words = "A picture, five sliders and a box for W."
        stored = {"text/html": self.drawn.value, "text/plain": words}
        return {**super()._repr_mimebundle_(**kwargs), **stored}
