"""Measured values as the reader's language writes numbers, with the decimals they were read with
(4.20 stays 4,20), and
without anything between the thousands, so that what is shown can be typed again."""

from decimal import Decimal

from flask_babel import format_decimal

MINUS = "\N{MINUS SIGN}"


def measured(value: Decimal | None) -> str:
    if value is None:
        return ""
    decimals = max(-int(value.as_tuple().exponent), 0)
    return format_decimal(value, format=f"0.{'0' * decimals}" if decimals else "0")


def printed(value: Decimal | None) -> str:
    """The same on paper, with a real minus: nobody types it again, and a hyphen is lost among tabular figures."""
    return measured(value).replace("-", MINUS)
