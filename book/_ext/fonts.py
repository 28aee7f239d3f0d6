"""The book's letters: three families of Adobe's from npm, cut down to the characters in use.

Source Serif 4 for the text, Source Sans 3 for labels, Source Code Pro for code; what they lack
(✓, ≠, ∂, subscripts) comes from the DejaVu fonts that matplotlib brings.  After Sphinx has written
the pages, each file is cut to the characters that occur in them, and fonts.css names it with its
range of characters, so that a browser loads what a page needs.
"""

import hashlib
import string
from pathlib import Path

import matplotlib
from fontTools import subset
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "node_modules" / "@fontsource-variable"
SIGNS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FACES = (  # family, package, style, the fonts of signs that stand in for what it lacks
    ("Source Serif 4", "source-serif-4", "normal", ("DejaVuSerif", "DejaVuSans")),
    ("Source Serif 4", "source-serif-4", "italic", ()),
    ("Source Sans 3", "source-sans-3", "normal", ("DejaVuSans",)),
    ("Source Code Pro", "source-code-pro", "normal", ("DejaVuSansMono",)),
)
FACE = """@font-face {{
  font-family: "{family}"; font-style: {style}; font-weight: {weight}; font-display: swap;
  src: url(fonts/{file}) format("woff2"); unicode-range: {ranges};{more}
}}
"""


def sources(package: str, style: str) -> list[Path]:
    """The files of one face, each with a script of its own, Latin first.

    ConfigError if the package is not installed.
    """
    found = sorted((PACKAGES / package / "files").glob(f"*-wght-{style}.woff2"))
    if not found:
        raise ConfigError(
            f"The font {package} is missing (node_modules/@fontsource-variable): "
            "run 'npm ci' in the book's folder, or 'make book', which does."
        )
    return sorted(found, key=lambda path: ("-latin-wght" not in path.name, path.name))


def in_use(site: Path) -> set[int]:
    """The characters of all pages, of what their scripts say too, and of plain ASCII."""
    found = set(map(ord, string.printable))
    for page in site.rglob("*.html"):
        found.update(map(ord, page.read_text(encoding="utf8")))
    return {c for c in found if c >= 32 and not 0xE000 <= c <= 0xF8FF}


def cut(path: Path, target: Path, characters: set[int]) -> set[int]:
    """Write the part of a font that draws `characters`; return those that it has."""
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True)
    options.drop_tables += ["FFTM"]
    options.name_IDs = [0, 1, 2, 13, 14]  # the licence stays with the font
    font = subset.load_font(path, options)
    kept = characters & font.getBestCmap().keys()
    if kept:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=kept)
        subsetter.subset(font)
        subset.save_font(font, target, options)
    return kept


def faces(target: Path, characters: set[int]) -> str:
    """The cut fonts in the folder `target`, and the stylesheet that names them."""
    css = ""
    for family, package, style, signs in FACES:
        left = set(characters)
        for path in sources(package, style):
            if kept := cut(path, target / path.name, left):
                css += rule(family, style, "200 900", path.name, kept)
                left -= kept
        for name in signs:
            file = f"{package}-{name}.woff2"
            if kept := cut(SIGNS / f"{name}.ttf", target / file, left):
                css += rule(family, style, "200 900", file, kept, "\n  size-adjust: 92%;")
                left -= kept
    return css


def rule(family, style, weight, file, kept, more=""):
    ranges = ", ".join(f"U+{c:X}" for c in sorted(kept))
    return FACE.format(
        family=family, style=style, weight=weight, file=file, ranges=ranges, more=more
    )


def prepare(app):
    """Stop with a sentence where a font is missing; name the stylesheet on every page."""
    try:
        for _, package, style, _ in FACES:
            sources(package, style)
    except ConfigError as missing:
        raise SystemExit(f"The book cannot be built. {missing}") from missing
    if app.builder.format == "html":
        css = Path(app.outdir) / "_static" / "fonts.css"
        css.parent.mkdir(parents=True, exist_ok=True)
        css.touch()
        app.add_css_file("fonts.css")


def write(app, exception):
    """Cut the fonts of a finished site, unless they were cut for the same characters before."""
    if exception is not None or app.builder.name != "html":
        return
    static, characters = Path(app.outdir) / "_static", in_use(Path(app.outdir))
    code = Path(__file__).read_bytes() + (ROOT / "package-lock.json").read_bytes()
    mark = hashlib.sha256(code + str(sorted(characters)).encode()).hexdigest()
    css = static / "fonts.css"
    if css.read_text(encoding="utf8").startswith(f"/* {mark} */"):
        return
    (static / "fonts").mkdir(exist_ok=True)
    for old in (static / "fonts").iterdir():
        old.unlink()
    css.write_text(f"/* {mark} */\n{faces(static / 'fonts', characters)}", encoding="utf8")


def setup(app):
    app.connect("builder-inited", prepare)
    app.connect("build-finished", write)
