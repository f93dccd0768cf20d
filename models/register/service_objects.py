"""The register of service objects: known by their number; new ones name the facility where they stand."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Language, now, on_postgres
from models.customer import Customer
from models.facility import Facility
from models.register import bulk, values
from models.register.by_name import CUSTOMER_HEADINGS
from models.register.column import Column
from models.register.register import Draft, Register, Row, by_field
from models.search import fold, sort_key
from models.service_object import ObjectStatus, ServiceObject

LABELS = ServiceObject.LABELS
OLDEST, NEWEST = 1800, 2100
STATUSES = {
    ObjectStatus.IN_USE: "i drift, används, drift, aktiv, i bruk, в роботі, працює, використовується, in use, running",
    ObjectStatus.STANDING: "står still, avställd, avstängd, står stille, avslått, не працює, зупинено, "
    "standing still, stopped, off",
    ObjectStatus.RESERVE: "i reserv, reserv, på lager, i reserve, reserve, у резерві, резерв, in reserve, spare",
    ObjectStatus.SCRAPPED: "skrotad, skrotat, kasserad, skrotet, kassert, списано, утилізовано, scrapped, discarded",
}
CUSTOMER = ("id", "number", "name", "store", "language", "inactive_at")
FACILITY = ("id", "number", "name", "customer", "store", "inactive_at")


class ServiceObjects(Register):
    name = "service_objects"
    label = _l("Service objects")
    noun = ServiceObject
    only_new = frozenset({"number", "customer", "facility"})
    derived = ("search_text", "sort_name")
    columns = (
        Column(
            "number",
            LABELS["number"],
            "Objektnummer, Objektsnummer, Objektnr, Objektsnr, Maskinnr, Maskinnummer, Serviceobjekt nr, "
            "Номер обладнання, Інвентарний номер, Object number, Object no, Machine number, Machine no, Unit number, "
            "Nr, Nummer, Номер, Number, No",
            values.text(32),
            required=True,
            example="VP-0001",
        ),
        Column(
            "name",
            LABELS["name"],
            "Benämning, Namn, Serviceobjekt, Objekt, Maskin, Betegnelse, Navn, Обладнання, Назва обладнання, Назва, "
            "Object name, Name, Service object, Object, Machine, Unit, Ім'я",
            values.text(120),
            example="Värmepump",
        ),
        Column("customer", LABELS["customer"], CUSTOMER_HEADINGS, values.text(120), example="10001"),
        Column(
            "facility",
            LABELS["facility"],
            "Anläggning, Anläggningsnr, Anläggningsnamn, Referensnr, Anlegg, Anleggsnr, Anleggsnavn, Об'єкт, "
            "Номер об'єкта, Назва об'єкта, Facility, Facility number, Facility name, Reference number, Site",
            values.text(120),
            example="7",
        ),
        Column(
            "place",
            LABELS["place"],
            "Plats på anläggningen, Placering, Plats, Rum, Plass på anlegget, Plassering, Plass, Місце на об'єкті, "
            "Розташування, Місце, Place at the facility, Placement, Location, Room",
            values.text(120),
            example="Källaren",
        ),
        Column("category", LABELS["category"], "Kategori, Typ, Type, Категорія, Тип, Category", values.text(60)),
        Column(
            "maker",
            LABELS["maker"],
            "Fabrikat, Tillverkare, Märke, Produsent, Merke, Виробник, Марка, Maker, Manufacturer, Make, Brand",
            values.text(60),
        ),
        Column("model", LABELS["model"], "Modell, Modellbeteckning, Модель, Model", values.text(80)),
        Column(
            "serial_number",
            LABELS["serial_number"],
            "Serienummer, Serienr, Tillverkningsnr, Produksjonsnummer, Серійний номер, Заводський номер, "
            "Serial number, Serial no, Serial",
            values.text(60),
        ),
        Column(
            "year",
            LABELS["year"],
            "Tillverkningsår, Årsmodell, År, Produksjonsår, Byggeår, Рік виготовлення, Рік випуску, Рік, Year made, "
            "Year of manufacture, Year",
            values.whole_number(OLDEST, NEWEST),
        ),
        Column("status", LABELS["status"], "Status, Tillstånd, Tilstand, Статус, Стан, State", values.choice(STATUSES)),
        Column(
            "note",
            LABELS["note"],
            "Anteckning, Anteckningar, Notering, Notat, Merknad, Примітка, Нотатка, Note, Notes, Remark",
            values.long_text(4000),
        ),
    )

    def key_of(self, row: Row) -> tuple[Any, str] | None:
        number = row.values.get("number")
        return (number, "number") if number else None

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        numbers = [row.values["number"] for row in rows]
        query = ServiceObject.select(*READ).where(bulk.among(ServiceObject.number, numbers)).order_by(ServiceObject.id)
        if on_postgres() and not dry:
            query = query.for_update()
        self.known = by_field("number", query) if numbers else {}
        self._look_up_customers(rows)
        self._look_up_facilities()

    def _look_up_customers(self, rows: Sequence[Row]) -> None:
        """By number or by name, and those whose objects are there already."""
        named = sorted({row.values["customer"] for row in rows if row.values.get("customer")})
        keys = sorted({sort_key(name, language.value) for name in named for language in Language})
        owners = sorted({found["customer"] for found in self.known.values()})
        meant = bulk.among(Customer.number, named) | bulk.among(Customer.sort_name, keys)
        query = Customer.select(*(getattr(Customer, name) for name in CUSTOMER))
        self.customers: dict[int, dict[str, Any]] = by_field("id", query.where(meant | bulk.among(Customer.id, owners)))
        self.by_number = {customer["number"]: customer for customer in self.customers.values()}
        self.by_name: dict[str, list[dict]] = defaultdict(list)
        for customer in self.customers.values():
            self.by_name[fold(customer["name"])].append(customer)

    def _look_up_facilities(self) -> None:
        query = Facility.select(*(getattr(Facility, name) for name in FACILITY)).order_by(Facility.id)
        self.facilities: dict[tuple[int, str], list[dict]] = defaultdict(list)
        self.places: dict[int, dict[str, Any]] = {}
        found: Any = query.where(bulk.among(Facility.customer, list(self.customers))).dicts()
        for facility in found:
            self.places[facility["id"]] = facility
            for key in {fold(facility["name"]), fold(facility["number"])} - {""}:
                self.facilities[facility["customer"], key].append(facility)

    def find(self, row: Row) -> None:
        row.found = self.known.get(row.values["number"])
        if row.found:
            self._judge_known(row, row.found)
        else:
            self._judge_new(row)

    def _judge_known(self, row: Row, found: dict[str, Any]) -> None:
        row.customer = self.customers[found["customer"]]
        if not self.rules.reaches(found["store"]):
            row.blame(self.headings["number"], row.values["number"], "elsewhere")
        elif row.values.get("facility") and self.places[found["facility"]] not in self._facilities(row):
            row.blame(self.headings["facility"], row.values["facility"], "object_stays")

    def _judge_new(self, row: Row) -> None:
        for name in ("name", "customer", "facility"):
            if not row.values.get(name):
                row.blame(self.headings.get(name, ""), "", "required")
        if row.bad:
            return
        row.customer = self._customer(row)
        if row.customer:
            self._judge_place(row, self._facilities(row))

    def _customer(self, row: Row) -> dict[str, Any] | None:
        heading, typed = self.headings["customer"], row.values["customer"]
        named = self.by_name.get(fold(typed), [])
        found = self.by_number.get(typed) or (named[0] if len(named) == 1 else None)
        if found is None:
            row.blame(heading, typed, "ambiguous_customer" if named else "no_customer")
        elif not self.rules.reaches(found["store"]):
            row.blame(heading, typed, "elsewhere")
        elif found["inactive_at"]:
            row.blame(heading, typed, "customer_inactive")
        return None if row.bad else found

    def _facilities(self, row: Row) -> list[dict[str, Any]]:
        """The customer's facilities with this reference number, or else with this name."""
        typed = fold(row.values["facility"])
        meant = self.facilities.get((row.customer["id"], typed), [])
        return [facility for facility in meant if fold(facility["number"]) == typed] or meant

    def _judge_place(self, row: Row, meant: list[dict[str, Any]]) -> None:
        heading, typed = self.headings["facility"], row.values["facility"]
        if not meant:
            row.blame(heading, typed, "no_facility")
        elif len(meant) > 1:
            row.blame(heading, typed, "ambiguous")
        elif meant[0]["inactive_at"]:
            row.blame(heading, typed, "facility_inactive")

    def usual(self) -> dict[str, Any]:
        return {**BLANK, "created_at": now()}

    def fresh(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [{**row.values, **self._standing(row)} for row in rows]

    def _standing(self, row: Row) -> dict[str, Any]:
        facility = self._facilities(row)[0]
        return {"customer": row.customer["id"], "facility": facility["id"], "store": facility["store"]}

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        draft: Any = Draft(usual, record)
        draft.customer, draft.facility = Draft(row.customer), Draft(self.places[draft.facility])
        record["search_text"] = fold(*ServiceObject.searched_by(draft))
        record["sort_name"] = sort_key(draft.name, row.customer["language"])
        return draft


FIELDS = [column.field for column in ServiceObjects.columns]
READ = [getattr(ServiceObject, name) for name in ("id", "version", "store", *FIELDS)]
BLANK: dict[str, Any] = {
    **dict.fromkeys(("category", "maker", "model", "serial_number", "place", "note"), ""),
    **dict.fromkeys(("year", "parent", "inactive_at")),
    **ServiceObject._meta.get_default_dict(),
}
