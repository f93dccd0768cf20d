"""The lists of the house, each declared once: its columns, filters and orders. Screens and exports are drawn
from these."""

from dataclasses import replace
from datetime import date
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.base import on_postgres
from models.contact import Contact
from models.customer import Customer, CustomerAssignment, CustomerKind
from models.customer_columns import MORE_COLUMNS, MORE_FILTERS
from models.discount_letter import DiscountLetter
from models.facility import Facility
from models.fault_report import FaultReport, Priority, ReportAssignment, ReportStatus, Source
from models.list_parts import (
    ALL,
    Lazily,
    activity,
    activity_filter,
    choices,
    names_of,
    order_status_filter,
    person_filter,
    status_filter,
    store_filter,
)
from models.listing import Column, Filter, Listing, record_filter, text_filter
from models.message import TO_BE_SENT, UNSENT, Channel, Message, MessageState
from models.order import OPEN, Order, OrderAssignment, OrderKind
from models.permission_template import PermissionTemplate
from models.protocol import Protocol
from models.rights import Role
from models.service_object import ServiceObject
from models.user import User
from models.user_group import UserGroup


def _first_contact(column) -> Any:
    return Contact.select(column).where(Contact.customer == Customer.id).order_by(Contact.id).limit(1)


def _open_orders() -> Any:
    return Order.select(fn.COUNT(Order.id)).where((Order.customer == Customer.id) & Order.status.in_(OPEN))


def _customer_columns() -> tuple[Column, ...]:
    labels = Customer.LABELS
    responsible = names_of(CustomerAssignment, CustomerAssignment.customer, Customer.id)
    return (
        Column("number", _l("No."), Customer.number),
        Column("name", labels["name"], Customer.name, sort=Customer.sort_name, wide=True),
        Column("town", labels["town"], Customer.town),
        Column(
            "contact",
            _l("Contact"),
            _first_contact(Contact.name),
            sort=fn.COALESCE(_first_contact(Contact.name), ""),
        ),
        Column("phone", labels["phone"], Customer.phone),
        Column("email", labels["email"], Customer.email, default=False),
        Column("responsible", labels["responsible"], responsible, sort=fn.COALESCE(responsible, ""), less_needed=True),
        Column(
            "open_orders",
            _l("Open orders"),
            _open_orders(),
            sort=fn.COALESCE(_open_orders(), 0),
            numeric=True,
            less_needed=True,
            kind=int,
        ),
        Column("org_number", labels["org_number"], Customer.org_number, default=False),
        Column("kind", labels["kind"], Customer.kind, default=False),
        Column("address", labels["address"], Customer.address, default=False),
        Column("postcode", labels["postcode"], Customer.postcode, default=False),
        Column("language", labels["language"], Customer.language, default=False),
        *MORE_COLUMNS,
        Column("created_at", _l("Added"), Customer.created_at, default=False),
        Column("status", labels["status"], activity(Customer)),
    )


@Lazily
def customers() -> Listing:
    labels = Customer.LABELS
    return Listing(
        "customers",
        Customer,
        sort="name",
        source=lambda user: Customer.visible_to(user),
        joined=lambda: Customer.select(),
        columns=_customer_columns(),
        filters=(
            activity_filter(Customer),
            store_filter(Customer),
            Filter("kind", labels["kind"], lambda value: Customer.kind == CustomerKind(value), choices(CustomerKind)),
            text_filter("town", labels["town"], Customer.town),
            person_filter(
                "responsible", labels["responsible"], Customer.id, CustomerAssignment, CustomerAssignment.customer
            ),
            *MORE_FILTERS,
            record_filter(
                "discount_letter", Customer.LABELS["discount_letter"], Customer.discount_letter, DiscountLetter
            ),
        ),
        hidden=lambda user: Customer.inactive_at.is_null(),
        hidden_unless="status",
    )


@Lazily
def facilities() -> Listing:
    labels = Facility.LABELS
    return Listing(
        "facilities",
        Facility,
        sort="name",
        source=lambda user: Facility.visible_to(user),
        joined=lambda: Facility.select().join(Customer),
        keep=(Customer.id.alias("customer_id"),),
        columns=(
            Column("number", labels["number"], Facility.number),
            Column("name", labels["name"], Facility.name, sort=Facility.sort_name, wide=True),
            Column("customer", labels["customer"], Customer.name, sort=Customer.sort_name),
            Column("address", labels["address"], Facility.address, less_needed=True),
            Column("town", labels["town"], Facility.town),
            Column("category", labels["category"], Facility.category),
            Column("cost_centre", labels["cost_centre"], Facility.cost_centre, default=False),
            Column("status", labels["status"], activity(Facility)),
        ),
        filters=(
            activity_filter(Facility),
            store_filter(Facility),
            text_filter("town", labels["town"], Facility.town),
            text_filter("category", labels["category"], Facility.category),
            record_filter("customer", labels["customer"], Facility.customer, Customer),
        ),
        hidden=lambda user: Facility.inactive_at.is_null(),
        hidden_unless="status",
    )


