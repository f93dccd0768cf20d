"""The lists of articles, discount letters and quotes."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.article import Article, ArticleGroup
from models.customer import Customer
from models.discount_letter import DiscountLetter
from models.facility import Facility
from models.list_parts import ALL, Lazily, activity, activity_filter, choices, store_filter
from models.listing import Column, Filter, Listing, record_filter, text_filter
from models.organisation import Organisation
from models.quote import EXPIRED, SENT, Quote, QuoteStatus
from models.rights import Right
from models.user import User


def _groups(user: Any) -> list[tuple[str, Any]]:
    return [(str(group.id), group.name) for group in ArticleGroup.in_order()]


@Lazily
def articles() -> Listing:
    labels, group = Article.LABELS, fn.COALESCE(ArticleGroup.name, "")
    return Listing(
        "articles",
        Article,
        sort="number",
        source=lambda user: Article.visible_to(user),
        joined=lambda: Article.select().join(ArticleGroup, peewee.JOIN.LEFT_OUTER),
        columns=(
            Column("number", _l("No."), Article.number),
            Column("name", labels["name"], Article.name, sort=Article.sort_name, wide=True),
            Column("group", labels["group"], group, sortable=False),
            Column("unit", labels["unit"], Article.unit, sortable=False, less_needed=True),
            Column("sales_price", labels["sales_price"], Article.sales_price, numeric=True),
            Column(
                "purchase_price",
                labels["purchase_price"],
                Article.purchase_price,
                sort=fn.COALESCE(Article.purchase_price, 0),
                kind=int,
                numeric=True,
                right=Right.ARTICLE_SEE_PURCHASE_PRICE,
            ),
            Column("vat", labels["vat"], Article.vat, sortable=False, numeric=True, less_needed=True),
            Column("status", labels["status"], activity(Article), sortable=False, default=False),
        ),
        filters=(
            activity_filter(Article),
            Filter("group", labels["group"], lambda value: Article.group == int(value), _groups),
            text_filter("unit", labels["unit"], Article.unit),
        ),
        hidden=lambda user: Article.inactive_at.is_null(),
        hidden_unless="status",
    )


def _customers_of_letter() -> Any:
    return Customer.select(fn.COUNT(Customer.id)).where(Customer.discount_letter == DiscountLetter.id)


@Lazily
def discount_letters() -> Listing:
    labels = DiscountLetter.LABELS
    return Listing(
        "discount_letters",
        DiscountLetter,
        sort="number",
        source=lambda user: DiscountLetter.visible_to(user),
        joined=lambda: DiscountLetter.select(),
        columns=(
            Column("number", labels["number"], DiscountLetter.number),
            Column("name", labels["name"], DiscountLetter.name, sortable=False, wide=True),
            Column("percent", labels["percent"], DiscountLetter.percent, sortable=False, numeric=True),
            Column("valid_from", labels["valid_from"], DiscountLetter.valid_from, sortable=False, less_needed=True),
            Column("valid_until", labels["valid_until"], DiscountLetter.valid_until, sortable=False),
            Column("customers", _l("Customers"), _customers_of_letter(), sortable=False, numeric=True),
            Column("status", labels["status"], activity(DiscountLetter), sortable=False),
        ),
        filters=(activity_filter(DiscountLetter),),
        hidden=lambda user: DiscountLetter.inactive_at.is_null(),
        hidden_unless="status",
    )


def letters_of(user: Any) -> list[tuple[str, Any]]:
    """For a filter: those that are active."""
    return [(str(letter.id), letter.title) for letter in DiscountLetter.choosable()]


def is_expired() -> peewee.Expression:
    return (Quote.status == SENT) & (Quote.valid_until < Organisation.today())


def _standing() -> Any:
    """The status as people see it, an expired one by its own word."""
    return peewee.Case(None, [(is_expired(), EXPIRED.value)], Quote.status).converter(QuoteStatus)


def _standing_filter() -> Filter:
    def where(value: str) -> Any:
        if value == ALL:
            return None
        if value == EXPIRED:
            return is_expired()
        same = Quote.status == QuoteStatus(value)
        return same & ~is_expired() if value == SENT else same

    return Filter("status", Quote.LABELS["status"], where, choices(QuoteStatus, (ALL, _l("All"))))


@Lazily
def quotes() -> Listing:
    labels = Quote.LABELS
    return Listing(
        "quotes",
        Quote,
        sort="created_at",
        descending=True,
        source=lambda user: Quote.visible_to(user),
        joined=lambda: (
            Quote.select()
            .join(Customer)
            .switch(Quote)
            .join(Facility)
            .switch(Quote)
            .join(User, peewee.JOIN.LEFT_OUTER, on=Quote.made_by == User.id)
        ),
        columns=(
            Column("number", _l("No."), Quote.number),
            Column("heading", labels["heading"], Quote.heading, sortable=False, wide=True),
            Column("customer", labels["customer"], Customer.name, sort=Customer.sort_name),
            Column("facility", labels["facility"], Facility.name, sort=Facility.sort_name, default=False),
            Column("valid_until", labels["valid_until"], Quote.valid_until, numeric=True),
            Column("net", labels["net"], Quote.net, numeric=True),
            Column("gross", labels["gross"], Quote.gross, numeric=True, default=False),
            Column("made_by", labels["made_by"], fn.COALESCE(User.name, ""), sortable=False, less_needed=True),
            Column("created_at", labels["created_at"], Quote.created_at, numeric=True, less_needed=True),
            Column("status", labels["status"], _standing(), sortable=False),
        ),
        filters=(
            _standing_filter(),
            store_filter(Quote),
            Filter("made_by", labels["made_by"], lambda value: Quote.made_by == int(value), _makers),
            record_filter("customer", labels["customer"], Quote.customer, Customer),
            record_filter("facility", labels["facility"], Quote.facility, Facility),
        ),
        hidden=lambda user: Quote.status.in_((QuoteStatus.DRAFT, SENT)),
        hidden_unless="status",
    )


def _makers(user: Any) -> list[tuple[str, Any]]:
    return [(str(one.id), one.name) for one in User.active_staff()]
