"""Every "why not": the catalogue of reasons, their figures and their remedies, in one place.

A `Refusal` is data (a code and its parameters), so the same answer serves the button, the server's reply, the message
ledger and the help page. A `Reason` holds the words; a `Remedy` names a page by its endpoint and the right it needs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

RIGHT_MISSING = "right.missing"


@dataclass(frozen=True)
class Remedy:
    """A way out. `page` is an endpoint, `arguments` maps its URL arguments to the refusal's parameters.

    `right`: who may use it; a reader without that right is told who can. `anchor` jumps to a field or point.
    """

    label: Any
    page: str
    arguments: dict[str, str] = field(default_factory=dict)
    right: str = ""
    anchor: str = ""
    posts: bool = False


@dataclass(frozen=True)
class Reason:
    """`status`: 403 a right, 409 a state, 422 an input. `say` is the sentence, `nums` the figures behind it."""

    code: str
    status: int
    say: Any
    nums: Any = ""
    remedies: tuple[Remedy, ...] = ()
    lifted_by: str = ""  # the right whose holders can lift it where no page does


@dataclass(frozen=True)
class Refusal:
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> Reason:
        return REASONS[self.code]

    @property
    def is_missing_right(self) -> bool:
        return self.code == RIGHT_MISSING

    def say(self, show: Callable[[Any], str] = str) -> str:
        return self._fill(self.reason.say, show)

    def nums(self, show: Callable[[Any], str] = str) -> str:
        return self._fill(self.reason.nums, show)

    def _fill(self, sentence: Any, show: Callable[[Any], str]) -> str:
        return str(sentence) % {name: show(value) for name, value in self.params.items()}

    def as_json(self) -> dict:
        return {"code": self.code, "params": {name: _stored(value) for name, value in self.params.items()}}

    @classmethod
    def from_json(cls, data: dict) -> "Refusal":
        return cls(data["code"], {name: _restored(value) for name, value in data["params"].items()})


def _stored(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _restored(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value


def refuse(code: str, /, **params: Any) -> Refusal:
    """One reason, checked against the catalogue where it is made."""
    if code not in REASONS:
        raise KeyError(f"no reason {code}")
    return Refusal(code, params)


class Refused(Exception):
    """A verb said no. `refusals` holds every reason at once, `record` what it was about."""

    def __init__(self, refusals: Iterable[Refusal], record: Any = None):
        self.refusals = list(refusals)
        self.record = record
        super().__init__(", ".join(refusal.code for refusal in self.refusals))

    @property
    def status(self) -> int:
        """A missing right outranks a wrong state: who may not act is not told to come back later."""
        statuses = {refusal.reason.status for refusal in self.refusals}
        return next(status for status in (403, 409, 422) if status in statuses)


_OPEN_CUSTOMER = Remedy(_l("Open the customer"), "customers.show", {"id": "customer_id"})
_EDIT_CUSTOMER = Remedy(_l("Change the customer"), "customers.edit", {"id": "customer_id"}, right="customer.edit")
_REACTIVATE = Remedy(
    _l("Reactivate the customer"), "customers.show", {"id": "customer_id"}, right="customer.edit", anchor="activity"
)
_OPEN_CONTACT = Remedy(_l("Change the contact"), "contacts.edit", {"id": "contact_id"}, right="customer.edit")
_OPEN_PROFILE = Remedy(_l("Open the profile"), "account.profile")
_IMPORT = Remedy(_l("Choose another file"), "imports.index", right="register.import")
_TEMPLATE = Remedy(
    _l("Download a template"), "imports.template", {"name": "register", "kind": "kind"}, right="register.import"
)
_SAVE_AS = Remedy(_l("How to save a register"), "help.show", {"code": "code"})
_OPEN_STAFF = Remedy(_l("Open the person"), "staff.show", {"id": "user_id"}, right="user.view")
_OPEN_ACCOUNT = Remedy(_l("Open the account"), "portal_accounts.edit", {"id": "account_id"}, right="customer.view")

_ALL = (
    # rights
    Reason(
        RIGHT_MISSING,
        403,
        _l("You lack the right: %(right)s"),
        _l("Rights come with your role; each can also be given to you alone."),
        (Remedy(_l("See who has which right"), "staff.matrix", right="user.view"),),
        lifted_by="right.grant",
    ),
    Reason(
        "right.not_assigned",
        403,
        _l("%(what)s is not assigned to you"),
        _l("Your rights reach only what is assigned to you."),
        lifted_by="order.assign",
    ),
    Reason("right.staff_only", 403, _l("Only staff can do this"), lifted_by="right.grant"),
    Reason(
        "right.cannot_grant", 403, _l("You cannot give a right you lack yourself: %(right)s"), lifted_by="right.grant"
    ),
    Reason("right.own", 403, _l("Nobody changes their own rights"), lifted_by="right.grant"),
    Reason(
        "right.higher",
        403,
        _l("%(name)s has rights that you lack, so you cannot change that account"),
        lifted_by="right.grant",
    ),
    # stores and login
    Reason(
        "store.no_access",
        403,
        _l("You have no access to store %(number)s"),
        _l("The chain's administrators decide who works in which store."),
        (Remedy(_l("Ask for access"), "login.ask_for_access", {"number": "number"}, posts=True),),
        lifted_by="store.grant",
    ),
    Reason(
        "store.unknown_number",
        422,
        _l("There is no store with number %(number)s"),
        _l("Correct the number in the field, or leave it empty to be taken to your own store."),
        (Remedy(_l("Correct the store number"), "login.show"),),
    ),
    Reason(
        "login.wrong",
        422,
        _l("The user name or the password is wrong"),
        _l("For your safety we do not say which."),
        (Remedy(_l("Choose a new password"), "login.forgot"),),
    ),
    Reason(
        "login.code_wrong",
        422,
        _l("The code is wrong or was used already"),
        _l("The code changes every 30 seconds; check the phone's clock."),
        (Remedy(_l("Start over"), "login.show"),),
    ),
    Reason(
        "login.too_late",
        409,
        _l("The password was given too long ago"),
        _l("The code belongs to a login of a few minutes."),
        (Remedy(_l("Start over"), "login.show"),),
    ),
    Reason(
        "quota.exceeded",
        422,
        _l("Too many attempts; it opens again %(until)s"),
        _l("Attempts are counted per account and per address."),
        (Remedy(_l("Choose a new password"), "login.forgot"),),
    ),
    Reason(
        "password.short",
        422,
        _l("A password has at least %(low)s characters"),
        _l("What you typed has %(length)s."),
        (Remedy(_l("How to choose a good password"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "password.guessable",
        422,
        _l("This password is among the first that are tried"),
        _l("Leave out your own name and common words; a few unrelated words make a good one."),
        (Remedy(_l("How to choose a good password"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "password.wrong",
        422,
        _l("The present password is wrong"),
        _l("It is asked so that nobody changes it at a computer you left."),
        (Remedy(_l("Choose a new password"), "login.forgot"),),
    ),
    Reason("user.inactive", 409, _l("This account was switched off %(since)s"), lifted_by="user.edit"),
    Reason("user.active", 409, _l("%(name)s is not switched off"), remedies=(_OPEN_STAFF,)),
    Reason("user.joined", 409, _l("%(name)s has chosen a password already"), remedies=(_OPEN_STAFF,)),
    Reason("user.no_second_factor", 409, _l("%(name)s has no second factor"), remedies=(_OPEN_STAFF,)),
    Reason(
        "user.last_owner",
        409,
        _l("There must be at least one owner"),
        _l("Make someone else an owner first."),
        (Remedy(_l("See the staff"), "staff.index", right="user.view"),),
    ),
    Reason(
        "user.login_taken",
        422,
        _l("The user name %(login)s is in use"),
        remedies=(Remedy(_l("Choose another user name"), "staff.index", right="user.view"),),
    ),
    Reason(
        "link.expired",
        409,
        _l("This link no longer works"),
        _l("A link works once and only for a while."),
        (Remedy(_l("Ask for a new link"), "login.forgot"),),
    ),
    Reason(
        "portal.closed",
        403,
        _l("The customer portal is closed"),
        _l("Accounts can be prepared, but nobody can log in until it opens."),
        (Remedy(_l("Open the portal settings"), "settings.portal", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    # records
    Reason(
        "record.changed",
        409,
        _l("%(who)s changed this meanwhile"),
        _l("Both values are shown field by field; choose which one to keep."),
        (Remedy(_l("Open it as it is now"), "search.open", {"noun": "noun", "id": "id"}),),
    ),
    Reason(
        "customer.inactive",
        409,
        _l("The customer %(customer)s is inactive"),
        _l("Inactivated %(since)s."),
        (_REACTIVATE,),
        lifted_by="customer.edit",
    ),
    Reason(
        "customer.already_inactive",
        409,
        _l("The customer is inactive already"),
        _l("Inactivated %(since)s."),
        (_REACTIVATE,),
    ),
    Reason("customer.already_active", 409, _l("The customer is active already"), remedies=(_OPEN_CUSTOMER,)),
    Reason(
        "customer.number_locked",
        403,
        _l("Only an administrator changes a customer number"),
        _l("The number is the key to bookkeeping, import and export."),
        lifted_by="organisation.administer",
    ),
    Reason(
        "customer.number_length",
        422,
        _l("A customer number has %(low)s to %(high)s characters"),
        _l("%(number)s has %(length)s."),
        (Remedy(_l("Change the limits"), "settings.register", right="organisation.administer"),),
    ),
    Reason(
        "customer.number_form",
        422,
        _l("A customer number has digits only"),
        _l("%(number)s has other characters."),
        (Remedy(_l("Change the rule"), "settings.register", right="organisation.administer"),),
    ),
    Reason(
        "customer.number_taken",
        422,
        _l("The customer number %(number)s is in use"),
        remedies=(Remedy(_l("Open that customer"), "customers.show", {"id": "customer_id"}, right="customer.view"),),
    ),
    Reason(
        "customer.in_use",
        409,
        _l("The customer has history and cannot be deleted"),
        _l(
            "Fault reports: %(reports)s, orders: %(orders)s. Inactivate the customer instead; what was done stays traceable."
        ),
        (
            Remedy(
                _l("Inactivate instead"),
                "customers.show",
                {"id": "customer_id"},
                right="customer.edit",
                anchor="activity",
            ),
        ),
    ),
    Reason(
        "facility.inactive",
        409,
        _l("The facility %(facility)s is inactive"),
        remedies=(Remedy(_l("Open the facility"), "facilities.show", {"id": "facility_id"}),),
        lifted_by="facility.edit",
    ),
    Reason(
        "facility.number_taken",
        422,
        _l("The customer has a facility with number %(number)s already"),
        remedies=(_OPEN_CUSTOMER,),
    ),
    # fault reports
    Reason(
        "fault_report.converted",
        409,
        _l("The report is order %(order)s already"),
        remedies=(Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "fault_report.rejected",
        409,
        _l("The report was rejected: %(why)s"),
        _l("Rejected %(since)s by %(who)s."),
        (
            Remedy(
                _l("Reopen the report"),
                "fault_reports.show",
                {"id": "report_id"},
                right="fault_report.accept",
                anchor="reopen",
            ),
        ),
    ),
    Reason(
        "fault_report.cancelled",
        409,
        _l("The report was withdrawn by the one who made it"),
        remedies=(Remedy(_l("Open the report"), "fault_reports.show", {"id": "report_id"}),),
    ),
    Reason(
        "fault_report.closed",
        409,
        _l("The report was closed in the system it came from"),
        remedies=(Remedy(_l("Open the report"), "fault_reports.show", {"id": "report_id"}),),
    ),
    Reason(
        "fault_report.other_facility",
        409,
        _l("The facility %(facility)s belongs to another customer"),
        remedies=(
            Remedy(
                _l("Choose the facility"),
                "fault_reports.edit",
                {"id": "report_id"},
                right="fault_report.edit",
                anchor="facility",
            ),
        ),
    ),
    Reason(
        "fault_report.not_yours",
        403,
        _l("Only the one who reported it can withdraw %(what)s"),
        lifted_by="fault_report.reject",
    ),
    Reason(
        "fault_report.waiting",
        409,
        _l("The report is waiting already"),
        remedies=(Remedy(_l("Open the report"), "fault_reports.show", {"id": "report_id"}),),
    ),
    Reason(
        "fault_report.no_facility",
        409,
        _l("The facility is not chosen"),
        _l("%(customer)s has %(count)s facilities; an order needs one."),
        (
            Remedy(
                _l("Choose the facility"),
                "fault_reports.edit",
                {"id": "report_id"},
                right="fault_report.edit",
                anchor="facility",
            ),
        ),
    ),
    Reason(
        "fault_report.no_customer",
        409,
        _l("The customer is not chosen"),
        _l("An order belongs to a customer."),
        (
            Remedy(
                _l("Choose the customer"),
                "fault_reports.edit",
                {"id": "report_id"},
                right="fault_report.edit",
                anchor="customer",
            ),
        ),
    ),
    # orders and protocols
    Reason(
        "order.voided",
        409,
        _l("The order is voided"),
        _l("Voided %(since)s."),
        (Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
        lifted_by="order.void",
    ),
    Reason(
        "order.performed",
        409,
        _l("The order is performed"),
        _l("Performed %(since)s."),
        (Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "order.not_started",
        409,
        _l("The order is not started"),
        _l("Its status is %(status)s."),
        (Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "order.started",
        409,
        _l("The order is started already"),
        remedies=(Remedy(_l("Go on with the order"), "orders.work", {"id": "order_id"}),),
    ),
    Reason(
        "order.points_missing",
        409,
        _l("Points not answered: %(count)s"),
        _l("The first is number %(number)s: %(text)s"),
        (Remedy(_l("Go to the point"), "orders.work", {"id": "order_id", "_anchor": "anchor"}),),
    ),
    Reason(
        "order.remark_missing",
        409,
        _l("Point %(number)s needs a remark in words"),
        _l("A remark, or a value outside its limits, is explained: %(text)s"),
        (Remedy(_l("Go to the point"), "orders.work", {"id": "order_id", "_anchor": "anchor"}),),
    ),
    Reason(
        "order.no_action",
        409,
        _l("The performed action is not written"),
        _l("The customer reads it in the protocol."),
        (Remedy(_l("Write what was done"), "orders.work", {"id": "order_id"}, anchor="performed_action"),),
    ),
    Reason(
        "order.unsigned",
        409,
        _l("The protocol is not signed by the technician"),
        remedies=(Remedy(_l("Go to the signatures"), "orders.work", {"id": "order_id"}, anchor="signatures"),),
    ),
    Reason(
        "protocol.ready",
        409,
        _l("The PDF is made"),
        remedies=(Remedy(_l("Open the protocol"), "protocols.show", {"id": "protocol_id"}),),
    ),
    Reason(
        "checklist.changed",
        409,
        _l("%(who)s changed this checklist meanwhile"),
        _l("Saved %(since)s. Your points are kept below; saving again puts them in its place."),
        (Remedy(_l("Open it as it is now"), "checklists.edit", {"id": "checklist_id"}, right="checklist.edit"),),
    ),
    Reason(
        "protocol.making",
        409,
        _l("The PDF is being made"),
        _l("The page updates by itself when it is ready."),
        (Remedy(_l("Open the protocol"), "protocols.show", {"id": "protocol_id"}),),
    ),
    # files
    Reason(
        "upload.type",
        422,
        _l("%(name)s is %(found)s; allowed are photos, PDF, Excel and text"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.size",
        422,
        _l("%(name)s is %(size)s MB; at most %(limit)s MB is allowed"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.unreadable",
        422,
        _l("%(name)s cannot be read as a picture"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.pixels",
        422,
        _l("The picture has more than %(limit)s pixels"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "signature.empty",
        422,
        _l("Nothing is drawn"),
        _l("Draw in the field, or type the name instead."),
        (Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.count",
        422,
        _l("At most %(limit)s files at a time"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "logo.type",
        422,
        _l("%(name)s is no JPEG or PNG picture"),
        _l("A logo on white, about 480 pixels wide, is enough."),
        (
            Remedy(
                _l("Choose another picture"), "settings.organisation", right="organisation.administer", anchor="logo"
            ),
        ),
    ),
    Reason(
        "upload.disk_full",
        409,
        _l("There is no room to store files right now"),
        _l("Nothing was saved; reading goes on."),
        lifted_by="organisation.administer",
    ),
    # messages: why one was not sent
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
    Reason("contact.no_email", 409, _l("%(name)s has no e-mail address"), remedies=(_OPEN_CONTACT,)),
    Reason(
        "consent.notifications_off",
        409,
        _l("%(name)s does not want this news"),
        _l("Switched off %(since)s."),
        (_OPEN_CONTACT,),
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
    # portal
    Reason(
        "portal.not_linked",
        403,
        _l("Your account is not linked to this facility"),
        lifted_by="customer.edit_user_rights",
    ),
    Reason(
        "portal.hidden_by_setting",
        403,
        _l("Your supplier does not show this in the portal"),
        remedies=(Remedy(_l("Open the portal settings"), "settings.portal", right="organisation.administer"),),
        lifted_by="organisation.administer",
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
    # imports
    Reason(
        "import.running",
        409,
        _l("The import runs already"),
        remedies=(Remedy(_l("See how far it is"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.finished",
        409,
        _l("The import is finished"),
        remedies=(Remedy(_l("See what it did"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.unmapped",
        422,
        _l("No column is chosen for %(field)s"),
        remedies=(Remedy(_l("Choose the column"), "imports.show", {"id": "import_id"}), _TEMPLATE),
    ),
    Reason(
        "import.no_column",
        422,
        _l("The file has no column for %(field)s"),
        _l("Its headings are: %(headings)s."),
        (_TEMPLATE, _IMPORT),
    ),
    Reason(
        "import.unchecked",
        409,
        _l("The file is not checked yet"),
        _l("The check tells what would happen to each row, and changes nothing."),
        (Remedy(_l("Choose the columns"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.begun",
        409,
        _l("The import has begun with the columns chosen then"),
        remedies=(Remedy(_l("Go on with the import"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.broken",
        409,
        _l("The import stopped in the middle"),
        _l("What was written stays; it goes on behind that. The fault is logged: %(answer)s"),
        (Remedy(_l("Go on with the import"), "imports.show", {"id": "import_id"}),),
    ),
    Reason("import.no_file", 422, _l("No file is chosen"), remedies=(_IMPORT, _TEMPLATE)),
    Reason("table.empty", 422, _l("The file is empty"), remedies=(_TEMPLATE, _IMPORT)),
    Reason("table.no_rows", 422, _l("The file has headings and no rows"), remedies=(_TEMPLATE, _IMPORT)),
    Reason(
        "table.binary",
        422,
        _l("The file is no table"),
        _l("A table is a CSV text or an Excel workbook (.xlsx)."),
        (_TEMPLATE, _IMPORT),
    ),
    Reason(
        "table.one_column",
        422,
        _l("Line %(line)s has one column only: %(heading)s"),
        _l("Columns are separated by semicolon, tab, comma or a vertical bar."),
        (_TEMPLATE, _IMPORT),
    ),
    Reason(
        "table.same_heading",
        422,
        _l("Two columns have the heading %(heading)s"),
        _l("Headings are on line %(line)s; each may stand there once."),
        (_TEMPLATE, _IMPORT),
    ),
    Reason(
        "table.broken_quotes",
        422,
        _l("A quotation mark that is opened on line %(line)s is not closed"),
        remedies=(_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.encoding",
        422,
        _l("Line %(line)s has letters that cannot be read as %(encoding)s"),
        _l("Save the file as UTF-8, or as an Excel workbook (.xlsx)."),
        (_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.too_large",
        422,
        _l("The file is %(size)s MB; at most %(limit)s MB is allowed"),
        _l("Divide it into several files."),
        (_IMPORT,),
    ),
    Reason(
        "table.too_many_rows",
        422,
        _l("The file has more than %(limit)s rows"),
        _l("Divide it into several files."),
        (_IMPORT,),
    ),
    Reason(
        "table.too_many_cells",
        422,
        _l("The workbook has more than %(limit)s cells"),
        _l("Divide it into several files, or save it as CSV."),
        (_IMPORT,),
    ),
    Reason(
        "table.damaged",
        422,
        _l("The workbook is damaged"),
        _l("Open it in Excel and save it again as .xlsx."),
        (_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.password",
        422,
        _l("The workbook is locked with a password"),
        _l("Save it again without a password."),
        (_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.old_excel",
        422,
        _l("The workbook is in the format of Excel 97 to 2003 (.xls)"),
        _l("Save it again as .xlsx."),
        (_SAVE_AS, _IMPORT),
    ),
)

REASONS: dict[str, Reason] = {reason.code: reason for reason in _ALL}
