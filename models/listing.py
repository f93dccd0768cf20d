"""What a noun's list can show: columns, filters and orders, read in one query into plain rows.

A `Listing` is declared by its noun's page and asked with a `Request` of names; only declared names reach SQL. Paging is
by key, never by a deep OFFSET, and a huge set is counted only up to a limit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import peewee
from peewee import fn

from models.base import alone
from models.reader import Reader
from models.ready import KEPT, Ready, slots
from models.rights import Right

COUNTED_UP_TO = 10_000
FIELD_KINDS = ((peewee.IntegerField, int), (peewee.DateTimeField, datetime), (peewee.DateField, date))
EXPORT_CHUNK = 1_000
LONGEST_NUMBER = 18


@dataclass(frozen=True)
class Column:
    """`expression` is what is shown and exported; `sort` (default: the expression) must not be NULL and should
    be indexed."""

    name: str
    label: Any
    expression: Any
    sort: Any = None
    sortable: bool = True
    default: bool = True
    numeric: bool = False
    wide: bool = False
    less_needed: bool = False
    right: Right | None = None  # only those who have it see the column, in lists and in exports
    kind: type | None = None  # what it sorts as, where the sort is no plain field: int, date; else text
    keys: Callable[..., list[Any]] | None = None  # reads a page's keys where a plain ORDER BY would have no index
    typed: bool = False  # exported as what it is, a number or a date, and not as it is read

    @property
    def order(self) -> Any:
        return self.expression if self.sort is None else self.sort

    def is_of_relative(self, noun: Any) -> bool:
        """It sorts by another noun's field, which the joins of `source` bring along."""
        return isinstance(self.order, peewee.Field) and self.order.model is not noun

    @property
    def sorts_as(self) -> type:
        return self.kind or next((kind for field_type, kind in FIELD_KINDS if isinstance(self.order, field_type)), str)

    def write(self, value: Any) -> str:
        """A sort value for an address."""
        return value.isoformat() if isinstance(value, date) else str(value)

    def read(self, text: str) -> Any:
        """The sort value an address names, as the database compares it; ValueError where it is of another kind."""
        if self.sorts_as is datetime:
            return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
        if self.sorts_as is int and len(text) > LONGEST_NUMBER:
            raise ValueError("a number no column holds")
        return date.fromisoformat(text) if self.sorts_as is date else self.sorts_as(text)


@dataclass(frozen=True)
class Filter:
    """`where` turns the chosen value into a condition (None: no condition); `choices` (user -> [(value,
    label)]) makes it a closed one."""

    name: str
    label: Any
    where: Callable[[str], Any]
    choices: Callable[[Any], Sequence[tuple[str, Any]]] | None = None
    is_bool: bool = False
    is_date: bool = False
    by_record: bool = False  # comes from the record's own card and is not among the filters to choose from
    words: Callable[[Any, str], str] | None = (
        None  # how a value is said where neither choices nor the value itself say it
    )

    @property
    def is_choice(self) -> bool:
        return self.choices is not None

    def allowed(self, user, value: str) -> bool:
        return self.choices is None or value in {str(known) for known, _ in self.choices(user)}


@dataclass(frozen=True)
class Request:
    """What the reader asked for, by names. `after`/`before` is the key of the row the page starts behind or
    ends before."""

    query: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    after: tuple[Any, int] | None = None
    before: tuple[Any, int] | None = None
    per_page: int = 25

    @property
    def is_bare(self) -> bool:
        """The list as it opens, in whatever order: nothing searched, filtered or turned over."""
        return not (self.query.strip() or self.filters or self.after or self.before)


class Row(NamedTuple):
    """A row's sort key and its columns (a namedtuple named like the listing's columns, with `id`)."""

    sort_value: Any
    shown: Any


@dataclass(frozen=True)
class Page:
    """One page. `total` counts up to COUNTED_UP_TO; `more` says that it is a floor. `left_out` are hits of the search
    among the rows that the list leaves out."""

    rows: list[Any]
    total: int
    more: bool
    has_next: bool
    has_previous: bool
    left_out: int = 0


