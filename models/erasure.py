"""Erasing a person (GDPR art. 17): what stands against it, what goes now, what stays until when, and how far it is.

Seen beforehand, then done by the worker in steps; how far it is stands in the row, so that a killed worker's goes on.
`words` holds what the person is known by only while it runs: afterwards the row knows a number and no name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Country, JSONTextField, Language, Record, UTCDateTimeField, db, now
from models.fault_report import FaultReport
from models.lifecycle import Step
from models.order import DONE as ORDER_DONE
from models.order import OPEN, Order, OrderStatus
from models.organisation import Organisation, Store
from models.person import Person
from models.protocol import Protocol
from models.refusals import Refusal, Refused, refuse
from models.report_standing import WAITING
from models.retention_law import BY_CODE, Ground, Law, longest
from models.rights import Right, holds
from models.series import Series
from models.user import User
from models.worked import Worked


class Kind(Choice):
    """What is told of beforehand and in the letter, kind by kind."""

    DETAILS = "details", _l("Name, addresses, phones and notes")
    ACCOUNT = "account", _l("Login to the portal")
    LOGINS = "logins", _l("Lines in the log of logins")
    MESSAGES = "messages", _l("Messages sent to the person")
    REPORTS = "reports", _l("Fault reports")
    ORDERS = "orders", _l("Orders that name the person")
    FILES = "files", _l("Photos and other files")
    EVENTS = "events", _l("Lines in the change log")


class ErasureStatus(Choice):
    RUNNING = "running", _l("Being erased"), "progress"
    DONE = "done", _l("Erased"), "good"
    STOPPED = "stopped", _l("Stopped"), "bad"


RUNNING, DONE, STOPPED = ErasureStatus


@dataclass(frozen=True)
class Stays:
    """An order the law keeps, with what belongs to it, until a day."""

    order: Order
    law: Law
    until: date

    @property
    def paragraph(self) -> str:
        return self.law.paragraph

    @property
    def ground(self) -> Ground:
        return self.law.ground


class Erasure(Worked):
    MAY = {"view": holds(Right.PERSONAL_DATA_HANDLE), "resume": holds(Right.PERSONAL_DATA_HANDLE)}
    STEPS = {"resume": Step((STOPPED,), RUNNING)}
    WORKING = (RUNNING,)
    STOPPED = STOPPED

    number = peewee.IntegerField(unique=True)
    subjects = JSONTextField()
    words = JSONTextField(default=dict)
    store = peewee.ForeignKeyField(Store, null=True, backref="+", on_delete="SET NULL")
    language = ChoiceField(Language)
    country = ChoiceField(Country)
    status = ChoiceField(ErasureStatus, default=RUNNING)
    reached = peewee.IntegerField(default=0)  # how many steps are done
    counts = JSONTextField(default=dict)
    letter_key = peewee.CharField(max_length=80, default="")
    by = peewee.ForeignKeyField(User, backref="+")
    at = UTCDateTimeField(default=now)
    finished_at = UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("status", "touched_at"), False),)

    @property
    def title(self) -> str:
        return str(self.number)

    @property
    def is_done(self) -> bool:
        return self.status is DONE

    @property
    def person(self) -> Person:
        return Person.named((noun, record_id) for noun, record_id in self.subjects).known_as(self.words)

    @property
    def erased(self) -> list[tuple[Kind, int]]:
        return [(kind, self.counts[kind.value]) for kind in Kind if self.counts.get(kind.value)]

    @property
    def kept(self) -> "list[Kept]":
        return list(Kept.select().where(Kept.erasure == self.id).order_by(Kept.until, Kept.id))

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Erasure]":
        if not user.has(Right.PERSONAL_DATA_HANDLE):
            return cls.select().where(peewee.SQL("1=0"))
        query: Any = cls.select(cls, User).join(User)
        return query if user.store_ids is None else query.where(cls.store.in_(user.store_ids))

    @classmethod
    def recent(cls, user, limit: int = 20) -> list["Erasure"]:
        return list(cls.visible_to(user).order_by(cls.id.desc()).limit(limit))

    @classmethod
    def of(cls, person: Person) -> "Erasure | None":
        """The one that concerned this person, if there was one."""
        wanted = {tuple(place) for place in person.places}
        rows = cls.select().order_by(cls.id.desc())
        return next((row for row in rows if wanted & {tuple(place) for place in row.subjects}), None)

    # Beforehand

    @classmethod
    def against(cls, person: Person, by: User) -> list[Refusal]:
        """Every reason why this person cannot be erased now."""
        earlier = cls.of(person)
        done = [earlier.refuse_again()] if earlier else []
        return cls.MAY["view"].missing(by) + done + person.beyond(by) + unfinished(person)

    def refuse_again(self) -> Refusal:
        code = "person.erased" if self.is_done else "erasure.running"
        return refuse(code, since=self.finished_at or self.at, erasure_id=self.id)

    def refuse_status(self, verb: str) -> list[Refusal]:
        return [self.refuse_again()]

    # Doing it

    @classmethod
    def begin(cls, person: Person, *, by: User) -> "Erasure":
        """Erase this person from now on. Of two at once the second is refused with the first."""
        organisation = Organisation.current()
        assert organisation is not None
        with db.atomic():
            organisation.lock()
            refusals = cls.against(person, by)
            if refusals:
                raise Refused(refusals)
            known = {name: getattr(person, name) for name in ("names", "emails", "phones", "numbers")}
            return cls.create(
                number=Series.take("erasure"),
                subjects=person.places,
                words=known,
                store=person.store_id,
                language=person.language,
                country=organisation.country,
                by=by,
                touched_at=now(),
            )

    def resume(self, *, by: User) -> None:
        """Go on where it stopped."""
        self.demand("resume", by)
        with db.atomic():
            self._move("resume", failure=None, runner="", touched_at=now())

    def add(self, kind: Kind, count: int) -> None:
        """Count what went; kept with the step that erased it."""
        self.counts = {**self.counts, kind.value: self.counts.get(kind.value, 0) + count}

    def keep_letter(self, key: str) -> bool:
        """Of two letters the first one stays."""
        mine = (Erasure.id == self.id) & (Erasure.letter_key == "")
        return bool(Erasure.update(letter_key=key).where(mine).execute())

    @classmethod
    def unwritten(cls) -> list["Erasure"]:
        return list(cls.select().where((cls.status == DONE) & (cls.letter_key == "")).limit(20))


class Kept(Record):
    """What the law keeps of an erased person, until when and by which paragraph. `whole`: the order with all its words,
    else only the paper and the `signatures`, by their ids."""

    erasure = peewee.ForeignKeyField(Erasure, backref="+", on_delete="CASCADE")
    order = peewee.ForeignKeyField(Order, backref="+", on_delete="CASCADE")
    law = peewee.CharField(max_length=16)
    until = peewee.DateField(index=True)
    whole = peewee.BooleanField()
    signatures = JSONTextField(default=list)

    class Meta:
        indexes = ((("erasure", "order"), True),)

    @property
    def paragraph(self) -> str:
        return BY_CODE[self.law].paragraph

    @property
    def ground(self) -> Any:
        return BY_CODE[self.law].ground


def unfinished(person: Person) -> list[Refusal]:
    """What must be brought to its end first: their reports, their orders, and what is still to be paid."""
    mine: dict[str, Any] = {
        "erasure.open_reports": FaultReport.select().where(
            FaultReport.id.in_(person.reports().select(FaultReport.id)) & (FaultReport.status == WAITING)
        ),
        "erasure.open_orders": person.orders().where(Order.status.in_(OPEN)),
        "erasure.not_invoiced": person.own_orders().where(Order.status == OrderStatus.TO_INVOICE),
    }
    first = person.customer_ids[0] if person.customer_ids else None
    counted = {code: query.count() for code, query in mine.items()}
    return [refuse(code, count=count, customer_id=first) for code, count in counted.items() if count]


def staying(person: Person, country: Country) -> list[Stays]:
    """The orders that are done: they are in the books, and claims may follow."""
    today = now().date()
    orders = [order for order in person.orders() if order.status in ORDER_DONE]
    found = []
    for order in orders:
        day = (order.performed_at or order.created_at).date()
        law = longest(country, day)
        if law.until(day) >= today:
            found.append(Stays(order, law, law.until(day)))
    return found


def going(person: Person, stays: list[Stays]) -> list[tuple[Kind, int]]:
    """What would go now, kind by kind."""
    files = files_going(person, [one.order.id for one in stays])
    counts = {
        Kind.DETAILS: len(person.records),
        Kind.ACCOUNT: len(person.users),
        Kind.LOGINS: person.logins().count(),
        Kind.MESSAGES: person.messages().count(),
        Kind.REPORTS: person.reports().count(),
        Kind.ORDERS: person.orders().count() - len(stays),
        Kind.FILES: len(files),
    }
    return [(kind, count) for kind, count in counts.items() if count]


def files_going(person: Person, kept: Iterable[int]) -> list[Any]:
    """Their files, but for those of the orders that the law keeps."""
    kept = set(kept)
    papers = {row.id for row in Protocol.select(Protocol.id).where(Protocol.order.in_(list(kept)))} if kept else set()
    held = {("order", order_id) for order_id in kept} | {("protocol", protocol_id) for protocol_id in papers}
    return [file for file in person.files() if (file.noun_name, file.record_id) not in held]
