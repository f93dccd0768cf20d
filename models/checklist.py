"""Checklists: templates with typed points, and the points of one order, copied when it is made so
that a later change of
the template does not touch work that has begun."""

from decimal import Decimal
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now
from models.event import Event
from models.lifecycle import Noun
from models.refusals import Refused, refuse
from models.rights import Right, holds

Answer = dict[str, Any]  # {"outcome": PointOutcome | None, "value": Decimal | None, "remark": str}


class PointKind(Choice):
    CHECK = "check", _l("OK, remark or not applicable")
    NUMBER = "number", _l("A value with a unit and limits")


class PointOutcome(Choice):
    OK = "ok", _l("OK"), "good"
    REMARK = "remark", _l("Remark"), "warning"
    NA = "na", _l("Not applicable"), "neutral"


class DecimalText(peewee.CharField):
    """A measured value as it was read: 4.20 stays 4.20, the same on both databases."""

    def __init__(self, **kwargs):
        super().__init__(max_length=24, null=True, **kwargs)

    def db_value(self, value):
        return None if value is None else str(value)

    def python_value(self, value):
        return None if value is None else Decimal(value)


class Checklist(Noun):
    """A template. Its points are replaced as a whole when it is edited."""

    MAY = {
        "view": holds(Right.ORDER_VIEW) | holds(Right.ORDER_VIEW_ASSIGNED),
        "create": holds(Right.CHECKLIST_EDIT),
        "edit": holds(Right.CHECKLIST_EDIT),
    }
    LABELS = {"name": _l("Name"), "is_default": _l("Used for new orders"), "points": _l("Points")}

    name = peewee.CharField(max_length=80)
    is_default = peewee.BooleanField(default=False)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Checklist]":
        return cls.select() if not user.is_portal else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def usual(cls) -> "Checklist | None":
        """The one that a new order gets."""
        return cls.get_or_none(cls.is_default)

    @classmethod
    def overview(cls, user) -> list["Checklist"]:
        """All of them by name, each with the `count` of its points."""
        points = ChecklistPoint.select(peewee.fn.COUNT(ChecklistPoint.id)).where(ChecklistPoint.checklist == cls.id)
        return list(cls.visible_to(user).select(cls, points.alias("count")).order_by(cls.name))

    @property
    def points(self) -> list["ChecklistPoint"]:
        return list(
            ChecklistPoint.select().where(ChecklistPoint.checklist == self.id).order_by(ChecklistPoint.position)
        )

    @classmethod
    def write(
        cls,
        checklist: "Checklist | None",
        values: dict,
        points: list[dict],
        *,
        by,
        seen: int | None = None,
    ) -> "Checklist":
        """Save a new or an existing checklist with these points, in this order.

        `seen` is the version the form was opened on; where another was saved meanwhile, Refused and
        nothing is saved.
        """
        checklist = checklist or cls(name="")
        checklist.demand("edit", by)
        with db.atomic():
            if checklist.id and seen is not None:
                checklist.lock()
                checklist._demand_version(seen)
            if values.get("is_default"):
                cls.update(is_default=False).execute()
            checklist.name, checklist.is_default = values["name"], bool(values.get("is_default"))
            checklist.version += 1
            checklist.save()
            ChecklistPoint.delete().where(ChecklistPoint.checklist == checklist).execute()
            for position, point in enumerate(points, start=1):
                ChecklistPoint.create(checklist=checklist, position=position, **point)
            Event.record("checklist.changed", by=by, about=checklist)
            return checklist

    def _demand_version(self, seen: int) -> None:
        if self.version != seen:
            saved = Event.about(self).first()
            raise Refused(
                [
                    refuse(
                        "checklist.changed",
                        who=saved.actor_name,
                        since=saved.at,
                        checklist_id=self.id,
                    )
                ],
                self,
            )


class _Asked(Record):
    """What a point asks; shared by the template's points and the order's."""

    position = peewee.IntegerField()
    group = peewee.CharField(max_length=80, default="")
    text = peewee.CharField(max_length=200)
    kind = ChoiceField(PointKind, default=PointKind.CHECK)
    unit = peewee.CharField(max_length=12, default="")
    low = DecimalText()
    high = DecimalText()

    @property
    def is_number(self) -> bool:
        return self.kind is PointKind.NUMBER


class ChecklistPoint(_Asked):
    checklist = peewee.ForeignKeyField(Checklist, on_delete="CASCADE")


class OrderPoint(_Asked):
    """A point of one order and its answer."""

    order_id = peewee.IntegerField(index=True)
    outcome = ChoiceField(PointOutcome, null=True)
    value = DecimalText()
    remark = peewee.TextField(default="")
    answered_by = peewee.IntegerField(null=True)
    answered_at = UTCDateTimeField(null=True)

    @classmethod
    def of(cls, order) -> list["OrderPoint"]:
        return list(cls.select().where(cls.order_id == order.id).order_by(cls.position))

    @classmethod
    def copy_to(cls, order, checklist: Checklist | None) -> None:
        asked = ("position", "group", "text", "kind", "unit", "low", "high")
        for point in checklist.points if checklist else []:
            cls.create(order_id=order.id, **{name: getattr(point, name) for name in asked})

    @property
    def is_answered(self) -> bool:
        """A value may be left out only where the point does not apply."""
        return self.outcome is not None and (
            not self.is_number or self.value is not None or self.outcome is PointOutcome.NA
        )

    @property
    def is_outside(self) -> bool:
        """Is the value beyond its limits?"""
        if self.value is None:
            return False
        return (self.low is not None and self.value < self.low) or (self.high is not None and self.value > self.high)

    @property
    def has_remark(self) -> bool:
        return self.outcome is PointOutcome.REMARK or self.is_outside

    @property
    def counts_as(self) -> PointOutcome | None:
        """What it counts as in the protocol: a value outside its limits is a remark; None while it
        is not answered."""
        if not self.is_answered:
            return None
        return PointOutcome.REMARK if self.has_remark else self.outcome

    @property
    def lacks_words(self) -> bool:
        """A remark, and a value outside its limits, must be explained."""
        return self.has_remark and not self.remark.strip()

    @property
    def anchor(self) -> str:
        return f"point-{self.position}"

    @property
    def given(self) -> Answer:
        """The answer as it is now."""
        return {"outcome": self.outcome, "value": self.value, "remark": self.remark}

    def judged(self, answer: Answer) -> Answer:
        """A value alone answers a point: it is OK, or outside its limits, which counts as a remark
        by itself."""
        if self.is_number and answer["outcome"] is None and answer["value"] is not None:
            return {**answer, "outcome": PointOutcome.OK}
        return answer

    def answer(self, *, outcome: PointOutcome | None, value: Decimal | None, remark: str, by) -> bool:
        """Write the answer down; True when it differs from before. The order's verb records the
        event."""
        answer = self.judged({"outcome": outcome, "value": value, "remark": remark})
        if answer == self.given:
            return False
        for name, new in answer.items():
            setattr(self, name, new)
        self.answered_by, self.answered_at = by.id, now()
        self.save()
        return True
