"""Who is told of what: `WHO` maps an event to the people concerned; their own settings decide the channels.

The same plan serves twice: the form shows it before the act ("will notify ..."), and dispatch writes it to the ledger
after. Every person who is not told stays on the plan with the reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from flask_babel import lazy_gettext as _l

from models.base import Language, Record
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.fault_report import FaultReport
from models.message import NOBODY, PLANNED, SENT, SKIPPED, Channel, MessageState
from models.nouns import find, find_all
from models.organisation import Organisation
from models.refusals import Refusal, refuse
from models.rights import Right, Role
from models.user import User

Known = dict[tuple[str, int], Record]  # records that were looked up already, by noun and id


@dataclass(frozen=True)
class Recipient:
    """Someone to tell. `refusal` set: they are on the list, but not to be told."""

    key: str
    name: str
    language: Language
    email: str = ""
    user: User | None = None
    contact_id: int | None = None
    refusal: Refusal | None = None
    channels: tuple[Channel, ...] = (Channel.EMAIL,)

    @property
    def user_id(self) -> int | None:
        return self.user.id if self.user else None

    @classmethod
    def of_user(cls, user: User, refusal: Refusal | None = None, channels=(Channel.APP, Channel.EMAIL)) -> "Recipient":
        return cls(
            f"user:{user.id}", user.name, user.language, user.email, user=user, refusal=refusal, channels=channels
        )

    @classmethod
    def of_contact(cls, contact: Contact, refusal: Refusal | None = None) -> "Recipient":
        return cls(
            f"contact:{contact.id}", contact.name, contact.tongue, contact.email, contact_id=contact.id, refusal=refusal
        )

    @classmethod
    def of_customer(cls, customer: Customer, refusal: Refusal | None = None) -> "Recipient":
        return cls(f"customer:{customer.id}", customer.name, customer.language, customer.email, refusal=refusal)

    @classmethod
    def of_address(cls, address: str, language: Language, refusal: Refusal | None = None) -> "Recipient":
        return cls("address", address, language, address, refusal=refusal)


@dataclass(frozen=True)
class Planned:
    """One message to be: to whom, how, in which state it starts and why."""

    to: Recipient
    channel: Channel
    state: MessageState
    reason: Refusal | None = None

    @property
    def address(self) -> str:
        return self.to.email if self.channel is Channel.EMAIL else ""

    @property
    def will_be_told(self) -> bool:
        return self.state is not SKIPPED


@dataclass(frozen=True)
class Case:
    """What the rules look at: the event that happened, or one that is about to."""

    verb: str
    about: Any
    by: User | None
    data: dict[str, Any]
    known: Known = field(default_factory=dict)


_Audience = Callable[[Case], Iterable[Recipient]]


def subject(case: Case) -> list[Recipient]:
    """The person the event is about, by e-mail: invitations and passwords."""
    return [Recipient.of_user(case.about, channels=(Channel.EMAIL,))]


def owners(case: Case) -> list[Recipient]:
    """All of them but the one who acted: what happens to rights is their business first."""
    return [Recipient.of_user(user) for user in User.active_staff().where(User.role == Role.OWNER)]


def asker(case: Case) -> list[Recipient]:
    """The person who wants to work in the store."""
    return [Recipient.of_user(case.about)]


def person(case: Case) -> list[Recipient]:
    """The person who was assigned or unassigned."""
    place = ("user", case.data["person_id"])
    user = case.known.get(place) or find(*place)
    return [Recipient.of_user(user)] if isinstance(user, User) else []


def customers_people(case: Case) -> list[Recipient]:
    """Those responsible for the customer of the record."""
    customer = case.about.customer
    return [Recipient.of_user(user) for user in customer.assignees] if customer else []


def roles(right: Right) -> _Audience:
    """Staff of the record's store who hold a right, if their role is ticked for this event (S1.40-S1.42)."""

    def told(case: Case) -> list[Recipient]:
        ticked = told_roles(case.verb)
        staff = User.holding(right, case.about.__data__.get("store"))
        return [Recipient.of_user(user, _role_refusal(user, ticked)) for user in staff]

    return told


