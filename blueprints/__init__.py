"""Which modules exist: the menu, the New button and the blueprints are built from this one list."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import Blueprint, Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from models.fault_report import FaultReport
from models.message import Message
from models.ready import count
from models.rights import Right


@dataclass(frozen=True)
class Module:
    """A blueprint and its place in the menu. `rights`: any of them shows it; the badge says how many
    `count(user)` finds.
    """

    name: str
    label: Any = ""
    icon: str = ""
    group: Any = ""
    endpoint: str = "index"
    rights: tuple[Right, ...] = ()
    count: Callable[[Any], Any] | None = None
    hot: bool = False
    bottom: bool = False
    new: tuple[str, Any, Right] | None = None  # endpoint, label, right of its entry under New
    portal: bool = False

    def load(self) -> Blueprint:
        return import_module(f"blueprints.{self.name}").bp

    def open_to(self, user) -> bool:
        return bool(self.label) and (not self.rights or any(user.has(right) for right in self.rights))

    @property
    def page(self) -> str:
        return f"{self.name}.{self.endpoint}"


SERVICE, REGISTER, HOUSE = _l("Service"), _l("Register"), _l("House")

MODULES = (
    Module("start"),
    Module("welcome"),
    Module("login"),
    Module("account"),
    Module("peripherals"),
    Module("health"),
    Module("logo"),
    Module("stores"),
    Module("search"),
    Module("files"),
    Module("doubles"),
    Module("portal_accounts"),
    Module("responsibility"),
    Module("merging"),
    Module("custom_fields"),
    Module("today", _l("Today"), "sun", endpoint="show", bottom=True),
    Module("inbox", _l("Inbox"), "inbox", count=Message.unread, hot=True),
    Module(
        "fault_reports",
        _l("Fault reports"),
        "exclamation-diamond",
        SERVICE,
        endpoint="inbox",
        rights=(Right.FAULT_REPORT_VIEW, Right.FAULT_REPORT_VIEW_ASSIGNED),
        count=FaultReport.waiting_for,
        hot=True,
        bottom=True,
        new=("fault_reports.new", _l("Fault report"), Right.FAULT_REPORT_CREATE),
    ),
    Module(
        "orders",
        _l("Orders"),
        "clipboard-check",
        SERVICE,
        rights=(Right.ORDER_VIEW, Right.ORDER_VIEW_ASSIGNED),
        bottom=True,
        new=("orders.new", _l("Order"), Right.ORDER_CREATE),
    ),
    Module(
        "protocols",
        _l("Protocols"),
        "file-earmark-check",
        SERVICE,
        rights=(Right.ORDER_VIEW, Right.ORDER_VIEW_ASSIGNED),
    ),
    Module(
        "quotes",
        _l("Quotes"),
        "file-earmark-text",
        SERVICE,
        rights=(Right.QUOTE_VIEW, Right.QUOTE_VIEW_ASSIGNED),
        new=("quotes.new", _l("Quote"), Right.QUOTE_CREATE),
    ),
    Module(
        "customers",
        _l("Customers"),
        "people",
        REGISTER,
        rights=(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        bottom=True,
        new=("customers.new", _l("Customer"), Right.CUSTOMER_CREATE),
    ),
    Module(
        "facilities",
        _l("Facilities"),
        "buildings",
        REGISTER,
        rights=(Right.FACILITY_VIEW, Right.FACILITY_VIEW_ASSIGNED),
    ),
    Module(
        "contacts",
        _l("Contacts"),
        "person-vcard",
        REGISTER,
        rights=(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
    ),
    Module(
        "service_objects",
        _l("Service objects"),
        "fan",
        REGISTER,
        rights=(Right.SERVICE_OBJECT_VIEW, Right.SERVICE_OBJECT_VIEW_ASSIGNED),
        new=("service_objects.new", _l("Service object"), Right.SERVICE_OBJECT_CREATE),
    ),
    Module("articles", _l("Articles"), "box-seam", REGISTER, rights=(Right.ARTICLE_VIEW,)),
    Module("discount_letters"),
    Module("article_groups"),
    Module("auto_articles"),
    Module("imports", _l("Import"), "upload", REGISTER, rights=(Right.REGISTER_IMPORT,)),
    Module("import_history"),
    Module("import_undo"),
    Module("checklists", _l("Checklists"), "list-check", REGISTER, rights=(Right.CHECKLIST_EDIT,)),
    Module(
        "messages",
        _l("Messages"),
        "chat-left-text",
        HOUSE,
        rights=(Right.MESSAGE_VIEW,),
        count=Message.unsent,
    ),
    Module("staff", _l("Staff"), "person-badge", HOUSE, rights=(Right.USER_VIEW,)),
    Module(
        "persons",
        _l("Personal data"),
        "person-lock",
        HOUSE,
        rights=(Right.PERSONAL_DATA_HANDLE,),
    ),
    Module("erasures"),
    Module("retention"),
    Module("categories"),
    Module("user_groups"),
    Module("permission_templates"),
    Module("integrations"),
    Module("accounting"),
    Module("settings", _l("Settings"), "gear", HOUSE, rights=(Right.ADMINISTER,)),
    Module("help", _l("Help"), "question-circle", HOUSE),
    Module("portal.home", _l("My page"), "house", endpoint="show", portal=True, bottom=True),
    Module(
        "portal.fault_reports",
        _l("Fault reports"),
        "exclamation-diamond",
        portal=True,
        bottom=True,
        rights=(Right.PORTAL_REPORT,),
    ),
    Module("portal.orders", _l("Orders"), "clipboard-check", portal=True, bottom=True, rights=(Right.PORTAL_ORDERS,)),
    Module(
        "portal.protocols",
        _l("Protocols"),
        "file-earmark-check",
        portal=True,
        bottom=True,
        rights=(Right.PORTAL_PROTOCOLS,),
    ),
    Module("portal.news", _l("News"), "bell", portal=True, count=Message.unread, hot=True),
    Module("portal.profile", _l("Profile"), "person", endpoint="show", portal=True),
    Module("portal.files", portal=True),
)


def register(app: Flask) -> None:
    """Every module's blueprint; the portal's are nested under one, which gives them their address and audience."""
    portal = Blueprint("portal", __name__, url_prefix="/portal")
    for module in MODULES:
        if module.portal:
            portal.register_blueprint(module.load())
        else:
            app.register_blueprint(module.load())
    app.register_blueprint(portal)


@dataclass(frozen=True)
class Entry:
    """A line of the menu, as it is drawn."""

    label: str
    url: str
    icon: str
    count: int = 0
    hot: bool = False
    current: bool = False
    bottom: bool = False


@dataclass(frozen=True)
class Group:
    label: str
    entries: tuple[Entry, ...]


def menu() -> tuple[Group, ...]:
    """The reader's menu in groups, each entry with its count."""
    user = current_user._get_current_object()
    if not user.is_authenticated:
        return ()
    groups: dict[str, list[Entry]] = {}
    here = (request.endpoint or "").rpartition(".")[0]
    for module in MODULES:
        if module.portal == user.is_portal and module.open_to(user):
            groups.setdefault(str(module.group), []).append(_entry(module, user, here))
    return tuple(Group(label, tuple(entries)) for label, entries in groups.items())


def _entry(module: Module, user: Any, here: str) -> Entry:
    number = count(module.count, user) if module.count else 0
    url = url_for(module.page)
    return Entry(str(module.label), url, module.icon, number, module.hot, here == module.name, module.bottom)


def new_actions() -> tuple[Entry, ...]:
    """What the reader may add, for the New button."""
    user = current_user._get_current_object()
    if not user.is_authenticated or user.is_portal:
        return ()
    wanted = [(module.icon, *module.new) for module in MODULES if module.new and user.has(module.new[2])]
    return tuple(Entry(str(label), url_for(endpoint), icon) for icon, endpoint, label, _ in wanted)
