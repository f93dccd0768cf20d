"""What stands beside a card's timeline: the facts, and short lists of what belongs to the record, each with
its way to all of them."""

from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup

from blueprints.actions import Action, about, act, explain, link
from blueprints.words import day, show
from models.auto_article import AutoArticle
from models.base import Record
from models.cards import SORTS, CustomerCard, FacilityCard, ServiceObjectCard, Some
from models.contact import Contact
from models.customer import Activity, Customer
from models.facility import Facility
from models.fault_report import FaultReport
from models.identity_number import masked
from models.order import Order
from models.portal import PortalAccount
from models.protocol import Protocol
from models.quote import Quote
from models.rights import Right, can
from models.service_object import ServiceObject
from tasks.figures import amount, short


def line(
    text: Any, url: str = "", *, sub: str = "", end: str = "", badge: Any = None, name: str = ""
) -> SimpleNamespace:
    """One row of a short list."""
    return SimpleNamespace(text=text, url=url, sub=sub, end=end, badge=badge, name=name)


def part(
    title: Any, count: int, rows: list[Any], *, all_url: str = "", add_url: str = "", none_yet: str = ""
) -> SimpleNamespace:
    return SimpleNamespace(
        title=title, count=count, rows=rows, all_url=all_url, add_url=add_url, none_yet=none_yet, sorts=[]
    )


def first(title: Any, found: Some, draw: Any, all_url: str, add_url: str = "") -> SimpleNamespace:
    """The first rows of a related list; "show all" leads to the list itself, filtered, where every heading sorts."""
    return part(
        title,
        found.count,
        [draw(record) for record in found.rows],
        all_url=all_url,
        add_url="" if found.count > len(found.rows) else add_url,
    )


def sorted_first(
    title: Any,
    card: CustomerCard,
    name: str,
    noun: type[Record],
    draw: Any,
    endpoint: str,
    add_url: str = "",
    **these: Any,
) -> SimpleNamespace:
    """A short list that sorts by its headings, over the whole set; "show all" goes on in the order it has."""
    column, down = card.sorted_by(name)
    order: dict[str, Any] = {"sort": column, "direction": "desc" if down else "asc"} if column else {}
    shown = first(title, getattr(card, name), draw, url_for(endpoint, **these, **order), add_url)
    if shown.count > 1:
        shown.sorts = [_sort(name, key, noun.LABELS[key], column, down) for key in SORTS[name]]
    return shown


def _sort(name: str, key: str, label: Any, column: str, down: bool) -> SimpleNamespace:
    """The heading's link turns this list and leaves the others, and the timeline, as they are."""
    current = key == column
    kept = {other: request.args[other] for other in (*SORTS, "show", "before") if other in request.args}
    args: dict[str, Any] = {**kept, **(request.view_args or {}), name: f"-{key}" if current and not down else key}
    direction = ("desc" if down else "asc") if current else ""
    return SimpleNamespace(
        id=f"sort-{name}-{key}", label=label, direction=direction, url=url_for(request.endpoint or "", **args)
    )


def order_line(order: Order) -> SimpleNamespace:
    when = _("Planned %(day)s", day=day(order.planned_on)) if order.planned_on else ""
    return line(
        order.title, url_for("orders.show", id=order.id), sub=joined(when, order.facility.name), badge=order.status
    )


def report_line(report: FaultReport) -> SimpleNamespace:
    return line(
        report.title, url_for("fault_reports.show", id=report.id), sub=day(report.reported_at), badge=report.status
    )


def protocol_line(protocol: Protocol) -> SimpleNamespace:
    return line(
        protocol.number,
        url_for("protocols.show", id=protocol.id),
        sub=protocol.order.heading,
        end=day(protocol.signed_at),
    )


def facility_line(facility: Facility) -> SimpleNamespace:
    badge = None if facility.is_active else Activity.INACTIVE
    return line(
        facility.name, url_for("facilities.show", id=facility.id), sub=facility.place, end=facility.number, badge=badge
    )


def object_line(unit: ServiceObject) -> SimpleNamespace:
    badge = unit.status if unit.is_active else Activity.INACTIVE
    where = joined(unit.make, unit.facility.name)
    return line(unit.name, url_for("service_objects.show", id=unit.id), sub=where, end=unit.number, badge=badge)


def contact_line(contact: Contact) -> SimpleNamespace:
    """Who they are and which papers they get; the name opens the form for those who may change it."""
    wants = [_("protocols")] * contact.send_protocol + [_("orders")] * contact.send_order
    url = url_for("contacts.edit", id=contact.id) if can(current_user, "edit", contact) else ""
    return line(
        contact.name,
        url,
        sub=joined(contact.function, ", ".join(wants), contact.email),
        end=contact.mobile or contact.phone,
        name=contact.name,
    )


