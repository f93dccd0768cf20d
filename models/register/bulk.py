"""Many rows in one go: the statement is built once and run for each, past the cost of a record."""

from collections.abc import Sequence
from typing import Any

import peewee

from models.base import Record, db, on_postgres

AS_IT_IS = (peewee.AutoField, peewee.IntegerField, peewee.BooleanField, peewee.ForeignKeyField)


def next_ids(noun: type[Record], count: int) -> list[int]:
    """Ids for `count` new rows, taken inside the transaction that inserts them."""
    if on_postgres():
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        named = f'"{noun._meta.table_name}"'
        return [found for (found,) in db.execute_sql(sequence, (named, count))]
    last = noun.select(peewee.fn.MAX(noun.id)).scalar() or 0  # IMMEDIATE: nobody else writes now
    return list(range(last + 1, last + 1 + count))


def insert(noun: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Every row has the same fields; what they leave out gets its default. Foreign keys are ids."""
    if rows:
        defaults = noun._meta.get_default_dict()
        names = {**defaults, **rows[0]}
        _run(noun, noun.insert({name: _place(name) for name in names}), rows, defaults)


def update(noun: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Write these fields of the records named by `id`; every row has the same fields."""
    if rows:
        values = {name: _place(name) for name in rows[0] if name != "id"}
        _run(noun, noun.update(values).where(noun.id == _place("id")), rows, {})


def _place(name: str) -> peewee.Value:
    """A parameter that carries its field's name, so that the statement tells their order."""
    return peewee.Value(name, converter=False)


def _run(noun: type[Record], query: Any, rows: Sequence[dict], defaults: dict[str, Any]) -> None:
    statement, names = query.sql()
    columns = [(name, _converter(noun, name)) for name in names]
    values = []
    for row in rows:
        record = {**defaults, **row}
        values.append([to_db(record[name]) if to_db else record[name] for name, to_db in columns])
    with peewee.__exception_wrapper__:
        db.cursor().executemany(statement, values)


def _converter(noun: type[Record], name: str):
    """How a value reaches the database, or None where it goes as it is."""
    field = noun._meta.fields[name]
    plain = isinstance(field, AS_IT_IS) or type(field) in (peewee.CharField, peewee.TextField)
    return None if plain else field.db_value
