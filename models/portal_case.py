"""A fault as its customer sees it: one case from the report to the work done, with its stage in the customer's
words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice
from models.facility import Facility
from models.fault_report import FaultReport
from models.file import File
from models.order import IN_PROGRESS, OPEN, PLANNED, READY, VOIDED, Order, OrderAssignment
from models.order import WAITING as DELIVERY
from models.organisation import Organisation
from models.portal import PortalAccount
from models.protocol import Protocol
from models.report_standing import ACCEPTED, CANCELLED, CLOSED, REJECTED, WAITING
from models.rights import Right
from models.user import User

AT_A_TIME = 20


class Stage(Choice):
    RECEIVED = "received", _l("Being read"), "info"
    ACCEPTED = "accepted", _l("Accepted"), "info"
    PLANNED = "planned", _l("Planned"), "info"
    DELIVERY = "delivery", _l("Waiting for delivery"), "warning"
    ONGOING = "ongoing", _l("Work is going on"), "progress"
    DONE = "done", _l("Done"), "good"
    REJECTED = "rejected", _l("Not accepted"), "bad"
    WITHDRAWN = "withdrawn", _l("Withdrawn"), "neutral"
    VOIDED = "voided", _l("Will not be carried out"), "neutral"
    CLOSED = "closed", _l("Closed"), "neutral"

    @property
    def is_done(self) -> bool:
        return self is Stage.DONE

    @property
    def is_on_its_way(self) -> bool:
        return self in (*ON_ITS_WAY, Stage.DONE)


ON_ITS_WAY = (Stage.RECEIVED, Stage.ACCEPTED, Stage.PLANNED, Stage.DELIVERY, Stage.ONGOING)
OF_REPORT = {WAITING: Stage.RECEIVED, REJECTED: Stage.REJECTED, CANCELLED: Stage.WITHDRAWN, CLOSED: Stage.CLOSED}
OF_ORDER = {
    PLANNED: Stage.PLANNED,
    READY: Stage.PLANNED,
    DELIVERY: Stage.DELIVERY,
    IN_PROGRESS: Stage.ONGOING,
    VOIDED: Stage.VOIDED,
}


def stage_of_order(order: Order) -> Stage:
    if order.status is PLANNED and order.planned_on is None:
        return Stage.ACCEPTED
    return OF_ORDER.get(order.status, Stage.DONE)


@dataclass(frozen=True)
class Case:
    """A report with the order it became, or an order nobody reported. `people` come to do the work."""

    report: FaultReport | None
    order: Order | None
    people: tuple[str, ...] = ()

    @property
    def stage(self) -> Stage:
        if self.order is not None:
            return stage_of_order(self.order)
        return OF_REPORT.get(self.report.status, Stage.CLOSED)

    @property
    def subject(self) -> Any:
        """What it is called and where it is: the report's words, else the order's."""
        return self.report or self.order

    @property
    def place(self) -> str:
        facility = self.subject.facility
        return facility.name if facility else self.subject.__data__.get("place") or ""


def case_of(report: FaultReport) -> Case:
    return cases([report], [])[0]


def case_of_order(order: Order) -> Case:
    return cases([], [order])[0]


def cases(reports: list[FaultReport], orders: list[Order]) -> list[Case]:
    """The reports with what became of them, then the orders; three queries, however many there are."""
    ids = [report.id for report in reports if report.status is ACCEPTED]
    became = {order.report_id: order for order in Order.select().where(Order.report.in_(ids))} if ids else {}
    names = names_on([*became.values(), *orders])
    whole = [(report, became.get(report.id)) for report in reports] + [(None, order) for order in orders]
    return [Case(report, order, names.get(order.id, ()) if order else ()) for report, order in whole]


def names_on(orders: Iterable[Order]) -> dict[int, tuple[str, ...]]:
    """Who comes, per order that is still open."""
    ids = [order.id for order in orders if order.is_open]
    names: dict[int, tuple[str, ...]] = {}
    rows = (
        OrderAssignment.select(OrderAssignment, User)
        .join(User)
        .where(OrderAssignment.order.in_(ids))
        .order_by(OrderAssignment.id)
    )
    for row in rows if ids else ():
        names[row.order_id] = (*names.get(row.order_id, ()), row.user.name)
    return names


def reports_of(user: User) -> "peewee.ModelSelect[FaultReport]":
    """The reports in the portal's lists: rejected ones only where the organisation shows them (S4.27)."""
    left = peewee.JOIN.LEFT_OUTER
    query = (
        FaultReport.visible_to(user)
        .select(FaultReport, Facility)
        .join(Facility, left, on=FaultReport.facility == Facility.id, attr="facility")
    )
    return query.where(FaultReport.status != REJECTED) if Organisation.current().portal_hide_voided else query


