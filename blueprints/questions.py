"""One point of an order's checklist as a touch form: what is asked, what was typed, and how far it
is off."""

import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from blueprints.forms import clean, clean_lines
from models.checklist import Answer, OrderPoint, PointOutcome
from tasks.figures import measured

NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
SHORT = {PointOutcome.OK: _l("OK"), PointOutcome.REMARK: _l("Remark"), PointOutcome.NA: _l("N/A")}
OUTCOMES = [SelectChoice(outcome.value, label) for outcome, label in SHORT.items()]
LOW_X, HIGH_X, END_X, MARGIN = 90, 240, 330, 8  # the bar of ui.point: where the limits stand on it


class PointForm(Form):
    result = RadioField(_l("Result"), choices=OUTCOMES, validate_choice=False)
    value = StringField(_l("Value"), filters=[clean])
    remark = TextAreaField(
        _l("Remark"),
        [Length(max=2000, message=_l("At most %(max)d characters."))],
        filters=[clean_lines],
        render_kw={"rows": 2},
    )

    def validate_value(self, field: StringField) -> None:
        if field.data and parsed(field.data) is None:
            raise ValidationError(gettext("Write a number, such as %(example)s.", example=measured(Decimal("4.2"))))

    @property
    def answer(self) -> Answer:
        outcome = self.result.data if self.result.data in set(PointOutcome) else None
        return {
            "outcome": PointOutcome(outcome) if outcome else None,
            "value": parsed(self.value.data),
            "remark": self.remark.data or "",
        }


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
        alone = point.is_outside and point.outcome is PointOutcome.OK  # the value was all that was said
        result = None if alone else point.outcome
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
        return SimpleNamespace(
            low=measured(low),
            high=measured(high),
            low_x=LOW_X,
            high_x=HIGH_X,
            mark_x=self._mark(low, high),
        )

    def _mark(self, low: Decimal, high: Decimal) -> int | None:
        if self.value is None:
            return None
        place = LOW_X + float((self.value - low) / ((high - low) or 1)) * (HIGH_X - LOW_X)
        return int(min(max(place, MARGIN), END_X - MARGIN))

    @property
    def out_say(self) -> str:
        """How far the typed value is beyond its limits, or ''."""
        value, low, high = self.value, self.point.low, self.point.high
        if value is not None and high is not None and value > high:
            return gettext(
                "%(by)s %(unit)s above the limit. Measure again, or say what it means below.",
                by=measured(value - high),
                unit=self.unit,
            )
        if value is not None and low is not None and value < low:
            return gettext(
                "%(by)s %(unit)s below the limit. Measure again, or say what it means below.",
                by=measured(low - value),
                unit=self.unit,
            )
        return ""

    @property
    def alarm(self) -> bool:
        return bool(self.out_say)

    @property
    def remark_open(self) -> bool:
        return self.alarm or bool(self.form.remark.data) or self.form.answer["outcome"] is PointOutcome.REMARK

    @property
    def opened(self) -> str:
        """The answer that stands in the database now, for the page to carry along."""
        value = self.point.value
        return json.dumps({**self.point.given, "value": None if value is None else str(value)})

    def was(self, posted: Any) -> Answer:
        """The answer that stood on the page when it was opened, as the page itself carried it."""
        try:
            kept = json.loads(posted.get(f"{self.prefix}opened", ""))
            outcome = PointOutcome(kept["outcome"]) if kept["outcome"] else None
            value, remark = parsed(kept["value"]), str(kept["remark"])
        except (ValueError, KeyError, TypeError):
            return self.point.given
        return {"outcome": outcome, "value": value, "remark": remark}


def say(value: Answer | str | None) -> str:
    """An answer, or the performed action, in words."""
    if not isinstance(value, dict):
        return value or ""
    parts = (
        str(value["outcome"].label) if value["outcome"] else "",
        measured(value["value"]),
        value["remark"],
    )
    return " · ".join(part for part in parts if part)
