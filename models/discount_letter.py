"""The discount letter: percent for everything or per product group, for as long as it is valid (S2.9).

The percent of a group answers to a name of its own (`group_12`), so that forms, edits that merge, the change log and
imports treat it like a field.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.activity import Activity
from models.amounts import HundredthsField
from models.article import Article, ArticleGroup
from models.base import Record, UTCDateTimeField, db, now, unique
from models.event import Event
from models.lifecycle import Noun, revise
from models.refusals import Refusal, Refused
from models.rights import Right, holds
from models.search import Searchable

PREFIX = "group_"
LOADED = "_group_percents"
PERCENT = HundredthsField()


class DiscountLetter(Searchable, Noun):
    MAY = {
        "view": holds(Right.ARTICLE_VIEW),
        "create": holds(Right.ARTICLE_EDIT),
        "edit": holds(Right.ARTICLE_EDIT),
        "inactivate": holds(Right.ARTICLE_EDIT),
        "reactivate": holds(Right.ARTICLE_EDIT),
        "export": holds(Right.REGISTER_EXPORT),
    }
    LABELS = {
        "number": _l("Number"),
        "name": _l("Name"),
        "percent": _l("On everything, percent"),
        "valid_from": _l("Valid from"),
        "valid_until": _l("Valid until"),
        "note": _l("Note"),
        "status": _l("Status"),
    }

    number = peewee.CharField(max_length=32, unique=True)
    name = peewee.CharField(max_length=80)
    percent = HundredthsField(default=Decimal(0))
    valid_from = peewee.DateField(null=True)
    valid_until = peewee.DateField(null=True)
    note = peewee.TextField(default="")
    inactive_at = UTCDateTimeField(null=True)
    created_at = UTCDateTimeField(default=now)

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_active(self) -> bool:
        return self.inactive_at is None

    @property
    def activity(self) -> Activity:
        return Activity.ACTIVE if self.is_active else Activity.INACTIVE

    def holds_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return self.is_active and begun and (self.valid_until is None or day <= self.valid_until)

    def percent_for(self, group: ArticleGroup | None, day: date) -> Decimal:
        """The group's own percent where it has one, else the one for everything; nothing outside its days."""
        if not self.holds_on(day):
            return Decimal(0)
        return self.percents.get(group.id, self.percent) if group else self.percent

    def searched_by(self):
        return self.number, self.name

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select() if user.has(Right.ARTICLE_VIEW) else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def choosable(cls) -> "peewee.ModelSelect[Any]":
        return cls.select().where(cls.inactive_at.is_null()).order_by(cls.number)

    # The percents of the groups

    @property
    def percents(self) -> dict[int, Decimal]:
        """By group id, read once for the record."""
        mine = self.__dict__.get(LOADED)
        if mine is None:
            rows = DiscountRow.select().where(DiscountRow.letter == self.id) if self.id else []
            mine = self.__dict__[LOADED] = {row.group_id: row.percent for row in rows}
        return mine

    @property
    def rows(self) -> list["DiscountRow"]:
        query = DiscountRow.select(DiscountRow, ArticleGroup).join(ArticleGroup)
        return list(query.where(DiscountRow.letter == self.id).order_by(ArticleGroup.name))

    def __getattr__(self, name: str) -> Any:
        if not name.startswith(PREFIX):
            raise AttributeError(f"{type(self).__name__} has no {name}")
        return self.percents.get(int(name.removeprefix(PREFIX)))

    @classmethod
    def label_of(cls, name: str) -> Any:
        if not name.startswith(PREFIX):
            return super().label_of(name)
        group = ArticleGroup.get_or_none(ArticleGroup.id == int(name.removeprefix(PREFIX)))
        return group.name if group else name

    @classmethod
    def field_named(cls, name: str) -> Any:
        return PERCENT if name.startswith(PREFIX) else super().field_named(name)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        saved = super().save(*args, **kwargs)
        for name in [name for name in self.__dict__ if name.startswith(PREFIX)]:
            DiscountRow.put(self, int(name.removeprefix(PREFIX)), self.__dict__.pop(name))
            self.__dict__.pop(LOADED, None)
        return saved

    def reload(self) -> None:
        super().reload()
        for name in [name for name in self.__dict__ if name.startswith(PREFIX) or name == LOADED]:
            del self.__dict__[name]

    # Verbs

    @classmethod
    def add(cls, values: dict, *, by) -> "DiscountLetter":
        """Raises Taken when the number is in use, Refused where a group allows less."""
        refusals = cls.MAY["create"].missing(by, None) + over_limits(values)
        if refusals:
            raise Refused(refusals)
        with db.atomic():
            with unique("number"):
                letter = cls.create(**values)
            Event.record("discount_letter.created", by=by, about=letter)
            return letter

    def change(self, values: dict, *, by, seen: int) -> dict:
        """Lines that are written keep the discount they were written with. Raises Taken, Refused, Conflict."""
        refusals = self.why_not("edit", by) + over_limits(values)
        if refusals:
            raise Refused(refusals, self)
        with unique("number"):
            return revise(self, "discount_letter.changed", values, by=by, seen=seen)

    def take_rows(self, percents: dict[ArticleGroup, Decimal], *, by) -> dict:
        """A file's rows: the groups it names get its percent, the others stay."""
        values = {f"{PREFIX}{group.id}": percent for group, percent in percents.items()}
        return self.change(values, by=by, seen=self.version)

    def inactivate(self, *, by) -> None:
        """It gives nothing any more, and is not offered; customers who have it keep it for a later day."""
        self.demand("inactivate", by)
        self._set_inactive(now(), "discount_letter.inactivated", by)

    def reactivate(self, *, by) -> None:
        self.demand("reactivate", by)
        self._set_inactive(None, "discount_letter.reactivated", by)

    def _set_inactive(self, moment, verb: str, by) -> None:
        with db.atomic():
            self.lock()
            if bool(self.inactive_at) != bool(moment):
                self.inactive_at = moment
                self.version += 1
                self.save()
                Event.record(verb, by=by, about=self)


class DiscountRow(Record):
    letter = peewee.ForeignKeyField(DiscountLetter, backref="+", on_delete="CASCADE", index=False)
    group = peewee.ForeignKeyField(ArticleGroup, backref="+", on_delete="CASCADE")
    percent = HundredthsField()

    class Meta:
        indexes = ((("letter", "group"), True),)

    @classmethod
    def put(cls, letter: DiscountLetter, group_id: int, percent: Decimal | None) -> None:
        """Keep the percent, or nothing where there is none."""
        if percent is None:
            cls.delete().where((cls.letter == letter.id) & (cls.group == group_id)).execute()
            return
        cls.insert(letter=letter.id, group=group_id, percent=percent).on_conflict(
            conflict_target=[cls.letter, cls.group], update={"percent": percent}
        ).execute()


def discount_on(article: Article, letter: DiscountLetter | None, day: date) -> Decimal:
    """What the letter gives on the article that day, within what its group allows."""
    given = letter.percent_for(article.group, day) if letter else Decimal(0)
    return article.group.at_most(given) if article.group_id else given


def over_limits(values: dict[str, Any]) -> list[Refusal]:
    """Every group that allows less than the letter would give it; the percent for everything is cut per line."""
    wanted = {int(name.removeprefix(PREFIX)): given for name, given in values.items() if name.startswith(PREFIX)}
    groups: Iterable[ArticleGroup] = ArticleGroup.select().where(ArticleGroup.id.in_(list(wanted))) if wanted else ()
    return [
        refusal
        for group in groups
        if wanted[group.id] is not None
        for refusal in group.against_discount(wanted[group.id])
    ]
