"""The custom fields of a noun in its list: a column for each, and the filters that fit its kind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.custom_field import CustomField, CustomValue, FieldKind
from models.customised import Customised
from models.listing import Column, Filter, Listing

YES, NO = "1", "0"
LAST = "\U0010ffff"  # sorts behind every letter
NEVER = peewee.SQL("1=0")
RANGED: dict[FieldKind, Callable[[str], Any]] = {
    FieldKind.NUMBER: lambda typed: Decimal("".join(typed.split()).replace(",", ".")),
    FieldKind.DATE: date.fromisoformat,
}


def with_custom_fields(listing: Listing) -> Listing:
    """The listing with what its noun's organisation has added."""
    noun = listing.noun
    if not issubclass(noun, Customised) or not noun.custom_fields():
        return listing
    fields = noun.custom_fields()
    return replace(
        listing,
        columns=(*listing.columns, *(column(noun, one) for one in fields)),
        filters=(*listing.filters, *(part for one in fields for part in filters(noun, one))),
    )


def column(noun: Any, one: CustomField) -> Column:
    return Column(
        one.name,
        one.spoken,
        _of_record(noun, one, CustomValue.value).converter(one.python_value),
        sort=_of_record(noun, one, CustomValue.sort),
        sortable=one.kind is not FieldKind.LONG_TEXT,
        default=one.in_list,
        numeric=one.kind in RANGED,
        typed=True,
    )


def _of_record(noun: Any, one: CustomField, part: Any) -> Any:
    mine = CustomValue.select(part).where((CustomValue.field == one.id) & (CustomValue.record_id == noun.id))
    return fn.COALESCE(mine, "")


def filters(noun: Any, one: CustomField) -> list[Filter]:
    if one.kind in RANGED:
        return [_end(noun, one, "from"), _end(noun, one, "to")]
    if one.kind is FieldKind.YES_NO:
        return [Filter(one.name, one.spoken, lambda value: _ticked(noun, one, value), lambda user: YES_OR_NO)]
    if one.kind is FieldKind.CHOICE:
        chosen = [(choice, choice) for choice in one.choices]
        return [Filter(one.name, one.spoken, lambda value: _is(noun, one, value), lambda user: chosen)]
    return [Filter(one.name, one.spoken, lambda value: _begins(noun, one, value))]


YES_OR_NO = [(YES, _l("Yes")), (NO, _l("No"))]


def _end(noun: Any, one: CustomField, end: str) -> Filter:
    """From or to this number or day; what is no such thing finds nothing."""
    label = _l("%(field)s, from", field=one.spoken) if end == "from" else _l("%(field)s, to", field=one.spoken)

    def where(typed: str) -> Any:
        try:
            key = one.key(RANGED[one.kind](typed))
        except (ValueError, InvalidOperation):
            return NEVER
        within = CustomValue.sort >= key if end == "from" else CustomValue.sort <= key
        return _having(noun, one, within)

    return Filter(f"{one.name}_{end}", label, where, is_date=one.kind is FieldKind.DATE)


def _having(noun: Any, one: CustomField, condition: Any) -> Any:
    return noun.id.in_(CustomValue.select(CustomValue.record_id).where((CustomValue.field == one.id) & condition))


def _ticked(noun: Any, one: CustomField, value: str) -> Any:
    ticked = _having(noun, one, CustomValue.sort == YES)
    return ticked if value == YES else ~ticked


def _is(noun: Any, one: CustomField, value: str) -> Any:
    return _having(noun, one, (CustomValue.sort == one.key(value)) & (CustomValue.value == value))


def _begins(noun: Any, one: CustomField, typed: str) -> Any:
    key = one.key(typed)
    return _having(noun, one, (CustomValue.sort >= key) & (CustomValue.sort < key + LAST))
