"""Undoing imports in the worker: looking at what would happen, doing it, going on after a crash."""

import structlog

from models.base import connection, db
from models.import_job import ImportJob
from models.import_undo import ImportUndo
from models.refusals import refuse
from models.user import User
from models.worked import Lost
from tasks import huey

log = structlog.get_logger("kundbok.imports")


def weigh(job: ImportJob, *, by: User) -> None:
    ring(ImportUndo.weigh(job, by=by))


def start(undo: ImportUndo, *, by: User) -> None:
    undo.start(by=by)
    ring(undo)


def ring(undo: ImportUndo) -> None:
    """Wake the worker once the row is there for it to see."""
    undo_id = undo.id
    db.after_commit(lambda: run(undo_id))


@huey.task(name="run_import_undo", priority=20)
def run(undo_id: int) -> None:
    with connection():
        undo = ImportUndo.get_or_none(ImportUndo.id == undo_id)
        if undo is not None:
            go_on(undo)


def resume_waiting() -> None:
    """Every minute: undoings whose ring was lost or whose worker died."""
    with connection():
        for undo in ImportUndo.abandoned():
            go_on(undo)


def go_on(undo: ImportUndo) -> None:
    """Work on it until it is through, stopped or taken by another."""
    token = undo.claim(at_once=False)
    if token is None:
        return
    try:
        while undo.take(token):
            pass
        undo.finish(token)
    except Lost:
        log.info("undo_lost", undo=undo.id)
    except Exception as error:
        log.exception("undo_broken", undo=undo.id)
        undo.fail(refuse("import.broken", import_id=undo.job_id, answer=type(error).__name__))
