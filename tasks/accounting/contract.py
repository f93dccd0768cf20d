"""What every connection to bookkeeping offers, and how it says that it could not."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Party:
    """The customer as bookkeeping knows it: by its number. A private person's number stays in the house."""

    number: str
    name: str
    org_number: str = ""
    vat_number: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    payment_days: int = 30


@dataclass(frozen=True)
class Work:
    """An order, as its invoice will tell it."""

    number: int
    heading: str
    done: str = ""
    performed_on: str = ""  # ISO
    facility: str = ""
    your_reference: str = ""


@dataclass(frozen=True)
class Document:
    """What is exported: a customer, or an order with its customer."""

    party: Party
    our_reference: str = ""
    work: Work | None = None


@dataclass(frozen=True)
class Paper:
    name: str
    mime: str
    content: bytes


class AccountingError(Exception):
    """No file. `code` is a reason of models/refusals/, `params` its figures. A permanent one comes again until the
    record or the settings are changed."""

    def __init__(self, code: str, *, permanent: bool, **params: str | int):
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.params = params


class AccountingExport(Protocol):
    def write(self, document: Document) -> Paper:
        """The document in the form this bookkeeping reads. Raises AccountingError."""
