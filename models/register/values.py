"""From the text of a cell to a value: each function takes the text and the rules, or raises Bad.

The usual forms are recognised at a glance; only what is unusual goes to the libraries, which cost
as much for one cell as a database does for a whole row.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum import luhn
from stdnum.no import orgnr as norwegian
from stdnum.ua import edrpou as ukrainian

from models import identity_number, tag
from models.base import Choice, Country
from models.customer_number import example, fits
from models.identity_number import WrongNumber
from models.register.problems import Bad, Doubtful
from models.register.rules import Rules
from models.search import fold

Parse = Callable[[str, Rules], Any]

PLAIN_EMAIL = re.compile(r"[a-z0-9]+([._+-][a-z0-9]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,12}")
PLAIN_ORG_NUMBER = {
    Country.SE: re.compile(r"\d{6}-\d{4}"),
    Country.NO: re.compile(r"\d{9}"),
    Country.UA: re.compile(r"\d{8}"),
}
PLAIN_PHONE = re.compile(r"[0-9 \-/()]+")
DIALLED = str.maketrans("", "", " -/()")
SHORTENED = re.compile(r"\d[.,]\d+E\+\d{1,3}", re.IGNORECASE)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
LOCAL_MOMENT = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](\d{1,2})[:.](\d{2})(?::\d{2})?)?")
YES_OR_NO = dict.fromkeys(map(fold, ("1", "x", "✓", "ja", "j", "yes", "y", "true", "sant", "так", "т")), True)
YES_OR_NO |= dict.fromkeys(map(fold, ("0", "-", "nej", "nei", "n", "no", "false", "falskt", "usant", "ні", "н")), False)
POSTCODE_DIGITS = {Country.NO: 4, Country.UA: 5}  # may begin with a nought, which Excel drops


def text(longest: int) -> Parse:
    """One line, blanks run together."""

    def parse(cell: str, rules: Rules) -> str:
        return fitting(" ".join(cell.replace("\0", "").split()), longest)

    return parse


def long_text(longest: int) -> Parse:
    def parse(cell: str, rules: Rules) -> str:
        return fitting(cell.replace("\0", "").replace("\r\n", "\n").strip(), longest)

    return parse


def fitting(value: str, longest: int) -> str:
    if len(value) > longest:
        raise Bad("too_long", limit=longest, length=len(value))
    return value


def customer_number(cell: str, rules: Rules) -> str:
    """Judged as the card judges it: its length and its form (S2.6, S2.27)."""
    number = unshortened(" ".join(cell.split()))
    low, high = rules.number_low, rules.number_high
    if not low <= len(number) <= high:
        raise Bad("number_length", low=low, high=high, length=len(number))
    if rules.digits_only and not (number.isascii() and number.isdigit()):
        raise Bad("number_form")
    if rules.number_pattern and not fits(number, rules.number_pattern):
        raise Bad("number_pattern", example=example(rules.number_pattern))
    return fitting(number, 32)


def unshortened(number: str) -> str:
    """`1,23457E+11` is what Excel leaves of a long number in a CSV: its last digits are gone for good."""
    if SHORTENED.fullmatch(number):
        raise Bad("shortened")
    return number


def whole_number(low: int, high: int) -> Parse:
    """The first number in the cell: `30 days net` is 30."""

    def parse(cell: str, rules: Rules) -> int:
        found = re.search(r"-?\d{1,9}(?![\d,.]\d)", cell)
        if not found or not low <= int(found[0]) <= high:
            raise Bad("number", low=low, high=high)
        return int(found[0])

    return parse


def postcode(cell: str, rules: Rules) -> str:
    """With the noughts in front that a workbook has dropped."""
    value = " ".join(cell.split())
    places = POSTCODE_DIGITS.get(rules.country, 0)
    if len(value) < places and value.isdigit():
        raise Doubtful(value.zfill(places), "noughts", value=value.zfill(places))
    return fitting(value, 12)


def email(cell: str, rules: Rules) -> str:
    address = cell.strip()
    if PLAIN_EMAIL.fullmatch(address) and len(address) <= 64:
        return address
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Bad("email") from error
    return fitting(checked.normalized, 120)


def phone(cell: str, rules: Rules) -> str:
    """Kept as it is written, if it can be dialled from the organisation's country."""
    number = unshortened(" ".join(cell.split()))
    if _is_plain_phone(number, rules):
        return fitting(number, 40)
    whole = rules.trunk_prefix + number
    if number.isdigit() and _is_plain_phone(whole, rules) and not number.startswith(rules.dialling_code):
        raise Doubtful(fitting(whole, 40), "noughts", value=whole)
    if not _can_be_dialled(number, rules.country.value):
        raise Bad("phone")
    return fitting(number, 40)


