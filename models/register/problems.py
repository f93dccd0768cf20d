"""What can be wrong with a cell, as data; the sentences are spoken in the reader's language."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "required": _l("This must be filled in."),
    "too_long": _l("At most %(limit)s characters; this has %(length)s."),
    "too_many_cells": _l("The row has more cells than there are headings."),
    "number": _l("This is not a whole number from %(low)s to %(high)s."),
    "email": _l("This is not an e-mail address."),
    "phone": _l("This is not a phone number."),
    "website": _l("This is not a web address."),
    "org_number": _l("This is not an organisation number."),
    "number_pattern": _l("A customer number looks like %(example)s."),
    "personal_number": _l("This is not a personal number."),
    "vat_number": _l("This is not a VAT number of this country."),
    "peppol_id": _l("A Peppol id is a scheme and a number, as in 0007:5560125790."),
    "tags": _l("At most %(count)s tags of at most %(length)s characters."),
    "category": _l("There is no category of this name."),
    "group": _l("There is no product group of this name; an administrator adds it in the settings."),
    "amount": _l("This is not an amount from 0 to %(high)s."),
    "vat": _l("No such VAT rate is in force; there are: %(allowed)s."),
    "purchase_price": _l("You may not set purchase prices."),
    "moment": _l("This is not a date and time."),
    "choice": _l("This is none of: %(allowed)s."),
    "store": _l("There is no store with this number that you work in."),
    "decimal": _l("This is not a number."),
    "day": _l("This is not a date."),
    "twice": _l("This stands on line %(line)s already, with other values."),
    "number_length": _l("A customer number has %(low)s to %(high)s characters; this has %(length)s."),
    "number_form": _l("A customer number has digits only."),
    "elsewhere": _l("This customer belongs to a store you do not work in."),
    "no_customer": _l("There is no customer with this number."),
    "customer_inactive": _l("This customer is inactive and gets nothing new."),
    "number_or_name": _l("A facility needs a number or a name."),
    "ambiguous": _l("Several facilities of the customer have this name; the number must be given."),
    "name_or_email": _l("A contact needs a name or an e-mail."),
    "ambiguous_contact": _l("Several contacts of the customer answer to this; name and e-mail together must tell."),
    "shortened": _l("Excel has shortened this number; the column must be saved as text."),
    "yes_no": _l("This is neither yes nor no."),
    "noughts": _l("The noughts in front were missing and are put back: %(value)s."),
    "ambiguous_customer": _l("Several customers have this name; the number must be given."),
    "no_facility": _l("The customer has no facility with this number or name."),
    "facility_inactive": _l("This facility is inactive and gets nothing new."),
    "object_stays": _l("The object stands at another facility; it is moved on its card."),
    "moved_on": _l("The report does not wait any more, so it is not changed."),
    "check_digit": _l("The check digit does not fit; the row goes in all the same."),
}
REMARKS = frozenset({"check_digit", "noughts"})


class Bad(Exception):
    """A cell that keeps its row out."""

    def __init__(self, code: str, /, **params: Any):
        super().__init__(code)
        self.code = code
        self.params = params


class Doubtful(Exception):
    """A cell that looks wrong and is taken all the same."""

    def __init__(self, value: Any, code: str, /, **params: Any):
        super().__init__(code)
        self.value = value
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Problem:
    """One cell's fault: the line of the file, the heading it stands under, what stands there."""

    line: int
    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def is_remark(self) -> bool:
        return self.code in REMARKS

    def say(self) -> str:
        return str(SENTENCES[self.code]) % {name: str(value) for name, value in self.params.items()}
