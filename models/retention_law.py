"""How long the law keeps what a person would rather have erased: a dated table, each row with its paragraph.

Erasure gives way where a law obliges to keep (GDPR art. 17(3)(b)) and where a claim may still be made (17(3)(e)).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from models.base import Choice, Country

UKRAINIAN_RETURN = 60  # days after the year until its tax return is due (ПКУ, п. 49.18)
# Where a person complains.
AUTHORITIES = {
    Country.SE: "Integritetsskyddsmyndigheten (imy.se)",
    Country.NO: "Datatilsynet (datatilsynet.no)",
    Country.UA: "Уповноважений Верховної Ради України з прав людини (ombudsman.gov.ua)",
}


class Ground(Choice):
    BOOKKEEPING = "bookkeeping", _l("Bookkeeping")
    CLAIMS = "claims", _l("Claims and warranty")


@dataclass(frozen=True)
class Law:
    """`paragraph` is cited as it is called in its country; `since`: in force for what was done from that day on."""

    code: str
    country: Country
    ground: Ground
    paragraph: str
    since: date
    until: Callable[[date], date]


def end_of_year(years: int) -> Callable[[date], date]:
    """Through the last day of so many years after the year it happened in."""
    return lambda day: date(day.year + years, 12, 31)


def anniversary(years: int) -> Callable[[date], date]:
    """So many years to the day; from a leap day to the last of February."""

    def until(day: date) -> date:
        leap = (day.month, day.day) == (2, 29)
        return date(day.year + years, 2, 28) if leap else day.replace(year=day.year + years)

    return until


def after_tax_return(days: int) -> Callable[[date], date]:
    return lambda day: date(day.year, 12, 31) + timedelta(days=UKRAINIAN_RETURN + days)


LAWS = (
    Law(
        "se.books",
        Country.SE,
        Ground.BOOKKEEPING,
        "bokföringslagen (1999:1078) 7 kap. 2 §",
        date(2011, 1, 1),
        end_of_year(7),
    ),
    Law("no.books", Country.NO, Ground.BOOKKEEPING, "bokføringsloven § 13", date(2014, 2, 1), end_of_year(5)),
    Law(
        "ua.books",
        Country.UA,
        Ground.BOOKKEEPING,
        "Податковий кодекс України, п. 44.3",
        date(2011, 1, 1),
        after_tax_return(1095),
    ),
    Law(
        "se.claims",
        Country.SE,
        Ground.CLAIMS,
        "konsumentköplagen (2022:260) 5 kap. 2 §",
        date(2022, 1, 1),
        anniversary(3),
    ),
    Law("no.claims", Country.NO, Ground.CLAIMS, "forbrukerkjøpsloven § 27", date(2002, 7, 1), anniversary(5)),
    Law(
        "ua.claims",
        Country.UA,
        Ground.CLAIMS,
        "Цивільний кодекс України, ст. 257",
        date(2004, 1, 1),
        anniversary(3),
    ),
)
BY_CODE = {law.code: law for law in LAWS}


def longest(country: Country, day: date) -> Law:
    """Of the laws that keep what was done on this day, the one that keeps it longest.

    What is older than every row falls under its country's first: it has run out anyway.
    """
    ours = [law for law in LAWS if law.country is country]
    return max([law for law in ours if law.since <= day] or ours, key=lambda law: law.until(day))
