"""A field of the organisation's own: a row in a table and not a line of code.

What it is called, of which kind it is and where it shows is all data; forms, lists, filters, imports, exports, papers
and the change log draw it from here. Each process keeps the definitions it read last, until the organisation's mark
says that they are others by now.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, JSONTextField, Record, UTCDateTimeField, db, now, unique
from models.event import Event
from models.lifecycle import Noun, revise
from models.organisation import Organisation
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, holds
from models.search import SortKey, sort_key

PREFIX = "custom_"
PLACES = 6  # decimals a sort key has room for
DIGITS = 12

# The reader's language while a page, a file or a letter is drawn; app.py says who knows it.
language_now: list[Callable[[], str]] = []


class Owner(Choice):
    """The nouns that have such fields; another one is a line here, and `Customised` among its bases."""

    CUSTOMER = "customer", _l("Customers")
    FACILITY = "facility", _l("Facilities")
    SERVICE_OBJECT = "service_object", _l("Service objects")
    ORDER = "order", _l("Orders")
    QUOTE = "quote", _l("Quotes")


class FieldKind(Choice):
    TEXT = "text", _l("A line of text")
    LONG_TEXT = "long_text", _l("Several lines of text")
    NUMBER = "number", _l("Number")
    DATE = "date", _l("Date")
    YES_NO = "yes_no", _l("Yes or no")
    CHOICE = "choice", _l("One of several choices")
    SUGGESTION = "suggestion", _l("A choice, or other text")

    @property
    def has_choices(self) -> bool:
        return self in (FieldKind.CHOICE, FieldKind.SUGGESTION)


LONGEST = {FieldKind.TEXT: 200, FieldKind.LONG_TEXT: 4000, FieldKind.SUGGESTION: 80}


class Need(Choice):
    NEVER = "never", _l("No")
    ALWAYS = "always", _l("Yes, always")
    FROM_STATUS = "from_status", _l("Yes, from a status on")


class Spoken:
    """The field's name in the language of whoever reads it."""

    def __init__(self, label: str, labels: Mapping[str, str], unit: str = ""):
        self.label, self.labels, self.unit = label, labels, unit

    def __str__(self) -> str:
        language = language_now[0]() if language_now else ""
        name = self.labels.get(language) or self.label
        return f"{name} ({self.unit})" if self.unit else name