def account_line(account: PortalAccount) -> SimpleNamespace:
    badge = None if account.user.is_active else Activity.INACTIVE
    url = url_for("portal_accounts.edit", id=account.id) if current_user.has(Right.CUSTOMER_EDIT_USER_RIGHTS) else ""
    return line(account.user.name, url, sub=account.user.login, badge=badge, name=account.user.name)


def joined(*parts: str) -> str:
    return " · ".join(text for text in parts if text)


def one_line(address: str, postcode: str, town: str, country: Any = None) -> str:
    """On one line; the country where it is another than ours."""
    return ", ".join(text for text in (address, f"{postcode} {town}".strip(), show(country)) if text)


def address_link(scheme: str, target: str) -> Any:
    """A number to call or an address to write to."""
    return Markup('<a href="%s:%s">%s</a>') % (scheme, target.replace(" ", ""), target) if target else ""


def customer_facts(customer: Customer, whole_number: str = "") -> list[tuple[Any, Any]]:
    """`whole_number` is the personal number where the reader has asked for it."""
    labels = Customer.LABELS
    return [
        (labels["kind"], customer.kind.label),
        *_identity(customer, whole_number),
        (labels["category"], customer.category),
        (labels["tags"], customer.tags),
        (labels["phone"], address_link("tel", customer.phone)),
        (labels["mobile"], address_link("tel", customer.mobile)),
        (labels["email"], address_link("mailto", customer.email)),
        (labels["address"], one_line(customer.address, customer.postcode, customer.town, customer.country)),
        (
            labels["visiting_address"],
            one_line(
                customer.visiting_address,
                customer.visiting_postcode,
                customer.visiting_town,
                customer.visiting_country,
            ),
        ),
        (
            labels["mail_address"],
            one_line(customer.mail_address, customer.mail_postcode, customer.mail_town, customer.mail_country),
        ),
        (labels["invoice_email"], address_link("mailto", customer.invoice_email)),
        (labels["payment_days"], customer.payment_days),
        (labels["discount_letter"], letter_link(customer)),
        (labels["language"], customer.language.label),
        (labels["our_reference"], customer.our_reference.name if customer.our_reference_id else ""),
        (labels["website"], customer.website),
        (labels["wants_news"], show(customer.wants_news)),
        (labels["sms_consent_source"], joined(show(customer.sms_consent_source), day(customer.sms_consent_on))),
    ]


def letter_link(customer: Customer) -> Any:
    """The letter's own page for those who may see it."""
    letter = customer.discount_letter
    if letter is None or not can(current_user, "view", letter):
        return letter.title if letter else ""
    return Markup('<a href="%s">%s</a>') % (url_for("discount_letters.show", id=letter.id), letter.title)


def _identity(customer: Customer, whole_number: str) -> list[tuple[Any, Any]]:
    """A business's numbers as they are; a personal number hidden but for its end."""
    labels = Customer.LABELS
    if customer.is_private:
        return [(labels["personal_number"], whole_number or masked(customer.personal_number))]
    return [(labels[name], getattr(customer, name)) for name in ("org_number", "vat_number", "peppol_id")]


def customer_line(customer: Customer) -> SimpleNamespace:
    return line(customer.name, url_for("customers.show", id=customer.id), sub=customer.town, end=customer.number)


def quote_line(quote: Quote) -> SimpleNamespace:
    until = _("Valid until %(day)s", day=day(quote.valid_until)) if quote.is_open else ""
    return line(
        quote.title, url_for("quotes.show", id=quote.id), sub=until, end=amount(quote.net), badge=quote.standing
    )


def auto_article_line(row: AutoArticle) -> SimpleNamespace:
    url = url_for("articles.show", id=row.article_id) if current_user.has(Right.ARTICLE_VIEW) else ""
    return line(row.article.title, url, end=f"{short(row.quantity)} {row.article.unit}".strip())


def quotes_part(found: Some, mine: dict, new: dict) -> SimpleNamespace:
    add = url_for("quotes.new", **new) if current_user.has(Right.QUOTE_CREATE) and new else ""
    return first(_("Quotes"), found, quote_line, url_for("quotes.index", **mine, status="all"), add)


