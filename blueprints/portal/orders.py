"""The orders on the account's facilities."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import files, timeline
from blueprints.custom_forms import shared_facts
from blueprints.portal.cards import CaseView, asked_before, everything, older, parts, shown
from blueprints.web import blueprint, done, house, on, page
from models.order import Order
from models.portal_case import case_of_order, order_page, performed_action, photos_of, report_behind
from models.rights import Right

bp = blueprint("orders")


@bp.get("/")
@on(Order, "view")
def index() -> Response:
    cases, mark = order_page(current_user, everything=everything(), before=asked_before())
    return page(
        "portal/orders.html",
        cases=shown(cases),
        older=older(".index", mark),
        parts=parts(".index", _("Open")),
        everything=everything(),
    )


@bp.get("/<int:id>")
@on(Order, "view")
def show(order: Order) -> Response:
    protocols = list(order.protocols) if current_user.has(Right.PORTAL_PROTOCOLS) else []
    return page(
        "portal/order.html",
        order=order,
        view=CaseView(case_of_order(order)),
        report=report_behind(order, current_user),
        action=performed_action(order, current_user),
        own=[*shared_facts(order), *shared_facts(order.facility)],
        photos=files.views(photos_of(order, current_user), "portal.files"),
        protocols=protocols,
        lines=order.written_lines if house().portal_show_lines else [],
        totals=order.totals,
        history=timeline.of_records(order, *protocols),
        may_comment=current_user.has(Right.PORTAL_COMMENT),
    )


@bp.post("/<int:id>/comments")
@on(Order, "comment")
def comment(order: Order) -> Response:
    words = request.form.get("text", "").strip()[:4000]
    if words:
        order.comment(words, internal=False, by=current_user)
    return done(
        _("Your comment is with the order.") if words else _("There was nothing to add."), url_for(".show", id=order.id)
    )
