"""An import: a file that becomes records, with its mapping, its progress and its report.

What is counted is written in the same transaction as the rows it counts, so an import that is
killed goes on where it was: nothing twice, nothing missing, the report exact.
"""

from collections.abc import Sequence
from typing import Any

import peewee

from models.base import (
    ChoiceField,
    JSONTextField,
    Record,
    UTCDateTimeField,
    db,
    now,
    on_postgres,
)
from models.event import Event
from models.import_standing import (
    CHECKING,
    DONE,
    FAILED,
    PARTLY,
    READY,
    RUNNING,
    UNDOING,
    UPLOADED,
    ImportStanding,
    ImportStatus,
)
from models.lifecycle import Step
from models.organisation import Store
from models.refusals import Refusal, refuse
from models.register import Outcome, Problem, Register, RegisterName, Rules, bulk, propose
from models.rights import Right, holds
from models.user import User
from models.worked import Worked

KEPT_PROBLEMS = 1_000
WORTH_ANALYSING = 1_000


COUNTS = ("rows_done", "created", "updated", "skipped", "rejected", "problem_count", "remark_count")


class ImportJob(ImportStanding, Worked):
    MAY = {
        "view": holds(Right.REGISTER_IMPORT),
        "create": holds(Right.REGISTER_IMPORT),
        "choose": holds(Right.REGISTER_IMPORT),
        "start": holds(Right.REGISTER_IMPORT),
        "undo": holds(Right.REGISTER_IMPORT),
        "export": holds(Right.REGISTER_IMPORT) & holds(Right.REGISTER_EXPORT),
    }
    STEPS = {
        "choose": Step((UPLOADED, READY, FAILED), CHECKING),
        "start": Step((READY, FAILED), RUNNING),
        "undo": Step((DONE, FAILED, PARTLY), UNDOING),
    }
    WORKING = (CHECKING, RUNNING)
    STOPPED = FAILED

    register = ChoiceField(RegisterName)
    name = peewee.CharField(max_length=160)
    key = peewee.CharField(max_length=80)
    sha256 = peewee.CharField(max_length=64, index=True)
    size = peewee.IntegerField()
    encoding = peewee.CharField(max_length=20, default="")
    delimiter = peewee.CharField(max_length=1, default="")
    sheet = peewee.CharField(max_length=40, default="")
    sheets = JSONTextField(default=list)
    headings = JSONTextField()
    samples = JSONTextField(default=list)
    mapping = JSONTextField(default=dict)
    blanks = JSONTextField(default=list)  # the fields in which an empty cell overwrites
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

    def _against_undo(self, by) -> list[Refusal]:
        """Only what was written is undone, by who may take it out and change it."""
        may, refusals = self.register.register.noun.MAY, []
        if self.dry or not ImportPart.of(self).exists():
            refusals.append(refuse("import.unwritten", import_id=self.id))
        rules = [may.get("delete", may["edit"])] * bool(self.created) + [may["edit"]] * bool(self.updated)
        missing = [refusal for rule in rules for refusal in rule.missing(by, None)]
        return refusals + [refusal for place, refusal in enumerate(missing) if refusal not in missing[:place]]

    def choose(self, mapping: dict[str, str], blanks: Sequence[str] = (), *, by: User) -> None:
        """Take these columns; the file is then checked against what is there, writing nothing. In `blanks` an empty
        cell overwrites."""
        self.demand("choose", by)
        self.demand_columns(mapping)
        with db.atomic():
            ImportProblem.of(self).execute()
            self._move("choose", mapping=mapping, blanks=list(blanks), **self._from_the_start(dry=True))

    def look_again(self, facts: dict[str, Any], *, by: User) -> None:
        """Read another sheet of the same file; its columns are to be chosen anew."""
        self.demand("choose", by)
        mapping = self.remembered(self.register, facts["headings"]) or propose(self.register.columns, facts["headings"])
        with db.atomic():
            self._move("choose")
            ImportProblem.of(self).execute()
            again = {**facts, "mapping": mapping, "blanks": [], **self._from_the_start(dry=True)}
            ImportJob.update(status=UPLOADED, **again).where(ImportJob.id == self.id).execute()
            self.reload()

    def begin(self, *, by: User, blanks: bool = False) -> None:
        """Straight to writing, with the proposed columns: what the command line does. `blanks`: empty cells
        overwrite wherever they may."""
        self.demand_columns(self.mapping)
        overwriting = list(self.register.register.blankable()) if blanks else []
        with db.atomic():
            ImportJob.update(status=READY, blanks=overwriting).where(
                (ImportJob.id == self.id) & (ImportJob.status == UPLOADED)
            ).execute()
            self.reload()
            self.start(by=by)

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

    def open_register(self) -> Register:
        register = self.register.register(self.headings, self.mapping, Rules(self.by, self.store), self.blanks)
        register.source = {"import_id": self.id}
        return register

    def take(self, register: Register, rows: Sequence[Any], token: str) -> None:
        """Records, events, problems and counts of a chunk of checked rows in one transaction."""
        with db.atomic():
            self.hold(token, "rows_done")
            first = ImportPart.mark()
            outcome = register.settle(rows, dry=self.dry)
            ImportPart.note(self, first)
            self._count(outcome, len(rows))
        self.reload()

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
            self.hold(token, "rows_done")
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


class ImportPart(Record):
    """Which events one chunk of an import wrote: a row for thousands of records. On PostgreSQL other people's events
    may lie in between; the import's own carry its id."""

    job = peewee.ForeignKeyField(ImportJob, backref="+", on_delete="CASCADE")
    first = peewee.IntegerField()
    last = peewee.IntegerField()

    @classmethod
    def mark(cls) -> int:
        """Where the events begin that are about to be written."""
        return bulk.next_ids(Event, 1)[0]

    @classmethod
    def note(cls, job: ImportJob, first: int) -> None:
        last = Event.select(peewee.fn.MAX(Event.id)).scalar() or 0
        if not job.dry and last >= first:
            cls.create(job=job, first=first, last=last)

    @classmethod
    def of(cls, job: ImportJob) -> "peewee.ModelSelect[Any]":
        return cls.select().where(cls.job == job.id).order_by(cls.first)
