"""The rates of value added tax, as tables with dates: a rate that changes is a new row, never an edited one.

Sweden: lag (2023:200), chapter 9, and for food the lowered rate from April 2026 to the end of 2027. Norway: the
Storting's yearly decision on merverdiavgift. Ukraine: the tax code, article 193.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Country

NONE = Decimal(0)


@dataclass(frozen=True)
class Rate:
    """`percent` holds from `since` to `until` (both included; None: without an end) for what `of` says."""

    percent: Decimal
    of: Any
    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


_STANDARD, _FOOD, _ZERO = _l("Standard rate"), _l("Food"), _l("Free of VAT")

RATES: dict[Country, tuple[Rate, ...]] = {
    Country.SE: (
        Rate(Decimal(25), _STANDARD, date(1990, 7, 1)),
        Rate(Decimal(12), _FOOD, date(1996, 1, 1), date(2026, 3, 31)),
        Rate(Decimal(6), _FOOD, date(2026, 4, 1), date(2027, 12, 31)),
        Rate(Decimal(12), _FOOD, date(2028, 1, 1)),
        Rate(Decimal(12), _l("Hotels and restaurants"), date(2012, 1, 1)),
        Rate(Decimal(6), _l("Books, culture and passenger transport"), date(2002, 1, 1)),
        Rate(NONE, _ZERO, date(1990, 7, 1)),
    ),
    Country.NO: (
        Rate(Decimal(25), _STANDARD, date(2005, 1, 1)),
        Rate(Decimal(15), _FOOD, date(2012, 1, 1)),
        Rate(Decimal("11.11"), _l("Raw fish"), date(2005, 1, 1)),
        Rate(Decimal(12), _l("Passenger transport, lodging and culture"), date(2018, 1, 1)),
        Rate(NONE, _ZERO, date(2001, 7, 1)),
    ),
    Country.UA: (
        Rate(Decimal(20), _STANDARD, date(1992, 1, 1)),
        Rate(Decimal(14), _l("Some farm produce"), date(2021, 3, 1)),
        Rate(Decimal(7), _l("Medicine and culture"), date(2014, 4, 1)),
        Rate(NONE, _ZERO, date(1992, 1, 1)),
    ),
}


def rates_on(country: Country, day: date) -> dict[Decimal, list[Any]]:
    """{percent: what it is for}, the highest first, as the law is on that day."""
    found: dict[Decimal, list[Any]] = {}
    for rate in RATES[country]:
        if rate.holds(day):
            found.setdefault(rate.percent, []).append(rate.of)
    return dict(sorted(found.items(), reverse=True))


def standard(country: Country) -> Decimal:
    return RATES[country][0].percent
