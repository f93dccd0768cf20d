"""What a person or a customer wants to be told, by which way, and the consent that text messages need.

The switches are the noun's own fields; here stands what they mean. `wants_news` is the main switch for e-mail:
without it no letter goes, whatever else is ticked. Text messages need a mobile number and a consent (GDPR art. 7).
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Choice, Country, now
from models.organisation import Organisation
from models.phone import Phone
from models.refusals import Refusal, refuse

SMS_SWITCHES = ("sms_news", "sms_protocol", "sms_order")
LABELS = {
    "send_protocol": _l("Send protocols"),
    "send_order": _l("Send orders"),
    "wants_news": _l("Wants news"),
    "sms_news": _l("News by SMS"),
    "sms_protocol": _l("Protocols by SMS"),
    "sms_order": _l("Orders by SMS"),
    "sms_consent_source": _l("Consent to SMS"),
    "sms_consent_on": _l("Consent given on"),
    "sms_consent_by": _l("Consent noted by"),
}


class ConsentSource(Choice):
    """How somebody said that text messages are welcome."""

    IN_PERSON = "in_person", _l("Given in person")
    FORM = "form", _l("Given in a form")
    PHONE = "phone", _l("Given by phone")
    WRITING = "writing", _l("Given in writing")


class Reachable:
    """Methods of nouns that have the switches: the contact, and the customer itself."""

    id: Any
    noun: Any
    name: Any
    email: Any
    phone: Any
    mobile: Any
    wants_news: Any
    news_changed_at: Any
    sms_consent_source: Any
    sms_consent_on: Any

    @property
    def dialled_from(self) -> Country:
        raise NotImplementedError

    @property
    def sms_phone(self) -> Phone:
        """The mobile number, or the phone where that is one."""
        phone = Phone(self.phone, self.dialled_from)
        return phone if not self.mobile and phone.is_mobile else Phone(self.mobile, self.dialled_from)

    @property
    def as_param(self) -> dict[str, int]:
        """How a refusal names this party, so that its remedy finds it."""
        return {f"{self.noun}_id": self.id}

    def against_email(self) -> list[Refusal]:
        """Why no letter goes to this party."""
        if not self.wants_news:
            return [refuse("consent.notifications_off", name=self.name, since=self.news_changed_at, **self.as_param)]
        return [] if self.email else [refuse("contact.no_email", name=self.name, **self.as_param)]

    def against_sms(self) -> list[Refusal]:
        """Why no text message goes: all reasons at once."""
        return [*self._against_number(), *self._against_consent()]

    def _against_number(self) -> list[Refusal]:
        phone = self.sms_phone
        if phone.is_mobile:
            return []
        if not phone.number:
            return [refuse("contact.no_mobile", name=self.name, **self.as_param)]
        return [refuse("contact.invalid_mobile", number=phone.number, **self.as_param)]

    def _against_consent(self) -> list[Refusal]:
        return [] if self.sms_consent_source else [refuse("consent.no_sms", name=self.name, **self.as_param)]

    def with_consent(self, values: dict[str, Any], *, by) -> dict[str, Any]:
        """The form's values with who noted the consent and when; without one nothing is left of it but the log."""
        if "sms_consent_source" not in values:
            return values
        source, given_on = values["sms_consent_source"], values.get("sms_consent_on")
        if not source:
            return {**values, "sms_consent_source": None, "sms_consent_on": None, "sms_consent_by": None}
        kept = (source, given_on) == (self.sms_consent_source, self.sms_consent_on)
        noted = {} if kept and given_on else {"sms_consent_by": by, "sms_consent_on": given_on or now().date()}
        return {**values, **noted}


def country_or_ours(country: Country | None) -> Country:
    organisation = Organisation.current()
    return country or (organisation.country if organisation else Country.SE)
