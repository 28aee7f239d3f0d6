"""Linked terms: a term of an equation lights its part of a figure and its line of code.

Which belong together stands in linked.yml.  The notebook's LaTeX has no marks of ours: a term is
wrapped here, in KaTeX's own way, while the page is made.
"""

import json
from functools import cache
from pathlib import Path

import ledger
import sphinxcontrib.katex
import yaml
from docutils import nodes

LINKED = ledger.ROOT / "book" / "linked.yml"


@cache
def links() -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """Chapter → equation → term → its tex, says, figure and code; see linked.yml."""
    return yaml.safe_load(LINKED.read_text("utf-8"))


def selector(figure: str) -> str:
    """The CSS selector of a mark: pick:t=2&k=1 → [data-pick="t=2&k=1"]."""
    kind, _, value = figure.partition(":")
    return f'[data-{kind}="{value}"]'


def mark(app, doctree):
    """Wrap the terms of the page being read, and mark their lines of code."""
    equations = links().get(Path(app.env.docname).name, {})
    if not equations:
        return
    app.env.note_dependency(str(LINKED))
    for node in doctree.findall(nodes.math_block):
        text = node.astext()
        for name, term in equations.get((node.get("label") or "").removeprefix("eq:"), {}).items():
            text = text.replace(term["tex"], rf"\htmlData{{term={name}}}{{{term['tex']}}}")
        if text != node.astext():
            node[:] = [nodes.Text(text)]
    terms = {name: term for named in equations.values() for name, term in named.items()}
    for block in doctree.findall(nodes.literal_block):
        lines = block.astext().splitlines()
        found = {
            number: name
            for number, line in enumerate(lines, 1)
            for name, term in terms.items()
            if "code" in term and line.startswith(term["code"])
        }
        if found:
            block["highlight_args"] = block.get("highlight_args", {}) | {"hl_lines": list(found)}
            block["classes"].append("linked--" + "--".join(found.values()))


def add_links(app, pagename, templatename, context, doctree):
    """Tell the page's script which parts belong to a term, and bring it with its style."""
    equations = links().get(Path(pagename).name) if "body" in context else None
    if not equations:
        return
    told = {
        name: [term["says"], selector(term["figure"]) if "figure" in term else None]
        for named in equations.values()
        for name, term in named.items()
    }
    data = json.dumps(told).replace("<", "\\u003c")
    context["body"] += f'\n<script type="application/json" id="linked">{data}</script>\n'
    app.add_css_file("linked.css")
    app.add_js_file("linked.js")


def setup(app):
    # \htmlData is off in KaTeX by default, since it trusts who writes the formula
    sphinxcontrib.katex.KATEX_DEFAULT_OPTIONS |= {"trust": True, "strict": "ignore"}
    app.connect("doctree-read", mark)
    app.connect("html-page-context", add_links)
