"""The one search over everything: each noun from what the reader may see, the exact number first, then the
living, then the archive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee

from models.article import Article
from models.base import alone
from models.customer import Customer
from models.facility import Facility
from models.fault_report import WAITING, FaultReport
from models.order import OPEN, Order
from models.protocol import Protocol
from models.quote import DRAFT, SENT, Quote
from models.service_object import ServiceObject
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
    return lambda text: column == text if any(letter.isdigit() for letter in text) else None


SOUGHT = (
    Sought(Customer, _written(Customer.number), Customer.matches, Customer.inactive_at.is_null),
    Sought(Facility, _written(Facility.number), Facility.matches, Facility.inactive_at.is_null),
    Sought(ServiceObject, _written(ServiceObject.number), ServiceObject.matches, ServiceObject.inactive_at.is_null),
    Sought(FaultReport, _whole(FaultReport.number), FaultReport.matches, lambda: FaultReport.status == WAITING),
    Sought(Order, _whole(Order.number), Order.matches, lambda: Order.status.in_(OPEN)),
    Sought(
        Protocol, _written(Protocol.number), lambda text: Protocol.number.startswith(text), lambda: peewee.SQL("1=1")
    ),
    Sought(Quote, _whole(Quote.number), Quote.matches, lambda: Quote.status.in_((DRAFT, SENT))),
    Sought(Article, _written(Article.number), Article.matches, Article.inactive_at.is_null),
    Sought(User, lambda text: None, User.matches, User.inactive_at.is_null),
)


def find_everything(user: User, text: str) -> list[Found]:
    """The nouns in which something is found, those with the very number first."""
    text = text.strip()
    found = [one for one in (_find(sought, user, text) for sought in SOUGHT) if one.rows] if text else []
    return sorted(found, key=lambda one: not one.is_exact)


def _find(sought: Sought, user: User, text: str) -> Found:
    """Ids first, which is cheap; only what is shown is read whole. Beyond a hundred hits nobody reads on."""
    seen, number = sought.noun.visible_to(user), sought.number(text)
    exact = [] if number is None else _ids(seen, number, sought, EACH)
    hits = _ids(seen, sought.matches(text), sought, COUNTED_UP_TO + 1)
    ids = list(dict.fromkeys([*exact, *hits]))
    shown = ids[:EACH]
    known = {row.id: row for row in seen.where(sought.noun.id.in_(shown))} if shown else {}
    rows = [known[record_id] for record_id in shown if record_id in known]
    return Found(sought.noun, rows, min(len(ids), COUNTED_UP_TO), len(ids) > COUNTED_UP_TO, bool(exact))


def _ids(seen: "peewee.ModelSelect[Any]", condition: Any, sought: Sought, limit: int) -> list[int]:
    """The living before the archive, each in the order they were made."""
    alive = sought.alive().alias("alive")
    hits = alone(seen).where(condition).select(sought.noun.id, alive).limit(limit).tuples()
    return [record_id for record_id, is_alive in sorted(hits, key=lambda hit: (not hit[1], hit[0]))]
