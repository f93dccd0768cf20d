"""Sheets to print in tests and benches: invented companies, long words, two scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import Any

from flask import Flask, render_template
from flask_babel import Babel, force_locale
from PIL import Image

from models.checklist import PointOutcome
from models.order_view import WorkOrderView
from models.protocol_view import (
    CustomerView,
    FacilityView,
    LineView,
    ObjectView,
    OrganisationView,
    PhotoView,
    PointGroup,
    PointView,
    ProtocolView,
    SignatureView,
    TimeView,
)
from tasks import pdf

ROOT = Path(__file__).resolve().parent.parent

SENDER = OrganisationView(
    "Fjällbris Klimatservice AB",
    ("Glimmergatan 14", "852 00 Sundsvall"),
    "559999-4174",
    "031-390 06 20",
    "kontor@fjallbris.example",
    "fjallbris.example",
    "logo.png",
)
CUSTOMER = CustomerView("Granåsens Skolfastigheter AB", "10442", ("Box 12", "852 00 Sundsvall"), "559999-8837")
SITE = FacilityView("Solgläntans förskola", "3", ("Talltrastvägen 7", "852 00 Sundsvall"))
UNIT = ObjectView("LB01 Ventilationsaggregat", ("AirNord X40, tillv.nr 40-118822",))
DAY = date(2026, 11, 18)
SIGNED = (
    SignatureView("tekniker", "Jonas Fältlöv", datetime.combine(DAY, time(11, 42)), "sign.png"),
    SignatureView("för kunden", "Maja Lindvret", datetime.combine(DAY, time(11, 47))),
)


def picture(width: int, height: int, colour: str = "#8899aa") -> bytes:
    """A photo-like JPEG: a gradient with noise, so that its size follows its pixels."""
    noise = Image.effect_noise((width, height), 40).convert("RGB")
    file = BytesIO()
    Image.blend(noise, Image.new("RGB", (width, height), colour), 0.5).save(file, "JPEG")
    return file.getvalue()


def drawing(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGBA", (width, height), (20, 40, 90, 120)).save(file, "PNG")
    return file.getvalue()


IMAGES = {"logo.png": drawing(120, 120), "sign.png": drawing(600, 180)}


def points(count: int, start: int = 1) -> tuple[PointView, ...]:
    return tuple(
        PointView(
            f"{start}.{number}",
            f"Filter tilluft, tryckfall {start}.{number}",
            PointOutcome.REMARK if number == 3 else PointOutcome.OK,
            value=f"{100 + number}",
            unit="Pa",
            limits="250",
            remark="Remmen är sliten och byttes vid besöket." if number == 3 else "",
        )
        for number in range(1, count + 1)
    )


def groups(count: int, each: int = 5) -> tuple[PointGroup, ...]:
    return tuple(
        PointGroup(f"Luftintag och filter {number}", points(each, number), str(number))
        for number in range(1, count + 1)
    )


def protocol(**changes: Any) -> ProtocolView:
    facts: dict[str, Any] = {
        "number": "107-1",
        "title": "Serviceprotokoll",
        "language": "sv",
        "order_number": "107",
        "performed_on": DAY,
        "organisation": SENDER,
        "customer": CUSTOMER,
        "facility": SITE,
        "store": "Sundsvall",
        "contact": "Maja Lindvret",
        "technicians": ("Jonas Fältlöv",),
        "objects": (UNIT,),
        "groups": groups(2),
        "performed_action": "Filter på till- och frånluft bytta.\nRemmar på TF1 spända.",
        "lines": (LineView("2210", "Påsfilter ePM1 60 %, 592 × 592 × 534", "6", "st"),),
        "times": (TimeView("Jonas Fältlöv", DAY, "3,5"),),
        "signatures": SIGNED,
    }
    return ProtocolView(**facts | changes)


def order(**changes: Any) -> WorkOrderView:
    facts: dict[str, Any] = {
        "number": "20418",
        "title": "Arbetsorder",
        "language": "sv",
        "organisation": SENDER,
        "customer": CUSTOMER,
        "facility": SITE,
        "objects": (UNIT,),
        "technicians": ("Jonas Fältlöv",),
        "groups": groups(2),
        "starts_at": datetime.combine(DAY, time(7, 30)),
        "ends_at": datetime.combine(DAY, time(11, 30)),
        "fault_report": "3381",
        "notice": "Nyckel hämtas i receptionen mot legitimation.",
        "task": "Årsservice enligt avtal.",
        "materials": (LineView("2215", "Kilrem SPZ 1120", "2", "st", "B-11-1"),),
        "signatures": (SignatureView("Tekniker"), SignatureView("Kund på plats")),
    }
    return WorkOrderView(**facts | changes)


def photos(count: int, width: int = 800, height: int = 600) -> tuple[tuple[PhotoView, ...], dict]:
    """Photos with captions, and the files behind them."""
    names = [f"photo-{number}.jpg" for number in range(1, count + 1)]
    views = tuple(PhotoView(name, f"Kilrem {name}") for name in names)
    return views, dict.fromkeys(names, picture(width, height)) | IMAGES


@contextmanager
def speaking(language: str, catalogues: str = "translations") -> Iterator[Flask]:
    """A bare application that draws our templates in one language."""
    app = Flask("paper", root_path=str(ROOT))
    Babel(app, default_translation_directories=str(ROOT / catalogues))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    with app.test_request_context(), force_locale(language):
        yield app


def html(sheet: Any) -> str:
    name = "protocol" if isinstance(sheet, ProtocolView) else "order"
    with speaking("en"):  # a test reads like its sheet; dates follow the sheet's own language
        return render_template(f"pdf/{name}.html", **{name: sheet})


def printed(sheet: Any, images: dict[str, bytes] = IMAGES) -> bytes:
    return pdf.render(html(sheet), images=images, language=sheet.language)


def seen(document: bytes) -> Image.Image:
    """The first page as it looks at 72 dpi, in grey."""
    command = ["pdftoppm", "-r", "72", "-gray", "-singlefile", "-"]
    return Image.open(BytesIO(run(command, input=document, capture_output=True, check=True).stdout))
