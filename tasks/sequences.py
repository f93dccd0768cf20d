"""After rows were written with ids of their own: PostgreSQL counts on from the highest; SQLite does so by itself."""

from collections.abc import Iterable

from models.base import Record, db, on_postgres


def catch_up(tables: Iterable[type[Record]]) -> None:
    if not on_postgres():
        return
    for table in tables:
        name = table._meta.table_name
        last = f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), coalesce(max(id), 0) + 1, false)"
        db.execute_sql(f'{last} FROM "{name}"')  # noqa: S608  our own names
