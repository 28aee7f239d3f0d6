"""The book as one PDF (`make pdf`): all of it as a document, a few pages of it in print."""

import re

import pdf as binder
import pikepdf
import pytest

FEW = [
    ("Front", False, ["book/preface"]),
    ("Part I", True, ["notebooks/07_input_and_biases"]),
    ("Back", False, ["book/references"]),
]


@pytest.fixture(scope="module")
def book(site, browser, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binder, "parts", lambda: FEW)
        patch.setattr(binder, "BOOK", tmp_path_factory.mktemp("pdf") / "few.pdf")
        path = binder.bind(browser)
    with pikepdf.open(path) as pdf:
        yield pdf


def test_the_document_has_every_page_and_its_links_lead_to_places(site):
    pages = ["index", *(page for *_, inside in binder.parts() for page in inside)]
    html = binder.document({page: binder.body(page, pages) for page in pages})
    ids = re.findall(r'<[a-z][^<>]*\bid="([^"]*)"', html)
    assert {binder.slug(page) for page in pages} <= set(ids)
    links = set(re.findall(r'<[a-z][^<>]*\bhref="#([^"]*)"', html))
    assert not links - set(ids)
    assert "<script" not in html


def test_chapters_are_bookmarks_under_their_parts(book):
    with book.open_outline() as outline:
        found = {part.title: [chapter.title for chapter in part.children] for part in outline.root}
    assert found["Part I"] == [binder.title("notebooks/07_input_and_biases")]
    assert list(found) == ["Unrolled", "Contents", "Front", "Part I", "Back"]


def test_it_is_tagged(book):
    assert book.Root.MarkInfo.Marked
    assert book.Root.Lang == "en"


def test_every_font_is_inside(book):
    fonts = [font for page in book.pages for font in page.Resources.get("/Font", {}).values()]
    whole = [font for font in fonts if font.Subtype == "/Type0"]
    assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in whole)
    assert any("SourceSerif4-400" in str(font.BaseFont) for font in whole)


def test_the_contents_say_on_which_page_a_chapter_begins(book):
    number = binder.places(book)["07_input_and_biases"]
    assert number > 3
    html = (binder.OUT / "book.html").read_text("utf-8")
    row = re.search('<a href="#07_input_and_biases">.*?</a>', html)[0]
    assert f'<span class="to">{number}</span>' in row
