"""Queries that every page asks: their SQL is written once, and only the values are new each time.

Writing a query's SQL takes Peewee longer than SQLite takes to answer it. What is kept here is text, never an answer:
what somebody may see depends on a `Reader`, which is read anew at every request and is the key to the text.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import peewee
from peewee import fn

from models.base import Record, alone, db
from models.reader import Reader

KEPT = 1_000


class Slot:
    """Where a value goes that is known only when the query is asked: plain, as the driver takes it."""

    def __init__(self, place: int):
        self.place = place


def slots(count: int) -> list[peewee.Value]:
    return [peewee.Value(Slot(place), converter=False) for place in range(count)]


class Ready:
    """A query as text. `rows` gives what the query itself would give."""

    def __init__(self, query: Any):
        self._query = query
        self._sql, self._values = query.sql()
        self._shape: Any = None  # what makes rows of tuples, found out from the first answer that has any

    def rows(self, *values: Any) -> list[Any]:
        filled = [values[value.place] if isinstance(value, Slot) else value for value in self._values]
        cursor = db.execute_sql(self._sql, filled)
        found = cursor.fetchall()
        if found and self._shape is None:
            self._shape = self._shape_of(cursor)
        return [self._shape.process_row(row) for row in found]

    def _shape_of(self, cursor: Any) -> Any:
        shape = self._query._get_cursor_wrapper(cursor)
        shape.initialize()
        shape.cursor = None  # its connection is another's by the next time
        return shape


def ready(build: Callable[..., Any]) -> Callable[..., list[Any]]:
    """A function that makes a query becomes one that asks it; it runs once, with a slot for each argument."""
    count = len(inspect.signature(build).parameters)
    made: list[Ready] = []  # at the first use: SQL differs between the databases

    @wraps(build)
    def ask(*values: Any) -> list[Any]:
        if not made:
            made.append(Ready(build(*slots(count))))
        return made[0].rows(*values)

    return ask


def listed(records: Callable[[Any], "peewee.ModelSelect[Any]"], user: Any) -> list[Any]:
    """What `records(user)` finds."""
    return list(records(user)) if user.is_portal else _listing(records, user.reader).rows()


@lru_cache(maxsize=KEPT)
def _listing(records: Callable[[Any], "peewee.ModelSelect[Any]"], reader: Reader) -> Ready:
    return Ready(records(reader))


def one(noun: type[Record], user: Any, record_id: int) -> Any:
    """The record, if this person may know of it."""
    if user.is_portal:
        return noun.visible_to(user).where(noun.id == record_id).first()
    return next(iter(_one(noun, user.reader).rows(record_id)), None)


@lru_cache(maxsize=KEPT)
def _one(noun: type[Record], reader: Reader) -> Ready:
    return Ready(noun.visible_to(reader).where(noun.id == slots(1)[0]).limit(1))


def count(records: Callable[[Any], "peewee.ModelSelect[Any]"], user: Any) -> int:
    """How many `records(user)` finds. What a customer's user sees depends on more than their rights: asked as it is."""
    if user.is_portal:
        return alone(records(user)).count()
    return _counting(records, user.reader).rows()[0][0]


@lru_cache(maxsize=KEPT)
def _counting(records: Callable[[Any], "peewee.ModelSelect[Any]"], reader: Reader) -> Ready:
    return Ready(alone(records(reader)).select(fn.COUNT(peewee.SQL("*"))).tuples())
