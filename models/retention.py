"""How long things are kept: each rule with its reason, its period within what the law allows, and what it did last.

A rule looks at what is older than its period today, so a missed day is caught up by itself and a second run finds
nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Record, UTCDateTimeField, db, now
from models.doomed_file import DoomedFile
from models.erasing import purge
from models.erasure import Kept
from models.event import Event
from models.import_job import ImportJob, ImportProblem
from models.login import LoginRecord
from models.message import Message
from models.message_sending import SENDING, TO_BE_SENT
from models.organisation import Organisation
from models.person_export import GONE, PersonExport
from models.personal_reads import MARK
from models.refusals import Refused
from models.session import Session
from models.user import User

DAY = timedelta(days=1)
AT_ONCE = 2_000


@dataclass(frozen=True)
class Rule:
    """`due(before)` is the query of what is older; `purge(query, gone)` lets some of it go and says how many.

    `low` and `high` are the days between which the organisation may choose; equal ones are fixed.
    """

    code: str
    label: Any
    reason: Any
    days: int
    low: int
    high: int
    due: Callable[[datetime], Any]
    purge: Callable[[Any, str], int]
    since: Any  # the column that says how old it is

    @property
    def is_fixed(self) -> bool:
        return self.low == self.high


def _forget(query: Any, gone: str) -> int:
    return query.model.delete().where(query.model.id.in_(_ids(query))).execute()


def _ids(query: Any) -> list[int]:
    return [row.id for row in query.select(query.model.id).order_by(query.model.id).limit(AT_ONCE)]


def _empty_messages(query: Any, gone: str) -> int:
    return Message.update(subject="", address="").where(Message.id.in_(_ids(query))).execute()


def _drop_imports(query: Any, gone: str) -> int:
    jobs = list(query.limit(AT_ONCE))
    ids = [job.id for job in jobs]
    DoomedFile.doom(job.key for job in jobs)
    ImportProblem.update(value="").where(ImportProblem.job.in_(ids)).execute()
    return ImportJob.update(key="", samples=[]).where(ImportJob.id.in_(ids)).execute()


def _drop_exports(query: Any, gone: str) -> int:
    return PersonExport.drop(PersonExport.id.in_(_ids(query)))


def _purge_kept(query: Any, gone: str) -> int:
    rows = list(query.limit(AT_ONCE))
    for row in rows:
        purge(row.order, whole=row.whole, signatures=row.signatures, gone=gone)
        row.delete_instance()
    return len(rows)


def _messages(before: datetime) -> Any:
    over = Message.state.not_in((*TO_BE_SENT, SENDING)) & (Message.created_at < before)
    return Message.select().where(over & ((Message.subject != "") | (Message.address != "")))


def _imports(before: datetime) -> Any:
    return ImportJob.select().where(
        (ImportJob.at < before) & (ImportJob.key != "") & ImportJob.status.not_in(ImportJob.WORKING)
    )


RULES = (
    Rule(
        "kept_by_law",
        _l("What the law kept of erased persons"),
        _l("Each order has a day of its own, by the law that kept it. The day after it goes by itself."),
        0,
        0,
        0,
        lambda before: Kept.select().where(Kept.until < before.date()),
        _purge_kept,
        since=Kept.until,
    ),
    Rule(
        "exports",
        _l("Exports about persons"),
        _l("They are copies of everything, made to be handed over (GDPR art. 5(1)(e))."),
        7,
        1,
        7,
        lambda before: PersonExport.select().where((PersonExport.at < before) & (PersonExport.status != GONE)),
        _drop_exports,
        since=PersonExport.at,
    ),
    Rule(
        "import_files",
        _l("Files of imports"),
        _l("After an import the register holds what was in them. What was rejected can be fetched until then."),
        30,
        1,
        365,
        _imports,
        _drop_imports,
        since=ImportJob.at,
    ),
    Rule(
        "logins",
        _l("Log of logins"),
        _l("To find misuse, and no longer (GDPR art. 5(1)(e))."),
        365,
        90,
        365,
        lambda before: LoginRecord.select().where(LoginRecord.at < before),
        _forget,
        since=LoginRecord.at,
    ),
    Rule(
        "sessions",
        _l("Where people were logged in"),
        _l("Addresses and devices of sessions that are over."),
        365,
        30,
        365,
        lambda before: Session.select().where(Session.started_at < before),
        _forget,
        since=Session.started_at,
    ),
    Rule(
        "reads",
        _l("Who has seen sensitive fields"),
        _l("The activity log of the staff: long enough to look into a complaint."),
        365,
        90,
        730,
        lambda before: Event.select().where(Event.verb.endswith(MARK) & (Event.at < before)),
        _forget,
        since=Event.at,
    ),
    Rule(
        "messages",
        _l("What messages said, and where they went"),
        _l("That something was sent, to whom and when, stays on the record."),
        730,
        30,
        2_555,
        _messages,
        _empty_messages,
        since=Message.created_at,
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}


class RetentionState(Record):
    """A rule's period where it is another than its own, and what its last run did."""

    code = peewee.CharField(max_length=32, unique=True)
    days = peewee.IntegerField()
    ran_at = UTCDateTimeField(null=True)
    removed = peewee.IntegerField(default=0)
    total = peewee.IntegerField(default=0)


