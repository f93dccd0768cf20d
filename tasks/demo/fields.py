"""What the demo company wants to know beyond the usual: custom fields, and what stands in them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from models.base import Record
from models.custom_field import CustomField, CustomValue, FieldKind, Owner
from models.customer import Customer, CustomerKind
from models.facility import Facility
from models.organisation import Organisation
from models.service_object import ServiceObject
from tasks.demo.book import Book
from tasks.demo.people import Company
from tasks.demo.units import CHARGED

CLEANING = "Städning"
REFRIGERANTS = ("R290", "R744", "R32", "R410A", "R404A")
CHAINS = ("Norrlivs", "Fjällhandel", "Bygdens butiker")
KEY_BOX = {
    "label": "Kod till nyckelskåp",
    "labels": {"en": "Key box code", "nb": "Kode til nøkkelskap", "uk": "Код сейфа для ключів"},
    "help": "Syns aldrig i kundportalen; teknikern ser den på väg dit.",
    "hidden": True,
}
REFRIGERANT = {
    "label": "Köldmedium",
    "labels": {"en": "Refrigerant", "nb": "Kuldemedium", "uk": "Холодоагент"},
    "kind": FieldKind.CHOICE,
    "choices": list(REFRIGERANTS),
    "help": "Som på aggregatets skylt.",
    "in_list": True,
}
AUDIT = {
    "label": "Nästa revision",
    "labels": {"en": "Next audit", "nb": "Neste revisjon", "uk": "Наступний аудит"},
    "kind": FieldKind.DATE,
    "in_list": True,
}
CHARGE = {
    "label": "Fyllnadsmängd",
    "labels": {"en": "Refrigerant charge", "nb": "Fyllmengde", "uk": "Маса холодоагенту"},
    "kind": FieldKind.NUMBER,
    "unit": "kg",
    "decimals": 1,
}
CHAIN = {
    "label": "Kedja",
    "labels": {"en": "Chain", "nb": "Kjede", "uk": "Мережа"},
    "kind": FieldKind.SUGGESTION,
    "choices": list(CHAINS),
}


def add_fields(book: Book, company: Company, at: datetime) -> None:
    """Told by the records' own numbers, so that the rest of the invention stays as it is."""
    book.all(Organisation)[0].fields_mark = "demo"
    chain, audit = (field(book, company, Owner.CUSTOMER, facts, at) for facts in (CHAIN, AUDIT))
    refrigerant, key_box = (field(book, company, Owner.FACILITY, facts, at) for facts in (REFRIGERANT, KEY_BOX))
    charge = field(book, company, Owner.SERVICE_OBJECT, CHARGE, at)
    for unit in book.all(ServiceObject):
        if unit.number.startswith(CHARGED):
            put(book, charge, unit, Decimal(unit.id * 13 % 90 + 12) / 10)
    for customer in book.all(Customer):
        if customer.kind is CustomerKind.BUSINESS:
            audit_day = (book.moment + timedelta(days=customer.id * 7 % 400 - 20)).date()
            put(book, audit, customer, audit_day if customer.id % 3 else None)
            put(book, chain, customer, CHAINS[customer.id % len(CHAINS)] if customer.id % 5 == 2 else None)
    for facility in book.all(Facility):
        if facility.category != CLEANING:
            put(book, refrigerant, facility, REFRIGERANTS[facility.id * 7 % len(REFRIGERANTS)])
        put(book, key_box, facility, f"{facility.id * 7919 % 9000 + 1000}" if facility.id % 2 else None)


def field(book: Book, company: Company, owner: Owner, facts: dict[str, Any], at: datetime) -> CustomField:
    place = len([known for known in book.all(CustomField) if known.owner is owner]) + 1
    made = book.keep(CustomField(owner=owner, position=place, created_at=at, **facts))
    book.tell(at, "custom_field.created", company.staff["annika"], made)
    return made


def put(book: Book, one: CustomField, record: Record, value: Any) -> None:
    if value is not None:
        kept = {"value": one.written(value), "sort": one.key(value)}
        book.keep(CustomValue(field=one, record_id=record.id, **kept))
