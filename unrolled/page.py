"""What a page needs to show the pictures: their style, and the script that moves a flipbook.

Apart from flipbook.py, so that the build of the site need not import matplotlib.
"""

from pathlib import Path

SCRIPT, STYLE = (Path(__file__).with_name(f"flipbook.{kind}") for kind in ("js", "css"))


def site_script() -> str:
    """The text of the module script that brings every flipbook of a static page to life."""
    mount_all = 'document.querySelectorAll("figure.flipbook[data-flipbook]").forEach(mount);'
    return f"{SCRIPT.read_text('utf-8')}\n{mount_all}\n"


def css_text() -> str:
    """The text of the stylesheet of every picture, on the site and in Jupyter alike."""
    return STYLE.read_text("utf-8")
