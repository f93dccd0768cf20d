"""Amounts and hundredths, exact on both databases: whole numbers in the column, money and decimals outside it.

Rounding is stated once, here: a line is rounded half up to the minor unit; VAT is reckoned per rate on the sum of its
rounded lines and rounded half up again. What is printed is what is stored, so the printed figures always add up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import peewee

HUNDRED = Decimal(100)
LARGEST = 999_999_999_99  # an amount; with the largest quantity it still fits the column


class Minor(int):
    """An amount in minor units (öre, kopiykas) of the organisation's currency."""


class AmountField(peewee.BigIntegerField):
    def python_value(self, value: Any) -> Any:
        """What the log has hidden stays as the log has it."""
        return Minor(value) if isinstance(value, int) else value


class HundredthsField(peewee.Field):
    """A decimal with two places (a quantity, a percentage), kept as a whole number of hundredths."""

    field_type = "INT"

    def db_value(self, value: Any) -> Any:
        return None if value is None else half_up(Decimal(value) * HUNDRED)

    def python_value(self, value: Any) -> Any:
        """From the column a whole number, from the log the decimal as text."""
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if isinstance(value, int) else Decimal(value)


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def line_total(quantity: Decimal, price: int, discount: Decimal) -> Minor:
    """What a line comes to without VAT, rounded half up to the minor unit."""
    return Minor(half_up(quantity * price * (HUNDRED - discount) / HUNDRED))


@dataclass(frozen=True)
class Share:
    """The lines of one VAT rate together."""

    rate: Decimal
    net: Minor
    vat: Minor


@dataclass(frozen=True)
class Totals:
    """An order's or a quote's figures. `shares` has the highest rate first."""

    shares: tuple[Share, ...] = ()

    @property
    def net(self) -> Minor:
        return Minor(sum(share.net for share in self.shares))

    @property
    def vat(self) -> Minor:
        return Minor(sum(share.vat for share in self.shares))

    @property
    def gross(self) -> Minor:
        return Minor(self.net + self.vat)

    @classmethod
    def of(cls, lines: Iterable[Any]) -> "Totals":
        """The figures of lines that each have a `vat` rate and a `total`."""
        nets: dict[Decimal, int] = {}
        for line in lines:
            nets[line.vat] = nets.get(line.vat, 0) + line.total
        return cls(tuple(_share(rate, net) for rate, net in sorted(nets.items(), reverse=True)))


def _share(rate: Decimal, net: int) -> Share:
    return Share(rate, Minor(net), Minor(half_up(net * rate / HUNDRED)))
