"""Lines: what an order or a quote consists of, one implementation for both.

A line keeps what it was written with: text, unit, prices and VAT do not follow the article afterwards. The owner's
table of lines answers to `lines`; its verbs stand in `Lined`.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import peewee
from flask_babel import lazy_gettext as _l

from models.amounts import AmountField, HundredthsField, Totals, line_total
from models.article import Article, ArticleGroup
from models.base import changed_fields, db
from models.discount_letter import discount_on
from models.event import Event
from models.lifecycle import Noun, merged
from models.organisation import Organisation
from models.refusals import Refusal, Refused, refuse
from models.user import User

if TYPE_CHECKING:
    Verbs = Noun  # what the owners are; a table of its own would be one too many
else:
    Verbs = object

COPIED = ("article", "text", "quantity", "unit", "price", "cost", "discount", "vat")


class Line(Noun):
    """The fields of a line. `cost` is the purchase price at the time, `total` is without VAT."""

    OWNER: ClassVar[str]
    LABELS = {
        "article": _l("Article"),
        "text": _l("Text"),
        "quantity": _l("Quantity"),
        "unit": _l("Unit"),
        "price": _l("Unit price"),
        "discount": _l("Discount, percent"),
        "vat": _l("VAT, percent"),
        "total": _l("Amount"),
    }

    position = peewee.IntegerField(default=0)
    article = peewee.ForeignKeyField(Article, null=True, backref="+")
    text = peewee.CharField(max_length=200)
    quantity = HundredthsField(default=Decimal(1))
    unit = peewee.CharField(max_length=12, default="")
    price = AmountField(default=0)
    cost = AmountField(null=True)
    discount = HundredthsField(default=Decimal(0))
    vat = HundredthsField(default=Decimal(0))
    total = AmountField(default=0)
    automatic = peewee.BooleanField(default=False)

    @property
    def owner(self) -> Any:
        return getattr(self, self.OWNER)

    @property
    def title(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> Any:
        self.total = line_total(self.quantity, self.price, self.discount)
        return super().save(*args, **kwargs)

    def changed_since(self, version: int) -> list[Event]:
        """A line's changes are told by its owner's events."""
        told = Event.about(self.owner).where(Event.changes != {})
        mine = [event for event in told if event.data.get("line_id") == self.id]
        return [event for event in reversed(mine) if event.data["line_version"] > version]


class Lined(Verbs):
    """The owner's verbs about its lines. Methods only; `LINE_EVENTS` says what they are called."""

    LINE_EVENTS: ClassVar[dict[str, str]]

    if TYPE_CHECKING:
        lines: Any
        customer: Any

    @classmethod
    def label_of(cls, name: str) -> Any:
        return Line.LABELS.get(name) or super().label_of(name)

    @classmethod
    def field_named(cls, name: str) -> Any:
        return super().field_named(name) or Line.field_named(name)

    @property
    def written_lines(self) -> list[Any]:
        """In their order, each with its article and that one's group."""
        kind, left = self.lines.model, peewee.JOIN.LEFT_OUTER
        query = kind.select(kind, Article, ArticleGroup).join(Article, left).join(ArticleGroup, left)
        return list(query.where(getattr(kind, kind.OWNER) == self.id).order_by(kind.position, kind.id))

    @property
    def totals(self) -> Totals:
        return Totals.of(self.written_lines)

    def line(self, line_id: int) -> Any:
        """One of the lines; Refused where a colleague has removed it, None where it was never one of these."""
        found = next((line for line in self.written_lines if line.id == line_id), None)
        if found is None:
            gone = [event for event in Event.about(self) if event.verb == self.LINE_EVENTS["remove"]]
            gone = [event for event in gone if event.data["line_id"] == line_id]
            if gone:
                raise Refused([self._refuse_removed(gone[0])], self)
        return found

    def _refuse_removed(self, event: Event) -> Refusal:
        return refuse(
            "line.removed",
            line=event.data["line"],
            who=event.actor_name,
            since=event.at,
            noun=self.noun,
            id=self.id,
        )

    def offer(self, article: Article) -> dict[str, Any]:
        """What a new line of this article says: its text and prices now, the discount of the customer's letter."""
        return {
            "article": article,
            "text": article.name,
            "unit": article.unit,
            "price": article.sales_price,
            "discount": discount_on(article, self.customer.discount_letter, Organisation.today()),
            "vat": article.vat,
        }

    def add_line(self, values: dict[str, Any], *, by: User) -> Any:
        """Write a line; what the values leave out comes from the article. Refused where its group allows less."""
        with db.atomic():
            self.lock()
            article = values.get("article")
            values = {**(self.offer(article) if article else {}), **values}
            self._demand_line(values, by)
            return self._put_line(values, by)

    def _demand_line(self, values: dict[str, Any], by: User) -> None:
        refusals = self.why_not("edit_lines", by)
        article = values.get("article")
        if article is not None and article.group_id:
            refusals += article.group.against_discount(values.get("discount", Decimal(0)))
        if refusals:
            raise Refused(refusals, self)

    def _put_line(self, values: dict[str, Any], by: User | None, *, automatic: bool = False) -> Any:
        article, kind = values.get("article"), self.lines.model
        values.setdefault("cost", article.purchase_price if article else None)
        last = self.lines.select(peewee.fn.MAX(kind.position)).scalar() or 0
        line = kind.create(**{kind.OWNER: self}, position=last + 1, automatic=automatic, **values)
        self._tell_line("automatic" if automatic else "add", line, by)
        self.refigure()
        return line

    def change_line(self, line: Any, values: dict[str, Any], *, by: User, seen: int) -> dict:
        """Save over the version the form was opened on; two people's changes merge field by field as everywhere."""
        with db.atomic():
            self.lock()
            line.reload()
            values = merged(line, values, seen)
            self._demand_line({"article": line.article, "discount": line.discount, **values}, by)
            changes = changed_fields(line, values)
            if changes:
                for name, (_, new) in changes.items():
                    setattr(line, name, new)
                line.version += 1
                line.save()
                self._tell_line("change", line, by, changes)
                self.refigure()
            return changes

    def remove_line(self, line: Any, *, by: User) -> None:
        """Safe to repeat: of two who remove it one is told that it is gone."""
        with db.atomic():
            self.lock()
            self.demand("edit_lines", by)
            if type(line).delete().where(type(line).id == line.id).execute():
                self._tell_line("remove", line, by)
                self.refigure()

    def copy_lines_to(self, other: "Lined") -> None:
        """The other gets lines that say the same; one event tells of all of them."""
        kind = other.lines.model
        start = other.lines.count()
        for place, line in enumerate(self.written_lines, start=start + 1):
            kind.create(**{kind.OWNER: other}, position=place, **{name: getattr(line, name) for name in COPIED})
        other.refigure()

    def refigure(self) -> None:
        """Where the owner keeps its sums, they follow its lines, in the same transaction."""

    def _tell_line(self, act: str, line: Any, by: User | None, changes: dict | None = None) -> None:
        Event.record(
            self.LINE_EVENTS[act],
            by=by,
            about=self,
            changes=changes,
            internal=True,
            line=line.text,
            line_id=line.id,
            line_version=line.version,
        )
