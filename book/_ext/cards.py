"""Cards: what a symbol means, and what stands behind an equation, for cards.js to show when asked.

A chapter's page carries them in a <template>, which shows nothing by itself: those of the symbols
come from the tables of notation.md (a letter that the chapter borrows first), those of the
equations from the ledger, the stored output of the cell that checks, and mutants.yml.
"""

import re
from functools import cache
from html import escape
from typing import NamedTuple

import ledger
import yaml
from sphinxcontrib import katex

NOTATION = ledger.ROOT / "book" / "notation.md"
MUTANTS = ledger.ROOT / "book" / "mutants.yml"
PAGE = "book/notation"
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "rho": "ρ", "sigma": "σ", "tau": "τ", "ell": "ℓ",
}  # fmt: skip
SYMBOL = re.compile(
    r"(?P<style>\\(?:hat|mathbf) )?(?P<letter>[A-Za-z]|\\[a-z]+)"
    r"(?:_(?:\{?\\(?:text|mathrm)\{(?P<word>\w)\w*\}\}?|\{?(?P<index>\w|\\ell)[\w,]*\}?))?"
    r"(?: = .+)?"
)
STYLES = {None: "", r"\hat ": "^", r"\mathbf ": "*"}


class Symbol(NamedTuple):
    """A letter of the tables of notation, as LaTeX but for the code."""

    key: str  # the letter, then ^ for a hat or * for bold, then | and the first sign of its index
    tex: str
    meaning: str  # Markdown
    shape: str
    code: str
    chapter: int | None  # that borrows it


@cache
def symbols() -> tuple[Symbol, ...]:
    """The symbols of every table of notation.md that are one letter.

    Raises ValueError where a row has some letters and another number of meanings.
    """
    found, columns = [], None
    for line in NOTATION.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            columns = None
        elif columns is None:
            columns = cells
        elif not set(line) <= set("|-"):
            found += _row(dict(zip(columns, cells, strict=True)))
    return tuple(found)


def _row(row: dict[str, str]) -> list[Symbol]:
    chapter = re.match(r"\[(\d+)\]", row.get("chapter", ""))
    letters = re.findall(r"\$([^$]+)\$", row["letters"] if chapter else row["symbol"])
    (last,) = [text for title, text in row.items() if title.startswith(("meaning", "what"))]
    meanings = last.split("; ") if chapter and len(letters) > 1 else [last]
    if len(meanings) == 1:
        meanings *= len(letters)
    if len(meanings) != len(letters):
        raise ValueError(f"notation.md: {len(letters)} letters, {len(meanings)} meanings: {last}")
    return [
        Symbol(key, tex, meaning, row.get("shape", ""), row.get("code", ""), number)
        for tex, meaning in zip(letters, meanings, strict=True)
        for number in [int(chapter[1]) if chapter else None]
        if (key := _key(tex))
    ]


def _key(tex: str) -> str | None:
    """The key of a symbol, or None if it is more than a letter."""
    parts = SYMBOL.fullmatch(tex)
    if parts is None:
        return None
    letter, index = (
        GREEK.get(text.removeprefix("\\"), text) if text else ""
        for text in (parts["letter"], parts["word"] or parts["index"])
    )
    key = letter + STYLES[parts["style"]]
    return None if letter.startswith("\\") else f"{key}|{index}" if index else key


def on_page(body: str, chapter: int) -> list[Symbol]:
    """The symbols that a chapter's page may show: those it borrows, then those of the book."""
    letter = r'class="mord(?: math(?:normal|bf))?(?: mtight)?"(?: style="[^"]*")?>(\w)<'
    shown = set(re.findall(letter, body))
    own = [s for s in symbols() if s.chapter == chapter] + [s for s in symbols() if not s.chapter]
    return [symbol for symbol in own if symbol.key[0] in shown]


@cache
def phrase(text: str) -> str:
    """A few words of Markdown as HTML: mathematics, code and emphasis; links are their texts."""
    text = re.sub(r"\{\w+\}`([^`<]+?)(?: <[^>]*>)?`|\[([^]]+)\]\([^)]*\)", r"\1\2", text)
    pieces = re.split(r"(\$[^$]+\$|`[^`]+`|\*+[^*]+\*+)", text)
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    if piece.startswith("$"):
        return _mathematics(piece.strip("$"))
    for mark, tag in (("`", "code"), ("**", "b"), ("*", "i")):
        if piece.startswith(mark):
            return f"<{tag}>{escape(piece.strip(mark))}</{tag}>"
    return escape(piece)


def _mathematics(tex: str) -> str:
    """A formula as HTML: one of letters and their indices in a few bytes, any other by KaTeX."""
    plain = re.sub(r"\\([a-z]+) ?", lambda name: GREEK.get(name[1], name[0]), tex)
    if re.fullmatch(r"[\w\s(),.<=+−-]+(?:_\{\w+\})?[\w\s(),.]*", plain):
        plain = re.sub(r"_\{(\w+)\}|_(\w)", r"<sub>\1\2</sub>", plain.replace("-", "−"))
        plain = re.sub(
            r"(?<![<\w/])([^\W\d_])(?![\w>])", r'<span class="mathnormal">\1</span>', plain
        )
        plain = re.sub(r">([^\W\d_]+)</sub", r' class="mathnormal">\1</sub', plain)
        return f'<span class="katex">{plain}</span>'
    return re.sub("<annotation.*?</annotation>", "", katex.render_latex(tex))


