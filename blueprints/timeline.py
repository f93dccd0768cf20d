"""The timeline of a card: what happened, who was told, which files came and what was changed, ready for
`ui.history`."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import format_date, gettext, ngettext
from flask_login import current_user
from markupsafe import Markup, escape

from blueprints.actions import Action, Why, explain
from blueprints.addresses import page_of, way_to
from blueprints.files import views
from blueprints.words import clock, day_heading, iso, local_day, show
from models.base import Record
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.history import History, Kind, Moment, Page, Source
from models.message import UNSENT, Message
from models.rights import Right
from models.service_object import ServiceObject

LINKED = ("facility", "service_object", "fault_report", "order", "protocol", "quote")
SHOWS_STATUS = ("fault_report.reported", "fault_report.imported", "order.created")
LONGEST_QUOTE = 400


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, in the words `ui.timeline` prints."""

    at: datetime
    icon: str
    text: Markup
    tone: str = "neutral"
    minor: bool = False
    badge: Any = None
    quote: str = ""
    message: Any = None
    changes: list[Any] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    source: Markup | str = ""
    url: str = ""

    @property
    def time(self) -> str:
        return clock(self.at)

    @property
    def iso(self) -> str:
        return iso(self.at)


@dataclass(frozen=True)
class Timeline:
    """A page of days; iterating gives the days themselves."""

    days: list[Any]
    tabs: list[Any]
    earlier_url: str
    earlier_label: str
    newest_url: str

    def __iter__(self) -> Iterator[Any]:
        return iter(self.days)


def of_customer(customer: Customer) -> Timeline:
    return _drawn(History.of_customer(customer, current_user), (customer,))


def of_facility(facility: Facility) -> Timeline:
    return _drawn(History.of_facility(facility, current_user), (facility,))


def of_service_object(unit: ServiceObject) -> Timeline:
    return _drawn(History.of_service_object(unit, current_user), (unit,))


def of_records(*records: Record) -> Timeline:
    """The records' common timeline; the first is the page's own. Records that are None are left out.

    For a customer's user only what is meant for them: no internal remarks, no changes, no messages to others.
    """
    known = [record for record in records if record is not None]
    unlinked = [record for record in known[1:] if not way_to(record)]
    return _drawn(History.of_records(known, current_user), (known[0], *unlinked))


def _drawn(history: History, here: tuple[Record, ...]) -> Timeline:
    kind = _kind()
    before = request.args.get("before", type=int)
    page = history.page(kind, before)
    return Timeline(
        days(page, {(record.noun, record.id) for record in here}),
        _tabs(kind),
        _address(kind, page.mark) if page.mark else "",
        _earlier(page),
        _address(kind) if before else "",
    )


def _kind() -> Kind:
    asked = request.args.get("show", "")
    return Kind(asked) if asked in set(Kind) and not current_user.is_portal else Kind.ALL


def _address(kind: Kind, before: int | None = None) -> str:
    return url_for(
        request.endpoint or "",
        **(request.view_args or {}),
        show=None if kind is Kind.ALL else kind.value,
        before=before,
    )


def _tabs(chosen: Kind) -> list[Any]:
    """A customer's user reads one story; the staff may narrow it down."""
    if current_user.is_portal:
        return []
    return [SimpleNamespace(label=kind.label, url=_address(kind), current=kind is chosen) for kind in Kind]


def _earlier(page: Page) -> str:
    if page.since is None:
        return ""
    month = format_date(local_day(page.since), "MMMM y")
    return ngettext(
        "Show %(num)s earlier, from %(month)s", "Show %(num)s earlier, back to %(month)s", page.earlier, month=month
    )


def days(page: Page, here: set[tuple[str, int]]) -> list[Any]:
    """The page's moments by the reader's days, newest first; each message follows the event that made it."""
    memory: dict[str, Why] = {}
    entries = [
        (local_day(moment.event.at), entry) for moment in page.moments for entry in _entries(moment, here, memory)
    ]
    by_day = groupby(entries, key=lambda dated: dated[0])
    return [SimpleNamespace(label=day_heading(day), entries=[entry for _, entry in group]) for day, group in by_day]