def _is_plain_phone(number: str, rules: Rules) -> bool:
    if not PLAIN_PHONE.fullmatch(number):
        return False
    digits = number.translate(DIALLED)
    trunk = rules.trunk_prefix
    if trunk and not digits.startswith(trunk) or digits.startswith(trunk * 2 or "00"):
        return False
    return len(digits) - len(trunk) in rules.phone_lengths


def _can_be_dialled(number: str, country: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False


def org_number(cell: str, rules: Rules) -> str:
    """A number that cannot be one is refused; one with a wrong check digit is only doubted, and kept as written."""
    number = unshortened(" ".join(cell.split()))
    plain = re.sub(r"[\s.\-/]", "", number).upper()
    digits = re.sub(r"\D", "", plain)
    if not plain.isalnum() or not 6 <= len(digits) <= 14 or len(plain) - len(digits) > 5:
        raise Bad("org_number")
    fitting(number, 20)
    if rules.country is Country.UA and plain == digits and ukrainian.is_valid(digits.zfill(8)) and len(digits) < 8:
        raise Doubtful(digits.zfill(8), "noughts", value=digits.zfill(8))
    if plain == digits and not _check_digit_fits(digits):
        raise Doubtful(number, "check_digit")
    return _in_its_form(number, identity_number.org_number, rules)


def _in_its_form(number: str, judge: Callable[[str, Country], str], rules: Rules) -> str:
    """As the card keeps it; a number of another country stays as it is written."""
    if PLAIN_ORG_NUMBER[rules.country].fullmatch(number):
        return number
    try:
        return judge(number, rules.country)
    except WrongNumber:
        return number


def personal_number(cell: str, rules: Rules) -> str:
    """A number that cannot be one is refused; one with a wrong check digit is only doubted."""
    number = unshortened(" ".join(cell.split()))
    if not 6 <= len(re.sub(r"\D", "", number)) <= 12 or len(number) > 20:
        raise Bad("personal_number")
    try:
        return identity_number.personal_number(number, rules.country)
    except WrongNumber as error:
        raise Doubtful(number, "check_digit") from error


def judged(judge: Callable[[str, Country], str], code: str) -> Parse:
    """A number that is right or is none."""

    def parse(cell: str, rules: Rules) -> str:
        try:
            return judge(cell, rules.country)
        except WrongNumber as error:
            raise Bad(code) from error

    return parse


vat_number = judged(identity_number.vat_number, "vat_number")
peppol_id = judged(lambda text, _country: identity_number.peppol_id(text), "peppol_id")


def tags(cell: str, rules: Rules) -> str:
    line = tag.tidy(" ".join(cell.replace("\0", "").split()))
    words = tag.words_of(line)
    if len(words) > tag.MOST or any(len(word) > tag.LONGEST for word in words):
        raise Bad("tags", count=tag.MOST, length=tag.LONGEST)
    return line


def category(cell: str, rules: Rules) -> str:
    """One of the administrator's list, upper and lower case alike."""
    found = rules.categories.get(fold(cell))
    if found is None:
        raise Bad("category")
    return found


def _check_digit_fits(digits: str) -> bool:
    """Sweden has ten digits (persons twelve), Norway nine, Ukraine eight; others have no rule."""
    if len(digits) in (10, 12):
        return luhn.is_valid(digits[-10:])
    if len(digits) == 9:
        return norwegian.is_valid(digits)
    return len(digits) != 8 or ukrainian.is_valid(digits)


def website(cell: str, rules: Rules) -> str:
    address = fitting("".join(cell.split()), 160)
    scheme = SCHEME.match(address)
    if scheme and scheme[0].lower() not in ("http:", "https:") or "." not in address:
        raise Bad("website")
    return address


def store(cell: str, rules: Rules) -> int:
    found = rules.stores.get(cell.strip())
    if found is None:
        raise Bad("store")
    return found


def moment(cell: str, rules: Rules) -> datetime:
    """A time without a zone is UTC. `2018-10-02T15:02:01Z`, `2018-10-02 15:02` and `2.10.2018`."""
    value = cell.strip()
    try:
        local = LOCAL_MOMENT.fullmatch(value)
        parsed = _from_parts(local) if local else datetime.fromisoformat(value)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Bad("moment") from error


def _from_parts(found: re.Match[str]) -> datetime:
    day, month, year, hour, minute = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def yes_or_no(cell: str, rules: Rules) -> bool:
    found = YES_OR_NO.get(fold(cell))
    if found is None:
        raise Bad("yes_no")
    return found


def choice(words: Mapping[Any, str]) -> Parse:
    """One of a closed set, by its value or by any of its words, in every language."""
    known = {fold(word): member for member, said in words.items() for word in said.split(", ")}
    known |= {member.value.lower(): member for member in words}

    def parse(cell: str, rules: Rules) -> Choice:
        found = known.get(fold(cell))
        if found is None:
            raise Bad("choice", allowed=", ".join(member.value for member in words))
        return found

    return parse
