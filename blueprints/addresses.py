"""Where each noun's page is: timelines, news and search hits lead there."""

from typing import Any

from flask import url_for
from flask_login import current_user

PAGES = {
    "customer": "customers.show",
    "contact": "contacts.edit",
    "facility": "facilities.show",
    "service_object": "service_objects.show",
    "fault_report": "fault_reports.show",
    "order": "orders.show",
    "protocol": "protocols.show",
    "quote": "quotes.show",
    "article": "articles.show",
    "discount_letter": "discount_letters.show",
    "message": "messages.show",
    "user": "staff.show",
    "store": "stores.edit",
    "portal_account": "portal_accounts.edit",
    "import_job": "imports.show",
}
PORTAL_PAGES = {
    "fault_report": "portal.fault_reports.show",
    "order": "portal.orders.show",
    "protocol": "portal.protocols.show",
}


def page_of(noun: str, record_id: int) -> str:
    """The address of the record's page on the reader's side of the house, or '' where it has none."""
    endpoint = (PORTAL_PAGES if current_user.is_portal else PAGES).get(noun)
    return url_for(endpoint, id=record_id) if endpoint else ""


def way_to(record: Any) -> str:
    """The address of a record that another one's page names, or '' for a reader who would find nothing there: an
    order is open to its technicians, its customer perhaps not."""
    return page_of(record.noun, record.id) if record.is_seen_by(current_user) else ""


def form_of(noun: str, record_id: int) -> str:
    """The address of the record's form, for the staff."""
    return url_for(PAGES[noun].replace(".show", ".edit"), id=record_id)