@dataclass(frozen=True)
class Standing:
    """A rule as it stands today."""

    rule: Rule
    days: int
    ran_at: datetime | None
    removed: int
    total: int

    @property
    def before(self) -> datetime:
        return now() - self.days * DAY

    @property
    def due(self) -> int:
        """How many would go if it ran now."""
        return self.rule.due(self.before).count()

    @property
    def next_on(self) -> date | None:
        """When the oldest of what is left goes; None where there is nothing."""
        oldest = self.rule.due(now() + 36_500 * DAY).select(peewee.fn.MIN(self.rule.since)).scalar()
        if oldest is None:
            return None
        oldest = self.rule.since.python_value(oldest)
        day = oldest.date() if isinstance(oldest, datetime) else oldest
        return max(day + max(self.days, 1) * DAY, now().date())


def standing() -> list[Standing]:
    states = {state.code: state for state in RetentionState.select()}
    return [_standing(rule, states.get(rule.code)) for rule in RULES]


def _standing(rule: Rule, state: RetentionState | None) -> Standing:
    if state is None:
        return Standing(rule, rule.days, None, 0, 0)
    days = min(max(state.days, rule.low), rule.high)
    return Standing(rule, days, state.ran_at, state.removed, state.total)


def period(code: str) -> timedelta:
    """The period that holds today."""
    return _standing(BY_CODE[code], RetentionState.get_or_none(RetentionState.code == code)).days * DAY


def choose_periods(days: dict[str, int], *, by: User) -> dict[str, list]:
    """Keep things so long from now on. Returns and logs what changed, {rule: [old, new]}."""
    organisation = Organisation.current()
    assert organisation is not None
    refusals = organisation.why_not("edit", by)
    if refusals:
        raise Refused(refusals, organisation)
    with db.atomic():
        organisation.lock()
        now_kept = {one.rule.code: one.days for one in standing()}
        changes = {code: [now_kept[code], wanted] for code, wanted in days.items() if wanted != now_kept[code]}
        for code, (_, wanted) in changes.items():
            _remember(code, days=wanted)
        if changes:
            Event.record("retention.changed", by=by, about=organisation, periods=changes)
        return changes


def _remember(code: str, **values: Any) -> None:
    fresh = {"code": code, "days": BY_CODE[code].days, "removed": 0, "total": 0, **values}
    RetentionState.insert(**fresh).on_conflict(conflict_target=[RetentionState.code], update=values).execute()


def ran_today() -> bool:
    """Have all rules run since midnight (UTC)?"""
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    return RetentionState.select().where(RetentionState.ran_at >= midnight).count() == len(RULES)


def run(one: Standing, gone: str) -> int:
    """Let go of what is too old, some thousand at a time; `gone` is the word that then stands where one must. Safe to
    repeat; returns how many went."""
    removed = 0
    while True:
        with db.atomic():
            went = one.rule.purge(one.rule.due(one.before), gone)
        removed += went
        if not went:
            break
    _remember(one.rule.code, ran_at=now(), removed=removed, total=one.total + removed)
    return removed
