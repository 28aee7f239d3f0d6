"""How a chapter opens: its part and number, the strip of the notes' lines, its best picture.

The strip has one tick for each line of the notes, made from the ledger: ink where this chapter
answers for the line, red where it puts it right, faint where another page does.
"""

import re
from html import escape
from pathlib import Path

import ledger
import yaml
from docutils import nodes

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TITLES = {"here": "checked here", "wrong": "wrong, and put right here", "other": ""}


def parts():
    """Page → (the title of its part, the number of its chapter), for numbered chapters."""
    toc = yaml.safe_load((ledger.ROOT / "_toc.yml").read_text(encoding="utf8"))
    numbered = [p for p in toc["parts"] if p.get("numbered")]
    pages = [(c["file"], p["caption"].split(" · ")[0]) for p in numbered for c in p["chapters"]]
    return {file: (part, number) for number, (file, part) in enumerate(pages, 1)}


def lines(notebook=None):
    """Each line of the notes as (number, name, state): state is here, wrong or other.

    notebook: the chapter that is "here"; all of them if None.
    """
    answers = {r.name for r in ledger.all_references() if notebook in (None, r.notebook)}
    found = []
    for entry in ledger.entries():
        if "notes" in entry and "reading" not in entry:
            here = entry.get("same_as", entry["name"]) in answers
            state = ("wrong" if entry["kind"] == "wrong" else "here") if here else "other"
            found.append((ledger.numbers()[entry["name"]], entry["name"], state))
    return found


def summary(found):
    """What the strip shows, in words: Lines N43–N57 of 64. Seven are put right."""
    covered = [i for i, (_, _, state) in enumerate(found) if state != "other"]
    if not covered:
        return f"None of the notes’ {len(found)} lines: this chapter goes beyond them."
    runs = []
    for i in covered:
        if runs and i == runs[-1][1] + 1:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    named = [found[a][0] if a == b else f"{found[a][0]}–{found[b][0]}" for a, b in runs]
    text = f"Line{'s' * (len(covered) > 1)} {', '.join(named)} of {len(found)}."
    wrong = sum(state == "wrong" for *_, state in found)
    if wrong:
        count = WORDS[wrong].capitalize() if wrong < len(WORDS) else str(wrong)
        text += f" {count} {'is' if wrong == 1 else 'are'} put right."
    return text


def strip(found, uri, words):
    """The strip as HTML; the ticks of other chapters take no stop of the Tab key.

    found: as `lines` gives it; uri: of the notes' page; words: what stands below.
    """
    ticks = ""
    for number, name, state in found:
        title = f"{number}: {TITLES[state]}" if TITLES[state] else number
        skip = ' tabindex="-1"' if state == "other" else ""
        ticks += f'<a class="tick {state}" href="{uri}#line-{name}" title="{title}"{skip}>'
        ticks += f'<span class="visually-hidden">{title}</span></a>'
    html = f'<nav class="strip" aria-label="The notes’ lines"><div class="ticks">{ticks}</div>'
    return f"{html}<p>{words}</p></nav>"


def picture(doctree):
    """The chapter's best picture once more, as a link to where it stands; None if none is tagged.

    It is the one of the cell tagged `opener`.  A drawing is used, not copied: it weighs nothing,
    and moves with the one that it shows.
    """
    for node in doctree.findall(nodes.raw):
        cell = node.parent
        while cell is not None and cell.get("nb_element") != "cell_code":
            cell = cell.parent
        if cell is None or "tag_opener" not in cell["classes"] or "<figure" not in node.astext():
            continue
        html = node.astext().replace("<figure", '<figure id="opener-figure"', 1)
        head = re.search(r'<svg [^>]*?(viewBox="[^>]*)>', html)
        if head:
            html = html.replace("</defs><g>", '</defs><g id="opener-drawing">', 1)
            drawing = f'<svg aria-hidden="true" {head[1]}><use href="#opener-drawing"/></svg>'
        else:
            drawing = re.sub(
                r'alt="[^"]*"', 'alt="" aria-hidden="true"', re.search("<img[^>]*>", html)[0]
            )
        node.children, node.rawsource = [nodes.Text(html)], html
        while not isinstance(cell, nodes.section):
            cell = cell.parent
        words = f"<span>{escape(cell.next_node(nodes.title).astext())}</span>"
        link = f'<a class="opener-picture flipbook" href="#opener-figure">{drawing}{words}</a>'
        return nodes.raw("", link, format="html")
    return None


def open_chapter(app, doctree, docname):
    """Put the kicker over the title of a numbered chapter, the strip under its first paragraph."""
    if app.builder.format != "html" or docname not in parts():
        return
    part, number = parts()[docname]
    section = next(doctree.findall(nodes.section))
    lede = next(child for child in section.children if isinstance(child, nodes.paragraph))
    lede["classes"].append("lede")
    found, uri = lines(Path(docname).name), app.builder.get_relative_uri(docname, "book/notes")
    html = nodes.raw("", strip(found, uri, summary(found)), format="html")
    place = section.index(lede) + 1
    section[place:place] = [html, *filter(None, [picture(doctree)])]
    section["classes"].append("chapter")
    section.insert(0, nodes.paragraph("", f"{part} · Chapter {number}", classes=["kicker"]))


def setup(app):
    app.connect("doctree-resolved", open_chapter)
