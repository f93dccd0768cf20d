"""The demo's organisation, its people and its register: who they are, before anything happens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from stdnum import luhn

from models.base import Country, Language
from models.checklist import Checklist, ChecklistPoint, PointKind
from models.customer import Contact, Customer, CustomerAssignment, CustomerKind
from models.facility import Facility
from models.login import LoginRecord, Outcome
from models.organisation import Organisation, Store
from models.password import hash_password
from models.portal import PortalAccount, PortalCustomer, PortalFacility
from models.rights import Role
from models.search import fold
from models.user import StoreAccess, User
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
DEVICES = ("Firefox, Windows", "Chrome, Android")
LANDLINES = {"101": "0980-319 2{:02}", "102": "08-465 004 {:02}"}  # the series kept for fiction


@dataclass
class Company:
    """Who is there to act, by store number."""

    stores: dict[str, Store]
    staff: dict[str, User] = field(default_factory=dict)
    portal: dict[int, list[User]] = field(default_factory=dict)  # by customer
    places: dict[int, list[Facility]] = field(default_factory=dict)  # by customer
    contacts: dict[int, list[Contact]] = field(default_factory=dict)

    def dispatcher(self, store: Store) -> User:
        return self.staff["karin" if store.number == "101" else "robert"]

    def technicians(self, store: Store, trade: str) -> list[User]:
        here = [row[2] for row in STAFF if row[0] is Role.TECHNICIAN and row[3] == store.number and row[4] == trade]
        return [self.staff[login] for login in here]


def found(book: Book, at: datetime) -> Company:
    organisation = book.keep(
        Organisation(
            name="Fjällbris Värme & Städ AB",
            org_number=org_number("559978", 101),
            country=Country.SE,
            language=SV,
            address="Malmvägen 14",
            postcode="981 32",
            town="Kiruna",
            phone="0980-319 200",
            email=f"hej@{MAIL}",
            website=f"https://{MAIL}",
            sender_name="Fjällbris",
            sender_address=f"service@{MAIL}",
            number_low=5,
            number_high=5,
            fault_report_copy=f"jour@{MAIL}",
            created_at=at,
        )
    )
    stores = {
        "101": book.keep(
            Store(
                number="101",
                name="Fjällbris Kiruna",
                address="Malmvägen 14",
                postcode="981 32",
                town="Kiruna",
                phone="0980-319 200",
                email=f"kiruna@{MAIL}",
                support_phone="0980-319 201",
            )
        ),
        "102": book.keep(
            Store(
                number="102",
                name="Fjällbris Solna",
                address="Hagastigen 3",
                postcode="169 70",
                town="Solna",
                phone="08-465 004 00",
                email=f"solna@{MAIL}",
                support_phone="08-465 004 01",
            )
        ),
    }
    company = Company(stores)
    hashed = hash_password(PASSWORD)
    for number, row in enumerate(STAFF):
        hire(book, company, row, hashed, number, at)
    book.tell(at, "organisation.founded", company.staff["annika"], organisation, demo=True)
    for name, points in words.CHECKLISTS.items():
        checklist(book, name, points)
    register(book, company, at)
    invite_customers(book, company, hashed, at)
    return company


def hire(book: Book, company: Company, row: tuple, hashed: str, number: int, at: datetime) -> None:
    role, name, login, numbers, group, language = row
    user = book.keep(
        User(
            login=login,
            name=name,
            role=role,
            group=group,
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


def org_number(series: str, serial: int) -> str:
    """With the check digit that a real one has."""
    digits = f"{series}{serial:03}"
    return f"{series}-{serial:03}{luhn.calc_check_digit(digits)}"


def checklist(book: Book, name: str, points: tuple) -> None:
    made = book.keep(Checklist(name=name, is_default=not book.all(Checklist)))
    for position, (group, text, unit, low, high) in enumerate(points, start=1):
        kind = PointKind.NUMBER if unit else PointKind.CHECK
        book.keep(
            ChecklistPoint(
                checklist=made, position=position, group=group, text=text, kind=kind, unit=unit, low=low, high=high
            )
        )


def register(book: Book, company: Company, at: datetime) -> None:
    """About 120 customers; the business ones are split between the stores as their names are."""
    for names, kind, series in (
        (words.BUSINESSES, "business", "559970"),
        (words.HOUSING, "housing", "769990"),
        (words.PUBLIC, "public", "212099"),
    ):
        for number, name in enumerate(names):
            store = company.stores["101" if number < len(names) / 2 else "102"]
            add_customer(book, company, name, kind, store, org_number(series, number + 11), at)
    norwegian = add_customer(book, company, words.NORWEGIAN, "business", company.stores["101"], "", at)
    norwegian.language, norwegian.town, norwegian.postcode, norwegian.address = NB, "Narvik", "8514", "Havnegata 9"
    for _ in range(38):
        name = new_name(book)
        add_customer(book, company, name, "private", book.chance.choice(list(company.stores.values())), "", at)


def new_name(book: Book) -> str:
    return f"{book.chance.choice(words.FIRST)} {book.chance.choice(words.LAST)}"


def add_customer(
    book: Book,
    company: Company,
    name: str,
    kind: str,
    store: Store,
    number: str,
    at: datetime,
    *,
    verb: str = "customer.imported",
) -> Customer:
    chance, serial = book.chance, len(book.all(Customer)) + 1
    postcode, town = chance.choice(words.TOWNS[store.number])
    customer = book.keep(
        Customer(
            number=str(10_000 + serial),
            name=name,
            kind=CustomerKind.PRIVATE if kind == "private" else CustomerKind.BUSINESS,
            org_number=number,
            address=street(book, store),
            postcode=postcode,
            town=town,
            store=store,
            language=SV,
            payment_days=chance.choice((30, 30, 30, 15, 20)),
            phone=mobile(serial) if kind == "private" else LANDLINES[store.number].format(serial % 100),
            email=f"{slug(name)}@post.example" if kind == "private" else f"info@{slug(name)}.example",
            invoice_email="" if kind == "private" else f"faktura@{slug(name)}.example",
            our_reference=company.dispatcher(store),
            created_at=at,
        )
    )
    add_places(book, company, customer, kind, at)
    add_contacts(book, company, customer, kind)
    book.tell(at, verb, company.staff["annika"], customer)
    if kind != "private" and serial % 4 == 0:
        assign(book, company, customer, at)
    return customer


def slug(name: str) -> str:
    words_of_it = [
        word for word in fold(name).replace(",", "").replace("&", "").split() if word not in ("ab", "as", "brf")
    ]
    return "-".join(words_of_it[:2])


def street(book: Book, store: Store) -> str:
    return f"{book.chance.choice(words.STREETS[store.number])} {book.chance.randint(1, 48)}"


def add_places(book: Book, company: Company, customer: Customer, kind: str, at: datetime) -> None:
    choices = words.PLACES[kind]
    count = 1 if kind == "private" else book.chance.randint(1, 3)
    company.places[customer.id] = [
        book.keep(
            Facility(
                customer=customer,
                store=customer.store,
                number=f"{customer.number}-{number}",
                name=name,
                category=category,
                created_at=at,
                address=customer.address if number == 1 else street(book, customer.store),
                postcode=customer.postcode,
                town=customer.town,
                access=book.chance.choice(words.ACCESS),
            )
        )
        for number, (name, category) in enumerate(book.chance.sample(choices, count), start=1)
    ]


def add_contacts(book: Book, company: Company, customer: Customer, kind: str) -> None:
    """Most want protocols; a few have no address or want no news, which the ledger then says."""
    serial = customer.id
    made = company.contacts[customer.id] = []
    for number in range(1 if kind == "private" else book.chance.randint(1, 2)):
        name = customer.name if kind == "private" else new_name(book)
        domain = customer.email.partition("@")[2]
        contact = Contact(
            customer=customer,
            name=name,
            phone=mobile(serial * 3 + number),
            send_protocol=number == 0 and serial % 11 != 5,
            send_order=number == 1,
            email="" if serial % 17 == 3 else f"{slug(name).split('-')[0]}.{serial}@{domain}",
        )
        contact.function = "" if kind == "private" else book.chance.choice(words.FUNCTIONS[kind])
        if serial % 19 == 7:
            contact.wants_news, contact.news_changed_at = False, book.moment - timedelta(days=80)
        made.append(book.keep(contact))


def assign(book: Book, company: Company, customer: Customer, at: datetime) -> None:
    """Somebody is responsible for the customer, and so follows its reports."""
    boss = company.staff["annika"]
    person = book.chance.choice(company.technicians(customer.store, "Värme"))
    book.keep(CustomerAssignment(customer=customer, user=person, by=boss, at=at))
    book.tell(at + timedelta(days=1), "customer.assigned", boss, customer, person=person.name, person_id=person.id)


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


def invite_customers(book: Book, company: Company, hashed: str, at: datetime) -> None:
    by_name = {customer.name: customer for customer in book.all(Customer)}
    for login, language, names, whole, switches in ACCOUNTS:
        reached = [by_name[name] for name in names]
        contact = company.contacts[reached[0].id][0]
        user = book.keep(
            User(
                login=login,
                name=contact.name,
                role=Role.PORTAL,
                language=language,
                email=contact.email or f"{login}@post.example",
                phone=contact.phone,
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
