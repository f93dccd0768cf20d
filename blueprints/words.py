"""Dates, amounts, values and names in the reader's language and the store's time zone: Jinja's filters."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import dates as babel_dates
from flask import g, request, session
from flask_babel import (
    Babel,
    Domain,
    format_date,
    format_datetime,
    format_time,
    get_locale,
    get_timezone,
    gettext,
    to_user_timezone,
)
from flask_babel import format_decimal as babel_decimal
from flask_login import current_user

from models.amounts import Minor
from models.base import Choice, Language, Money, Record, now
from models.refusals import Refusal
from tasks.figures import amount, measured, money, short

LANGUAGES = [language.value for language in Language]
NORWEGIAN = {"no": "nb", "nn": "nb"}
# Babel's "en" writes American dates; ours is read in Europe, where 11/24 is no day.
KEPT = 5_000  # words and times as they are said in one language
DAY = {"en": "d MMM y"}
WHOLE_DAY = {"en": "EEEE d MMMM y"}
MOMENT = {"nb": "d. MMM y HH:mm"}


class Catalogue(Domain):
    """The translations by their language alone: the library spells out the whole locale for every word."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[str, Any] = {}

    def get_translations(self) -> Any:
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        if locale.language not in self._of:
            self._of[locale.language] = super().get_translations()
        return self._of[locale.language]


babel = Babel()
babel.domain_instance = Catalogue()


def choose_locale() -> str:
    """Translations are found by the language alone; dates and numbers need its locale."""
    return Language(choose_language()).locale


def reading() -> str:
    """The code of the language this page is written in."""
    return get_locale().language


def choose_language() -> str:
    """The person's language; for strangers the one they clicked, then their browser's, then the organisation's."""
    if current_user and current_user.is_authenticated:
        return current_user.language.value
    if session.get("language") in LANGUAGES:
        return session["language"]
    wanted = [
        NORWEGIAN.get(code.split("-")[0].lower(), code.split("-")[0].lower())
        for code in request.accept_languages.values()
    ]
    fallback = g.organisation.language.value if g.get("organisation") else "en"
    return next((code for code in wanted if code in LANGUAGES), fallback)


def choose_time_zone() -> str | None:
    organisation = g.get("organisation")
    return organisation.time_zone if organisation else None


def show(value: Any) -> str:
    """Any value of the domain as a reader reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, Choice):
        return _word(value, reading())
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, date):
        return day_and_time(value) if isinstance(value, datetime) else day(value)
    if isinstance(value, Money | Minor | Decimal):
        return _figure(value)
    if isinstance(value, list):
        return ", ".join(show(part) for part in value)
    if isinstance(value, Refusal):
        return value.say(show)
    return value.title if isinstance(value, Record) else str(value)


@lru_cache(maxsize=KEPT, typed=True)
def _word(value: Choice, _language: str) -> str:
    """The choice in the language that is spoken now. Choices of two kinds may be equal as text, so the type counts."""
    return str(value.label)


def _figure(value: Money | Minor | Decimal) -> str:
    if isinstance(value, Money):
        return money(value)
    return amount(value) if isinstance(value, Minor) else measured(value)


def _in_our_way(patterns: dict[str, str], otherwise: str) -> str:
    return patterns.get(reading(), otherwise)


def day_and_time(value: datetime | None) -> str:
    """24 Nov 2026 15:51: to the minute, and in letters, so that figures under each other need no wide hyphens."""
    return _moment(value, reading(), get_timezone()) if value else ""


@lru_cache(maxsize=KEPT)
def _moment(value: datetime, _language: str, _zone: Any) -> str:
    return format_datetime(value, _in_our_way(MOMENT, "d MMM y HH:mm"))


def clock(value: datetime | None) -> str:
    return format_time(value, "HH:mm") if value else ""


def day(value: date | datetime | None) -> str:
    """24 Nov 2026, in the reader's way."""
    return format_date(value, _in_our_way(DAY, "medium")) if value else ""


def whole_day(value: date | datetime) -> str:
    """Tuesday 24 November 2026."""
    return format_date(value, _in_our_way(WHOLE_DAY, "full"))


def ago(value: datetime | None) -> str:
    """Short and near: minutes and hours of today, the weekday of this week, else the date."""
    if value is None:
        return ""
    passed = now() - value
    if timedelta(0) <= passed < timedelta(hours=1):
        return babel_dates.format_timedelta(
            -passed, granularity="minute", add_direction=True, format="short", locale=get_locale()
        )
    there, here = to_user_timezone(value), to_user_timezone(now())
    if there.date() == here.date():
        return clock(value)
    if timedelta(0) < passed < timedelta(days=6):
        return format_datetime(value, "EEE HH:mm")
    return format_date(value, "d MMM" if there.year == here.year else "d MMM y")


def day_heading(value: date) -> str:
    """Today and yesterday by name, else weekday and date."""
    today = to_user_timezone(now()).date()
    full = whole_day(value)
    if value == today:
        return gettext("Today, %(day)s", day=full)
    if value == today - timedelta(days=1):
        return gettext("Yesterday, %(day)s", day=full)
    return full


def today() -> date:
    """The date where the organisation is."""
    return to_user_timezone(now()).date()


def local_day(value: datetime) -> date:
    return to_user_timezone(value).date()


def number(value: Any) -> str:
    return babel_decimal(value) if value is not None else ""


def initials(name: str) -> str:
    parts = [part for part in name.split() if part[:1].isalnum()]
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper() if parts else "?"


def language_name(code: str) -> str:
    return Language(code).label


def iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


FILTERS = {
    "show": show,
    "date": day,
    "time": clock,
    "datetime": day_and_time,
    "ago": ago,
    "iso": iso,
    "money": money,
    "amount": amount,
    "short": short,
    "number": number,
    "initials": initials,
    "day_heading": day_heading,
}
