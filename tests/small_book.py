"""A book of one page, for tests of how the site is built."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = [Path(sys.executable).with_name("jupyter-book"), "build", "-W", "-n", "-q"]
# what the pages of the book are made with
PARTS = ("book/_ext", "book/_static", "book/_templates", "book/references.bib")


def small_book(root: Path, page: str, baseurl: str = "") -> Path:
    """Write a book of one page (its text, in Markdown) into the folder `root`, and return that.

    It has the settings and the extensions of this book, and the address `baseurl`.
    """
    for name in PARTS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(ROOT / name)
    settings = (ROOT / "_config.yml").read_text("utf-8")
    settings = settings.replace('baseurl: ""', f'baseurl: "{baseurl}"')
    (root / "_config.yml").write_text(settings, "utf-8")
    (root / "book" / "preface.md").write_text(page, "utf-8")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/preface\n", "utf-8")
    return root
