"""What stands beside the timeline on a customer's, a facility's and a service object's card: the first of each
kind, and how many there are."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import peewee

from models.base import alone
from models.contact import Contact
from models.day import late
from models.facility import Facility
from models.fault_report import FaultReport
from models.message import TO_BE_SENT, Message
from models.order import OPEN, Order
from models.portal import PortalAccount
from models.protocol import Protocol
from models.service_object import ServiceObject
from models.user import User

FIRST = 10


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

    def objects_at(self, column: Any) -> Some:
        """The service objects that `column` says are the record's, those in the register first."""
        order = (ServiceObject.inactive_at.is_null(False), ServiceObject.sort_name, ServiceObject.id)
        return some(self._of(ServiceObject, column), *order)

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
        return some(
            self._of(Facility, Facility.customer), Facility.inactive_at.is_null(False), Facility.sort_name, Facility.id
        )

    @cached_property
    def service_objects(self) -> Some:
        return self.objects_at(ServiceObject.customer)

    @cached_property
    def open_orders(self) -> Some:
        return some(
            self.orders_query.where(Order.status.in_(OPEN)), Order.planned_on.is_null(), Order.planned_on, Order.id
        )

    @cached_property
    def orders(self) -> Some:
        return some(self.orders_query.where(Order.status.not_in(OPEN)), Order.created_at.desc(), Order.id.desc())

    @property
    def orders_query(self) -> "peewee.ModelSelect[Any]":
        return self._of(Order, Order.customer)

    @cached_property
    def reports(self) -> Some:
        return some(self._of(FaultReport, FaultReport.customer), FaultReport.reported_at.desc(), FaultReport.id.desc())

    @cached_property
    def protocols(self) -> Some:
        return some(self._of(Protocol, Protocol.customer), Protocol.signed_at.desc(), Protocol.id.desc())

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
class FacilityCard(Card):
    @cached_property
    def service_objects(self) -> Some:
        return self.objects_at(ServiceObject.facility)

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
