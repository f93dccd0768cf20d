"""Pictures and files as strangers send them."""

import base64
import io
import struct
import subprocess
import sys
import zlib

import filetype
import openpyxl
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageStat, PngImagePlugin

from models.file import MOST_PIXELS
from tasks.photos import HEAD, Unreadable, remake, signature_png, sniff

RED, BLUE = (240, 90, 60), (20, 20, 150)


def picture(size=(640, 480), mode="RGB", colour=RED):
    """Red, with a blue upper left quarter, so that turning it shows."""
    image = Image.new("RGB", size, colour)
    image.paste(BLUE, (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def heic(image, **options):
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=80, **options)
    return out.getvalue()


def workbook():
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def png(width, height, depth=8, colour=6, rows=b""):
    """A PNG as bare chunks, which may promise more than it holds."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(pixel, colour):
    return all(abs(one - other) <= 12 for one, other in zip(pixel, colour, strict=True))


def colours(data):
    """The four corners of a picture, as names."""
    image = opened(data)
    right, bottom = image.width - 9, image.height - 9
    corners = [(8, 8), (right, 8), (8, bottom), (right, bottom)]
    return "".join(
        "b" if near(image.getpixel(at), BLUE) else "r" if near(image.getpixel(at), RED) else "?" for at in corners
    )


@pytest.mark.parametrize(
    ("raw", "extension"),
    [
        (saved(picture(), "JPEG"), "jpg"),
        (saved(picture(), "PNG"), "png"),
        (saved(picture(), "PNG", save_all=True, append_images=[picture(colour=BLUE)]), "png"),
        (saved(picture(), "WEBP"), "webp"),
        (heic(picture()), "heic"),
        (b"\0\0\0\x1cftypheix\0\0\0\0mif1heix" + b"\0" * 40, "heic"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "pdf"),
        (workbook(), "xlsx"),
        ("\ufeffKundnr;Namn\r\n1;Öbergs\r\n".encode(), "csv"),
        ("Kundnr;Namn\r\n1;Öbergs\r\n".encode("cp1252"), "csv"),
        ("Номер\tНазва\r\n1\tКиїв\r\n".encode("utf-16"), "csv"),
        ("Hej!\nVi ses på torsdag.\n".encode(), "txt"),
        (b"BM-nummer;Namn\r\n1;Bo\r\n", "csv"),
    ],
)
def test_a_kind_is_known_by_its_content(raw, extension):
    assert sniff(raw[:HEAD]).extension == extension


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   \n",
        saved(picture(), "GIF"),
        saved(picture(), "BMP"),
        saved(picture(), "TIFF"),
        b"MZ\x90\0\x03\0\0\0" + b"\0" * 300,
        b"PK\x03\x04\x14\0\0\0\0\0" + b"\0" * 300,
        b"GIF89a<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf\n <!doctype html><script>alert(1)</script>",
        b"{\\rtf1 hello}",
        b"\x00\x01\x02\x03 nothing we know",
        b"hello\x1b[31m",
    ],
)
def test_what_is_not_on_the_list_is_not_taken(raw):
    assert sniff(raw[:HEAD]) is None


def test_a_text_cut_in_the_middle_of_a_letter_is_still_a_text():
    assert sniff(("å" * HEAD).encode()[: HEAD - 1]).mime == "text/plain"


@pytest.mark.parametrize(
    "raw",
    [
        saved(picture((4000, 3000)), "JPEG"),
        heic(picture((4000, 3000))),
        saved(picture((4000, 3000)), "PNG"),
        saved(picture((4000, 3000)), "WEBP"),
    ],
)
def test_a_picture_is_made_anew_in_two_sizes(raw):
    made = remake(raw)
    assert (made.width, made.height) == opened(made.full).size == (1600, 1200)
    assert opened(made.thumb).size == (480, 360)
    assert colours(made.full) == colours(made.thumb) == "brrr"
    assert filetype.guess_mime(made.full) == filetype.guess_mime(made.thumb) == "image/jpeg"


def test_a_small_picture_is_not_blown_up():
    made = remake(saved(picture((200, 100)), "PNG"))
    assert opened(made.full).size == opened(made.thumb).size == (200, 100)


@pytest.mark.parametrize("size", [(30_000, 3), (3, 30_000), (1, 1), (1601, 1), (3200, 3201)])
def test_odd_sizes_keep_at_least_one_pixel(size):
    made = remake(saved(picture(size), "PNG"))
    assert max(made.width, made.height) == min(max(size), 1600)
    assert min(made.width, made.height) >= 1


@pytest.mark.parametrize(("orientation", "expected"), [(1, "brrr"), (3, "rrrb"), (6, "rbrr"), (8, "rrbr")])
def test_a_picture_stands_upright(orientation, expected):
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = remake(saved(picture((2000, 1000)), "JPEG", exif=exif))
    assert colours(made.full) == expected
    assert (made.width > made.height) == (orientation in (1, 3))


def test_a_phones_heic_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert colours(remake(heic(picture(), exif=exif.tobytes())).full) == "rbrr"


def test_position_camera_comment_and_profile_stay_behind():
    exif = Image.Exif()
    exif[0x010F] = "Kamera AB"
    exif.get_ifd(0x8825)[1] = "N"
    raw = saved(
        picture(),
        "JPEG",
        exif=exif,
        comment=b"hemlig",
        xmp=b"<x:xmpmeta>hemlig</x:xmpmeta>",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    assert opened(raw).getexif() and opened(raw).info["xmp"]
    made = remake(raw + b"hemlig bakom bilden")
    for data in (made.full, made.thumb):
        assert set(opened(data).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        assert not opened(data).getexif()
        assert b"hemlig" not in data and b"Kamera" not in data and b"ICC_PROFILE" not in data


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_broken_exif_does_not_spoil_the_picture():
    raw = saved(picture(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert colours(remake(raw).full) == "brrr"


def test_colours_are_brought_to_srgb_and_a_broken_profile_is_left_aside():
    swapped = swapped_profile()
    assert not near(opened(remake(saved(picture(), "JPEG", icc_profile=swapped)).full).getpixel((9, 9)), BLUE)
    assert colours(remake(saved(picture(), "JPEG", icc_profile=b"nonsense" * 30)).full) == "brrr"


def swapped_profile():
    """An sRGB profile whose red and blue primaries have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "YCbCr"])
