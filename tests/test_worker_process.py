"""The worker alone, as a real process: it wakes at once, finishes what it has begun, and shows that it lives."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks import documents, worker
from tests.processes import ROOT, Installation, wait_until

IDLE_SECONDS = 12  # a pause that grows would be over a second by then
ASK = """
import time, app
app.create_app()
from tasks import huey, uploads
start = time.monotonic()
uploads.prepare_all()
while huey.storage.queue_size():
    time.sleep(0.005)
print(time.monotonic() - start)
"""
SLOW = """
import sys, time, app
from pathlib import Path
app.create_app()
from tasks import huey, worker
note = Path(sys.argv[1])

@huey.task(name="slow", priority=100)
def slow():
    note.write_text("begun")
    time.sleep(1.5)
    note.write_text("done")

slow()
worker.run()
"""


@pytest.fixture
def installation(tmp_path) -> Installation:
    return Installation(tmp_path).migrated()


def python(installation: Installation, script: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        env={**installation.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_task_starts_at_once_after_a_quiet_time(installation):
    with installation.running("worker") as running:
        heartbeat = installation.data / "worker.alive"
        wait_until(heartbeat.exists, running.log)
        time.sleep(IDLE_SECONDS)
        waited, _ = python(installation, ASK).communicate(timeout=60)
        assert float(waited) < 0.5
        assert running.stop() == 0
    assert not heartbeat.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_has_begun_is_finished_before_it_stops(installation, tmp_path, number):
    note: Path = tmp_path / "note"
    process = python(installation, SLOW, note)
    wait_until(lambda: note.exists() and note.read_text() != "")
    process.send_signal(number)
    assert process.wait(20) == 0
    assert note.read_text() == "done"


def test_a_worker_that_has_grown_leaves_when_no_more_papers_are_asked_for(monkeypatch):
    monkeypatch.setattr(worker, "HEAVY", "a module nobody has")
    assert not worker.has_grown_idle()
    monkeypatch.setattr(worker, "HEAVY", "sys")
    monkeypatch.setattr(worker, "_last_paper", time.monotonic() - worker.QUIET_SECONDS - 1)
    assert worker.has_grown_idle()
    worker.note("executing", documents.make_protocol.s(1))
    assert not worker.has_grown_idle()


def test_the_sign_of_life_goes_on(installation):
    with installation.running("worker") as running:
        heartbeat = installation.data / "worker.alive"
        wait_until(heartbeat.exists, running.log)
        first = heartbeat.read_text()
        wait_until(lambda: heartbeat.read_text() != first, running.log)


def test_a_letter_in_the_ledger_is_worked_off_without_a_ring(installation):
    """The sweep at the start finds what a killed worker left: here events nobody was told of."""
    leave = """
import app
app.create_app()
from models.base import connection, db
from models.event import Event, listeners
from models.organisation import Organisation
listeners.clear()
with connection(), db.atomic():
    Event.record("organisation.changed", by=None, about=Organisation.create(name="Left alone"))
"""
    look = "\n".join(
        (
            "import app; app.create_app()",
            "from models.base import connection",
            "from models.event import Event",
            "with connection(): print(Event.waiting().count())",
        )
    )
    assert python(installation, leave).wait(30) == 0
    with installation.running("worker") as running:
        wait_until(lambda: python(installation, look).communicate()[0].strip() == "0", running.log)
