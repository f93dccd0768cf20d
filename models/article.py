"""The article register: what is sold and what it costs, in groups that discounts are given by."""

from decimal import Decimal
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.activity import Activity
from models.amounts import AmountField, HundredthsField
from models.base import UTCDateTimeField, db, now, unique
from models.event import Event
from models.lifecycle import Noun, revise
from models.organisation import Organisation
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, holds
from models.search import Searchable, SortKey, sort_key

HIDDEN = "•••"


class ArticleGroup(Noun):
    """Articles of one kind. `max_discount` is the most that a line may give, None where nothing limits it (S0.15)."""

    MAY = {
        "view": holds(Right.ADMINISTER),
        "create": holds(Right.ADMINISTER),
        "edit": holds(Right.ADMINISTER),
        "remove": holds(Right.ADMINISTER),
    }
    LABELS = {"name": _l("Name"), "max_discount": _l("Highest discount, percent")}

    name = peewee.CharField(max_length=60, unique=True)
    max_discount = HundredthsField(null=True)

    @classmethod
    def visible_to(cls, user):
        return cls.select() if not user.is_portal else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def in_order(cls) -> list["ArticleGroup"]:
        return list(cls.select().order_by(cls.name))

    @classmethod
    def counted(cls) -> list[tuple["ArticleGroup", int]]:
        """Each with how many articles are in it, in their order."""
        having = Article.select(Article.group, peewee.fn.COUNT(Article.id)).group_by(Article.group)
        rows: Any = having.tuples()
        counts: dict[int, int] = dict(rows)
        return [(group, counts.get(group.id, 0)) for group in cls.in_order()]

    @classmethod
    def add(cls, values: dict, *, by) -> "ArticleGroup":
        """Raises Taken when there is one of this name."""
        missing = cls.MAY["create"].missing(by, None)
        if missing:
            raise Refused(missing)
        with db.atomic():
            with unique("name"):
                made = cls.create(**values)
            Event.record("article_group.changed", by=by, about=made)
            return made

    def change(self, values: dict, *, by, seen: int) -> dict:
        """Raises Taken when there is another of this name. Lines that are written stay as they are."""
        self.demand("edit", by)
        with unique("name"):
            return revise(self, "article_group.changed", values, by=by, seen=seen)

    def _against_remove(self, by) -> list[Refusal]:
        count = Article.select().where(Article.group == self.id).count()
        return [refuse("article_group.in_use", name=self.name, count=count, group=self.id)] if count else []

    def remove(self, *, by) -> None:
        """Only one without articles."""
        with db.atomic():
            self.lock()
            self.demand("remove", by)
            Event.record("article_group.removed", by=by, about=self)
            Event.set_aside(self)
            self.delete_instance()

    def against_discount(self, discount: Decimal) -> list[Refusal]:
        """Nobody gives more than the group allows; the limit is the organisation's own (S0.16)."""
        if self.max_discount is None or discount <= self.max_discount:
            return []
        limit, wanted = self.max_discount.normalize(), discount.normalize()  # 30 and not 30.00
        return [refuse("discount.over_limit", group=self.name, limit=limit, discount=wanted)]

    def at_most(self, discount: Decimal) -> Decimal:
        return discount if self.max_discount is None else min(discount, self.max_discount)


