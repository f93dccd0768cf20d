"""One list per person of what was consented to and taken back: when, how, and who wrote it down.

It is read from the change log, which keeps every turn of the switches; a consent that came with an import or is older
than the log stands in the record alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Choice, Record
from models.consent import ConsentSource
from models.event import Event


class ConsentTo(Choice):
    SMS = "sms", _l("Text messages")
    NEWS = "news", _l("News by e-mail")


SOURCE = "sms_consent_source"
SWITCHES = {SOURCE: ConsentTo.SMS, "wants_news": ConsentTo.NEWS}


@dataclass(frozen=True)
class Consent:
    what: ConsentTo
    given: bool
    at: date | datetime
    source: ConsentSource | None = None
    by: str = ""


def consents_of(record: Record) -> list[Consent]:
    """The newest first. `record` is a contact or a customer."""
    query = Event.about(record).where(Event.changes != {})
    told = [consent for event in query for consent in _told(event)]
    return told + _untold(record, told)


def _told(event: Event) -> list[Consent]:
    found = []
    for name in SWITCHES.keys() & event.changes.keys():
        new = event.changes[name].get("new")
        source = ConsentSource(new) if name == SOURCE and new else None
        found.append(Consent(SWITCHES[name], bool(new), event.at, source, event.actor_name))
    return found


def _untold(record: Any, told: list[Consent]) -> list[Consent]:
    """What the record itself says and no change does."""
    known = any(consent.what is ConsentTo.SMS for consent in told)
    if known or not record.sms_consent_source:
        return []
    by = record.sms_consent_by.name if record.sms_consent_by_id else ""
    return [Consent(ConsentTo.SMS, True, record.sms_consent_on, record.sms_consent_source, by)]
