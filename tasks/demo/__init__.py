"""An invented company to look around in: two stores, every role, some 120 customers and a year of work."""

from datetime import timedelta

from models.base import db, now
from models.customer import Customer
from models.event import Event
from models.organisation import Organisation, Store
from models.portal import PortalCustomer
from models.user import StoreAccess, User
from tasks.demo.album import Album
from tasks.demo.arrivals import mark_parts
from tasks.demo.book import Book
from tasks.demo.ledger import write_ledger
from tasks.demo.offers import make_offers
from tasks.demo.papers import make_papers
from tasks.demo.people import PASSWORD
from tasks.demo.privacy import remember_rights
from tasks.demo.register import found
from tasks.demo.shop import write_lines
from tasks.demo.year import Year

SPAN = timedelta(days=364)


def load() -> None:
    """Write the company into an empty database, all or nothing; where there is anything already, do nothing."""
    with db.atomic():
        if not is_empty():
            return
        moment = now()
        book = Book(moment)
        company = found(book, moment - SPAN)
        year = Year(book, company, Album(book))
        year.live(moment - SPAN + timedelta(days=3))
        write_lines(book, company)
        make_offers(book, company)
        year.count_on()
        remember_rights(book, company)
        book.store()
        mark_parts(book)
        write_ledger()
        db.after_commit(make_papers)


def is_empty() -> bool:
    return not any(table.select().exists() for table in (Organisation, User, Customer, Event))


def is_demo() -> bool:
    """Was this company invented by us? Its first event says so, and events stay."""
    first = Event.select().order_by(Event.id).first()
    return first is not None and bool(first.data.get("demo"))


def logins() -> list[dict]:
    """[{login, password, role, store, customer}] of all who can log in; empty where the company is a real one."""
    return [login_of(user) for user in User.select().order_by(User.id) if user.is_active] if is_demo() else []


def login_of(user: User) -> dict:
    stores = Store.select().join(StoreAccess).where(StoreAccess.user == user).order_by(Store.number)
    customers = Customer.select().join(PortalCustomer).where(PortalCustomer.user == user).order_by(Customer.id)
    return {
        "login": user.login,
        "password": PASSWORD,
        "role": user.role.value,
        "store": ", ".join(store.number for store in stores),
        "customer": ", ".join(customer.title for customer in customers),
    }
