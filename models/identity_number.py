"""The numbers that tell one organisation or person from all others, per country: validated, in one form each.

Sources: SE organisationsnummer (lag 1974:174) and personnummer (folkbokföringslagen 18 §, samordningsnummer 18 a §),
NO organisasjonsnummer and fødselsnummer (with D-nummer), UA ЄДРПОУ and РНОКПП; Peppol's code list of participant ids.
"""

import re
from collections.abc import Callable

from stdnum import ean
from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer, mva
from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish
from stdnum.se import personnummer
from stdnum.se import vat as swedish_vat
from stdnum.ua import edrpou, rntrc
from stdnum.util import clean

from models.base import Country, now

COORDINATION = 60  # is added to the day of birth in a samordningsnummer
HIDDEN = "•"
SHOWN = 2  # the last digits of a personal number that everybody may see
SWEDISH_PERSON = re.compile(r"(\d{6}|\d{8})[-+]\d{4}")
UKRAINIAN_VAT = re.compile(r"\d{12}|\d{10}")
PEPPOL = re.compile(r"\d{4}:[A-Za-z0-9._~-]{1,45}")
SCHEMES: dict[str, Callable[[str], bool]] = {
    "0007": swedish.is_valid,
    "0192": norwegian.is_valid,
    "0088": ean.is_valid,
}


class WrongNumber(ValueError):
    """The text is no number of its kind, or its check digit does not fit."""


def org_number(text: str, country: Country) -> str:
    """`556012-5790`, `988077917`, `14360570`; a sole trader's own number counts as one."""
    return _judged(_ORGANISATION[country], text)


def personal_number(text: str, country: Country) -> str:
    """`19811228-9874`, `15108695088`, `1759013776`."""
    return _judged(_PERSON[country], text)


def vat_number(text: str, country: Country) -> str:
    """`SE556012579001`, `NO988077917MVA`, twelve digits in Ukraine (ten for a sole trader)."""
    return _judged(_VAT[country], text)


def peppol_id(text: str) -> str:
    """`0007:5560125790`: the scheme and the number under it, whose check digit is looked at where we know how."""
    compact = clean(text, " ").strip()
    if not PEPPOL.fullmatch(compact):
        raise WrongNumber(text)
    scheme, _, number = compact.partition(":")
    if not SCHEMES.get(scheme, bool)(number):
        raise WrongNumber(text)
    return compact


def suggested_vat(number: str, country: Country) -> str:
    """What the VAT number would be by the organisation number; '' where none follows from it."""
    known = _quietly(org_number, number, country)
    if not known or country is Country.UA:
        return ""
    return f"SE{swedish.compact(known)}01" if country is Country.SE else f"NO{known}MVA"


def suggested_peppol(number: str, country: Country) -> str:
    known = _quietly(org_number, number, country)
    if not known or country is Country.UA:
        return ""
    return f"0007:{swedish.compact(known)}" if country is Country.SE else f"0192:{known}"


def masked(number: str) -> str:
    """All but the last two digits hidden: enough to ask "ending with 74?", too little to be anybody."""
    return re.sub(rf"\d(?=(?:\D*\d){{{SHOWN}}})", HIDDEN, number)


def same(number: str, country: Country) -> list[str]:
    """Every way this number may stand in the register: in its form, and as files have brought it."""
    plain = re.sub(r"[\s-]", "", number)
    known = {_quietly(org_number, number, country), _quietly(personal_number, number, country)}
    return sorted({number.strip(), plain, *known} - {""})


def _judged(validate: Callable[[str], str], text: str) -> str:
    try:
        return validate(text)
    except (ValidationError, ValueError) as error:
        raise WrongNumber(text) from error


def _quietly(judge: Callable[[str, Country], str], text: str, country: Country) -> str:
    try:
        return judge(text, country)
    except WrongNumber:
        return ""


def _swedish_organisation(text: str) -> str:
    plain = swedish.compact(text)
    if len(plain) == 12 and plain[:2] in ("16", "19", "20"):  # as tax forms write it
        plain = plain[2:]
    return swedish.format(swedish.validate(plain))


def _swedish_person(text: str) -> str:
    """With the century. A coordination number has sixty more in its day, which stdnum takes for no date."""
    compact = personnummer.compact(text)
    if not SWEDISH_PERSON.fullmatch(compact):
        raise WrongNumber(text)
    number = compact[:-5] + compact[-4:]
    day = int(number[-6:-4])
    real = f"{compact[:-7]}{day - COORDINATION:02}{compact[-5:]}" if day > COORDINATION else compact
    born = personnummer.get_birth_date(real)
    swedish.validate(number[-10:])
    if born > now().date():
        raise WrongNumber(text)
    return f"{born:%Y%m}{day:02}-{number[-4:]}"


def _norwegian_vat(text: str) -> str:
    return f"NO{mva.validate(text)}"


def _swedish_vat_number(text: str) -> str:
    return f"SE{swedish_vat.validate(text)}"


def _ukrainian_organisation(text: str) -> str:
    plain = clean(text, " -").strip()
    return rntrc.validate(plain) if len(plain) == 10 else edrpou.validate(plain)


def _ukrainian_vat(text: str) -> str:
    plain = clean(text, " -").strip()
    if not UKRAINIAN_VAT.fullmatch(plain):
        raise WrongNumber(text)
    return plain


_ORGANISATION: dict[Country, Callable[[str], str]] = {
    Country.SE: _swedish_organisation,
    Country.NO: norwegian.validate,
    Country.UA: _ukrainian_organisation,
}
_PERSON: dict[Country, Callable[[str], str]] = {
    Country.SE: _swedish_person,
    Country.NO: fodselsnummer.validate,
    Country.UA: rntrc.validate,
}
_VAT: dict[Country, Callable[[str], str]] = {
    Country.SE: _swedish_vat_number,
    Country.NO: _norwegian_vat,
    Country.UA: _ukrainian_vat,
}