def _entries(moment: Moment, here: set[tuple[str, int]], memory: dict[str, Why]) -> list[Entry]:
    """The event, and the messages it made; those that went the same way for the same reason share a line."""
    alike: dict[Any, list[Message]] = {}
    for message in moment.messages:
        why = message.refusal.say(show) if message.refusal else ""
        alike.setdefault((message.channel, message.state, why), []).append(message)
    return [_entry(moment, here), *(_told(messages, memory) for messages in alike.values())]


def _entry(moment: Moment, here: set[tuple[str, int]]) -> Entry:
    event = moment.event
    happening = event.happening
    return Entry(
        at=event.at,
        icon=happening.icon,
        tone=happening.tone,
        minor=happening.minor,
        text=sentence(event, here),
        badge=getattr(moment.record, "status", None)
        if event.verb in SHOWS_STATUS and not current_user.is_portal
        else None,
        quote=_quote(moment),
        changes=[]
        if current_user.is_portal
        else [SimpleNamespace(label=c.label, old=show(c.old), new=show(c.new)) for c in moment.changes],
        files=views(moment.files, "portal.files" if current_user.is_portal else "files"),
        source=_source(moment.source),
    )


def _source(source: Source | None) -> Markup | str:
    """The file it came with, as a link for those who may see its import."""
    if source is None:
        return ""
    name = escape(source.name)
    if source.job_id:
        name = Markup('<a href="%s">%s</a>') % (url_for("imports.show", id=source.job_id), source.name)
    return escape(gettext("From the file %(file)s")) % {"file": name}


class Told(dict):
    """The values of a sentence; one that an older event does not carry is left empty."""

    def __missing__(self, name: str) -> str:
        return ""


def sentence(event: Event, here: Collection[tuple[str, int]] = ()) -> Markup:
    """Who did what, safe to print: names in bold, and a link to the record unless its own page is the one that
    is shown."""
    words = Told({name: show(value) for name, value in event.data.items()})
    words.update(
        who=_bold(event.actor_name or "Kundbok"), what=_what(event, here), person=_bold(show(event.data.get("person")))
    )
    if "risky" in event.data:
        words["rights"] = ", ".join(str(Right(value).label) for value in event.data["risky"])
    return escape(str(event.happening.sentence)) % words


def _bold(text: str) -> Markup:
    return Markup("<b>%s</b>") % text


def _what(event: Event, here: Collection[tuple[str, int]]) -> Markup:
    elsewhere = event.noun in LINKED and (event.noun, event.record_id) not in here
    url = page_of(event.noun, event.record_id) if elsewhere else ""
    return Markup('<a href="%s">%s</a>') % (url, event.what) if url else _bold(event.what)


def _quote(moment: Moment) -> str:
    """In people's own words: the comment, the fault as it was told, what the technician did (for the staff)."""
    event, record = moment.event, moment.record
    if event.data.get("text"):
        return event.data["text"]
    if record is None:
        return ""
    if event.verb in SHOWS_STATUS[:2]:
        return _cut(record.description)
    return _cut(record.performed_action) if event.verb == "order.performed" and not current_user.is_portal else ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rstrip() + "…"


def _told(messages: list[Message], memory: dict[str, Why]) -> Entry:
    one = messages[0]
    told = gettext("News in Kundbok to %(names)s") if one.is_in_app else gettext("E-mail to %(names)s")
    actions = [] if current_user.is_portal else [action for message in messages for action in _again(message)]
    return Entry(
        at=one.sent_at or one.created_at,
        icon="bell" if one.is_in_app else "envelope",
        tone=one.state.tone,
        minor=one.is_in_app,
        text=escape(told) % {"names": Markup(", ").join(_bold(message.name) for message in messages)},
        message=SimpleNamespace(state=one.state, text=one.subject, reason=_reason(one, memory), actions=actions),
    )


def _reason(message: Message, memory: dict[str, Why]) -> Why | None:
    """Why it was not sent, with the way out. Equal reasons are explained once: who can help costs queries."""
    refusal = message.refusal
    if refusal is None or current_user.is_portal:
        return None
    key = str(message.reason)
    if key not in memory:
        memory[key] = explain([refusal], message)[0]
    return memory[key]


def _again(message: Message) -> list[Action]:
    """Send again, for those who may, where it makes sense."""
    if message.state not in UNSENT or not current_user.has(Right.MESSAGE_RESEND):
        return []
    return [
        Action(
            gettext("Send again to %(name)s", name=message.name),
            url_for("messages.resend", id=message.id),
            method="post",
        )
    ]
