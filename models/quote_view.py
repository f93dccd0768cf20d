"""What stands on a quote's paper: plain values in the reader's language, like the other papers' (protocol_view)."""

from dataclasses import dataclass
from datetime import date

from models.protocol_view import Sheet


@dataclass(frozen=True)
class PriceView:
    """A line; amounts and numbers are text already, `discount` is empty where none is given."""

    text: str
    quantity: str
    unit: str
    price: str
    discount: str
    amount: str
    article: str = ""


@dataclass(frozen=True)
class VatView:
    rate: str
    vat: str


@dataclass(frozen=True, kw_only=True)
class QuoteView(Sheet):
    made_on: date
    valid_until: date
    heading: str
    currency: str
    net: str
    gross: str
    introduction: str = ""
    terms: str = ""
    our_reference: str = ""
    your_reference: str = ""
    prices: tuple[PriceView, ...] = ()
    vats: tuple[VatView, ...] = ()

    @property
    def has_discounts(self) -> bool:
        """Without any the column is left out."""
        return any(line.discount for line in self.prices)
