"""Numbers of organisations and persons: judged by their country, kept in one form, hidden but for their end."""

import pytest

from models.base import Country
from models.identity_number import (
    WrongNumber,
    masked,
    org_number,
    peppol_id,
    personal_number,
    same,
    suggested_peppol,
    suggested_vat,
    vat_number,
)
from models.phone import Phone

SE, NO, UA = Country.SE, Country.NO, Country.UA


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        (SE, "5560125790", "556012-5790"),
        (SE, "556012-5790", "556012-5790"),
        (SE, " 16556012 5790 ", "556012-5790"),
        (SE, "811228-9874", "811228-9874"),
        (NO, "988 077 917", "988077917"),
        (UA, "32855961", "32855961"),
        (UA, "1759013776", "1759013776"),
    ],
)
def test_an_organisation_number_has_one_form(country, typed, kept):
    assert org_number(typed, country) == kept


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        (SE, "811228-9874", "19811228-9874"),
        (SE, "198112289874", "19811228-9874"),
        (SE, "811228+9874", "18811228-9874"),
        (SE, "701063-2391", "19701063-2391"),
        (NO, "151086 95088", "15108695088"),
        (UA, "1759013776", "1759013776"),
    ],
)
def test_a_personal_number_has_one_form_also_for_those_who_are_coordinated(country, typed, kept):
    assert personal_number(typed, country) == kept


@pytest.mark.parametrize(
    ("judge", "country", "typed"),
    [
        (org_number, SE, "556012-5791"),
        (org_number, SE, "x"),
        (org_number, NO, "988077918"),
        (org_number, UA, "32855962"),
        (personal_number, SE, "811228-9875"),
        (personal_number, SE, "811328-9874"),
        (personal_number, SE, "20991231-1239"),
        (personal_number, SE, "1"),
        (personal_number, SE, "abcdef-ghij"),
        (personal_number, NO, "15108695089"),
        (personal_number, UA, "1759013777"),
        (vat_number, SE, "SE556012579101"),
        (vat_number, NO, "NO988077917"),
        (vat_number, UA, "123"),
    ],
)
def test_a_wrong_digit_is_no_number(judge, country, typed):
    with pytest.raises(WrongNumber):
        judge(typed, country)


def test_vat_number_and_peppol_id_follow_from_the_organisation_number():
    assert suggested_vat("5560125790", SE) == vat_number("SE 556012-5790 01", SE) == "SE556012579001"
    assert suggested_vat("988077917", NO) == vat_number("988 077 917 mva", NO) == "NO988077917MVA"
    assert vat_number("328559617654", UA) == "328559617654"
    assert suggested_peppol("556012-5790", SE) == peppol_id("0007:5560125790") == "0007:5560125790"
    assert suggested_peppol("988077917", NO) == peppol_id("0192:988077917") == "0192:988077917"
    assert {suggested_vat("32855961", UA), suggested_peppol("32855961", UA), suggested_vat("1", SE)} == {""}
    assert peppol_id("9908:anything") == "9908:anything"


@pytest.mark.parametrize("typed", ["0007:5560125791", "0192:1", "5560125790", "0088:123", "0007:"])
def test_a_peppol_id_has_a_scheme_and_a_number_that_is_right(typed):
    with pytest.raises(WrongNumber):
        peppol_id(typed)


def test_of_a_personal_number_everybody_sees_the_last_two_digits():
    assert masked("19811228-9874") == "••••••••-••74"
    assert masked("15108695088") == "•••••••••88"
    assert masked("") == ""


def test_a_number_is_looked_for_in_every_way_it_may_be_written():
    assert same("5560125790", SE) == ["556012-5790", "5560125790"]
    assert same("nonsense", SE) == ["nonsense"]


@pytest.mark.requirement("S0.14")
@pytest.mark.parametrize(
    ("country", "number", "mobile"),
    [
        (SE, "070-174 06 16", True),
        (SE, "+47 406 12 345", True),
        (SE, "0980-319 201", False),
        (SE, "070-1", False),
        (SE, "", False),
        (NO, "406 12 345", True),
        (NO, "22 33 44 55", False),
        (UA, "050 123 45 67", True),
        (UA, "044 123 45 67", False),
    ],
)
def test_whether_a_number_is_a_mobile_is_decided_by_its_countrys_plan(country, number, mobile):
    assert Phone(number, country).is_mobile is mobile


def test_a_phone_has_one_form_for_gateways_and_one_part_that_tells_it():
    assert Phone("070-174 06 16", SE).e164 == "+46701740616"
    assert Phone("garbage", SE).e164 == ""
    assert Phone("+46 70 174 06 16", SE).telling == Phone("070-1740616", SE).telling == "01740616"
