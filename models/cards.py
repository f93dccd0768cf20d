"""What stands beside the timeline on a customer's, a facility's and a service object's card: the first of each
kind, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import peewee

from models.auto_article import AutoArticle
from models.base import alone
from models.contact import Contact
from models.customer import Customer
from models.day import late
from models.facility import Facility
from models.fault_report import FaultReport
from models.message import TO_BE_SENT, Message
from models.order import OPEN, Order
from models.portal import PortalAccount
from models.protocol import Protocol
from models.quote import Quote
from models.service_object import ServiceObject
from models.user import User

FIRST = 10

# What the short lists can be sorted by: named as in the nouns' own lists, where "show all" goes on in the same order.
_ORDER_SORTS: Mapping[str, Any] = {
    "number": Order.number,
    "planned_on": Order.planned_on,
    "created_at": Order.created_at,
}
SORTS: Mapping[str, Mapping[str, Any]] = {
    "facilities": {"name": Facility.sort_name, "number": Facility.number, "town": Facility.town},
    "service_objects": {"name": ServiceObject.sort_name, "number": ServiceObject.number},
    "open_orders": _ORDER_SORTS,
    "orders": _ORDER_SORTS,
    "reports": {"number": FaultReport.number, "reported_at": FaultReport.reported_at},
    "protocols": {"number": Protocol.id, "signed_at": Protocol.signed_at},
}


@dataclass(frozen=True)
class Some:
    rows: list[Any]
    count: int


def some(query: "peewee.ModelSelect[Any]", *order: Any, first: int = FIRST) -> Some:
    """The first rows in this order. Only where there are more are they counted."""
    rows = list(query.order_by(*order).limit(first + 1))
    return Some(rows[:first], len(rows) if len(rows) <= first else query.count())


@dataclass(frozen=True)
class Card:
    """A record and its reader: every list starts from what the reader may see."""

    record: Any
    reader: User
    asked: Mapping[str, str] = field(default_factory=dict)  # a short list's name -> a column, "-column" for downwards

    def sorted_by(self, name: str) -> tuple[str, bool]:
        """The column the reader sorts this short list by, and whether downwards; "" where it keeps its own order."""
        wanted = self.asked.get(name, "")
        column = wanted.removeprefix("-")
        return (column, wanted.startswith("-")) if column in SORTS[name] else ("", False)

    def _first(self, name: str, query: "peewee.ModelSelect[Any]", *usual: Any) -> Some:
        """The first of all in the order that was asked for; what has no date stands last both ways."""
        column, down = self.sorted_by(name)
        if not column:
            return some(query, *usual)
        order = SORTS[name][column]
        undated = [order.is_null()] if order.null else []
        turned = [key.desc() if down else key.asc() for key in (order, query.model.id)]
        return some(query, *undated, *turned)

    def objects_at(self, column: Any) -> Some:
        """The service objects that `column` says are the record's, those in the register first."""
        usual = (ServiceObject.inactive_at.is_null(False), ServiceObject.sort_name, ServiceObject.id)
        return self._first("service_objects", self._of(ServiceObject, column), *usual)

    def _of(self, noun: Any, column: Any) -> "peewee.ModelSelect[Any]":
        return noun.visible_to(self.reader).where(column == self.record.id)


