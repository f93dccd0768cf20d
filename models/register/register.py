"""A register's rows on their way in: checked one by one, then decided and written in chunks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from models.base import now
from models.customer import Customer
from models.event import Event, stored_changes
from models.register import bulk
from models.register.column import Column
from models.register.own import Own, own_columns
from models.register.problems import Bad, Doubtful, Problem
from models.register.rules import Rules


@dataclass
class Row:
    """`found` is what is there already; `repeats`: the file held the very same row before."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    bad: bool = False
    repeats: bool = False
    found: dict[str, Any] | None = None
    customer: Any = None

    def blame(self, column: str, value: str, code: str, **params: Any) -> None:
        self.bad = True
        self.problems.append(Problem(self.line, column, value[:200], code, params))

    def doubt(self, column: str, value: str, code: str, /, **params: Any) -> None:
        self.problems.append(Problem(self.line, column, value[:200], code, params))


@dataclass
class Outcome:
    """What became of some rows."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.created += other.created
        self.updated += other.updated
        self.skipped += other.skipped
        self.rejected += other.rejected
        self.problems += other.problems


class Draft:
    """Enough of a record for its noun's own rules on titles and search, without the cost of one."""

    id: int | None = None
    contacts: Sequence[Any] = ()
    facility_id: int | None = None

    def __init__(self, *values: dict[str, Any]):
        for part in values:
            self.__dict__.update(part)


