"""The demo's organisation and its register, before anything happens."""

from datetime import datetime, timedelta
from typing import Any

from stdnum import luhn

from models.base import Country, Language
from models.category import Category
from models.checklist import Checklist, ChecklistPoint, PointKind
from models.consent import ConsentSource
from models.contact import Contact
from models.customer import Customer, CustomerAssignment, CustomerKind
from models.facility import Facility
from models.identity_number import suggested_peppol, suggested_vat
from models.organisation import Organisation, Store
from models.password import hash_password
from models.search import fold
from models.tag import Tag, words_of
from tasks.demo import words
from tasks.demo.arrivals import CUSTOMERS, move_in, regret
from tasks.demo.book import Book
from tasks.demo.connections import connect
from tasks.demo.fields import add_fields
from tasks.demo.people import MAIL, PASSWORD, STAFF, Company, hire, invite_customers, mobile, new_name, sort_people
from tasks.demo.shop import stock_up
from tasks.demo.units import add_units

STORES = {
    "101": {
        "name": "Fjällbris Kiruna",
        "address": "Malmvägen 14",
        "postcode": "981 32",
        "town": "Kiruna",
        "phone": "0980-319 200",
        "email": f"kiruna@{MAIL}",
        "support_phone": "0980-319 201",
    },
    "102": {
        "name": "Fjällbris Solna",
        "address": "Hagastigen 3",
        "postcode": "169 70",
        "town": "Solna",
        "phone": "08-465 004 00",
        "email": f"solna@{MAIL}",
        "support_phone": "08-465 004 01",
    },
}
PRIVATE_CUSTOMERS = 38
CATEGORIES = {"business": "Företag", "housing": "Bostadsrättsförening", "public": "Offentlig", "private": "Privat"}
TAGS = ("serviceavtal", "jour", "nyckel i skåp", "hiss", "ring först", "storkund")
LANDLINES = {"101": "0980-319 2{:02}", "102": "08-465 004 {:02}"}  # the series kept for fiction

PRIVATE = "private"  # of the sorts of customers that the invented words are kept by


