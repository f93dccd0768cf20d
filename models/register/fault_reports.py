"""Fault reports from another system: known by the reference they have there."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import now, on_postgres
from models.customer import Customer
from models.facility import Facility
from models.fault_report import FaultReport, ReportStatus, Source
from models.register import bulk, values
from models.register.by_name import CUSTOMER_HEADINGS, customers_numbered
from models.register.column import Column
from models.register.register import Draft, Register, Row, by_field
from models.register.rules import Rules
from models.search import fold
from models.series import Series

LABELS = FaultReport.LABELS
HEADING_LENGTH = 120
OURS_TO_CHANGE = (ReportStatus.WAITING, ReportStatus.CLOSED)
CLOSED_WORDS = frozenset(
    fold(word)
    for word in (
        "completed",
        "closed",
        "done",
        "resolved",
        "fixed",
        "finished",
        "avslutad",
        "klar",
        "åtgärdad",
        "stängd",
        "utförd",
        "löst",
        "ferdig",
        "lukket",
        "avsluttet",
        "løst",
        "utbedret",
        "utført",
        "закрито",
        "виконано",
        "завершено",
        "вирішено",
        "усунуто",
    )
)


def status(cell: str, rules: Rules) -> ReportStatus:
    """What is over elsewhere is closed here; everything else waits."""
    return ReportStatus.CLOSED if fold(cell) in CLOSED_WORDS else ReportStatus.WAITING


class FaultReports(Register):
    name = "fault_reports"
    label = _l("Fault reports")
    noun = FaultReport
    only_new = frozenset({"reference", "customer"})
    columns = (
        Column(
            "reference",
            _l("Reference"),
            "Referens, Referensnr, Ärendenummer, Ärendenr, Ärende-id, Referanse, Saksnummer, "
            "Saksnr, Номер звернення, Номер заявки, Reference, Reference number, Ticket, "
            "Ticket number, Case number, Nr, Nummer, Номер, Id, Number, "
            "Посилання",
            values.text(60),
            required=True,
            example="4524755",
        ),
        Column(
            "heading",
            LABELS["heading"],
            "Rubrik, Titel, Ärende, Fel, Felanmälan, Overskrift, Tittel, Feil, Feilmelding, "
            "Заголовок, Тема, Несправність, Title, Heading, Subject, Fault, What is wrong, "
            "Vad som är fel, Hva som er galt, Що несправно",
            values.text(4000),
            required=True,
            example="Ice on the outdoor unit",
        ),
        Column(
            "description",
            LABELS["description"],
            "Beskrivning, Text, Meddelande, Beskrivelse, Tekst, Опис, Текст, Description, Details, Message, "
            "Benämning, Назва",
            values.long_text(20_000),
        ),
        Column(
            "status",
            LABELS["status"],
            "Status, Läge, Tillstånd, Tilstand, Статус, Стан, State",
            status,
            example="received",
        ),
        Column(
            "address",
            Facility.LABELS["address"],
            "Adress, Gatuadress, Adresse, Gateadresse, Адреса, Address, Street",
            values.text(120),
        ),
        Column(
            "postcode",
            Facility.LABELS["postcode"],
            "Postnr, Postnummer, Індекс, Поштовий індекс, Postcode, Postal code, Zip code, Zip",
            values.text(12),
        ),
        Column(
            "town",
            LABELS["place"],
            "Plats, Ort, Postort, Stad, Sted, Poststed, Місце, Місто, Place, Town, City",
            values.text(60),
        ),
        Column(
            "reported_at",
            LABELS["reported_at"],
            "Anmäld, Anmäld den, Datum, Tid, Inkom, Skapad, Meldt, Dato, Innmeldt, Дата, Час, "
            "Створено, Reported, Reported at, Date, Created, Created at, "
            "Повідомлено",
            values.moment,
            example="2026-11-23T07:30:00Z",
        ),
        Column("customer", Customer.LABELS["number"], CUSTOMER_HEADINGS, values.customer_number),
        Column(
            "contact_name",
            LABELS["contact_name"],
            "Kontaktperson, Kontakt, Anmälare, Melder, Контактна особа, Контакт, Contact, Contact person, Reporter",
            values.text(80),
        ),
        Column(
            "contact_phone",
            LABELS["contact_phone"],
            "Telefon, Telefonnummer, Tlf, Телефон, Phone, Contact's phone, "
            "Kontaktpersonens telefon, Телефон контактної особи",
            values.phone,
        ),
        Column(
            "contact_email",
            LABELS["contact_email"],
            "E-post, Epostadress, E-postadresse, Електронна пошта, E-mail, Contact's e-mail, "
            "Kontaktpersonens e-post, Е-пошта контактної особи",
            values.email,
        ),
    )

    @classmethod
    def written(cls) -> tuple[str, ...]:
        return (*super().written(), "place")

    def shape(self, row: Row) -> None:
        """The place from its parts; of a long heading the rest leads the description."""
        cells = row.values
        parts = [cells.pop(name, "") for name in ("address", "postcode", "town")]
        where = ", ".join(part for part in (parts[0], f"{parts[1]} {parts[2]}".strip()) if part)
        if where:
            cells["place"] = where
        heading = cells.get("heading", "")
        if len(heading) > HEADING_LENGTH:
            cells["heading"] = heading[:HEADING_LENGTH].rstrip()
            cells["description"] = f"{heading[HEADING_LENGTH:].lstrip()}\n{cells.get('description', '')}".strip()

    def key_of(self, row: Row) -> tuple[Any, str] | None:
        reference = row.values.get("reference")
        return (reference, "reference") if reference else None

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        references = [row.values["reference"] for row in rows]
        query = FaultReport.select(*READ).where(bulk.among(FaultReport.reference, references))
        query = query.order_by(FaultReport.id)
        if on_postgres() and not dry:
            query = query.for_update()
        self.known = by_field("reference", query) if references else {}
        self.customers = customers_numbered(row.values.get("customer") for row in rows)
        self.names = _names(self.known.values())

    def find(self, row: Row) -> None:
        reference, number = row.values["reference"], row.values.get("customer")
        row.found = self.known.get(reference)
        row.customer = self.customers.get(number) if number else None
        heading = self.headings.get("customer", "")
        if row.found and not self.rules.reaches(row.found["store"]):
            row.blame(self.headings["reference"], reference, "elsewhere")
        elif number and row.customer is None:
            row.blame(heading, number, "no_customer")
        elif row.customer and not self.rules.reaches(row.customer["store"]):
            row.blame(heading, number or "", "elsewhere")
        elif row.found and row.found["status"] not in OURS_TO_CHANGE and self.changes(row):
            row.blame(self.headings["reference"], reference, "moved_on")

    def changes(self, row: Row) -> dict[str, list]:
        """Only a report that waits is closed from outside, and none is opened again."""
        found = row.found or {}
        changed = super().changes(row)
        if found["status"] is not ReportStatus.WAITING:
            changed.pop("status", None)
        return changed

    def usual(self) -> dict[str, Any]:
        store, at = self.rules.store.id, now()
        return {**BLANK, "source": Source.IMPORT, "store": store, "reported_at": at}

    def fresh(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        number = _take_numbers(len(rows))
        return [
            {**row.values, **_of_customer(row.customer), "number": number + place} for place, row in enumerate(rows)
        ]

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        customer, facility = self.names.get(record.get("id", 0), (None, None))
        customer = customer or row.customer
        draft: Any = Draft(usual, record, {"customer": Draft(customer) if customer else None})
        draft.facility_id, draft.facility = record.get("facility"), facility
        record["search_text"] = fold(*FaultReport.searched_by(draft))
        return draft


def _names(found: Any) -> dict[int, tuple[dict | None, Facility | None]]:
    """What a report is also found by: its customer and its facility."""
    ids = [report["id"] for report in found if report["customer"] or report["facility"]]
    reports = FaultReport.select().where(FaultReport.id.in_(ids)) if ids else ()
    return {report.id: (_customer_of(report), report.facility) for report in reports}


def _customer_of(report: FaultReport) -> dict | None:
    return {"name": report.customer.name, "number": report.customer.number} if report.customer else None


def _of_customer(customer: dict | None) -> dict[str, Any]:
    """A report of a known customer stands in that customer's store."""
    return {"customer": customer["id"], "store": customer["store"]} if customer else {}


def _take_numbers(count: int) -> int:
    """The first of `count` numbers in a row; a rollback gives them all back."""
    first = Series.take("fault_report", start=1001)
    Series.update(last=Series.last + count - 1).where(Series.name == "fault_report").execute()
    return first


READ = [
    getattr(FaultReport, name)
    for name in (
        "id",
        "version",
        "number",
        "reference",
        "store",
        "customer",
        "facility",
        *FaultReports.written(),
    )
]
BLANK: dict[str, Any] = {
    **dict.fromkeys(("description", "place", "contact_name", "contact_phone", "contact_email"), ""),
    **dict.fromkeys(("customer", "facility", "reporter")),
    **FaultReport._meta.get_default_dict(),
}
