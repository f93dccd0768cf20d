"""Pictures and files as strangers send them: known by their content, never by their name.

What is shown is always made anew from pixels, so position, camera, comments and anything hidden
behind the picture stay behind. `sniff` is for the door, the rest is work for the worker: one
picture may need 400 MB for a second.
"""

import base64
import binascii
import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import filetype
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageChops, ImageCms, ImageOps

from models.file import MOST_PIXELS, MOST_PIXELS_OF

FULL_SIDE = 1600
THUMB_SIDE = 480
SIGNATURE_SIZE = (1200, 500)
SIGNATURE_PIXELS = 8_000_000
SIGNATURE_BYTES = 1_000_000
HEAD = 8192  # office documents name their parts within the first kilobytes

# Holds for every other reader of pictures in this process too; above it Pillow would only warn.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
WHITE = (255, 255, 255)
ORIENTATION = 0x0112
DATA_URL = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"
TWO_LETTERS = ("image/bmp", "application/x-msdownload")  # BM, MZ: a text may begin so too
OFFICE = "application/vnd.openxmlformats-officedocument."

one_at_a_time = threading.Lock()  # two large pictures at once would double the worker's memory


@dataclass(frozen=True)
class Kind:
    """What a file is: its media type, the extension we store it under and its name for people."""

    mime: str
    extension: str
    is_image: bool
    label: Any


@dataclass(frozen=True)
class Remade:
    """A picture made anew: both are JPEG in sRGB without metadata; the size is that of `full`."""

    full: bytes
    thumb: bytes
    width: int
    height: int


class Unreadable(Exception):
    """The picture cannot be used; `code` names the refusal and `params` the numbers behind it."""

    def __init__(self, code: str, **params: int):
        super().__init__(code)
        self.code = code
        self.params = params


KINDS = {
    kind.mime: kind
    for kind in (
        Kind("image/jpeg", "jpg", True, _l("JPEG picture")),
        Kind("image/png", "png", True, _l("PNG picture")),
        Kind("image/webp", "webp", True, _l("WebP picture")),
        Kind("image/heic", "heic", True, _l("HEIC picture")),
        Kind("application/pdf", "pdf", False, _l("PDF document")),
        Kind(OFFICE + "spreadsheetml.sheet", "xlsx", False, _l("Excel workbook")),
        Kind(OFFICE + "wordprocessingml.document", "docx", False, _l("Word document")),
        Kind("text/csv", "csv", False, _l("Table as text")),
        Kind("text/plain", "txt", False, _l("Text")),
    )
}


def sniff(head: bytes) -> Kind | None:
    """The kind of a file from its first `HEAD` bytes; None when we do not take it."""
    found = filetype.guess(head)
    if found is not None and found.mime not in TWO_LETTERS:
        return KINDS.get("image/png" if found.mime == "image/apng" else found.mime)
    if _is_heif(head):
        return KINDS["image/heic"]
    return _text_kind(head)


def remake(raw: bytes) -> Remade:
    """Make the picture anew: upright, in sRGB, on white, at most 1600 pixels; and 480 as a thumb.

    Of an animation the first picture is kept. Raises Unreadable: `upload.type`, `upload.pixels`
    (width, height, limit) or `upload.unreadable`.
    """
    with one_at_a_time, _decoding():
        original = _opened(raw, MOST_PIXELS)
        profile = original.info.get("icc_profile")
        full = _upright(_shrunk(original), original)
        full.thumbnail((FULL_SIDE, FULL_SIDE))
        full = _in_srgb(full, profile)
    thumb = full.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return Remade(_jpeg(full, 82), _jpeg(thumb, 78), full.width, full.height)


