"""The demo's quotes, in every state: a dozen over the last months."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from models.amounts import Totals
from models.customer import Customer
from models.order import Order
from models.quote import ACCEPTED, DECLINED, DRAFT, FIRST_NUMBER, SENT, USUAL_DAYS, VOIDED, Quote, QuoteLine
from models.series import Series
from models.user import User
from tasks.demo.book import Book
from tasks.demo.goods import OFFERS, SAID_NO, SAID_YES, TERMS
from tasks.demo.people import Company
from tasks.demo.plan import in_office_hours, workday
from tasks.demo.shop import by_number, chance, told, write
from tasks.demo.work import LEFT_TO_DEMO
from tasks.demo.year import FIRST_ORDER

# Days ago that it was made, and what became of it. From a month on a quote that nobody answered has expired.
LIVES = (
    (118, ACCEPTED),
    (101, DECLINED),
    (88, SENT),
    (74, ACCEPTED),
    (61, VOIDED),
    (44, SENT),
    (33, ACCEPTED),
    (19, SENT),
    (12, SENT),
    (6, ACCEPTED),
    (3, SENT),
    (2, DRAFT),
    (0, DRAFT),
)


def make_offers(book: Book, company: Company) -> None:
    luck = chance("quotes")
    customers = [one for one in book.all(Customer) if one.is_active and one.org_number]
    for days, status in LIVES:
        at = in_office_hours(book.moment - timedelta(days=days, hours=5))
        offer(book, company, luck.choice(customers), min(at, book.moment), status, luck)
    book.keep(Series(name="quote", last=FIRST_NUMBER + len(book.all(Quote)) - 1))


def offer(book: Book, company: Company, customer: Customer, at: datetime, status: Any, luck: Random) -> None:
    by, number = company.dispatcher(customer.store), len(book.all(Quote))
    heading, introduction, wanted = OFFERS[number % len(OFFERS)]
    quote = book.keep(
        Quote(
            number=FIRST_NUMBER + number,
            heading=heading,
            introduction=introduction,
            terms=TERMS,
            customer=customer,
            facility=luck.choice(company.places[customer.id]),
            contact=next((one for one in company.contacts[customer.id] if one.email), None),
            store=customer.store,
            made_by=by,
            created_at=at,
            valid_until=(at + timedelta(days=USUAL_DAYS)).date(),
            next_try_at=LEFT_TO_DEMO,
        )
    )
    book.tell(at, "quote.created", by, quote)
    for article, quantity in wanted:
        told(book, at, "quote.line_added", by, quote, write(book, quote, by_number(book)[article], Decimal(quantity)))
    figure(book, quote)
    if status is not DRAFT:
        send(book, quote, by, min(at + timedelta(minutes=40), book.moment))
        BECAME.get(status, _nothing)(book, quote, by, luck)


def figure(book: Book, quote: Quote) -> None:
    totals = Totals.of([line for line in book.all(QuoteLine) if line.quote_id == quote.id])
    quote.net, quote.gross = totals.net, totals.gross


def send(book: Book, quote: Quote, by: User, at: datetime) -> None:
    quote.status, quote.sent_at, quote.version = SENT, at, 2
    book.tell(at, "quote.sent", by, quote)
    book.tell(min(at + timedelta(seconds=4), book.moment), "quote.ready", None, quote)


def answered(book: Book, quote: Quote, by: User, verb: str, text: str) -> None:
    at = min(in_office_hours(quote.sent_at + timedelta(days=4, hours=2)), book.moment)
    quote.answered_at, quote.answered_by, quote.answer_note, quote.version = at, by, text, 3
    book.tell(at, verb, by, quote, text=text)


def say_yes(book: Book, quote: Quote, by: User, luck: Random) -> None:
    """Most become an order, the newest not yet."""
    quote.status = ACCEPTED
    answered(book, quote, by, "quote.accepted", luck.choice(SAID_YES))
    if book.moment - quote.created_at > timedelta(days=10):
        at = min(quote.answered_at + timedelta(minutes=3), book.moment)
        quote.order = order_of(book, quote, by, at)
        book.tell(at, "quote.ordered", by, quote, order=quote.order.number, order_id=quote.order.id)


def order_of(book: Book, quote: Quote, by: User, at: datetime) -> Order:
    """Planned for the coming days, with the quote's lines."""
    order = book.keep(
        Order(
            number=FIRST_ORDER + len(book.all(Order)),
            heading=quote.heading,
            description=quote.introduction,
            customer=quote.customer,
            facility=quote.facility,
            store=quote.store,
            contact_name=quote.contact.name if quote.contact else "",
            contact_phone=quote.contact.mobile if quote.contact else "",
            planned_on=workday((book.moment + timedelta(days=6 + quote.id)).date()),
            created_at=at,
        )
    )
    book.tell(at, "order.created", by, order)
    for line in [line for line in book.all(QuoteLine) if line.quote_id == quote.id]:
        write(book, order, by_number(book)[line.article.number], line.quantity)
    return order


def say_no(book: Book, quote: Quote, by: User, luck: Random) -> None:
    quote.status = DECLINED
    answered(book, quote, by, "quote.declined", luck.choice(SAID_NO))


def take_back(book: Book, quote: Quote, by: User, luck: Random) -> None:
    quote.status, quote.voided_at, quote.version = VOIDED, quote.sent_at + timedelta(days=2), 3
    book.tell(quote.voided_at, "quote.voided", by, quote)


def _nothing(*_facts: Any) -> None:
    """It lies with the customer."""


BECAME: dict[Any, Callable[..., None]] = {ACCEPTED: say_yes, DECLINED: say_no, VOIDED: take_back}
