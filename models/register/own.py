"""The custom fields of a register's noun: columns that appear by themselves, and values that have a table of their
own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from models.custom_field import DIGITS, LONGEST, CustomField, CustomValue, FieldKind
from models.customised import Customised, texts_of
from models.register import bulk
from models.register.column import Column, folded
from models.register.problems import Bad
from models.register.rules import Rules
from models.register.values import Parse, long_text, text
from models.search import fold

YES = {"1", "x", "ja", "yes", "true", "sant", "так", "y", "j", "✓"}
NO = {"0", "nej", "nei", "no", "false", "falskt", "usant", "ні", "n", "-"}
DOTTED_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


@dataclass(frozen=True)
class OwnColumn(Column):
    """Known by what the field is called, in any of its languages."""

    one: CustomField | None = None

    @property
    def names(self) -> list[str]:
        assert self.one is not None
        return [folded(name) for name in (str(self.label), self.one.label, *self.one.labels.values())]


def own_columns(noun: type) -> tuple[Column, ...]:
    """A column for each field that is offered."""
    fields = noun.custom_fields() if issubclass(noun, Customised) else []
    return tuple(OwnColumn(one.name, one.heading, "", parser(one), one=one) for one in fields)


def parser(one: CustomField) -> Parse:
    if one.kind is FieldKind.NUMBER:
        return lambda cell, rules: round(_number(cell), one.decimals)
    if one.kind is FieldKind.CHOICE:
        return _choice(one)
    return PARSERS[one.kind]


def _number(cell: str) -> Decimal:
    try:
        number = Decimal("".join(cell.split()).replace(",", "."))
    except InvalidOperation as error:
        raise Bad("decimal") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** DIGITS:
        raise Bad("decimal")
    return number


def _day(cell: str, rules: Rules) -> date:
    """`2026-11-23`, also with a time behind it as a workbook may have, and `23.11.2026`."""
    value = cell.strip()
    dotted = DOTTED_DAY.fullmatch(value)
    try:
        if dotted:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        return date.fromisoformat(value[:10])
    except ValueError as error:
        raise Bad("day") from error


def _yes_no(cell: str, rules: Rules) -> bool:
    said = cell.strip().casefold()
    if said not in YES | NO:
        raise Bad("yes_no")
    return said in YES


def _choice(one: CustomField) -> Parse:
    known = {fold(choice): choice for choice in one.choices}

    def parse(cell: str, rules: Rules) -> str:
        found = known.get(fold(cell))
        if found is None:
            raise Bad("choice", allowed=", ".join(one.choices))
        return found

    return parse


PARSERS: dict[FieldKind, Parse] = {
    FieldKind.TEXT: text(LONGEST[FieldKind.TEXT]),
    FieldKind.LONG_TEXT: long_text(LONGEST[FieldKind.LONG_TEXT]),
    FieldKind.SUGGESTION: text(LONGEST[FieldKind.SUGGESTION]),
    FieldKind.DATE: _day,
    FieldKind.YES_NO: _yes_no,
}


class Own:
    """The custom values of one import's rows, beside the records themselves."""

    def __init__(self, noun: type, mapping: dict[str, str]):
        every = noun.every_custom_field() if issubclass(noun, Customised) else []
        self.mapped = {one.name: one for one in every if mapping.get(one.name)}
        self.searched = [one for one in every if one.searchable]
        self.read = [one for one in every if one.name in self.mapped or one.searchable]

    def look_up(self, found: Sequence[dict[str, Any]]) -> None:
        """Put beside what is there what its custom fields hold."""
        if not self.read or not found:
            return
        texts = texts_of(self.read, [record["id"] for record in found])
        for record in found:
            mine = texts.get(record["id"], {})
            record.update({one.name: one.python_value(mine.get(one.id)) for one in self.read})

    def take_out(self, record: dict[str, Any]) -> dict[str, Any]:
        """The custom values of a record, which are no columns of its table."""
        return {one.name: record.pop(one.name) for one in self.read if one.name in record}

    def found_by(self, record: dict[str, Any], values: dict[str, Any]) -> None:
        """A record is also found by what its searchable fields hold."""
        texts = [one.written(values.get(one.name)) for one in self.searched]
        if any(texts):
            record["search_text"] = fold(record["search_text"], *texts)

    def write(self, values: Sequence[tuple[int, dict[str, Any]]]) -> None:
        """[(record id, {name: value})], in the place of what was there."""
        for name, one in self.mapped.items():
            rows = [
                {"record_id": record_id, "value": one.written(mine[name]), "sort": one.key(mine[name])}
                for record_id, mine in values
                if name in mine
            ]
            ids = [row["record_id"] for row in rows]
            CustomValue.delete().where((CustomValue.field == one.id) & CustomValue.record_id.in_(ids)).execute()
            bulk.insert(CustomValue, [row for row in rows if row["value"]], {"field": one.id})
