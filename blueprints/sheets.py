"""The technician's sheet: an order's points as touch forms, what was typed into them, and what is still missing."""

import json
import re
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from flask import request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import Form, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from blueprints.actions import explain
from blueprints.forms import clean, clean_lines
from models.base import db
from models.checklist import Answer, OrderPoint, PointOutcome
from models.lifecycle import Collision, Conflict
from models.order import Order
from models.order_work import ACTION, Opened
from models.protocol import Signature, Signer
from tasks import signing, uploads
from tasks.figures import measured

NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
SHORT = {PointOutcome.OK: _l("OK"), PointOutcome.REMARK: _l("Remark"), PointOutcome.NA: _l("N/A")}
OUTCOMES = [SelectChoice(outcome.value, label) for outcome, label in SHORT.items()]
LOW_X, HIGH_X, END_X, MARGIN = 90, 240, 330, 8  # the bar of ui.point: where the limits stand on it


class PointForm(Form):
    result = RadioField(_l("Result"), choices=OUTCOMES, validate_choice=False)
    value = StringField(_l("Value"), filters=[clean])
    remark = TextAreaField(_l("Remark"), [Length(max=2000, message=_l("At most %(max)d characters."))], filters=[clean_lines], render_kw={"rows": 2})

    def validate_value(self, field: StringField) -> None:
        if field.data and parsed(field.data) is None:
            raise ValidationError(gettext("Write a number, such as %(example)s.", example=measured(Decimal("4.2"))))

    @property
    def answer(self) -> Answer:
        outcome = self.result.data if self.result.data in set(PointOutcome) else None
        return {"outcome": PointOutcome(outcome) if outcome else None, "value": parsed(self.value.data), "remark": self.remark.data or ""}


def parsed(text: str | None) -> Decimal | None:
    """A number as people write it, with comma or point; None where it is none."""
    plain = re.sub(r"\s", "", text or "").replace("\N{MINUS SIGN}", "-").replace(",", ".")
    return Decimal(plain) if NUMBER.fullmatch(plain) else None


class Question:
    """One point as `ui.point` draws it, with its form."""

    def __init__(self, point: OrderPoint, posted: Any):
        self.point = point
        self.prefix = f"p{point.id}-"
        self.is_posted = bool(posted) and any(name.startswith(self.prefix) for name in posted)
        result = None if point.is_outside and point.outcome is PointOutcome.OK else point.outcome  # the value alone said it
        given = {"result": result, "value": measured(point.value), "remark": point.remark}
        self.form = PointForm(posted if self.is_posted else None, prefix=self.prefix, data=given)
        self.form.remark.flags.required = self.alarm

    @property
    def id(self) -> int:
        return self.point.position

    number = id

    @property
    def question(self) -> str:
        return self.point.text

    @property
    def measured(self) -> bool:
        return self.point.is_number

    @property
    def unit(self) -> str:
        return self.point.unit

    @property
    def value(self) -> Decimal | None:
        return self.form.answer["value"]

    @property
    def help(self) -> str:
        """A single limit in words; two are drawn as a bar."""
        low, high, unit = self.point.low, self.point.high, self.point.unit
        if self.limits or (low is None and high is None):
            return ""
        if high is None:
            return gettext("At least %(limit)s %(unit)s", limit=measured(low), unit=unit)
        return gettext("At most %(limit)s %(unit)s", limit=measured(high), unit=unit)

    @property
    def limits(self) -> SimpleNamespace | None:
        low, high = self.point.low, self.point.high
        if not self.measured or low is None or high is None:
            return None
        return SimpleNamespace(low=measured(low), high=measured(high), low_x=LOW_X, high_x=HIGH_X, mark_x=self._mark(low, high))

    def _mark(self, low: Decimal, high: Decimal) -> int | None:
        if self.value is None:
            return None
        place = LOW_X + (self.value - low) / ((high - low) or 1) * (HIGH_X - LOW_X)
        return int(min(max(place, MARGIN), END_X - MARGIN))

    @property
    def out_say(self) -> str:
        """How far the typed value is beyond its limits, or ''."""
        value, low, high = self.value, self.point.low, self.point.high
        if value is not None and high is not None and value > high:
            return gettext("%(by)s %(unit)s above the limit. Measure again, or say what it means below.", by=measured(value - high), unit=self.unit)
        if value is not None and low is not None and value < low:
            return gettext("%(by)s %(unit)s below the limit. Measure again, or say what it means below.", by=measured(low - value), unit=self.unit)
        return ""

    @property
    def alarm(self) -> bool:
        return bool(self.out_say)

    @property
    def remark_open(self) -> bool:
        return self.alarm or bool(self.form.remark.data) or self.form.answer["outcome"] is PointOutcome.REMARK

    @property
    def opened(self) -> str:
        return json.dumps({**self.point.given, "value": str(self.point.value) if self.point.value is not None else None})


