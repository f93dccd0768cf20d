"""Two customers that are one: everything moves to the one that is kept, and for thirty days back again (S2, merge).

What points at a customer is found by the models' own foreign keys, so a noun that comes later moves too. The merged
customer stays in the register, inactive, and points to the one that was kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.base import JSONTextField, Record, UTCDateTimeField, comparable, db, now
from models.customer import Customer
from models.event import Event
from models.file import File
from models.lifecycle import Noun, revise
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, everything_or_assigned, holds
from models.search import Searchable
from models.user import User

UNDOABLE = timedelta(days=30)
OWN = ("number", "store", "kind", "status", "responsible")  # not chosen: they stay with each customer


@dataclass(frozen=True)
class Way:
    """A column by which rows of a table belong to a customer; `also` narrows rows that name it otherwise."""

    noun: type[Record]
    column: Any
    also: Any = None

    @property
    def name(self) -> str:
        return f"{self.noun._meta.table_name}.{self.column.name}"

    def of(self, customer: Customer) -> "peewee.ModelSelect[Any]":
        mine = self.column == customer.id
        return self.noun.select().where(mine & self.also if self.also is not None else mine)


def ways() -> Iterator[Way]:
    """Every way in which something belongs to a customer."""
    from models import TABLES  # all tables, this one too

    for noun in TABLES:
        for column in noun._meta.sorted_fields:
            if isinstance(column, peewee.ForeignKeyField) and column.rel_model is Customer:
                if noun not in (Customer, Merge):
                    yield Way(noun, column)
    yield Way(File, File.record_id, File.noun_name == "customer")


def mergeable(customer: Customer) -> list[str]:
    """The fields of which one of two values is chosen, in the order of the card."""
    own = [name for name in customer.LABELS if name in customer._meta.fields and name not in OWN]
    return [*own, *(one.name for one in customer.custom_fields())]


class Merge(Noun):
    MAY = {
        "view": everything_or_assigned(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        "undo": holds(Right.CUSTOMER_MERGE),
    }

    kept = peewee.ForeignKeyField(Customer, backref="+", on_delete="CASCADE")
    gone = peewee.ForeignKeyField(Customer, backref="+", on_delete="CASCADE")
    by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)
    at = UTCDateTimeField(default=now)
    moved = JSONTextField(default=dict)  # {"facility.customer": [ids]}
    changed = JSONTextField(default=dict)  # {field: [old, new]} of the kept customer, as the change log writes them
    was_inactive_at = UTCDateTimeField(null=True)
    undone_at = UTCDateTimeField(null=True)

    @property
    def title(self) -> str:
        return f"{self.gone.number} → {self.kept.title}"

    @property
    def until(self) -> datetime:
        """The last moment at which it can be undone."""
        return self.at + UNDOABLE

    @property
    def is_undoable(self) -> bool:
        return self.undone_at is None and now() < self.until

    @property
    def customer(self) -> Customer:
        return self.kept

    def is_assigned_to(self, user) -> bool:
        return self.kept.is_assigned_to(user)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        seen = Customer.visible_to(user).select(Customer.id)
        if user.is_portal:
            return cls.select().where(peewee.SQL("1=0"))
        return cls.select().where(cls.kept.in_(seen) & cls.gone.in_(seen))

    @classmethod
    def into(cls, customer: Customer) -> list["Merge"]:
        """What was merged into this customer and can still be undone, newest first."""
        recent = cls.undone_at.is_null() & (cls.at > now() - UNDOABLE)
        return list(cls.select().where((cls.kept == customer.id) & recent).order_by(cls.id.desc()))

    @classmethod
    def against(cls, kept: Customer, gone: Customer, by) -> list[Refusal]:
        """Every reason why `gone` cannot become one with `kept`."""
        missing = [
            refusal
            for verb in ("merge", "edit")
            for customer in (kept, gone)
            for refusal in customer.MAY[verb].missing(by, customer)
        ]
        same = [refuse("merge.same", customer_id=kept.id)] if kept == gone else []
        merged = [refusal for customer in (kept, gone) for refusal in customer._against_merge(by)]
        return list({str(refusal): refusal for refusal in missing}.values()) + same + merged

    @classmethod
    def perform(cls, kept: Customer, gone: Customer, chosen: dict[str, Any], *, by: User) -> "Merge":
        """Everything of `gone` becomes `kept`'s, with the `chosen` values; `gone` stays as an inactive number that
        leads there. Nobody outside is told. Raises Refused with all reasons."""
        refusals = cls.against(kept, gone, by)
        if refusals:
            raise Refused(refusals, kept)
        with db.atomic():
            for customer in sorted((kept, gone), key=lambda one: one.id):
                customer.lock()
            if refusals := cls.against(kept, gone, by):
                raise Refused(refusals, kept)  # somebody was quicker
            before = {name: getattr(kept, name) for name in chosen}
            revise(kept, "customer.changed", chosen, by=by, seen=kept.version)
            merge = cls.create(kept=kept, gone=gone, by=by, was_inactive_at=gone.inactive_at)
            merge.changed = {
                name: [_stored(old), _stored(getattr(kept, name))]
                for name, old in before.items()
                if comparable(old) != comparable(getattr(kept, name))
            }
            merge.moved = {way.name: move(way, gone, kept) for way in ways()}
            merge.save()
            gone.merged_into, gone.inactive_at, gone.inactive_by = kept, gone.inactive_at or now(), by
            merge._settle("customer.merged", by)
            return merge

    def _against_undo(self, by) -> list[Refusal]:
        if self.undone_at:
            return [refuse("merge.undone", since=self.undone_at, customer_id=self.kept_id)]
        return [] if self.is_undoable else [refuse("merge.too_late", until=self.until, customer_id=self.kept_id)]

    def undo(self, *, by: User) -> None:
        """Exactly what moved goes back; what came since stays. A value returns where nobody has changed it since."""
        self.demand("undo", by)
        with db.atomic():
            done = Merge.update(undone_at=now()).where((Merge.id == self.id) & Merge.undone_at.is_null()).execute()
            self.reload()
            if not done:
                raise Refused(self._against_undo(by), self)
            kept, gone = self.kept, self.gone
            for customer in sorted((kept, gone), key=lambda one: one.id):
                customer.lock()
            for way in ways():
                give_back(way, self.moved.get(way.name, []), kept, gone)
            revise(kept, "customer.changed", self._returning(kept), by=by, seen=kept.version)
            gone.merged_into, gone.inactive_at = None, self.was_inactive_at
            gone.inactive_by = gone.inactive_by if self.was_inactive_at else None
            self._settle("customer.unmerged", by)

    def _returning(self, kept: Customer) -> dict[str, Any]:
        untouched = {name: old for name, (old, new) in self.changed.items() if _stored(getattr(kept, name)) == new}
        return {name: _read(kept, name, old) for name, old in untouched.items()}

    def _settle(self, verb: str, by: User) -> None:
        """Both are saved, so that both are found by what is theirs now, and both tell it."""
        for customer, other in ((self.kept, self.gone), (self.gone, self.kept)):
            customer.version += 1
            customer.save()
            Event.record(verb, by=by, about=customer, other=other.title, merge_id=self.id)


def counts(customer: Customer) -> dict[str, int]:
    """How many of each table belong to the customer, by the way's name; only those that are any."""
    found = {way.name: way.of(customer).count() for way in ways()}
    return {name: count for name, count in found.items() if count}