def signature_png(data_url: str) -> bytes:
    """The strokes of a signature pad as a fresh PNG of at most 1200 x 500, clear around them.

    Raises Unreadable: `upload.type`, `upload.size` (size, limit), `upload.pixels`,
    `upload.unreadable`, or `signature.empty` when nothing was drawn.
    """
    raw = _from_data_url(data_url)
    if not raw.startswith(PNG):
        raise Unreadable("upload.type")
    with _decoding():
        image = _opened(raw, SIGNATURE_PIXELS).convert("RGBA")
    if not _drawn(image):
        raise Unreadable("signature.empty")
    if image.getchannel("A").getextrema() == (255, 255):  # drawn on paper: what is white becomes clear
        image.putalpha(ImageOps.invert(image.convert("L")))
    image.thumbnail(SIGNATURE_SIZE)
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _is_heif(head: bytes) -> bool:
    brands = {head[at : at + 4] for at in range(8, min(len(head), 64), 4)}
    return head[4:8] == b"ftyp" and bool(brands & {b"heic", b"heix", b"heim", b"heis", b"mif1"})


def _text_kind(head: bytes) -> Kind | None:
    text = _decoded(head)
    if text is None or not text.strip() or text.lstrip("\ufeff \t\r\n").startswith(("<", "{\\rtf")):
        return None
    lines = text.splitlines()[:2]
    is_table = any(all(sign in line for line in lines) for sign in ";\t,|") and len(lines) == 2
    return KINDS["text/csv" if is_table else "text/plain"]


def _decoded(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
    elif b"\0" in head:
        return None
    else:
        text = head.decode("utf-8", "replace")
    return None if any(char < " " and char not in "\t\n\r\f" for char in text) else text


@contextmanager
def _decoding() -> Iterator[None]:
    """Decoders fed with hostile bytes raise nearly anything; to the sender it is all the same."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable("upload.unreadable") from error


@cache
def _learn_heif() -> None:
    from pillow_heif import register_heif_opener  # 6 MB that a process without photos need not pay

    register_heif_opener(thumbnails=False)


def _opened(raw: bytes, limit: int) -> Image.Image:
    """The picture with only its header read: a bomb is refused by its size on paper."""
    kind = sniff(raw[:HEAD])
    if kind is None or not kind.is_image:
        raise Unreadable("upload.type")
    limit = min(limit, MOST_PIXELS_OF.get(kind.mime, limit))
    _learn_heif()
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("upload.pixels", limit=limit) from error
    if image.width * image.height > limit:
        raise Unreadable("upload.pixels", width=image.width, height=image.height, limit=limit)
    return image


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture on white in RGB, at most a few thousand pixels wide.

    Works in strips, because every step over a whole picture of 50 megapixels costs 200 MB more.
    """
    image.draft("RGB", (FULL_SIDE * 2, FULL_SIDE * 2))  # JPEG unpacks at a fraction of its size
    factor = max(1, max(image.size) // (FULL_SIDE * 2))
    width, height = (-(-side // factor) for side in image.size)
    small = Image.new("RGB", (width, height), WHITE)
    step = factor * 256
    for top in range(0, image.height, step):
        strip = image.crop((0, top, image.width, min(top + step, image.height)))
        small.paste(_on_white(strip).reduce(factor), (0, top // factor))
    return small


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    image.paste((*WHITE, 255), mask=ImageChops.invert(image.getchannel("A")))
    return image.convert("RGB")


def _upright(image: Image.Image, original: Image.Image) -> Image.Image:
    """Turned as the camera noted it; a note that cannot be read leaves the picture as it lies."""
    with suppress(Exception):
        image.getexif()[ORIENTATION] = original.getexif().get(ORIENTATION, 1)
        return ImageOps.exif_transpose(image)
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as every screen shows them; a profile that makes no sense for RGB is left aside."""
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ImageCms.profileToProfile(image, source, _srgb(), inPlace=True)
    return image


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    image.info.clear()  # comments and profiles are written from here when left
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _from_data_url(data_url: str) -> bytes:
    if not data_url.startswith(DATA_URL):
        raise Unreadable("upload.type")
    if len(data_url) > SIGNATURE_BYTES:
        raise Unreadable("upload.size", size=len(data_url), limit=SIGNATURE_BYTES)
    try:
        return base64.b64decode(data_url.removeprefix(DATA_URL), validate=True)
    except binascii.Error as error:
        raise Unreadable("upload.unreadable") from error


def _drawn(image: Image.Image) -> bool:
    return image.getcolors(1) is None  # more than the one colour of an empty pad
