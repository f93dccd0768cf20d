"""What a day holds: for a technician the orders to do, for a dispatcher what is stuck and since when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee
from peewee import fn

from models.base import alone
from models.fault_report import FaultReport
from models.message import Message
from models.order import OPEN, Order, OrderAssignment
from models.rights import Right

SHOWN = 5


@dataclass(frozen=True)
class Stuck:
    """Some of what waits, the longest first, and how much of it there is."""

    count: int
    rows: list[Any]

    @classmethod
    def of(cls, query: "peewee.ModelSelect[Any]", *order: Any) -> "Stuck":
        """The first ids by their own table and its index; whole records, with their relatives, only of these."""
        own, noun = alone(query), query.model
        shown = [row.id for row in own.select(noun.id).order_by(*order).limit(SHOWN)]
        return cls(own.count(), list(query.where(noun.id.in_(shown)).order_by(*order)) if shown else [])


@dataclass(frozen=True)
class Day:
    """One person's day; a part the person has no right to see is None, the orders are empty for those who
    perform none."""

    orders: list[Order]
    reports: Stuck | None
    late: Stuck | None
    unassigned: Stuck | None
    unsent: Stuck | None

    @classmethod
    def of(cls, user, today: date) -> "Day":
        sees_reports, sees_orders = user.has(Right.FAULT_REPORT_ACCEPT), user.has(Right.ORDER_ASSIGN)
        return cls(
            orders=Order.day_of(user, today),
            reports=Stuck.of(FaultReport.waiting_for(user), FaultReport.reported_at, FaultReport.id)
            if sees_reports
            else None,
            late=Stuck.of(late(user), Order.planned_on, Order.id) if sees_orders else None,
            unassigned=Stuck.of(unassigned(user), Order.created_at, Order.id) if sees_orders else None,
            unsent=Stuck.of(Message.unsent(user), Message.id) if user.has(Right.MESSAGE_VIEW) else None,
        )

    @property
    def is_free(self) -> bool:
        """Nothing to do and nothing stuck."""
        return not self.orders and not any(
            part and part.count for part in (self.reports, self.late, self.unassigned, self.unsent)
        )


def late(user) -> "peewee.ModelSelect[Any]":
    """Open orders whose planned day has passed."""
    return Order.visible_to(user).where(Order.overdue())


def unassigned(user) -> "peewee.ModelSelect[Any]":
    """Open orders that nobody has."""
    somebody = OrderAssignment.select(peewee.SQL("1")).where(OrderAssignment.order == Order.id)
    return Order.visible_to(user).where(Order.status.in_(OPEN) & ~fn.EXISTS(somebody))
