"""Fields that several forms share: what a date, a phone, an address or a customer is, is decided here."""

from collections.abc import Iterable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import (
    Choice as Option,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from models.base import Choice, Country, Language, Record
from models.custom_field import PREFIX
from models.customer import Customer
from models.organisation import Organisation, Store
from models.phone import Phone
from models.user import User


class Filled(InputRequired):
    """Something is there, and not only blanks."""

    def __call__(self, form, field) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(self.message)


REQUIRED = Filled(_l("Fill this in."))


def clean(text: str | None) -> str:
    return " ".join((text or "").split())


def clean_lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class Form(FlaskForm):
    """Every form: labels from the noun's LABELS, the version it was opened on, and the values for its verb."""

    class Meta:
        csrf = False  # CSRFProtect checks every write before any form is read

    version = IntegerField(widget=HiddenInput(), default=0)

    @property
    def region(self) -> Country:
        """The country whose rules its numbers follow: the organisation's, unless the form knows better."""
        return ours()

    def values(self, *leave_out: str) -> dict[str, Any]:
        """What was typed, by field name, without the form's own fields."""
        return {field.name: field.data for field in self if field.name not in ("version", *leave_out)}

    @property
    def own_fields(self) -> list[Any]:
        """The organisation's custom fields in this form."""
        return [field for field in self if field.name.startswith(PREFIX)]

    @classmethod
    def over(cls, record: Record, **more: Any) -> "Form":
        """The form filled from the record, or from what was posted."""
        return cls(obj=record, **more)

    def sent(self) -> bool:
        """Was it posted, and is it right?"""
        return request.method == "POST" and self.validate()

    def blame(self, name: str, sentence: Any) -> None:
        """Put a refusal of the domain beside the field it is about."""
        field = self[name]
        field.errors = [*field.errors, sentence]


def text(label: Any, longest: int, *, required: bool = False, **kwargs: Any) -> StringField:
    checks = [Length(max=longest, message=_l("At most %(max)d characters."))]
    return StringField(label, [REQUIRED if required else Optional(), *checks], filters=[clean], **kwargs)


def long_text(
    label: Any, *, required: bool = False, longest: int = 4000, rows: int = 4, **kwargs: Any
) -> TextAreaField:
    checks = [REQUIRED if required else Optional(), Length(max=longest, message=_l("At most %(max)d characters."))]
    return TextAreaField(label, checks, filters=[clean_lines], render_kw={"rows": rows}, **kwargs)


def yes_no(label: Any, **kwargs: Any) -> BooleanField:
    return BooleanField(label, **kwargs)


class EmailField(StringField):
    """An address that mail can be sent to, in its plain form."""

    data: Any

    def pre_validate(self, form) -> None:
        if not self.data:
            return
        try:
            self.data = validate_email(self.data, check_deliverability=False, test_environment=True).normalized
        except EmailNotValidError as error:
            raise StopValidation(self.gettext("This is not an e-mail address.")) from error


def email(label: Any, *, required: bool = False, **kwargs: Any) -> EmailField:
    render = {"type": "email", "inputmode": "email", "autocomplete": "email"}
    return EmailField(
        label, [REQUIRED if required else Optional(), Length(max=120)], filters=[clean], render_kw=render, **kwargs
    )


class PhoneField(StringField):
    """A number as people write it; checked against the form's country, kept as typed."""

    def pre_validate(self, form) -> None:
        if self.data and not Phone(self.data, form.region).can_be_dialled:
            raise StopValidation(_l("This is not a phone number."))


def ours() -> Country:
    organisation = Organisation.current()
    return organisation.country if organisation else Country.SE


def parse_phone(number: str) -> Any:
    """The number as it is dialled from the organisation's country, or None where it cannot be."""
    return Phone(number, ours()).parsed


def phone(label: Any, **kwargs: Any) -> PhoneField:
    return PhoneField(
        label, [Optional(), Length(max=40)], filters=[clean], render_kw={"type": "tel", "autocomplete": "tel"}, **kwargs
    )


class ChoiceSelect(SelectField):
    """One of a closed set, as its enum member. `blank` is the label of 'none'."""

    data: Any

    def __init__(
        self, label: Any, kind: type[Choice], *, blank: Any = None, only: Iterable[Choice] | None = None, **kwargs: Any
    ):
        self.kind, self.blank = kind, blank
        members = list(only if only is not None else kind)
        choices = [SelectChoice("", blank)] if blank is not None else []
        choices += [SelectChoice(member.value, member.label) for member in members]
        super().__init__(label, choices=choices, coerce=self._coerce, **kwargs)

    def _coerce(self, value: Any) -> Any:
        return self.kind(value) if value else ("" if "" not in self.kind._value2member_map_ else self.kind(""))

    def process_formdata(self, valuelist) -> None:
        super().process_formdata(valuelist)
        if self.data == "" and self.blank is not None:
            self.data = None

    def pre_validate(self, form) -> None:
        if self.data is not None:
            super().pre_validate(form)


def language(label: Any = _l("Language"), **kwargs: Any) -> ChoiceSelect:
    return ChoiceSelect(label, Language, **kwargs)


class RecordSelect(SelectField):
    """One of a short list of records, as the record. `records(user)` is read when the form is made."""

    def __init__(self, label: Any, records, *, blank: Any = None, words=str, validators=(), **kwargs: Any):
        self.records, self.blank, self.words = records, blank, words
        super().__init__(label, list(validators), coerce=str, **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.known = {str(record.id): record for record in self.records(current_user)}
        self.choices = list(self.known)
        super().process(*args, **kwargs)

    def process_data(self, value: Any) -> None:
        """What the record has now stays choosable, even where it is not offered any more (a person who left)."""
        self.data = str(value.id) if isinstance(value, Record) else str(value or "")
        if isinstance(value, Record):
            self.known.setdefault(self.data, value)

    def pre_validate(self, form) -> None:
        if self.data not in self.known and not (self.blank is not None and not self.data):
            raise ValidationError(self.gettext("Not a valid choice."))

    @property
    def record(self) -> Any:
        return self.known.get(self.data)

    def post_validate(self, form, validation_stopped: bool) -> None:
        if not validation_stopped and not self.errors:
            self.data = self.record

    def _value(self) -> str:
        return str(self.data.id) if isinstance(self.data, Record) else str(self.data or "")

    def iter_choices(self):
        chosen = self._value()
        blank = [("", self.blank)] if self.blank is not None else []
        words = [*blank, *((key, self.words(record)) for key, record in self.known.items())]
        return [Option(key, label, key == chosen, {}) for key, label in words]


def store(label: Any = _l("Store"), **kwargs: Any) -> RecordSelect:
    return RecordSelect(
        label, lambda user: Store.visible_to(user).order_by(Store.number), words=lambda found: found.title, **kwargs
    )


def person(label: Any, *, blank: Any = "", **kwargs: Any) -> RecordSelect:
    return RecordSelect(label, lambda user: User.active_staff(), blank=blank, words=lambda found: found.name, **kwargs)


class CustomerField(StringField):
    """A customer by number or by name, as typed or picked from the suggestions; inactive ones are not offered."""

    data: Any

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._found: dict[str, Customer | None] = {}

    def process_data(self, value: Any) -> None:
        self.data = value.title if isinstance(value, Record) else (value or "")

    def pre_validate(self, form) -> None:
        typed = clean(self.data)
        if not typed:
            self.data = None
            return
        found = self._find(typed)
        if found is None:
            raise StopValidation(_l("No customer has this number or name. Choose one from the list."))
        self.data = found

    def _find(self, typed: str) -> Customer | None:
        kept = self.object_data  # the record's own customer stays, also when it is inactive by now
        if isinstance(kept, Customer) and typed == kept.title:
            return kept
        if typed not in self._found:  # asked for the facilities to choose from, and once more when the form is checked
            self._found[typed] = Customer.numbered(Customer.choosable_by(current_user), typed)
        return self._found[typed]

    def _value(self) -> str:
        return self.data.title if isinstance(self.data, Record) else (self.data or "")


class TickList(SelectMultipleField):
    """Several of a list, each with its own tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def date(label: Any, **kwargs: Any) -> DateField:
    return DateField(label, [Optional()], **kwargs)
