"""SQLite's writers stand in line, and nobody who died, failed or gave up blocks it."""

import os
import subprocess
import sys
import threading
import time

import peewee
import pytest

from models.base import connection, db, on_postgres
from models.series import Series
from tests.processes import ROOT, wait_until

pytestmark = pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE")), reason="PostgreSQL locks rows, not the database")

HOLD = """
import sys, time
from models.base import db, open_database
open_database(sys.argv[1])
db.connect()
db.begin()
print("held", flush=True)
time.sleep(60)
"""


class Writer(threading.Thread):
    """Writes one row in a thread, and says how that ended."""

    def __init__(self, write=None):
        super().__init__()
        self.write, self.error, self.wrote_at = write or in_transaction, None, 0.0
        self.start()

    def run(self) -> None:
        with connection():
            try:
                self.write()
                self.wrote_at = time.monotonic()
            except peewee.OperationalError as error:
                self.error = error
            finally:
                db.close()

    @property
    def waits(self) -> bool:
        self.join(0.2)
        return self.is_alive()


def in_transaction() -> None:
    with db.atomic():
        Series.create(name=str(time.monotonic_ns()))


def by_itself() -> None:
    Series.insert(name=str(time.monotonic_ns())).execute()


def is_free() -> bool:
    writer = Writer()
    writer.join(5)
    return writer.wrote_at > 0


@pytest.mark.parametrize("write", [in_transaction, by_itself])
def test_a_writer_waits_for_the_one_before_and_follows_at_once(database, write):
    with db.atomic():
        Series.create(name="first")
        writer = Writer(write)
        assert writer.waits
        assert Series.select().count() == 1
    done = time.monotonic()
    writer.join(5)
    assert writer.error is None and Series.select().count() == 2
    assert writer.wrote_at - done < 0.5


def test_readers_do_not_stand_in_line(database):
    with db.atomic():
        Series.create(name="first")
        reader = Writer(lambda: Series.select().count())
        assert not reader.waits
    assert reader.wrote_at


def test_a_transaction_that_fails_or_is_undone_gives_its_turn_back(database):
    with pytest.raises(peewee.IntegrityError), db.atomic():
        Series.create(name="same")
        Series.create(name="same")
    assert is_free()
    with pytest.raises(ZeroDivisionError), db.atomic():
        raise ZeroDivisionError
    assert is_free()
    with pytest.raises(peewee.OperationalError):
        db.execute_sql("DELETE FROM nothing")
    assert is_free()


def test_a_begin_that_fails_gives_its_turn_back(database):
    with pytest.raises(peewee.OperationalError):
        db.obj.begin("NONSENSE")
    assert is_free()


def test_a_connection_closed_in_the_middle_gives_its_turn_back(database):
    writer = Writer(db.begin)
    writer.join(5)
    assert is_free()


def test_whoever_waits_too_long_hears_that_the_database_is_locked(database, monkeypatch):
    monkeypatch.setattr(db.obj, "_timeout", 0.1)
    with db.atomic():
        writer = Writer()
        writer.join(5)
    assert str(writer.error) == "database is locked"
    assert is_free()


def test_a_killed_process_gives_its_turn_back(database):
    command = [sys.executable, "-c", HOLD, f"sqlite:///{db.database}"]
    holder = subprocess.Popen(command, cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    writer = Writer()
    assert writer.waits
    holder.kill()
    holder.wait()
    writer.join(5)
    assert writer.error is None and writer.wrote_at


def test_a_child_does_not_stand_in_its_parents_place(database):
    """Its parent holds the turn when it is made, and goes on holding it when the child is gone."""
    with db.atomic():
        child = os.fork()
        if child == 0:
            os._exit(0 if getattr(db.obj._turn._mine, "held", False) is False else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        writer = Writer()
        assert writer.waits
    wait_until(lambda: not writer.is_alive())
    assert writer.wrote_at and not on_postgres()