@dataclass(frozen=True)
class CustomerCard(Card):
    @cached_property
    def assignees(self) -> list[User]:
        return self.record.assignees

    @cached_property
    def contacts(self) -> list[Contact]:
        return list(self.record.contacts.order_by(Contact.name, Contact.id))

    @cached_property
    def facilities(self) -> Some:
        usual = (Facility.inactive_at.is_null(False), Facility.sort_name, Facility.id)
        return self._first("facilities", self._of(Facility, Facility.customer), *usual)

    @cached_property
    def service_objects(self) -> Some:
        return self.objects_at(ServiceObject.customer)

    @cached_property
    def open_orders(self) -> Some:
        usual = (Order.planned_on.is_null(), Order.planned_on, Order.id)
        return self._first("open_orders", self.orders_query.where(Order.status.in_(OPEN)), *usual)

    @cached_property
    def orders(self) -> Some:
        usual = (Order.created_at.desc(), Order.id.desc())
        return self._first("orders", self.orders_query.where(Order.status.not_in(OPEN)), *usual)

    @property
    def orders_query(self) -> "peewee.ModelSelect[Any]":
        return self._of(Order, Order.customer)

    @cached_property
    def reports(self) -> Some:
        usual = (FaultReport.reported_at.desc(), FaultReport.id.desc())
        return self._first("reports", self._of(FaultReport, FaultReport.customer), *usual)

    @cached_property
    def protocols(self) -> Some:
        usual = (Protocol.signed_at.desc(), Protocol.id.desc())
        return self._first("protocols", self._of(Protocol, Protocol.customer), *usual)

    @cached_property
    def quotes(self) -> Some:
        return some(self._of(Quote, Quote.customer), Quote.created_at.desc(), Quote.id.desc())

    @cached_property
    def auto_articles(self) -> list[AutoArticle]:
        return AutoArticle.of(self.record)

    @cached_property
    def accounts(self) -> list[PortalAccount]:
        return PortalAccount.of_customer(self.record)

    # What is stuck, and what would stop

    def _own(self, query: "peewee.ModelSelect[Any]") -> int:
        """How many of these are the customer's."""
        return alone(query).where(query.model.customer == self.record.id).count()

    @cached_property
    def late(self) -> int:
        return self._own(late(self.reader))

    @cached_property
    def waiting(self) -> int:
        """Reports that have no order yet."""
        return self._own(FaultReport.waiting_for(self.reader))

    @cached_property
    def unsent(self) -> int:
        return self._own(Message.unsent(self.reader))

    @cached_property
    def planned(self) -> int:
        """Messages still to go."""
        return self._own(Message.visible_to(self.reader).where(Message.state.in_(TO_BE_SENT)))

    @property
    def tells_nobody(self) -> bool:
        """There is nobody whom a protocol could be sent to."""
        people = [self.record, *self.contacts]
        return not any(person.send_protocol and person.email and person.wants_news for person in people)


@dataclass(frozen=True)
class LetterCard(Card):
    """A discount letter's."""

    @cached_property
    def customers(self) -> Some:
        return some(self._of(Customer, Customer.discount_letter), Customer.sort_name, Customer.id)


@dataclass(frozen=True)
class FacilityCard(Card):
    @cached_property
    def service_objects(self) -> Some:
        return self.objects_at(ServiceObject.facility)

    @cached_property
    def quotes(self) -> Some:
        return some(self._of(Quote, Quote.facility), Quote.created_at.desc(), Quote.id.desc())

    @cached_property
    def orders(self) -> Some:
        return some(self._of(Order, Order.facility), Order.created_at.desc(), Order.id.desc())

    @cached_property
    def reports(self) -> Some:
        return some(self._of(FaultReport, FaultReport.facility), FaultReport.reported_at.desc(), FaultReport.id.desc())

    @cached_property
    def protocols(self) -> Some:
        return some(self._of(Protocol, Protocol.facility), Protocol.signed_at.desc(), Protocol.id.desc())


@dataclass(frozen=True)
class ServiceObjectCard(Card):
    @cached_property
    def parts(self) -> Some:
        return self.objects_at(ServiceObject.parent)

    @cached_property
    def orders(self) -> Some:
        return some(self._of(Order, Order.service_object), Order.created_at.desc(), Order.id.desc())

    @cached_property
    def reports(self) -> Some:
        mine = self._of(FaultReport, FaultReport.service_object)
        return some(mine, FaultReport.reported_at.desc(), FaultReport.id.desc())

    @cached_property
    def protocols(self) -> Some:
        named = Order.select(Order.id).where(Order.service_object == self.record.id)
        mine = Protocol.visible_to(self.reader).where(Protocol.order.in_(named))
        return some(mine, Protocol.signed_at.desc(), Protocol.id.desc())
