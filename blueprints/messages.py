"""The ledger's pages: what left the house and what did not, each with its reason and the way out."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import lists
from blueprints.actions import Action, Why, act, explain
from blueprints.addresses import page_of
from blueprints.lists import Card, Cell, Screen, chosen_ids, tab
from blueprints.web import blueprint, done, on, page
from blueprints.words import show as words
from models import listings
from models.message import Message
from models.notification import NAMES
from models.rights import Right

bp = blueprint("messages")

LABELS = Message.LABELS


def page_for(row: Any) -> str:
    return url_for("messages.show", id=row.id)


def name_of(verb: str) -> Any:
    """What such news are called; of what nobody is told any more only the code is left."""
    return NAMES.get(verb, verb)


def reason_of(row: Any) -> str:
    """Why it is where it is, and for a held one when it is tried again."""
    again = _("next try %(at)s", at=words(row.next_try_at)) if row.now.is_held else ""
    return ", ".join(part for part in (words(row.reason), again) if part)


def card(row: Any) -> Card:
    return Card(
        row.name or row.to_address, "", [str(name_of(row.verb)), reason_of(row) or words(row.created_at)], [row.now]
    )


def again_for_several() -> list[Action]:
    return (
        [Action(_("Send again"), url_for("messages.resend_several"), icon="send")]
        if current_user.has(Right.MESSAGE_RESEND)
        else []
    )


SCREEN = Screen(
    listings.messages,
    "messages.index",
    _l("Messages"),
    row_url=page_for,
    card=card,
    bulk=again_for_several,
    cells={
        "name": lambda row: Cell(row.name or row.to_address, url=page_for(row), strong=True),
        "verb": lambda row: Cell(name_of(row.verb)),
        "reason": lambda row: Cell(reason_of(row)),
        "state": lambda row: Cell(badge=row.now),
    },
    tabs=lambda: [
        tab("messages.index", _("All")),
        tab("messages.index", _("Not sent"), status="unsent"),
        tab("messages.index", _("Waiting"), status="waiting"),
    ],
    empty=lambda: SimpleNamespace(
        icon="chat-left-text",
        title=_("No messages yet"),
        action=None,
        text=_(
            "Everything that is sent to anybody will stand here, "
            "and everything that could not be sent, with the reason."
        ),
    ),
)
lists.routes(bp, SCREEN, Message)


@bp.get("/<int:id>")
@on(Message, "view")
def show(message: Message) -> Response:
    event = message.event
    again = act(
        message, "resend", _("Send again"), url_for("messages.resend", id=message.id), icon="send", primary=True
    )
    return page(
        "messages/show.html",
        message=message,
        event=event,
        name=name_of(message.verb),
        facts=facts(message),
        about_url=page_of(event.noun, event.record_id),
        reasons=reasons(message),
        again=again,
    )


def reasons(message: Message) -> list[Why]:
    """Why it is where it is, without the way to the page one is on."""
    found = explain([message.refusal], message) if message.refusal else []
    return [replace(why, fixes=[fix for fix in why.fixes if fix.url != page_for(message)]) for why in found]


def facts(message: Message) -> list[tuple[Any, Any]]:
    """Every fact of the message, in the order it came by them."""
    held = message.next_try_at if message.waits else None
    return [
        (LABELS["name"], message.name),
        (LABELS["address"], message.address),
        (LABELS["channel"], message.channel.label),
        (LABELS["language"], message.language.label),
        (LABELS["subject"], message.subject),
        (LABELS["state"], message.state),
        (LABELS["created_at"], words(message.created_at)),
        (LABELS["tries"], message.tries),
        (LABELS["next_try_at"], words(held)),
        (LABELS["sent_at"], words(message.sent_at)),
        (LABELS["read_at"], words(message.read_at)),
        (LABELS["key"], message.key),
    ]


@bp.post("/<int:id>/resending")
@on(Message, "resend")
def resend(message: Message) -> Response:
    message.resend(by=current_user)
    return done(_("The message to %(name)s goes out again.", name=message.name), page_for(message))


@bp.post("/resending")
@on(Message, "resend")
def resend_several() -> Response:
    """The ticked ones; those that cannot go are left as they are, and counted."""
    sent, left = Message.resend_all(current_user, chosen_ids())
    text = ngettext("%(num)s message goes out again.", "%(num)s messages go out again.", sent)
    rest = ngettext(
        "%(num)s stays as it is; open it to see why.", "%(num)s stay as they are; open them to see why.", left
    )
    return done(f"{text} {rest}" if left else text, url_for("messages.index"), tone="warning" if left else "good")
