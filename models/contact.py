"""A contact: a person at a customer or at one of its facilities, how to reach them, and which papers they want."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models import consent
from models.base import ChoiceField, Country, Language, UTCDateTimeField, db, now, one_of
from models.consent import ConsentSource, Reachable
from models.customer import Customer, found_by
from models.event import Event
from models.facility import Facility
from models.lifecycle import Noun, revise
from models.refusals import Refused, refuse
from models.rights import Right, everything_or_assigned, holds
from models.search import Searchable, SortKey, sort_key
from models.user import User


class Contact(Reachable, Searchable, Noun):
    """A person at a customer: how to reach them, and which papers they want."""

    LABELS = {
        "name": _l("Name"),
        "function": _l("Function"),
        "facility": _l("Facility"),
        "phone": _l("Phone"),
        "mobile": _l("Mobile"),
        "email": _l("E-mail"),
        "language": _l("Language"),
        **consent.LABELS,
    }

    customer = peewee.ForeignKeyField(Customer, backref="contacts", on_delete="CASCADE")
    facility = peewee.ForeignKeyField(Facility, null=True, backref="contacts", on_delete="SET NULL")
    name = peewee.CharField(max_length=80)
    sort_name = SortKey()
    function = peewee.CharField(max_length=60, default="")
    phone = peewee.CharField(max_length=40, default="")
    mobile = peewee.CharField(max_length=40, default="")
    email = peewee.CharField(max_length=120, default="")
    language = ChoiceField(Language, null=True)
    send_protocol = peewee.BooleanField(default=False)
    send_order = peewee.BooleanField(default=False)
    wants_news = peewee.BooleanField(default=True)
    news_changed_at = UTCDateTimeField(null=True)
    sms_news = peewee.BooleanField(default=False)
    sms_protocol = peewee.BooleanField(default=False)
    sms_order = peewee.BooleanField(default=False)
    sms_consent_source = ChoiceField(ConsentSource, null=True)
    sms_consent_on = peewee.DateField(null=True)
    sms_consent_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)

    class Meta:
        indexes = ((("sort_name", "id"), False),)

    MAY = {
        "view": everything_or_assigned(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        "edit": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
        "export": holds(Right.REGISTER_EXPORT),
        "import": holds(Right.REGISTER_IMPORT) & holds(Right.CUSTOMER_EDIT),
        "personal_data": holds(Right.PERSONAL_DATA_HANDLE),
    }

    def searched_by(self):
        customer = self.customer
        reached = (self.email, *found_by(self.phone), *found_by(self.mobile))
        return self.name, self.function, *reached, customer.name, customer.number

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name, self.customer.language)
        return super().save(*args, **kwargs)

    @property
    def dialled_from(self) -> Country:
        return self.customer.dialled_from

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
        refuse_foreign(customer, values)
        with db.atomic():
            contact = cls.create(customer=customer, **cls().with_consent(values, by=by))
            Event.record("contact.created", by=by, about=contact)
            customer.save()
            return contact

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        self.demand("edit", by)
        refuse_foreign(self.customer, values)
        with db.atomic():
            changes = revise(self, "contact.changed", self.with_consent(values, by=by), by=by, seen=seen)
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


def refuse_foreign(customer: Customer, values: dict) -> None:
    """A contact stands at one of its own customer's facilities, or at none."""
    facility = values.get("facility")
    if facility is not None and facility.customer_id != customer.id:
        raise Refused([refuse("contact.other_facility", facility=facility.name, customer_id=customer.id)], customer)
