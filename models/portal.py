"""Customers' users: which customers and facilities an account reaches, and the switches that shape its portal
(S4.9-S4.18)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import peewee
from flask_babel import lazy_gettext as _l

from models.base import LARGEST_ID, Choice, Record, db, now
from models.customer import Activity, Customer
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport, Source
from models.lifecycle import Noun, revise
from models.order import Order
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, Role, holds
from models.search import fold
from models.session import Session
from models.user import User


class AccountState(Choice):
    INVITED = "invited", _l("Invited"), "info"
    ACTIVE = "active", _l("Active"), "good"
    OFF = "off", _l("Switched off"), "neutral"


class PortalAccount(Noun):
    """The switches of one customer's user."""

    MAY = {
        "view": holds(Right.CUSTOMER_EDIT_USER_RIGHTS)
        | holds(Right.CUSTOMER_CREATE_USERS)
        | holds(Right.CUSTOMER_DELETE_USERS),
        "edit": holds(Right.CUSTOMER_EDIT_USER_RIGHTS),
        "invite_again": holds(Right.CUSTOMER_CREATE_USERS),
        "remove": holds(Right.CUSTOMER_DELETE_USERS),
        "restore": holds(Right.CUSTOMER_CREATE_USERS),
        "personal_data": holds(Right.PERSONAL_DATA_HANDLE),
    }
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

    @property
    def state(self) -> AccountState:
        if not self.user.is_active:
            return AccountState.OFF
        return AccountState.ACTIVE if self.user.has_password else AccountState.INVITED

    @classmethod
    def of(cls, user: User) -> "PortalAccount":
        return cls.get(cls.user == user.id)

    @classmethod
    def of_customer(cls, customer: Customer) -> list["PortalAccount"]:
        """By name, those switched off last."""
        query = cls.select(cls, User).join(User).join(PortalCustomer, on=PortalCustomer.user == User.id)
        return list(
            query.where(PortalCustomer.customer == customer.id).order_by(
                User.inactive_at.is_null(False), User.name, cls.id
            )
        )

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[PortalAccount]":
        """Staff reach the accounts of the customers they see; an account reaches itself."""
        query = cls.select(cls, User).join(User)
        if user.is_portal:
            return query.where(cls.user == user.id)
        reached = PortalCustomer.select(PortalCustomer.user).where(
            PortalCustomer.customer.in_(Customer.visible_to(user).select(Customer.id))
        )
        return query.where(cls.user.in_(reached))

    @classmethod
    def matching(cls, words: str, *, by: User) -> list["PortalAccount"]:
        """The accounts `by` may know of whose name, login or e-mail has these words, by name."""
        query = cls.visible_to(by)
        query = query.where(User.matches(words)) if words.strip() else query
        return list(query.order_by(User.inactive_at.is_null(False), User.name, cls.id).limit(200))

    def reaches(self, by: User) -> list["PortalCustomer"]:
        """The customers of this account that `by` may know of, with how much of each it reaches."""
        links = PortalCustomer.select(PortalCustomer, Customer).join(Customer)
        mine = (PortalCustomer.user == self.user_id) & Customer.id.in_(Customer.visible_to(by).select(Customer.id))
        return list(links.where(mine).order_by(Customer.sort_name, Customer.id))

    @property
    def spans_customers(self) -> bool:
        return PortalCustomer.select().where(PortalCustomer.user == self.user_id).count() > 1

    def reach_of(self, customer: Customer) -> "PortalCustomer | None":
        return PortalCustomer.get_or_none(
            (PortalCustomer.user == self.user_id) & (PortalCustomer.customer == customer.id)
        )

    @classmethod
    def invite(
        cls,
        customer: Customer,
        values: dict,
        facilities: list[Facility] | None,
        *,
        by: User,
        rights: Iterable[Right] | None = None,
    ) -> "PortalAccount":
        """A new account of this customer, without a password; the event mails the single-use link.

        `facilities` None: all of the customer's, future ones too. `rights` None: all of the portal's.
        Raises Taken when the login is in use.
        """
        customer.demand("invite_user", by)
        with db.atomic():
            user = User.found(
                values["login"],
                values["name"],
                Role.PORTAL,
                email=values["email"],
                phone=values.get("phone", ""),
                language=values["language"],
            )
            account = cls.create(user=user, **{name: values[name] for name in cls.LABELS if name in values})
            account._give(Role.PORTAL.rights if rights is None else rights, by)
            account._link(customer, facilities)
            Event.record("user.invited", by=by, about=user, customer=customer.title)
            Event.record("portal.linked", by=by, about=customer, person=user.name)
            return account

    def _against_invite_again(self, by) -> list[Refusal]:
        if not self.user.is_active:
            return self._is_off()
        return [refuse("portal.joined", name=self.name, account_id=self.id)] if self.user.has_password else []

    def invite_again(self, *, by: User) -> None:
        """Mail a new link; the earlier one stops working when the letter is written."""
        self.demand("invite_again", by)
        with db.atomic():
            Event.record("user.invited", by=by, about=self.user)

    def link(self, customer: Customer, facilities: list[Facility] | None, *, by: User) -> None:
        """Let the account reach all of this customer's facilities (None), or just these."""
        self.demand("edit", by)
        with db.atomic():
            self.lock()
            self._link(customer, facilities)
            Event.record("portal.linked", by=by, about=customer, person=self.user.name)

    def _link(self, customer: Customer, facilities: list[Facility] | None) -> None:
        self._unlink(customer)
        PortalCustomer.create(user=self.user_id, customer=customer, whole=facilities is None)
        for facility in facilities or []:
            PortalFacility.create(user=self.user_id, facility=facility)

    def _unlink(self, customer: Customer) -> None:
        PortalCustomer.delete().where(
            (PortalCustomer.user == self.user_id) & (PortalCustomer.customer == customer)
        ).execute()
        own = Facility.select(Facility.id).where(Facility.customer == customer)
        PortalFacility.delete().where(
            (PortalFacility.user == self.user_id) & PortalFacility.facility.in_(own)
        ).execute()

    def change(self, values: dict, rights: Iterable[Right], *, by: User, seen: int) -> dict:
        """Turn the switches and give exactly these portal rights; each change is on the log and holds from the
        next click on."""
        self.demand("edit", by)
        with db.atomic():
            changes = revise(self, "user.changed", values, by=by, seen=seen)
            self._give(rights, by)
            return changes

    def _give(self, rights: Iterable[Right], by: User) -> None:
        before, wanted = self.user.rights, set(rights) & Role.PORTAL.rights
        if wanted == before:
            return
        self.user._replace_exceptions(Role.PORTAL, {right: right in wanted for right in Role.PORTAL.rights})
        self.user.forget_rights()
        Event.record(
            "user.rights_changed",
            by=by,
            about=self.user,
            given=sorted(wanted - before),
            withdrawn=sorted(before - wanted),
        )

    def change_person(self, values: dict, *, by: User, seen: int) -> dict:
        """Name, e-mail, phone and language, corrected by the staff."""
        self.demand("edit", by)
        return revise(self.user, "user.changed", values, by=by, seen=seen)

    def _is_off(self) -> list[Refusal]:
        return [refuse("portal.switched_off", name=self.name, since=self.user.inactive_at, account_id=self.id)]

    def _against_remove(self, by) -> list[Refusal]:
        return [] if self.user.is_active else self._is_off()

    def remove(self, customer: Customer, *, by: User) -> None:
        """Take this customer from the account. With its last one the login is switched off; what was reported stays."""
        self.demand("remove", by)
        with db.atomic():
            self.lock()
            if self.spans_customers:
                self._unlink(customer)
                Event.record("portal.linked", by=by, about=customer, person=self.user.name)
            else:
                User.update(inactive_at=now()).where(User.id == self.user_id).execute()
                Session.end_all(self.user, "inactivated")
                Event.record("user.inactivated", by=by, about=self.user)

    def _against_restore(self, by) -> list[Refusal]:
        return [refuse("portal.switched_on", name=self.name, account_id=self.id)] if self.user.is_active else []

    def restore(self, *, by: User) -> None:
        """The login works again, with the password and the facilities it had."""
        self.demand("restore", by)
        with db.atomic():
            User.update(inactive_at=None).where(User.id == self.user_id).execute()
            Event.record("user.restored", by=by, about=self.user)