class CustomField(Noun):
    MAY = {
        verb: holds(Right.ADMINISTER) for verb in ("view", "create", "edit", "move", "remove", "bring_back", "delete")
    }
    LABELS = {
        "owner": _l("Belongs to"),
        "label": _l("Name"),
        "labels": _l("Name in other languages"),
        "kind": _l("Kind"),
        "unit": _l("Unit"),
        "decimals": _l("Decimals"),
        "choices": _l("Choices"),
        "help": _l("Help under the field"),
        "in_list": _l("Show in the list"),
        "searchable": _l("Found by the search"),
        "hidden": _l("Hide in the customer portal and on papers"),
        "need": _l("Must be filled in"),
        "need_from": _l("From the status"),
        "position": _l("Place"),
    }

    owner = ChoiceField(Owner)
    label = peewee.CharField(max_length=60)
    labels = JSONTextField(default=dict)
    kind = ChoiceField(FieldKind, default=FieldKind.TEXT)
    unit = peewee.CharField(max_length=12, default="")
    decimals = peewee.IntegerField(default=0)
    choices = JSONTextField(default=list)
    help = peewee.CharField(max_length=200, default="")
    in_list = peewee.BooleanField(default=False)
    searchable = peewee.BooleanField(default=False)
    hidden = peewee.BooleanField(default=False)
    need = ChoiceField(Need, default=Need.NEVER)
    need_from = peewee.CharField(max_length=32, default="")
    position = peewee.IntegerField(default=0)
    removed_at = UTCDateTimeField(null=True)
    to_fold = peewee.BooleanField(default=False)  # its records are not found by it yet, or still are
    created_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("owner", "label"), True),)

    @property
    def title(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """What the records call it, and forms, lists, addresses and the change log with them."""
        return f"{PREFIX}{self.id}"

    @property
    def spoken(self) -> Spoken:
        return Spoken(self.label, self.labels)

    @property
    def heading(self) -> Spoken:
        """Its name over a column of numbers, with what they are in."""
        return Spoken(self.label, self.labels, self.unit)

    @property
    def is_offered(self) -> bool:
        return self.removed_at is None

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select() if user.has(Right.ADMINISTER) else cls.select().where(peewee.SQL("1=0"))

    # A value as it is stored, and as the field itself would give it

    def written(self, value: Any) -> str:
        """The canonical text of a value; '' where there is none."""
        if is_empty(value):
            return ""
        if self.kind is FieldKind.NUMBER:
            return format(round(Decimal(value), self.decimals), "f")
        if self.kind is FieldKind.DATE:
            return value.isoformat()
        return "1" if self.kind is FieldKind.YES_NO else str(value)

    def python_value(self, raw: Any) -> Any:
        """The value from its text, also from what the change log has kept."""
        if self.kind is FieldKind.YES_NO:
            return raw in (True, "1")
        if raw in (None, ""):
            return None if self.kind in (FieldKind.NUMBER, FieldKind.DATE) else ""
        if self.kind is FieldKind.NUMBER:
            return Decimal(str(raw))
        return date.fromisoformat(raw) if self.kind is FieldKind.DATE else str(raw)

    def key(self, value: Any) -> str:
        """Its place among the others, compared byte by byte."""
        if is_empty(value):
            return ""
        if self.kind is FieldKind.NUMBER:
            return number_key(Decimal(value))
        if self.kind in (FieldKind.DATE, FieldKind.YES_NO):
            return self.written(value)
        return sort_key(str(value), Organisation.language_seen)

    # How it changes

    @classmethod
    def add(cls, values: dict[str, Any], *, by) -> "CustomField":
        """A new field, the last of its noun. Raises Taken where one has that name already."""
        missing = cls.MAY["create"].missing(by, None)
        if missing:
            raise Refused(missing)
        with db.atomic(), unique("label"):
            last = cls.select(peewee.fn.MAX(cls.position)).where(cls.owner == values["owner"]).scalar() or 0
            field = cls.create(**values, position=last + 1)
            field._tell("custom_field.created", by)
            return field

    def change(self, values: dict[str, Any], *, by, seen: int) -> dict[str, list]:
        """What it belongs to and its kind stay: values are kept in their form. Renaming is logged."""
        self.demand("edit", by)
        values = {name: value for name, value in values.items() if name not in ("owner", "kind")}
        with db.atomic(), unique("label"):
            changes = revise(self, "custom_field.changed", values, by=by, seen=seen)
            if changes:
                renew()
            if "searchable" in changes:
                CustomField.update(to_fold=True).where(CustomField.id == self.id).execute()
            return changes

    def move(self, step: int, *, by) -> None:
        """One place up (-1) or down (1) among the offered ones of its noun; at the end it stays."""
        self.demand("move", by)
        with db.atomic():
            row = [field for field in CustomField.of(self.owner) if field.is_offered]
            at = next((place for place, field in enumerate(row) if field.id == self.id), None)
            if at is None or not 0 <= at + step < len(row):
                return
            row[at], row[at + step] = row[at + step], row[at]
            for place, field in enumerate(row, start=1):
                CustomField.update(position=place).where(CustomField.id == field.id).execute()
            renew()

    def remove(self, *, by) -> None:
        """Not offered any more; what it holds stays readable. Safe to repeat."""
        self.demand("remove", by)
        self._set_removed(now(), "custom_field.removed", by)

    def bring_back(self, *, by) -> None:
        self.demand("bring_back", by)
        self._set_removed(None, "custom_field.brought_back", by)

    def _set_removed(self, moment: Any, verb: str, by) -> None:
        with db.atomic():
            self.lock()
            if bool(self.removed_at) != bool(moment):
                self.removed_at = moment
                self.version += 1
                self.save()
                self._tell(verb, by)

    def _against_delete(self, by) -> list[Refusal]:
        count = self.uses
        return [refuse("custom_field.in_use", field=self.spoken, count=count, field_id=self.id)] if count else []

    def delete_unused(self, *, by) -> None:
        """Gone for good, where no record has a value in it."""
        with db.atomic():
            self.lock()
            self.demand("delete", by)
            self._tell("custom_field.deleted", by)
            Event.set_aside(self)
            self.delete_instance()

    def _tell(self, verb: str, by) -> None:
        Event.record(verb, by=by, about=self)
        renew()

    # What is asked of it

    @property
    def uses(self) -> int:
        """How many records have a value in it; the overview has counted already."""
        counted = getattr(self, "count", None)
        return counted if counted is not None else CustomValue.select().where(CustomValue.field == self.id).count()

    @classmethod
    def of(cls, owner: str) -> list["CustomField"]:
        return list(cls.select().where(cls.owner == Owner(owner)).order_by(cls.position, cls.id))

    @classmethod
    def overview(cls, user) -> list["CustomField"]:
        """All of them, each with the `count` of records that use it."""
        uses = CustomValue.select(peewee.fn.COUNT(CustomValue.id)).where(CustomValue.field == cls.id)
        return list(cls.visible_to(user).select(cls, uses.alias("count")).order_by(cls.position, cls.id))


class CustomValue(Record):
    """What one record has in one field. With the record it goes too: a trigger sees to that, whatever deletes it."""

    field = peewee.ForeignKeyField(CustomField, backref="+", on_delete="CASCADE", index=False)
    record_id = peewee.IntegerField()
    value = peewee.TextField()
    sort = SortKey()

    class Meta:
        indexes = ((("field", "record_id"), True), (("field", "sort", "record_id"), False))

    @classmethod
    def put(cls, field: CustomField, record_id: int, value: Any) -> None:
        """Keep the value, or nothing where it is empty."""
        text = field.written(value)
        if not text:
            cls.delete().where((cls.field == field.id) & (cls.record_id == record_id)).execute()
            return
        kept = {"value": text, "sort": field.key(value)}
        cls.insert(field=field.id, record_id=record_id, **kept).on_conflict(
            conflict_target=[cls.field, cls.record_id], update=kept
        ).execute()

    @classmethod
    def of(cls, fields: Iterable[int], record_id: int) -> dict[int, str]:
        """The record's texts by field."""
        mine = cls.field.in_(list(fields)) & (cls.record_id == record_id)
        rows: Any = cls.select(cls.field, cls.value).where(mine).tuples()
        return dict(rows)


def is_empty(value: Any) -> bool:
    """Nothing was said; nought is something."""
    return value is None or value is False or value == ""


def renew() -> None:
    """Inside the verb's transaction: from its end on every process reads the definitions anew."""
    mark = secrets.token_hex(8)
    Organisation.update(fields_mark=mark).execute()

    def see() -> None:
        Organisation.mark_seen = mark

    db.after_commit(see)


def number_key(number: Decimal) -> str:
    """A number as a text of fixed width that sorts as the number does, below nought by its complement."""
    width = DIGITS + PLACES
    shifted = min(int((abs(number) * 10**PLACES).to_integral_value()), 10**width - 1)
    return f"1{shifted:0{width}d}" if number >= 0 else f"0{10**width - 1 - shifted:0{width}d}"


def removal_statements(table: str, owner: str, postgres: bool) -> list[str]:
    """The DDL that lets a record's values go with it, for migrations. The names are ours, never a reader's."""
    mine = f"field_id IN (SELECT id FROM custom_field WHERE owner = '{owner}')"  # noqa: S608  our own names
    forget = f"DELETE FROM custom_value WHERE record_id = old.id AND {mine}"  # noqa: S608  our own names
    if not postgres:
        return [f'CREATE TRIGGER "{table}_custom" AFTER DELETE ON "{table}" BEGIN {forget}; END']
    return [
        f"CREATE FUNCTION {table}_custom() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {forget}; RETURN old; END $$",
        f'CREATE TRIGGER "{table}_custom" AFTER DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION {table}_custom()',
    ]
