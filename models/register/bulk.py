"""Many rows in one go, past the cost of a record each.

Rows are inserted some hundred to a statement: SQLite's search index is then written once per
statement and not once per row, which is most of what an import costs.
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import peewee

from models.base import Record, db, on_postgres
from models.search import SearchText, SortKey

PLAIN_TEXTS = (peewee.CharField, peewee.TextField, SearchText, SortKey)
PARAMETERS = 30_000  # SQLite takes 32,766, PostgreSQL twice as many
AS_IT_IS = (peewee.AutoField, peewee.IntegerField, peewee.BooleanField, peewee.ForeignKeyField)


def next_ids(noun: type[Record], count: int) -> list[int]:
    """Ids for `count` new rows, taken inside the transaction that inserts them."""
    if on_postgres():
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        named = f'"{noun._meta.table_name}"'
        return [found for (found,) in db.execute_sql(sequence, (named, count))]
    last = noun.select(peewee.fn.MAX(noun.id)).scalar() or 0  # IMMEDIATE: nobody else writes now
    return list(range(last + 1, last + 1 + count))


def among(field: peewee.Field, values: Sequence[str | int]) -> peewee.Expression:
    """The field has one of these values: on SQLite as one parameter, since writing thousands out takes longer than
    finding them."""
    if on_postgres():
        return field.in_(values)
    return field.in_(peewee.SQL("(SELECT value FROM json_each(?))", [json.dumps(values)]))


def insert(noun: type[Record], rows: Sequence[dict[str, Any]], usual: dict[str, Any]) -> None:
    """What a row leaves out it has from `usual` or the field's default. Foreign keys are ids."""
    if not rows:
        return
    base = _converted(noun, {**noun._meta.get_default_dict(), **usual})
    names = tuple({**base, **rows[0]})
    values_of = itemgetter(*names)
    records = [values_of({**base, **_converted(noun, row)}) for row in rows]
    for part in _parts(records, PARAMETERS // len(names)):
        statement = _insertion(noun, names, len(part), on_postgres())
        db.execute_sql(statement, [value for record in part for value in record])


def update(noun: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Write these fields of the records named by `id`; every row has the same fields."""
    if not rows:
        return
    values = {name: _place(name) for name in rows[0] if name != "id"}
    statement, names = noun.update(values).where(noun.id == _place("id")).sql()
    values_of = itemgetter(*names)
    with peewee.__exception_wrapper__:
        db.cursor().executemany(statement, [values_of(_converted(noun, row)) for row in rows])


def _parts(rows: list, size: int) -> Iterator[list]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


@lru_cache(maxsize=64)
def _insertion(noun: type[Record], names: tuple[str, ...], count: int, postgres: bool) -> str:
    """The statement for so many rows; its parameters stand in the order of `names`, row by row."""
    fields = [noun._meta.fields[name] for name in names]
    query = noun.insert_many([tuple(_place(name) for name in names)], fields=fields)
    start, values, row = (query.returning() if postgres else query).sql()[0].rpartition(" VALUES ")
    return start + values + ", ".join([row] * count)


def _place(name: str) -> peewee.Value:
    """A parameter that carries its field's name, so that the statement tells their order."""
    return peewee.Value(name, converter=False)


def _converted(noun: type[Record], row: dict[str, Any]) -> dict[str, Any]:
    """The values as the database takes them."""
    changed = {name: convert(row[name]) for name, convert in _converters(noun).items() if name in row}
    return row | changed


@lru_cache
def _converters(noun: type[Record]) -> dict[str, Any]:
    """By field; those missing here go as they are."""
    return {
        name: _as_text(field) if isinstance(field, peewee.DateTimeField) else field.db_value
        for name, field in noun._meta.fields.items()
        if not isinstance(field, AS_IT_IS) and type(field) not in PLAIN_TEXTS
    }


def _as_text(field: peewee.DateTimeField):
    """SQLite keeps times as text; written out once here, and not again for every row."""
    return lambda value: value if value is None else str(field.db_value(value))
