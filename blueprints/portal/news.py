"""What the account was told, newest first."""

from types import SimpleNamespace

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.addresses import page_of
from blueprints.timeline import sentence
from blueprints.web import blueprint, done, page, signed_in
from models.message import Message

bp = blueprint("news")

SHOWN = 50


@bp.get("/")
@signed_in
def index() -> Response:
    news = list(Message.inbox(current_user).limit(SHOWN))
    return page(
        "portal/news.html",
        news=[view(message) for message in news],
        unread=any(not message.read_at for message in news),
    )


def view(message: Message) -> SimpleNamespace:
    happening = message.event.happening
    return SimpleNamespace(
        id=message.id,
        text=sentence(message.event).striptags(),
        at=message.event.at,
        icon=happening.icon,
        unread=message.read_at is None,
    )


@bp.post("/reading")
@signed_in
def read() -> Response:
    """All of it, or with a message's number that one; then on to what it is about."""
    chosen = request.form.get("message", type=int)
    found = next((message for message in Message.inbox(current_user).limit(SHOWN) if message.id == chosen), None)
    if chosen and found is None:
        abort(404)
    Message.mark_read(current_user, [found.id] if found else None)
    target = page_of(found.event.noun, found.event.record_id) if found else ""
    return redirect(target) if target else done(_("All is read."), url_for(".index"))
