"""Writing a message: its folder's templates in the recipient's language, with the links and papers it carries."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

import css_inline
from flask import g, has_app_context, url_for
from flask_babel import force_locale, format_date

from models.fault_report import FaultReport
from models.message import Message
from models.nouns import find_all
from models.order import Order
from models.organisation import Organisation
from models.portal import PortalAccount
from models.protocol import Protocol
from models.quote import Quote
from models.rights import Right
from models.session import LINK_LIFE, Link, Purpose
from tasks import CONFIG, app, vault
from tasks.channels import Letter

# The links that only the letter itself may carry are made when it is written, not when it is planned.
LINKS = {"user.invited": Purpose.INVITATION, "user.password_forgotten": Purpose.RESET}

# Where a letter's button leads: a page of its own for some news, else the record's page on the reader's side.
OWN_PAGES = {
    "store.access_asked": "inbox.index",
    "store.access_given": "today.show",
    "store.access_declined": "today.show",
}
STAFF_PAGES = {
    "user": "staff.show",
    "order": "orders.show",
    "fault_report": "fault_reports.show",
    "protocol": "protocols.show",
    "quote": "quotes.show",
    "customer": "customers.show",
}
PORTAL_PAGES = {
    "order": "portal.orders.show",
    "fault_report": "portal.fault_reports.show",
    "protocol": "portal.protocols.show",
}

# To people at the customer's; a fault report's copy goes to an address of our own.
TO_CUSTOMERS = frozenset(
    {"fault_report.accepted", "fault_report.rejected", "order.performed", "protocol.ready", "quote.ready"}
)

CSS = Path(__file__).parent.parent / "static" / "css"
TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
USED = re.compile(r"var\((--[\w-]+)\)")


@contextmanager
def sitting(messages: Iterable[Message]) -> Iterator[None]:
    """What several letters share is looked up once: the organisation, and the records they are about."""
    with app().app_context(), app().test_request_context(base_url=CONFIG.base_url):
        g.organisation = Organisation.current()
        g.abouts = find_all((message.event.noun, message.event.record_id) for message in messages)
        yield


def write(message: Message) -> Letter:
    """The letter of a message, rendered now: what it says is as true as the record."""
    with (
        nullcontext() if has_app_context() and "abouts" in g else sitting([message]),
        force_locale(message.language.locale),
    ):
        about = g.abouts.get((message.event.noun, message.event.record_id))
        facts = context(message, about, g.organisation)
        folder = PurePath("notifications") / message.verb.replace(".", "_")
        subject = " ".join(render(folder / "subject.txt", facts).split())
        text, html = (render(folder / part, {**facts, "subject": subject}) for part in ("body.txt", "body.html"))
        return letter(
            message,
            g.organisation,
            subject=subject,
            text=text.strip() + "\n",
            html=styled(html),
            attachments=papers(about),
        )


def render(template: PurePath, facts: dict[str, Any]) -> str:
    """Without what Flask gives every page: a letter has no reader who is logged in, and no frame."""
    return app().jinja_env.get_template(str(template)).render(facts)


def context(message: Message, about: Any, organisation: Organisation) -> dict[str, Any]:
    event = message.event
    return {
        "event": event,
        "about": about,
        "data": event.data,
        "recipient": message,
        "called": message.name if message.user_id or message.contact_id else "",
        "who": event.actor_name or organisation.name,
        "organisation": organisation,
        "for_customer": is_for_customer(message),
        "facts": facts_about(about, is_for_customer(message)),
        "performed_action": performed_action(message, about),
        "link": link(message, about),
        "minutes": int(LINK_LIFE.total_seconds() // 60),
        "page": page_of(message),
        "risky": [Right(value) for value in event.data.get("risky", ())],
    }


def is_for_customer(message: Message) -> bool:
    """What a customer may read, and no more, whenever the reader is not known to be staff."""
    return message.user.is_portal if message.user_id else message.verb in TO_CUSTOMERS


def facts_about(about: Any, for_customer: bool) -> list[tuple[Any, str]]:
    """The few lines a reader wants at once; the contact and the customer's name are for staff."""
    if not isinstance(about, FaultReport | Order):
        return []
    facility = about.facility
    rows = [("facility", ", ".join(part for part in (facility.name, facility.place) if part) if facility else "")]
    if not for_customer:
        rows.insert(0, ("customer", about.customer.title if about.customer else ""))
        rows.append(("contact_name", " ".join(part for part in (about.contact_name, about.contact_phone) if part)))
        rows.append(("priority", str(about.priority.label) if about.priority.is_pressing else ""))
    if isinstance(about, Order):
        rows.append(("planned_on", format_date(about.planned_on, "full") if about.planned_on and about.is_open else ""))
    return [(about.LABELS[name], " ".join(value.split())) for name, value in rows if value]


def performed_action(message: Message, about: Any) -> str:
    """For those whose account shows it; nobody else is told what the portal would hide."""
    if not isinstance(about, Order) or not message.user or not message.user.is_portal:
        return ""
    return "" if PortalAccount.of(message.user).hide_performed_action else about.performed_action


def link(message: Message, about: Any) -> str:
    """The address with the single-use token, for letters that carry one."""
    purpose = LINKS.get(message.verb)
    return url_for("login.link", token=Link.issue(about, purpose), _external=True) if purpose else ""


def page_of(message: Message) -> str:
    """Where the reader can see more, or '' for readers who have no login."""
    if not message.user_id or message.verb in LINKS:
        return ""
    if message.verb in OWN_PAGES:
        return url_for(OWN_PAGES[message.verb], _external=True)
    page = (PORTAL_PAGES if message.user.is_portal else STAFF_PAGES).get(message.event.noun)
    return url_for(page, id=message.event.record_id, _external=True) if page else ""


def letter(message: Message, organisation: Organisation, **parts: Any) -> Letter:
    name, address = organisation.mail_from
    return Letter(
        to_name=message.name,
        to_address=message.address,
        sender_name=name,
        sender_address=address,
        reply_to=organisation.email or None,
        language=message.language.value,
        **parts,
    )


def styled(html: str) -> str:
    """With the style in the elements, as mail programmes want it."""
    return css_inline.inline(html, extra_css=sheet(), load_remote_stylesheets=False)


@lru_cache(maxsize=1)
def sheet() -> str:
    """The letters' style with the light tokens' values in place: mail programmes know no variables and no dark
    of ours."""
    light = (CSS / "tokens.css").read_text(encoding="utf-8").partition("@media")[0]
    tokens = dict(TOKEN.findall(light))
    return USED.sub(lambda use: tokens[use[1]], (CSS / "email.css").read_text(encoding="utf-8"))


def papers(about: Any) -> list[tuple[str, str, bytes]]:
    """What goes along: the protocol's or the quote's PDF, as it was stored."""
    pdf = about.pdf if isinstance(about, Protocol | Quote) else None
    return [(pdf.name, pdf.mime, vault().get(pdf.key))] if pdf else []