def _object_column(noun: Any) -> Column:
    """The number and name of the service object that it is about."""
    words = ServiceObject.number.concat(" ").concat(ServiceObject.name)
    named = ServiceObject.select(words).where(ServiceObject.id == noun.service_object)
    return Column("service_object", noun.LABELS["service_object"], named, sortable=False, default=False)


def _about_object() -> Filter:
    """Protocols of orders that name the object."""
    named = record_filter("service_object", Order.LABELS["service_object"], Order.service_object, ServiceObject)
    return replace(named, where=lambda value: Protocol.order.in_(Order.select(Order.id).where(named.where(value))))


def _reports_joined() -> "peewee.ModelSelect[Any]":
    """A report may stand without a customer or a facility yet."""
    left, at = peewee.JOIN.LEFT_OUTER, FaultReport.facility == Facility.id
    return FaultReport.select().join(Customer, left).switch(FaultReport).join(Facility, left, on=at)


@Lazily
def fault_reports() -> Listing:
    labels = FaultReport.LABELS
    return Listing(
        "fault_reports",
        FaultReport,
        sort="reported_at",
        descending=True,
        source=lambda user: FaultReport.visible_to(user),
        joined=_reports_joined,
        columns=(
            Column("number", labels["number"], FaultReport.number),
            Column("heading", labels["heading"], FaultReport.heading, sortable=False, wide=True),
            Column("customer", labels["customer"], Customer.name, sortable=False),
            Column("facility", labels["facility"], Facility.name, sortable=False, less_needed=True),
            _object_column(FaultReport),
            Column("priority", labels["priority"], FaultReport.priority),
            Column("source", labels["source"], FaultReport.source, less_needed=True),
            Column("contact_name", labels["contact_name"], FaultReport.contact_name, default=False),
            Column("place", labels["place"], FaultReport.place, default=False, sortable=False),
            Column(
                "assigned",
                Order.LABELS["assigned"],
                names_of(ReportAssignment, ReportAssignment.report, FaultReport.id),
                sortable=False,
                less_needed=True,
            ),
            Column("reported_at", labels["reported_at"], FaultReport.reported_at, numeric=True),
            Column("status", labels["status"], FaultReport.status),
        ),
        filters=(
            status_filter(FaultReport, ReportStatus, FaultReport.status),
            store_filter(FaultReport),
            Filter(
                "priority", labels["priority"], lambda value: FaultReport.priority == Priority(value), choices(Priority)
            ),
            Filter("source", labels["source"], lambda value: FaultReport.source == Source(value), choices(Source)),
            person_filter(
                "assigned", Order.LABELS["assigned"], FaultReport.id, ReportAssignment, ReportAssignment.report
            ),
            record_filter("customer", labels["customer"], FaultReport.customer, Customer),
            record_filter("facility", labels["facility"], FaultReport.facility, Facility),
            record_filter("service_object", labels["service_object"], FaultReport.service_object, ServiceObject),
        ),
        hidden=lambda user: FaultReport.status == ReportStatus.WAITING,
        hidden_unless="status",
    )


@Lazily
def orders() -> Listing:
    labels = Order.LABELS
    undated = "9999-12-31"
    return Listing(
        "orders",
        Order,
        sort="created_at",
        descending=True,
        source=lambda user: Order.visible_to(user),
        joined=lambda: Order.select().join(Customer).switch(Order).join(Facility),
        columns=(
            Column("number", _l("No."), Order.number),
            Column("heading", labels["heading"], Order.heading, sortable=False, wide=True),
            Column("customer", labels["customer"], Customer.name, sort=Customer.sort_name),
            Column("facility", labels["facility"], Facility.name, sort=Facility.sort_name, less_needed=True),
            _object_column(Order),
            Column(
                "assigned",
                labels["assigned"],
                names_of(OrderAssignment, OrderAssignment.order, Order.id),
                sortable=False,
            ),
            Column(
                "planned_on",
                labels["planned_on"],
                Order.planned_on,
                sort=fn.COALESCE(Order.planned_on, peewee.SQL(f"DATE '{undated}'") if on_postgres() else undated),
                numeric=True,
                kind=date,
            ),
            Column("kind", labels["kind"], Order.kind, default=False),
            Column("priority", labels["priority"], Order.priority, default=False),
            Column("created_at", labels["created_at"], Order.created_at, numeric=True, less_needed=True),
            Column("status", labels["status"], Order.status),
        ),
        filters=(
            order_status_filter(),
            Filter("late", _l("Late"), lambda value: Order.overdue(), is_bool=True),
            store_filter(Order),
            Filter("kind", labels["kind"], lambda value: Order.kind == OrderKind(value), choices(OrderKind)),
            person_filter("assigned", labels["assigned"], Order.id, OrderAssignment, OrderAssignment.order),
            record_filter("customer", labels["customer"], Order.customer, Customer),
            record_filter("facility", labels["facility"], Order.facility, Facility),
            record_filter("service_object", labels["service_object"], Order.service_object, ServiceObject),
        ),
        hidden=lambda user: Order.status.in_(OPEN),
        hidden_unless="status",
    )