def symbol_card(symbol: Symbol, notation: str) -> str:
    """The card of a symbol; `notation` is the address of the page of notation."""
    facts = [f"shape {phrase(symbol.shape)}"] if symbol.shape else []
    facts += [f"code {phrase(symbol.code)}"] if symbol.code else []
    where = "#borrowed-letters" if symbol.chapter else ""
    says = f"borrowed in chapter {symbol.chapter}" if symbol.chapter else "Notation"
    facts.append(f'<a href="{notation}{where}">{says}</a>')
    title = phrase(f"${symbol.tex}$")
    return (
        f'<div data-symbol="{symbol.key}"><p>{title}</p><p>{phrase(symbol.meaning)}</p>'
        f"<p>{' · '.join(facts)}</p></div>"
    )


@cache
def answered() -> dict[str, tuple[ledger.Reference, str]]:
    """Name of each line → the cell that answers for it, and what the cell's check printed."""
    found = {}
    for notebook in dict.fromkeys(r.notebook for r in ledger.all_references()):
        cells = ledger.cells(ledger.NOTEBOOKS / f"{notebook}.ipynb")
        for reference in (r for r in ledger.all_references() if r.notebook == notebook):
            outputs = cells[reference.cell]["outputs"]
            printed = "".join("".join(output.get("text", "")) for output in outputs)
            said = re.search(rf"^[✓✗] {re.escape(reference.name)}: (.*(?:\n  .*)*)", printed, re.M)
            found.setdefault(reference.name, (reference, " ".join(said[1].split()) if said else ""))
    return found


def equation_card(name: str, link) -> str | None:
    """The card of an equation of the ledger; `link(docname)` is the address of a page."""
    entry = next((e for e in ledger.entries() if e["name"] == name), None)
    if entry is None or entry.get("same_as", name) not in answered():
        return None
    reference, said = answered()[entry.get("same_as", name)]
    does = {"definition": "Used", "identity": "Checked", "wrong": "Rejected"}[entry["kind"]]
    mark = {"definition": "", "identity": "✓ ", "wrong": "✗ "}[entry["kind"]]
    cell = f"{link(f'notebooks/{reference.notebook}')}#ledger-{reference.name}"
    says = f": {escape(said)}" if said else ""
    lines = [f'{mark}{does} in <a href="{cell}">a cell</a>{says}.', slips(reference.name)]
    errata = [
        f'<a href="{link("notebooks/errata")}#errata-{code.lower()}">{code}</a>'
        for code in ledger.errata(entry)
    ]
    page = "book/notes" if "notes" in entry else "book/ledger"
    lines.append(
        "".join(f"Erratum {code}. " for code in errata)
        + f'In the ledger: <a href="{link(page)}#line-{name}"><code>{name}</code></a>.'
    )
    paragraphs = "".join(f"<p>{line}</p>" for line in lines if line)
    return f'<div data-equation="equation-eq-{name}">{paragraphs}</div>'


def slips(name: str) -> str:
    """What became of the mutants of a check, as a sentence; nothing where there is none."""
    tried, killed = killed_mutants().get(name, (0, 0))
    if not tried:
        return ""
    if killed == tried:
        return f"Broken in {tried} small ways, the cell failed every time."
    return (
        f"Broken in {tried} small ways, it failed {killed} times; {tried - killed} change nothing."
    )


@cache
def killed_mutants() -> dict[str, list[int]]:
    """Name of each check → how many mutants of its cell were tried, and how many noticed."""
    return yaml.safe_load(MUTANTS.read_text("utf-8"))


def add_cards(app, pagename, templatename, context, doctree):
    """Put the cards of a chapter into its page, and bring their style and script."""
    chapter = re.match(r"notebooks/(\d+)_", pagename)
    if chapter is None or "body" not in context:
        return
    body = context["body"]

    def link(docname):
        return "" if docname == pagename else app.builder.get_relative_uri(pagename, docname)

    found = [symbol_card(symbol, link(PAGE)) for symbol in on_page(body, int(chapter[1]))]
    for name in re.findall(r'id="equation-eq-([\w-]+)">\s*<span class="eqno">', body):
        found += filter(None, [equation_card(name, link)])
    context["body"] = f'{body}\n<template id="cards">{"".join(found)}</template>\n'
    app.add_css_file("cards.css")
    app.add_js_file("cards.js")


def note_sources(app, doctree):
    """Remake a chapter's page when what its cards say has changed."""
    if re.match(r"notebooks/\d+_", app.env.docname):
        for path in (NOTATION, MUTANTS, ledger.LEDGER):
            app.env.note_dependency(str(path))


def setup(app):
    app.connect("doctree-read", note_sources)
    app.connect("html-page-context", add_cards)
