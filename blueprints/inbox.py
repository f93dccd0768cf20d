"""The inbox: news addressed to me, and people who ask to be let into a store."""

from datetime import datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from blueprints import forms, timeline
from blueprints.actions import tell
from blueprints.addresses import page_of
from blueprints.forms import Form
from blueprints.web import blueprint, done, on, page, signed_in, this_organisation
from models.access_request import AccessRequest
from models.message import Message
from models.rights import Right
from models.user import StoreAccess, User

bp = blueprint("inbox")

AT_A_TIME = 50


class AccessForm(Form):
    until = forms.date(_l("Until and with"))


class DeclineForm(Form):
    why = forms.long_text(_l("Why not?"), required=True, longest=600)


@bp.get("/")
@signed_in
def index() -> Response:
    """Unread news, or all of it; reading is a click of its own, so that a look changes nothing."""
    everything, before = "all" in request.args, request.args.get("before", type=int)
    messages = Message.news(current_user, unread=not everything, before=before, limit=AT_A_TIME)
    unread = Message.unread(current_user).count()
    return page(
        "inbox/index.html",
        items=[item(message) for message in messages],
        everything=everything,
        unread=unread,
        requests=requests(),
        earlier=messages[-1].id if len(messages) == AT_A_TIME else None,
    )


def item(message: Message) -> SimpleNamespace:
    happening = message.event.happening
    return SimpleNamespace(
        id=message.id,
        at=message.event.at,
        icon=happening.icon,
        tone=happening.tone,
        text=words_of(message),
        is_new=message.read_at is None,
    )


def words_of(message: Message) -> Markup:
    """What the news says; the button around it is the link."""
    event = message.event
    return timeline.sentence(event, {(event.noun, event.record_id)})


def requests() -> list[SimpleNamespace]:
    """Who asks for a store, for those who may give access."""
    if not current_user.has(Right.STORE_GRANT):
        return []
    return [
        SimpleNamespace(asked=asked, form=AccessForm(None), notified=tell("store.access_given", asked.user))
        for asked in AccessRequest.open_ones()
    ]


@bp.post("/<int:message_id>/opening")
@signed_in
def open_news(message_id: int) -> Response:
    """Opening a piece of news reads it and leads to what it is about."""
    message = Message.mine(current_user, message_id) or abort(404)
    Message.mark_read(current_user, [message.id])
    return redirect(page_of(message.event.noun, message.event.record_id) or url_for("inbox.index"))


@bp.post("/reading")
@signed_in
def read_all() -> Response:
    """These, or all of it where none is named."""
    chosen = [int(value) for value in request.form.getlist("id") if value.isdigit()]
    count = Message.mark_read(current_user, chosen or None)
    return done(_("Read: %(count)s", count=count), url_for("inbox.index"))


@bp.post("/access/<int:request_id>")
@on(User, "give_store")
def give_access(request_id: int) -> Response:
    asked, form = still_open(request_id), AccessForm()
    if not form.validate():
        return done(_("The date could not be read; nothing is given."), url_for("inbox.index"), tone="bad")
    StoreAccess.give(asked.user, asked.store, until=end_of(form.until.data), by=current_user)
    return done(
        _("%(name)s has access to %(store)s.", name=asked.user.name, store=asked.store.title), url_for("inbox.index")
    )


def still_open(request_id: int) -> AccessRequest:
    return next((asked for asked in AccessRequest.open_ones() if asked.id == request_id), None) or abort(404)


@bp.get("/access/<int:request_id>/refusal")
@on(User, "give_store")
def decline_access(request_id: int) -> Response:
    asked = still_open(request_id)
    StoreAccess.demand(asked.user, asked.store, current_user)
    return decline_page(asked, DeclineForm(None))


def decline_page(asked: AccessRequest, form: DeclineForm, status: int = 200) -> Response:
    notified = tell("store.access_declined", asked.user)
    return page("inbox/decline.html", asked=asked, form=form, notified=notified, status=status)


@bp.post("/access/<int:request_id>/refusal")
@on(User, "give_store")
def decline(request_id: int) -> Response:
    asked, form = still_open(request_id), DeclineForm()
    if not form.validate():
        return decline_page(asked, form, 422)
    if not asked.decline(form.why.data or "", by=current_user):
        return done(_("Somebody else answered this request meanwhile."), url_for("inbox.index"), tone="warning")
    return done(
        _("%(name)s has no access to %(store)s, and is told why.", name=asked.user.name, store=asked.store.title),
        url_for("inbox.index"),
    )


def end_of(day) -> datetime | None:
    """The last moment of that day where the organisation is."""
    return datetime.combine(day, time.max, ZoneInfo(this_organisation().time_zone)) if day else None
