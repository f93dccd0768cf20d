"""How a noun changes: guards that return every reason, moves that compare and set, edits that merge.

`STEPS = {"accept": Step(from_=(NEW,), to=ACCEPTED)}` in a noun says which status a verb leaves and reaches.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import peewee

from models.base import Choice, Record, changed_fields, comparable, db, on_postgres
from models.event import Event
from models.refusals import Refusal, Refused
from models.rights import rule_for


@dataclass(frozen=True)
class Step:
    from_: tuple[Choice, ...]
    to: Choice


class Guarded(Record):
    """A record with verbs, each with a guard that gives every reason against it."""

    def why_not(self, verb: str, by) -> list[Refusal]:
        """Every reason why `by` cannot do `verb` now: rights first, then the status, then the noun's own guard."""
        wrong_status = self._wrong_status(verb)
        lacking = [] if wrong_status else self._lacking(verb)
        return [*rule_for(self, verb).missing(by, self), *wrong_status, *self._guard(verb)(by), *lacking]

    def demand(self, verb: str, by) -> None:
        """Raise Refused with all the reasons; every verb starts with this."""
        refusals = self.why_not(verb, by)
        if refusals:
            raise Refused(refusals, self)

    def _lacking(self, verb: str) -> list[Refusal]:
        """What must be filled in before `verb`, beyond the noun's own guard."""
        return []

    def _wrong_status(self, verb: str) -> list[Refusal]:
        step = self.STEPS.get(verb)
        return [] if step is None or self.status in step.from_ else self.refuse_status(verb)

    def refuse_status(self, verb: str) -> list[Refusal]:
        """Why the present status does not allow `verb`; a noun with steps must say it in words."""
        raise NotImplementedError(f"{type(self).__name__} does not say why {verb} is too late")

    def _guard(self, verb: str) -> Callable[[Any], list[Refusal]]:
        return getattr(self, f"_against_{verb}", _nothing)


class Noun(Guarded):
    """A record people work with: it has a version, verbs with guards, and a list of words for its fields."""

    LABELS: dict[str, Any] = {}
    SENSITIVE: dict[str, Callable[[str], str]] = {}  # fields that not everybody may read, and how they are hidden

    version = peewee.IntegerField(default=1)

    @classmethod
    def label_of(cls, name: str) -> Any:
        """What people call the field."""
        return cls.LABELS.get(name, name)

    def _move(self, verb: str, **also: Any) -> None:
        """Take the step if the old status still holds in the database; the loser of a race is refused with the
        reason."""
        step = self.STEPS[verb]
        values = {"status": step.to, "version": type(self).version + 1, **also}
        moved = (
            type(self).update(**values).where((type(self).id == self.id) & type(self).status.in_(step.from_)).execute()
        )
        self.reload()
        if not moved:
            raise Refused(self.refuse_status(verb), self)

    def reveal(self, name: str, *, by) -> Any:
        """The whole value of a sensitive field, for those with its right; that it was read is on the log."""
        self.demand(f"view_{name}", by)
        with db.atomic():
            Event.record(f"{self.noun}.{name}_seen", by=by, about=self)
        return getattr(self, name)

    def changed_since(self, version: int) -> list[Event]:
        """The events that changed the record after this version of it, oldest first."""
        return Event.since(self, version)

    def reload(self) -> None:
        self.__data__.update(type(self).get_by_id(self.id).__data__)
        self.__rel__.clear()
        self._dirty.clear()

    def lock(self) -> None:
        """Hold the row until the transaction ends. SQLite's IMMEDIATE transaction holds the whole database already."""
        if on_postgres():
            type(self).select(type(self).id).where(type(self).id == self.id).for_update().execute()
        self.reload()


def _nothing(by) -> list[Refusal]:
    return []


@dataclass(frozen=True)
class Collision:
    """One field that two people changed: what it was when the form was opened, what it is, what is wanted."""

    name: str
    opened: Any
    theirs: Any
    yours: Any
    who: str
    at: Any

    @property
    def collides(self) -> bool:
        return comparable(self.theirs) != comparable(self.yours)


class Conflict(Exception):
    """The record changed since the form was opened. `fields` holds all that others changed, colliding or not."""

    def __init__(self, record: Noun, fields: list[Collision]):
        self.record = record
        self.fields = fields
        super().__init__(f"{record} changed meanwhile")


def revise(record: Noun, verb: str, values: dict[str, Any], *, by, seen: int, **data: Any) -> dict[str, list]:
    """Save `values` over the version the form was opened on (`seen`).

    What others changed meanwhile and this person left alone stays theirs; what both changed differently raises
    Conflict and saves nothing. Records one Event named `verb` with what changed. Returns {field: [old, new]}.
    """
    with db.atomic():
        record.lock()
        values = merged(record, values, seen)
        changes = changed_fields(record, values)
        if changes:
            for name, (_, new) in changes.items():
                setattr(record, name, new)
            record.version += 1
            record.save()
            Event.record(verb, by=by, about=record, changes=changes, **data)
        return changes


def merged(record: Noun, values: dict[str, Any], seen: int) -> dict[str, Any]:
    """The values without those that others changed since `seen` and this person left alone. Raises Conflict."""
    if record.version == seen:
        return values
    others = {field.name: field for field in collisions(record, values, seen)}
    if any(field.collides and comparable(field.yours) != comparable(field.opened) for field in others.values()):
        raise Conflict(record, list(others.values()))
    return {
        name: value
        for name, value in values.items()
        if name not in others or comparable(others[name].yours) != comparable(others[name].opened)
    }


def collisions(record: Noun, values: dict[str, Any], seen: int) -> Iterable[Collision]:
    """For each field of `values` that others changed since version `seen`: all three values, typed like the field."""
    found: dict[str, Collision] = {}
    for event in record.changed_since(seen):
        for name in event.changes.keys() & values.keys():
            opened = found[name].opened if name in found else _typed(record, name, event.changes[name]["old"])
            found[name] = Collision(name, opened, getattr(record, name), values[name], event.actor_name, event.at)
    return found.values()


def _typed(record: Noun, name: str, raw: Any) -> Any:
    """The stored form of an old value as the field itself would give it."""
    field = type(record).field_named(name)
    return raw if isinstance(field, peewee.ForeignKeyField) or raw is None else field.python_value(raw)
