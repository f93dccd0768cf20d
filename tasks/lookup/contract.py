"""What every company register offers, and how it says that it could not."""

from dataclasses import dataclass
from typing import Protocol

from models.base import Country


@dataclass(frozen=True)
class Company:
    """An organisation as a register knows it; what it does not know is empty."""

    org_number: str
    name: str
    address: str = ""
    postcode: str = ""
    town: str = ""
    vat_number: str = ""


class LookupFailed(Exception):
    """No answer about the company. `code` is a reason of models/refusals/, `answer` what the register said in its own
    words. A permanent one is not worth another try."""

    def __init__(self, code: str, *, permanent: bool, answer: str = ""):
        super().__init__(f"{code}: {answer}")
        self.code = code
        self.permanent = permanent
        self.answer = answer


class CompanyRegister(Protocol):
    def find(self, org_number: str, country: Country) -> Company:
        """The company with this number. Raises LookupFailed."""