class Sheet:
    """The page of one order: `posted` is what was typed, when something was."""

    def __init__(self, order: Order, posted: Any = None):
        self.order, self.posted = order, posted or {}
        self.questions = [Question(point, posted) for point in order.points]
        self.was = Opened({question.point.id: self._opened(question) for question in self.questions}, self._opened_action())
        self.both: list[SimpleNamespace] = []
        self.reasons: list[Any] = []
        self.unsigned: str = ""

    def _opened(self, question: Question) -> Answer:
        """The answer that stood on the page when it was opened, as the page itself carried it."""
        try:
            kept = json.loads(self.posted.get(f"{question.prefix}opened", ""))
            outcome = PointOutcome(kept["outcome"]) if kept["outcome"] else None
            return {"outcome": outcome, "value": parsed(kept["value"]), "remark": str(kept["remark"])}
        except (ValueError, KeyError, TypeError):
            return question.point.given

    def _opened_action(self) -> str:
        kept = self.posted.get(f"{ACTION}-opened")
        return self.order.performed_action if kept is None else clean_lines(kept)

    @property
    def groups(self) -> list[tuple[str, list[Question]]]:
        return [(title, list(members)) for title, members in groupby(self.questions, key=lambda question: question.point.group)]

    @property
    def performed_action(self) -> str:
        return clean_lines(self.posted.get(ACTION)) if ACTION in self.posted else self.order.performed_action

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What stands in the database now, for the next post to be merged with; a page that is not saved keeps what it had."""
        names = [(f"{question.prefix}opened", question.opened) for question in self.questions]
        now = [*names, (f"{ACTION}-opened", self.order.performed_action)]
        return [(name, self.posted.get(name, value)) for name, value in now] if self.posted and not self.both else now

    # What was posted

    def is_right(self) -> bool:
        right = [question.form.validate() for question in self.questions]
        drawn_only = self.posted.get(Signer.CUSTOMER) and not clean(self.posted.get(f"{Signer.CUSTOMER}_name"))
        self.unsigned = gettext("Write the name of the person who signs.") if drawn_only else ""
        return all(right) and not drawn_only

    @property
    def answers(self) -> dict[int, Answer]:
        """The points that were on the page; those the reader left to a colleague keep the colleague's answer."""
        mine = [question for question in self.questions if question.is_posted and not self._theirs(question.point.anchor)]
        return {question.point.id: question.form.answer for question in mine}

    def _theirs(self, name: str) -> bool:
        return self.posted.get(f"keep-{name}") == "theirs"

    @staticmethod
    def is_in(posted: Any) -> bool:
        """Does this post carry the sheet, or is it a bare button's?"""
        return ACTION in posted

    @property
    def turned(self) -> list[Question]:
        """The points that the typed value has put outside its limits, or back inside."""
        return [question for question in self.questions if question.alarm != question.point.is_outside]

    def keep(self) -> bool:
        """Save everything on the page at once: answers, the performed action, photos, signatures."""
        action = None if self._theirs(ACTION) or ACTION not in self.posted else self.performed_action
        photos = [photo for photo in request.files.getlist("photos") if photo.filename]
        with db.atomic():
            changed = self.order.work(self.answers, action, by=current_user, opened=self.was)
            if photos:
                self.order.demand("upload", current_user)
                uploads.receive(self.order, photos, by=current_user)
            for signer, name, drawn in self._signed():
                signing.sign(self.order, signer, name, drawn, by=current_user)
        return changed

    def _signed(self) -> list[tuple[Signer, str, str]]:
        """(who, name, drawing) for each signature on the page. The technician may sign with one press of a button."""
        found = []
        for signer in Signer:
            name, drawn = clean(self.posted.get(f"{signer}_name"))[:80], self.posted.get(signer, "")
            if not name and signer is Signer.TECHNICIAN and (drawn or "sign" in self.posted):
                name = current_user.name
            if name:
                found.append((signer, name, drawn))
        return found

    def collide(self, conflict: Conflict) -> None:
        """Show both values, and go on from what the colleague saved."""
        self.order.reload()
        self.both = [self._both(field) for field in conflict.fields]

    def _both(self, field: Collision) -> SimpleNamespace:
        words = {name: say(getattr(field, name)) for name in ("opened", "theirs", "yours")}
        label = Order.LABELS[ACTION]
        for question in self.questions:
            if question.point.anchor == field.name:
                label = gettext("Point %(number)s: %(text)s", number=question.number, text=question.question)
        return SimpleNamespace(name=field.name, label=label, by=field.who, when=field.at, collides=True, **words)

    # What is missing

    @property
    def tally(self) -> SimpleNamespace:
        done = sum(question.point.is_answered for question in self.questions)
        total = len(self.questions)
        return SimpleNamespace(done=done, total=total, label=gettext("%(done)s of %(total)s", done=done, total=total))

    @cached_property
    def missing(self) -> list[Any]:
        return explain(self.order.why_not("perform", current_user), self.order)

    @property
    def missing_label(self) -> str:
        count = len(self.missing)
        return ngettext("One thing is missing", "%(num)s things are missing", count) if count else gettext("Everything is filled in")

    @property
    def signers(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                name=signer.value, label=signer.label, is_me=signer is Signer.TECHNICIAN, signature=Signature.of(self.order, signer),
                typed=self.posted.get(f"{signer}_name", ""), error=self.unsigned if signer is Signer.CUSTOMER else "",
            )
            for signer in Signer
        ]  # fmt: skip


def say(value: Answer | str | None) -> str:
    """An answer, or the performed action, in words."""
    if not isinstance(value, dict):
        return value or ""
    parts = (str(value["outcome"].label) if value["outcome"] else "", measured(value["value"]), value["remark"])
    return " · ".join(part for part in parts if part)