def message_state_filter() -> Filter:
    """One state, all that need a look, or all that are still to go."""
    groups = {ALL: None, "unsent": Message.state.in_(UNSENT), "waiting": Message.state.in_(TO_BE_SENT)}
    conditions = {**groups, **{state.value: Message.state == state for state in MessageState}}
    more = (("unsent", _l("Not sent or held")), ("waiting", _l("Still to go")), (ALL, _l("All")))
    return Filter("status", Message.LABELS["state"], conditions.__getitem__, choices(MessageState, *more))


@Lazily
def messages() -> Listing:
    labels = Message.LABELS
    return Listing(
        "messages",
        Message,
        sort="created_at",
        descending=True,
        source=lambda user: Message.visible_to(user),
        joined=lambda: Message.select().join(Customer, peewee.JOIN.LEFT_OUTER),
        keep=(
            Message.next_try_at,
            Message.address.alias("to_address"),
            Message.state.alias("now"),
            Customer.id.alias("customer_id"),
        ),
        columns=(
            Column("name", labels["name"], Message.name, sortable=False, wide=True),
            Column("address", labels["address"], Message.address, sortable=False, default=False),
            Column("verb", labels["verb"], Message.verb, sortable=False),
            Column("customer", _l("Customer"), Customer.name, sortable=False, less_needed=True),
            Column("channel", labels["channel"], Message.channel, sortable=False),
            Column("created_at", labels["created_at"], Message.created_at, sort=Message.id, numeric=True),
            Column("state", labels["state"], Message.state, sortable=False),
            Column("reason", labels["reason"], Message.reason, sortable=False, wide=True),
        ),
        filters=(
            message_state_filter(),
            Filter("channel", labels["channel"], lambda value: Message.channel == Channel(value), choices(Channel)),
            record_filter("customer", _l("Customer"), Message.customer, Customer),
        ),
        search=lambda text: Message.name.contains(text.strip()) | Message.address.contains(text.strip()),
    )


@Lazily
def protocols() -> Listing:
    labels = Protocol.LABELS
    return Listing(
        "protocols",
        Protocol,
        sort="signed_at",
        descending=True,
        source=lambda user: Protocol.visible_to(user),
        joined=lambda: Protocol.select().join(Order).switch(Protocol).join(Customer).switch(Protocol).join(Facility),
        keep=(Order.id.alias("order_id"),),
        columns=(
            Column("number", labels["number"], Protocol.number, sort=Protocol.id),
            Column("heading", Order.LABELS["heading"], Order.heading, sortable=False, wide=True),
            Column("customer", labels["customer"], Customer.name, sort=Customer.sort_name),
            Column("facility", labels["facility"], Facility.name, sort=Facility.sort_name, less_needed=True),
            Column("remarks", labels["remarks"], Protocol.remarks, numeric=True),
            Column("signed_at", labels["signed_at"], Protocol.signed_at, numeric=True),
            Column("status", labels["status"], Protocol.status),
        ),
        filters=(
            store_filter(Protocol),
            record_filter("customer", labels["customer"], Protocol.customer, Customer),
            record_filter("facility", labels["facility"], Protocol.facility, Facility),
            _about_object(),
        ),
        search=lambda text: (
            Protocol.number.startswith(text.strip())
            | Protocol.order.in_(Order.select(Order.id).where(Order.matches(text)))
        ),
    )


def _user_group() -> Any:
    return UserGroup.select(UserGroup.name).where(UserGroup.id == User.group)


def _user_groups(user: User) -> list[tuple[str, str]]:
    return [(str(group.id), group.name) for group in UserGroup.in_order()]


def _templates(user: User) -> list[tuple[str, str]]:
    return [(str(template.id), template.name) for template in PermissionTemplate.in_order()]


@Lazily
def staff() -> Listing:
    labels = User.LABELS
    return Listing(
        "staff",
        User,
        sort="name",
        source=lambda user: User.visible_to(user),
        joined=lambda: User.select(),
        columns=(
            Column("name", labels["name"], User.name, wide=True),
            Column("login", labels["login"], User.login),
            Column("role", labels["role"], User.role),
            Column("group", labels["group"], _user_group(), sort=fn.COALESCE(_user_group(), "")),
            Column("email", labels["email"], User.email, less_needed=True),
            Column("phone", labels["phone"], User.phone, sortable=False, less_needed=True),
            Column("last_login_at", _l("Last login"), User.last_login_at, sortable=False, numeric=True),
            Column("inactive_at", Customer.LABELS["status"], User.inactive_at, sortable=False),
        ),
        filters=(
            activity_filter(User),
            Filter(
                "role",
                labels["role"],
                lambda value: User.role == Role(value),
                lambda user: [(role.value, role.label) for role in Role.of_staff()],
            ),
            Filter("group", labels["group"], lambda value: User.group == int(value), _user_groups),
            Filter("template", labels["template"], lambda value: User.template == int(value), _templates),
        ),
        hidden=lambda user: User.inactive_at.is_null(),
        hidden_unless="status",
    )