def unfinished(query: "peewee.ModelSelect[FaultReport]") -> "peewee.ModelSelect[FaultReport]":
    """Of these reports the ones that wait, or whose order is not done."""
    at_work = Order.select(Order.report).where(Order.report.is_null(False) & Order.status.in_(OPEN))
    return query.where((FaultReport.status == WAITING) | FaultReport.id.in_(at_work))


def orders_of(user: User) -> "peewee.ModelSelect[Order]":
    query = Order.visible_to(user)
    return query if user.has(Right.PORTAL_ORDERS) else query.where(peewee.SQL("1=0"))


def going_on(user: User) -> list[Case]:
    """What this account waits for: open reports and, beside them, orders nobody reported; the newest first."""
    reports = unfinished(reports_of(user))
    known = reports.select(FaultReport.id)
    beside = orders_of(user).where(Order.status.in_(OPEN) & (Order.report.is_null() | Order.report.not_in(known)))
    newest = list(reports.order_by(FaultReport.id.desc()).limit(AT_A_TIME))
    return cases(newest, list(beside.order_by(Order.planned_on.is_null(), Order.planned_on, Order.id).limit(AT_A_TIME)))


def report_page(user: User, *, everything: bool, before: int | None) -> tuple[list[Case], int | None]:
    """Reports, newest first, and where the next page starts."""
    query = reports_of(user) if everything else unfinished(reports_of(user))
    reports, mark = newest_of(query, FaultReport, before)
    return cases(reports, []), mark


def order_page(user: User, *, everything: bool, before: int | None) -> tuple[list[Case], int | None]:
    query = orders_of(user) if everything else orders_of(user).where(Order.status.in_(OPEN))
    orders, mark = newest_of(query, Order, before)
    return cases([], orders), mark


def protocol_page(user: User, before: int | None = None) -> tuple[list[Protocol], int | None]:
    return newest_of(Protocol.visible_to(user), Protocol, before)


def newest_of(query: "peewee.ModelSelect[Any]", noun, before: int | None) -> tuple[list, int | None]:
    """A page of rows, and the id the next one lies below (None: there is no more)."""
    below = query.where(noun.id < before) if before else query
    rows = list(below.order_by(noun.id.desc()).limit(AT_A_TIME + 1))
    return rows[:AT_A_TIME], rows[AT_A_TIME - 1].id if len(rows) > AT_A_TIME else None


def visits(user: User) -> list[Order]:
    """Open orders with a day, the next one first."""
    dated = orders_of(user).where(Order.status.in_(OPEN) & Order.planned_on.is_null(False))
    return list(dated.order_by(Order.planned_on, Order.id).limit(AT_A_TIME))


def report_behind(order: Order, user: User) -> FaultReport | None:
    """The report this order was made of, where this account may see it."""
    if not order.report_id or not user.has(Right.PORTAL_REPORT):
        return None
    return FaultReport.visible_to(user).where(FaultReport.id == order.report_id).first()


def order_behind(report: FaultReport, user: User) -> Order | None:
    """The order this report became, where this account may see it."""
    return orders_of(user).where(Order.report == report.id).first()


def paper_of(protocol: Protocol, user: User) -> File | None:
    """The PDF this account may read: where it does not see the performed action, the one without it (S4.11)."""
    return protocol.discreet_pdf if hides_action(user) else protocol.pdf


def hides_action(user: User) -> bool:
    return PortalAccount.of(user).hide_performed_action


def performed_action(order: Order, user: User) -> str:
    """What was done, once it is done and where the account shows it."""
    return order.performed_action if order.is_done and not hides_action(user) else ""


def photos_of(record: FaultReport | Order, user: User) -> list[File]:
    mine = File.visible_to(user).where((File.noun_name == record.noun) & (File.record_id == record.id))
    return list(mine.order_by(File.id))
