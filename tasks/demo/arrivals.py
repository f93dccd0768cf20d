"""How the demo's register moved in: the files it came from, and one import that was a mistake and is undone."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models.base import Language, Record
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.file import File
from models.import_job import ImportJob, ImportPart, ImportProblem
from models.import_standing import DONE, UNDONE
from models.import_undo import ImportUndo, UndoStatus
from models.register import RegisterName
from models.service_object import ServiceObject
from tasks import vault
from tasks.demo.book import Book
from tasks.demo.people import Company
from tasks.tables import write_csv

CUSTOMERS, CONTACTS, FACILITIES, OBJECTS = 1, 2, 3, 4  # the imports' ids, in the order they ran
MISTAKES = 6


def move_in(book: Book, company: Company, at: datetime) -> None:
    """The four files of the first day; their events carry the imports' ids."""
    customers = [[customer.number, customer.name, customer.address, customer.town] for customer in book.all(Customer)]
    job = came(book, company, RegisterName.CUSTOMERS, "kunder.csv", CUSTOMER_HEADS, [*customers, NAMELESS], at)
    job.rejected = job.problem_count = 1
    job.created -= 1
    book.keep(ImportProblem(job=job, line=len(customers) + 2, heading="Namn", value="", code="required", params={}))
    people = book.all(Contact)
    rows = [[person.customer.number, person.name, person.email] for person in people]
    came(book, company, RegisterName.CONTACTS, "kontaktpersoner.csv", ("Kundnr", "Namn", "E-post"), rows, at)
    tell(book, company, "contact.imported", people, CONTACTS, at)
    places = book.all(Facility)
    rows = [[place.customer.number, place.number, place.name] for place in places]
    came(book, company, RegisterName.FACILITIES, "anlaggningar.csv", ("Kundnr", "Nummer", "Namn"), rows, at)
    tell(book, company, "facility.imported", places, FACILITIES, at)
    units = book.all(ServiceObject)
    rows = [[unit.number, unit.name, unit.customer.number, unit.facility.number] for unit in units]
    heads = ("Objektnr", "Benämning", "Kundnr", "Anläggningsnr")
    came(book, company, RegisterName.SERVICE_OBJECTS, "serviceobjekt.csv", heads, rows, at)
    tell(book, company, "service_object.imported", units, OBJECTS, at)


CUSTOMER_HEADS = ("Kundnr", "Namn", "Fakturaadress", "Ort")
NAMELESS = ["29999", "", "Hagastigen 8", "Solna"]


def came(
    book: Book,
    company: Company,
    register: RegisterName,
    name: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    at: datetime,
) -> ImportJob:
    """An import that created every row, with its file."""
    raw = b"".join(write_csv(headings, rows, language=Language.SV.value))
    key = File.new_key("bin")
    vault().put(key, raw)
    columns = {
        column.field: heading for column in register.columns for heading in headings if heading in column.headings
    }
    return book.keep(
        ImportJob(
            register=register,
            name=name,
            key=key,
            sha256=hashlib.sha256(raw).hexdigest(),
            size=len(raw),
            encoding="utf-8-sig",
            delimiter=";",
            headings=list(headings),
            samples=[list(cells) for cells in rows[:3]],
            mapping=columns,
            store=company.stores["101"],
            status=DONE,
            dry=False,
            row_count=len(rows),
            rows_done=len(rows),
            created=len(rows),
            by=company.staff["annika"],
            at=at,
            finished_at=at,
            touched_at=at,
        )
    )


def tell(book: Book, company: Company, verb: str, records: Sequence[Record], job_id: int, at: datetime) -> None:
    for record in records:
        book.tell(at, verb, company.staff["annika"], record, import_id=job_id)


def regret(book: Book, company: Company, at: datetime) -> None:
    """Somebody took the file of another year, and undid it the same hour."""
    rows = [[str(18_000 + number), f"Provkund {number}", "", "Solna"] for number in range(1, MISTAKES + 1)]
    job = came(book, company, RegisterName.CUSTOMERS, "kunder-gamla.csv", CUSTOMER_HEADS, rows, at)
    job.status = UNDONE
    undone = {"status": UndoStatus.DONE, "dry": False, "looked": MISTAKES, "removed": MISTAKES}
    later = at + timedelta(minutes=20)
    book.keep(ImportUndo(job=job, by=job.by, at=later, finished_at=later, **undone))
    book.tell(at, "import.finished", job.by, job, created=MISTAKES, updated=0, skipped=0, rejected=0)
    book.tell(later, "import.undone", job.by, job, removed=MISTAKES, restored=0, kept=0)


def mark_parts(book: Book) -> None:
    """Which events each import wrote, once they have their numbers: so that it can be undone."""
    for job in book.all(ImportJob):
        ids: list[Any] = [event.id for event in book.all(Event) if event.data.get("import_id") == job.id]
        if ids:
            ImportPart.create(job=job, first=min(ids), last=max(ids))
