"""Messages that were not sent, and what the portal does not show."""

from typing import Any

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

_OPEN_CONTACT = Remedy(_l("Change the contact"), "contacts.edit", {"id": "contact_id"}, right="customer.edit")
_OPEN_CUSTOMER = Remedy(_l("Change the customer"), "customers.edit", {"id": "customer_id"}, right="customer.edit")


def _mend(label: Any, field: str) -> tuple[Remedy, ...]:
    """The field on the contact's form, or on the customer's own: whichever the refusal is about."""
    pages = (("contacts.edit", "contact_id"), ("customers.edit", "customer_id"))
    return tuple(Remedy(label, page, {"id": found}, right="customer.edit", anchor=field) for page, found in pages)


_OPEN_PROFILE = Remedy(_l("Open the profile"), "account.profile")
_OPEN_STAFF = Remedy(_l("Open the person"), "staff.show", {"id": "user_id"}, right="user.view")
_OPEN_ACCOUNT = Remedy(_l("Open the account"), "portal_accounts.edit", {"id": "account_id"}, right="customer.view")

REASONS = (
    Reason(
        "staff.own_action",
        409,
        _l("Nobody is told of what they did themselves"),
        remedies=(Remedy(_l("How news are sent"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "staff.no_channel",
        409,
        _l("%(name)s has switched off this channel for such news"),
        remedies=(_OPEN_PROFILE, _OPEN_STAFF),
    ),
    Reason(
        "staff.role_not_recipient",
        409,
        _l("The role %(role)s is not told of this"),
        remedies=(Remedy(_l("Open the rule"), "settings.notifications", right="organisation.administer"),),
    ),
    Reason("staff.no_email", 409, _l("%(name)s has no e-mail address"), remedies=(_OPEN_STAFF, _OPEN_PROFILE)),
    Reason("staff.inactive", 409, _l("%(name)s is switched off"), remedies=(_OPEN_STAFF,)),
    Reason("contact.no_email", 409, _l("%(name)s has no e-mail address"), remedies=(_OPEN_CONTACT, _OPEN_CUSTOMER)),
    Reason(
        "contact.no_mobile",
        409,
        _l("%(name)s has no mobile number"),
        _l("Text messages go to mobile numbers only."),
        _mend(_l("Add a mobile number"), "mobile"),
    ),
    Reason(
        "contact.invalid_mobile",
        409,
        _l("%(number)s is no valid mobile number"),
        _l("By the numbering plan of its country it gets no text messages."),
        _mend(_l("Mend the number"), "mobile"),
    ),
    Reason(
        "consent.no_sms",
        409,
        _l("%(name)s has not consented to text messages"),
        _l("The consent is noted with its date, how it was given, and who noted it."),
        _mend(_l("Note a consent"), "sms_consent_source"),
    ),
    Reason(
        "consent.notifications_off",
        409,
        _l("%(name)s does not want this news"),
        _l("Switched off %(since)s."),
        _mend(_l("Switch it on"), "wants_news"),
    ),
    Reason(
        "customer.nobody_to_tell",
        409,
        _l("%(customer)s has no contact who wants protocols"),
        remedies=(Remedy(_l("Add a contact"), "contacts.new", {"customer_id": "customer_id"}, right="customer.edit"),),
    ),
    Reason(
        "provider.unreachable",
        409,
        _l("The mail server cannot be reached"),
        _l("It answered: %(answer)s"),
        (Remedy(_l("Open the mail settings"), "settings.mail", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    Reason(
        "provider.rejected",
        409,
        _l("The mail server refused the message"),
        _l("It answered: %(answer)s"),
        (Remedy(_l("Open the message"), "messages.show", {"id": "message_id"}, right="message.view"),),
        lifted_by="message.resend",
    ),
    Reason(
        "provider.not_authorised",
        409,
        _l("The mail server does not accept our login"),
        _l("It answered: %(answer)s"),
        (Remedy(_l("Open the mail settings"), "settings.mail", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    Reason(
        "provider.no_answer",
        409,
        _l("The mail server hung up before it confirmed"),
        _l("The message may have arrived; it is sent again under the same identity."),
        (Remedy(_l("Open the message"), "messages.show", {"id": "message_id"}, right="message.view"),),
    ),
    Reason(
        "provider.not_configured",
        409,
        _l("No mail server is set up, so no e-mail leaves"),
        remedies=(Remedy(_l("Open the mail settings"), "settings.mail", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    Reason(
        "message.failed_inside",
        409,
        _l("The message could not be written"),
        _l("The fault is in the programme and is logged: %(answer)s"),
        (Remedy(_l("Open the message"), "messages.show", {"id": "message_id"}, right="message.view"),),
        lifted_by="message.resend",
    ),
    Reason(
        "message.broken_off",
        409,
        _l("The sending was broken off %(count)s times"),
        _l("It may have arrived; look before it is sent again."),
        (Remedy(_l("Open the message"), "messages.show", {"id": "message_id"}, right="message.view"),),
        lifted_by="message.resend",
    ),
    Reason(
        "message.not_concerned",
        409,
        _l("%(name)s is no longer among those who are told of this"),
        remedies=(Remedy(_l("How news are sent"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "message.sent",
        409,
        _l("The message is sent"),
        _l("Sent %(since)s."),
        (Remedy(_l("Open the message"), "messages.show", {"id": "message_id"}, right="message.view"),),
    ),
    Reason(
        "message.on_its_way",
        409,
        _l("The message is waiting to be sent"),
        remedies=(Remedy(_l("Open the message"), "messages.show", {"id": "message_id"}, right="message.view"),),
    ),
    Reason(
        "portal.not_linked",
        403,
        _l("Your account is not linked to this facility"),
        lifted_by="customer.edit_user_rights",
    ),
    Reason(
        "portal.no_facilities",
        409,
        _l("Your account is not linked to any facility"),
        _l("A fault is reported on a facility, so that we know where to go."),
        lifted_by="customer.edit_user_rights",
    ),
    Reason(
        "portal.joined",
        409,
        _l("%(name)s has chosen a password already"),
        _l("Whoever forgets it asks for a new one on the login page."),
        (_OPEN_ACCOUNT,),
    ),
    Reason("portal.switched_off", 409, _l("%(name)s was switched off %(since)s"), remedies=(_OPEN_ACCOUNT,)),
    Reason("portal.switched_on", 409, _l("%(name)s is not switched off"), remedies=(_OPEN_ACCOUNT,)),
)
