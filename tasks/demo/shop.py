"""The demo's article register, its discount letters, and what was used on the orders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from models.amounts import Minor, line_total
from models.article import Article, ArticleGroup
from models.auto_article import AutoArticle
from models.customer import Customer
from models.discount_letter import DiscountLetter, DiscountRow
from models.line import Line
from models.order import Order, OrderAssignment, OrderKind
from models.register import RegisterName
from models.user import User
from tasks.demo.arrivals import came, tell
from tasks.demo.book import Book
from tasks.demo.goods import GOODS, GROUPS, SPARE
from tasks.demo.people import Company

ARTICLES = 4  # the id of their import, after customers, contacts and facilities
HEADS = ("Artikelnr", "Benämning", "Varugrupp", "Enhet", "Pris", "Inköpspris", "Moms")
HOUR, CLEANING_HOUR, TRAVEL, KILOMETRE = "1001", "1003", "2001", "2004"
MOST = 20  # lines on one order or quote
CLEANING = "Städning"
WITHDRAWN = "5104"
VAT = Decimal(25)


def chance(what: str) -> Random:
    """Luck of its own, so that what is added here leaves the rest of the company as it was."""
    return Random(what)  # noqa: S311  nothing here is secret


def stock_up(book: Book, company: Company, at: datetime) -> None:
    """The register of the first day, the letters, and who has them."""
    rows: list[Sequence[str]] = []
    for name, limit in GROUPS.items():
        most = None if limit is None else Decimal(limit)
        group = book.keep(ArticleGroup(name=name, max_discount=most))
        for goods in GOODS[name]:
            add_article(book, group, goods, at)
            rows.append((*goods[:2], name, goods[2], str(goods[3]), str(goods[4]), "25"))
    came(book, company, RegisterName.ARTICLES, "artiklar.csv", HEADS, rows, at)
    tell(book, company, "article.imported", book.all(Article), ARTICLES, at)
    withdraw(book, company)
    write_letters(book, company, at)


def add_article(book: Book, group: ArticleGroup, goods: tuple[str, str, str, int, int], at: datetime) -> None:
    number, name, unit, price, cost = goods
    prices = {"sales_price": Minor(price * 100), "purchase_price": Minor(cost * 100), "vat": VAT}
    book.keep(Article(number=number, name=name, group=group, unit=unit, created_at=at, **prices))


def withdraw(book: Book, company: Company) -> None:
    """One that is not sold any more."""
    article, at = by_number(book)[WITHDRAWN], book.moment - timedelta(days=70)
    article.inactive_at, article.version = at, 2
    book.tell(at, "article.inactivated", company.staff["annika"], article)


def by_number(book: Book) -> dict[str, Article]:
    return {article.number: article for article in book.all(Article)}


def write_letters(book: Book, company: Company, at: datetime) -> None:
    """Large customers and housing companies have one, and some a travel fee on every order."""
    large = letter(book, company, at, ("R-100", "Storkund", 5), {"Filter och ventilation": 15, "Värmedelar": 12})
    homes = letter(book, company, at, ("R-200", "Bostadsrättsföreningar", 0), {"Arbete": 5, "Värmedelar": 8})
    travel = by_number(book)[TRAVEL]
    for customer in book.all(Customer):
        if customer.name.startswith("Brf "):
            customer.discount_letter = homes
        elif customer.id % 9 == 2:
            customer.discount_letter = large
        if customer.id % 7 == 3:
            on_service = customer.id % 2 == 0
            book.keep(AutoArticle(customer=customer, article=travel, on_work=True, on_service=on_service))
            book.tell(at, "customer.auto_article_set", company.staff["annika"], customer, article=travel.title)


def letter(
    book: Book, company: Company, at: datetime, facts: tuple[str, str, int], percents: dict[str, int]
) -> DiscountLetter:
    number, name, percent = facts
    made = book.keep(
        DiscountLetter(number=number, name=name, percent=Decimal(percent), valid_from=at.date(), created_at=at)
    )
    for group in book.all(ArticleGroup):
        if group.name in percents:
            book.keep(DiscountRow(letter=made, group=group, percent=Decimal(percents[group.name])))
    book.tell(at, "discount_letter.created", company.staff["annika"], made)
    return made


# Lines


def write_lines(book: Book, company: Company) -> None:
    """What came by itself with each order, and what the technician used on those that are done."""
    luck, articles = chance("lines"), by_number(book)
    crews = {row.order_id: row.user for row in reversed(book.all(OrderAssignment))}
    always = {row.customer_id: row for row in book.all(AutoArticle)}
    for order in book.all(Order):
        by = crews.get(order.id) or company.dispatcher(order.store)
        row = always.get(order.customer_id)
        if row and (row.on_service if order.kind is OrderKind.SERVICE else row.on_work):
            line = write(book, order, row.article, row.quantity, automatic=True)
            told(book, order.created_at, "order.line_automatic", company.dispatcher(order.store), order, line)
        if order.is_done:
            for number, quantity in used(luck, order):
                line = write(book, order, articles[number], Decimal(quantity))
                told(book, order.performed_at, "order.line_added", by, order, line)


def used(luck: Random, order: Order) -> list[tuple[str, str]]:
    """(number, quantity): the hours, often the kilometres, and some parts."""
    cleaning = order.facility.category == CLEANING
    spares = SPARE["Städ" if cleaning else "Värme"]
    lines = [(CLEANING_HOUR if cleaning else HOUR, luck.choice(("0.5", "1", "1.5", "2", "2.75", "4")))]
    lines += [(KILOMETRE, str(luck.randint(8, 140)))] if luck.random() < 0.5 else []
    return lines + [(number, str(luck.randint(1, 3))) for number in luck.sample(spares, luck.randint(0, 2))]


def write(book: Book, owner: Any, article: Article, quantity: Decimal, *, automatic: bool = False) -> Any:
    """A line as the owner's own verb would have written it then."""
    kind = owner.lines.model
    discount = discount_of(book, owner.customer, article)
    line = kind(
        **{kind.OWNER: owner},
        position=sum(getattr(line, f"{kind.OWNER}_id") == owner.id for line in book.all(kind)[-MOST:]) + 1,
        article=article,
        text=article.name,
        quantity=quantity,
        unit=article.unit,
        price=article.sales_price,
        cost=article.purchase_price,
        discount=discount,
        vat=article.vat,
        automatic=automatic,
    )
    line.total = line_total(line.quantity, line.price, line.discount)
    return book.keep(line)


def discount_of(book: Book, customer: Customer, article: Article) -> Decimal:
    letter = customer.discount_letter
    if letter is None:
        return Decimal(0)
    rows = {row.group_id: row.percent for row in book.all(DiscountRow) if row.letter_id == letter.id}
    given = Decimal(rows.get(article.group_id, letter.percent) or 0)
    return article.group.at_most(given)


def told(book: Book, at: datetime, verb: str, by: User, owner: Any, line: Line) -> None:
    book.tell(at, verb, by, owner, internal=True, line=line.text, line_id=line.id, line_version=1)
