"""A telephone number as people write it: can it be dialled, and does it reach a mobile (S0.14)?"""

from dataclasses import dataclass
from functools import cached_property

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from models.base import Country

TELLING = 8  # the last digits tell a number from others, with or without its country
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@dataclass(frozen=True)
class Phone:
    """`number` as typed; `country` is dialled from where it names none itself."""

    number: str
    country: Country

    @cached_property
    def parsed(self) -> phonenumbers.PhoneNumber | None:
        try:
            parsed = phonenumbers.parse(self.number, self.country.value)
        except phonenumbers.NumberParseException:
            return None
        return parsed if phonenumbers.is_possible_number(parsed) else None

    @property
    def can_be_dialled(self) -> bool:
        return self.parsed is not None

    @property
    def is_mobile(self) -> bool:
        """By the numbering plan of its country: only such a number gets text messages."""
        return self.parsed is not None and phonenumbers.number_type(self.parsed) in MOBILE

    @property
    def e164(self) -> str:
        """`+46701740616`, as gateways take it; '' for what cannot be dialled."""
        return phonenumbers.format_number(self.parsed, PhoneNumberFormat.E164) if self.parsed else ""

    @property
    def telling(self) -> str:
        """What two ways of writing one number have in common."""
        return "".join(letter for letter in self.number if letter.isdigit())[-TELLING:]