class PortalCustomer(Record):
    """An account reaches a customer: `whole` with all facilities, future ones too, else only the linked ones."""

    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    customer = peewee.ForeignKeyField(Customer, backref="+", on_delete="CASCADE")
    whole = peewee.BooleanField(default=True)

    class Meta:
        indexes = ((("user", "customer"), True),)

    @classmethod
    def ids_of(cls, user) -> "peewee.ModelSelect[PortalCustomer]":
        return cls.select(cls.customer).where(cls.user == user.id)

    @classmethod
    def whole_ids_of(cls, user) -> "peewee.ModelSelect[PortalCustomer]":
        return cls.ids_of(user).where(cls.whole)

    @property
    def chosen(self) -> list[Facility]:
        """The linked facilities of this customer; what an account reaches as a whole is not counted out."""
        query = (
            Facility.select()
            .join(PortalFacility)
            .where((PortalFacility.user == self.user_id) & (Facility.customer == self.customer_id))
        )
        return list(query.order_by(Facility.sort_name, Facility.id))


class PortalFacility(Record):
    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    facility = peewee.ForeignKeyField(Facility, backref="+", on_delete="CASCADE")

    class Meta:
        indexes = ((("user", "facility"), True),)

    @classmethod
    def ids_of(cls, user) -> "peewee.ModelSelect[PortalFacility]":
        return cls.select(cls.facility).where(cls.user == user.id)


