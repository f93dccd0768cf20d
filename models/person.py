"""A person in our books: a contact, a private customer or a portal user, and all that can be told to be theirs.

One person may stand in several places. Whoever handles the request says which of them are the same; by mail, phone and
personal number Kundbok proposes them.
"""

from collections.abc import Iterable
from functools import cached_property, reduce
from operator import or_
from typing import Any

import peewee
from peewee import fn

from models.base import LARGEST_ID, Language
from models.contact import Contact
from models.customer import Customer, CustomerKind
from models.fault_report import FaultReport
from models.file import File
from models.login import LoginRecord
from models.message import Message
from models.order import Order
from models.portal import PortalAccount, PortalCustomer
from models.protocol import Protocol, Signature
from models.refusals import Refusal, refuse
from models.search import digits
from models.user import User

NOTHING = peewee.SQL("1=0")
FOUND = 25
SHORTEST_PHONE = 7
SUBJECTS: dict[str, Any] = {"contact": Contact, "customer": Customer, "portal_account": PortalAccount}


def any_of(*conditions: Any) -> Any:
    """One of them holds; none of them given: nothing does."""
    return reduce(or_, conditions, NOTHING)


class Person:
    """`records` are the places one person stands in; the first is the one that was asked for."""

    def __init__(self, records: Iterable[Any], user: User | None = None):
        self.records = list(records)
        self.contacts = [record for record in self.records if isinstance(record, Contact)]
        self.private = [record for record in self.records if isinstance(record, Customer)]
        self.users = [record.user for record in self.records if isinstance(record, PortalAccount)]
        self.users += [user] if user else []
        self.private += [double for customer in list(self.private) for double in doubles_of(customer)]
        for customer in self.private:  # a private customer is its own contact, too
            mail = customer.email or None
            mine = [one for one in customer.contacts if one.name == customer.name or one.email == mail]
            self.contacts += [one for one in mine if one not in self.contacts]

    @classmethod
    def named(cls, places: Iterable[tuple[str, int]]) -> "Person":
        """By the stored (noun, id) of its records, as far as they are still there; a user stands for themselves."""
        found, user = [], None
        for noun, record_id in places:
            if noun == "user":
                user = User.get_or_none(User.id == record_id)
            elif record := SUBJECTS[noun].get_or_none(SUBJECTS[noun].id == record_id):
                found.append(record)
        return cls(found, user)

    @property
    def places(self) -> list[tuple[str, int]]:
        staff = [("user", user.id) for user in self.users if not user.is_portal]
        records = [(record.noun, record.id) for record in (*self.records, *self.private, *self.contacts)]
        return list(dict.fromkeys(records)) + staff

    def known_as(self, words: dict[str, list[str]]) -> "Person":
        """By what they were called when their erasure began: the records themselves may not say it any more."""
        self.__dict__.update(words)
        return self

    @cached_property
    def _faces(self) -> list[Any]:
        """The records that hold a name, an address and phones."""
        return [*self.contacts, *self.private, *self.users]

    @property
    def name(self) -> str:
        return self._faces[0].name if self._faces else ""

    @property
    def language(self) -> Language:
        first = self._faces[0]
        return first.tongue if isinstance(first, Contact) else first.language

    @property
    def store_id(self) -> int | None:
        customers = Customer.select(Customer.store).where(Customer.id.in_(self.customer_ids)).order_by(Customer.id)
        first = customers.first()
        return first.store_id if first else None

    # By what they are known

    @cached_property
    def names(self) -> list[str]:
        return list(dict.fromkeys(face.name for face in self._faces))

    @cached_property
    def emails(self) -> list[str]:
        mine = [face.email for face in self._faces] + [customer.invoice_email for customer in self.private]
        return list(dict.fromkeys(email for email in mine if email))

    @cached_property
    def phones(self) -> list[str]:
        mine = [face.phone for face in self._faces]
        mine += [face.mobile for face in (*self.contacts, *self.private)]
        return list(dict.fromkeys(phone for phone in mine if len(digits(phone)) >= SHORTEST_PHONE))

    @cached_property
    def numbers(self) -> list[str]:
        return [customer.personal_number for customer in self.private if customer.personal_number]

    # Where they stand

    @property
    def contact_ids(self) -> list[int]:
        return [contact.id for contact in self.contacts]

    @property
    def private_ids(self) -> list[int]:
        return [customer.id for customer in self.private]

    @property
    def user_ids(self) -> list[int]:
        return [user.id for user in self.users]

    @cached_property
    def customer_ids(self) -> list[int]:
        """The customers they have to do with, their own ones too."""
        reached = PortalCustomer.select(PortalCustomer.customer).where(PortalCustomer.user.in_(self.user_ids))
        ids = {contact.customer_id for contact in self.contacts} | set(self.private_ids)
        return sorted(ids | {row.customer_id for row in reached})

    # What is theirs

    def logins(self) -> Any:
        return LoginRecord.select().where(LoginRecord.user.in_(self.user_ids)).order_by(LoginRecord.id)

    def messages(self) -> Any:
        keys = [f"customer:{customer_id}" for customer_id in self.private_ids]
        mine = Message.user.in_(self.user_ids) | Message.contact.in_(self.contact_ids) | Message.recipient.in_(keys)
        keyed = [f"contact:{contact_id}" for contact_id in self.contact_ids]
        return (
            Message.select().where(mine | Message.recipient.in_(keyed) | self._at(Message.address)).order_by(Message.id)
        )

    def _at(self, column: Any) -> Any:
        """An address of theirs, however it is spelled."""
        return any_of(*(fn.LOWER(column) == email.lower() for email in self.emails))

    def reports(self) -> Any:
        """Those they made, those of a private customer, and those that name them."""
        named = FaultReport.customer.in_(self.customer_ids) & FaultReport.contact_name.in_(self.names)
        mine = self._their_reports() | named | self._at(FaultReport.contact_email)
        return FaultReport.select().where(mine).order_by(FaultReport.id)

    def _their_reports(self) -> Any:
        return FaultReport.reporter.in_(self.user_ids) | FaultReport.customer.in_(self.private_ids)

    def own_reports(self) -> Any:
        """Those whose words are theirs."""
        return FaultReport.select().where(self._their_reports()).order_by(FaultReport.id)

    def orders(self) -> Any:
        named = Order.customer.in_(self.customer_ids) & Order.contact_name.in_(self.names)
        told = Order.report.in_(self.own_reports().select(FaultReport.id))
        signed = Order.customer.in_(self.customer_ids) & Order.id.in_(self._signed())
        return Order.select().where(Order.customer.in_(self.private_ids) | named | told | signed).order_by(Order.id)

    def _signed(self) -> Any:
        return Signature.select(Signature.order).where(Signature.name.in_(self.names))

    def own_orders(self) -> Any:
        """A private customer's, and those made of their words."""
        told = Order.report.in_(self.own_reports().select(FaultReport.id))
        return Order.select().where(Order.customer.in_(self.private_ids) | told).order_by(Order.id)

    def protocols(self) -> Any:
        return Protocol.select().where(Protocol.order.in_(self.orders().select(Order.id))).order_by(Protocol.id)

    def signatures(self) -> Any:
        mine = Signature.name.in_(self.names) & Signature.order.in_(self.orders().select(Order.id))
        return Signature.select().where(mine).order_by(Signature.id)

    def files(self) -> Any:
        """What they uploaded, and what lies on a private customer's card and reports."""
        mine = File.uploaded_by.in_(self.user_ids) | File.customer.in_(self.private_ids)
        return File.select().where(mine & File.deleted_at.is_null()).order_by(File.id)

    # Who else it may be, and who may handle them

    def elsewhere(self, by: User) -> list[Any]:
        """Other places with the same mail, phone or personal number, as far as `by` may see them."""
        if not (self.emails or self.phones or self.numbers):
            return []
        found = []
        for noun, kind in SUBJECTS.items():
            holder = User if noun == "portal_account" else kind
            numbers = holder.personal_number.in_(self.numbers) if noun == "customer" and self.numbers else NOTHING
            mobile = holder.mobile.in_(self.phones) if noun != "portal_account" else NOTHING
            same = any_of(self._at(holder.email), holder.phone.in_(self.phones), numbers, mobile)
            found += list(subjects_seen(noun, by).where(same).limit(FOUND))
        return [record for record in found if (record.noun, record.id) not in self.places]

    def beyond(self, by: User) -> list[Refusal]:
        """Why `by` does not reach all of this person: a portal user of customers in other stores."""
        if by.store_ids is None or not self.customer_ids:
            return []
        seen = Customer.visible_to(by).where(Customer.id.in_(self.customer_ids)).count()
        others = len(self.customer_ids) - seen
        return [refuse("person.elsewhere", name=self.name, count=others, code="person.elsewhere")] if others else []


