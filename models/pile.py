"""The dispatcher's pile of fault reports: what is looked at, in which order, and what looks like the opened one."""

from datetime import timedelta
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice
from models.customer import Customer
from models.facility import Facility
from models.fault_report import WAITING, FaultReport, Priority

WEEK = timedelta(days=7)
ALIKE = 5
REPORTED = (FaultReport.reported_at, FaultReport.id)


class PilePart(Choice):
    """What of the pile is looked at."""

    WAITING = "waiting", _l("Waiting")
    DONE = "done", _l("Finished")
    ALL = "all", _l("All")

    @property
    def is_to_do(self) -> bool:
        return self is PilePart.WAITING

    @property
    def condition(self) -> Any:
        status = FaultReport.status
        return {"waiting": status == WAITING, "done": status != WAITING, "all": peewee.SQL("1=1")}[self.value]

    @property
    def order(self) -> tuple[Any, ...]:
        """What waits by urgency and then the oldest first (S4.32), the rest newest first."""
        pressing = peewee.Case(FaultReport.priority, [(Priority.EMERGENCY, 0), (Priority.SOON, 1)], 2)
        return (pressing, *REPORTED) if self.is_to_do else tuple(column.desc() for column in REPORTED)


def pile(user, part: PilePart, limit: int) -> list[FaultReport]:
    """This part of the reports the person sees, with their customers and facilities."""
    left = peewee.JOIN.LEFT_OUTER
    reports = FaultReport.visible_to(user).select(FaultReport, Customer, Facility).join(Customer, left)
    reports = reports.switch(FaultReport).join(Facility, left, on=FaultReport.facility == Facility.id, attr="facility")
    return list(reports.where(part.condition).order_by(*part.order).limit(limit))


def lookalikes(report: FaultReport, user) -> list[FaultReport]:
    """Other reports of the same facility, or of the same place, within a week, done or not."""
    if not report.facility_id and not report.place:
        return []
    near = FaultReport.reported_at.between(report.reported_at - WEEK, report.reported_at + WEEK)
    same = FaultReport.facility == report.facility_id if report.facility_id else FaultReport.place == report.place
    others = FaultReport.visible_to(user).where(near & same & (FaultReport.id != report.id))
    return list(others.order_by(FaultReport.reported_at.desc()).limit(ALIKE))
