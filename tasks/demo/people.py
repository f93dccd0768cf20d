"""Who acts at the demo company: its staff, and the customers' users of the portal."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.base import Language
from models.contact import Contact
from models.customer import Customer
from models.facility import Facility
from models.login import LoginRecord, Outcome
from models.organisation import Store
from models.permission_template import PermissionTemplate
from models.portal import PortalAccount, PortalCustomer, PortalFacility
from models.rights import Right, Role
from models.service_object import ServiceObject
from models.user import StoreAccess, User
from models.user_group import UserGroup
from tasks.demo import words
from tasks.demo.book import Book

PASSWORD = "demo-fjallbris"  # noqa: S105  everybody may know it
MAIL = "fjallbris.example"
SV, NB, UK, EN = Language

# Role, name, login, store numbers (none: every store), group, language.
STAFF = (
    (Role.OWNER, "Annika Sundelin", "annika", "", "Kontor", SV),
    (Role.ADMINISTRATOR, "James Whitfield", "james", "", "Kontor", EN),
    (Role.DISPATCHER, "Karin Lantto", "karin", "101", "Kontor", SV),
    (Role.DISPATCHER, "Robert Ekbacka", "robert", "102", "Kontor", SV),
    (Role.TECHNICIAN, "Isak Niemi", "isak", "101", "Värme", SV),
    (Role.TECHNICIAN, "Oleksandr Kovalenko", "oleksandr", "101", "Värme", UK),
    (Role.TECHNICIAN, "Lovisa Töyrä", "lovisa", "101", "Städ", SV),
    (Role.TECHNICIAN, "Jonas Rådström", "jonas", "102", "Värme", SV),
    (Role.TECHNICIAN, "Amira Hällgren", "amira", "102", "Värme", SV),
    (Role.TECHNICIAN, "Piotr Granbom", "piotr", "102", "Städ", SV),
    (Role.CASHIER, "Tove Palo", "tove", "101", "Butik", SV),
    (Role.CLAIMS_MANAGER, "Ingrid Björnfot", "ingrid", "101 102", "Kontor", SV),
    (Role.FINANCE, "Farid Stenlund", "farid", "101 102", "Ekonomi", SV),
)
# Name, role, what it is for, rights given, rights withdrawn, logins of those who follow it.
TEMPLATES = (
    (
        "Lagledare",
        Role.TECHNICIAN,
        "Tekniker som också fördelar arbete på sin ort",
        (Right.ORDER_VIEW, Right.ORDER_ASSIGN, Right.FAULT_REPORT_VIEW, Right.FAULT_REPORT_ASSIGN),
        (),
        ("lovisa", "amira"),
    ),
    (
        "Timanställd",
        Role.TECHNICIAN,
        "Sommarvikarier: utför arbete men lägger inte upp något nytt",
        (),
        (Right.FAULT_REPORT_CREATE, Right.CUSTOMER_UPLOAD),
        ("piotr",),
    ),
)
DEVICES = ("Firefox, Windows", "Chrome, Android")


@dataclass
class Company:
    """Who is there to act, by store number."""

    stores: dict[str, Store]
    staff: dict[str, User] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    templates: dict[str, PermissionTemplate] = field(default_factory=dict)  # by login
    portal: dict[int, list[User]] = field(default_factory=dict)  # by customer
    places: dict[int, list[Facility]] = field(default_factory=dict)  # by customer
    contacts: dict[int, list[Contact]] = field(default_factory=dict)
    units: dict[int, list[ServiceObject]] = field(default_factory=dict)  # those in use, by facility

    def dispatcher(self, store: Store) -> User:
        return self.staff["karin" if store.number == "101" else "robert"]

    def technicians(self, store: Store, trade: str) -> list[User]:
        here = [row[2] for row in STAFF if row[0] is Role.TECHNICIAN and row[3] == store.number and row[4] == trade]
        return [self.staff[login] for login in here]


def sort_people(book: Book, company: Company, at: datetime) -> None:
    """The user groups, in the order they first come, and the permission templates."""
    names = dict.fromkeys(row[4] for row in STAFF)
    for position, name in enumerate(names, start=1):
        company.groups[name] = book.keep(UserGroup(name=name, position=position))
    for name, role, note, given, withdrawn, logins in TEMPLATES:
        rights = {"given": [right.value for right in given], "withdrawn": [right.value for right in withdrawn]}
        template = book.keep(PermissionTemplate(name=name, role=role, note=note, created_at=at, **rights))
        company.templates |= dict.fromkeys(logins, template)


def hire(book: Book, company: Company, row: tuple, hashed: str, number: int, at: datetime) -> None:
    role, name, login, numbers, group, language = row
    template = company.templates.get(login)
    user = book.keep(
        User(
            login=login,
            name=name,
            role=role,
            group=company.groups[group],
            template=template,
            language=language,
            email=f"{login}@{MAIL}",
            phone=mobile(number),
            password_hash=hashed,
            created_at=at,
            last_login_at=book.moment - timedelta(minutes=17 * number + 5),
        )
    )
    company.staff[login] = user
    for days in range(5):
        book.keep(
            LoginRecord(
                at=user.last_login_at - timedelta(days=days),
                login=login,
                user=user,
                outcome=Outcome.IN,
                address="192.0.2.17",
                device=DEVICES[role is Role.TECHNICIAN],
            )
        )
    for store in numbers.split():
        book.keep(StoreAccess(user=user, store=company.stores[store], given_at=at))
        user.home_store = company.stores[store]


def mobile(number: int) -> str:
    return f"070-174 06 {5 + number % 95:02}"


def new_name(book: Book) -> str:
    return f"{book.chance.choice(words.FIRST)} {book.chance.choice(words.LAST)}"


# Login, language, names of the customers reached, whether all their facilities, and the switches.
ACCOUNTS: tuple[tuple[str, Language, tuple[str, ...], bool, dict[str, bool]], ...] = (
    ("hotellet", SV, ("Polcirkelns Hotell AB",), True, {"order_directly": True}),
    ("bergtagen", SV, ("Kebnekajs Friluft AB",), True, {}),
    ("ripan", SV, ("Brf Ripan",), True, {"hide_performed_action": True}),
    ("lodjuret", SV, ("Brf Lodjuret 4",), False, {}),
    (
        "kommunen",
        SV,
        ("Norrfjälls kommun, fastighet", "Norrfjälls kommun, skola"),
        True,
        {"show_purchase_lines": True, "show_purchase_project": True},
    ),
    ("oksana", UK, ("Gröndals Förskolor AB",), True, {}),
    ("narvik", NB, (words.NORWEGIAN,), True, {}),
    ("kajplats", SV, ("Brf Kajplats 9",), True, {"order_directly": True}),
)
NAMES = {"oksana": "Oksana Bondarenko", "narvik": "Kjersti Haugland"}


def invite_customers(book: Book, company: Company, hashed: str, at: datetime) -> None:
    by_name = {customer.name: customer for customer in book.all(Customer)}
    for login, language, names, whole, switches in ACCOUNTS:
        reached = [by_name[name] for name in names]
        contact = company.contacts[reached[0].id][0]
        if login in NAMES:
            contact.name, contact.email = NAMES[login], f"{login}@{reached[0].email.partition('@')[2]}"
        user = book.keep(
            User(
                login=login,
                name=contact.name,
                role=Role.PORTAL,
                language=language,
                email=contact.email or f"{login}@post.example",
                phone=contact.mobile,
                password_hash=hashed,
                created_at=at,
                last_login_at=book.moment - timedelta(hours=book.chance.randint(3, 90)),
            )
        )
        book.keep(PortalAccount(user=user, **switches))
        for customer in reached:
            link(book, company, user, customer, whole)
            book.tell(
                at + timedelta(days=2), "portal.linked", company.dispatcher(customer.store), customer, person=user.name
            )


def link(book: Book, company: Company, user: User, customer: Customer, whole: bool) -> None:
    book.keep(PortalCustomer(user=user, customer=customer, whole=whole))
    company.portal.setdefault(customer.id, []).append(user)
    if not whole:
        book.keep(PortalFacility(user=user, facility=company.places[customer.id][0]))