@dataclass(frozen=True)
class Narrowing:
    """Which of a customer's facilities are shown for ticking (S4.17); texts match from the middle, whatever
    their case."""

    name: str = ""
    town: str = ""
    number: str = ""
    category: str = ""
    activity: Activity | None = Activity.ACTIVE

    def of(self, customer: Customer, user: User) -> list[Facility]:
        mine = (
            Facility.visible_to(user).where(Facility.customer == customer.id).order_by(Facility.sort_name, Facility.id)
        )
        return [facility for facility in mine if self._shows(facility)]

    def _shows(self, facility: Facility) -> bool:
        texts = ("name", "town", "number", "category")
        fits = all(fold(getattr(self, name)) in fold(getattr(facility, name)) for name in texts)
        return fits and (self.activity is None or facility.activity is self.activity)


# What a customer's user does


def places_of(user: User) -> list[Facility]:
    """Where this account may report a fault."""
    active = Facility.inactive_at.is_null() & Customer.inactive_at.is_null()
    return list(Facility.visible_to(user).where(active).order_by(Customer.sort_name, Facility.sort_name, Facility.id))


def reaches(user: User, facility_id: int) -> bool:
    return facility_id <= LARGEST_ID and Facility.visible_to(user).where(Facility.id == facility_id).exists()


def customers_of(user: User) -> list[Customer]:
    return list(Customer.visible_to(user).order_by(Customer.sort_name, Customer.id))


def without_facilities(user: User) -> Customer | None:
    """The customer to report for where the account reaches one as a whole that has no facilities (a private home)."""
    whole = Customer.visible_to(user).where(
        Customer.id.in_(PortalCustomer.whole_ids_of(user)) & Customer.inactive_at.is_null()
    )
    return None if places_of(user) else whole.order_by(Customer.id).first()


def against_reporting(user: User) -> list[Refusal]:
    """Why this account cannot report anything at all right now."""
    if not user.has(Right.PORTAL_REPORT):
        return [refuse("right.missing", right=Right.PORTAL_REPORT)]
    if places_of(user) or without_facilities(user):
        return []
    closed = [refusal for customer in customers_of(user) for refusal in customer.against_new_work()]
    return closed or [refuse("portal.no_facilities")]


def report_fault(values: dict, *, by: User, attach: Callable[[FaultReport], object] | None = None) -> FaultReport:
    """A report through the portal. `attach` adds its photos in the same transaction, so that they are carried
    along where
    the account says that a report is an order at once, planned, on that facility (S4.10).
    """
    facility = values.get("facility")
    if facility is not None and not reaches(by, facility.id):
        raise Refused([refuse("portal.not_linked")])
    customer = facility.customer if facility else without_facilities(by)
    if customer is None:
        raise Refused(against_reporting(by) or [refuse("portal.not_linked")])
    with db.atomic():
        report = FaultReport.report({**values, "customer": customer}, by=by, source=Source.PORTAL)
        if attach:
            attach(report)
        if facility and PortalAccount.of(by).order_directly:
            Order.from_report(report, by=by)
        return report
