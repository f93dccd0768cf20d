"""The whole timetable. The times are UTC; what must happen at a local time looks at the clock itself."""

from huey import crontab

from models.base import connection, db, now
from models.session import Attempt, Session, Submission
from tasks import documents, huey, imports, notifications, uploads

HEARTBEAT_FILE = "worker.alive"


@huey.periodic_task(crontab(minute="*"), name="sweep")
def sweep() -> None:
    """Every minute: make up for rings that were lost with a killed worker."""
    notifications.sweep()
    uploads.prepare_all.call_local()
    documents.make_waiting()
    imports.resume_waiting()


@huey.periodic_task(crontab(minute="17", hour="2"), name="tidy")
def tidy() -> None:
    """Every night: forget what says nothing any more, and let SQLite look at its statistics."""
    with connection():
        for record in (Attempt, Session, Submission):
            record.forget_old()
        db.execute_sql("ANALYZE")


def beat(data_dir) -> None:
    """A sign of life for /healthz; written by the worker's own thread, so a stuck task does not hide a living worker."""
    (data_dir / HEARTBEAT_FILE).write_text(now().isoformat())
