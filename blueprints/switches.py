"""The part that a contact's form and a customer's share: how to reach them, what they want, and their consent."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from blueprints import forms
from blueprints.forms import ChoiceSelect, Form
from blueprints.words import show
from models.consent import LABELS, SMS_SWITCHES, ConsentSource, Reachable
from models.phone import Phone
from models.refusals import refuse

ANCHORS = {"consent.no_sms": "sms_consent_source"}  # where a reason is shown; the others are about the number


class SwitchesForm(Form):
    mobile = forms.phone(_l("Mobile"))
    send_protocol = forms.yes_no(LABELS["send_protocol"])
    send_order = forms.yes_no(LABELS["send_order"])
    wants_news = forms.yes_no(LABELS["wants_news"], default=True)
    sms_news = forms.yes_no(LABELS["sms_news"])
    sms_protocol = forms.yes_no(LABELS["sms_protocol"])
    sms_order = forms.yes_no(LABELS["sms_order"])
    sms_consent_source = ChoiceSelect(LABELS["sms_consent_source"], ConsentSource, blank=_l("No consent"))
    sms_consent_on = forms.date(LABELS["sms_consent_on"])

    def validate_mobile(self, field: StringField) -> None:
        """What was there before is not held against whoever changes something else."""
        if field.data and field.data != field.object_data and not Phone(field.data, self.region).is_mobile:
            self.blame("mobile", refuse("contact.invalid_mobile", number=field.data).say(show))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A tick for text messages needs a mobile number and a consent (S0.14); each is asked for at its own field."""
        fine = super().validate(*args, **kwargs)
        if not any(self[name].data for name in SMS_SWITCHES):
            return fine
        reasons = self.draft().against_sms()
        for refusal in reasons:
            field = ANCHORS.get(refusal.code, "mobile")
            if not self[field].errors:
                self.blame(field, refusal.say(show))
        return fine and not reasons

    def draft(self) -> Reachable:
        """Somebody as the form describes them, to ask what could be sent."""
        raise NotImplementedError
