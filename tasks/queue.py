"""The queue that rings for the worker: a file of its own beside SQLite, or NOTIFY in PostgreSQL."""

from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey
from huey.storage import BaseSqlStorage, SqliteStorage
from peewee import sqlite3

from models.config import Config

NAME = "kundbok"


class SafeSqliteStorage(SqliteStorage):
    """Huey takes Python's own SQLite, which may be one that loses rows where several processes write; ours is not."""

    integrity_error = sqlite3.IntegrityError
    operational_error = sqlite3.OperationalError

    def _create_connection(self) -> Any:
        made = sqlite3.connect(self.filename, timeout=self._timeout, check_same_thread=False, isolation_level=None)
        self._set_journal_mode(made)
        made.execute("PRAGMA synchronous = normal")  # a ring that a power cut takes is made up for by the sweep
        return made

    def initialize_schema(self) -> None:
        """A broken file is made anew: what it held is found again by the sweep."""
        try:
            super().initialize_schema()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # the disk is full, or somebody holds it
                raise
            self._conn = None
            discard(Path(self.filename))
            super().initialize_schema()


def open_queue(config: Config, *, testing: bool) -> Huey:
    """Nothing connects to PostgreSQL yet: a command must be able to say that it is out of reach."""
    if testing:
        return MemoryHuey(NAME, results=False)
    if config.sqlite_path is None:
        from huey import PostgresHuey  # only where PostgreSQL is used

        return PostgresHuey(NAME, dsn=config.database_url, utc=True, results=False, create_tables=False)
    return Huey(
        NAME, storage_class=SafeSqliteStorage, filename=str(config.data_dir / "queue.db"), utc=True, results=False
    )


def make_ready(huey: Huey) -> None:
    """The queue's own tables."""
    if isinstance(huey.storage, BaseSqlStorage):
        huey.storage.initialize_schema()


def discard(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
