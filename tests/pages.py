"""A page's form as a browser would post it, so that tests fill in what people see and not what the
code expects."""

import base64
import io
import re
from html.parser import HTMLParser
from typing import Any

from PIL import Image, ImageDraw


class _Form(HTMLParser):
    def __init__(self, form_id: str):
        super().__init__()
        self.form_id, self.inside, self.text, self.select = form_id, False, "", ""
        self.fields: dict[str, Any] = {}

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.inside = self.form_id in (found.get("id"), "")
        if not self.inside:
            return
        name, kind = found.get("name", ""), found.get("type", "text")
        if tag == "input" and name and (kind not in ("radio", "checkbox", "file") or "checked" in found):
            self._add(name, found.get("value", "on" if kind == "checkbox" else ""))
        if tag == "textarea":
            self.text = name
            self.fields[name] = ""
        if tag == "select":
            self.select = name
        if tag == "option" and self.select and ("selected" in found or self.select not in self.fields):
            self.fields[self.select] = found.get("value", "")

    def _add(self, name: str, value: str) -> None:
        known = self.fields.get(name)
        self.fields[name] = value if known is None else [*([known] if isinstance(known, str) else known), value]

    def handle_data(self, data):
        if self.text:
            self.fields[self.text] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.fields[self.text] = self.fields[self.text].replace("\r\n", "\n").removeprefix("\n")
            self.text = ""
        if tag == "select":
            self.select = ""
        if tag == "form":
            self.inside = False


def form(html: str, form_id: str = "") -> dict[str, Any]:
    """The fields of the form with this id; without one, of all forms on the page."""
    parser = _Form(form_id)
    parser.feed(html)
    return parser.fields


def sheet(browser, order) -> dict[str, Any]:
    """The technician's sheet of an order, as it stands at this browser."""
    return form(browser.get(f"/orders/{order.id}/work").text, "sheet")


def fill(fields: dict[str, Any], order, *answers: tuple[str, str, str], action: str | None = None) -> dict[str, Any]:
    """The sheet with (result, value, remark) for each point, in their order."""
    filled = dict(fields)
    for point, (result, value, remark) in zip(order.points, answers, strict=False):
        filled |= {
            f"p{point.id}-result": result,
            f"p{point.id}-value": value,
            f"p{point.id}-remark": remark,
        }
    return filled if action is None else filled | {"performed_action": action}


def said(html: str) -> str:
    """The text of a page, without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def photo(width: int = 64, height: int = 48, *, place: bool = False) -> io.BytesIO:
    """A JPEG; with `place` it says where it was taken, and by which camera."""
    exif = Image.Exif()
    if place:
        exif[0x010F] = "SpyCam 9"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (67.0, 51.0, 25.0)
    file = io.BytesIO()
    Image.new("RGB", (width, height), (120, 140, 160)).save(file, "JPEG", exif=exif)
    file.seek(0)
    return file


def strokes() -> str:
    """What the signature pad puts into its hidden field."""
    image = Image.new("RGB", (300, 120), "white")
    ImageDraw.Draw(image).line([(20, 90), (90, 20), (150, 100), (280, 40)], fill="black", width=4)
    file = io.BytesIO()
    image.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
