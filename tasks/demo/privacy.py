"""Personal data at the demo company: somebody who was erased, numbers that were looked at, and last night's round."""

from datetime import timedelta

from models.base import Country
from models.contact import Contact
from models.customer import Customer
from models.erasure import DONE, Erasure, Kept, Kind
from models.order import Order, OrderStatus
from models.retention import RULES, RetentionState
from models.retention_law import longest
from models.series import Series
from tasks.demo.book import Book
from tasks.demo.people import Company

ERASED = "Raderad person 1"
WENT = {Kind.DETAILS: 1, Kind.MESSAGES: 9, Kind.REPORTS: 2, Kind.FILES: 3, Kind.EVENTS: 14}
REMOVED = {"logins": 4, "sessions": 11}
READ = 6  # private customers whose number somebody had to see


def remember_rights(book: Book, company: Company) -> None:
    """After the year: what was kept of it needs orders that were done."""
    erase_one(book, company)
    for serial, customer in enumerate(customer for customer in book.all(Customer) if customer.personal_number):
        if serial < READ:
            at = book.moment - timedelta(days=9 * serial + 2, hours=serial)
            book.tell(at, "customer.personal_number_seen", company.staff["annika"], customer)
    for rule in RULES:
        went = REMOVED.get(rule.code, 0)
        at = book.moment - timedelta(hours=5)
        book.keep(RetentionState(code=rule.code, days=rule.days, ran_at=at, removed=went, total=7 * went))


def erase_one(book: Book, company: Company) -> None:
    """A contact who left her company and wanted to be forgotten; what she signed waits for its day."""
    done = next(order for order in book.all(Order) if order.status is OrderStatus.PERFORMED)
    at, by = book.moment - timedelta(days=20), company.staff["annika"]
    contact = book.keep(Contact(customer=done.customer, name=ERASED, wants_news=False, news_changed_at=at))
    erasure = book.keep(
        Erasure(
            number=1,
            subjects=[["contact", contact.id]],
            store=done.store,
            language=done.customer.language,
            country=Country.SE,
            status=DONE,
            counts={kind.value: count for kind, count in WENT.items()},
            by=by,
            at=at,
            finished_at=at,
            touched_at=at,
        )
    )
    day = done.performed_at.date()
    law = longest(Country.SE, day)
    book.keep(Kept(erasure=erasure, order=done, law=law.code, until=law.until(day), whole=False))
    book.keep(Series(name="erasure", last=1))
    book.tell(at, "person.erased", by, contact, internal=True, number=1)
