"""PostgreSQL: each table by COPY, all in one transaction that sees one moment while others go on writing."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models import TABLES, schema
from models.base import db
from tasks.backup.archive import Reader
from tasks.sequences import catch_up

NAME = "PostgreSQL"
FOLDER = "tables"
WORD = re.compile(r"[a-z][a-z0-9_]*")


class Shot:
    """The tables as they are in this transaction; the manifest remembers their order and columns."""

    def __init__(self) -> None:
        names = [
            (table._meta.table_name, [field.column_name for field in table._meta.sorted_fields]) for table in TABLES
        ]
        self.facts: dict[str, Any] = {"tables": names}

    def entries(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        for name, columns in self.facts["tables"]:
            yield f"{FOLDER}/{name}", copied(f"COPY {place(name, columns)} TO STDOUT")

    def rows(self, sql: str) -> list[tuple]:
        return db.execute_sql(sql).fetchall()


@contextmanager
def snapshot(_folder: Path) -> Iterator[Shot]:
    with db.atomic():
        db.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Shot()


def place(table: str, columns: list[str]) -> str:
    """Names from a manifest are only words: it came from outside."""
    if not all(WORD.fullmatch(name) for name in (table, *columns)):
        raise ValueError("The backup names a table that cannot be ours.")
    return '"{}" ({})'.format(table, ", ".join(f'"{column}"' for column in columns))


def copied(sql: str) -> Iterator[bytes]:
    with db.cursor().copy(sql) as rows:
        for piece in rows:
            yield bytes(piece)


def load(archive: Reader, _folder: Path) -> None:
    """All tables in one transaction. An older backup is loaded in its own shape, which an empty database can
    be given."""
    tables, migrations = archive.facts["tables"], archive.facts["migrations"]
    if schema.runner().applied().keys() - set(migrations):
        raise RuntimeError("The backup is older than this database's shape. Restore it into an empty database.")
    schema.runner().up(migrations[-1])
    with db.atomic():
        names = ", ".join(f'"{name}"' for name, columns in tables if place(name, columns))
        db.execute_sql(f"TRUNCATE {names} CASCADE")
        for name, columns in tables:
            with db.cursor().copy(f"COPY {place(name, columns)} FROM STDIN") as rows:
                for piece in archive.stream(f"{FOLDER}/{name}"):
                    rows.write(piece)
        catch_up(table for table in TABLES if table._meta.table_name in dict(tables))
