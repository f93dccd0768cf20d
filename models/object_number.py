"""A service object's number: free text, the organisation's only one, and which one comes next."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.base import Taken, unique
from models.refusals import Refusal, Refused, refuse

FIRST = "1001"
LONGEST = 32
TRIED = 100  # so many numbers after the last one are looked at for a free one


class Numbered:
    """The object's verbs about its number; methods only, the field is the object's own."""

    number: Any
    id: Any
    select: Any
    get_or_none: Any

    @classmethod
    def suggested_number(cls) -> str:
        """The free number after the one given last: `VP-0042` leads to `VP-0043`; '' after one without digits."""
        last = cls.select(cls.number).order_by(cls.id.desc()).first()
        counted = re.fullmatch(r"(.*?)([0-9]{1,15})", last.number) if last else None
        if counted is None:
            return "" if last else FIRST
        head, tail = counted.groups()
        wanted = [f"{head}{int(tail) + step:0{len(tail)}}" for step in range(1, TRIED + 1)]
        taken = {row.number for row in cls.select(cls.number).where(cls.number.in_(wanted))}
        return next((number for number in wanted if number not in taken and len(number) <= LONGEST), "")

    @classmethod
    def number_refusals(cls, number: str, *, besides: int | None = None) -> list[Refusal]:
        holder = cls.get_or_none((cls.number == number) & (cls.id != (besides or 0)))
        return [refuse("service_object.number_taken", number=number, object_id=holder.id)] if holder else []

    @classmethod
    @contextmanager
    def number_judged(cls, number: str) -> Iterator[None]:
        """Of two who take the same number at once the database lets one; the other hears who has it."""
        try:
            with unique("number"):
                yield
        except Taken as error:
            raise Refused(cls.number_refusals(number)) from error
