"""SQLite: a copy through its own backup, which sees one moment while others go on writing."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from peewee import sqlite3

from models.base import db
from tasks.backup.archive import CHUNK, Reader

NAME = "SQLite"
ENTRY = "database.sqlite"


class Shot:
    facts: dict[str, Any] = {}

    def __init__(self, file: Path, rows: Callable[[str], list[tuple]]):
        self.file, self.rows = file, rows

    def entries(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        with self.file.open("rb") as source:
            yield ENTRY, iter(lambda: source.read(CHUNK), b"")


@contextmanager
def snapshot(folder: Path) -> Iterator[Shot]:
    file = folder / ENTRY
    with closing(sqlite3.connect(file)) as copy:
        db.connection().backup(copy)
        copy.execute("PRAGMA journal_mode = delete")  # one file, without a log beside it
        yield Shot(file, lambda sql: copy.execute(sql).fetchall())


def load(archive: Reader, folder: Path) -> None:
    """The same the other way round: one transaction, so that a broken-off one leaves what was there."""
    file = folder / ENTRY
    with file.open("wb") as target:
        for piece in archive.stream(ENTRY):
            target.write(piece)
    with closing(sqlite3.connect(file)) as saved:
        if saved.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise ValueError("The database in the backup is damaged. Nothing was changed.")
        saved.backup(db.connection())
