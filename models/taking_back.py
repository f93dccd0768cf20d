"""Taking an import back, some records at a time: what it created goes, what it changed gets its old values again.

Nothing is taken back that somebody has built on: a record that was worked with since, or that others belong to, stays,
and so does a field that was changed since. Each stays with its reason.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import peewee

from models.base import now, on_postgres
from models.event import Event
from models.import_job import ImportJob
from models.obstacles import SENTENCES, Obstacle
from models.register import bulk
from models.user import User

LOGS = ("event", "message")  # they tell of a record and do not need it
Change = tuple[Any, dict[str, dict]]  # a record, and of each field what it is and what it was


@dataclass
class Outcome:
    removed: int = 0
    restored: int = 0
    kept: int = 0
    obstacles: list[Obstacle] = field(default_factory=list)


class TakingBack:
    """The records of some of an import's events; `settle` says what becomes of them and, unless `dry`, does it."""

    def __init__(self, job: ImportJob, events: Sequence[Event], by: User):
        self.job, self.by = job, by
        self.register = job.register.register
        self.noun = self.register.noun
        self.events = [event for event in events if event.data.get("import_id") == job.id and event.record_id > 0]
        self.ids = [event.record_id for event in self.events]
        self.outcome = Outcome()

    def settle(self, *, dry: bool) -> Outcome:
        """Inside the caller's transaction."""
        if on_postgres() and not dry:
            list(self.noun.select(self.noun.id).where(self.noun.id.in_(self.ids)).order_by(self.noun.id).for_update())
        gone, changed = [], []
        for event in self.events:
            record = self.records.get(event.record_id)
            if record is None:
                self._note(event, [("elsewhere", {})] if event.record_id in self.existing else [])
            elif event.changes:
                changed += self._to_restore(event, record)
            else:
                gone += self._to_remove(event, record)
        self.outcome.removed, self.outcome.restored = len(gone), len(changed)
        if not dry:
            self._remove(gone)
            self._restore(changed)
            self.register.taken_back([*gone, *(record for record, _ in changed)])
        return self.outcome

    # What is known of the records

    @cached_property
    def records(self) -> dict[int, Any]:
        """Those that the one who undoes may see."""
        return {record.id: record for record in self.noun.visible_to(self.by).where(self.noun.id.in_(self.ids))}

    @cached_property
    def existing(self) -> set[int]:
        return {found for (found,) in self.noun.select(self.noun.id).where(self.noun.id.in_(self.ids)).tuples()}

    @cached_property
    def later(self) -> dict[int, list[Event]]:
        """What happened to them after the import, oldest first."""
        mine = {event.record_id: event.id for event in self.events}
        told = (Event.noun == self.noun._meta.table_name) & Event.record_id.in_(self.ids)
        found = defaultdict(list)
        for event in Event.select().where(told & (Event.id > min(mine.values()))).order_by(Event.id):
            if event.id > mine[event.record_id]:
                found[event.record_id].append(event)
        return found

    @cached_property
    def hanging(self) -> dict[int, dict[str, int]]:
        """How many records of which table belong to each; whatever points at it counts."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        created = [event.record_id for event in self.events if not event.changes]
        for pointer, table in self.noun._meta.backrefs.items():
            name = table._meta.table_name
            if name not in LOGS:
                query = table.select(pointer, peewee.fn.COUNT(table.id)).where(pointer.in_(created)).group_by(pointer)
                for record_id, count in query.tuples():
                    name = name if name in SENTENCES else "other"
                    found[record_id][name] = found[record_id].get(name, 0) + count
        return found

    # What stands in the way

    def _note(self, event: Event, obstacles: Sequence[tuple[str, dict]], *, kept: bool = True) -> None:
        self.outcome.kept += bool(obstacles) and kept
        self.outcome.obstacles += [Obstacle(event.record_id, event.what, code, params) for code, params in obstacles]

    def _may(self, verb: str, record: Any) -> bool:
        may = self.noun.MAY
        return may.get(verb, may["edit"]).allows(self.by, record)

    def _to_remove(self, event: Event, record: Any) -> list[Any]:
        obstacles = self._worked_with(record)
        obstacles += [(name, {"count": count}) for name, count in self.hanging.get(record.id, {}).items()]
        obstacles += [] if self._may("delete", record) else [("not_allowed", {})]
        self._note(event, obstacles)
        return [] if obstacles else [record]

    def _worked_with(self, record: Any) -> list[tuple[str, dict]]:
        """What was done to a created record since; changes that were taken back again do not count."""
        first: dict[str, Any] = {}
        last: dict[str, str] = {}
        done = []
        for event in self.later.get(record.id, ()):
            if not event.changes:
                done = [("touched", {"who": event.actor_name})]
            for name, change in event.changes.items():
                first.setdefault(name, change["old"])
                last[name] = event.actor_name
        edited = [name for name, old in first.items() if not self._knows(name) or not is_now(record, name, old)]
        return done + [("edited", {"field": name, "who": last[name]}) for name in edited]

    def _to_restore(self, event: Event, record: Any) -> list[Change]:
        """A field that has its old value already needs nothing; one that has a third was changed since."""
        changes: dict[str, dict] = {}
        obstacles: list[tuple[str, dict]] = []
        for name, change in event.changes.items():
            if not self._knows(name):
                obstacles.append(("beyond", {"field": name}))
            elif is_now(record, name, change["old"]):
                continue
            elif is_now(record, name, change["new"]):
                changes[name] = change
            else:
                obstacles.append(("edited", {"field": name, "who": self._who_changed(record, name)}))
        if changes and not self._may("edit", record):
            changes, obstacles = {}, [*obstacles, ("not_allowed", {})]
        self._note(event, obstacles, kept=not changes)
        return [(record, changes)] if changes else []

    def _knows(self, name: str) -> bool:
        """Events may also tell of a field that is no more."""
        return self.noun.field_named(name) is not None

    def _who_changed(self, record: Any, name: str) -> str:
        return next((event.actor_name for event in reversed(self.later[record.id]) if name in event.changes), "")

    # Doing it

    def _remove(self, records: Sequence[Any]) -> None:
        """Their events stay on the log, and never again belong to records with their ids."""
        if not records:
            return
        ids = [record.id for record in records]
        self._record("import.removed", [self._told(record) for record in records])
        theirs = (Event.noun == self.noun._meta.table_name) & Event.record_id.in_(ids)
        Event.update(record_id=Event.record_id * -1).where(theirs).execute()
        self.noun.delete().where(self.noun.id.in_(ids)).execute()

    def _restore(self, changed: Sequence[Change]) -> None:
        events = []
        for record, changes in changed:
            for name, change in changes.items():
                setattr(record, name, read_back(self.noun, name, change["old"]))
            record.version += 1
            record.save()
            turned = {name: _turned(change) for name, change in changes.items()}
            events.append({**self._told(record), "changes": turned, "version": record.version})
        self._record("import.restored", events)

    def _told(self, record: Any) -> dict[str, Any]:
        own = record.noun == "customer"
        return {
            "record_id": record.id,
            "what": record.title[:255],
            "customer": record.id if own else record.__data__.get("customer"),
            "store": record.__data__.get("store"),
        }

    def _record(self, verb: str, events: list[dict[str, Any]]) -> None:
        """The events, marked as told: nobody is written to about a register that moves out again."""
        at, by = now(), self.by
        common = {"at": at, "dispatched_at": at, "verb": verb, "actor": by.id, "actor_name": by.name, "version": 0}
        common |= {"noun": self.noun._meta.table_name, "data": {"import_id": self.job.id}}
        bulk.insert(Event, events, common)


def is_now(record: Any, name: str, raw: Any) -> bool:
    """Does the field hold what an event kept of it?"""
    value = record.__data__[name] if name in record.__data__ else getattr(record, name)
    kept = read_back(type(record), name, raw)
    return value == kept or value in (None, "") and kept in (None, "")


def read_back(noun: Any, name: str, raw: Any) -> Any:
    """A value that an event kept, as the field has it."""
    column = noun.field_named(name)
    if raw is None or isinstance(column, peewee.ForeignKeyField):
        return raw
    return datetime.fromisoformat(raw) if isinstance(column, peewee.DateTimeField) else column.python_value(raw)


def _turned(change: dict[str, Any]) -> dict[str, Any]:
    """The change the other way round."""
    other = {"old": "new", "new": "old", "old_words": "new_words", "new_words": "old_words"}
    return {other[side]: value for side, value in change.items()}