def _role_refusal(user: User, ticked: set[Role]) -> Refusal | None:
    return None if user.role in ticked else refuse("staff.role_not_recipient", role=user.role)


def reporter(case: Case) -> list[Recipient]:
    """Whoever made the report: a portal user, or else its contact's address."""
    report = _report_of(case.about)
    if report is None:
        return []
    if report.reporter and report.reporter.is_portal:
        return [Recipient.of_user(report.reporter)]
    language = report.customer.language if report.customer_id else Organisation.current().language
    refusal = _switched_off(report.contact_email, report.customer) if report.customer else None
    return [Recipient.of_address(report.contact_email, language, refusal)] if report.contact_email else []


def _switched_off(address: str, customer: Customer) -> Refusal | None:
    """An address on a report may be a contact's, or the customer's own, who wants no letters."""
    contacts = customer.contacts.where(Contact.email == address).order_by(Contact.id)
    party = contacts.first() or (customer if customer.email == address else None)
    return next(iter(party.against_email()), None) if party else None


def _report_of(record: Record) -> FaultReport | None:
    return record if isinstance(record, FaultReport) else record.report


def report_copies(case: Case) -> list[Recipient]:
    """The address that gets a copy of each report (S4.23), and the customer's our reference (S4.24)."""
    organisation, customer = Organisation.current(), case.about.customer
    copies = (
        [Recipient.of_address(organisation.fault_report_copy, organisation.language)]
        if organisation.fault_report_copy
        else []
    )
    if organisation.copy_to_reference and customer and customer.our_reference_id:
        copies.append(Recipient.of_user(customer.our_reference))
    return copies


def protocol_contacts(case: Case) -> list[Recipient]:
    """The customer and its contacts who want protocols, of those at one facility only this facility's; nobody at
    all is itself worth saying."""
    customer, facility = case.about.customer, case.about.__data__.get("facility")
    here = Contact.facility.is_null() | (Contact.facility == facility)
    wanting = (Contact.customer == customer) & Contact.send_protocol & here
    contacts = Contact.select(Contact, Customer).join(Customer).where(wanting)
    told = [Recipient.of_contact(contact, next(iter(contact.against_email()), None)) for contact in contacts]
    if customer.send_protocol:
        told.append(Recipient.of_customer(customer, next(iter(customer.against_email()), None)))
    if told:
        return told
    nobody = refuse("customer.nobody_to_tell", customer=customer.name, customer_id=customer.id)
    return [Recipient(NOBODY, customer.name, customer.language, refusal=nobody)]


def quote_reader(case: Case) -> list[Recipient]:
    """The contact it was made for, or else the customer itself."""
    contact, customer = case.about.contact, case.about.customer
    if contact:
        return [Recipient.of_contact(contact, next(iter(contact.against_email()), None))]
    return [Recipient.of_customer(customer, next(iter(customer.against_email()), None))]


WHO: dict[str, tuple[_Audience, ...]] = {
    "user.invited": (subject,),
    "user.password_forgotten": (subject,),
    "user.risky_rights_given": (owners,),
    "store.access_asked": (roles(Right.STORE_GRANT),),
    "store.access_given": (asker,),
    "store.access_declined": (asker,),
    "customer.assigned": (person,),
    "customer.unassigned": (person,),
    "fault_report.reported": (customers_people, roles(Right.FAULT_REPORT_ACCEPT), report_copies),
    "fault_report.accepted": (reporter,),
    "fault_report.rejected": (reporter,),
    "fault_report.assigned": (person,),
    "fault_report.unassigned": (person,),
    "order.assigned": (person,),
    "order.unassigned": (person,),
    "order.performed": (roles(Right.ORDER_ASSIGN), reporter),
    "protocol.ready": (protocol_contacts,),
    "quote.ready": (quote_reader,),
}

