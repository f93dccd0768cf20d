"""Articles that every new order of a customer gets by itself, such as a travel fee (S2.9)."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import peewee
from flask_babel import lazy_gettext as _l

from models.amounts import HundredthsField
from models.article import Article, ArticleGroup
from models.base import Record, db, one_of
from models.customer import Customer
from models.event import Event

if TYPE_CHECKING:
    from models.order import Order


class AutoArticle(Record):
    LABELS = {
        "article": _l("Article"),
        "quantity": _l("Quantity"),
        "on_work": _l("On work orders"),
        "on_service": _l("On service orders"),
    }

    customer = peewee.ForeignKeyField(Customer, backref="auto_articles", on_delete="CASCADE", index=False)
    article = peewee.ForeignKeyField(Article, backref="auto_articles")
    quantity = HundredthsField(default=Decimal(1))
    on_work = peewee.BooleanField(default=True)
    on_service = peewee.BooleanField(default=True)

    class Meta:
        indexes = ((("customer", "article"), True),)

    @property
    def title(self) -> str:
        return self.article.title

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select().where(one_of(cls.customer, Customer.visible_to(user)))

    @classmethod
    def of(cls, customer: Customer) -> list["AutoArticle"]:
        query = cls.select(cls, Article, ArticleGroup).join(Article).join(ArticleGroup, peewee.JOIN.LEFT_OUTER)
        return list(query.where(cls.customer == customer.id).order_by(cls.id))

    @classmethod
    def put(cls, customer: Customer, values: dict[str, Any], *, by) -> None:
        """Add the article to the customer's list, or change what stands there of it."""
        customer.demand("edit", by)
        article = values["article"]
        kept = {name: values[name] for name in ("quantity", "on_work", "on_service")}
        with db.atomic():
            cls.insert(customer=customer.id, article=article.id, **kept).on_conflict(
                conflict_target=[cls.customer, cls.article], update=kept
            ).execute()
            Event.record("customer.auto_article_set", by=by, about=customer, article=article.title)

    def drop(self, *, by) -> None:
        """Orders that have it keep it."""
        self.customer.demand("edit", by)
        with db.atomic():
            self.delete_instance()
            Event.record("customer.auto_article_removed", by=by, about=self.customer, article=self.article.title)

    @classmethod
    def put_on(cls, order: "Order", *, is_service: bool, by) -> None:
        """In the transaction that makes the order: whatever source it comes from, it gets the customer's articles."""
        for row in cls.of(order.customer):
            if row.article.is_active and (row.on_service if is_service else row.on_work):
                order._put_line({**order.offer(row.article), "quantity": row.quantity}, by, automatic=True)
