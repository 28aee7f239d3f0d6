"""The weights of the parts of a gradient, as a text and as an HTML table that a page can show."""

import numpy as np

from unrolled.clinic.words import number

STRONGEST = 45  # per cent of the hue in the ground of the heaviest part: its number stays legible


def triangle(weights) -> tuple[str, str]:
    """(text, HTML) of how often each part is counted; the heavier, the darker the ground.

    weights: (T, T), row t a loss and column k a step, NaN where there is no part; or (T,), one part
    for each loss.
    """
    single = weights.ndim == 1
    weights = np.atleast_2d(weights)
    columns = [f"{'t' if single else 'k'} = {k}" for k in range(1, weights.shape[1] + 1)]
    rows = ["weight" if single else f"L{t}" for t in range(1, len(weights) + 1)]
    shown = [
        ["" if np.isnan(value) else number(np.round(value, 2)) for value in row] for row in weights
    ]
    width = max(len(cell) for row in [columns] + shown for cell in row)
    lines = [" " * 6 + "  ".join(f"{cell:>{width}}" for cell in columns)]
    lines += [
        f"{name:<6}" + "  ".join(f"{cell:>{width}}" for cell in row)
        for name, row in zip(rows, shown, strict=True)
    ]
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{name}</th>{_cells(row, weights[t])}</tr>'
        for t, (name, row) in enumerate(zip(rows, shown, strict=True))
    )
    table = (
        f'<table class="triangle"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
    return "\n".join(line.rstrip() for line in lines), table


def _cells(row, weights):
    """The cells of a row, each on a ground as dark as its weight is large, full at 2."""
    cells = ""
    for text, weight in zip(row, weights, strict=True):
        share = 0 if text in ("", "0") else round(STRONGEST * min(abs(float(weight)) / 2, 1))
        ground = f"background:color-mix(in srgb,var(--signal,#7D0B42) {share}%,transparent)"
        cells += f'<td style="{ground}">{text}</td>' if share else f"<td>{text}</td>"
    return cells
