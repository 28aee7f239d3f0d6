"""What a page needs to show the pictures: their style, and the script that moves a flipbook.

Apart from flipbook.py, so that the build of the site need not import matplotlib.
"""

import re
from pathlib import Path

SCRIPT, STYLE = (Path(__file__).with_name(f"flipbook.{kind}") for kind in ("js", "css"))


def site_script() -> str:
    """The text of the module script that brings every flipbook of a static page to life."""
    mount_all = 'document.querySelectorAll("figure.flipbook[data-flipbook]").forEach(mount);'
    return f"{without_comments(SCRIPT)}\n{mount_all}\n"


def css_text() -> str:
    """The text of the stylesheet of every picture, on the site and in Jupyter alike."""
    return without_comments(STYLE)


def without_comments(path: Path) -> str:
    """The text of a script or stylesheet without the comments that have lines of their own."""
    text = re.sub(r"^ *(?://.*|/\*.*?\*/)\n", "", path.read_text("utf-8"), flags=re.M)
    return re.sub(r"^/\*[^*]*\*/\n", "", text, flags=re.M)
