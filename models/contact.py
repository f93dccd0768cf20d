"""A contact: a person at a customer, how to reach them, and which papers they want."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import ChoiceField, Language, UTCDateTimeField, db, now, one_of
from models.customer import Customer
from models.event import Event
from models.lifecycle import Noun, revise
from models.rights import Right, everything_or_assigned
from models.user import User


class Contact(Noun):
    """A person at a customer: how to reach them, and which papers they want."""

    LABELS = {
        "name": _l("Name"),
        "function": _l("Function"),
        "phone": _l("Phone"),
        "email": _l("E-mail"),
        "language": _l("Language"),
        "send_protocol": _l("Send protocols"),
        "send_order": _l("Send orders"),
        "wants_news": _l("Wants news"),
    }

    customer = peewee.ForeignKeyField(Customer, backref="contacts", on_delete="CASCADE")
    name = peewee.CharField(max_length=80)
    function = peewee.CharField(max_length=60, default="")
    phone = peewee.CharField(max_length=40, default="")
    email = peewee.CharField(max_length=120, default="")
    language = ChoiceField(Language, null=True)
    send_protocol = peewee.BooleanField(default=False)
    send_order = peewee.BooleanField(default=False)
    wants_news = peewee.BooleanField(default=True)
    news_changed_at = UTCDateTimeField(null=True)

    MAY = {
        "view": everything_or_assigned(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        "edit": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
    }

    @property
    def store_id(self) -> int:
        return self.customer.store_id

    @property
    def tongue(self) -> Language:
        """The language this person is written to in."""
        return self.language or self.customer.language

    def is_assigned_to(self, user) -> bool:
        return self.customer.is_assigned_to(user)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select(cls, Customer).join(Customer).where(one_of(cls.customer, Customer.visible_to(user)))

    @classmethod
    def add(cls, customer: Customer, values: dict, *, by: User) -> "Contact":
        customer.demand("edit", by)
        with db.atomic():
            contact = cls.create(customer=customer, **values)
            Event.record("contact.created", by=by, about=contact)
            customer.save()
            return contact

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        self.demand("edit", by)
        with db.atomic():
            changes = revise(self, "contact.changed", values, by=by, seen=seen)
            if "wants_news" in changes:
                Contact.update(news_changed_at=now()).where(Contact.id == self.id).execute()
            self.customer.save()
            return changes

    def remove(self, *, by: User) -> None:
        self.demand("edit", by)
        with db.atomic():
            Event.record("contact.removed", by=by, about=self)
            self.delete_instance()
            self.customer.save()
