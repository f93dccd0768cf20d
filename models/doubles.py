"""Who may be in the register already, while a new customer is typed: by number, by address, by a very similar name.

Each way in reads an index and at most a handful of rows, so that it costs what a search costs, however long the
register is. Customers the reader may not see are counted and not named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Choice, Country
from models.contact import Contact
from models.customer import Customer
from models.identity_number import same
from models.organisation import Organisation
from models.phone import TELLING, Phone
from models.search import digits, fold, sort_key
from models.user import User

FOUND = 20  # what one way in reads at most
NEIGHBOURS = 200  # names of one postcode, before and after the typed one
ALIKE = 0.84  # of two folded names
SHORTEST_NAME = 3
SHORTEST_PHONE = 6
FORMS = frozenset(
    "ab aktiebolag hb handelsbolag kb kommanditbolag brf bostadsrattsforening as asa ans da enk tov fop pp "
    "тов фоп пп ат тдв осбб ltd oy aps".split()
)
ASKED = ("number", "org_number", "personal_number", "email", "phone", "mobile", "name", "postcode")


class Likeness(Choice):
    NUMBER = "number", _l("The same customer number"), "bad"
    IDENTITY = "identity", _l("The same organisation or personal number"), "bad"
    EMAIL = "email", _l("The same e-mail address"), "warning"
    PHONE = "phone", _l("The same phone number"), "warning"
    NAME = "name", _l("A very similar name with the same postcode"), "info"


@dataclass(frozen=True)
class Double:
    customer: Customer
    why: list[Likeness]


@dataclass(frozen=True)
class Doubles:
    """`seen` may be opened by the reader, the most alike first; `unseen` is how many others there are."""

    seen: list[Double] = field(default_factory=list)
    unseen: int = 0
    ids: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids)

    @property
    def mark(self) -> str:
        """What a form carries along to say that these were shown."""
        return "-".join(map(str, self.ids))

    def beyond(self, mark: str) -> bool:
        """Is anybody here whom the form has not shown yet?"""
        return not {str(found) for found in self.ids} <= set(mark.split("-"))


def doubles(values: dict[str, Any], country: Country, *, by: User, besides: int = 0) -> Doubles:
    """`values` is what is typed so far, by the names in ASKED; `besides` is the customer that is edited."""
    typed = {name: " ".join(str(values.get(name) or "").split()) for name in ASKED}
    why: dict[int, list[Likeness]] = {}
    for customer_id, likeness in _hits(typed, country):
        reasons = why.setdefault(customer_id, [])
        if customer_id != besides and likeness not in reasons:
            reasons.append(likeness)
    ids = tuple(sorted(customer_id for customer_id, reasons in why.items() if reasons))
    if not ids:
        return Doubles()
    seen = [Double(customer, why[customer.id]) for customer in Customer.chosen_by(by, list(ids))]
    order = list(Likeness)
    seen.sort(key=lambda double: (-len(double.why), order.index(double.why[0])))
    return Doubles(seen, len(ids) - len(seen), ids)


def _hits(typed: dict[str, str], country: Country) -> Iterator[tuple[int, Likeness]]:
    for customer_id in _by_number(typed["number"]):
        yield customer_id, Likeness.NUMBER
    for number in (typed["org_number"], typed["personal_number"]):
        for customer_id in _by_identity(number, country):
            yield customer_id, Likeness.IDENTITY
    for customer_id in _by_email(typed["email"]):
        yield customer_id, Likeness.EMAIL
    for phone in {typed["phone"], typed["mobile"]}:
        for customer_id in _by_phone(Phone(phone, country)):
            yield customer_id, Likeness.PHONE
    for customer_id in _by_name(typed["name"], typed["postcode"]):
        yield customer_id, Likeness.NAME


def _ids(condition: Any) -> list[int]:
    return [row.id for row in Customer.select(Customer.id).where(condition).limit(FOUND)]


def _by_number(number: str) -> list[int]:
    return _ids(Customer.number == number) if number else []


def _by_identity(number: str, country: Country) -> list[int]:
    if not number:
        return []
    known = same(number, country)
    return _ids(Customer.org_number.in_(known) | Customer.personal_number.in_(known))


def _by_email(address: str) -> list[int]:
    """The search finds who has it somewhere; looked at once more, because a part of an address is found too."""
    if "@" not in address:
        return []
    wanted = fold(address)
    return _whose(address, lambda party: wanted in (fold(party.email), fold(getattr(party, "invoice_email", ""))))


def _by_phone(phone: Phone) -> list[int]:
    if len(digits(phone.number)) < SHORTEST_PHONE:
        return []
    wanted = phone.telling
    return _whose(wanted, lambda party: wanted in (digits(party.phone)[-TELLING:], digits(party.mobile)[-TELLING:]))


def _whose(text: str, has_it: Any) -> list[int]:
    """The customers that the search finds by `text` and that have it themselves, or a contact of theirs."""
    found = list(Customer.select().where(Customer.matches(text)).limit(FOUND))
    contacts = Contact.select().where(Contact.customer.in_([customer.id for customer in found])) if found else []
    having = {contact.customer_id for contact in contacts if has_it(contact)}
    return [customer.id for customer in found if customer.id in having or has_it(customer)]


def _by_name(name: str, postcode: str) -> list[int]:
    """Names of the same postcode that are nearly this one."""
    wanted = bare(name)
    if len(wanted) < SHORTEST_NAME or not postcode:
        return []
    return [
        row.id
        for row in _neighbours(sort_key(name, Organisation.current().language), postcode)
        if alike(wanted, bare(row.name))
    ]


def _neighbours(name: str, postcode: str) -> Iterable[Any]:
    """Both ways from the typed name in the order of names: in a postcode of thousands the nearest are looked at."""
    here = Customer.postcode.in_(written(postcode))
    rows = Customer.select(Customer.id, Customer.name)
    yield from rows.where(here & (Customer.sort_name >= name)).order_by(Customer.sort_name).limit(NEIGHBOURS)
    yield from rows.where(here & (Customer.sort_name < name)).order_by(Customer.sort_name.desc()).limit(NEIGHBOURS)


def written(postcode: str) -> list[str]:
    """`98131` and `981 31` are the same."""
    plain = postcode.replace(" ", "")
    return sorted({postcode, plain, f"{plain[:3]} {plain[3:]}"})


def bare(name: str) -> str:
    """The folded name without its legal form: `Lövskär Livs AB` is `lovskar livs`."""
    words = fold(name).replace(",", " ").replace(".", " ").replace("&", " ").split()
    return " ".join(sorted(word for word in words if word not in FORMS))


def alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
