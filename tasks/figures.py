"""Measured values as the reader's language writes numbers, with the decimals they were read with
(4.20 stays 4,20), and
without anything between the thousands, so that what is shown can be typed again."""

from decimal import Decimal

from flask_babel import format_currency, format_decimal

from models.base import Money

MINUS = "\N{MINUS SIGN}"
AMOUNT = "#,##0.00"


def amount(minor: int) -> str:
    """An amount without its currency, as columns of figures have it: 1 250,50."""
    return format_decimal(Decimal(minor).scaleb(-2), format=AMOUNT)


def short(value: Decimal | None) -> str:
    """Without the noughts behind that say nothing: 2 for 2.00, 2,5 for 2.50."""
    return measured(value.normalize()) if value is not None else ""


def measured(value: Decimal | None) -> str:
    if value is None:
        return ""
    decimals = max(-int(value.as_tuple().exponent), 0)
    return format_decimal(value, format=f"0.{'0' * decimals}" if decimals else "0")


def printed(value: Decimal | None) -> str:
    """The same on paper, with a real minus: nobody types it again, and a hyphen is lost among tabular figures."""
    return measured(value).replace("-", MINUS)


def money(value: Money) -> str:
    """An amount with its currency as the reader writes it: 1 250,50 kr."""
    return format_currency(Decimal(value.minor).scaleb(-2), value.currency)
