"""From HTML to a PDF that can be archived (PDF/A-3a) and read aloud (PDF/UA-1).

The only place that knows WeasyPrint. It is imported at the first render: it costs most of a
second and 100 MB, which the web process must never pay.
"""

import gc
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

log = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent.parent / "static"
SHEET = "css/pdf.css"
FONTS = [
    f"vendor/dist/pdf/inter-{subset}-{weight}.ttf"
    for subset in ("latin", "latin-ext", "cyrillic")
    for weight in (400, 600)
]
IMAGE = "kundbok:image/"
# Start, end and type of the images we draw. Without its end one is cut short and left out.
IMAGES = (
    (b"\xff\xd8\xff", b"\xff\xd9", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82", "image/png"),
    (b"<svg", b"</svg>", "image/svg+xml"),
)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# Narrow no-break space, no-break hyphen, soft hyphen: in none of our fonts, so they would bring in
# a strange one.
PLAIN = {0x202F: "\N{NO-BREAK SPACE}", 0x2011: "-", 0x00AD: None}
OPTIONS = {"pdf_variant": "pdf/a-3a", "pdf_tags": True, "dpi": 200}

_one_at_a_time = Lock()  # fontconfig corrupts its memory when two threads render


class Denied(ValueError):
    """The document asked for something that is neither ours nor handed over with it."""


def render(html: str, *, images: Mapping[str, bytes], language: str, accent: str = "") -> bytes:
    """Return `html` as a tagged PDF; the same input gives the same bytes.

    Images are written `kundbok:image/<name>` and looked up in `images` (JPEG, PNG or SVG); our
    style sheet and fonts `kundbok:static/...`. Any other address, and a broken image, is left out
    and logged. `language` is the language of the text, `accent` the organisation's colour as
    #rrggbb.
    """
    with _one_at_a_time, _collecting_once():
        return _print(html.translate(PLAIN), images, language, accent)


def _print(html: str, images: Mapping[str, bytes], language: str, accent: str) -> bytes:
    weasyprint = _weasyprint()
    page = weasyprint.HTML(string=html, url_fetcher=_fetcher(images))
    page.etree_element.set("lang", language)
    if COLOUR.fullmatch(accent):
        page.etree_element.set("style", f"--accent: {accent}")
    fonts = weasyprint.text.fonts.FontConfiguration()
    document = page.render(font_config=fonts, **OPTIONS)
    _claim_accessibility(document.metadata)
    return document.write_pdf(**OPTIONS)


def bare(html: str, *, images: Mapping[str, bytes]) -> bytes:
    """Return `html` as WeasyPrint itself would print it: the yardstick of the bench."""
    with _one_at_a_time:
        return _weasyprint().HTML(string=html, url_fetcher=_fetcher(images)).write_pdf()


@contextmanager
def _collecting_once() -> Iterator[None]:
    """Collect garbage at the end only.

    Nothing of a document is garbage before it is printed: looking for some takes a fifth of the
    time. Then all of it is, with the fonts it unpacked to the disk.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        gc.enable()


@cache
def _weasyprint() -> ModuleType:
    import weasyprint.text.fonts
    from PIL import ImageFile

    # WeasyPrint switches this on for the whole process, which must still tell photos cut short.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    """Our style sheet and fonts by address."""
    kinds = {SHEET: "text/css"} | dict.fromkeys(FONTS, "font/ttf")
    return {f"kundbok:static/{name}": ((STATIC / name).read_bytes(), kinds[name]) for name in kinds}


def _fetcher(images: Mapping[str, bytes]) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    _assets()  # before anything is drawn: where a font is missing, WeasyPrint quietly takes another

    class Assets(URLFetcher):
        def fetch(self, url, headers=None):
            content, kind = read(url, images)
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    return Assets()


def read(url: str, images: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return the content and type behind an address, or raise Denied."""
    if url in _assets():
        return _assets()[url]
    content = images.get(url.removeprefix(IMAGE)) if url.startswith(IMAGE) else None
    for start, end, kind in IMAGES:
        if content and content.startswith(start) and content.rstrip().endswith(end):
            return content, kind
    log.warning("Left out of a document: %s", url if url.startswith(IMAGE) else "a foreign address")
    raise Denied("not an asset of this document")


# The PDF/UA mark, with the extension schema that PDF/A asks of every property it does not know
# itself. The prefixes are part of that rule.
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_UA = "http://www.aiim.org/pdfua/ns/id/"
_A = "http://www.aiim.org/pdfa/ns"
ACCESSIBLE = f"""\
<rdf:Description xmlns:rdf="{_RDF}" xmlns:pdfuaid="{_UA}" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:rdf="{_RDF}" rdf:about="" xmlns:pdfaExtension="{_A}/extension/"
    xmlns:pdfaSchema="{_A}/schema#" xmlns:pdfaProperty="{_A}/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{_UA}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>""".encode()


def _claim_accessibility(metadata: Any) -> None:
    """Add the PDF/UA mark: WeasyPrint takes one variant, and one file may carry both marks."""
    written = metadata.generate_rdf_metadata

    def marked(*kind: Any) -> bytes:
        return written(*kind).replace(b"</rdf:RDF>", ACCESSIBLE)

    metadata.generate_rdf_metadata = marked
