"""The customer: the hub of everything. Its number is the key to bookkeeping, import and export."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Language, Record, UTCDateTimeField, db, now
from models.customer_number import Numbered
from models.customised import Customised
from models.event import Event
from models.lifecycle import Noun, revise
from models.organisation import Organisation, Store
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, everything_or_assigned, holds
from models.search import Searchable, SortKey, digits, sort_key
from models.user import User


class CustomerKind(Choice):
    BUSINESS = "business", _l("Business")
    PRIVATE = "private", _l("Private")


class Activity(Choice):
    """Shown for customers and facilities alike."""

    ACTIVE = "active", _l("Active"), "good"
    INACTIVE = "inactive", _l("Inactive"), "neutral"


class Customer(Customised, Numbered, Searchable, Noun):
    MAY = {
        "view": everything_or_assigned(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        "create": holds(Right.CUSTOMER_CREATE),
        "edit": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
        "inactivate": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
        "reactivate": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
        "comment": everything_or_assigned(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        "delete": holds(Right.CUSTOMER_DELETE),
        "assign": holds(Right.CUSTOMER_ASSIGN),
        "upload": holds(Right.CUSTOMER_UPLOAD),
        "delete_files": holds(Right.CUSTOMER_DELETE_FILES),
        "invite_user": holds(Right.CUSTOMER_CREATE_USERS),
        "edit_user_rights": holds(Right.CUSTOMER_EDIT_USER_RIGHTS),
        "delete_user": holds(Right.CUSTOMER_DELETE_USERS),
        "import": holds(Right.REGISTER_IMPORT),
        "export": holds(Right.REGISTER_EXPORT),
    }
    LABELS = {
        "number": _l("Customer number"),
        "name": _l("Name"),
        "kind": _l("Type"),
        "org_number": _l("Organisation number"),
        "address": _l("Invoice address"),
        "postcode": _l("Postcode"),
        "town": _l("Town"),
        "visiting_address": _l("Visiting address"),
        "visiting_postcode": _l("Visiting postcode"),
        "visiting_town": _l("Visiting town"),
        "phone": _l("Phone"),
        "email": _l("E-mail"),
        "invoice_email": _l("Invoice e-mail"),
        "website": _l("Website"),
        "language": _l("Language"),
        "payment_days": _l("Payment terms, days"),
        "our_reference": _l("Our reference"),
        "store": _l("Store"),
        "note": _l("Note"),
        "responsible": _l("Responsible"),
        "status": _l("Status"),
    }

    number = peewee.CharField(max_length=32, unique=True)
    name = peewee.CharField(max_length=120)
    sort_name = SortKey()
    kind = ChoiceField(CustomerKind, default=CustomerKind.BUSINESS)
    org_number = peewee.CharField(max_length=20, default="", index=True)
    address = peewee.CharField(max_length=120, default="")
    postcode = peewee.CharField(max_length=12, default="")
    town = peewee.CharField(max_length=60, default="")
    visiting_address = peewee.CharField(max_length=120, default="")
    visiting_postcode = peewee.CharField(max_length=12, default="")
    visiting_town = peewee.CharField(max_length=60, default="")
    phone = peewee.CharField(max_length=40, default="")
    email = peewee.CharField(max_length=120, default="")
    invoice_email = peewee.CharField(max_length=120, default="")
    website = peewee.CharField(max_length=160, default="")
    language = ChoiceField(Language, default=Language.SV)
    payment_days = peewee.IntegerField(default=30)
    our_reference = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)
    note = peewee.TextField(default="")
    store = peewee.ForeignKeyField(Store, backref="+", index=False)  # the one with the name begins with it
    inactive_at = UTCDateTimeField(null=True)
    inactive_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)
    created_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("sort_name", "id"), False),
            (("town", "id"), False),
            (("inactive_at", "sort_name", "id"), False),
            (("store", "inactive_at", "sort_name", "id"), False),
        )

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def customer(self) -> "Customer":
        return self

    @property
    def is_active(self) -> bool:
        return self.inactive_at is None

    @property
    def activity(self) -> Activity:
        return Activity.ACTIVE if self.is_active else Activity.INACTIVE

    def searched_by(self):
        contacts = (
            [
                text
                for contact in self.contacts
                for text in (contact.name, contact.email, contact.phone, digits(contact.phone))
            ]
            if self.id
            else []
        )
        return (
            self.number,
            self.name,
            self.org_number,
            digits(self.org_number),
            self.phone,
            digits(self.phone),
            self.email,
            self.invoice_email,
            self.town,
            self.address,
            *contacts,
        )

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name, self.language)
        return super().save(*args, **kwargs)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """Staff: their stores' customers, or of these the assigned ones. Portal: the account's own."""
        if user.is_portal:
            from models.portal import PortalCustomer  # the portal knows customers, not the reverse

            return cls.select().where(cls.id.in_(PortalCustomer.ids_of(user)))
        query = cls.select() if user.store_ids is None else cls.select().where(cls.store.in_(user.store_ids))
        if user.has(Right.CUSTOMER_VIEW):
            return query
        if user.has(Right.CUSTOMER_VIEW_ASSIGNED):
            return query.where(cls.id.in_(CustomerAssignment.customers_of(user)))
        return query.where(peewee.SQL("1=0"))

    @classmethod
    def choosable_by(cls, user) -> "peewee.ModelSelect[Any]":
        """For pickers: inactive customers are not offered."""
        return cls.visible_to(user).where(cls.inactive_at.is_null())

    @classmethod
    def chosen_by(cls, user, ids: list[int]) -> list["Customer"]:
        """These customers by name, without those the person may not see."""
        return list(cls.visible_to(user).where(cls.id.in_(ids)).order_by(cls.sort_name, cls.id))

    @classmethod
    def suggested(cls, user, typed: str, limit: int = 10) -> list["Customer"]:
        """For a picker: the active customers that the typed text finds, the one with that very number first."""
        among = cls.choosable_by(user)
        exact = list(among.where(cls.number == typed))
        found = among.where(cls.matches(typed) & cls.id.not_in([customer.id for customer in exact])).limit(limit)
        return [*exact, *found]

    @classmethod
    def numbered(cls, among: "peewee.ModelSelect[Any]", typed: str) -> "Customer | None":
        """The one that `10001`, `10001 Name` or a name that only one has stands for."""
        by_number = among.where(cls.number == typed.split(" ")[0]).first()
        if by_number and typed in (by_number.number, by_number.title):
            return by_number
        named = list(among.where(cls.sort_name == sort_key(typed, Organisation.current().language)).limit(2))
        return named[0] if len(named) == 1 else None

    def is_assigned_to(self, user) -> bool:
        return (
            CustomerAssignment.select()
            .where((CustomerAssignment.customer == self.id) & (CustomerAssignment.user == user.id))
            .exists()
        )

    @property
    def assignees(self) -> list[User]:
        query = (
            User.select()
            .join(CustomerAssignment, on=CustomerAssignment.user == User.id)
            .where(CustomerAssignment.customer == self.id)
        )
        return list(query.order_by(CustomerAssignment.id))

    @classmethod
    def add(cls, values: dict, *, by: User) -> "Customer":
        """A new customer. Raises Refused with everything that is wrong with its number."""
        refusals = rule_missing(cls, "create", by) + cls.number_refusals(values["number"])
        if refusals:
            raise Refused(refusals)
        with cls.number_judged(values["number"]), db.atomic():
            customer = cls.create(**values)
            Event.record("customer.created", by=by, about=customer)
            return customer

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        """Save the card's form. The number is for administrators only; its change is logged like any other."""
        refusals = self.why_not("edit", by)
        if values.get("number", self.number) != self.number:
            locked = [] if by.has(Right.ADMINISTER) else [refuse("customer.number_locked")]
            refusals += locked or self.number_refusals(values["number"], besides=self)
        if refusals:
            raise Refused(refusals, self)
        with self.number_judged(values.get("number", self.number)):
            return revise(self, "customer.changed", values, by=by, seen=seen)

    def _against_inactivate(self, by) -> list[Refusal]:
        return (
            [] if self.is_active else [refuse("customer.already_inactive", since=self.inactive_at, customer_id=self.id)]
        )

    def inactivate(self, *, by: User) -> None:
        """Not to be chosen for anything new from now on; what was done stays traceable. Safe to repeat."""
        self.demand("inactivate", by)
        self._set_inactive(now(), by, "customer.inactivated")

    def _against_reactivate(self, by) -> list[Refusal]:
        return [refuse("customer.already_active", customer_id=self.id)] if self.is_active else []

    def reactivate(self, *, by: User) -> None:
        self.demand("reactivate", by)
        self._set_inactive(None, None, "customer.reactivated", actor=by)

    def _set_inactive(self, moment, who, verb: str, actor: User | None = None) -> None:
        with db.atomic():
            self.lock()
            if bool(self.inactive_at) != bool(moment):
                self.inactive_at, self.inactive_by = moment, who
                self.version += 1
                self.save()
                Event.record(verb, by=actor or who, about=self)

    @classmethod
    def inactivate_all(cls, customers: list["Customer"], *, by: User) -> int:
        """Several at once; those that are inactive already stay as they are. Returns how many were inactivated."""
        active = [customer for customer in customers if customer.is_active]
        with db.atomic():
            for customer in active:
                customer.inactivate(by=by)
        return len(active)

    def _against_delete(self, by) -> list[Refusal]:
        from models.fault_report import FaultReport  # reports and orders are newer than the customer
        from models.order import Order

        reports = FaultReport.select().where(FaultReport.customer == self.id).count()
        orders = Order.select().where(Order.customer == self.id).count()
        return (
            [refuse("customer.in_use", reports=reports, orders=orders, customer_id=self.id)]
            if reports or orders
            else []
        )

    def remove(self, *, by: User) -> None:
        """Take a customer without history out of the register, contacts and facilities with it. The log keeps it."""
        from models.file import File  # files are newer than the customer

        self.demand("delete", by)
        with db.atomic():
            Event.record("customer.deleted", by=by, about=self)
            File.update(deleted_at=now()).where(File.customer == self.id).execute()
            for record in (self, *self.contacts, *self.facilities):
                Event.set_aside(record)
            self.delete_instance()

    def against_new_work(self) -> list[Refusal]:
        """Why no report, order or booking may be made for this customer."""
        if self.is_active:
            return []
        return [refuse("customer.inactive", customer=self.name, customer_id=self.id, since=self.inactive_at)]

    def assign(self, users: list[User], *, by: User) -> None:
        """Make exactly these people responsible; each newcomer and leaver is told, the customer is not
        (S2.36-S2.40)."""
        self.demand("assign", by)
        with db.atomic():
            self.lock()
            before, after = {user.id: user for user in self.assignees}, {user.id: user for user in users}
            for user_id in after.keys() - before.keys():
                CustomerAssignment.create(customer=self, user=user_id, by=by)
                Event.record("customer.assigned", by=by, about=self, person=after[user_id].name, person_id=user_id)
            for user_id in before.keys() - after.keys():
                CustomerAssignment.delete().where(
                    (CustomerAssignment.customer == self) & (CustomerAssignment.user == user_id)
                ).execute()
                Event.record("customer.unassigned", by=by, about=self, person=before[user_id].name, person_id=user_id)

    def comment(self, text: str, *, by: User) -> Event:
        self.demand("comment", by)
        with db.atomic():
            return Event.record("comment.written", by=by, about=self, internal=True, text=text)


def rule_missing(noun, verb: str, by) -> list[Refusal]:
    return noun.MAY[verb].missing(by, None)


class CustomerAssignment(Record):
    """Who is responsible for a customer: later reports and orders from every source go to them."""

    customer = peewee.ForeignKeyField(Customer, backref="+", on_delete="CASCADE")
    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("customer", "user"), True),)

    @classmethod
    def customers_of(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select(cls.customer).where(cls.user == user.id)
