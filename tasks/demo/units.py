"""The demo's service objects: what stands at its facilities, with makers that do not exist."""

from datetime import datetime
from typing import NamedTuple

from models.facility import Facility
from models.service_object import ObjectStatus, ServiceObject
from tasks.demo.book import Book
from tasks.demo.people import Company


class Kind(NamedTuple):
    """A sort of object: how its numbers begin, what it is called, who makes it, which models, where it stands."""

    prefix: str
    name: str
    category: str
    maker: str
    models: tuple[str, ...]
    places: tuple[str, ...]


HEAT_PUMP = Kind(
    "VP",
    "Värmepump",
    "Värmepumpar",
    "Fjällterm",
    ("Berg 8", "Berg 12", "Luft 16"),
    ("Källaren", "Gaveln"),
)
PUMP = Kind("CP", "Cirkulationspump", "Pumpar", "Norrflöde", ("25-60", "32-80", "40-120"), ("Pannrummet", "Källaren"))
BOILER = Kind("PA", "Pelletspanna", "Pannor", "Bruksvärme", ("P40", "P80", "P150"), ("Pannrummet", "Annexet"))
SUBSTATION = Kind("FC", "Fjärrvärmecentral", "Fjärrvärme", "Bruksvärme", ("Duo 60", "Duo 120"), ("Undercentralen",))
UNIT = Kind("LA", "Luftaggregat", "Ventilation", "Polarluft", ("RX 30", "RX 45", "Topp 60"), ("Fläktrummet", "Taket"))
SUPPLY = Kind("FL", "Tilluftsfläkt", "Ventilation", "Polarluft", ("K 250", "K 315"), ("I aggregatet",))
EXHAUST = Kind("FL", "Frånluftsfläkt", "Ventilation", "Polarluft", ("K 250", "K 315"), ("I aggregatet",))
COLD_STORE = Kind("KR", "Kylrum", "Kyla", "Isvik", ("Rum 12", "Rum 20"), ("Bakom köket", "Lagret", "Varumottagningen"))
FREEZER = Kind("FR", "Frysrum", "Kyla", "Isvik", ("Frost 10", "Frost 18"), ("Lagret", "Varumottagningen"))

STANDING_THERE = {
    "Värmepump": (HEAT_PUMP, PUMP),
    "Fjärrvärme": (SUBSTATION, PUMP, PUMP),
    "Ventilation": (UNIT,),
    "Panna": (BOILER, PUMP),
}
PARTS = {UNIT: (SUPPLY, EXHAUST)}
KEEP_FOOD = ("Hotell", "Konditori", "Livs", "Bageri", "Fisk", "Handel", "Restaurang", "Bistro", "Grossist", "Café")
CHARGED = ("VP", "KR", "FR")  # those with a refrigerant in them


def add_units(book: Book, company: Company, at: datetime) -> None:
    """Told by the facilities' own ids, so that the rest of the invention stays as it is."""
    for facility in book.all(Facility):
        kinds = STANDING_THERE.get(facility.category, ())
        if kinds and any(word in facility.customer.name for word in KEEP_FOOD):
            kinds = (*kinds, COLD_STORE, FREEZER)
        units = [unit for kind in kinds for unit in add_with_parts(book, facility, kind, at)]
        company.units[facility.id] = [unit for unit in units if unit.is_active and not unit.is_scrapped]


def add_with_parts(book: Book, facility: Facility, kind: Kind, at: datetime) -> list[ServiceObject]:
    whole = add_unit(book, facility, kind, at)
    return [whole, *(add_unit(book, facility, part, at, parent=whole) for part in PARTS.get(kind, ()))]


def add_unit(
    book: Book, facility: Facility, kind: Kind, at: datetime, parent: ServiceObject | None = None
) -> ServiceObject:
    serial = len(book.all(ServiceObject)) + 1
    number = 1 + sum(unit.number.startswith(kind.prefix) for unit in book.all(ServiceObject))
    year = 2004 + serial * 7 % 21
    unit = ServiceObject(
        number=f"{kind.prefix}-{number:04}",
        name=kind.name,
        category=kind.category,
        maker=kind.maker,
        model=kind.models[serial % len(kind.models)],
        serial_number=f"{kind.maker[:2].upper()}{year % 100:02}{serial * 7919 % 90_000 + 10_000}",
        year=year if serial % 13 else None,
        customer=facility.customer,
        facility=facility,
        store=facility.store,
        place=kind.places[serial % len(kind.places)],
        parent=parent,
        created_at=at,
    )
    age(unit, serial, at)
    return book.keep(unit)


def age(unit: ServiceObject, serial: int, at: datetime) -> None:
    """Most are in use; a few stand still or wait in reserve, some were scrapped and taken out of the register."""
    if serial % 29 == 11:
        unit.status, unit.note = ObjectStatus.STANDING, "Avställd i väntan på reservdel."
    elif serial % 47 == 20:
        unit.status = ObjectStatus.RESERVE
    elif serial % 41 == 30:
        unit.status, unit.inactive_at = ObjectStatus.SCRAPPED, at
