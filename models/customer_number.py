"""The customer's number: how long it is, what it is made of, who has it, and which one comes next.

A pattern is written as numbers look: `A` stands for a letter, `9` for a digit, `*` for either, and whatever else is
there stands for itself, so that `AA-9999` means numbers like `AB-1234`.
"""

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
PLACES = {"A": r"[^\W\d_]", "9": "[0-9]", "*": r"[^\W_]"}
EXAMPLES = {"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "9": "1234567890", "*": "A1B2C3D4E5"}


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
        if organisation.number_style is NumberStyle.PATTERN:
            return cls._next_by(organisation.number_pattern)
        longest = (peewee.fn.LENGTH(cls.number).desc(), cls.number.desc())
        newest = cls.select(cls.number).order_by(*longest).limit(NEWEST)
        start = 10 ** max(organisation.number_low - 1, SHORTEST_SUGGESTED)
        return str(next((int(row.number) for row in newest if row.number.isdigit()), start) + 1)

    @classmethod
    def _next_by(cls, pattern: str) -> str:
        """The digits at the end counted on from the highest number of this pattern; '' where none is free."""
        if not pattern.endswith("9"):
            return ""
        newest = cls.select(cls.number).where(peewee.fn.LENGTH(cls.number) == len(pattern))
        known = (row.number for row in newest.order_by(cls.number.desc()).limit(NEWEST))
        last = next((number for number in known if fits(number, pattern)), "")
        if not last:
            return first_of(pattern)
        head, tail = split_tail(last, pattern)
        counted = str(int(tail) + 1).zfill(len(tail))
        return f"{head}{counted}" if len(counted) == len(tail) else ""

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
        pattern = organisation.number_pattern
        if organisation.number_style is NumberStyle.PATTERN and not fits(number, pattern):
            refusals.append(refuse("customer.number_pattern", number=number, example=example(pattern)))
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


def fits(number: str, pattern: str) -> bool:
    return re.fullmatch("".join(PLACES.get(place, re.escape(place)) for place in pattern), number) is not None


def example(pattern: str) -> str:
    """A number of this pattern: `AB-1234` for `AA-9999`."""
    seen = dict.fromkeys(EXAMPLES, 0)
    made = []
    for place in pattern:
        letters = EXAMPLES.get(place, place)
        made.append(letters[seen.get(place, 0) % len(letters)])
        if place in seen:
            seen[place] += 1
    return "".join(made)


def first_of(pattern: str) -> str:
    """`1001` for `9999`; where letters are free there is no first one."""
    if "A" in pattern or "*" in pattern:
        return ""
    noughts = pattern.replace("9", "1", 1).replace("9", "0")
    return f"{noughts[:-1]}1"


def split_tail(number: str, pattern: str) -> tuple[str, str]:
    """What stays and what is counted: the digits at the pattern's end."""
    width = len(pattern) - len(pattern.rstrip("9"))
    return number[:-width], number[-width:]
