"""What happened, read back for a timeline: events with their messages and files, a page at a time, in a fixed
number of queries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.base import Choice, Record
from models.customer import Customer
from models.event import HAPPENINGS, Event
from models.facility import Facility
from models.fault_report import FaultReport
from models.file import File
from models.import_job import ImportJob
from models.message import SENT, UNSENT, Channel, Message
from models.nouns import NOUNS
from models.order import Order
from models.protocol import Protocol
from models.quote import Quote
from models.reader import Reader
from models.ready import KEPT, Ready, slots
from models.rights import Role
from models.service_object import ServiceObject
from models.user import User

AT_A_TIME = 30
# A customer's, each with readers of its own; those after the facility stand or happen at one.
FOLLOWED: tuple[type[Any], ...] = (Facility, ServiceObject, FaultReport, Order, Protocol, Quote)
STATES = (
    "created",
    "imported",
    "changed",
    "removed",
    "inactivated",
    "reactivated",
    "merged",
    "unmerged",
    "assigned",
    "unassigned",
    "linked",
)
CHANGING = tuple(verb for verb in HAPPENINGS if verb.endswith(STATES))
PAPERS = ("protocol.ready", "quote.ready")
WITH_FILES = ("file.uploaded", "file.deleted", *PAPERS)
DETAILS = tuple(verb for verb in HAPPENINGS if ".line_" in verb)  # for the card of the order or quote alone
REPORTING = ("fault_report.reported", "fault_report.imported")
# What a customer's user may read; a verb that is not named here stays in the house.
FOR_PORTAL = (
    *REPORTING,
    "fault_report.accepted",
    "fault_report.rejected",
    "fault_report.cancelled",
    "fault_report.reopened",
    "order.created",
    "order.started",
    "order.performed",
    "order.voided",
    "protocol.ready",
    "comment.written",
    "file.uploaded",
)


class Kind(Choice):
    ALL = "all", _l("All")
    MESSAGES = "messages", _l("Messages")
    FILES = "files", _l("Files")
    CHANGES = "changes", _l("Changes")


@dataclass(frozen=True)
class Change:
    label: Any
    old: Any
    new: Any


@dataclass(frozen=True)
class Source:
    """The import an event came with; `job_id` is None for a reader who may not see the import."""

    name: str
    job_id: int | None


@dataclass(frozen=True)
class Moment:
    """One event; `record` is what it was about as it is now, where the timeline follows that noun."""

    event: Event
    record: Any = None
    messages: list[Message] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    source: "Source | None" = None

    @property
    def changes(self) -> list[Change]:
        """What was changed, by the words of the noun's fields, old and new as the fields themselves would give them."""
        return [
            _change(NOUNS.get(self.event.noun, Record), name, stored) for name, stored in self.event.changes.items()
        ]


@dataclass(frozen=True)
class Page:
    """Some moments, newest first; `earlier` counts those before them, the first of which was at `since`."""

    moments: list[Moment]
    earlier: int
    since: datetime | None

    @property
    def mark(self) -> int | None:
        """Where the page before this one ends."""
        return self.moments[-1].event.id if self.earlier else None


