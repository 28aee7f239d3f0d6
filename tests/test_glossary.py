"""A term comes after its definition, or leads to it: the glossary against the pages' text.

The definition of a term stands in italics or in bold on the page that its entry in the glossary
leads to (the first of them in reading order). Whatever uses the term before that place must lead
to the glossary: on each such page the first use is a `{term}` link.
"""

import re
from functools import cache
from pathlib import Path

import ledger
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
FILES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
# not read: the lists of lines, whose words are the notes' or the ledger's, and the glossary itself
PAGES = [file for file in FILES if file not in ("book/notes", "book/ledger", "book/glossary")]
STRESS = re.compile(r"(\*\*?)(?![\s*])([^*]+?)(?<!\s)\1")  # *in italics*, **in bold**
LINK = re.compile(r"\{term\}`(?:([^`<]*) <)?([^`<>]+)>?`")
NOT_PROSE = re.compile(
    r"""^```.*?^```|^:::.*?$|^\#+\s.*?$|^\(\S+\)=$|^\|[-| ]+\|$  # blocks, titles, labels
      | \$\$.*?\$\$(?:\ *\(eq:[^)]*\))? | \$[^$]*\$           # mathematics
      | (?P<role>\{[\w:]+\})?`[^`]*` | (?<=\])\([^)]*\)       # roles and code, targets of links
    """,
    re.M | re.S | re.X,
)


def blank(match):
    """As many blanks as it was long, so that the positions stay; a `{term}` link is kept."""
    kept = match.groupdict().get("role") == "{term}"
    return match[0] if kept else " " * len(match[0])


def entries(text):
    """Term → the pages that its entry leads to, as the table of contents names them."""
    body = text.split(":::{glossary}\n")[1].split("\n:::")[0]
    found = {}
    for entry in re.split(r"\n\n(?=\S)", body.strip()):
        term, definition = entry.split("\n", 1)
        links = re.findall(r"\]\(([\w./]+)\.(?:ipynb|md)", definition)
        found[term] = [f"book/{link}".replace("book/../", "") for link in links]
    return found


GLOSSARY = entries((ROOT / "book" / "glossary.md").read_text("utf-8"))


def prose(file):
    """The text of a page, with everything that is not prose blanked out."""
    path = ROOT / f"{file}.md"
    if path.exists():
        text = path.read_text("utf-8")
    else:
        cells = ledger.cells(path.with_suffix(".ipynb"))
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return NOT_PROSE.sub(blank, text)


@cache
def pattern(term):
    """The term as a whole word, in the singular or the plural, over the end of a line too."""
    words = r"\s+".join(map(re.escape, term.split()))
    return re.compile(rf"(?<![\w–-]){words}(?:e?s)?(?![\w–-])", re.I)


@cache
def longer(term):
    """The terms that hold this one: "gradient" is not meant by "vanishing gradient"."""
    return [other for other in GLOSSARY if other != term and pattern(term).search(other)]


def uses(term, text):
    """(position, what it is) of each use: a link, a definition (in italics or bold), or plain."""
    found = [(m.start(), "link") for m in LINK.finditer(text) if m[2].lower() == term.lower()]
    text = LINK.sub(blank, text)
    for other in longer(term):
        text = pattern(other).sub(blank, text)
    stressed = [m.span() for m in STRESS.finditer(text) if len(m[2].split()) <= 4]
    for use in pattern(term).finditer(text):
        defined = any(start <= use.start() < end for start, end in stressed)
        found.append((use.start(), "definition" if defined else "plain"))
    return sorted(found)


def faults(term, homes, pages):
    """What is wrong with one term, a sentence each; `pages`: (file, prose) in reading order."""
    home = next((file for file, _ in pages if file in homes), None)
    if home is None:
        return [f"{term}: its entry leads to no page"]
    found = []
    for file, text in pages:
        used = uses(term, text)
        kinds = [kind for _, kind in used]
        if file == home and "definition" not in kinds:
            return [*found, f"{term}: not defined (in italics or bold) in {file}"]
        end = kinds.index("definition") if file == home else len(kinds)
        if kinds[:end] and kinds[0] != "link":
            at = used[0][0]
            context = " ".join(text[max(0, at - 40) : at + 40].split())
            found.append(f"{term}: used in {file} before its definition: …{context}…")
        if file == home:
            break
    return found


@pytest.fixture(scope="module")
def pages():
    return [(file, prose(file)) for file in PAGES]


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_term_is_defined_before_it_is_used_or_leads_to_the_glossary(pages, term):
    assert not faults(term, GLOSSARY[term], pages)


def test_the_glossary_is_in_order_and_leads_to_pages_of_the_book():
    assert list(GLOSSARY) == sorted(GLOSSARY, key=str.lower)
    assert {page for homes in GLOSSARY.values() for page in homes} <= {*PAGES, "book/notes"}


def test_every_link_to_the_glossary_is_to_a_term():
    known = {term.lower() for term in GLOSSARY}
    for file in FILES:
        for link in LINK.finditer(prose(file)):
            assert link[2].lower() in known, f"{file}: {link[0]}"


@pytest.mark.parametrize(
    "first, second, said",
    [
        ("A gradient.", "The *gradient* is", "used in one before its definition"),
        ("A {term}`gradient`.", "The *gradient* is", None),
        ("{term}`Gradients <gradient>`, a gradient.", "Any **gradient** is", None),
        ("A vanishing gradient, $gradient$, `gradient`.", "The *gradient* is", None),
        ("Nothing.", "The gradient, a *gradient*, is", "used in two before its definition"),
        ("Nothing.", "The gradient is", r"not defined \(in italics or bold\) in two"),
    ],
)
def test_a_fault_is_named(first, second, said):
    pages = [(name, NOT_PROSE.sub(blank, text)) for name, text in (("one", first), ("two", second))]
    found = faults("gradient", ["two"], pages)
    assert len(found) == bool(said)
    assert not said or re.search(said, found[0])
