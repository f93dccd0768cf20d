"""Registers to import: invented firms as bookkeeping exports them, and the whole way in."""

import csv
import io

from flask_babel import force_locale
from stdnum import luhn

from models.import_job import ImportJob
from models.register import RegisterName
from tasks import imports

HEADINGS = [
    "Kundnr",
    "Företagsnamn",
    "Org.nr",
    "Adress",
    "Postnr",
    "Ort",
    "Telefon",
    "E-post",
    "Webbplats",
]
TOWNS = ("Kiruna", "Åkersberga", "Malmö", "Örebro", "Gävle", "Västerås", "Mönsterås", "Luleå")
TRADES = ("Måleri", "Bygg & Rör", "Elservice", "Fastigheter", "Livs", "Åkeri", "Trädgård")


def register(rows: int, start: int = 100_000) -> bytes:
    """A register such as a bookkeeping program exports, of invented firms."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADINGS)
    for number in range(start, start + rows):
        writer.writerow(firm(number))
    return out.getvalue().encode("utf-8-sig")


def firm(number: int) -> list[str]:
    town, trade = TOWNS[number % len(TOWNS)], TRADES[number % len(TRADES)]
    name = f"{town} {trade} {number} Aktiebolag"
    phone = f"0{number % 60 + 11}-{number % 900 + 100} {number % 90 + 10} {number % 80 + 11}"
    mail = f"info@firma{number}.example.se"
    street, postcode = (
        f"Östra Stationsvägen {number % 97}",
        f"{number % 800 + 100} {number % 90 + 10}",
    )
    org = f"556{number % 1_000_000:06}"
    org = f"{org[:6]}-{org[6:]}{luhn.calc_check_digit(org)}"
    return [
        str(number),
        name,
        org,
        street,
        postcode,
        town,
        phone,
        mail,
        f"https://firma{number}.example.se",
    ]


def table(*lines: str) -> bytes:
    """A CSV of these lines, the headings first."""
    return "\n".join(lines).encode()


def upload(cast, raw: bytes, register: RegisterName = RegisterName.CUSTOMERS, by=None) -> ImportJob:
    """A file taken in, with the columns that are proposed for it."""
    with force_locale("en"):
        return imports.receive(register, "register.csv", raw, store=cast.house.north, by=by or cast.owner)


def bring(cast, raw: bytes, register: RegisterName = RegisterName.CUSTOMERS, by=None) -> ImportJob:
    """Checked, started and done, as in the browser with a worker beside it."""
    job = upload(cast, raw, register, by)
    job.choose(job.mapping, by=job.by)
    imports.run.call_local(job.id)
    job.reload()
    job.start(by=job.by)
    imports.run.call_local(job.id)
    job.reload()
    return job


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.created, job.updated, job.skipped, job.rejected


def problems(job: ImportJob) -> list[tuple[int, str, str, str]]:
    """Line, column, value and sentence of each."""
    with force_locale("en"):
        return [(found.line, found.column, found.value, found.say()) for found in job.problems]