@dataclass(frozen=True)
class History:
    """The events that meet `about(record_id, reader)`, as `reader` may see them."""

    about: Callable[[Any, Any], Any]
    record_id: int | None
    reader: User

    @classmethod
    def of_customer(cls, customer: Customer, reader: User) -> "History":
        return cls(_around_customer, customer.id, reader)

    @classmethod
    def of_facility(cls, facility: Facility, reader: User) -> "History":
        return cls(_around_facility, facility.id, reader)

    @classmethod
    def of_service_object(cls, unit: ServiceObject, reader: User) -> "History":
        return cls(_around_service_object, unit.id, reader)

    @classmethod
    def of_records(cls, records: list[Record], reader: User) -> "History":
        """What happened to these records. The caller has seen to it that the reader may know them."""
        theirs = reduce(or_, [_is(record.noun, record.id) for record in records])
        return cls(lambda record_id, reader: theirs, None, reader)

    def page(self, kind: Kind = Kind.ALL, before: int | None = None) -> Page:
        shown = self._shown(kind, before)
        moments = self._moments(shown, kind)
        if len(shown) < AT_A_TIME:
            return Page(moments, 0, None)
        since = fn.MIN(Event.at).converter(Event.at.python_value)
        earlier = self._matching(kind).where(Event.id < shown[-1].id)
        found: Any = earlier.select(fn.COUNT(Event.id).alias("number"), since.alias("since")).namedtuples().get()
        return Page(moments, found.number, found.since)

    def _shown(self, kind: Kind, before: int | None) -> list[Event]:
        if self.record_id and not before and not self.reader.is_portal:
            return _newest(self.about, self.reader.reader, kind).rows(self.record_id)
        matching = self._matching(kind)
        return list(newest(matching.where(Event.id < before) if before else matching))

    def _matching(self, kind: Kind) -> "peewee.ModelSelect[Event]":
        return Event.select().where(self.about(self.record_id, self.reader) & _of_kind(kind) & self._open())

    def _open(self) -> Any:
        """What this reader's side may read at all: nothing internal goes to the portal, nor files the staff
        keep for themselves."""
        if not self.reader.is_portal:
            return peewee.SQL("1=1")
        customers_own = (Event.verb != "file.uploaded") | Event.actor.in_(
            User.select(User.id).where(User.role == Role.PORTAL)
        )
        return ~Event.internal & Event.verb.in_(FOR_PORTAL) & customers_own

    def _moments(self, events: list[Event], kind: Kind) -> list[Moment]:
        records, messages, files = _records(events), self._messages(events, kind), self._files(events)
        sources = self._sources(events)
        return [
            Moment(
                event,
                records.get((event.noun, event.record_id)),
                messages.get(event.id, []),
                files.get(event.id, []),
                sources.get(event.data.get("import_id", 0)),
            )
            for event in events
        ]

    def _sources(self, events: list[Event]) -> dict[int, Source]:
        """The files that were imported, by their import's id; a customer's user hears of none."""
        ids = {event.data["import_id"] for event in events if "import_id" in event.data}
        if not ids or self.reader.is_portal:
            return {}
        among = ImportJob.id.in_(ids)
        seen = {job.id for job in ImportJob.visible_to(self.reader).where(among)}
        jobs = ImportJob.select(ImportJob.id, ImportJob.name).where(among)
        return {job.id: Source(job.name, job.id if job.id in seen else None) for job in jobs}

    def _messages(self, events: list[Event], kind: Kind) -> dict[int, list[Message]]:
        ledger = (
            Message.select(Message, User)
            .join(User, peewee.JOIN.LEFT_OUTER)
            .where(Message.event.in_([event.id for event in events]))
        )
        if self.reader.is_portal:
            ledger = ledger.where(
                (Message.user == self.reader.id) & (Message.state == SENT) & (Message.channel == Channel.EMAIL)
            )
        kept = (message for message in ledger.order_by(Message.id) if kind is Kind.MESSAGES or _worth_telling(message))
        return _grouped(kept, lambda message: message.event_id)

    def _files(self, events: list[Event]) -> dict[int, list[File]]:
        """A report's pictures stand with the report, a PDF with its protocol, any other upload with its own event."""
        uploads = {event.data["file_id"]: event.id for event in events if "file_id" in event.data}
        papers = () if self.reader.is_portal else PAPERS  # the portal hands out its own edition of a protocol
        owners = {(event.noun, event.record_id): event.id for event in events if event.verb in (*REPORTING, *papers)}
        owned = [(File.noun_name == noun) & (File.record_id == record_id) for noun, record_id in owners]
        among_seen = self.record_id and not self.reader.is_portal  # a card tells only of records its reader sees
        known = File.select() if among_seen else File.visible_to(self.reader)
        found = known.where(File.deleted_at.is_null() & reduce(or_, owned, File.id.in_(list(uploads)))).order_by(
            File.id
        )
        return _grouped(found, lambda file: uploads.get(file.id) or owners.get((file.noun_name, file.record_id)))


def name_of(noun: type[Record]) -> str:
    """The name a noun's events carry."""
    return next(name for name, known in NOUNS.items() if known is noun)


