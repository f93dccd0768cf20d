"""The day: what a technician has to do, what is stuck at a dispatcher's, and the news."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import Action, link
from blueprints.inbox import item
from blueprints.web import blueprint, page, signed_in
from blueprints.words import ago, day, today
from models.customer import Customer
from models.day import Day, Stuck
from models.message import Message
from models.order import Order
from models.rights import Right

bp = blueprint("today")

NEWS = 5
MAP = "https://www.openstreetmap.org/search?query="


@bp.get("/")
@signed_in
def show() -> Response:
    here = Day.of(current_user, today())
    return page(
        "today/show.html",
        day=here,
        begin=beginning(here),
        visits=[visit(order) for order in here.orders],
        parts=stuck(here),
        news=news(),
        date=today(),
    )


def beginning(here: Day) -> Action | None:
    """Whoever sets the company up is led on until it has a customer."""
    has_begun = not here.is_free or not current_user.has(Right.ADMINISTER) or Customer.select().exists()
    return None if has_begun else link(_("Next steps"), url_for("welcome.steps"), primary=True)


def visit(order: Order) -> SimpleNamespace:
    """An order as a technician's card: where, when, whom to call."""
    place = order.facility.place
    return SimpleNamespace(
        order=order,
        url=url_for("orders.work" if order.is_started else "orders.show", id=order.id),
        place=place,
        is_late=order.is_late(today()),
        map_url=MAP + quote(place) if place else "",
        phone=order.contact_phone.replace(" ", ""),
    )


def stuck(here: Day) -> list[SimpleNamespace]:
    """The dispatcher's boxes, each leading to its whole list."""
    parts = [
        (_("Waiting fault reports"), here.reports, url_for("fault_reports.inbox"), _report, _("No report waits.")),
        (_("Late orders"), here.late, url_for("orders.index", late=1), _late, _("No order is late.")),
        (
            _("Orders that nobody has"),
            here.unassigned,
            url_for("orders.index", assigned=0),
            _order,
            _("Every open order has somebody."),
        ),
        (
            _("Messages not sent"),
            here.unsent,
            url_for("messages.index", status="unsent"),
            _message,
            _("Every message is on its way."),
        ),
    ]
    return [_box(title, part, url, row, none_yet) for title, part, url, row, none_yet in parts if part is not None]


def _box(title: str, part: Stuck, url: str, row: Any, none_yet: str) -> SimpleNamespace:
    return SimpleNamespace(
        title=title, count=part.count, rows=[row(record) for record in part.rows], url=url, none_yet=none_yet
    )


def _report(report: Any) -> SimpleNamespace:
    badge = report.priority if report.is_pressing else None
    return SimpleNamespace(
        text=report.title,
        url=url_for("fault_reports.show", id=report.id),
        sub=report.contact_name,
        end=ago(report.reported_at),
        badge=badge,
    )


def _order(order: Order) -> SimpleNamespace:
    return SimpleNamespace(
        text=order.title, url=url_for("orders.show", id=order.id), sub=order.customer.name, end=ago(order.created_at)
    )


def _late(order: Order) -> SimpleNamespace:
    return SimpleNamespace(
        text=order.title, url=url_for("orders.show", id=order.id), sub=order.customer.name, end=day(order.planned_on)
    )


def _message(message: Message) -> SimpleNamespace:
    reason = message.refusal.say() if message.refusal else ""
    return SimpleNamespace(
        text=message.name or message.address,
        url=url_for("messages.show", id=message.id),
        sub=reason,
        badge=message.state,
    )


def news() -> list[SimpleNamespace]:
    """The newest unread news."""
    return [item(message) for message in Message.news(current_user, unread=True, limit=NEWS)]
