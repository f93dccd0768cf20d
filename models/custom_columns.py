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
from models.listing import Column, Filter, Listing, Request

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
        one.heading,
        _of_record(noun, one, CustomValue.value).converter(one.python_value),
        sort=_of_record(noun, one, CustomValue.sort),
        sortable=one.kind is not FieldKind.LONG_TEXT,
        default=one.in_list,
        numeric=one.kind in RANGED,
        typed=True,
        keys=lambda *page: _keys(noun, one, *page),
    )


def _keys(noun: Any, one: CustomField, matching: Any, request: Request, descending: bool, limit: int) -> list[Any]:
    """The page's keys: along the values' own index, and behind them, whichever way it goes, those without a value."""
    backwards = descending != (request.before is not None)
    found: list[Any] = []
    for query, place in _parts(noun, one, matching, request, backwards):
        if len(found) < limit:
            order = [column.desc() if backwards else column.asc() for column in place]
            found.extend(query.order_by(*order).limit(limit - len(found)).namedtuples())
    return found


def _parts(noun: Any, one: CustomField, matching: Any, request: Request, backwards: bool) -> list[tuple[Any, Any]]:
    """What is to be read one after the other, from the page's place on."""
    parts = [_with_value(noun, one, matching), _without(noun, one, matching)]
    key = request.before or request.after
    if key:
        at = 0 if key[0] else 1
        query, place = parts[at]
        here, mark = peewee.Tuple(*place), peewee.Tuple(*key[-len(place) :])
        parts[at] = query.where(here < mark if backwards else here > mark), place
        parts = parts[: at + 1] if request.before else parts[at:]
    return parts[::-1] if request.before else parts


def _with_value(noun: Any, one: CustomField, matching: Any) -> tuple[Any, Any]:
    """The query, and the columns that order it."""
    mine = (CustomValue.record_id == noun.id) & (CustomValue.field == one.id)
    shown = matching.switch(noun).join(CustomValue, on=mine)
    keys = shown.select(noun.id.alias("id"), CustomValue.sort.alias("sort_value"))
    return keys, (CustomValue.sort, CustomValue.record_id)


def _without(noun: Any, one: CustomField, matching: Any) -> tuple[Any, Any]:
    mine = (CustomValue.field == one.id) & (CustomValue.record_id == noun.id)
    has = fn.EXISTS(CustomValue.select(peewee.SQL("1")).where(mine))
    return matching.where(~has).select(noun.id.alias("id"), peewee.SQL("''").alias("sort_value")), (noun.id,)


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
