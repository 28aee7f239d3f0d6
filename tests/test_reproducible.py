"""A second build in place is the same to the byte (two builds in two folders: test_found.py)."""

import os
import re
import shutil
import subprocess
import zlib

from tests.small_book import BUILD, ROOT

TOUCHED = ("book/glossary", "notebooks/02_checking")


def build(source, target, seed):
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [*BUILD, source, "--path-output", target]
    subprocess.run(command, check=True, capture_output=True, timeout=300, env=environment)
    return files(target / "_build" / "html")


def files(site):
    """Path → bytes of each file of a site."""
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}


def differing(one, other):
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_pages_that_are_made_anew_change_nothing(site, tmp_path):
    """A second build in place (of a copy, since other tests read the site)."""
    for name in ("html", ".doctrees"):
        shutil.copytree(site.parent / name, tmp_path / "_build" / name)
    for name in TOUCHED:
        (tmp_path / "_build" / ".doctrees" / f"{name}.doctree").unlink()
        (tmp_path / "_build" / "html" / f"{name}.html").unlink()
    gone = tmp_path / "_build" / "html" / "notebooks" / "gone.html"  # of an earlier book
    gone.write_text('<script src="../_static/gone.js"></script>', "utf-8")
    before = files(site)
    assert set(before) > {f"{name}.html" for name in TOUCHED}
    assert differing(before, build(ROOT, tmp_path, seed=1)) == []


def test_an_asset_is_named_with_the_checksum_of_its_text(site):
    for page in ("index.html", "notebooks/06_explicit_implicit.html", "search.html"):
        text = (site / page).read_text("utf-8")
        assets = re.findall(
            r'<(?:link|script) [^>]*(?:href|src)="([^"]*\.(?:css|js))([^"]*)"', text
        )
        assert len(assets) > 10
        for name, stamp in assets:
            content = ((site / page).parent / name).read_bytes()
            assert stamp == f"?v={zlib.crc32(content):08x}", f"{page}: {name}{stamp}"


def test_no_template_of_the_theme_is_left_in_the_site(site):
    assert not list(site.glob("_static/**/*.html"))