def _is(noun: str, record_id: Any) -> Any:
    return (Event.noun == noun) & (Event.record_id == record_id)


def _around_customer(record_id: Any, reader: Any) -> Any:
    """Everything of the customer but what happened to records the reader may not see."""
    others = Event.noun.not_in([name_of(noun) for noun in FOLLOWED])
    seen = [_seen(noun, noun.customer == record_id, reader) for noun in FOLLOWED]
    return (Event.customer == record_id) & Event.verb.not_in(DETAILS) & reduce(or_, seen, others)


def _around_facility(record_id: Any, reader: Any) -> Any:
    """The facility's own events and those of the reports, orders and protocols there."""
    there = [_seen(noun, noun.facility == record_id, reader) for noun in FOLLOWED[1:]]
    return Event.verb.not_in(DETAILS) & reduce(or_, there, _is(name_of(Facility), record_id))


def _around_service_object(record_id: Any, reader: Any) -> Any:
    """The object's own events and those of the reports, orders and protocols about it."""
    orders = Order.select(Order.id).where(Order.service_object == record_id)
    about = (
        _seen(FaultReport, FaultReport.service_object == record_id, reader),
        _seen(Order, Order.service_object == record_id, reader),
        _seen(Protocol, Protocol.order.in_(orders), reader),
    )
    return reduce(or_, about, _is(name_of(ServiceObject), record_id))


def _seen(noun: Any, condition: Any, reader: Any) -> Any:
    return (Event.noun == name_of(noun)) & Event.record_id.in_(noun.visible_to(reader).where(condition).select(noun.id))


def newest(matching: "peewee.ModelSelect[Event]") -> "peewee.ModelSelect[Event]":
    return matching.order_by(Event.id.desc()).limit(AT_A_TIME)


@lru_cache(maxsize=KEPT)
def _newest(about: Callable[[Any, Any], Any], reader: Reader, kind: Kind) -> Ready:
    """The newest of what a member of the staff sees around a record."""
    return Ready(newest(Event.select().where(about(slots(1)[0], reader) & _of_kind(kind))))


def _of_kind(kind: Kind) -> Any:
    told = fn.EXISTS(Message.select(peewee.SQL("1")).where(Message.event == Event.id))
    pictured = (File.noun_name == Event.noun) & (File.record_id == Event.record_id) & File.deleted_at.is_null()
    return {
        Kind.ALL: peewee.SQL("1=1"),
        Kind.MESSAGES: told,
        Kind.FILES: Event.verb.in_(WITH_FILES)
        | (Event.verb.in_(REPORTING) & fn.EXISTS(File.select(peewee.SQL("1")).where(pictured))),
        Kind.CHANGES: Event.verb.in_(CHANGING) | (Event.changes != {}),
    }[kind]


def _worth_telling(message: Message) -> bool:
    """In the whole story: letters to the customer's people, and whatever did not arrive. The staff's own news
    are under Messages."""
    to_customer = message.user_id is None or message.user.is_portal
    return message.state in UNSENT or (to_customer and not message.is_in_app)


def _records(events: list[Event]) -> dict[tuple[str, int], Any]:
    """The reports, orders and protocols these events are about, by noun and id."""
    wanted = {noun: {event.record_id for event in events if event.noun == name_of(noun)} for noun in FOLLOWED}
    return {
        (name_of(noun), record.id): record
        for noun, ids in wanted.items()
        if ids
        for record in noun.select().where(noun.id.in_(ids))
    }


def _grouped(rows: Any, key: Any) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _change(noun: Any, name: str, stored: dict[str, Any]) -> Change:
    old, new = (stored.get(f"{side}_words", _typed(noun, name, stored[side])) for side in ("old", "new"))
    return Change(noun.label_of(name) if hasattr(noun, "label_of") else name, old, new)


def _typed(noun: Any, name: str, raw: Any) -> Any:
    """A stored value as its field gives it; one the field no longer knows stays as it was written."""
    column = noun.field_named(name)
    if column is None or raw is None or isinstance(column, peewee.ForeignKeyField):
        return raw
    try:
        return column.python_value(raw)
    except ValueError:
        return raw
