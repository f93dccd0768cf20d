"""Undoing an import: weighed first, so that it is said beforehand what goes and what stays, and then done.

It walks along the events the import wrote, some hundred at a time. How far it is, what it has counted and what stands
in the way is written in the same transaction, so a killed worker's undo goes on where it was.
"""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, JSONTextField, Record, UTCDateTimeField, db, now
from models.event import Event
from models.import_job import ImportJob, ImportPart
from models.import_standing import PARTLY, UNDONE, ImportStatus
from models.lifecycle import Step
from models.obstacles import Obstacle
from models.refusals import Refusal, refuse
from models.register import bulk
from models.rights import Right, holds
from models.taking_back import Outcome, TakingBack
from models.user import User
from models.worked import Worked

SLICE = 500
KEPT_OBSTACLES = 1_000


class UndoStatus(Choice):
    WEIGHING = "weighing", _l("Being looked at"), "progress"
    WEIGHED = "weighed", _l("Looked at"), "info"
    UNDOING = "undoing", _l("Being undone"), "progress"
    DONE = "done", _l("Undone"), "good"
    STOPPED = "stopped", _l("Stopped"), "bad"


WEIGHING, WEIGHED, UNDOING, DONE, STOPPED = UndoStatus


class ImportUndo(Worked):
    MAY = {"start": holds(Right.REGISTER_IMPORT)}
    STEPS = {"start": Step((WEIGHED, STOPPED), UNDOING)}
    WORKING = (WEIGHING, UNDOING)
    STOPPED = STOPPED

    job = peewee.ForeignKeyField(ImportJob, backref="+", on_delete="CASCADE")
    status = ChoiceField(UndoStatus, default=WEIGHING)
    dry = peewee.BooleanField(default=True)
    reached = peewee.IntegerField(default=0)  # the last event that was looked at
    looked = peewee.IntegerField(default=0)
    removed = peewee.IntegerField(default=0)
    restored = peewee.IntegerField(default=0)
    kept = peewee.IntegerField(default=0)
    obstacle_count = peewee.IntegerField(default=0)
    by = peewee.ForeignKeyField(User, backref="+")
    at = UTCDateTimeField(default=now)
    finished_at = UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("status", "touched_at"), False),)

    @property
    def title(self) -> str:
        return self.job.title

    @property
    def is_done(self) -> bool:
        return self.status is DONE

    @property
    def total(self) -> int:
        return self.job.created + self.job.updated

    @property
    def obstacles(self) -> list[Obstacle]:
        query = ImportObstacle.select().where(ImportObstacle.undo == self.id).order_by(ImportObstacle.id)
        return [row.obstacle for row in query]

    @classmethod
    def latest(cls, job: ImportJob) -> "ImportUndo | None":
        return cls.select().where(cls.job == job.id).order_by(cls.id.desc()).first()

    @classmethod
    def weigh(cls, job: ImportJob, *, by: User) -> "ImportUndo":
        """Have it found out what undoing would do. Asked for again meanwhile, it is the same weighing."""
        job.demand("undo", by)
        with db.atomic():
            job.lock()
            latest = cls.latest(job)
            return latest if latest and latest.is_working else cls.create(job=job, by=by, touched_at=now())

    def refuse_status(self, verb: str) -> list[Refusal]:
        return [refuse("import.undone" if self.is_done else "import.undoing", import_id=self.job_id)]

    def _against_start(self, by) -> list[Refusal]:
        """What was not looked at to its end is looked at again first."""
        return [self.refusal] if self.dry and self.refusal else []

    def start(self, *, by: User) -> None:
        """Take back what nothing stands in the way of. One that was stopped goes on where it was. Nobody is told of the
        records."""
        self.job.demand("undo", by)
        self.demand("start", by)
        with db.atomic():
            self.job._move("undo")
            counts = dict.fromkeys(("reached", "looked", "removed", "restored", "kept", "obstacle_count"), 0)
            if self.dry:
                ImportObstacle.delete().where(ImportObstacle.undo == self.id).execute()
            again = {"failure": None, "runner": "", "touched_at": now(), "by": by, "dry": False}
            self._move("start", **(counts if self.dry else {}), **again)

    # The worker's side

    def take(self, token: str) -> bool:
        """The next slice of the import's events in one transaction; False when there is none left."""
        with db.atomic():
            self.hold(token, "reached")
            events, reached = self._next()
            if reached:
                taken = TakingBack(self.job, events, self.by)
                self._count(taken.settle(dry=self.dry), len(taken.events), reached)
        self.reload()
        return bool(reached)

    def _next(self) -> tuple[list[Event], int]:
        part: Any = ImportPart.of(self.job).where(ImportPart.last > self.reached).first()
        if part is None:
            return [], 0
        begin = max(part.first, self.reached + 1)
        events = list(Event.select().where(Event.id.between(begin, part.last)).order_by(Event.id).limit(SLICE))
        return events, events[-1].id if len(events) == SLICE else part.last

    def _count(self, outcome: Outcome, looked: int, reached: int) -> None:
        kept = outcome.obstacles[: max(0, KEPT_OBSTACLES - self.obstacle_count)]
        rows: list[dict[str, Any]] = [
            {"record_id": obstacle.record_id, "what": obstacle.what, "code": obstacle.code, "params": obstacle.params}
            for obstacle in kept
        ]
        bulk.insert(ImportObstacle, rows, {"undo": self.id})
        counted = {name: getattr(self, name) + getattr(outcome, name) for name in ("removed", "restored", "kept")}
        counted |= {"looked": self.looked + looked, "obstacle_count": self.obstacle_count + len(outcome.obstacles)}
        ImportUndo.update(**counted, reached=reached, touched_at=now()).where(ImportUndo.id == self.id).execute()

    def finish(self, token: str) -> None:
        """All is looked at, or done: the import is undone, in part where something stands in the way."""
        with db.atomic():
            self.hold(token, "reached")
            end = {"status": WEIGHED} if self.dry else {"status": DONE, "finished_at": now()}
            ImportUndo.update(**end, runner="").where(ImportUndo.id == self.id).execute()
            self.reload()
            if self.is_done:
                self._leave(PARTLY if self.obstacle_count else UNDONE)
                counts = {name: getattr(self, name) for name in ("removed", "restored", "kept")}
                Event.record("import.undone", by=self.by, about=self.job, **counts)

    def stopped(self) -> None:
        if not self.dry:
            self._leave(PARTLY)

    def _leave(self, status: ImportStatus) -> None:
        ImportJob.update(status=status, version=ImportJob.version + 1).where(ImportJob.id == self.job_id).execute()


class ImportObstacle(Record):
    """Why one record, or one field of it, stays; a thousand are kept, all are counted."""

    undo = peewee.ForeignKeyField(ImportUndo, backref="+", on_delete="CASCADE")
    record_id = peewee.IntegerField()
    what = peewee.CharField(max_length=255, default="")
    code = peewee.CharField(max_length=32)
    params = JSONTextField(default=dict)

    @property
    def obstacle(self) -> Obstacle:
        return Obstacle(self.record_id, self.what, self.code, self.params)
