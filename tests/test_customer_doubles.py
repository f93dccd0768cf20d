"""Who may be in the register already: shown while typing and before saving, and what the question costs."""

import pytest

from models.base import Country
from models.customer import Customer
from models.doubles import Likeness, alike, bare, doubles
from tests import factories
from tests.counting import queries
from tests.pages import form, said
from tests.test_customer_card import form as blank
from tests.test_customer_card import form_of

NEW = "/customers/new"


def like(cast, **typed) -> dict[str, list[Likeness]]:
    found = doubles(typed, Country.SE, by=cast.owner)
    return {double.customer.number: double.why for double in found.seen}


@pytest.fixture
def known(cast) -> Customer:
    facts = {
        "org_number": "556012-5790",
        "phone": "070-174 06 16",
        "postcode": "981 31",
        "email": "kontor@norden.example",
    }
    return factories.customer(cast.house.north, "Nordens Fastigheter AB", number="5001", **facts)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"number": "5001"}, Likeness.NUMBER),
        ({"org_number": "5560125790"}, Likeness.IDENTITY),
        ({"email": "Kontor@Norden.example"}, Likeness.EMAIL),
        ({"email": "chef@norden.example"}, Likeness.EMAIL),
        ({"phone": "+46 70 174 06 16"}, Likeness.PHONE),
        ({"mobile": "0980-31 92 14"}, Likeness.PHONE),
        ({"name": "Nordens fastighet AB", "postcode": "98131"}, Likeness.NAME),
        ({"name": "Aktiebolaget Fastigheter Nordens", "postcode": "981 31"}, None),
    ],
)
def test_each_likeness_is_found_and_named(cast, known, typed, why):
    factories.contact(known, "Chefen", email="chef@norden.example", phone="0980-319 214")
    known.save()
    assert like(cast, **typed) == ({"5001": [why]} if why else {})


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "ontor@norden.example"},
        {"email": "norden"},
        {"phone": "0616"},
        {"name": "Nordens Fastigheter", "postcode": "111 11"},
        {"name": "Nordens Fastigheter"},
        {"name": "Norrlands Fiskeri", "postcode": "98131"},
        {"org_number": "988077917"},
        {},
    ],
)
def test_what_is_only_a_part_or_elsewhere_is_no_double(cast, known, typed):
    assert like(cast, **typed) == {}


def test_an_old_register_has_numbers_without_their_hyphen(cast, known):
    Customer.update(org_number="5560125790").where(Customer.id == known.id).execute()
    assert like(cast, org_number="556012-5790") == {"5001": [Likeness.IDENTITY]}


def test_whoever_is_alike_in_most_ways_comes_first(cast, known):
    factories.customer(cast.house.north, "Other", number="5000", email="kontor@norden.example")
    found = like(cast, email="kontor@norden.example", org_number="556012-5790")
    assert list(found) == ["5001", "5000"]
    assert found["5001"] == [Likeness.IDENTITY, Likeness.EMAIL]


def test_a_customer_the_reader_may_not_see_is_counted_and_not_named(cast, known):
    found = doubles({"org_number": "556012-5790"}, Country.SE, by=cast.southerner)
    assert (found.seen, found.unseen, bool(found)) == ([], 1, True)
    data = blank(cast.house.south, org_number="5560125790")
    page = cast.at("southerner").post("/customers/help/doubles", data=data)
    assert "1 customer that you may not see" in page.text
    assert "Nordens" not in page.text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lövskär Livs AB", "Lövskar Livs", True),
        ("Brf Björken", "Bostadsrättsföreningen Björken", False),
        ("ТОВ Калина", "Калина", True),
        ("Hotell Midnattssolen", "Hotel Midnattsolen", True),
        ("Kiruna Bygg", "Kiruna Måleri", False),
    ],
)
def test_names_are_compared_folded_and_without_their_legal_form(one, other, same):
    assert alike(bare(one), bare(other)) is same


def test_the_panel_says_why_and_leads_to_that_one(cast, known):
    data = blank(cast.house.north, org_number="5560125790", phone="070-1740616")
    page = cast.at("dispatcher").post("/customers/help/doubles", data=data).text
    assert "<html" not in page
    assert f'href="/customers/{known.id}"' in page
    assert "The same organisation or personal number · The same phone number" in said(page)


def test_looking_takes_nothing_from_the_saving(cast, known):
    data = blank(cast.house.north, phone="08-123 456 78", form_key="of this form")
    for _ in range(2):
        assert cast.at("dispatcher").post("/customers/help/doubles", data=data).status_code == 200
    cast.at("dispatcher").post(NEW, data=data)
    assert Customer.get(Customer.number == "2001").phone == "08-123 456 78"


def test_without_script_it_is_shown_once_and_saved_the_second_time(cast, known):
    browser = cast.at("dispatcher")
    answer = browser.post(NEW, data=blank(cast.house.north, org_number="5560125790"))
    assert (answer.status_code, "May already be in the register" in answer.text) == (409, True)
    assert Customer.get_or_none(Customer.number == "2001") is None
    again = browser.post(NEW, data=form(answer.text, "customer-form"))
    assert again.status_code == 302
    assert Customer.get(Customer.number == "2001").org_number == "556012-5790"


def test_somebody_who_came_after_the_panel_is_shown_too(cast, known):
    browser = cast.at("dispatcher")
    seen = form(browser.post(NEW, data=blank(cast.house.north, org_number="5560125790")).text, "customer-form")
    factories.customer(cast.house.north, "Third", number="5002", org_number="556012-5790")
    assert browser.post(NEW, data=seen).status_code == 409


def test_an_edit_asks_about_what_it_changes_and_never_about_itself(cast, known):
    browser, where = cast.at("dispatcher"), f"/customers/{cast.lovskar.id}/edit"
    answer = browser.post(where, data=form_of(cast.lovskar, email="kontor@norden.example"))
    assert (answer.status_code, "Nordens Fastigheter AB" in answer.text) == (409, True)
    panel = browser.post(f"/customers/help/{cast.lovskar.id}/doubles", data=form_of(cast.lovskar, phone="0701740616"))
    assert "Nordens Fastigheter AB" in panel.text
    assert browser.post(where, data=form_of(cast.lovskar, note="x")).status_code == 302
    twin = factories.customer(cast.house.north, "Twin", number="5009", email="info@lovskar.example")
    assert browser.post(f"/customers/{twin.id}/edit", data=form_of(twin, note="x")).status_code == 302


def test_the_question_costs_a_handful_of_queries_however_many_are_alike(cast, known):
    typed = {"number": "1", "org_number": "556012-5790", "email": "kontor@norden.example", "phone": "070-174 06 16"}
    typed |= {"name": "Nordens Fastigheter", "postcode": "981 31"}
    like(cast, **typed)
    with queries() as few:
        like(cast, **typed)
    for turn in range(30):
        factories.customer(cast.house.north, f"Nordens Fastigheter {turn}", postcode="981 31", phone="070-174 06 16")
    with queries() as many:
        like(cast, **typed)
    assert len(many) == len(few) <= 12
