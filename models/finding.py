"""The one search over everything: each noun from what the reader may see, the exact number first, then the
living, then the archive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee
from peewee import fn

from models.customer import Customer
from models.facility import Facility
from models.fault_report import WAITING, FaultReport
from models.order import OPEN, Order
from models.protocol import Protocol
from models.user import User

EACH = 5
COUNTED_UP_TO = 100
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Sought:
    """How a noun is searched. `number` turns the typed text into its exact condition, or None where it cannot
    be one."""

    noun: Any
    number: Callable[[str], Any]
    matches: Callable[[str], Any]
    alive: Callable[[], Any]


@dataclass(frozen=True)
class Found:
    """A noun's hits. `count` stops at COUNTED_UP_TO, `more` says that there are others; `is_exact`: the number
    itself was typed."""

    noun: Any
    rows: list[Any]
    count: int
    more: bool
    is_exact: bool


def _whole(column: Any) -> Callable[[str], Any]:
    return lambda text: (
        column == int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
    )


def _written(column: Any) -> Callable[[str], Any]:
    return lambda text: column == text


SOUGHT = (
    Sought(Customer, _written(Customer.number), Customer.matches, Customer.inactive_at.is_null),
    Sought(Facility, _written(Facility.number), Facility.matches, Facility.inactive_at.is_null),
    Sought(FaultReport, _whole(FaultReport.number), FaultReport.matches, lambda: FaultReport.status == WAITING),
    Sought(Order, _whole(Order.number), Order.matches, lambda: Order.status.in_(OPEN)),
    Sought(
        Protocol, _written(Protocol.number), lambda text: Protocol.number.startswith(text), lambda: peewee.SQL("1=1")
    ),
    Sought(User, _written(User.login), User.matches, User.inactive_at.is_null),
)


def find_everything(user: User, text: str) -> list[Found]:
    """The nouns in which something is found, those with the very number first."""
    text = text.strip()
    found = [one for one in (_find(sought, user, text) for sought in SOUGHT) if one.rows] if text else []
    return sorted(found, key=lambda one: not one.is_exact)


def _find(sought: Sought, user: User, text: str) -> Found:
    seen, number = sought.noun.visible_to(user), sought.number(text)
    exact = list(seen.where(number).limit(EACH)) if number is not None else []
    others = seen.where(sought.matches(text) & sought.noun.id.not_in([record.id for record in exact]))
    rows = exact
    for part in (sought.alive(), ~sought.alive()):
        if len(rows) < EACH:
            rows = [*rows, *others.where(part).limit(EACH - len(rows))]
    count = len(exact) + _count(others) if len(rows) == EACH else len(rows)
    return Found(sought.noun, rows, min(count, COUNTED_UP_TO), count > COUNTED_UP_TO, bool(exact))


def _count(query: "peewee.ModelSelect[Any]") -> int:
    """How many, counted no further than anybody reads."""
    noun = query.model
    some = query.select(noun.id).limit(COUNTED_UP_TO + 1).alias("some")
    return peewee.Select([some], [fn.COUNT(peewee.SQL("*"))]).bind(noun._meta.database).scalar()
