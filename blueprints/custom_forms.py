"""Custom fields on a form and on a card, drawn from their definitions."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import BooleanField, DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation

from blueprints.forms import REQUIRED, Form, clean, clean_lines
from blueprints.questions import parsed
from blueprints.words import show
from models.custom_field import LONGEST, CustomField, FieldKind, Need
from models.customised import Customised
from tasks.figures import measured

Kind = TypeVar("Kind", bound=type[Form])
EXAMPLE = Decimal("4.2")


class NumberField(StringField):
    """A number as the reader's language writes it, rounded to the decimals the field has."""

    data: Any

    def __init__(self, label: Any, validators: Any, *, decimals: int, unit: str, **kwargs: Any):
        self.decimals, self.unit = decimals, unit
        super().__init__(label, validators, render_kw={"inputmode": "decimal"}, **kwargs)

    def pre_validate(self, form: Any) -> None:
        typed = clean(self.data) if isinstance(self.data, str) else ""
        number = parsed(typed) if typed else None
        if typed and number is None:
            raise StopValidation(gettext("Write a number, such as %(example)s.", example=measured(EXAMPLE)))
        if isinstance(self.data, str) or self.data is None:
            self.data = None if number is None else round(number, self.decimals)

    def _value(self) -> str:
        return measured(self.data) if isinstance(self.data, Decimal) else str(self.data or "")


class DayField(DateField):
    def process_formdata(self, valuelist: Any) -> None:
        """A year beyond the calendar is said in words, like any other text that is no date."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("This is not a date.")) from error


class OneOf(SelectField):
    """One of the choices; the record's own stays choosable where it is not offered any more."""

    choices: Any

    def process_data(self, value: Any) -> None:
        super().process_data(value)
        if value and value not in [choice.value for choice in self.choices]:
            self.choices = [*self.choices, SelectChoice(value, value)]


class SuggestionField(StringField):
    def __init__(self, label: Any, validators: Any, *, suggestions: list[str], **kwargs: Any):
        self.suggestions = suggestions
        super().__init__(label, validators, **kwargs)


def customised(form: Kind, noun: type[Customised]) -> Kind:
    """The form with the noun's custom fields behind its own."""
    fields = noun.custom_fields()
    drawn = {one.name: DRAWN[one.kind](one, _checks(one)) for one in fields}
    return type(form.__name__, (form,), drawn) if fields else form  # type: ignore[return-value]


def _checks(one: CustomField) -> list[Any]:
    first = REQUIRED if one.need is Need.ALWAYS else Optional()
    longest = LONGEST.get(one.kind)
    return [first, Length(max=longest, message=_l("At most %(max)d characters."))] if longest else [first]


def _text(one: CustomField, checks: list[Any]) -> Any:
    return StringField(one.spoken, checks, filters=[clean], description=one.help)


def _long_text(one: CustomField, checks: list[Any]) -> Any:
    return TextAreaField(one.spoken, checks, filters=[clean_lines], description=one.help, render_kw={"rows": 3})


def _number(one: CustomField, checks: list[Any]) -> Any:
    return NumberField(one.spoken, checks, decimals=one.decimals, unit=one.unit, description=one.help)


def _day(one: CustomField, checks: list[Any]) -> Any:
    return DayField(one.spoken, checks, description=one.help)


def _yes_no(one: CustomField, checks: list[Any]) -> Any:
    return BooleanField(one.spoken, checks, description=one.help)


def _choice(one: CustomField, checks: list[Any]) -> Any:
    choices = [SelectChoice("", gettext("Not chosen")), *(SelectChoice(choice, choice) for choice in one.choices)]
    return OneOf(one.spoken, checks, choices=choices, description=one.help)


def _suggestion(one: CustomField, checks: list[Any]) -> Any:
    listed = {"list": f"{one.name}-choices", "autocomplete": "off"}
    return SuggestionField(
        one.spoken, checks, suggestions=one.choices, filters=[clean], description=one.help, render_kw=listed
    )


DRAWN: dict[FieldKind, Callable[[CustomField, list[Any]], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _day,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choice,
    FieldKind.SUGGESTION: _suggestion,
}


# On a card


def facts(record: Customised) -> list[tuple[Any, Any]]:
    """All of them for the staff; what a removed field holds stays readable."""
    return [(_called(one), _said(one, value)) for one, value in record.custom_values]


def shared_facts(record: Customised) -> list[tuple[Any, Any]]:
    """What the customer's users may read: nothing hidden, nothing removed, nothing empty."""
    return [(one.spoken, _said(one, value)) for one, value in record.shared_values]


def removed_facts(record: Customised | None) -> list[tuple[Any, Any]]:
    """For the form, which does not ask for them any more."""
    values = record.custom_values if record else []
    return [(_called(one), _said(one, value)) for one, value in values if not one.is_offered]


def _called(one: CustomField) -> Any:
    return one.spoken if one.is_offered else gettext("%(field)s (removed)", field=one.spoken)


def _said(one: CustomField, value: Any) -> Any:
    if one.kind is FieldKind.LONG_TEXT and value:
        return Markup('<span class="pre">%s</span>') % value
    words = show(value)
    return f"{words}\N{NO-BREAK SPACE}{one.unit}" if one.unit and words else words
