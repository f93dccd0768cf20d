"""Who is responsible for customers, and what that takes along: their open work that nobody has yet."""

from typing import Any

from models.base import db
from models.customer import Customer
from models.fault_report import WAITING, FaultReport, ReportAssignment
from models.order import OPEN, Order, OrderAssignment
from models.rights import Right
from models.user import User


def unassigned_orders(customers: list[Customer], user: User) -> list[Order]:
    """These customers' open orders without anybody, as far as this person may assign them."""
    if not user.has(Right.ORDER_ASSIGN):
        return []
    theirs: Any = Order.visible_to(user).where(
        Order.customer.in_([customer.id for customer in customers]) & Order.status.in_(OPEN)
    )
    return list(theirs.where(Order.id.not_in(OrderAssignment.select(OrderAssignment.order))).order_by(Order.id))


def unassigned_reports(customers: list[Customer], user: User) -> list[FaultReport]:
    """Likewise the waiting fault reports."""
    if not user.has(Right.FAULT_REPORT_ASSIGN):
        return []
    theirs: Any = FaultReport.visible_to(user).where(
        FaultReport.customer.in_([customer.id for customer in customers]) & (FaultReport.status == WAITING)
    )
    return list(
        theirs.where(FaultReport.id.not_in(ReportAssignment.select(ReportAssignment.report))).order_by(FaultReport.id)
    )


def hand_over(customer: Customer, users: list[User], *, open_too: bool, by: User) -> None:
    """Make exactly these people responsible (S2.35); `open_too` also puts them on what is open and has nobody
    (S2.37)."""
    with db.atomic():
        customer.assign(users, by=by)
        for work in (
            [*unassigned_orders([customer], by), *unassigned_reports([customer], by)] if open_too and users else []
        ):
            work.assign(users, by=by)


def hand_over_all(customers: list[Customer], users: list[User], *, instead: bool, open_too: bool, by: User) -> None:
    """Several customers at once: these people as well as those responsible now, or instead of them."""
    with db.atomic():
        for customer in customers:
            staying = [] if instead else [user for user in customer.assignees if user not in users]
            hand_over(customer, [*staying, *users], open_too=open_too, by=by)