def test_every_mode_a_camera_or_a_scanner_writes_is_read(mode):
    format = "PNG" if mode in ("L", "P", "1") else "JPEG"
    image = opened(remake(saved(picture(mode=mode), format)).full)
    assert image.mode == "RGB"
    dark, light = (ImageStat.Stat(image.crop(box)).sum for box in ((0, 0, 300, 200), (340, 0, 640, 200)))
    assert sum(dark) < sum(light)


def test_sixteen_bit_grey_keeps_its_shades():
    raw = png(2, 1, depth=16, colour=0, rows=b"\0" + struct.pack(">HH", 0x2000, 0xE000))
    image = opened(remake(raw).full)
    assert [abs(image.getpixel((x, 0))[0] - shade) < 16 for x, shade in ((0, 0x20), (1, 0xE0))] == [
        True,
        True,
    ]


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_clear_becomes_white(format):
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 50, 100))
    made = opened(remake(saved(image, format, lossless=True)).full)
    assert near(made.getpixel((9, 50)), RED)
    assert near(made.getpixel((90, 50)), (255, 255, 255))


def test_a_clear_colour_of_a_palette_becomes_white():
    image = Image.new("P", (50, 50), 0)
    image.putpalette([0, 0, 0, 200, 20, 20])
    assert near(opened(remake(saved(image, "PNG", transparency=0)).full).getpixel((9, 9)), (255, 255, 255))


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_kept(format):
    raw = saved(picture(), format, save_all=True, append_images=[picture(colour=BLUE)], duration=100)
    assert colours(remake(raw).full) == "brrr"