def doubles_of(customer: Customer) -> list[Customer]:
    """The private customers it was merged with: they still hold what they held."""
    known = {customer.merged_into_id or 0, customer.id}
    merged = Customer.id.in_(list(known)) | Customer.merged_into.in_(list(known))
    others = Customer.select().where(merged & (Customer.id != customer.id) & (Customer.kind == CustomerKind.PRIVATE))
    return list(others.order_by(Customer.id))


def subjects_seen(noun: str, by: User) -> Any:
    """The persons of this kind that `by` may see: of the customers only the private ones, of the users the portal's."""
    seen = SUBJECTS[noun].visible_to(by)
    return seen.where(Customer.kind == CustomerKind.PRIVATE) if noun == "customer" else seen


def subject_seen(noun: str, record_id: int, by: User) -> Any:
    """One of them, or None where there is none or `by` may not know of it."""
    if noun not in SUBJECTS or not 0 < record_id <= LARGEST_ID:
        return None
    return subjects_seen(noun, by).where(SUBJECTS[noun].id == record_id).first()


def who_is(text: str, by: User) -> dict[str, list[Any]]:
    """Everybody whom this name, address, number or phone may mean, by the kind of place they stand in."""
    wanted = text.strip()
    if not wanted:
        return {}
    found = {}
    for noun, kind in SUBJECTS.items():
        holder: Any = User if noun == "portal_account" else kind
        identified = (kind.personal_number == wanted) | (kind.number == wanted) if noun == "customer" else NOTHING
        query = subjects_seen(noun, by).where(holder.matches(wanted) | identified)
        found[noun] = list(query.order_by(kind.id).limit(FOUND))
    return found
