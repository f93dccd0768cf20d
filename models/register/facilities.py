"""The register of facilities: known by the customer's number and their own number or name."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import now, on_postgres
from models.customer import Customer
from models.facility import Facility
from models.register import values
from models.register.by_name import CUSTOMER_HEADINGS, CustomersOwn, customers_numbered
from models.register.column import Column
from models.register.register import Draft, Row
from models.search import fold, sort_key

LABELS = Facility.LABELS


class Facilities(CustomersOwn):
    name = "facilities"
    label = _l("Facilities")
    noun = Facility
    known_by = frozenset({"number", "name"})
    surely, loosely = "number", "name"
    nameless, ambiguous = "number_or_name", "ambiguous"
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
            "Facility no, Reference number, Reference no, Site number, Nr, Nummer, Номер, Number, "
            "Referansenr",
            values.text(32),
            example="7",
        ),
        Column(
            "name",
            LABELS["name"],
            "Anläggning, Anläggningsnamn, Benämning, Namn, Objekt, Anlegg, Anleggsnavn, Navn, "
            "Об'єкт, Назва об'єкта, Назва, Facility, Facility name, Site, Site name, Name, "
            "Ім'я",
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
            "Tillträde, Portkod, Nyckel, Adgang, Nøkkel, Доступ, Як потрапити, Access, How to get in, Door code, "
            "Hur man kommer in, Hvordan komme inn, Як потрапити всередину",
            values.long_text(4000),
        ),
    )

    @classmethod
    def unmapped(cls, mapping: dict[str, str]) -> list[Column]:
        """Besides the customer, a number or a name: one of them is enough."""
        name = [column for column in cls.columns if column.field == "name"]
        return super().unmapped(mapping) + ([] if mapping.get("number") or mapping.get("name") else name)

    @staticmethod
    def alike(sure: str | None) -> str:
        return sure or ""

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        self.customers = customers_numbered(row.values["customer"] for row in rows)
        ids = [customer["id"] for customer in self.customers.values()]
        query = Facility.select(*READ).where(Facility.customer.in_(ids)).order_by(Facility.id)
        if on_postgres() and not dry:
            query = query.for_update()
        found: Any = query.dicts() if ids else ()
        self.keep_found(found)

    def judge_new(self, row: Row) -> None:
        if row.customer["inactive_at"]:
            row.blame(self.headings["customer"], row.values["customer"], "customer_inactive")
        super().judge_new(row)

    def usual(self) -> dict[str, Any]:
        return {**BLANK, "created_at": now()}

    def fresh(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [{**row.values, "customer": row.customer["id"], "store": row.customer["store"]} for row in rows]

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        draft: Any = Draft(usual, record, {"customer": Draft(row.customer)})
        record["search_text"] = fold(*Facility.searched_by(draft))
        record["sort_name"] = sort_key(draft.name, row.customer["language"])
        return draft


FIELDS = [column.field for column in Facilities.columns]
READ = [getattr(Facility, name) for name in ("id", "version", "store", *FIELDS)]
BLANK = {**dict.fromkeys(FIELDS, ""), **Facility._meta.get_default_dict()}
