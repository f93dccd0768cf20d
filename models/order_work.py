"""Carrying an order out: starting it, writing down what was found and done, and finishing it with a
protocol."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from models.base import db, now
from models.checklist import Answer, OrderPoint
from models.event import Event, stored_changes
from models.lifecycle import Collision, Conflict, Noun
from models.refusals import Refusal, refuse
from models.user import User

if TYPE_CHECKING:
    from models.protocol import Protocol

    Verbs = Noun  # what the order is; a table of its own would be one too many
else:
    Verbs = object

ACTION = "performed_action"
ONE_GO = timedelta(minutes=15)


@dataclass(frozen=True)
class Opened:
    """What stood on the page when it was opened: only what differs from it is this person's own."""

    answers: dict[int, Answer] = field(default_factory=dict)
    performed_action: str | None = None


class Working(Verbs):
    """The order's verbs of the day it is carried out. Methods only; the fields are the order's."""

    if TYPE_CHECKING:
        performed_action: Any

        @property
        def is_started(self) -> bool: ...

        @property
        def points(self) -> list[OrderPoint]: ...

    def start(self, *, by: User) -> None:
        self.demand("start", by)
        with db.atomic():
            self._move("start", started_at=now())
            Event.record("order.started", by=by, about=self)

    def _against_work(self, by) -> list[Refusal]:
        return [] if self.is_started else self.refuse_status("work")

    _against_sign = _against_work

    def work(
        self,
        answers: dict[int, Answer],
        performed_action: str | None,
        *,
        by: User,
        opened: Opened | None = None,
    ) -> bool:
        """Keep what the technician wrote: {point id: answer} and the performed action. True when
        something changed.

        Saved as often as wanted while the order is in progress. With `opened`, what a colleague
        wrote meanwhile stays:
        point by point the two are merged, and what both wrote differently raises Conflict and saves
        nothing.
        """
        with db.atomic():
            self.lock()
            self.demand("work", by)
            points = {point.id: point for point in self.points}
            if opened is not None:
                answers, performed_action = self._merge(points, answers, performed_action, opened)
            changed = [
                points[point_id].answer(**answer, by=by) for point_id, answer in answers.items() if point_id in points
            ]
            return self._keep_work(performed_action, sum(changed), by)

    def _keep_work(self, performed_action: str | None, points: int, by: User) -> bool:
        """The event is the house's own: a portal account may be one that does not read the
        performed action."""
        old = self.performed_action
        rewritten = performed_action is not None and performed_action != old
        if not rewritten and not points:
            return False
        if rewritten:
            self.performed_action = performed_action
        self.version += 1
        self.save()
        changes = {ACTION: [old, performed_action]} if rewritten else {}
        if not self._went_on(changes, points, by):
            Event.record("order.worked", by=by, about=self, changes=changes, internal=True, points=points)
        return True

    def _went_on(self, changes: dict[str, list], points: int, by: User) -> bool:
        """The page saves while it is written: what one person writes in one go is one event, not
        one for each pause."""
        last = Event.about(self).first()
        if last is None or last.verb != "order.worked" or last.actor_id != by.id or now() - last.at > ONE_GO:
            return False
        added = stored_changes(self, changes)
        for name, change in added.items():
            change["old"] = last.changes.get(name, change)["old"]
        last.changes, last.data = last.changes | added, {"points": last.data["points"] + points}
        last.version, last.at = self.version, now()
        last.save()
        return True

    def _merge(
        self,
        points: dict[int, OrderPoint],
        answers: dict[int, Answer],
        action: str | None,
        opened: Opened,
    ):
        """What this person changed since the page was opened, as (answers, performed action)."""
        mine = {
            point_id: points[point_id].judged(answer)
            for point_id, answer in answers.items()
            if point_id in points and answer != opened.answers.get(point_id)
        }
        action = None if action == opened.performed_action else action
        collided = [
            _collision(points[point_id], opened, answer)
            for point_id, answer in mine.items()
            if _collides(points[point_id], opened, answer)
        ]
        if action is not None and self.performed_action not in (opened.performed_action, action):
            collided.append(self._action_collision(opened, action))
        if collided:
            raise Conflict(self, collided)
        return mine, action

    def _action_collision(self, opened: Opened, action: str) -> Collision:
        events = Event.about(self).where((Event.verb == "order.worked") & (Event.changes != {}))
        last = events.first()
        return Collision(
            ACTION,
            opened.performed_action,
            self.performed_action,
            action,
            last.actor_name if last else "",
            last.at if last else now(),
        )

    def _against_perform(self, by) -> list[Refusal]:
        """Everything that is missing at once: points, remarks in words, the performed action, the
        technician's signature."""
        if not self.is_started:
            return []
        points = self.points
        open_points = [point for point in points if not point.is_answered]
        refusals = [self._missing(open_points)] if open_points else []
        refusals += [
            refuse(
                "order.remark_missing",
                number=point.position,
                text=point.text,
                order_id=self.id,
                anchor=point.anchor,
            )
            for point in points
            if point.is_answered and point.lacks_words
        ]
        if not self.performed_action.strip():
            refusals.append(refuse("order.no_action", order_id=self.id))
        return refusals + self._unsigned()

    def _missing(self, points: list[OrderPoint]) -> Refusal:
        first = points[0]
        return refuse(
            "order.points_missing",
            count=len(points),
            number=first.position,
            text=first.text,
            order_id=self.id,
            anchor=first.anchor,
        )

    def _unsigned(self) -> list[Refusal]:
        from models.protocol import Signature, Signer  # the protocol is newer than the order

        return [] if Signature.of(cast(Any, self), Signer.TECHNICIAN) else [refuse("order.unsigned", order_id=self.id)]

    def perform(self, *, by: User) -> "Protocol":
        """Finish: the order is performed and its protocol made. Returns the Protocol; the worker
        makes the PDF.

        Of several at once one wins; the others are refused, since the order is performed.
        """
        from models.protocol import Protocol  # the protocol is newer than the order

        with db.atomic():
            self.lock()
            self.demand("perform", by)
            self._move("perform", performed_at=now())
            Event.record("order.performed", by=by, about=self)
            return Protocol.sign(cast(Any, self), by=by)


def _collides(point: OrderPoint, opened: Opened, yours: Answer) -> bool:
    """Has a colleague answered it since, and differently?"""
    return point.given not in (opened.answers.get(point.id), yours)


def _collision(point: OrderPoint, opened: Opened, yours: Answer) -> Collision:
    colleague = User.get_or_none(User.id == point.answered_by)
    name = colleague.name if colleague else ""
    return Collision(point.anchor, opened.answers.get(point.id), point.given, yours, name, point.answered_at)
