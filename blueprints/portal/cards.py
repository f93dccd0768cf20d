"""How the portal draws a case: where it stands on its way, who comes when, and the link to it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_login import current_user

from blueprints.words import whole_day
from models.base import LARGEST_ID
from models.portal_case import Case, Stage
from models.rights import Right

DONE, NOW, AHEAD = "done", "now", ""
# How far each stage is on the way of four steps: received, read, planned, done.
REACHED = {Stage.RECEIVED: 1, Stage.ACCEPTED: 1, Stage.PLANNED: 2, Stage.DELIVERY: 2, Stage.ONGOING: 2, Stage.DONE: 4}


@dataclass(frozen=True)
class Step:
    label: Any
    look: str

    @property
    def is_now(self) -> bool:
        return self.look is NOW


@dataclass(frozen=True)
class CaseView:
    """A case as `portal/case.html` prints it."""

    case: Case

    @property
    def title(self) -> str:
        return self.case.subject.heading

    @property
    def url(self) -> str:
        if self.case.report is not None:
            return url_for("portal.fault_reports.show", id=self.case.report.id)
        return url_for("portal.orders.show", id=self.case.order.id)

    @property
    def sub(self) -> str:
        """Its numbers and its place on one line."""
        report, order = self.case.report, self.case.order
        numbers = [gettext("Report %(number)s", number=report.number)] if report else []
        if order and current_user.has(Right.PORTAL_ORDERS):
            numbers.append(gettext("Order %(number)s", number=order.number))
        return " · ".join([*numbers, *([self.case.place] if self.case.place else [])])

    @property
    def stage(self) -> Stage:
        return self.case.stage

    @property
    def priority(self) -> Any:
        """Only a pressing one that still waits is worth a badge."""
        priority = self.case.subject.priority
        return priority if priority.is_pressing and not self.stage.is_done else None

    @property
    def track(self) -> list[Step]:
        """The way from the report to the work done; empty where the case went another way."""
        if not self.stage.is_on_its_way:
            return []
        reached = REACHED[self.stage]
        return [
            Step(label, DONE if place < reached else NOW if place == reached else AHEAD)
            for place, label in enumerate(self._labels())
        ]

    def _labels(self) -> list[Any]:
        read = Stage.RECEIVED.label if self.stage is Stage.RECEIVED else Stage.ACCEPTED.label
        third = self.stage.label if REACHED[self.stage] == REACHED[Stage.PLANNED] else Stage.PLANNED.label
        return [gettext("Received"), read, third, Stage.DONE.label]

    @property
    def coming(self) -> str:
        """Who comes, and when."""
        order = self.case.order
        if order is None or not order.is_open:
            return ""
        who = ", ".join(self.case.people)
        if order.planned_on is None:
            return gettext("%(who)s looks after it; the day is not set yet.", who=who) if who else ""
        when = whole_day(order.planned_on)
        return (
            gettext("%(who)s comes on %(day)s.", who=who, day=when)
            if who
            else gettext("Planned for %(day)s.", day=when)
        )


def shown(cases: list[Case]) -> list[CaseView]:
    return [CaseView(case) for case in cases]


def asked_before() -> int | None:
    """The place from which the reader wants older ones."""
    place = request.args.get("before", type=int)
    return place if place and 0 < place <= LARGEST_ID else None


def everything() -> bool:
    return request.args.get("show") == "all"


def older(endpoint: str, mark: int | None) -> str:
    """The address of the older ones, or '' where these are the last."""
    return url_for(endpoint, show="all" if everything() else None, before=mark) if mark else ""


def parts(endpoint: str, open_label: Any) -> list[Any]:
    """Going on, or all of them."""
    return [
        SimpleNamespace(label=open_label, url=url_for(endpoint), current=not everything(), count=0),
        SimpleNamespace(label=gettext("All"), url=url_for(endpoint, show="all"), current=everything(), count=0),
    ]