# What such news are called, in lists and settings.
NAMES: dict[str, Any] = {
    "user.invited": _l("Invitation"),
    "user.password_forgotten": _l("New password"),
    "user.risky_rights_given": _l("Risky rights were given"),
    "store.access_asked": _l("Somebody asks for access to a store"),
    "store.access_given": _l("Access to a store"),
    "store.access_declined": _l("Access to a store declined"),
    "customer.assigned": _l("Assigned to a customer"),
    "customer.unassigned": _l("No longer assigned to a customer"),
    "fault_report.reported": _l("New fault report"),
    "fault_report.accepted": _l("Fault report became an order"),
    "fault_report.rejected": _l("Fault report rejected"),
    "fault_report.assigned": _l("Assigned to a fault report"),
    "fault_report.unassigned": _l("No longer assigned to a fault report"),
    "order.assigned": _l("Assigned to an order"),
    "order.unassigned": _l("No longer assigned to an order"),
    "order.performed": _l("Order performed"),
    "protocol.ready": _l("Protocol"),
    "quote.ready": _l("Quote"),
}

# Which roles an event goes to unless the organisation ticked others.
ROLES_TOLD: dict[str, frozenset[Role]] = {
    "store.access_asked": frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    "fault_report.reported": frozenset({Role.DISPATCHER}),
    "order.performed": frozenset({Role.DISPATCHER}),
}

# These must arrive whatever a person's channels are: without them nobody could log in.
ALWAYS = frozenset({"user.invited", "user.password_forgotten"})


def told_roles(verb: str) -> set[Role]:
    chosen = Organisation.current().told.get(verb)
    return set(ROLES_TOLD[verb]) if chosen is None else {Role(role) for role in chosen}


def plan(
    verb: str, about: Record, *, by: User | None, data: dict[str, Any] | None = None, known: Known | None = None
) -> list[Planned]:
    """Every message this event makes, told or not, at most one per person and channel."""
    case = Case(verb, about, by, data or {}, known or {})
    people: dict[str, Recipient] = {}
    for audience in WHO.get(verb, ()):
        for recipient in audience(case):
            before = people.get(recipient.key)
            if before is None or (before.refusal and not recipient.refusal):
                people[recipient.key] = recipient
    return [message for recipient in people.values() for message in _messages(case, recipient)]


def _messages(case: Case, recipient: Recipient) -> list[Planned]:
    return [_message(case, recipient, channel) for channel in recipient.channels]


def _message(case: Case, recipient: Recipient, channel: Channel) -> Planned:
    reason = recipient.refusal or _personal(case, recipient, channel)
    if reason:
        return Planned(recipient, channel, SKIPPED, reason)
    return Planned(recipient, channel, SENT if channel is Channel.APP else PLANNED)


def _personal(case: Case, recipient: Recipient, channel: Channel) -> Refusal | None:
    """Why this person is not told through this channel."""
    user = recipient.user
    if user and case.verb not in ALWAYS:
        if case.by is not None and case.by.id == user.id:
            return refuse("staff.own_action", code="staff.own_action")
        if not user.is_active:
            return refuse("staff.inactive", name=user.name, user_id=user.id)
        if not (user.by_email if channel is Channel.EMAIL else user.in_app):
            return refuse("staff.no_channel", name=user.name, user_id=user.id)
    if user and channel is Channel.EMAIL and not user.email:
        return refuse("staff.no_email", name=user.name, user_id=user.id)
    return None


def mentioned(events: Iterable[Event]) -> Known:
    """The records that these events are about, and the people they name: each kind in one query."""
    places = [(event.noun, event.record_id) for event in events]
    people = [person for event in events for person in (event.actor_id, event.data.get("person_id")) if person]
    return find_all([*places, *(("user", person) for person in people)])


def plan_for(event: Event, known: Known | None = None) -> list[Planned]:
    """The plan of an event that happened; an event about what is gone, or that concerns nobody, plans nothing."""
    if event.verb not in WHO:
        return []
    known = mentioned([event]) if known is None else known
    about = known.get((event.noun, event.record_id))
    actor = cast("User | None", known.get(("user", event.actor_id)))
    return plan(event.verb, about, by=actor, data=event.data, known=known) if about else []


def plan_acceptance(report: FaultReport, *, by: User | None) -> list[Planned]:
    """What accepting the report will send: word to the reporter, and to those the order will be assigned to."""
    people = report.assignees or (report.customer.assignees if report.customer_id else [])
    assigned = [
        message for user in people for message in plan("order.assigned", report, by=by, data={"person_id": user.id})
    ]
    return plan("fault_report.accepted", report, by=by) + assigned
