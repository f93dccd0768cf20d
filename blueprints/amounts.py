"""Fields for amounts, quantities and percentages, and for an article by number or name."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from blueprints.custom_forms import NumberField
from blueprints.forms import REQUIRED, clean
from blueprints.web import house
from blueprints.words import today
from models import vat
from models.amounts import HUNDRED, LARGEST, Minor, half_up
from models.article import Article
from tasks.figures import measured, short

MOST = Decimal("99999.99")  # of anything, in one line
PLACES = 2


class AmountInput(NumberField):
    """An amount as people write it, `1 250,50`; kept in minor units."""

    def pre_validate(self, form: Any) -> None:
        if isinstance(self.data, Minor):
            return
        super().pre_validate(form)
        if self.data is not None:
            self.data = Minor(half_up(self.data * HUNDRED))

    def _value(self) -> str:
        """As it can be typed again, without anything between the thousands."""
        return measured(Decimal(self.data).scaleb(-2)) if isinstance(self.data, Minor) else str(self.data or "")


def amount(label: Any, *, required: bool = False, **kwargs: Any) -> AmountInput:
    sentence = _l("An amount from 0 to 999,999,999.99.")
    checks = [REQUIRED if required else Optional(), NumberRange(0, LARGEST, sentence)]
    return AmountInput(label, checks, decimals=PLACES, unit="", **kwargs)


class ShortInput(NumberField):
    """A number with at most two decimals, written without noughts behind."""

    def _value(self) -> str:
        return short(self.data) if isinstance(self.data, Decimal) else str(self.data or "")


def quantity(label: Any, **kwargs: Any) -> ShortInput:
    checks = [REQUIRED, NumberRange(Decimal("0.01"), MOST, _l("A quantity from 0.01 to 99,999.99."))]
    return ShortInput(label, checks, decimals=PLACES, unit="", **{"default": Decimal(1), **kwargs})


def percent(label: Any, *, required: bool = False, **kwargs: Any) -> ShortInput:
    checks = [REQUIRED if required else Optional(), NumberRange(0, 100, _l("A percentage from 0 to 100."))]
    return ShortInput(label, checks, decimals=PLACES, unit="%", **kwargs)


class VatSelect(SelectField):
    """One of the rates in force; what the record has stays choosable when the law has changed."""

    choices: Any
    data: Any

    def __init__(self, label: Any, **kwargs: Any):
        super().__init__(label, coerce=_as_rate, **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        in_force = vat.rates_on(house().country, today())
        self.choices = [SelectChoice(rate, _rate_words(rate, uses)) for rate, uses in in_force.items()]
        super().process(*args, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, Decimal) else vat.standard(house().country)
        if self.data not in [choice.value for choice in self.choices]:
            self.choices = [*self.choices, SelectChoice(self.data, _rate_words(self.data, []))]


def _as_rate(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except ArithmeticError as error:
        raise ValueError("no number") from error


def _rate_words(rate: Decimal, uses: list[Any]) -> str:
    percentage = f"{short(rate)} %"
    return " · ".join([percentage, ", ".join(dict.fromkeys(str(use) for use in uses))]) if uses else percentage


class ArticleField(StringField):
    """An article by number or name, as typed or picked from the suggestions; inactive ones are not offered."""

    data: Any

    def __init__(self, *args: Any, free_text: bool = False, **kwargs: Any):
        self.free_text = free_text
        super().__init__(*args, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = value.title if isinstance(value, Article) else (value or "")

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """The article, once what was typed has passed the other checks."""
        typed = clean(self.data)
        found = Article.named(current_user, typed) if typed and not validation_stopped else None
        if found is not None:
            self.data = found
        elif typed and not self.free_text:
            raise ValidationError(gettext("No article has this number or name. Choose one from the list."))

    def _value(self) -> str:
        return self.data.title if isinstance(self.data, Article) else (self.data or "")
