"""What a page says in plain words: for its description and for the search."""

import re
from functools import cache

from docutils import nodes
from pylatexenc.latex2text import LatexNodes2Text

SILENT = (nodes.raw, nodes.literal_block, nodes.math_block, nodes.title, nodes.Invisible)
LOW = dict(zip("0123456789+-aehijklmnt", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₜ", strict=True))
HIGH = {"⊤": "ᵀ", "+": "⁺", "-": "⁻", **dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))}
TRANSLATE = LatexNodes2Text(math_mode="text").latex_to_text


def words(node: nodes.Node) -> str:
    """The prose under a node, without code, displayed formulas, pictures and inner sections."""
    pieces = [_text(child) for child in node.children]
    return re.sub(r"\s+", " ", "".join(pieces)).strip()


def _text(node):
    if isinstance(node, nodes.Text):
        return node
    if isinstance(node, nodes.math):
        return plain(node.astext())
    if isinstance(node, (nodes.section, *SILENT)) or node.get("nb_element") == "cell_code":
        return ""
    text = "".join(map(_text, node.children))
    return text if isinstance(node, nodes.Inline) else f" {text} "


@cache
def plain(tex: str) -> str:
    r"""A short formula in Unicode: `\partial L/\partial h_{t-1}` becomes ∂L/∂hₜ₋₁."""
    tex = re.sub(r"\\math(?:cal|bf)\b *", "", tex)  # letters that the book's fonts have not
    tex = re.sub(r"_(?:\{([^{}]*)\}|(\w))", lambda found: _set(found, "_", LOW), tex)
    text = TRANSLATE(re.sub(r"\^\{([^{}]{2,})\}", r"^{(\1)}", tex))
    return re.sub(r"\^(?:\(([^()]*)\)|(.))", lambda found: _set(found, "^", HIGH), text)


def _set(found, mark, signs):
    inside = (found[1] or found[2] or "").strip()
    if all(letter in signs for letter in inside):
        return "".join(map(signs.get, inside))
    return f"{mark}{{({inside})}}" if mark == "_" else f"{mark}({inside})"


def opening(page: nodes.section, limit: int = 160) -> str:
    """The first sentences of a page, as many as fit into `limit` characters, or most of one."""
    paragraphs = [*(child for child in page.children if isinstance(child, nodes.paragraph))]
    for paragraph in [*paragraphs, *page.findall(nodes.paragraph)]:
        if "kicker" in paragraph["classes"] or not words(paragraph):
            continue
        first, *more = re.split(r"(?<=[.!?]) (?=\w|[“‘])", words(paragraph))
        for sentence in more:
            if len(first) + len(sentence) >= limit:
                break
            first = f"{first} {sentence}"
        return first if len(first) <= 2 * limit else f"{first[:limit].rsplit(' ', 1)[0]} …"
    return ""