def move(way: Way, gone: Customer, kept: Customer) -> list[int]:
    """The ids that moved. A row whose double is there already stays behind: the kept customer has it."""
    doubles = _doubles(way, gone, kept)
    ids = [row.id for row in way.of(gone).select(way.noun.id) if row.id not in doubles]
    _point(way, ids, kept)
    return ids


def give_back(way: Way, ids: list[int], kept: Customer, gone: Customer) -> None:
    """Of these, those that are the kept customer's still."""
    still = [row.id for row in way.of(kept).select(way.noun.id).where(way.noun.id.in_(ids))] if ids else []
    _point(way, still, gone)


def _point(way: Way, ids: list[int], customer: Customer) -> None:
    if not ids:
        return
    way.noun.update({way.column: customer.id}).where(way.noun.id.in_(ids)).execute()
    if issubclass(way.noun, Searchable):  # they are found and ordered by their customer, too
        for row in way.noun.select().where(way.noun.id.in_(ids)):
            row.save()


def _doubles(way: Way, gone: Customer, kept: Customer) -> set[int]:
    """Rows of `gone` that a unique index would not let stand beside one of `kept`."""
    found: set[int] = set()
    for names, is_unique in way.noun._meta.indexes:
        if is_unique and way.column.name in names:
            others = [name for name in names if name != way.column.name]
            key = lambda row, others=others: tuple(row.__data__[name] for name in others)  # noqa: E731
            theirs = {key(row) for row in way.of(kept)}
            found |= {row.id for row in way.of(gone) if key(row) in theirs}
    return found


def _stored(value: Any) -> Any:
    """As it is kept in JSON: a related record by its id, everything else by what it is written as."""
    if isinstance(value, Record):
        return value.id
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _read(customer: Customer, name: str, stored: Any) -> Any:
    column = customer.field_named(name)
    if isinstance(column, peewee.ForeignKeyField) or stored is None:
        return stored
    return column.python_value(stored)
