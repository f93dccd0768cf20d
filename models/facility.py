"""A facility: the place where a customer's service objects stand and where work is done."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import UTCDateTimeField, db, now
from models.customer import Activity, Customer, CustomerAssignment, rule_missing
from models.customised import Customised
from models.event import Event
from models.lifecycle import Noun, revise
from models.organisation import Store
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, everything_or_assigned, holds
from models.search import Searchable, SortKey, sort_key
from models.user import User


class Facility(Customised, Searchable, Noun):
    MAY = {
        "view": everything_or_assigned(Right.FACILITY_VIEW, Right.FACILITY_VIEW_ASSIGNED),
        "create": holds(Right.FACILITY_CREATE),
        "edit": everything_or_assigned(Right.FACILITY_EDIT, Right.FACILITY_EDIT_ASSIGNED),
        "inactivate": everything_or_assigned(Right.FACILITY_EDIT, Right.FACILITY_EDIT_ASSIGNED),
        "reactivate": everything_or_assigned(Right.FACILITY_EDIT, Right.FACILITY_EDIT_ASSIGNED),
        "upload": holds(Right.FACILITY_UPLOAD),
        "export": holds(Right.REGISTER_EXPORT),
        "import": holds(Right.REGISTER_IMPORT),
    }
    LABELS = {
        "number": _l("Reference no."),
        "name": _l("Name"),
        "customer": _l("Customer"),
        "address": _l("Address"),
        "postcode": _l("Postcode"),
        "town": _l("Town"),
        "category": _l("Category"),
        "cost_centre": _l("Cost centre"),
        "access": _l("How to get in"),
        "status": _l("Status"),
    }

    customer = peewee.ForeignKeyField(Customer, backref="facilities", on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, backref="+")
    number = peewee.CharField(max_length=32, default="")
    name = peewee.CharField(max_length=120)
    sort_name = SortKey()
    address = peewee.CharField(max_length=120, default="")
    postcode = peewee.CharField(max_length=12, default="")
    town = peewee.CharField(max_length=60, default="")
    category = peewee.CharField(max_length=60, default="")
    cost_centre = peewee.CharField(max_length=40, default="")
    access = peewee.TextField(default="")
    inactive_at = UTCDateTimeField(null=True)
    created_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("sort_name", "id"), False),
            (("town", "id"), False),
            (("customer", "number"), False),
            (("inactive_at", "sort_name", "id"), False),
        )

    @property
    def is_active(self) -> bool:
        return self.inactive_at is None

    @property
    def activity(self) -> Activity:
        return Activity.ACTIVE if self.is_active else Activity.INACTIVE

    @property
    def place(self) -> str:
        """The address on one line."""
        return ", ".join(part for part in (self.address, f"{self.postcode} {self.town}".strip()) if part)

    def searched_by(self):
        return self.number, self.name, self.address, self.town, self.category, self.customer.name, self.customer.number

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name, self.customer.language)
        return super().save(*args, **kwargs)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        query = cls.select(cls, Customer).join(Customer)
        if user.is_portal:
            from models.portal import PortalCustomer, PortalFacility  # the portal knows facilities, not the reverse

            whole = cls.customer.in_(PortalCustomer.whole_ids_of(user))
            return query.where(whole | cls.id.in_(PortalFacility.ids_of(user)))
        if user.store_ids is not None:
            query = query.where(cls.store.in_(user.store_ids))
        if user.has(Right.FACILITY_VIEW):
            return query
        if user.has(Right.FACILITY_VIEW_ASSIGNED):
            return query.where(cls.customer.in_(CustomerAssignment.customers_of(user)))
        return query.where(peewee.SQL("1=0"))

    @classmethod
    def choosable_by(cls, user, customer: Customer) -> "peewee.ModelSelect[Any]":
        return (
            cls.visible_to(user).where((cls.customer == customer) & cls.inactive_at.is_null()).order_by(cls.sort_name)
        )

    def is_assigned_to(self, user) -> bool:
        return self.customer.is_assigned_to(user)

    @classmethod
    def add(cls, customer: Customer, values: dict, *, by: User) -> "Facility":
        refusals = (
            rule_missing(cls, "create", by)
            + customer.against_new_work()
            + number_refusals(customer, values.get("number", ""))
        )
        if refusals:
            raise Refused(refusals, customer)
        with db.atomic():
            facility = cls.create(customer=customer, store=customer.store_id, **values)
            Event.record("facility.created", by=by, about=facility)
            return facility

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        refusals = self.why_not("edit", by) + number_refusals(
            self.customer, values.get("number", self.number), besides=self
        )
        if refusals:
            raise Refused(refusals, self)
        return revise(self, "facility.changed", values, by=by, seen=seen)

    def inactivate(self, *, by: User) -> None:
        """Not to be chosen for new work; safe to repeat."""
        self.demand("inactivate", by)
        self._set_inactive(now(), "facility.inactivated", by)

    def reactivate(self, *, by: User) -> None:
        self.demand("reactivate", by)
        self._set_inactive(None, "facility.reactivated", by)

    def _set_inactive(self, moment, verb: str, by: User) -> None:
        with db.atomic():
            self.lock()
            if bool(self.inactive_at) != bool(moment):
                self.inactive_at = moment
                self.version += 1
                self.save()
                Event.record(verb, by=by, about=self)

    def against_new_work(self) -> list[Refusal]:
        return [] if self.is_active else [refuse("facility.inactive", facility=self.name, facility_id=self.id)]


def number_refusals(customer: Customer, number: str, *, besides: Facility | None = None) -> list[Refusal]:
    """A reference number, where there is one, is the customer's only one."""
    same = (
        (Facility.customer == customer) & (Facility.number == number) & (Facility.id != (besides.id if besides else 0))
    )
    if not number or not Facility.select().where(same).exists():
        return []
    return [refuse("facility.number_taken", number=number, customer_id=customer.id)]
