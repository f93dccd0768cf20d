"""The printer: archival, accessible, the same bytes every time, and nothing but our own files."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageFile
from pypdf import PdfReader

from tasks import pdf
from tests import paper

PAGE = """<!doctype html><html><head><title>Prov</title>
<link rel="stylesheet" href="kundbok:static/css/pdf.css"></head><body>{}</body></html>"""


def printed(body: str, language: str = "sv", **images: bytes) -> bytes:
    return pdf.render(PAGE.format(body), images=images, language=language)


def images_in(document: bytes) -> list[tuple[int, int]]:
    pages = PdfReader(BytesIO(document)).pages
    return [image.image.size for page in pages for image in page.images]


def text_of(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages)


@pytest.fixture(scope="module")
def protocol() -> bytes:
    return paper.printed(paper.protocol())


def test_a_document_claims_pdf_a_3a_and_pdf_ua_1(protocol):
    marks = PdfReader(BytesIO(protocol)).xmp_metadata.rdf_root.toxml()
    assert 'pdfaid:part="3"' in marks
    assert 'pdfaid:conformance="A"' in marks
    assert 'pdfuaid:part="1"' in marks
    assert "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in marks


def test_a_document_is_tagged_titled_and_says_its_language(protocol):
    root = PdfReader(BytesIO(protocol)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "sv"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert PdfReader(BytesIO(protocol)).metadata.title == "Serviceprotokoll 107-1"


def test_the_same_document_has_the_same_bytes(protocol):
    assert paper.printed(paper.protocol()) == protocol


def test_every_font_is_ours_and_embedded(protocol):
    document = printed("<p>Åäö Ørsted Řezáč <b>Ґудзик №</b></p>", "uk")
    fonts = PdfReader(BytesIO(document)).pages[0]["/Resources"]["/Font"]
    names = {font.get_object()["/BaseFont"].split("+")[1] for font in fonts.values()}
    assert names == {"Inter", "Inter-Ext", "Inter-Cyr-Semi-Bold"}


def test_spaces_and_hyphens_our_fonts_lack_bring_in_no_other_font():
    document = printed("<p>1\u202f250 kr, e\u2011post, arbets\u00adorder</p>")
    fonts = PdfReader(BytesIO(document)).pages[0]["/Resources"]["/Font"]
    assert len(fonts) == 1
    assert "1\u00a0250 kr, e-post, arbetsorder" in text_of(document)


@pytest.mark.parametrize("language", ["sv", "uk"])
def test_cyrillic_letters_look_like_themselves(language):
    """Letters that both alphabets draw alike must print alike: extracted text would not tell."""
    latin, cyrillic, others = "ABEMHOPCTX", "АВЕМНОРСТХ", "БГДЖЗИЛПФЦЩ"

    def look(letters: str) -> Image.Image:
        return paper.seen(printed(f"<h1>Åäö {' '.join(letters)}</h1>", language))

    def differing(one: Image.Image, other: Image.Image) -> int:
        return sum(ImageChops.difference(one, other).histogram()[96:])

    assert differing(look(latin), look(cyrillic)) == 0
    assert differing(look(latin), look(others)) > 100


@pytest.mark.parametrize(
    "address",
    [
        "file://{photo}",
        "{photo}",
        "http://127.0.0.1:9/photo.jpg",
        "data:image/png;base64,iVBORw0KGgo=",
        "kundbok:static/../../pyproject.toml",
        "kundbok:image/unknown.jpg",
    ],
)
def test_an_address_that_is_not_ours_is_left_out(address, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(paper.picture(40, 30))
    document = printed(f'<p>Före</p><img src="{address.format(photo=photo)}" alt=""><p>Efter</p>')
    assert images_in(document) == []
    assert "Efter" in text_of(document)


def test_a_style_sheet_or_font_from_outside_is_not_fetched(tmp_path):
    sheet = tmp_path / "loud.css"
    sheet.write_text("p::after { content: 'fetched' }")
    document = printed(f'<link rel="stylesheet" href="file://{sheet}"><p>Text</p>')
    assert "fetched" not in text_of(document)


def test_a_drawing_cannot_reach_a_file_through_a_link_of_its_own(tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(paper.picture(40, 30))
    inner = f'<image href="file://{photo}" width="40" height="30"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">{inner}</svg>'
    document = printed('<img src="kundbok:image/logo" alt="">', logo=drawing.encode())
    assert images_in(document) == []


def test_a_photo_handed_over_is_drawn_and_one_cut_short_is_left_out():
    photo = paper.picture(80, 60)
    body = '<img src="kundbok:image/photo" alt="Filter">'
    assert images_in(printed(body, photo=photo)) == [(80, 60)]
    assert images_in(printed(body, photo=photo[: len(photo) // 2])) == []
    assert images_in(printed(body, photo=b"%!PS-Adobe-3.0 EPSF-3.0")) == []


def test_a_large_photo_is_printed_at_200_dots_an_inch():
    views, images = paper.photos(1, 3000, 2250)
    document = paper.printed(paper.protocol(photos=views), images)
    assert (441, 331) in images_in(document)
    assert len(document) < 120_000 < len(images["photo-1.jpg"])


def test_other_code_still_sees_a_photo_cut_short():
    printed("<p>Text</p>")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_missing_font_stops_the_document_instead_of_changing_its_looks(monkeypatch, tmp_path):
    pdf._assets.cache_clear()
    monkeypatch.setattr(pdf, "STATIC", tmp_path)
    with pytest.raises(FileNotFoundError):
        printed("<p>Text</p>")
    pdf._assets.cache_clear()


def test_the_accent_is_a_colour_and_nothing_else():
    body = PAGE.format('<div class="strip"><div>Text</div></div>')
    plain = pdf.render(body, images={}, language="sv")
    assert pdf.render(body, images={}, language="sv", accent="#c00000") != plain
    assert pdf.render(body, images={}, language="sv", accent="red; display: none") == plain
