"""Keep off the pages what jupyter-book puts there by default and the book never uses.

A stock page brings a launcher for cells that run on somebody else's server (thebe), which names
another host and declares its constants twice.
"""

UNUSED_EXTENSIONS = ("sphinx_thebe", "sphinx_comments")
UNUSED_FILES = ("thebe",)


def drop_unused_files(app, pagename, templatename, context, doctree):
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file for file in context[kind] if not any(part in str(file) for part in UNUSED_FILES)
        ]


def setup(app):
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__ in UNUSED_EXTENSIONS:
                app.disconnect(listener.id)
    app.connect("html-page-context", drop_unused_files)