def found(book: Book, at: datetime) -> Company:
    organisation = book.keep(
        Organisation(
            name="Fjällbris Värme & Städ AB",
            org_number=org_number("559978", 101),
            country=Country.SE,
            language=Language.SV,
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
    company = Company({number: book.keep(Store(number=number, **facts)) for number, facts in STORES.items()})
    hashed = hash_password(PASSWORD)
    sort_people(book, company, at)
    for number, row in enumerate(STAFF):
        hire(book, company, row, hashed, number, at)
    book.tell(at, "organisation.founded", company.staff["annika"], organisation, demo=True)
    connect(book, company, organisation, at)
    for name, points in words.CHECKLISTS.items():
        checklist(book, name, points)
    register(book, company, at)
    add_units(book, company, at)
    add_fields(book, company, at)
    move_in(book, company, at)
    stock_up(book, company, at)
    regret(book, company, book.moment - timedelta(days=12, hours=3))
    invite_customers(book, company, hashed, at)
    return company


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
    for category in sorted(CATEGORIES.values()):
        book.keep(Category(name=category))
    norwegian = add_customer(book, company, words.NORWEGIAN, "business", company.stores["101"], "", at)
    norwegian.language, norwegian.town, norwegian.postcode, norwegian.address = (
        Language.NB,
        "Narvik",
        "8514",
        "Havnegata 9",
    )
    norwegian.country = Country.NO
    for _ in range(PRIVATE_CUSTOMERS):
        name = new_name(book)
        add_customer(book, company, name, PRIVATE, book.chance.choice(list(company.stores.values())), "", at)
    used = {word for customer in book.all(Customer) for word in words_of(customer.tags)}
    for word in sorted(used):
        book.keep(Tag(word=word, folded=fold(word)))


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
    is_private = kind == PRIVATE
    customer = book.keep(
        Customer(
            number=str(20_000 + serial),  # so that a register that counts from 10001 finds its numbers free
            name=name,
            kind=CustomerKind.PRIVATE if is_private else CustomerKind.BUSINESS,
            org_number=number,
            address=street(book, store),
            postcode=postcode,
            town=town,
            store=store,
            language=Language.SV,
            payment_days=chance.choice((30, 30, 30, 15, 20)),
            phone="" if is_private else LANDLINES[store.number].format(serial % 100),
            mobile=mobile(serial) if is_private else "",
            email=f"{slug(name)}@post.example" if is_private else f"info@{slug(name)}.example",
            invoice_email="" if is_private else f"faktura@{slug(name)}.example",
            our_reference=company.dispatcher(store),
            created_at=at,
        )
    )
    describe(book, customer, kind, serial)
    add_places(book, company, customer, kind, at)
    add_contacts(book, company, customer, kind)
    came_with: dict[str, Any] = {"import_id": CUSTOMERS} if verb == "customer.imported" else {}
    book.tell(at, verb, company.staff["annika"], customer, **came_with)
    if not is_private and serial % 4 == 0:
        assign(book, company, customer, at)
    return customer


def describe(book: Book, customer: Customer, kind: str, serial: int) -> None:
    """What the register knows beside name and address, differently much of each."""
    customer.category = CATEGORIES[kind]
    customer.tags = ", ".join(TAGS[place] for place in sorted({serial % 6, serial % 4}) if serial % 3 == place % 3)
    customer.vat_number = suggested_vat(customer.org_number, Country.SE) if serial % 4 else ""
    customer.peppol_id = suggested_peppol(customer.org_number, Country.SE) if serial % 5 == 0 else ""
    if customer.is_private:
        customer.personal_number = personal_number(serial)
        customer.send_protocol = serial % 6 == 1
        if serial % 3 == 0:
            consented(customer, book.moment, serial)


def personal_number(serial: int) -> str:
    """Of the birth numbers that the tax agency keeps for tests, 238 and 239."""
    born, birth_number = f"19{50 + serial % 45}{serial % 12 + 1:02}{serial % 28 + 1:02}", 238 + serial % 2
    return f"{born}-{birth_number}{luhn.calc_check_digit(f'{born[2:]}{birth_number}')}"


def consented(party: Customer | Contact, moment: datetime, serial: int) -> None:
    """Text messages are welcome to this one."""
    party.sms_consent_source = list(ConsentSource)[serial % len(ConsentSource)]
    party.sms_consent_on = (moment - timedelta(days=40 + serial % 200)).date()
    party.sms_order = True
    party.sms_news = serial % 2 == 0


def slug(name: str) -> str:
    words_of_it = [
        word for word in fold(name).replace(",", "").replace("&", "").split() if word not in ("ab", "as", "brf")
    ]
    return "-".join(words_of_it[:2])


def street(book: Book, store: Store) -> str:
    return f"{book.chance.choice(words.STREETS[store.number])} {book.chance.randint(1, 48)}"


def add_places(book: Book, company: Company, customer: Customer, kind: str, at: datetime) -> None:
    choices = words.PLACES[kind]
    count = 1 if customer.is_private else book.chance.randint(1, 3)
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
    for number in range(1 if customer.is_private else book.chance.randint(1, 2)):
        name = customer.name if customer.is_private else new_name(book)
        domain = customer.email.partition("@")[2]
        contact = Contact(
            customer=customer,
            name=name,
            phone=customer.phone,
            mobile=mobile(serial * 3 + number),
            send_protocol=number == 0 and serial % 11 != 5,
            send_order=number == 1,
            email="" if serial % 17 == 3 else f"{slug(name).split('-')[0]}.{serial}@{domain}",
        )
        contact.function = "" if customer.is_private else book.chance.choice(words.FUNCTIONS[kind])
        if serial % 5 == 2:
            consented(contact, book.moment, serial + number)
        if number == 1 and len(company.places[customer.id]) > 1:
            contact.facility = company.places[customer.id][1]
        if serial % 19 == 7:
            contact.wants_news, contact.news_changed_at = False, book.moment - timedelta(days=80)
        made.append(book.keep(contact))


def assign(book: Book, company: Company, customer: Customer, at: datetime) -> None:
    """Somebody is responsible for the customer, and so follows its reports."""
    boss = company.staff["annika"]
    person = book.chance.choice(company.technicians(customer.store, "Värme"))
    book.keep(CustomerAssignment(customer=customer, user=person, by=boss, at=at))
    book.tell(at + timedelta(days=1), "customer.assigned", boss, customer, person=person.name, person_id=person.id)
