"""The register of facilities: known by the customer's number and their own number or name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import now, on_postgres
from models.customer import Customer
from models.facility import Facility
from models.register import values
from models.register.column import Column
from models.register.register import Draft, Register, Row, by_field
from models.search import fold, sort_key

LABELS = Facility.LABELS
CUSTOMER_HEADINGS = (
    "Kundnr, Kundnummer, Kund-id, Kundkod, Kundenr, Kundenummer, Номер клієнта, Код клієнта, "
    "№ клієнта, Customer number, Customer no, Customer id, Kund, Kunde, Клієнт, Customer"
)


class Facilities(Register):
    name = "facilities"
    label = _l("Facilities")
    noun = Facility
    only_new = frozenset({"customer"})
    derived = ("search_text", "sort_name")
    columns = (
        Column(
            "customer",
            Customer.LABELS["number"],
            CUSTOMER_HEADINGS,
            values.customer_number,
            required=True,
            example="10001",
        ),
        Column(
            "number",
            LABELS["number"],
            "Anläggningsnr, Anläggningsnummer, Referensnr, Referensnummer, Objektsnr, "
            "Objektnummer, Anleggsnr, Anleggsnummer, Номер об'єкта, Код об'єкта, Facility number, "
            "Facility no, Reference number, Reference no, Site number, Nr, Nummer, Номер, Number",
            values.text(32),
            example="7",
        ),
        Column(
            "name",
            LABELS["name"],
            "Anläggning, Anläggningsnamn, Benämning, Namn, Objekt, Anlegg, Anleggsnavn, Navn, "
            "Об'єкт, Назва об'єкта, Назва, Facility, Facility name, Site, Site name, Name",
            values.text(120),
            example="Storgatan 1",
        ),
        Column(
            "address",
            LABELS["address"],
            "Adress, Gatuadress, Besöksadress, Adresse, Gateadresse, Besøksadresse, Адреса, "
            "Address, Street, Site address",
            values.text(120),
            example="Storgatan 1",
        ),
        Column(
            "postcode",
            LABELS["postcode"],
            "Postnr, Postnummer, Поштовий індекс, Індекс, Postcode, Postal code, Zip code, Zip",
            values.postcode,
            example="981 31",
        ),
        Column(
            "town",
            LABELS["town"],
            "Ort, Postort, Stad, Poststed, Sted, By, Місто, Населений пункт, Town, City, Place",
            values.text(60),
            example="Kiruna",
        ),
        Column(
            "category",
            LABELS["category"],
            "Kategori, Typ, Type, Категорія, Тип, Category",
            values.text(60),
        ),
        Column(
            "cost_centre",
            LABELS["cost_centre"],
            "Kostnadsställe, Kostnadssted, Центр витрат, Cost centre, Cost center",
            values.text(40),
        ),
        Column(
            "access",
            LABELS["access"],
            "Tillträde, Portkod, Nyckel, Adgang, Nøkkel, Доступ, Як потрапити, Access, How to get in, Door code",
            values.long_text(4000),
        ),
    )

    @classmethod
    def unmapped(cls, mapping: dict[str, str]) -> list[Column]:
        """Besides the customer, a number or a name: one of them is enough."""
        name = [column for column in cls.columns if column.field == "name"]
        return super().unmapped(mapping) + ([] if mapping.get("number") or mapping.get("name") else name)

    def key_of(self, row: Row) -> tuple[Any, str] | None:
        customer, number, name = (row.values.get(key) for key in ("customer", "number", "name"))
        if not customer or not (number or name):
            return None
        return ((customer, number), "number") if number else ((customer, "", fold(name)), "name")

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        self.customers = customers_numbered(row.values["customer"] for row in rows)
        ids = [customer["id"] for customer in self.customers.values()]
        query = Facility.select(*READ).where(Facility.customer.in_(ids)).order_by(Facility.id)
        if on_postgres() and not dry:
            query = query.for_update()
        self.by_number: dict[tuple, dict] = {}
        self.by_name: dict[tuple, list[dict]] = defaultdict(list)
        facilities: Any = query.dicts() if ids else ()
        for found in facilities:
            if found["number"]:
                self.by_number[found["customer"], found["number"]] = found
            self.by_name[found["customer"], fold(found["name"])].append(found)

    def find(self, row: Row) -> None:
        row.customer = customer = self.customers.get(row.values["customer"])
        heading, number = self.headings["customer"], row.values["customer"]
        if customer is None:
            row.blame(heading, number, "no_customer")
        elif not self.rules.reaches(customer["store"]):
            row.blame(heading, number, "elsewhere")
        elif not row.values.get("number") and not row.values.get("name"):
            row.blame(self.headings.get("name", ""), "", "number_or_name")
        else:
            row.found = self._match(row, customer["id"])
            self._judge_new(row)

    def _match(self, row: Row, customer_id: int) -> dict | None:
        """By number; where one side has none by name, as long as only one is meant."""
        number, name = row.values.get("number"), row.values.get("name", "")
        found = self.by_number.get((customer_id, number)) if number else None
        if found:
            return found
        same_name = self.by_name.get((customer_id, fold(name)), [])
        without = [facility for facility in same_name if not facility["number"]]
        candidates = without if number or without else same_name
        if len(candidates) > 1:
            row.blame(self.headings["name"], name, "ambiguous")
        return candidates[0] if candidates else None

    def _judge_new(self, row: Row) -> None:
        if row.bad or row.found:
            return
        if row.customer["inactive_at"]:
            row.blame(self.headings["customer"], row.values["customer"], "customer_inactive")
        if not row.values.get("name"):
            row.blame(self.headings.get("name", ""), "", "required")

    def usual(self) -> dict[str, Any]:
        return {**BLANK, "created_at": now()}

    def fresh(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [{**row.values, "customer": row.customer["id"], "store": row.customer["store"]} for row in rows]

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        draft: Any = Draft(usual, record, {"customer": Draft(row.customer)})
        record["search_text"] = fold(*Facility.searched_by(draft))
        record["sort_name"] = sort_key(draft.name, row.customer["language"])
        return draft


def customers_numbered(numbers: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    """What other registers must know of the customers they name."""
    wanted = {number for number in numbers if number}
    known = ("id", "number", "name", "store", "language", "inactive_at")
    query = Customer.select(*(getattr(Customer, name) for name in known))
    return by_field("number", query.where(Customer.number.in_(list(wanted)))) if wanted else {}


FIELDS = [column.field for column in Facilities.columns]
READ = [getattr(Facility, name) for name in ("id", "version", "store", *FIELDS)]
BLANK = {**dict.fromkeys(FIELDS, ""), **Facility._meta.get_default_dict()}
