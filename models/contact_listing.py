"""The list of all contacts, as far as the reader sees their customers."""

from dataclasses import replace
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Language
from models.contact import Contact
from models.customer import Customer
from models.facility import Facility
from models.list_parts import Lazily, activity_filter, choices, store_filter
from models.listing import Column, Filter, Listing, record_filter, text_filter

TICKS = ("send_protocol", "send_order", "wants_news", "sms_news", "sms_protocol", "sms_order")


def _tick(name: str) -> Filter:
    return Filter(name, Contact.LABELS[name], lambda value: getattr(Contact, name), is_bool=True)


def _whose_customer(condition: Any) -> Any:
    return Contact.customer.in_(Customer.select(Customer.id).where(condition))


def _by_customer(part: Filter) -> Filter:
    """A filter of customers, for their contacts."""

    def where(value: str) -> Any:
        condition = part.where(value)
        return None if condition is None else _whose_customer(condition)

    return replace(part, where=where)


def _columns() -> tuple[Column, ...]:
    labels = Contact.LABELS
    ticks = [
        Column(name, labels[name], getattr(Contact, name), sortable=False, default=name.startswith("send_"))
        for name in TICKS
    ]
    return (
        Column("name", labels["name"], Contact.name, sort=Contact.sort_name, wide=True),
        Column("function", labels["function"], Contact.function),
        Column("customer", _l("Customer"), Customer.name, sort=Customer.sort_name),
        Column("customer_number", _l("Customer number"), Customer.number, default=False),
        Column("facility", labels["facility"], Facility.name, sortable=False, default=False),
        Column("phone", labels["phone"], Contact.phone),
        Column("mobile", labels["mobile"], Contact.mobile),
        Column("email", labels["email"], Contact.email),
        Column("language", labels["language"], Contact.language, sortable=False, default=False),
        *ticks,
        Column(
            "sms_consent_source",
            labels["sms_consent_source"],
            Contact.sms_consent_source,
            sortable=False,
            default=False,
        ),
        Column("sms_consent_on", labels["sms_consent_on"], Contact.sms_consent_on, sortable=False, default=False),
    )


@Lazily
def contacts() -> Listing:
    labels = Contact.LABELS
    consented = {"1": Contact.sms_consent_source.is_null(False), "0": Contact.sms_consent_source.is_null()}
    return Listing(
        "contacts",
        Contact,
        sort="name",
        source=lambda user: Contact.visible_to(user),
        joined=lambda: Contact.select().join(Customer).switch(Contact).join(Facility, peewee.JOIN.LEFT_OUTER),
        keep=(Customer.id.alias("customer_id"), Facility.id.alias("facility_id")),
        columns=_columns(),
        filters=(
            _by_customer(activity_filter(Customer)),
            _by_customer(store_filter(Customer)),
            text_filter("function", labels["function"], Contact.function),
            Filter(
                "language", labels["language"], lambda value: Contact.language == Language(value), choices(Language)
            ),
            Filter(
                "consent",
                labels["sms_consent_source"],
                consented.__getitem__,
                lambda user: [("1", _l("Yes")), ("0", _l("No"))],
            ),
            *(_tick(name) for name in TICKS),
            record_filter("customer", _l("Customer"), Contact.customer, Customer),
            record_filter("facility", labels["facility"], Contact.facility, Facility),
        ),
        hidden=lambda user: _whose_customer(Customer.inactive_at.is_null()),
        hidden_unless="status",
    )
