"""Build static/vendor/dist: the scripts, styles, fonts and icons that come from others.

Run it after `npm ci` in static/vendor; it is quick and safe to repeat. What it leaves:
    site.css, site.js   all sheets and all scripts that the layout names, in its order, as one file
    icons.svg           a sprite of the Bootstrap icons that our templates and Python name
    *.css, *.js, *.woff2   the single files; of Bootstrap only the rules whose classes we write
    pdf/*.ttf           static Inter subsets, one family per file, for the printed documents
    packed/<path>.br    and .gz: what a file of that path may be answered with instead
    manifest.json       {path below static/: content hash}, for addresses cached for ever
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import brotli
import tinycss2
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent
STATIC = ROOT / "static"
MODULES = STATIC / "vendor" / "node_modules"
DIST = STATIC / "vendor" / "dist"

LAYOUT = ROOT / "templates" / "layouts" / "html.html"
NAMED = re.compile(r'"([\w.-]+(?:/[\w.-]+)+\.(?:css|js))"')

BOOTSTRAP = MODULES / "bootstrap" / "dist" / "css" / "bootstrap.min.css"
COPIES = (
    "htmx.org/dist/htmx.min.js",
    "signature_pad/dist/signature_pad.umd.min.js",
)
ICONS = MODULES / "bootstrap-icons" / "icons"
WEB_FONTS = MODULES / "@fontsource-variable" / "inter"
PDF_FONTS = MODULES / "@fontsource" / "inter" / "files"
SUBSETS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")  # the last holds the hryvnia sign
PDF_WEIGHTS = (400, 600)

WORDED = ("templates", "blueprints", "models", "tasks", "static/js")
QUOTED = re.compile(r"""["'#]([a-z0-9-]+)["']""")
WORD = re.compile(r"[\w-]+")
SOURCE_MAP = re.compile(rb"\s*(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*)\s*$")
COMPRESSIBLE = (".css", ".js", ".svg", ".webmanifest")


def copies() -> dict[str, bytes]:
    return {Path(name).name: _without_map(MODULES / name) for name in COPIES}


def used_words() -> set[str]:
    """Every word of our pages; one that ends in a hyphen begins classes put together later."""
    return {word for text in _sources() for word in WORD.findall(text)}


def trimmed(css: str, words: set[str]) -> str:
    """The sheet without the rules for classes that no page of ours can have."""
    beginnings = tuple(word for word in words if word.endswith("-") and len(word) > 2)

    def known(name: str) -> bool:
        return name in words or name.startswith(beginnings)

    return "".join(_kept(tinycss2.parse_rule_list(css, True, True), known))


def web_fonts() -> dict[str, bytes]:
    return {
        f"inter-{subset}.woff2": (WEB_FONTS / "files" / f"inter-{subset}-wght-normal.woff2").read_bytes()
        for subset in SUBSETS
    }


def font_faces(fonts: dict[str, bytes]) -> bytes:
    """One rule per subset, so that a page in Swedish never fetches the Cyrillic letters."""
    rule = r"inter-([a-z-]+)-wght-normal\.woff2.*?unicode-range: ([^;]+);"
    letters = dict(re.findall(rule, (WEB_FONTS / "index.css").read_text(), re.DOTALL))
    return "".join(
        '@font-face{font-family:"Inter Variable";font-style:normal;font-display:swap;'
        f'font-weight:100 900;src:url("{name}?v={_fingerprint(data)}") format("woff2");'
        f"unicode-range:{letters[name.removeprefix('inter-').removesuffix('.woff2')]}}}\n"
        for name, data in fonts.items()
    ).encode()


def bundles(files: dict[str, bytes]) -> dict[str, bytes]:
    """The layout's sheets and scripts joined; the order is read where it is decided."""
    named = NAMED.findall(LAYOUT.read_text())
    return {
        "site.css": b"\n".join(_named(path, files) for path in named if path.endswith(".css")),
        "site.js": b";\n".join(_named(path, files) for path in named if path.endswith(".js")),
    }


def pdf_fonts() -> dict[str, bytes]:
    return {
        f"pdf/inter-{subset}-{weight}.ttf": _as_ttf(PDF_FONTS / f"inter-{subset}-{weight}-normal.woff2")
        for subset in SUBSETS
        for weight in PDF_WEIGHTS
    }


def used_icons() -> list[str]:
    """Every icon whose name stands in quotes somewhere: a few too many, never one too few."""
    known = {path.stem for path in ICONS.glob("*.svg")}
    named = {name for text in _sources() for name in QUOTED.findall(text)}
    return sorted(known & named)


def sprite(names: list[str]) -> bytes:
    symbols = "\n".join(_symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'.encode()


def gather() -> dict[str, bytes]:
    """Everything in dist/ but the manifest and the compressed copies, by name."""
    fonts = web_fonts()
    files = copies() | fonts | {"inter.css": font_faces(fonts), "icons.svg": sprite(used_icons())}
    files["bootstrap.min.css"] = trimmed(_without_map(BOOTSTRAP).decode(), used_words()).encode()
    return files | bundles(files) | pdf_fonts()


def served(files: dict[str, bytes]) -> dict[str, bytes]:
    """What a browser may ask for, by its path below static/."""
    own = {
        path.relative_to(STATIC).as_posix(): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and STATIC / "vendor" not in path.parents
    }
    return own | {f"vendor/dist/{name}": data for name, data in files.items() if not name.startswith("pdf/")}


def packed(pages: dict[str, bytes]) -> dict[str, bytes]:
    copies = {}
    for path, data in pages.items():
        if path.endswith(COMPRESSIBLE):
            copies[f"packed/{path}.br"] = brotli.compress(data)
            copies[f"packed/{path}.gz"] = gzip.compress(data, mtime=0)
    return copies


def manifest(pages: dict[str, bytes]) -> bytes:
    prints = {path: _fingerprint(data) for path, data in sorted(pages.items())}
    return json.dumps(prints, indent=1).encode() + b"\n"


def publish(files: dict[str, bytes], folder: Path = DIST) -> None:
    """Make `folder` hold exactly these files; who reads meanwhile never meets half a file."""
    for name, data in files.items():
        target = folder / name
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(target.name + ".new")
            fresh.write_bytes(data)
            fresh.replace(target)
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()


def build() -> dict[str, bytes]:
    files = gather()
    pages = served(files)
    return files | packed(pages) | {"manifest.json": manifest(pages)}


def _named(path: str, files: dict[str, bytes]) -> bytes:
    mine = path.removeprefix("vendor/dist/")
    return files[mine] if path != mine else (STATIC / path).read_bytes()


def _kept(rules: list, known: Callable[[str], bool]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [part for part in _parts(rule.prelude) if all(map(known, _classes(part)))]
            if selectors:
                heads = ",".join(map(tinycss2.serialize, selectors))
                yield f"{heads}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.lower_at_keyword in {"media", "supports"}:
            inner = "".join(_kept(tinycss2.parse_rule_list(rule.content, True, True), known))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        else:
            yield rule.serialize()


def _parts(prelude: list) -> list[list]:
    """Selectors between commas; those inside :not() or :is() are no commas of this level."""
    parts = [[]]
    for node in prelude:
        if node == ",":
            parts.append([])
        else:
            parts[-1].append(node)
    return parts


def _classes(selector: list) -> Iterator[str]:
    return (name.value for dot, name in pairwise(selector) if dot == "." and name.type == "ident")


def _without_map(path: Path) -> bytes:
    """The file without its pointer to a source map that we do not serve."""
    return SOURCE_MAP.sub(b"", path.read_bytes()) + b"\n"


def _as_ttf(path: Path) -> bytes:
    font = TTFont(path, recalcTimestamp=False)
    font.flavor = None
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def _sources() -> Iterator[str]:
    for place in WORDED:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix in {".html", ".py", ".js"}:
                yield path.read_text()


def _symbol(name: str) -> str:
    drawing = (ICONS / f"{name}.svg").read_text()
    box, inner = re.search(r'viewBox="([^"]+)"[^>]*>(.*)</svg>', drawing, re.DOTALL).groups()
    return f'<symbol id="{name}" viewBox="{box}" fill="currentColor">{inner.strip()}</symbol>'


def _fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


if __name__ == "__main__":
    publish(build())
