"""My page: what is going on, and the one button that matters."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import Action, explain
from blueprints.portal.cards import shown
from blueprints.web import blueprint, page, signed_in
from models.message import Message
from models.portal import against_reporting, customers_of, places_of
from models.portal_case import going_on, protocol_page, visits
from models.rights import Right

bp = blueprint("home")

LATEST = 3


@bp.get("/")
@signed_in
def show() -> Response:
    return page(
        "portal/home.html",
        cases=shown(going_on(current_user)),
        customers=", ".join(customer.name for customer in customers_of(current_user)),
        places=len(places_of(current_user)),
        report=reporting(),
        visits=visits(current_user),
        unread=Message.unread(current_user).count(),
        protocols=protocol_page(current_user)[0][:LATEST],
        sees_protocols=current_user.has(Right.PORTAL_PROTOCOLS),
    )


def reporting() -> Action:
    """The big button; where the account cannot report, it says why."""
    reasons = explain(against_reporting(current_user))
    return Action(
        _("Report a fault"),
        url_for("portal.fault_reports.new"),
        icon="exclamation-diamond",
        reasons=reasons,
        primary=True,
        id="report",
    )
