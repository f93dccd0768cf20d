"""Service protocols: what was found and signed, the paper made of it, and who got it."""

from types import SimpleNamespace

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import files, lists, timeline
from blueprints.actions import act, explain
from blueprints.lists import Card, Cell, Screen
from blueprints.web import blueprint, done, on, page
from blueprints.words import show as words
from models import listings
from models.file import File
from models.message import Message
from models.protocol import Protocol
from tasks import documents

bp = blueprint("protocols")


def card(row) -> Card:
    signed = _("Signed %(when)s", when=words(row.signed_at))
    return Card(
        row.heading,
        number=row.number,
        lines=[row.customer, row.facility, signed],
        badges=[row.status],
    )


def none_yet() -> SimpleNamespace:
    text = _("A protocol is made by itself when a technician finishes an order.")
    return SimpleNamespace(icon="file-earmark-check", title=_("No protocols yet"), text=text, action=None)


SCREEN = Screen(
    listings.protocols,
    "protocols.index",
    _l("Protocols"),
    row_url=lambda row: url_for("protocols.show", id=row.id),
    card=card,
    cells={
        "number": lambda row: Cell(row.number, url=url_for("protocols.show", id=row.id), strong=True),
        "heading": lambda row: Cell(row.heading, url=url_for("orders.show", id=row.order_id)),
        "remarks": lambda row: Cell(row.remarks, muted=not row.remarks, numeric=True),
        "status": lambda row: Cell(badge=row.status),
    },
    empty=none_yet,
)
lists.routes(bp, SCREEN, Protocol)


@bp.get("/<int:id>")
@on(Protocol, "view")
def show(protocol: Protocol) -> Response:
    order = protocol.order
    return page(
        "protocols/show.html",
        protocol=protocol,
        order=order,
        points=order.points,
        signatures=order.signatures,
        paper=paper(protocol),
        photos=files.views([file for file in File.of(order) if file.is_image]),
        told=[told(message) for message in protocol.messages],
        history=timeline.of_records(protocol, order),
    )


@bp.get("/<int:id>/paper")
@on(Protocol, "view")
def status(protocol: Protocol) -> Response:
    """How far the PDF is; the page asks for this each second until it is there."""
    return page("protocols/paper.html", protocol=protocol, paper=paper(protocol))


def paper(protocol: Protocol) -> SimpleNamespace:
    """The stored PDF, or the button that has it tried again at once."""
    file = protocol.pdf
    again = (
        act(protocol, "make_now", _("Try again now"), url_for("protocols.make_now", id=protocol.id))
        if protocol.is_held_up
        else None
    )
    return SimpleNamespace(file=files.FileView(file) if file else None, again=again)


@bp.get("/<int:id>/pdf")
@on(Protocol, "view")
def pdf(protocol: Protocol) -> Response:
    """The paper as it was stored: in the browser, or with ?download as a file."""
    file = protocol.pdf
    if file is None:
        abort(404)
    return files.send_paper(file, inline="download" not in request.args)


@bp.post("/<int:id>/making")
@on(Protocol, "make_now")
def make_now(protocol: Protocol) -> Response:
    protocol.make_now(by=current_user)
    documents.make_protocol(protocol.id)
    return done(_("The PDF is being made."), url_for(".show", id=protocol.id), "info")


def told(message: Message) -> SimpleNamespace:
    """A message about the paper: to whom, how far it is, why it did not go, and the way to send it
    again."""
    again = None
    if not current_user.is_portal and message.refusal:
        again = act(
            message,
            "resend",
            _("Send again"),
            url_for("messages.resend", id=message.id),
            id=f"resend-{message.id}",
            size="sm",
        )
    return SimpleNamespace(
        name=message.name,
        address=message.address,
        state=message.state,
        at=message.sent_at,
        reasons=explain([message.refusal], message) if message.refusal else [],
        again=again,
        id=message.id,
    )
