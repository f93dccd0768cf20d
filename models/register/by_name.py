"""Registers of what belongs to a customer and is known there by a sure key or, where a row has none, by a looser one.

Which record a row means may not depend on where a file is cut into chunks, nor on whether anything is written. So a
row that only the looser key joins with an earlier one is kept out, and a record that a row has found is that row's.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from models.customer import Customer
from models.register import bulk
from models.register.register import Register, Row, by_field
from models.search import fold

CUSTOMER_HEADINGS = (
    "Kundnr, Kundnummer, Kund-id, Kundkod, Kundenr, Kundenummer, Номер клієнта, Код клієнта, "
    "№ клієнта, Customer number, Customer no, Customer id, Kund, Kunde, Клієнт, Customer"
)
Known = dict[tuple[int, str], list[dict[str, Any]]]


class CustomersOwn(Register):
    """`surely` and `loosely` name the two fields; `nameless` and `ambiguous` are what is said where neither tells."""

    only_new = frozenset({"customer"})
    surely: ClassVar[str]
    loosely: ClassVar[str]
    nameless: ClassVar[str]
    ambiguous: ClassVar[str]

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.loose_lines: dict[tuple[str, str], tuple[int, bool]] = {}
        self.claimed: dict[int, int] = {}

    @staticmethod
    def alike(sure: str | None) -> str:
        """Two sure keys are the same where this is."""
        return fold(sure)

    # In the file

    def key_of(self, row: Row) -> tuple[Any, str] | None:
        customer, sure, loose = (row.values.get(name) for name in ("customer", self.surely, self.loosely))
        if not customer or not (sure or loose):
            return None
        return ((customer, self.alike(sure)), self.surely) if sure else ((customer, "", fold(loose)), self.loosely)

    def _compare_with_earlier(self, row: Row, cells: list[str]) -> None:
        super()._compare_with_earlier(row, cells)
        customer, loose = row.values.get("customer"), row.values.get(self.loosely)
        if row.repeats or not customer or not loose:
            return
        is_sure = bool(row.values.get(self.surely))
        line, was_sure = self.loose_lines.setdefault((customer, fold(loose)), (row.line, is_sure))
        if line != row.line and not (is_sure and was_sure) and not row.bad:
            row.blame(self.headings[self.loosely], loose, "twice", line=line)

    # In the database

    def keep_found(self, records: Iterable[dict[str, Any]]) -> None:
        self.by_sure: Known = defaultdict(list)
        self.by_loose: Known = defaultdict(list)
        for found in records:
            if found[self.surely]:
                self.by_sure[found["customer"], self.alike(found[self.surely])].append(found)
            self.by_loose[found["customer"], fold(found[self.loosely])].append(found)

    def find(self, row: Row) -> None:
        row.customer = customer = self.customers.get(row.values["customer"])
        heading, number = self.headings["customer"], row.values["customer"]
        if customer is None:
            row.blame(heading, number, "no_customer")
        elif not self.rules.reaches(customer["store"]):
            row.blame(heading, number, "elsewhere")
        elif not row.values.get(self.surely) and not row.values.get(self.loosely):
            row.blame(self.headings.get("name", ""), "", self.nameless)
        else:
            self._claim(row, self._meant(row, customer["id"]))
            if not row.bad and not row.found:
                self.judge_new(row)

    def _meant(self, row: Row, customer_id: int) -> list[dict[str, Any]]:
        """The records that the row may mean; one that has a sure key answers to it alone."""
        sure, loose = self.alike(row.values.get(self.surely)), fold(row.values.get(self.loosely))
        named = self.by_sure.get((customer_id, sure), []) if sure else []
        if named:
            nearer = [found for found in named if loose and fold(found[self.loosely]) == loose]
            return nearer if len(named) > 1 and nearer else named
        alike = [found for found in self.by_loose.get((customer_id, loose), []) if loose and not self._is_taken(found)]
        without = [found for found in alike if not found[self.surely]]
        return without if sure or without else alike

    def _is_taken(self, found: dict[str, Any]) -> bool:
        return found["id"] in self.claimed

    def _claim(self, row: Row, meant: Sequence[dict[str, Any]]) -> None:
        name = self.surely if row.values.get(self.surely) else self.loosely
        if len(meant) > 1:
            row.blame(self.headings[name], row.values[name], self.ambiguous)
        for found in meant[:1]:
            line = self.claimed.setdefault(found["id"], row.line)
            if line != row.line:
                row.blame(self.headings[name], row.values[name], "twice", line=line)
            row.found = found

    def judge_new(self, row: Row) -> None:
        """What keeps a row out that would make a new record."""
        if not row.values.get("name"):
            row.blame(self.headings.get("name", ""), "", "required")


def customers_numbered(numbers: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    """What other registers must know of the customers they name."""
    wanted = {number for number in numbers if number}
    known = ("id", "number", "name", "store", "language", "inactive_at")
    query = Customer.select(*(getattr(Customer, name) for name in known))
    return by_field("number", query.where(bulk.among(Customer.number, list(wanted)))) if wanted else {}
