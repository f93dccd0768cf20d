"""Imports that are killed or taken over: nothing twice, nothing missing, the report exact."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from models.base import db, now
from models.customer import Customer
from models.event import Event
from models.import_job import ImportJob, ImportStatus
from models.register import RegisterName
from models.worked import SILENCE, Lost
from tasks import imports
from tests.registers import HEADINGS, bring, counts, firm, problems, register, table, upload

ROWS = 3_000
WORKER = """
from app import create_app
from models.import_job import ImportJob
from tasks import imports
app = create_app()
imports.CHUNK = 100
with app.app_context():
    imports.run.call_local({job})
"""


def begun(cast, raw: bytes) -> ImportJob:
    job = upload(cast, raw)
    job.begin(by=cast.owner)
    return job


def with_faults(rows: int) -> bytes:
    """Good rows, and in between rejected ones and numbers that stand twice, far apart."""
    lines = [";".join(firm(number)) for number in range(100_000, 100_000 + rows)]
    lines[10:10] = ["no-name;;;;;;;;"]
    lines += ["100003;Again;;;;;;;", ";".join(firm(100_004)), "nameless;;;;;;;;"]
    return table(";".join(HEADINGS), *lines)


def test_killed_again_and_again_it_ends_as_if_nothing_had_been(cast):
    job = begun(cast, with_faults(ROWS))
    kills = seen = 0
    while kills < 3:
        worker = subprocess.Popen([sys.executable, "-c", WORKER.format(job=job.id)], env=os.environ)
        until = time.monotonic() + 60
        while time.monotonic() < until and worker.poll() is None:
            job.reload()
            if job.rows_done > seen:
                break
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        kills, seen = kills + 1, job.rows_done
        ImportJob.update(touched_at=now() - 2 * SILENCE).execute()
    assert ImportJob.get_by_id(job.id).status is ImportStatus.RUNNING
    assert 0 < seen < ROWS
    imports.resume_waiting()
    job.reload()
    assert (job.status, counts(job), job.rows_done) == (
        ImportStatus.DONE,
        (ROWS, 0, 1, 3),
        ROWS + 4,
    )
    assert [(line, said) for line, _, _, said in problems(job)] == [
        (12, "This must be filled in."),
        (ROWS + 3, "This stands on line 5 already, with other values."),
        (ROWS + 5, "This must be filled in."),
    ]
    assert Customer.select().where(Customer.name.contains("Aktiebolag")).count() == ROWS
    assert Event.select().where(Event.verb == "customer.imported").count() == ROWS
    assert Event.select().where(Event.verb == "import.finished").count() == 1


def test_a_living_worker_is_not_disturbed(cast):
    job = begun(cast, register(3))
    assert job.claim(at_once=False)
    imports.go_on(ImportJob.get_by_id(job.id))
    assert ImportJob.get_by_id(job.id).rows_done == 0


def test_who_has_lost_an_import_writes_nothing_more(cast):
    job = begun(cast, register(3))
    token = job.claim(at_once=False)
    other = ImportJob.get_by_id(job.id)
    assert other.claim(at_once=True)
    rows = [job.open_register().check(2, firm(100_000))]
    with pytest.raises(Lost):
        job.take(job.open_register(), rows, token)
    assert Customer.get_or_none(Customer.number == "100000") is None
    imports.go_on(other, at_once=True)
    assert counts(other) == (3, 0, 0, 0)


def test_a_fault_stops_the_import_and_starting_again_goes_on_behind_what_is_written(cast, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 10)
    job = begun(cast, register(30))
    take = ImportJob.take

    def broken_after_the_first(self, *args):
        if self.rows_done:
            raise RuntimeError("the disk is gone")
        take(self, *args)

    monkeypatch.setattr(ImportJob, "take", broken_after_the_first)
    imports.go_on(job)
    assert (job.status, job.refusal.code, job.rows_done) == (
        ImportStatus.FAILED,
        "import.broken",
        10,
    )
    page = cast.at("owner").get(f"/imports/{job.id}").text
    assert "The import stopped in the middle" in page and "Go on with the import" in page
    changed = cast.at("owner").post(
        f"/imports/{job.id}/columns", data={"column-number": "Kundnr", "column-name": "Ort"}
    )
    assert (
        changed.status_code,
        "The import has begun with the columns chosen then" in changed.text,
    ) == (409, True)

    monkeypatch.setattr(ImportJob, "take", take)
    cast.at("owner").post(f"/imports/{job.id}/start")
    imports.run.call_local(job.id)
    job.reload()
    assert (job.status, counts(job)) == (ImportStatus.DONE, (30, 0, 0, 0))


def test_a_chunk_is_written_whole_or_not_at_all(cast, monkeypatch):
    job = begun(cast, register(30))

    def broken(self, outcome, rows):
        raise RuntimeError("between the rows and their count")

    monkeypatch.setattr(ImportJob, "_count", broken)
    imports.go_on(job)
    assert Customer.select().where(Customer.number.startswith("1000")).count() == 0
    assert Event.select().where(Event.verb == "customer.imported").count() == 0


def test_many_chunks_are_skipped_the_second_time(cast):
    raw = register(2_500)
    assert counts(bring(cast, raw)) == (2_500, 0, 0, 0)
    assert counts(bring(cast, raw)) == (0, 0, 2_500, 0)


def test_an_import_that_was_forgotten_long_ago_is_found(cast):
    job = begun(cast, register(3))
    assert ImportJob.abandoned() == []
    ImportJob.update(touched_at=now() - timedelta(days=3)).execute()
    assert ImportJob.abandoned() == [job]
    imports.run.call_local(0)  # one that is gone


def test_an_update_keeps_what_others_wrote_meanwhile(cast):
    bring(cast, table("Kundnr;Namn;Ort", "501;A;Kiruna"))
    customer = Customer.get(Customer.number == "501")
    customer.change({"note": "Bites"}, by=cast.owner, seen=customer.version)
    bring(cast, table("Kundnr;Namn;Ort", "501;A;Luleå"), RegisterName.CUSTOMERS)
    customer = Customer.get(Customer.number == "501")
    assert (customer.note, customer.town, customer.version) == ("Bites", "Luleå", 3)
    assert not db.in_transaction()