class Article(Searchable, Noun):
    MAY = {
        "view": holds(Right.ARTICLE_VIEW),
        "create": holds(Right.ARTICLE_CREATE),
        "edit": holds(Right.ARTICLE_EDIT),
        "inactivate": holds(Right.ARTICLE_EDIT),
        "reactivate": holds(Right.ARTICLE_EDIT),
        "see_purchase_price": holds(Right.ARTICLE_SEE_PURCHASE_PRICE),
        "import": holds(Right.REGISTER_IMPORT) & holds(Right.ARTICLE_EDIT),
        "export": holds(Right.REGISTER_EXPORT),
    }
    SENSITIVE = {"purchase_price": lambda value: HIDDEN}  # the log is read by those who may not see it, too
    LABELS = {
        "number": _l("Article number"),
        "name": _l("Name"),
        "group": _l("Product group"),
        "unit": _l("Unit"),
        "sales_price": _l("Price"),
        "purchase_price": _l("Purchase price"),
        "vat": _l("VAT, percent"),
        "note": _l("Note"),
        "status": _l("Status"),
    }

    number = peewee.CharField(max_length=32, unique=True)
    name = peewee.CharField(max_length=120)
    sort_name = SortKey()
    group = peewee.ForeignKeyField(ArticleGroup, null=True, backref="articles")
    unit = peewee.CharField(max_length=12, default="")
    sales_price = AmountField(default=0)
    purchase_price = AmountField(null=True)
    vat = HundredthsField(default=Decimal(25))
    note = peewee.TextField(default="")
    inactive_at = UTCDateTimeField(null=True)
    created_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("sort_name", "id"), False), (("inactive_at", "number", "id"), False))

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_active(self) -> bool:
        return self.inactive_at is None

    @property
    def activity(self) -> Activity:
        return Activity.ACTIVE if self.is_active else Activity.INACTIVE

    def searched_by(self):
        return self.number, self.name, self.group.name if self.group_id else "", self.note[:200]

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name, Organisation.language_seen)
        return super().save(*args, **kwargs)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        query = cls.select(cls, ArticleGroup).join(ArticleGroup, peewee.JOIN.LEFT_OUTER)
        return query if user.has(Right.ARTICLE_VIEW) else query.where(peewee.SQL("1=0"))

    @classmethod
    def choosable_by(cls, user) -> "peewee.ModelSelect[Any]":
        """For pickers: inactive articles are not offered."""
        return cls.visible_to(user).where(cls.inactive_at.is_null())

    @classmethod
    def suggested(cls, user, typed: str, limit: int = 10) -> list["Article"]:
        """The active articles that the typed text finds, the one with that very number first."""
        among = cls.choosable_by(user)
        exact = list(among.where(cls.number == typed))
        others = cls.id.not_in([article.id for article in exact])
        return [*exact, *among.where(cls.matches(typed) & others).order_by(cls.number).limit(limit)]

    @classmethod
    def named(cls, user, typed: str) -> "Article | None":
        """The one that `4711`, `4711 Name` or a name that only one has stands for."""
        among = cls.choosable_by(user)
        by_number = among.where(cls.number.in_(_beginnings(typed)))
        exact = [article for article in by_number if typed in (article.number, article.title)]
        key = sort_key(typed, Organisation.language_seen)
        found = exact or list(among.where(cls.sort_name == key).limit(2))
        return found[0] if len(found) == 1 else None

    @classmethod
    def add(cls, values: dict, *, by) -> "Article":
        """Raises Taken when the number is in use."""
        missing = cls.MAY["create"].missing(by, None) + cls._against_values(values, by)
        if missing:
            raise Refused(missing)
        with db.atomic():
            with unique("number"):
                article = cls.create(**values)
            Event.record("article.created", by=by, about=article)
            return article

    def change(self, values: dict, *, by, seen: int) -> dict:
        """Raises Taken when the number is in use. Lines that are written keep the price they were written with."""
        refusals = self.why_not("edit", by) + self._against_values(values, by)
        if refusals:
            raise Refused(refusals, self)
        with unique("number"):
            return revise(self, "article.changed", values, by=by, seen=seen)

    @classmethod
    def _against_values(cls, values: dict, by) -> list[Refusal]:
        """Who may not see the purchase price does not set it either."""
        return cls.MAY["see_purchase_price"].missing(by, None) if "purchase_price" in values else []

    def _against_inactivate(self, by) -> list[Refusal]:
        return [] if self.is_active else [refuse("article.already_inactive", since=self.inactive_at, article=self.id)]

    def _against_reactivate(self, by) -> list[Refusal]:
        return [refuse("article.already_active", article=self.id)] if self.is_active else []

    def inactivate(self, *, by) -> None:
        """Not to be chosen for new lines; those that have it keep it."""
        self.demand("inactivate", by)
        self._set_inactive(now(), "article.inactivated", by)

    def reactivate(self, *, by) -> None:
        self.demand("reactivate", by)
        self._set_inactive(None, "article.reactivated", by)

    def _set_inactive(self, moment, verb: str, by) -> None:
        with db.atomic():
            self.lock()
            if bool(self.inactive_at) != bool(moment):
                self.inactive_at = moment
                self.version += 1
                self.save()
                Event.record(verb, by=by, about=self)


def _beginnings(typed: str) -> list[str]:
    """A number may have blanks in it: `A 100 Filter` is `A`, `A 100` or all of it."""
    words = typed.split(" ")
    return [" ".join(words[: count + 1]) for count in range(len(words))][:8]