def test_of_a_phones_double_picture_the_first_is_kept():
    raw = saved(picture(), "MPO", save_all=True, append_images=[picture(colour=BLUE)])
    assert colours(remake(raw).full) == "brrr"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    raw = png(9344, 9344, rows=bytes(17_000_000))
    assert len(raw) < 20_000
    with pytest.raises(Unreadable) as refused:
        remake(raw)
    assert (refused.value.code, refused.value.params["limit"]) == ("upload.pixels", MOST_PIXELS)
    with pytest.raises(Unreadable) as refused:
        remake(png(60_000, 60_000))
    assert refused.value.code == "upload.pixels"
    with pytest.raises(Unreadable) as refused:
        remake(saved(Image.new("L", (6000, 5000)), "WEBP"))
    assert refused.value.params == {"width": 6000, "height": 5000, "limit": 25_000_000}


def test_a_comment_that_unpacks_to_a_mountain_is_refused():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("note", "x" * 5_000_000, zip=True)
    with pytest.raises(Unreadable) as refused:
        remake(saved(picture(), "PNG", pnginfo=notes))
    assert refused.value.code == "upload.unreadable"


@pytest.mark.parametrize(
    "raw",
    [saved(picture(), "JPEG"), saved(picture(), "PNG"), saved(picture(), "WEBP"), heic(picture())],
)
def test_a_file_that_broke_off_is_refused(raw):
    for end in (len(raw) // 2, len(raw) * 9 // 10):
        with pytest.raises(Unreadable) as refused:
            remake(raw[:end])
        assert refused.value.code == "upload.unreadable"


@pytest.mark.parametrize("raw", [b"", b"hello", b"%PDF-1.7\n", saved(picture(), "GIF"), workbook()])
def test_what_is_no_picture_is_refused_as_such(raw):
    with pytest.raises(Unreadable) as refused:
        remake(raw)
    assert refused.value.code == "upload.type"


def test_the_largest_picture_stays_within_its_memory():
    raw = png(7000, 7000, rows=(b"\0" + bytes(28_000)) * 7000)
    program = """
import resource, sys
from tasks.photos import remake
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
remake(sys.stdin.buffer.read())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], input=raw, capture_output=True, check=True)
    assert int(done.stdout) < 300


def signature(size=(600, 250), colour=(0, 0, 0, 0)):
    image = Image.new("RGBA", size, colour)
    ImageDraw.Draw(image).line((20, 20, size[0] - 20, size[1] - 20), fill=(10, 20, 60, 255), width=5)
    return image


def data_url(raw):
    return "data:image/png;base64," + base64.b64encode(raw).decode()


def test_a_signature_is_written_anew_and_stays_clear_around_the_strokes():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("note", "hemlig")
    made = signature_png(data_url(saved(signature(), "PNG", pnginfo=notes)))
    image = opened(made)
    assert (image.format, image.size, image.mode) == ("PNG", (600, 250), "RGBA")
    assert image.getpixel((590, 5))[3] == 0 and image.getpixel((20, 20))[3] == 255
    assert b"hemlig" not in made


def test_a_signature_from_a_sharp_screen_is_made_smaller():
    assert opened(signature_png(data_url(saved(signature((2400, 800)), "PNG")))).size == (1200, 400)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "upload.type"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "upload.type"),
        ("http://example.com/signature.png", "upload.type"),
        (data_url(saved(picture(), "JPEG")), "upload.type"),
        (data_url(b"") + "?", "upload.unreadable"),
        (data_url(saved(signature(), "PNG")[:300]), "upload.unreadable"),
        (data_url(saved(signature(), "PNG")) + "A" * 1_000_000, "upload.size"),
        (data_url(png(4000, 4000)), "upload.pixels"),
        (data_url(saved(Image.new("RGBA", (600, 250)), "PNG")), "signature.empty"),
        (data_url(saved(Image.new("RGB", (600, 250), "white"), "PNG")), "signature.empty"),
    ],
)
def test_what_is_no_signature_is_refused(url, code):
    with pytest.raises(Unreadable) as refused:
        signature_png(url)
    assert refused.value.code == code
