"""The whole timetable. The times are UTC; what must happen at a local time looks at the clock itself."""

from datetime import timedelta
from pathlib import Path

from huey import crontab

from models.base import connection, db, now, on_postgres
from models.session import Attempt, Submission
from tasks import (
    documents,
    doomed,
    erasures,
    folding,
    huey,
    import_undo,
    imports,
    notifications,
    persons,
    quotes,
    retention,
    uploads,
)
from tasks.demo import papers

HEARTBEAT_FILE = "worker.alive"
HEARTBEAT = timedelta(seconds=5)


@huey.periodic_task(crontab(minute="*"), name="sweep", priority=70)
def sweep() -> None:
    """At the start and every minute: make up for rings that were lost with a killed worker."""
    notifications.make_up()
    uploads.prepare_all.call_local()
    documents.make_waiting()
    quotes.make_waiting()
    with connection():
        papers.make_some()
        papers.make_quotes()
    imports.resume_waiting()
    folding.fold_waiting()
    import_undo.resume_waiting()
    persons.make_waiting()
    erasures.resume_waiting()
    doomed.delete_waiting()


@huey.periodic_task(crontab(minute="41"), name="retention", priority=10)
def let_go() -> None:
    """Every hour it is asked whether today's round was made: a worker that slept at night makes up for it."""
    retention.run_if_due()


@huey.periodic_task(crontab(minute="17", hour="2"), name="tidy")
def tidy() -> None:
    """Every night: forget what says nothing any more, and look at the tables' statistics."""
    with connection():
        for record in (Attempt, Submission):
            record.forget_old()
        if not on_postgres():
            db.execute_sql("PRAGMA analysis_limit = 1000")  # a sample is enough, and holds no writer up
        db.execute_sql("ANALYZE")


def beat(data_dir: Path) -> None:
    """A sign of life for /healthz. Renamed into place, so that nobody reads half a time."""
    unfinished = data_dir / f"{HEARTBEAT_FILE}.new"
    unfinished.write_text(now().isoformat())
    unfinished.replace(data_dir / HEARTBEAT_FILE)


def silence(data_dir: Path) -> None:
    """The worker goes: nobody has to wait for the sign of life to grow old."""
    (data_dir / HEARTBEAT_FILE).unlink(missing_ok=True)
