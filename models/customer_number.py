"""The customer's number: how long it is, what it is made of, who has it, and which one comes next."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import peewee

from models.base import Taken, unique
from models.organisation import NumberStyle, Organisation
from models.refusals import Refusal, Refused, refuse

NEWEST = 200  # among so many of the longest numbers one of digits is found
SHORTEST_SUGGESTED = 3


class Numbered:
    """The customer's verbs about its number; methods only, the field is the customer's own."""

    number: Any
    id: Any
    select: Any
    get_or_none: Any

    @classmethod
    def suggested_number(cls) -> str:
        """One more than the highest number of digits, or '' when numbers are not suggested."""
        organisation = Organisation.current()
        if not organisation.number_suggest:
            return ""
        longest = (peewee.fn.LENGTH(cls.number).desc(), cls.number.desc())
        newest = cls.select(cls.number).order_by(*longest).limit(NEWEST)
        start = 10 ** max(organisation.number_low - 1, SHORTEST_SUGGESTED)
        return str(next((int(row.number) for row in newest if row.number.isdigit()), start) + 1)

    @classmethod
    def number_refusals(cls, number: str, *, besides: Any = None) -> list[Refusal]:
        """All that is wrong with it: its length (S2.27), its form, and who has it already (S2.3)."""
        organisation = Organisation.current()
        low, high = organisation.number_low, organisation.number_high
        refusals = []
        if not low <= len(number) <= high:
            refusals.append(refuse("customer.number_length", number=number, length=len(number), low=low, high=high))
        if organisation.number_style is NumberStyle.DIGITS and not re.fullmatch(r"[0-9]+", number):
            refusals.append(refuse("customer.number_form", number=number))
        holder = cls.get_or_none((cls.number == number) & (cls.id != (besides.id if besides else 0)))
        if holder:
            refusals.append(refuse("customer.number_taken", number=number, customer_id=holder.id))
        return refusals

    @classmethod
    @contextmanager
    def number_judged(cls, number: str) -> Iterator[None]:
        """Of two who take the same number at once the database lets one; the other hears who has it."""
        try:
            with unique("number"):
                yield
        except Taken as error:
            raise Refused(cls.number_refusals(number)) from error
