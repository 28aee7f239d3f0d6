"""Where a cell prints "section 6.7 (Title)", as the clinic does, the page leads there.

A page whose live cells may name any section gets the list of all: cells.js makes links with it.
"""

import json
import re

import opener

from unrolled.clinic.catalogue import SECTIONS

# in a text, not in a label or a script
SECTION = re.compile(r"<script.*?</script>|section (\d+)\.(\d+) \([^()<>]*\)(?=[^<>]*<)", re.S)


def lead(app, pagename, templatename, context, doctree):
    """Turn each section that an output names into a link; one that is not there stays as it is."""
    if "body" in context and pagename.startswith("notebooks/"):
        context["body"] = SECTION.sub(lambda found: link(app, pagename, found), context["body"])
        if "tag_live-setup" in context["body"]:
            named = {t.split(" ")[1]: address(app, pagename, t) for t in SECTIONS.values()}
            known = json.dumps({number: at for number, at in named.items() if at})
            context["body"] += f'<script type="application/json" class="sections">{known}</script>'


def link(app, pagename, found):
    at = found[1] and address(app, pagename, found[0])
    return f'<a href="{at}">{found[0]}</a>' if at else found[0]


def address(app, pagename, title):
    """Where a page finds the section that "section 6.7 (Title)" names, or None."""
    chapter, section = map(int, title.split(" ")[1].split("."))
    page = {number: page for page, (_, number) in opener.parts().items()}.get(chapter)
    numbers = app.env.toc_secnumbers.get(page, {})
    anchor = next((at for at, number in numbers.items() if number == (chapter, section)), None)
    if anchor is None:
        return None
    return ("" if page == pagename else app.builder.get_relative_uri(pagename, page)) + anchor


def setup(app):
    app.connect("html-page-context", lead)