@dataclass(frozen=True, eq=False)
class Listing:
    """`source(user)` gives the query of what the reader may see, with the joins that orders need (filters stand on the
    noun's own fields); `joined` gives the joins that the columns need. `keep` are expressions that rows always carry,
    shown or not.
    """

    name: str
    noun: Any
    columns: tuple[Column, ...]
    source: Callable[[Any], "peewee.ModelSelect[Any]"]
    joined: Callable[[], "peewee.ModelSelect[Any]"]
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    keep: tuple[Any, ...] = ()
    hidden: Callable[[Any], Any] | None = None  # what a list leaves out until a filter asks for it (inactive, done)
    hidden_unless: str = ""
    search: Callable[[str], Any] | None = None  # for a noun that has no search text of its own

    def finds(self, text: str) -> Any:
        """The condition for the typed text."""
        return self.search(text) if self.search else self.noun.matches(text)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def columns_for(self, user) -> list[Column]:
        """What this reader may see."""
        return [column for column in self.columns if column.right is None or user.has(column.right)]

    def sorted_by(self, request: Request) -> tuple[Column, bool]:
        wanted = next((column for column in self.columns if column.name == request.sort and column.sortable), None)
        return (wanted, request.descending) if wanted else (self.column(self.sort), self.descending)

    def matching(self, user, request: Request) -> "peewee.ModelSelect[Any]":
        """The rows that the search and the filters leave, in no order."""
        query = self.source(user)
        if request.query.strip():
            query = query.where(self.finds(request.query))
        for part in self.filters:
            value = request.filters.get(part.name, "")
            condition = part.where(value) if value and part.allowed(user, value) else None
            if condition is not None:
                query = query.where(condition)
        if self.hidden is not None and not request.filters.get(self.hidden_unless):
            query = query.where(self.hidden(user))
        return query

    def page(self, user, request: Request) -> Page:
        keys, total, left_out = self._found(user, request)
        beyond = len(keys) > request.per_page
        keys = keys[: request.per_page]
        if request.before:
            keys.reverse()
        has_next, has_previous = (True, beyond) if request.before else (beyond, request.after is not None)
        more = total > COUNTED_UP_TO
        return Page(self._rows(keys), min(total, COUNTED_UP_TO), more, has_next, has_previous, left_out)

    def _found(self, user, request: Request) -> tuple[list[Any], int, int]:
        """The page's keys, the count of all, and of what is left out. Of the list as it opens the SQL is kept ready
        for each reader."""
        limit = request.per_page + 1
        column, descending = self.sorted_by(request)
        if user.is_portal or column.keys or not request.is_bare:
            matching = self.matching(user, request)
            return self._keys(matching, request, limit), *self._numbers(user, request, matching)
        keys, count = _as_it_opens(self, user.reader, column.name, descending, limit)
        return keys.rows(), count.rows()[0][0], 0

    def all_rows(self, user, request: Request):
        """Every row of exactly what is seen, for the export, read a thousand at a time."""
        matching, (column, _) = self.matching(user, request), self.sorted_by(request)
        request = replace(request, after=None, before=None)
        while keys := self._keys(matching, request, EXPORT_CHUNK):
            yield from self._rows(keys)
            request = replace(request, after=(column.read(column.write(keys[-1].sort_value)), keys[-1].id))

    def _keys(self, matching, request: Request, limit: int) -> list[Any]:
        """The page's ids in order. Only these columns are sorted: what is shown is read afterwards, for one page."""
        column, descending = self.sorted_by(request)
        if column.keys:
            return column.keys(matching, request, descending, limit)
        return list(self.in_order(matching, request, limit))

    def in_order(self, matching, request: Request, limit: int) -> "peewee.ModelSelect[Any]":
        column, descending = self.sorted_by(request)
        among = matching if column.is_of_relative(self.noun) else alone(matching)
        query = among.select(self.noun.id.alias("id"), column.order.alias("sort_value"))
        backwards = descending != (request.before is not None)
        key = request.before or request.after
        if key:
            place, mark = peewee.Tuple(column.order, self.noun.id), peewee.Tuple(*key)
            query = query.where(place < mark if backwards else place > mark)
        order = (column.order.desc(), self.noun.id.desc()) if backwards else (column.order.asc(), self.noun.id.asc())
        return query.order_by(*order).limit(limit).namedtuples()

    def _rows(self, keys: list[Any]) -> list[Any]:
        """What the list shows of these ids, in their order; each row keeps the key it was sorted by."""
        if not keys:
            return []
        found = {row.id: row for row in _rows_by_id(self, len(keys)).rows(*(key.id for key in keys))}
        return [Row(key.sort_value, found[key.id]) for key in keys if key.id in found]

    def shown(self, ids: list[Any]) -> "peewee.ModelSelect[Any]":
        columns = [part.expression.alias(part.name) for part in self.columns]
        query = self.joined().select(self.noun.id.alias("id"), *self.keep, *columns)
        return query.where(self.noun.id.in_(ids)).namedtuples()

    def _numbers(self, user, request: Request, matching) -> tuple[int, int]:
        """How many rows there are, and how many hits of the search the list leaves out (inactive, done); both up to the
        limit. Where nothing else is asked for, one look at the hits tells both."""
        if self.hidden is None or not request.query.strip() or request.filters.get(self.hidden_unless):
            return self._count(matching), 0
        hits, hidden = self.source(user).where(self.finds(request.query)), self.hidden(user)
        apart = {} if request.filters else self._apart(hits, hidden)
        if apart and sum(apart.values()) <= COUNTED_UP_TO:
            return apart.get(True, 0), apart.get(False, 0)
        return self._count(matching), self._count(hits.where(~hidden))

    def _apart(self, hits, condition) -> dict[bool, int]:
        """How many meet the condition and how many do not."""
        some = alone(hits).select(condition.alias("met")).limit(COUNTED_UP_TO + 1).alias("some")
        counted = peewee.Select([some], [some.c.met, fn.COUNT(peewee.SQL("*"))]).group_by(some.c.met)
        return {bool(met): number for met, number in counted.bind(self.noun._meta.database).tuples()}

    def _count(self, matching) -> int:
        return list(self._counting(matching))[0][0]

    def _counting(self, matching) -> Any:
        some = alone(matching).select(self.noun.id).limit(COUNTED_UP_TO + 1).alias("some")
        return peewee.Select([some], [fn.COUNT(peewee.SQL("*"))]).bind(self.noun._meta.database).tuples()


@lru_cache(maxsize=KEPT)
def _as_it_opens(listing: Listing, reader: Reader, sort: str, descending: bool, limit: int) -> tuple[Ready, Ready]:
    request = Request(sort=sort, descending=descending)
    matching = listing.matching(reader, request)
    return Ready(listing.in_order(matching, request, limit)), Ready(listing._counting(matching))


@lru_cache(maxsize=KEPT)
def _rows_by_id(listing: Listing, count: int) -> Ready:
    return Ready(listing.shown(slots(count)))


def text_filter(name: str, label: Any, column: Any) -> Filter:
    """Begins with the typed text, upper and lower case alike."""
    return Filter(name, label, lambda value: column.startswith(value))


def record_filter(name: str, label: Any, column: Any, noun: Any) -> Filter:
    """Belongs to one record, by its id; a card's "show all" leads here. An id the reader may not see finds nothing."""

    def words(user: Any, value: str) -> str:
        record = noun.visible_to(user).where(noun.id == int(value)).first() if _is_id(value) else None
        return record.title if record else "?"

    return Filter(
        name,
        label,
        lambda value: column == int(value) if _is_id(value) else peewee.SQL("1=0"),
        by_record=True,
        words=words,
    )


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10