class Register:
    """What a kind of register must say: its columns, its noun, what it is known by.

    `only_new` are columns that fill a new record and leave what is there alone, `known_by` are
    those a record is found by, `derived` are fields that follow from others.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    noun: ClassVar[Any]
    columns: ClassVar[tuple[Column, ...]]
    only_new: ClassVar[frozenset[str]] = frozenset()
    known_by: ClassVar[frozenset[str]] = frozenset()
    derived: ClassVar[tuple[str, ...]] = ("search_text",)

    def __init__(self, headings: Sequence[str], mapping: dict[str, str], rules: Rules, blanks: Iterable[str] = ()):
        """`blanks`: the fields in which an empty cell overwrites what is there."""
        self.rules = rules
        self.blanks = {name: blank for name, blank in self.blankable().items() if name in set(blanks)}
        self.source: dict[str, Any] = {}  # what the events carry of where they come from
        self.width = len(headings)
        self.headings = mapping
        self.plan = [
            (headings.index(mapping[column.field]), column)
            for column in self.every_column()
            if mapping.get(column.field) in headings
        ]
        self.own = Own(self.noun, mapping)
        self.first_lines: dict[Any, tuple[int, int]] = {}

    @classmethod
    def every_column(cls) -> tuple[Column, ...]:
        """Also those that the organisation has added."""
        return (*cls.columns, *own_columns(cls.noun))

    @classmethod
    def unmapped(cls, mapping: dict[str, str]) -> list[Column]:
        """The required columns that no heading was chosen for."""
        return [column for column in cls.columns if column.required and not mapping.get(column.field)]

    @classmethod
    def blankable(cls) -> dict[str, Any]:
        """{field: its value where a cell is empty}, of the fields that may be without one and that no record is
        known by."""
        fields, kept = cls.noun._meta.fields, cls.only_new | cls.known_by
        names = [
            column.field
            for column in cls.columns
            if column.field in fields and not column.required and column.field not in kept
        ]
        own = {column.field: None for column in own_columns(cls.noun)}
        blanks = {name: None if fields[name].null else "" for name in names}
        return own | {name: blanks[name] for name in names if fields[name].null or fields[name].default == ""}

    @classmethod
    def written(cls) -> tuple[str, ...]:
        """The fields that an import may change in a record that is there."""
        names = (column.field for column in cls.columns if column.field not in cls.only_new)
        return tuple(name for name in names if name in cls.noun._meta.fields)

    # One row at a time

    def check(self, line: int, cells: list[str]) -> Row:
        """All that can be said of a row without the database. Every row passes here, in order."""
        row = Row(line)
        if len(cells) > self.width:
            row.blame("", cells[self.width], "too_many_cells")
        rules, values = self.rules, row.values
        for place, column in self.plan:
            cell = cells[place]
            if not cell or cell.isspace():
                if column.required:
                    row.blame(self.headings[column.field], "", "required")
                elif column.field in self.blanks:
                    values[column.field] = self.blanks[column.field]
                continue
            try:
                values[column.field] = column.parse(cell, rules)
            except Bad as error:
                row.blame(self.headings[column.field], cell, error.code, **error.params)
            except Doubtful as doubt:
                values[column.field] = doubt.value
                row.doubt(self.headings[column.field], cell, doubt.code, **doubt.params)
        self.shape(row)
        self._compare_with_earlier(row, cells)
        return row

    def shape(self, row: Row) -> None:
        """Where a record's field comes from several columns."""

    def key_of(self, row: Row) -> tuple[Any, str] | None:
        """What the row is known by in the file, and the field to blame when it is there twice."""
        raise NotImplementedError

    def _compare_with_earlier(self, row: Row, cells: list[str]) -> None:
        known = self.key_of(row)
        if known is None:
            return
        key, name = known
        mark = hash(tuple(cells))
        line, earlier = self.first_lines.setdefault(key, (row.line, mark))
        if line == row.line:
            return
        row.repeats = mark == earlier
        if not row.repeats:
            row.blame(self.headings.get(name, ""), str(row.values[name]), "twice", line=line)

    # A chunk at a time, inside the caller's transaction

    def settle(self, rows: Sequence[Row], *, dry: bool) -> Outcome:
        """Decide on these rows and, unless `dry`, write them with their events."""
        open_rows = [row for row in rows if not row.bad and not row.repeats]
        self.look_up(open_rows, dry)
        outcome, new, changed = Outcome(), [], []
        for row in open_rows:
            self.find(row)
        self.own.look_up([row.found for row in open_rows if row.found])
        for row in rows:
            outcome.problems += row.problems
            if row.bad:
                outcome.rejected += 1
            elif row.repeats:
                outcome.skipped += 1
            elif row.found is None:
                new.append(row)
            elif changes := self.changes(row):
                changed.append((row, changes))
            else:
                outcome.skipped += 1
        outcome.created, outcome.updated = len(new), len(changed)
        if not dry:
            self._write_new(new)
            self._write_changed(changed)
        return outcome

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        """Read what these rows may meet; unless `dry`, held until the transaction ends."""
        raise NotImplementedError

    def find(self, row: Row) -> None:
        """Set `row.found`, or blame the row for what stands in its way."""
        raise NotImplementedError

    def changes(self, row: Row) -> dict[str, list]:
        """{field: [old, new]}; a blank cell has no value and overwrites nothing, unless it was asked to."""
        found = row.found or {}
        return {
            name: [found[name], value]
            for name, value in row.values.items()
            if name not in self.only_new and found[name] != value
        }

    @classmethod
    def taken_back(cls, records: Sequence[Any]) -> None:
        """After an import of these records was undone: bring what follows from them up to date."""

    def usual(self) -> dict[str, Any]:
        """What a new record has where the file says nothing."""
        raise NotImplementedError

    def fresh(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """New records; all of them begin with the same fields."""
        return [row.values for row in rows]

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        """Fill the fields that follow from others; returns the draft that they were asked of."""
        raise NotImplementedError

    def _write_new(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        usual, records, drafts = self.usual(), self.fresh(rows), []
        ids, own = bulk.next_ids(self.noun, len(rows)), [self.own.take_out(record) for record in records]
        for record_id, record, row, mine in zip(ids, records, rows, own, strict=True):
            drafts.append(self.derive(record, row, usual))
            self.own.found_by(record, mine)
            record["id"] = record_id
        bulk.insert(self.noun, records, usual)
        self.own.write(list(zip(ids, own, strict=True)))
        store = usual.get("store")
        events = [self._event(draft, record, store) for draft, record in zip(drafts, records, strict=True)]
        self._record("imported", events)

    def _write_changed(self, changed: Sequence[tuple[Row, dict[str, list]]]) -> None:
        kept = ("id", "version", *self.derived, *self.written())
        records, events, own = [], [], []
        for row, changes in changed:
            record: dict[str, Any] = dict(row.found or {})
            record |= {name: new for name, (_, new) in changes.items()}
            record["version"] += 1
            draft = self.derive(record, row, {})
            self.own.found_by(record, record)
            own.append((record["id"], {name: new for name, (_, new) in changes.items()}))
            records.append({name: record[name] for name in kept})
            event = self._event(draft, record, None)
            events.append(
                {
                    **event,
                    "changes": stored_changes(self.noun, changes),
                    "version": record["version"],
                }
            )
        bulk.update(self.noun, records)
        self.own.write(own)
        self._record("changed", events)

    def _event(self, draft: Draft, record: dict[str, Any], store: int | None) -> dict[str, Any]:
        return {
            "record_id": record["id"],
            "what": self.noun.title.fget(draft)[:255],
            "customer": record["id"] if self.noun is Customer else record.get("customer"),
            "store": record.get("store", store),
        }

    def _record(self, what: str, events: list[dict[str, Any]]) -> None:
        """The events, marked as told: nobody is written to about a register that moves in."""
        at, table, by = now(), self.noun._meta.table_name, self.rules.by
        common = {
            "at": at,
            "dispatched_at": at,
            "verb": f"{table}.{what}",
            "actor": by.id,
            "actor_name": by.name,
        }
        bulk.insert(Event, events, {**common, "noun": table, "version": 1, "data": self.source})


def by_field(name: str, query: Any) -> dict[Any, dict[str, Any]]:
    """The rows of a query, as dicts, by one of their fields."""
    return {found[name]: found for found in query.dicts()}
