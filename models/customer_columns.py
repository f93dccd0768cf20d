"""What else the list of customers can show and be filtered by, for those who choose the detailed view (S2.15)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.base import Language
from models.category import Category
from models.customer import Customer
from models.listing import Column, Filter
from models.organisation import Organisation, Store
from models.rights import Right
from models.user import User

_LABELS = Customer.LABELS
_PLAIN = (
    "vat_number",
    "peppol_id",
    "category",
    "tags",
    "visiting_address",
    "visiting_postcode",
    "visiting_town",
    "mail_address",
    "mail_postcode",
    "mail_town",
    "mobile",
    "invoice_email",
    "website",
    "payment_days",
)


def _name_of(noun: Any, key: Any) -> Any:
    return noun.select(noun.name).where(noun.id == key)


_REFERENCE, _STORE = _name_of(User, Customer.our_reference), _name_of(Store, Customer.store)

MORE_COLUMNS = (
    *(Column(name, _LABELS[name], getattr(Customer, name), default=False) for name in _PLAIN),
    Column(
        "personal_number",
        _LABELS["personal_number"],
        Customer.personal_number,
        sortable=False,
        default=False,
        right=Right.CUSTOMER_VIEW_PERSONAL_NUMBER,
    ),
    Column("our_reference", _LABELS["our_reference"], _REFERENCE, sort=fn.COALESCE(_REFERENCE, ""), default=False),
    Column("store", _LABELS["store"], _STORE, sort=fn.COALESCE(_STORE, ""), default=False),
    Column("wants_news", _LABELS["wants_news"], Customer.wants_news, sortable=False, default=False),
    Column("sms_consent_on", _LABELS["sms_consent_on"], Customer.sms_consent_on, sortable=False, default=False),
)


def _languages(user: Any) -> list[tuple[str, Any]]:
    return [(language.value, language.label) for language in Language]


def _categories(user: Any) -> list[tuple[str, str]]:
    return [(name, name) for name in Category.names()]


def _yes_or_no(user: Any) -> list[tuple[str, Any]]:
    return [("1", _l("Yes")), ("0", _l("No"))]


def _beginning(text: str, days: int = 0) -> datetime | None:
    """When a day of the organisation begins; None for what is no day."""
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time.min, ZoneInfo(Organisation.current().time_zone))


def _added(text: str, *, until: bool = False) -> Any:
    moment = _beginning(text, 1 if until else 0)
    if moment is None:
        return peewee.SQL("1=0")
    return Customer.created_at < moment if until else Customer.created_at >= moment


MORE_FILTERS = (
    Filter("category", _LABELS["category"], lambda value: Customer.category == value, _categories),
    Filter("tag", _l("Tag"), lambda value: Customer.tagged(value)),
    Filter("language", _LABELS["language"], lambda value: Customer.language == Language(value), _languages),
    Filter(
        "has_mail",
        _l("Has an e-mail address"),
        lambda value: Customer.email != "" if bool(int(value)) else Customer.email == "",
        _yes_or_no,
    ),
    Filter("added_from", _l("Added from"), _added, is_date=True),
    Filter("added_to", _l("Added until"), lambda value: _added(value, until=True), is_date=True),
)
