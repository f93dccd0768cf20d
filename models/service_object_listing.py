"""The list of service objects, wherever they stand."""

from dataclasses import replace
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.customer import Customer
from models.facility import Facility
from models.list_parts import Lazily, activity, activity_filter, choices, store_filter
from models.listing import Column, Filter, Listing, record_filter, text_filter
from models.service_object import ObjectStatus, ServiceObject


def _columns() -> tuple[Column, ...]:
    labels = ServiceObject.LABELS
    return (
        Column("number", labels["number"], ServiceObject.number),
        Column("name", labels["name"], ServiceObject.name, sort=ServiceObject.sort_name, wide=True),
        Column("category", labels["category"], ServiceObject.category),
        Column("customer", labels["customer"], Customer.name, sort=Customer.sort_name),
        Column("customer_number", _l("Customer number"), Customer.number, default=False),
        Column("facility", labels["facility"], Facility.name, sort=Facility.sort_name, less_needed=True),
        Column("town", Facility.LABELS["town"], Facility.town, default=False),
        Column("place", labels["place"], ServiceObject.place, default=False),
        Column("maker", labels["maker"], ServiceObject.maker, less_needed=True),
        Column("model", labels["model"], ServiceObject.model, less_needed=True),
        Column("serial_number", labels["serial_number"], ServiceObject.serial_number, default=False),
        Column(
            "year", labels["year"], ServiceObject.year, sort=fn.COALESCE(ServiceObject.year, 0), numeric=True, kind=int
        ),
        Column("note", labels["note"], ServiceObject.note, sortable=False, default=False),
        Column("condition", labels["status"], ServiceObject.status),
        Column("status", _l("In the register"), activity(ServiceObject), default=False),
    )


def _of_year(value: str) -> Any:
    is_year = value.isascii() and value.isdigit() and len(value) == 4
    return ServiceObject.year == int(value) if is_year else peewee.SQL("1=0")


def _in_town(value: str) -> Any:
    return ServiceObject.facility.in_(Facility.select(Facility.id).where(Facility.town.startswith(value)))


@Lazily
def service_objects() -> Listing:
    labels = ServiceObject.LABELS
    return Listing(
        "service_objects",
        ServiceObject,
        sort="name",
        source=lambda user: ServiceObject.visible_to(user),
        joined=lambda: ServiceObject.select().join(Facility).switch(ServiceObject).join(Customer),
        keep=(Customer.id.alias("customer_id"), Facility.id.alias("facility_id")),
        columns=_columns(),
        filters=(
            Filter(
                "condition",
                labels["status"],
                lambda value: ServiceObject.status == ObjectStatus(value),
                choices(ObjectStatus),
            ),
            replace(activity_filter(ServiceObject), label=_l("In the register")),
            store_filter(ServiceObject),
            text_filter("category", labels["category"], ServiceObject.category),
            Filter("town", Facility.LABELS["town"], _in_town),
            Filter("year", labels["year"], _of_year),
            record_filter("customer", labels["customer"], ServiceObject.customer, Customer),
            record_filter("facility", labels["facility"], ServiceObject.facility, Facility),
            record_filter("parent", labels["parent"], ServiceObject.parent, ServiceObject),
        ),
        hidden=lambda user: ServiceObject.inactive_at.is_null(),
        hidden_unless="status",
    )
