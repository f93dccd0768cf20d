"""All that is known about a person, section by section: the file they get carries the keys, the paper the labels.

The keys are the documented shape `kundbok.person/1` (the help page tells them); they stay when a label changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Record
from models.consent_log import consents_of
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport
from models.file import File
from models.lifecycle import Noun
from models.message import Message
from models.order import Order
from models.person import Person, any_of
from models.protocol import Protocol
from models.service_object import ServiceObject
from models.user import User

SHAPE = "kundbok.person/1"
HOUSE_FIELDS = {"inactive_by", "sms_consent_by", "our_reference", "store"}
CONTACT = ("name", "function", "customer", "facility", "phone", "mobile", "email", "language")
REACHED = ("send_protocol", "send_order", "wants_news", "sms_news", "sms_protocol", "sms_order")


@dataclass(frozen=True)
class Section:
    """`columns` are the keys with their labels; `as_facts`: a paper shows each row as a list, not as a table line."""

    code: str
    title: Any
    columns: dict[str, Any]
    rows: list[dict[str, Any]]
    as_facts: bool = False


def sections_of(person: Person) -> list[Section]:
    """In the order a reader looks for them; empty ones are left out."""
    return [section for section in (build(person) for build in SECTIONS) if section.rows]


def _row(record: Record, names: Any) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in names}


def _plain(value: Any) -> Any:
    """A related record by what it is called."""
    return value.title if isinstance(value, Record) else value


def _labelled(noun: type[Noun], names: Any, **more: Any) -> dict[str, Any]:
    return {name: noun.label_of(name) for name in names} | more


def _customers(person: Person) -> Section:
    names = [name for name in Customer.LABELS if name in Customer._meta.fields and name not in HOUSE_FIELDS]
    own = {one.name: one.spoken for one in Customer.every_custom_field()}
    rows = [_row(customer, [*names, *own]) for customer in person.private]
    return Section("customers", _l("As our customer"), _labelled(Customer, names) | own, rows, as_facts=True)


def _contacts(person: Person) -> Section:
    names = [*CONTACT, *REACHED]
    rows = [_row(contact, names) for contact in person.contacts]
    labels = _labelled(Contact, names, customer=_l("Customer"))
    return Section("contacts", _l("As a contact"), labels, rows, as_facts=True)


def _facilities(person: Person) -> Section:
    names = ("number", "name", "address", "postcode", "town", "access")
    rows = [_row(facility, names) for customer in person.private for facility in customer.facilities]
    return Section("facilities", _l("Facilities"), _labelled(Facility, names), rows, as_facts=True)


def _service_objects(person: Person) -> Section:
    names = ("number", "name", "maker", "model", "serial_number", "place", "note")
    rows = [_row(unit, names) for customer in person.private for unit in customer.service_objects]
    return Section("service_objects", _l("Service objects"), _labelled(ServiceObject, names), rows, as_facts=True)


def _accounts(person: Person) -> Section:
    names = ("name", "login", "role", "email", "phone", "language", "by_email", "in_app")
    dates = {"created_at": _l("Account made"), "last_login_at": _l("Last login"), "inactive_at": _l("Switched off")}
    rows = [_row(user, [*names, *dates]) for user in person.users]
    return Section("accounts", _l("Login"), _labelled(User, names) | dates, rows, as_facts=True)


def _consents(person: Person) -> Section:
    given = [consent for record in (*person.contacts, *person.private) for consent in consents_of(record)]
    rows = [
        {"at": one.at, "what": one.what, "given": one.given, "source": one.source, "noted_by": one.by} for one in given
    ]
    labels = {
        "at": _l("Date"),
        "what": _l("For"),
        "given": _l("Given"),
        "source": _l("How"),
        "noted_by": _l("Noted by"),
    }
    return Section("consents", _l("Consents"), labels, rows)


def _logins(person: Person) -> Section:
    labels = {"at": _l("When"), "outcome": _l("Outcome"), "address": _l("Address"), "device": _l("Device")}
    return Section("logins", _l("Logins"), labels, [_row(line, labels) for line in person.logins()])


def _messages(person: Person) -> Section:
    labels = {
        "created_at": _l("When"),
        "channel": Message.LABELS["channel"],
        "address": Message.LABELS["address"],
        "subject": Message.LABELS["subject"],
        "state": Message.LABELS["state"],
    }
    return Section("messages", _l("Messages to you"), labels, [_row(message, labels) for message in person.messages()])


def _reports(person: Person) -> Section:
    names = ("number", "heading", "description", "place", "contact_name", "contact_phone", "contact_email", "status")
    labels = _labelled(FaultReport, names) | {"reported_at": FaultReport.LABELS["reported_at"]}
    return Section("fault_reports", _l("Fault reports"), labels, [_row(one, labels) for one in person.reports()], True)


def _orders(person: Person) -> Section:
    names = ("number", "heading", "description", "contact_name", "contact_phone", "status", "performed_action")
    labels = _labelled(Order, names) | {"created_at": Order.LABELS["created_at"]}
    return Section("orders", _l("Orders"), labels, [_row(order, labels) for order in person.orders()], as_facts=True)


def _protocols(person: Person) -> Section:
    labels = _labelled(Protocol, ("number", "facility", "signed_at"))
    return Section("protocols", _l("Protocols"), labels, [_row(protocol, labels) for protocol in person.protocols()])


def _signatures(person: Person) -> Section:
    labels = {"at": _l("When"), "name": _l("Name"), "signer": _l("As"), "order": _l("Order")}
    return Section("signatures", _l("Signatures"), labels, [_row(one, labels) for one in person.signatures()])


def _files(person: Person) -> Section:
    labels = {"uploaded_at": _l("When"), "name": _l("File"), "kind": _l("Kind"), "size": _l("Bytes")}
    files: list[File] = list(person.files())
    return Section("files", _l("Photos and other files"), labels, [_row(file, labels) for file in files])


def _comments(person: Person) -> Section:
    written = Event.select().where((Event.verb == "comment.written") & Event.actor.in_(person.user_ids))
    labels = {"at": _l("When"), "about": _l("About"), "text": _l("Comment")}
    rows = [{"at": one.at, "about": one.what, "text": one.data.get("text", "")} for one in written.order_by(Event.id)]
    return Section("comments", _l("Comments you wrote"), labels, rows)


def _changes(person: Person) -> Section:
    """What was done to the person's own records, and every value that was changed."""
    records: list[Any] = [*person.records, *person.contacts, *person.users]
    about = any_of(*((Event.noun == one.noun) & (Event.record_id == one.id) for one in records))
    rows = [
        {"at": event.at, "what": event.verb, "about": event.what, "by": event.actor_name, "changes": event.changes}
        for event in Event.select().where(about).order_by(Event.id)
    ]
    labels = {"at": _l("When"), "what": _l("Event"), "about": _l("About"), "by": _l("By"), "changes": _l("Changes")}
    return Section("changes", _l("Changes to what we know of you"), labels, rows)


SECTIONS: tuple[Callable[[Person], Section], ...] = (
    _contacts,
    _customers,
    _facilities,
    _service_objects,
    _accounts,
    _consents,
    _logins,
    _messages,
    _reports,
    _orders,
    _protocols,
    _signatures,
    _files,
    _comments,
    _changes,
)
