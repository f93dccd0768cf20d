"""The search at the top of every page: everything the reader may see, in the archive too, and where a record's
page is."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.addresses import PAGES, form_of, page_of
from blueprints.cards import joined
from blueprints.forms import clean
from blueprints.web import blueprint, fetch, page, signed_in
from models.article import Article
from models.customer import Customer
from models.customised import nouns
from models.facility import Facility
from models.fault_report import FaultReport
from models.finding import Found, find_everything
from models.nouns import NOUNS
from models.order import Order
from models.protocol import Protocol
from models.quote import Quote
from models.service_object import ServiceObject
from models.user import User
from tasks.figures import amount

bp = blueprint("search")

LONGEST = 100


def customer_hit(customer: Customer) -> dict[str, Any]:
    return {
        "label": customer.name,
        "number": customer.number,
        "sub": joined(customer.town, customer.phone),
        "archived": not customer.is_active,
    }


def facility_hit(facility: Facility) -> dict[str, Any]:
    return {
        "label": facility.name,
        "number": facility.number,
        "sub": joined(facility.customer.name, facility.place),
        "archived": not facility.is_active,
    }


def object_hit(unit: ServiceObject) -> dict[str, Any]:
    return {
        "label": unit.name,
        "number": unit.number,
        "sub": joined(unit.make, unit.customer.name, unit.facility.name),
        "archived": not unit.is_active,
    }


def report_hit(report: FaultReport) -> dict[str, Any]:
    return {"label": report.heading, "number": report.number, "badge": report.status, "archived": not report.is_waiting}


def order_hit(order: Order) -> dict[str, Any]:
    where = joined(order.customer.name, order.facility.name)
    return {
        "label": order.heading,
        "number": order.number,
        "sub": where,
        "badge": order.status,
        "archived": not order.is_open,
    }


def protocol_hit(protocol: Protocol) -> dict[str, Any]:
    return {
        "label": protocol.order.heading,
        "number": protocol.number,
        "sub": joined(protocol.customer.name, protocol.facility.name),
    }


def quote_hit(quote: Quote) -> dict[str, Any]:
    where = joined(quote.customer.name, quote.facility.name)
    return {
        "label": quote.heading,
        "number": quote.number,
        "sub": where,
        "badge": quote.standing,
        "archived": not quote.is_open,
    }


def article_hit(article: Article) -> dict[str, Any]:
    price = joined(article.group.name if article.group_id else "", f"{amount(article.sales_price)}")
    return {"label": article.name, "number": article.number, "sub": price, "archived": not article.is_active}


def user_hit(user: User) -> dict[str, Any]:
    return {
        "label": user.name,
        "sub": joined(str(user.role.label), user.phone or user.email),
        "archived": not user.is_active,
    }


# For each noun: its heading, the list that shows all of its hits, and how one is drawn.
DRAWN: dict[Any, tuple[Any, str, Callable[[Any], dict[str, Any]]]] = {
    Customer: (_l("Customers"), "customers.index", customer_hit),
    Facility: (_l("Facilities"), "facilities.index", facility_hit),
    ServiceObject: (_l("Service objects"), "service_objects.index", object_hit),
    FaultReport: (_l("Fault reports"), "fault_reports.index", report_hit),
    Order: (_l("Orders"), "orders.index", order_hit),
    Protocol: (_l("Protocols"), "protocols.index", protocol_hit),
    Quote: (_l("Quotes"), "quotes.index", quote_hit),
    Article: (_l("Articles"), "articles.index", article_hit),
    User: (_l("Staff"), "staff.index", user_hit),
}


@bp.get("/")
@signed_in
def index() -> Response:
    """The whole page, or under the search field only what was found."""
    text = clean(request.args.get("q"))[:LONGEST]
    groups = [group(found, text) for found in find_everything(current_user, text)]
    return page("search/index.html", block="found", q=text, groups=groups)


def group(found: Found, text: str) -> SimpleNamespace:
    label, endpoint, draw = DRAWN[found.noun]
    hits = [
        SimpleNamespace(
            **{"sub": "", "number": "", "badge": None, "archived": False}
            | draw(row)
            | {"url": page_of(row.noun, row.id)}
        )
        for row in found.rows
    ]
    all_url = url_for(endpoint, q=text, status="all") if found.count > len(hits) else ""
    return SimpleNamespace(
        label=label, total=f"{found.count}+" if found.more else found.count, hits=hits, all_url=all_url
    )


@bp.get("/open/<noun>/<int:id>")
@signed_in
def open(noun: str, id: int) -> Response:
    """A record by what its events call it: remedies and news lead here."""
    if noun not in PAGES:
        abort(404)
    fetch(NOUNS[noun], id)
    return redirect(page_of(noun, id))


@bp.get("/edit/<noun>/<int:id>")
@signed_in
def edit(noun: str, id: int) -> Response:
    """The record's form by what its events call it: a remedy that names a field leads there."""
    if noun not in nouns():
        abort(404)
    fetch(NOUNS[noun], id)
    return redirect(form_of(noun, id))
