"""SQLite whose writers stand in line.

SQLite's own way of waiting for another writer is to sleep, longer each time, and to ask again: whoever asks at the
right moment overtakes, and of eight at once some wait for most of a second. Here a writer waits at a lock beside the
database, is woken when the one before has finished, and finds the database free.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import peewee

READS = ("SELECT", "PRAGMA", "EXPLAIN")


class Turn:
    """One writer at a time: first within this process, then among the processes.

    Within the process one waits as long as the database's patience. Among processes there is no limit, but only one
    thread of each ever waits there; the system frees the lock of a process that died.
    """

    def __init__(self, path: str):
        self._path = path
        self._begin_anew()
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        """A child shares nothing of its parent's place in the line."""
        self._here = threading.Lock()
        self._mine = threading.local()
        self._file: IO[bytes] | None = None

    def take(self, patience: float) -> None:
        if not self._here.acquire(timeout=patience):
            raise peewee.OperationalError("database is locked")
        self._mine.held = True
        try:
            if self._file is None:
                self._file = open(self._path, "ab")  # noqa: SIM115  as long as the process lives
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self.give()
            raise

    def give(self) -> None:
        """Nothing happens where this thread does not hold it."""
        if getattr(self._mine, "held", False):
            self._mine.held = False
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
            self._here.release()


class SqliteDatabase(peewee.SqliteDatabase):
    def init(self, database: str | None, *args: Any, **kwargs: Any) -> None:
        super().init(database, *args, **kwargs)
        self._turn = Turn(f"{database}-turn")

    def begin(self, lock_type: str | None = None) -> None:
        self._turn.take(self.timeout)
        try:
            super().begin(lock_type)
        except BaseException:
            self._turn.give()
            raise

    def commit(self) -> None:
        """Where it fails a rollback follows, and gives the turn back."""
        super().commit()
        self._turn.give()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._turn.give()

    def close(self) -> Any:
        try:
            return super().close()
        finally:
            self._turn.give()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """A statement that writes outside any transaction is a transaction of its own."""
        if self.in_transaction() or sql.startswith(READS):
            return super().execute_sql(sql, params)
        with self._at_turn():
            return super().execute_sql(sql, params)

    @contextmanager
    def _at_turn(self) -> Iterator[None]:
        self._turn.take(self.timeout)
        try:
            yield
        finally:
            self._turn.give()
