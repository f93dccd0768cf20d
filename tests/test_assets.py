"""What assets.py leaves in static/vendor/dist, and that it is all our pages ask for."""

import gzip
import json
import re
from io import BytesIO

import brotli
import pytest
from fontTools.ttLib import TTFont

import assets

ICON_ASKED_FOR = re.compile(r"""icon(?:\(|=|": )["']([a-z0-9-]+)["']""")
ASSET_ASKED_FOR = re.compile(r"""asset\(["']([^"']+)["']\)""")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return assets.build()


def test_every_icon_a_page_asks_for_is_in_the_sprite(files):
    drawn = set(re.findall(r'symbol id="([^"]+)"', files["icons.svg"].decode()))
    asked = {name for text in assets._sources() for name in ICON_ASKED_FOR.findall(text)}
    assert asked - drawn == set()


def test_every_file_a_page_asks_for_has_a_fingerprint(files):
    listed = set(json.loads(files["manifest.json"]))
    templates = (assets.ROOT / "templates").rglob("*.html")
    asked = {name for path in templates for name in ASSET_ASKED_FOR.findall(path.read_text())}
    assert {name for name in asked if "." in name} - listed == set()


def test_a_fingerprint_changes_with_the_file():
    first, second = (json.loads(assets.manifest({"js/app.js": text})) for text in (b"let a", b"let b"))
    assert first != second


def test_the_site_has_all_sheets_and_scripts_of_the_layout_in_its_order(files):
    named = assets.NAMED.findall(assets.LAYOUT.read_text())
    for joined, ending in (("site.css", ".css"), ("site.js", ".js")):
        parts = [assets._named(path, files) for path in named if path.endswith(ending)]
        places = [files[joined].index(part) for part in parts]
        assert len(places) > 2
        assert places == sorted(places)


def test_compressed_copies_unpack_to_the_file(files):
    packed = files["packed/vendor/dist/site.css.br"], files["packed/vendor/dist/site.css.gz"]
    assert brotli.decompress(packed[0]) == files["site.css"] == gzip.decompress(packed[1])


@pytest.mark.parametrize("name", ["site.css", "site.js", "signature_pad.umd.min.js"])
def test_nothing_served_points_at_another_host_or_a_source_map(files, name):
    text = files[name].decode()
    assert "sourceMappingURL" not in text
    assert re.findall(r"""(?:url\(|@import |fetch\()["']?(?:https?:)?//""", text) == []


def test_only_rules_for_classes_we_write_are_kept():
    css = ".a,.b{x:1}.c{x:2}p.a:not(.c,.d){x:3}@media print{.c{x:4}.btn-lg{x:5}}@media all{.c{x:6}}"
    kept = ".a{x:1}p.a:not(.c,.d){x:3}@media print{.btn-lg{x:5}}"
    assert assets.trimmed(css, {"a", "btn-", "-"}) == kept


@pytest.mark.parametrize(("subset", "letters"), [("latin", "aåÖø"), ("cyrillic", "їґЖ"), ("cyrillic-ext", "₴")])
def test_printed_documents_have_plain_fonts_with_our_letters(files, subset, letters):
    for weight in (400, 600):
        font = TTFont(BytesIO(files[f"pdf/inter-{subset}-{weight}.ttf"]))
        assert font.flavor is None
        assert font["OS/2"].usWeightClass == weight
        assert {ord(letter) for letter in letters} <= set(font.getBestCmap())


def test_publishing_leaves_exactly_these_files_and_touches_no_equal_one(tmp_path):
    assets.publish({"a.css": b"1", "deep/b.js": b"2"}, tmp_path)
    before = (tmp_path / "a.css").stat().st_ino
    assets.publish({"a.css": b"1", "c.js": b"3"}, tmp_path)
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {"a.css", "c.js"}
    assert (tmp_path / "a.css").stat().st_ino == before


def test_building_twice_gives_the_same_bytes(files):
    assert assets.build() == files