def customer_parts(card: CustomerCard) -> list[SimpleNamespace]:
    customer = card.record
    mine, edit = {"customer": customer.id}, can(current_user, "edit", customer)
    everything = {**mine, "status": "all"}
    add_contact = url_for("contacts.new", customer_id=customer.id) if edit else ""
    add_facility = (
        url_for("facilities.new", customer_id=customer.id)
        if current_user.has(Right.FACILITY_CREATE) and customer.is_active
        else ""
    )
    invite = (
        url_for("portal_accounts.new", customer_id=customer.id) if current_user.has(Right.CUSTOMER_CREATE_USERS) else ""
    )
    return [
        part(
            _("Contacts"), len(card.contacts), [contact_line(contact) for contact in card.contacts], add_url=add_contact
        ),
        sorted_first(
            _("Facilities"), card, "facilities", Facility, facility_line, "facilities.index", add_facility, **everything
        ),
        sorted_first(
            _("Service objects"),
            card,
            "service_objects",
            ServiceObject,
            object_line,
            "service_objects.index",
            **everything,
        ),
        sorted_first(_("Open orders"), card, "open_orders", Order, order_line, "orders.index", **mine),
        sorted_first(
            _("Fault reports"), card, "reports", FaultReport, report_line, "fault_reports.index", **everything
        ),
        sorted_first(_("Earlier orders"), card, "orders", Order, order_line, "orders.index", **everything),
        sorted_first(_("Protocols"), card, "protocols", Protocol, protocol_line, "protocols.index", **mine),
        quotes_part(card.quotes, mine, mine if customer.is_active else {}),
        part(
            _("Articles on every order"),
            len(card.auto_articles),
            [auto_article_line(row) for row in card.auto_articles],
            add_url=url_for("auto_articles.index", id=customer.id) if edit else "",
        ),
        part(
            _("Portal users"), len(card.accounts), [account_line(account) for account in card.accounts], add_url=invite
        ),
    ]


def steps(record: Record, new_report: dict, new_order: dict) -> list[Action]:
    """What one does next on a customer's or facility's card; dead, with the reasons, where the record is inactive."""
    against = explain(record.against_new_work(), record)
    ways = (
        (Right.FAULT_REPORT_CREATE, _("New report"), "fault_reports.new", new_report, "exclamation-diamond"),
        (Right.ORDER_CREATE, _("New order"), "orders.new", new_order, "clipboard-plus"),
    )
    mine = [way for way in ways if current_user.has(way[0])]
    return [
        link(
            label,
            url_for(endpoint, **chosen),
            icon=icon,
            primary=position == 0,
            reasons=against,
            about=about(against, record),
            id=endpoint.replace(".", "-"),
        )
        for position, (_right, label, endpoint, chosen, icon) in enumerate(mine)
    ]


def edit_step(record: Record, url: str) -> Action:
    return act(record, "edit", _("Edit"), url, method="get", icon="pencil")


def facility_facts(facility: Facility) -> list[tuple[Any, Any]]:
    labels = Facility.LABELS
    customer = Markup('<a href="%s">%s</a>') % (
        url_for("customers.show", id=facility.customer_id),
        facility.customer.title,
    )
    return [
        (labels["customer"], customer),
        (labels["number"], facility.number),
        (labels["address"], facility.place),
        (labels["category"], facility.category),
        (labels["cost_centre"], facility.cost_centre),
    ]


def facility_parts(card: FacilityCard) -> list[SimpleNamespace]:
    here, everything = {"facility": card.record.id}, {"facility": card.record.id, "status": "all"}
    may_add = current_user.has(Right.SERVICE_OBJECT_CREATE) and card.record.is_active
    add_object = url_for("service_objects.new", **here) if may_add else ""
    objects = url_for("service_objects.index", **everything)
    return [
        first(_("Service objects"), card.service_objects, object_line, objects, add_object),
        first(_("Orders"), card.orders, order_line, url_for("orders.index", **everything)),
        first(_("Fault reports"), card.reports, report_line, url_for("fault_reports.index", **everything)),
        first(_("Protocols"), card.protocols, protocol_line, url_for("protocols.index", **here)),
        quotes_part(card.quotes, here, here if card.record.is_active else {}),
    ]


def object_facts(unit: ServiceObject) -> list[tuple[Any, Any]]:
    labels = ServiceObject.LABELS
    linked = lambda endpoint, record: Markup('<a href="%s">%s</a>') % (url_for(endpoint, id=record.id), record.title)  # noqa: E731
    return [
        (labels["customer"], linked("customers.show", unit.customer)),
        (labels["facility"], linked("facilities.show", unit.facility)),
        (labels["place"], unit.place),
        (labels["parent"], linked("service_objects.show", unit.parent) if unit.parent else ""),
        *((labels[name], getattr(unit, name)) for name in ("category", "maker", "model", "serial_number", "year")),
    ]


def object_parts(card: ServiceObjectCard) -> list[SimpleNamespace]:
    about, everything = {"service_object": card.record.id}, {"service_object": card.record.id, "status": "all"}
    parts = url_for("service_objects.index", parent=card.record.id, status="all")
    return [
        *([first(_("Its parts"), card.parts, object_line, parts)] if card.parts.count else []),
        first(_("Orders"), card.orders, order_line, url_for("orders.index", **everything)),
        first(_("Fault reports"), card.reports, report_line, url_for("fault_reports.index", **everything)),
        first(_("Protocols"), card.protocols, protocol_line, url_for("protocols.index", **about)),
    ]


def comment_box(url: str) -> SimpleNamespace:
    return SimpleNamespace(url=url, label=_l("Write a comment; the customer does not see it"))


def upload_box(url: str) -> SimpleNamespace:
    return SimpleNamespace(url=url, label=_l("Upload files"))
