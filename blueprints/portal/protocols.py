"""The protocols of the account's facilities, each as the paper this account may read."""

from flask import url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.files import send_paper
from blueprints.portal.cards import asked_before
from blueprints.web import blueprint, on, page
from models.portal_case import hides_action, paper_of, performed_action, protocol_page
from models.protocol import Protocol
from models.refusals import Refused, refuse
from models.rights import Right
from tasks import documents

bp = blueprint("protocols")


@bp.get("/")
@on(Protocol, "view")
def index() -> Response:
    protocols, mark = protocol_page(current_user, asked_before())
    return page("portal/protocols.html", protocols=protocols, older=url_for(".index", before=mark) if mark else "")


@bp.get("/<int:id>")
@on(Protocol, "view")
def show(protocol: Protocol) -> Response:
    """Under htmx only the state of the paper, which asks for itself until it is there."""
    paper = paper_of(protocol, current_user)
    if paper is None:
        ask_for_paper(protocol)
    return page(
        "portal/protocol.html",
        block="paper",
        protocol=protocol,
        order=protocol.order,
        paper=paper,
        sees_order=current_user.has(Right.PORTAL_ORDERS),
        action=performed_action(protocol.order, current_user),
        remarks=[point for point in protocol.order.points if point.has_remark],
    )


def ask_for_paper(protocol: Protocol) -> None:
    """The paper without the performed action is made when somebody first asks for it; the usual one is on its way."""
    if protocol.is_ready and hides_action(current_user):
        documents.make_discreet(protocol.id)


@bp.get("/<int:id>/pdf")
@on(Protocol, "view")
def pdf(protocol: Protocol) -> Response:
    paper = paper_of(protocol, current_user)
    if paper is None:
        ask_for_paper(protocol)
        raise Refused([refuse("protocol.making", protocol_id=protocol.id)], protocol)
    return send_paper(paper, inline=True)
