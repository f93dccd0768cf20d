"""Who may do what: rights with a sentence each, roles as named sets, rules as predicates that can explain themselves.

A person's rights are their role's or template's, plus what was granted to them alone, minus what was withdrawn:
changing a role or template reaches its people and their exceptions stay. A rule answers `allows` and, where it does
not, `missing`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Choice
from models.refusals import Refusal, refuse


class Right(Choice):
    """`module.action`; the label is the sentence people read. `risky` ones are listed with their holders."""

    CUSTOMER_VIEW = "customer.view", _l("See all customers")
    CUSTOMER_VIEW_ASSIGNED = "customer.view_assigned", _l("See only the customers assigned to oneself")
    CUSTOMER_EDIT = "customer.edit", _l("Change all customers")
    CUSTOMER_EDIT_ASSIGNED = "customer.edit_assigned", _l("Change only the customers assigned to oneself")
    CUSTOMER_CREATE = "customer.create", _l("Add customers")
    CUSTOMER_MERGE = "customer.merge", _l("Merge customers")
    CUSTOMER_DELETE = "customer.delete", _l("Delete customers")
    CUSTOMER_UPLOAD = "customer.upload", _l("Upload files to customers")
    CUSTOMER_CREATE_USERS = "customer.create_users", _l("Invite customers' users to the portal")
    CUSTOMER_EDIT_USER_RIGHTS = "customer.edit_user_rights", _l("Change what customers' users may do")
    CUSTOMER_DELETE_USERS = "customer.delete_users", _l("Remove customers' users")
    CUSTOMER_ASSIGN = "customer.assign", _l("Assign people to customers")
    CUSTOMER_DELETE_FILES = "customer.delete_files", _l("Delete files uploaded to customers")

    CUSTOMER_VIEW_PERSONAL_NUMBER = "customer.view_personal_number", _l("See customers' whole personal numbers")

    FACILITY_VIEW = "facility.view", _l("See all facilities")
    FACILITY_VIEW_ASSIGNED = "facility.view_assigned", _l("See only facilities of customers assigned to oneself")
    FACILITY_EDIT = "facility.edit", _l("Change all facilities")
    FACILITY_EDIT_ASSIGNED = "facility.edit_assigned", _l("Change only facilities of customers assigned to oneself")
    FACILITY_CREATE = "facility.create", _l("Add facilities")
    FACILITY_UPLOAD = "facility.upload", _l("Upload files to facilities")

    SERVICE_OBJECT_VIEW = "service_object.view", _l("See all service objects")
    SERVICE_OBJECT_VIEW_ASSIGNED = (
        "service_object.view_assigned",
        _l("See only service objects of customers assigned to oneself"),
    )
    SERVICE_OBJECT_EDIT = "service_object.edit", _l("Change all service objects")
    SERVICE_OBJECT_EDIT_ASSIGNED = (
        "service_object.edit_assigned",
        _l("Change only service objects of customers assigned to oneself"),
    )
    SERVICE_OBJECT_CREATE = "service_object.create", _l("Add service objects")
    SERVICE_OBJECT_DELETE = "service_object.delete", _l("Delete service objects")
    SERVICE_OBJECT_UPLOAD = "service_object.upload", _l("Upload files to service objects")

    FAULT_REPORT_VIEW = "fault_report.view", _l("See all fault reports")
    FAULT_REPORT_VIEW_ASSIGNED = "fault_report.view_assigned", _l("See only fault reports assigned to oneself")
    FAULT_REPORT_CREATE = "fault_report.create", _l("Add fault reports")
    FAULT_REPORT_EDIT = "fault_report.edit", _l("Change fault reports")
    FAULT_REPORT_ASSIGN = "fault_report.assign", _l("Assign people to fault reports")
    FAULT_REPORT_ACCEPT = "fault_report.accept", _l("Accept fault reports and make orders of them")
    FAULT_REPORT_REJECT = "fault_report.reject", _l("Reject fault reports")
    FAULT_REPORT_UPLOAD = "fault_report.upload", _l("Upload files to fault reports")

    ORDER_VIEW = "order.view", _l("See all orders")
    ORDER_VIEW_ASSIGNED = "order.view_assigned", _l("See only the orders assigned to oneself")
    ORDER_CREATE = "order.create", _l("Add orders")
    ORDER_EDIT = "order.edit", _l("Change all orders")
    ORDER_EDIT_ASSIGNED = "order.edit_assigned", _l("Change only the orders assigned to oneself")
    ORDER_ASSIGN = "order.assign", _l("Assign people to orders")
    ORDER_PERFORM = "order.perform", _l("Perform and sign all orders")
    ORDER_PERFORM_ASSIGNED = "order.perform_assigned", _l("Perform and sign only the orders assigned to oneself")
    ORDER_VOID = "order.void", _l("Void orders")
    ORDER_UPLOAD = "order.upload", _l("Upload files to orders")
    ORDER_DELETE_FILES = "order.delete_files", _l("Delete files uploaded to orders")

    QUOTE_VIEW = "quote.view", _l("See all quotes")
    QUOTE_VIEW_ASSIGNED = "quote.view_assigned", _l("See only quotes of one's own or of customers assigned to oneself")
    QUOTE_CREATE = "quote.create", _l("Add quotes")
    QUOTE_EDIT = "quote.edit", _l("Change quotes, void them and note what the customer answered")
    QUOTE_SEND = "quote.send", _l("Send quotes")

    ARTICLE_VIEW = "article.view", _l("See articles and discount letters")
    ARTICLE_CREATE = "article.create", _l("Add articles")
    ARTICLE_EDIT = "article.edit", _l("Change articles and discount letters")
    ARTICLE_SEE_PURCHASE_PRICE = "article.see_purchase_price", _l("See and change purchase prices")

    MESSAGE_VIEW = "message.view", _l("See the list of all messages")
    MESSAGE_RESEND = "message.resend", _l("Send messages again")
    REGISTER_IMPORT = "register.import", _l("Import registers")
    REGISTER_EXPORT = "register.export", _l("Export lists")

    USER_VIEW = "user.view", _l("See the staff and what they may do")
    USER_INVITE = "user.invite", _l("Invite staff")
    USER_EDIT = "user.edit", _l("Change staff's details and restore them")
    RIGHT_GRANT = "right.grant", _l("Change other people's rights")
    STORE_GRANT = "store.grant", _l("Give access to stores")
    STORE_ALL = "store.all", _l("Work in every store")
    CHECKLIST_EDIT = "checklist.edit", _l("Change checklists")
    ADMINISTER = "organisation.administer", _l("Change the organisation's settings and customer numbers")
    LOG_VIEW = "log.view", _l("See the log of logins")
    PERSONAL_DATA_HANDLE = "personal_data.handle", _l("Export and erase what is known about a person")

    PORTAL_REPORT = "portal.report", _l("Report faults in the portal")
    PORTAL_PROTOCOLS = "portal.protocols", _l("See protocols in the portal")
    PORTAL_ORDERS = "portal.orders", _l("See orders in the portal")
    PORTAL_COMMENT = "portal.comment", _l("Comment in the portal")
    PORTAL_UPLOAD = "portal.upload", _l("Upload files in the portal")

    @property
    def module(self) -> str:
        return self.value.split(".")[0]

    @property
    def for_portal(self) -> bool:
        return self.module == "portal"

    @property
    def is_risky(self) -> bool:
        return self in RISKY

    @property
    def risk(self) -> Any:
        """Why it is risky, in a sentence; empty for the others."""
        return RISKS.get(self, "")

    @classmethod
    def of_staff(cls) -> list["Right"]:
        return [right for right in cls if not right.for_portal]


class Grounds(Choice):
    """Why somebody has a right, or has it not."""

    ROLE = "role", _l("By the role")
    TEMPLATE = "template", _l("By the template")
    GIVEN = "given", _l("Given to this person"), "info"
    WITHDRAWN = "withdrawn", _l("Withdrawn from this person"), "warning"
    LEFT_OUT = "left_out", _l("Not part of the template")
    NONE = "", _l("Not part of the role")


MODULES = {
    "customer": _l("Customers"),
    "facility": _l("Facilities"),
    "service_object": _l("Service objects"),
    "fault_report": _l("Fault reports"),
    "order": _l("Orders"),
    "quote": _l("Quotes"),
    "article": _l("Articles"),
    "message": _l("Messages"),
    "register": _l("Registers"),
    "user": _l("Staff"),
    "right": _l("Rights"),
    "store": _l("Stores"),
    "checklist": _l("Checklists"),
    "organisation": _l("Organisation"),
    "log": _l("Log"),
    "personal_data": _l("Personal data"),
    "portal": _l("Customer portal"),
}

# What can go wrong in the wrong hands: read before one is given, and by the owners after.
RISKS: dict[Right, Any] = {
    Right.CUSTOMER_DELETE: _l("Whoever has it can delete customers for good."),
    Right.CUSTOMER_VIEW_PERSONAL_NUMBER: _l("Whoever has it can read the personal numbers of private customers."),
    Right.CUSTOMER_MERGE: _l("Whoever has it can make two customers one, with all that belongs to them."),
    Right.REGISTER_EXPORT: _l("Whoever has it can carry the customer register out of the house as a file."),
    Right.USER_EDIT: _l("Whoever has it can change a colleague's e-mail address, and so get at the account."),
    Right.RIGHT_GRANT: _l("Whoever has it can pass on every right of their own. Best left to the owners."),
    Right.STORE_GRANT: _l("Whoever has it can let others into every store they work in."),
    Right.PERSONAL_DATA_HANDLE: _l(
        "Whoever has it can read everything about a person in one file, and erase a person for good."
    ),
    Right.ADMINISTER: _l("Whoever has it can change what holds for everybody, from the portal to the outgoing mail."),
}
RISKY = frozenset(RISKS)

_NARROWER = {
    right: Right(f"{right.value}_assigned")
    for right in Right
    if f"{right.value}_assigned" in {other.value for other in Right}
}


def including_narrower(rights: Iterable[Right]) -> frozenset[Right]:
    """Whoever may do something to all may also let others do it to what is assigned to them."""
    held = frozenset(rights)
    return held | {_NARROWER[right] for right in held if right in _NARROWER}


class Role(Choice):
    OWNER = "owner", _l("Owner")
    ADMINISTRATOR = "administrator", _l("Administrator")
    DISPATCHER = "dispatcher", _l("Dispatcher")
    TECHNICIAN = "technician", _l("Technician")
    CASHIER = "cashier", _l("Cashier")
    CLAIMS_MANAGER = "claims_manager", _l("Claims manager")
    FINANCE = "finance", _l("Finance")
    PORTAL = "portal", _l("Customer's user")

    @property
    def rights(self) -> frozenset[Right]:
        return ROLES[self]

    @property
    def is_portal(self) -> bool:
        return self is Role.PORTAL

    @classmethod
    def of_staff(cls) -> list["Role"]:
        return [role for role in cls if not role.is_portal]


def _named(*prefixes: str) -> frozenset[Right]:
    return frozenset(right for right in Right if right.value.startswith(prefixes))


_STAFF = frozenset(right for right in Right if not right.for_portal)
_ONLY_ASSIGNED = frozenset(right for right in Right if right.value.endswith("_assigned"))
_REGISTER = frozenset({Right.CUSTOMER_VIEW, Right.FACILITY_VIEW, Right.SERVICE_OBJECT_VIEW})

ROLES: dict[Role, frozenset[Right]] = {
    Role.OWNER: _STAFF - _ONLY_ASSIGNED,
    Role.ADMINISTRATOR: _STAFF - _ONLY_ASSIGNED,
    Role.DISPATCHER: (
        _named(
            "customer.",
            "facility.",
            "service_object.",
            "fault_report.",
            "order.",
            "quote.",
            "article.",
            "message.",
            "register.",
        )
        - _ONLY_ASSIGNED
        - {
            Right.SERVICE_OBJECT_DELETE,
            Right.CUSTOMER_DELETE,
            Right.CUSTOMER_MERGE,
            Right.CUSTOMER_DELETE_FILES,
            Right.CUSTOMER_VIEW_PERSONAL_NUMBER,
            Right.ARTICLE_SEE_PURCHASE_PRICE,
        }
    )
    | {Right.USER_VIEW},
    Role.TECHNICIAN: (_ONLY_ASSIGNED - {Right.CUSTOMER_EDIT_ASSIGNED})
    | {
        Right.CUSTOMER_UPLOAD,
        Right.FACILITY_UPLOAD,
        Right.SERVICE_OBJECT_UPLOAD,
        Right.FAULT_REPORT_CREATE,
        Right.FAULT_REPORT_UPLOAD,
        Right.ORDER_UPLOAD,
        Right.ARTICLE_VIEW,
    },
    Role.CASHIER: _REGISTER
    | {
        Right.CUSTOMER_CREATE,
        Right.CUSTOMER_EDIT,
        Right.FAULT_REPORT_VIEW,
        Right.FAULT_REPORT_CREATE,
        Right.ARTICLE_VIEW,
    },
    Role.CLAIMS_MANAGER: _REGISTER
    | {Right.CUSTOMER_CREATE, Right.CUSTOMER_EDIT, Right.CUSTOMER_UPLOAD, Right.FAULT_REPORT_VIEW, Right.ORDER_VIEW},
    Role.FINANCE: _REGISTER
    | {Right.CUSTOMER_EDIT, Right.FAULT_REPORT_VIEW, Right.ORDER_VIEW, Right.MESSAGE_VIEW, Right.REGISTER_EXPORT}
    | {Right.QUOTE_VIEW, Right.ARTICLE_VIEW, Right.ARTICLE_EDIT, Right.ARTICLE_CREATE}
    | {Right.ARTICLE_SEE_PURCHASE_PRICE},
    Role.PORTAL: _named("portal."),
}

_Test = Callable[[Any, Any], bool]
_Missing = Callable[[Any, Any], list[Refusal]]


@dataclass(frozen=True)
class Rule:
    """May this person do this to that record? `missing` lists what stands in the way, empty where nothing does."""

    test: _Test
    explain: _Missing
    rights: tuple[Right, ...] = ()

    def allows(self, user, record=None) -> bool:
        return self.test(user, record)

    def missing(self, user, record=None) -> list[Refusal]:
        return [] if self.allows(user, record) else self.explain(user, record)

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(
            lambda user, record: self.allows(user, record) and other.allows(user, record),
            lambda user, record: self.missing(user, record) + other.missing(user, record),
            self.rights + other.rights,
        )

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(
            lambda user, record: self.allows(user, record) or other.allows(user, record),
            lambda user, record: _nearest(self, other, user, record),
            self.rights + other.rights,
        )

    def __invert__(self) -> "Rule":
        return Rule(
            lambda user, record: not self.allows(user, record),
            lambda user, record: [refuse("right.staff_only")],
            self.rights,
        )


def _nearest(one: Rule, other: Rule, user, record) -> list[Refusal]:
    """Of two ways in, explain the one that is nearer: 'not assigned to you' beats a right they were never
    meant to have."""
    ways = [one.missing(user, record), other.missing(user, record)]
    return min(ways, key=lambda way: (any(refusal.is_missing_right for refusal in way), len(way)))


def holds(right: Right) -> Rule:
    return Rule(
        lambda user, record: user.has(right), lambda user, record: [refuse("right.missing", right=right)], (right,)
    )


def _is_assigned(user, record) -> bool:
    return record is None or record.is_assigned_to(user)


assigned = Rule(_is_assigned, lambda user, record: [refuse("right.not_assigned", what=record.title)])
staff = Rule(lambda user, record: not user.is_portal, lambda user, record: [refuse("right.staff_only")])


def everything_or_assigned(all_right: Right, assigned_right: Right) -> Rule:
    return holds(all_right) | (holds(assigned_right) & assigned)


def rule_for(noun, verb: str) -> Rule:
    """The noun's rule for a verb; a verb nobody spoke of is a mistake, not an open door."""
    return noun.MAY[verb]


def can(user, verb: str, record) -> bool:
    """May `user` do `verb` to this record (or, with a class, to some record of it)?"""
    instance = None if isinstance(record, type) else record
    return rule_for(record, verb).allows(user, instance)
