"""An import: a file that becomes records, with its mapping, its progress and its report.

What is counted is written in the same transaction as the rows it counts, so an import that is
killed goes on where it was: nothing twice, nothing missing, the report exact.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import (
    Choice,
    ChoiceField,
    JSONTextField,
    Record,
    UTCDateTimeField,
    db,
    now,
    on_postgres,
)
from models.event import Event
from models.lifecycle import Noun, Step
from models.organisation import Store
from models.refusals import Refusal, Refused, refuse
from models.register import Outcome, Problem, Register, RegisterName, Rules, bulk, propose
from models.rights import Right, holds
from models.user import User

KEPT_PROBLEMS = 1_000
SILENCE = timedelta(seconds=15)  # a chunk takes well under a second: who is silent so long is dead
WORTH_ANALYSING = 1_000


class ImportStatus(Choice):
    UPLOADED = "uploaded", _l("Columns to choose"), "info"
    CHECKING = "checking", _l("Being checked"), "progress"
    READY = "ready", _l("Checked"), "info"
    RUNNING = "running", _l("Running"), "progress"
    DONE = "done", _l("Done"), "good"
    FAILED = "failed", _l("Stopped"), "bad"


UPLOADED, CHECKING, READY, RUNNING, DONE, FAILED = ImportStatus
COUNTS = ("rows_done", "created", "updated", "skipped", "rejected", "problem_count", "remark_count")


class Lost(Exception):
    """Somebody else goes on with this import."""


class ImportJob(Noun):
    MAY = {
        "view": holds(Right.REGISTER_IMPORT),
        "create": holds(Right.REGISTER_IMPORT),
        "choose": holds(Right.REGISTER_IMPORT),
        "start": holds(Right.REGISTER_IMPORT),
    }
    STEPS = {
        "choose": Step((UPLOADED, READY, FAILED), CHECKING),
        "start": Step((READY, FAILED), RUNNING),
    }

    register = ChoiceField(RegisterName)
    name = peewee.CharField(max_length=160)
    key = peewee.CharField(max_length=80)
    sha256 = peewee.CharField(max_length=64, index=True)
    size = peewee.IntegerField()
    encoding = peewee.CharField(max_length=20, default="")
    delimiter = peewee.CharField(max_length=1, default="")
    sheet = peewee.CharField(max_length=40, default="")
    headings = JSONTextField()
    samples = JSONTextField(default=list)
    mapping = JSONTextField(default=dict)
    store = peewee.ForeignKeyField(Store, backref="+")
    status = ChoiceField(ImportStatus, default=UPLOADED)
    dry = peewee.BooleanField(default=True)
    row_count = peewee.IntegerField()
    rows_done = peewee.IntegerField(default=0)
    created = peewee.IntegerField(default=0)
    updated = peewee.IntegerField(default=0)
    skipped = peewee.IntegerField(default=0)
    rejected = peewee.IntegerField(default=0)
    problem_count = peewee.IntegerField(default=0)
    remark_count = peewee.IntegerField(default=0)
    failure = JSONTextField(null=True)
    runner = peewee.CharField(max_length=32, default="")
    touched_at = UTCDateTimeField(null=True)
    by = peewee.ForeignKeyField(User, backref="+")
    at = UTCDateTimeField(default=now)
    finished_at = UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("status", "touched_at"), False),)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[ImportJob]":
        """A register may reach beyond one's stores: who works in some sees only their own."""
        jobs: Any = cls.select(cls, User).join(User)
        if not user.has(Right.REGISTER_IMPORT):
            return jobs.where(peewee.SQL("1=0"))
        return jobs if user.store_ids is None else jobs.where(cls.by == user.id)

    @classmethod
    def recent(cls, user, limit: int = 50) -> list["ImportJob"]:
        jobs: Any = cls.visible_to(user).order_by(cls.id.desc()).limit(limit)
        return list(jobs)

    # What pages ask

    @property
    def is_to_map(self) -> bool:
        return self.status is UPLOADED

    @property
    def is_working(self) -> bool:
        return self.status in (CHECKING, RUNNING)

    @property
    def is_checked(self) -> bool:
        return self.status is READY

    @property
    def is_done(self) -> bool:
        return self.status is DONE

    @property
    def is_failed(self) -> bool:
        return self.status is FAILED

    @property
    def refusal(self) -> Refusal | None:
        return Refusal.from_json(self.failure) if self.failure else None

    @property
    def problems(self) -> list[Problem]:
        """The kept ones, in the file's order."""
        order = (ImportProblem.line, ImportProblem.id)
        query = ImportProblem.select().where(ImportProblem.job == self.id).order_by(*order)
        return [row.problem for row in query]

    # From the upload to the start

    @classmethod
    def receive(cls, register: RegisterName, store: Store, facts: dict[str, Any], *, by: User) -> "ImportJob":
        """Note an upload that could be read as a table, with the columns that seem to be meant."""
        headings = facts["headings"]
        with db.atomic():
            job = cls.create(register=register, store=store, by=by, **facts)
            job.mapping = cls.remembered(register, headings) or propose(register.columns, headings)
            job.save()
            return job

    @classmethod
    def remembered(cls, register: RegisterName, headings: Sequence[str]) -> dict[str, str]:
        """What was chosen the last time a file with these headings was imported."""
        headed = peewee.Value(cls.headings.db_value(list(headings)), converter=False)
        same = (cls.register == register) & (cls.headings == headed) & ~cls.dry
        last = cls.select(cls.mapping).where(same).order_by(cls.id.desc()).first()
        return last.mapping if last else {}

    @classmethod
    def unfinished(cls, register: RegisterName, sha256: str, by: User) -> "ImportJob | None":
        """The import of the very same file that was begun and is not done."""
        same = (cls.register == register) & (cls.sha256 == sha256) & (cls.by == by)
        return cls.select().where(same & ~cls.dry & cls.status.in_((RUNNING, FAILED))).order_by(cls.id.desc()).first()

    def refuse_status(self, verb: str) -> list[Refusal]:
        code = {UPLOADED: "import.unchecked", DONE: "import.finished"}.get(self.status, "import.running")
        return [refuse(code, import_id=self.id)]

    def _against_choose(self, by) -> list[Refusal]:
        """Once rows are in, the columns stay: the rest must follow the same ones."""
        return [] if self.dry else [refuse("import.begun", import_id=self.id)]

    def _against_start(self, by) -> list[Refusal]:
        if self.status is FAILED and self.dry:
            return [refuse("import.unchecked", import_id=self.id)]
        noun = self.register.register.noun
        return noun.MAY["create"].missing(by, None)

    def choose(self, mapping: dict[str, str], *, by: User) -> None:
        """Take these columns; the file is then checked against what is there, writing nothing."""
        self.demand("choose", by)
        self.demand_columns(mapping)
        with db.atomic():
            ImportProblem.of(self).execute()
            self._move("choose", mapping=mapping, **self._from_the_start(dry=True))

    def begin(self, *, by: User) -> None:
        """Straight to writing, with the proposed columns: what the command line does."""
        self.demand_columns(self.mapping)
        with db.atomic():
            ImportJob.update(status=READY).where((ImportJob.id == self.id) & (ImportJob.status == UPLOADED)).execute()
            self.reload()
            self.start(by=by)

    def demand_columns(self, mapping: dict[str, str]) -> None:
        missing = self.register.register.unmapped(mapping)
        if missing:
            raise Refused(
                [refuse("import.unmapped", field=column.label, import_id=self.id) for column in missing],
                self,
            )

    def start(self, *, by: User) -> None:
        """Write the rows; a stopped import goes on where it was. Nobody is told of the records."""
        self.demand("start", by)
        with db.atomic():
            if self.dry:
                ImportProblem.of(self).execute()
            self._move(
                "start",
                **(self._from_the_start(dry=False) if self.dry else {"failure": None, "touched_at": now()}),
            )

    def _from_the_start(self, *, dry: bool) -> dict[str, Any]:
        return {
            **dict.fromkeys(COUNTS, 0),
            "dry": dry,
            "failure": None,
            "runner": "",
            "touched_at": now(),
        }

    # The worker's side

    @classmethod
    def abandoned(cls) -> list["ImportJob"]:
        """Imports that should run and that nobody works on."""
        silent = cls.touched_at < now() - SILENCE
        return list(cls.select().where(cls.status.in_((CHECKING, RUNNING)) & silent).order_by(cls.id))

    def claim(self, *, at_once: bool) -> str | None:
        """Become the one who works on it; None while somebody else does, unless taken `at_once`."""
        token = secrets.token_hex(8)
        free = peewee.SQL("1=1") if at_once else (ImportJob.runner == "") | (ImportJob.touched_at < now() - SILENCE)
        mine = (ImportJob.id == self.id) & ImportJob.status.in_((CHECKING, RUNNING))
        taken = ImportJob.update(runner=token, touched_at=now()).where(mine & free).execute()
        self.reload()
        return token if taken else None

    def open_register(self) -> Register:
        return self.register.register(self.headings, self.mapping, Rules(self.by, self.store))

    def take(self, register: Register, rows: Sequence[Any], token: str) -> None:
        """Records, events, problems and counts of a chunk of checked rows in one transaction."""
        with db.atomic():
            self._hold(token)
            outcome = register.settle(rows, dry=self.dry)
            self._count(outcome, len(rows))
        self.reload()

    def _hold(self, token: str) -> None:
        """Raise Lost unless this runner still has the import and nobody counted in between."""
        mine = (ImportJob.id == self.id) & (ImportJob.runner == token) & (ImportJob.rows_done == self.rows_done)
        query = ImportJob.select(ImportJob.id).where(mine & ImportJob.status.in_((CHECKING, RUNNING)))
        if not (query.for_update() if on_postgres() else query).exists():
            raise Lost

    def _count(self, outcome: Outcome, rows: int) -> None:
        remarks = [problem for problem in outcome.problems if problem.is_remark]
        faults = [problem for problem in outcome.problems if not problem.is_remark]
        self._keep(faults, self.problem_count)
        self._keep(remarks, self.remark_count)
        more = {
            "rows_done": rows,
            "created": outcome.created,
            "updated": outcome.updated,
            "skipped": outcome.skipped,
            "rejected": outcome.rejected,
            "problem_count": len(faults),
            "remark_count": len(remarks),
        }
        counted = {name: getattr(self, name) + count for name, count in more.items()}
        ImportJob.update(**counted, touched_at=now()).where(ImportJob.id == self.id).execute()

    def _keep(self, problems: Sequence[Problem], kept: int) -> None:
        rows = [
            {
                "line": problem.line,
                "heading": problem.column[:200],
                "value": problem.value,
                "code": problem.code,
                "params": problem.params,
            }
            for problem in problems[: max(0, KEPT_PROBLEMS - kept)]
        ]
        bulk.insert(ImportProblem, rows, {"job": self.id})

    def finish(self, token: str) -> None:
        """Every row is through: a checked file waits for its start, an import is done."""
        with db.atomic():
            self._hold(token)
            end = {"status": READY} if self.dry else {"status": DONE, "finished_at": now()}
            ImportJob.update(**end, runner="", version=ImportJob.version + 1).where(ImportJob.id == self.id).execute()
            self.reload()
            if self.is_done:
                counts = {name: getattr(self, name) for name in COUNTS}
                Event.record("import.finished", by=self.by, about=self, **counts)
        if self.is_done and self.created > WORTH_ANALYSING:
            self._look_at_the_table()

    def _look_at_the_table(self) -> None:
        """The planner should know that the table has grown; a sample of it is enough."""
        if not on_postgres():
            db.execute_sql("PRAGMA analysis_limit = 400")
        db.execute_sql(f'ANALYZE "{self.register.register.noun._meta.table_name}"')

    def fail(self, refusal: Refusal) -> None:
        """Stop, and say why; what was written stays, and starting again goes on behind it."""
        stopped = {"status": FAILED, "failure": refusal.as_json(), "runner": ""}
        ImportJob.update(**stopped).where(
            (ImportJob.id == self.id) & ImportJob.status.in_((CHECKING, RUNNING))
        ).execute()
        self.reload()


class ImportProblem(Record):
    """One fault of one cell, or a remark; a thousand of each are kept, all are counted."""

    job = peewee.ForeignKeyField(ImportJob, backref="+", on_delete="CASCADE")
    line = peewee.IntegerField()
    heading = peewee.CharField(max_length=200, default="")
    value = peewee.CharField(max_length=200, default="")
    code = peewee.CharField(max_length=32)
    params = JSONTextField(default=dict)

    @property
    def problem(self) -> Problem:
        return Problem(self.line, self.heading, self.value, self.code, self.params)

    @classmethod
    def of(cls, job: ImportJob) -> peewee.ModelDelete:
        return cls.delete().where(cls.job == job.id)
