"""Writing a message: its folder's templates in the recipient's language, with the links and papers it carries."""

from pathlib import PurePath
from typing import Any

import css_inline
from flask import render_template
from flask_babel import force_locale

from models.message import Message
from models.nouns import find
from models.organisation import Organisation
from models.protocol import Protocol
from models.session import Link, Purpose
from tasks import CONFIG, app, vault
from tasks.channels import Letter

# The links that only the letter itself may carry are made when it is written, not when it is planned.
LINKS = {"user.invited": Purpose.INVITATION, "user.password_forgotten": Purpose.RESET}


def write(message: Message) -> Letter:
    """The letter of a message, rendered now: what it says is as true as the record."""
    with app().test_request_context(base_url=CONFIG.base_url), force_locale(message.language.value):
        facts = context(message)
        folder = PurePath("notifications") / message.verb.replace(".", "_")
        subject, text, html = (render_template(f"{folder}/{part}", **facts) for part in ("subject.txt", "body.txt", "body.html"))
        return letter(message, " ".join(subject.split()), text.strip() + "\n", html)


def context(message: Message) -> dict[str, Any]:
    event = message.event
    about = find(event.noun, event.record_id)
    return {
        "event": event,
        "about": about,
        "data": event.data,
        "recipient": message,
        "organisation": Organisation.current(),
        "base_url": CONFIG.base_url,
        "for_customer": message.user_id is None or message.user.is_portal,
        "link": link(message, about),
    }


def link(message: Message, about) -> str:
    """The address with the single-use token, for letters that carry one."""
    purpose = LINKS.get(message.verb)
    return f"{CONFIG.base_url}/login/link/{Link.issue(about, purpose)}" if purpose else ""


def letter(message: Message, subject: str, text: str, html: str) -> Letter:
    organisation = Organisation.current()
    name, address = organisation.mail_from
    return Letter(
        to_name=message.name, to_address=message.address, sender_name=name, sender_address=address, reply_to=organisation.email or None,
        subject=subject, text=text, html=css_inline.inline(html, load_remote_stylesheets=False), attachments=papers(message),
        language=message.language.value,
    )  # fmt: skip


def papers(message: Message) -> list[tuple[str, str, bytes]]:
    """What goes along: the protocol's PDF, as it was stored."""
    about = find(message.event.noun, message.event.record_id)
    pdf = about.pdf if isinstance(about, Protocol) else None
    return [(pdf.name, pdf.mime, vault().get(pdf.key))] if pdf else []
