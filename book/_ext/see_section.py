"""Where a cell prints "section 6.7 (Title)", as the clinic does, the page leads there."""

import re

import opener

# in a text, not in a label or a script
SECTION = re.compile(r"<script.*?</script>|section (\d+)\.(\d+) \([^()<>]*\)(?=[^<>]*<)", re.S)


def lead(app, pagename, templatename, context, doctree):
    """Turn each section that an output names into a link; one that is not there stays as it is."""
    if "body" in context and pagename.startswith("notebooks/"):
        context["body"] = SECTION.sub(lambda found: link(app, pagename, found), context["body"])


def link(app, pagename, found):
    if found[1] is None:
        return found[0]
    chapter, section = int(found[1]), int(found[2])
    chapters = {number: page for page, (_, number) in opener.parts().items()}
    page = chapters.get(chapter)
    numbers = app.env.toc_secnumbers.get(page, {})
    anchor = next((at for at, number in numbers.items() if number == (chapter, section)), None)
    if anchor is None:
        return found[0]
    uri = "" if page == pagename else app.builder.get_relative_uri(pagename, page)
    return f'<a href="{uri}{anchor}">{found[0]}</a>'


def setup(app):
    app.connect("html-page-context", lead)
