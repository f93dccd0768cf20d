"""Customers' users: which customers and facilities an account reaches, and the switches that shape its portal (S4.9-S4.18)."""

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Record, db, now
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport, Source
from models.lifecycle import Noun, revise
from models.order import Order
from models.rights import Right, Role
from models.session import Session
from models.user import User


class PortalAccount(Noun):
    """The switches of one customer's user."""

    LABELS = {
        "order_directly": _l("A report becomes an order at once"),
        "hide_performed_action": _l("Hide the performed action"),
        "show_purchase_project": _l("Show purchase prices on projects"),
        "show_purchase_lines": _l("Show purchase prices on order lines"),
    }

    user = peewee.ForeignKeyField(User, unique=True, backref="portal_accounts", on_delete="CASCADE")
    order_directly = peewee.BooleanField(default=False)
    hide_performed_action = peewee.BooleanField(default=False)
    show_purchase_project = peewee.BooleanField(default=False)
    show_purchase_lines = peewee.BooleanField(default=False)

    @property
    def name(self) -> str:
        return self.user.name

    @classmethod
    def of(cls, user: User) -> "PortalAccount":
        return cls.get(cls.user == user.id)

    @classmethod
    def of_customer(cls, customer: Customer) -> list["PortalAccount"]:
        query = cls.select(cls, User).join(User).join(PortalCustomer, on=PortalCustomer.user == User.id)
        return list(query.where(PortalCustomer.customer == customer.id).order_by(User.name))

    @classmethod
    def visible_to(cls, user) -> peewee.ModelSelect:
        """Staff reach the accounts of the customers they see; an account reaches itself."""
        query = cls.select(cls, User).join(User)
        if user.is_portal:
            return query.where(cls.user == user.id)
        reached = PortalCustomer.select(PortalCustomer.user).where(PortalCustomer.customer.in_(Customer.visible_to(user).select(Customer.id)))
        return query.where(cls.user.in_(reached))

    @classmethod
    def invite(cls, customer: Customer, values: dict, facilities: list[Facility] | None, *, by: User) -> "PortalAccount":
        """A new account of this customer, without a password; the event mails the single-use link.

        `facilities` None: all of the customer's, future ones too. Raises Taken when the login is in use.
        """
        customer.demand("invite_user", by)
        with db.atomic():
            user = User.found(values["login"], values["name"], Role.PORTAL, email=values["email"], phone=values.get("phone", ""), language=values["language"])
            account = cls.create(user=user, **{name: values[name] for name in cls.LABELS if name in values})
            account._link(customer, facilities)
            Event.record("user.invited", by=by, about=user, customer=customer.title)
            Event.record("portal.linked", by=by, about=customer, person=user.name)
            return account

    def link(self, customer: Customer, facilities: list[Facility] | None, *, by: User) -> None:
        """Let the account reach all of this customer's facilities (None), or just these."""
        customer.demand("edit_user_rights", by)
        with db.atomic():
            self._link(customer, facilities)
            Event.record("portal.linked", by=by, about=customer, person=self.user.name)

    def _link(self, customer: Customer, facilities: list[Facility] | None) -> None:
        PortalCustomer.delete().where((PortalCustomer.user == self.user_id) & (PortalCustomer.customer == customer)).execute()
        PortalCustomer.create(user=self.user_id, customer=customer, whole=facilities is None)
        own = Facility.select(Facility.id).where(Facility.customer == customer)
        PortalFacility.delete().where((PortalFacility.user == self.user_id) & PortalFacility.facility.in_(own)).execute()
        for facility in facilities or []:
            PortalFacility.create(user=self.user_id, facility=facility)

    def change(self, values: dict, *, by: User, seen: int, customer: Customer) -> dict:
        """Turn the switches; each change is on the log."""
        customer.demand("edit_user_rights", by)
        return revise(self, "user.changed", values, by=by, seen=seen)

    def set_rights(self, rights: set[Right], *, by: User, customer: Customer) -> None:
        """Exactly these portal rights."""
        customer.demand("edit_user_rights", by)
        with db.atomic():
            self.user._replace_exceptions(Role.PORTAL, {right: right in rights for right in Role.PORTAL.rights})
            self.user.forget_rights()
            Event.record("user.rights_changed", by=by, about=self.user, customer=customer.title)

    def remove(self, *, by: User, customer: Customer) -> None:
        """Switch the login off; what the person reported stays theirs in the log."""

        customer.demand("delete_user", by)
        with db.atomic():
            User.update(inactive_at=now()).where(User.id == self.user_id).execute()
            Session.end_all(self.user, "inactivated")
            Event.record("user.inactivated", by=by, about=self.user)


class PortalCustomer(Record):
    """An account reaches a customer: `whole` with all facilities, future ones too, else only the linked ones."""

    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    customer = peewee.ForeignKeyField(Customer, backref="+", on_delete="CASCADE")
    whole = peewee.BooleanField(default=True)

    class Meta:
        indexes = ((("user", "customer"), True),)

    @classmethod
    def ids_of(cls, user) -> peewee.ModelSelect:
        return cls.select(cls.customer).where(cls.user == user.id)

    @classmethod
    def whole_ids_of(cls, user) -> peewee.ModelSelect:
        return cls.ids_of(user).where(cls.whole)


class PortalFacility(Record):
    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    facility = peewee.ForeignKeyField(Facility, backref="+", on_delete="CASCADE")

    class Meta:
        indexes = ((("user", "facility"), True),)

    @classmethod
    def ids_of(cls, user) -> peewee.ModelSelect:
        return cls.select(cls.facility).where(cls.user == user.id)


def report_fault(values: dict, *, by: User) -> FaultReport:
    """A report through the portal. Where the account says so it is an order at once, planned, on that facility (S4.10)."""
    with db.atomic():
        report = FaultReport.report(values, by=by, source=Source.PORTAL)
        if report.facility_id and PortalAccount.of(by).order_directly:
            Order.from_report(report, by=by)
        return report
