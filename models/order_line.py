"""The lines of an order: articles and work, what they cost and what the customer pays."""

from typing import Any

import peewee

from models.base import one_of
from models.line import Line
from models.order import Order


class OrderLine(Line):
    OWNER = "order"

    order = peewee.ForeignKeyField(Order, backref="lines", on_delete="CASCADE")

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select().where(one_of(cls.order, Order.visible_to(user)))
