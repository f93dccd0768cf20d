"""A company's name and address by its number: fetched from a register that is really asked, or why not."""

import html

import pytest

from models.base import Country
from models.customer import Customer
from models.organisation import Organisation
from tasks.lookup import LookupFailed, connected
from tasks.lookup.json_register import JsonRegister
from tests.pages import form, said
from tests.stand_ins.company_register import company_register
from tests.test_customer_card import form as blank
from tests.test_customer_card import form_of

NORDEN = {"name": "Nordens Fastigheter AB", "address": "Storgatan 1", "postcode": "981 31", "town": "Kiruna"}


@pytest.fixture
def register(cast):
    with company_register() as running:
        Organisation.update(lookup_kind="json", lookup_address=running.address).execute()
        running.companies["SE/5560125790"] = NORDEN
        yield running


def fetch(cast, **values):
    data = blank(cast.house.north, name="", org_number="5560125790", **values)
    return cast.at("dispatcher").post("/customers/help/look-up", data=data)


def test_empty_fields_are_filled_and_the_page_says_which(cast, register):
    answer = fetch(cast, town="Jukkasjärvi")
    filled = form(answer.text, "customer-form")
    assert (answer.status_code, register.asked) == (200, ["/v1/companies/SE/5560125790"])
    assert (filled["name"], filled["address"], filled["town"]) == (NORDEN["name"], "Storgatan 1", "Jukkasjärvi")
    assert "Filled in from the company register: Name, Invoice address, Postcode." in said(answer.text)
    assert 'action="/customers/new"' in answer.text
    assert Customer.get_or_none(Customer.name == NORDEN["name"]) is None


def test_the_question_sent_twice_leads_back_to_the_form(cast):
    browser = cast.at("dispatcher")
    assert browser.get("/customers/help/look-up").location == "/customers/new"
    edit = f"/customers/{cast.lovskar.id}/edit"
    assert browser.get(f"/customers/help/{cast.lovskar.id}/look-up").location == edit


def test_of_a_customer_that_is_there_nothing_is_overwritten(cast, register):
    data = form_of(cast.lovskar, org_number="5560125790", address="A", postcode="1", town="T")
    answer = cast.at("dispatcher").post(f"/customers/help/{cast.lovskar.id}/look-up", data=data)
    assert "no field was empty" in said(answer.text)
    assert form(answer.text, "customer-form")["name"] == "Lövskär Livs AB"


@pytest.mark.parametrize(
    ("said_there", "code", "sentence"),
    [
        ((404, b""), "lookup.unknown", "The company register does not know 556012-5790"),
        ((403, b"No agreement"), "lookup.refused", "It said: 403 No agreement."),
        ((500, b"Oops"), "lookup.unreachable", "It said: 500 Oops."),
        ((302, b""), "lookup.unreachable", "It said: 302."),
        ((200, b"<html>"), "lookup.unreachable", "It said: <html>."),
        ((200, b"[]"), "lookup.unreachable", "It said: []."),
    ],
)
def test_each_failure_is_answered_in_words_and_what_was_typed_stays(cast, register, said_there, code, sentence):
    register.answer = said_there
    answer = fetch(cast, town="Jukkasjärvi")
    assert (answer.status_code, sentence in html.unescape(said(answer.text))) == (409, True)
    assert f"/help/{code}" in answer.text
    assert form(answer.text, "customer-form")["town"] == "Jukkasjärvi"


def test_a_register_that_says_nothing_is_not_waited_for(register):
    register.silent = True
    with pytest.raises(LookupFailed) as failed:
        JsonRegister(register.address, timeout=0.2).find("556012-5790", Country.SE)
    assert (failed.value.code, failed.value.permanent) == ("lookup.unreachable", False)


def test_a_register_that_is_not_there_is_said(cast):
    with pytest.raises(LookupFailed) as failed:
        JsonRegister("http://127.0.0.1:9", timeout=1).find("556012-5790", Country.SE)
    assert failed.value.code == "lookup.unreachable"


def test_it_is_off_until_an_administrator_chooses_a_register(cast):
    assert "Fetch name and address" not in cast.at("dispatcher").get("/customers/new").text
    answer = fetch(cast)
    assert (answer.status_code, "No company register is connected" in answer.text) == (409, True)
    with pytest.raises(LookupFailed) as failed:
        connected(Organisation.current())
    assert failed.value.code == "lookup.off"
    browser, where = cast.at("owner"), "/settings/company-register"
    filled = form(browser.get(where).text)
    wrong = browser.post(where, data=filled | {"lookup_kind": "json", "lookup_address": "ftp://x"})
    assert wrong.status_code == 422
    browser.post(where, data=filled | {"lookup_kind": "json", "lookup_address": "https://register.example/v1"})
    assert "Fetch name and address" in cast.at("dispatcher").get("/customers/new").text


@pytest.mark.parametrize("values", [{"org_number": ""}, {"kind": "private"}])
def test_without_an_organisation_number_nobody_is_asked(cast, register, values):
    data = blank(cast.house.north, org_number="5560125790") | values
    answer = cast.at("dispatcher").post("/customers/help/look-up", data=data)
    code = "lookup.no_number"
    assert f"/help/{code}" in answer.text
    assert register.asked == []


def test_a_wrong_number_is_not_asked_about(cast, register):
    data = blank(cast.house.north, org_number="556012-5791")
    assert cast.at("dispatcher").post("/customers/help/look-up", data=data).status_code == 422
    assert register.asked == []
