"""One field finds everything the reader may see: folded, from the middle, by number, phone and mail, in the
archive too."""

import html
import re

import pytest

from models.base import Language
from models.contact import Contact
from models.customer import Customer
from models.facility import Facility
from models.protocol import Protocol
from tests import factories
from tests.counting import queries


def hits(browser, text: str) -> dict[str, list[str]]:
    """The names found, by the heading they stand under."""
    page = browser.get("/search/", query_string={"q": text}, headers={"HX-Request": "true"}).text
    groups = re.split(r'<section class="hits" aria-label="(.*?)"', page)[1:]
    return {
        label: [html.unescape(name) for name in re.findall(r"<b>(.*?)</b>", part)]
        for label, part in zip(groups[::2], groups[1::2], strict=True)
    }


@pytest.fixture
def names(cast):
    factories.customer(cast.house.north, "Östernäs Kulturhus", town="Övertorneå")
    factories.customer(cast.house.north, "Київський хлібозавод", language=Language.UK)
    factories.customer(cast.house.north, "Sjøgård & Ærlig ANS", language=Language.NB)
    return cast


FOLDED = {
    "osternas": "Östernäs Kulturhus",
    "ÖSTERNÄS": "Östernäs Kulturhus",
    "ternä": "Östernäs Kulturhus",
    "kul öst": "Östernäs Kulturhus",
    "київ": "Київський хлібозавод",
    "КИЇВ": "Київський хлібозавод",
    "киів": "Київський хлібозавод",
    "ібоз": "Київський хлібозавод",
    "sjogard": "Sjøgård & Ærlig ANS",
    "aerlig": "Sjøgård & Ærlig ANS",
    "ök": None,
    "kult finnsej": None,
}
CALLED = (
    "olofsgård",
    "marit@lovskar",
    "070-174 06 16",
    "0701740616",
    "+46 70 174 06 16",
    "(0046) 701740616",
    "1042",
    "kiruna lövsk",
)
ODD = ('"', "'", "%", "_", "*", "a OR b", "NEAR(", "\\", "²", "0" * 90, "😀", "a" * 4000, "-", "--", "(1")


@pytest.mark.requirement("S2.11")
def test_names_are_found_folded_and_from_the_middle(names):
    for typed, found in FOLDED.items():
        assert hits(names.at("dispatcher"), typed).get("Customers") == ([found] if found else None), typed


@pytest.mark.requirement("S2.11")
def test_a_customer_is_found_by_contact_mail_phone_number_and_town(cast):
    facts = {"name": "Marit Olofsgård", "email": "marit@lovskar.example", "phone": "070-174 06 16"}
    Contact.add(cast.lovskar, facts, by=cast.dispatcher)
    browser = cast.at("dispatcher")
    for typed in CALLED:
        assert hits(browser, typed)["Customers"] == ["Lövskär Livs AB"], typed
        listed = browser.get("/customers/", query_string={"q": typed}).text
        assert listed.count('<a class="ccard"') == 1, typed


def test_the_very_number_comes_first_whatever_it_is_of(cast):
    for _ in range(3):
        factories.customer(cast.house.north, "Hus 101", number=f"5101{_}")
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert order.number == 101
    found = hits(cast.at("dispatcher"), "101")
    assert list(found)[0] == "Orders"
    assert hits(cast.at("dispatcher"), "1042")["Customers"][0] == "Lövskär Livs AB"


def test_every_kind_is_found_and_leads_to_its_page(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    order = report.accept(by=cast.dispatcher)
    protocol = factories.committed(lambda: Protocol.sign(order, by=cast.technician))
    browser = cast.at("dispatcher")
    assert set(hits(browser, "lovskar")) >= {"Customers", "Facilities", "Fault reports", "Orders"}
    page = browser.get("/search/?q=101-1").text
    assert f'href="/protocols/{protocol.id}"' in page
    assert list(hits(browser, "elin fors")) == ["Staff"]
    assert f'href="/fault-reports/{report.id}"' in browser.get(f"/search/?q={report.number}").text


@pytest.mark.requirement("S2.22")
def test_the_archive_is_searched_too_and_says_so_after_the_living(cast):
    cast.hotel.inactivate(by=cast.dispatcher)
    other = factories.customer(cast.house.north, "Hotell Levande")
    assert hits(cast.at("dispatcher"), "hotell")["Customers"] == ["Hotell Levande", "Hotell Midnattssolen AB"]
    page = cast.at("dispatcher").get("/search/?q=midnatt").text
    assert "Archived" in page
    assert f"/customers/{other.id}" not in page


def test_more_than_five_lead_to_the_list_with_all_of_them(cast):
    for turn in range(8):
        factories.customer(cast.house.north, f"Bageri {turn}")
    page = cast.at("dispatcher").get("/search/?q=bageri").text
    address = html.unescape(re.search(r'href="([^"]+)">Show all 8', page)[1])
    assert cast.at("dispatcher").get(address).text.count('<a class="ccard"') == 8


def test_nothing_found_and_nothing_typed_are_two_things(cast):
    assert "Nothing found for “finnsinte”" in cast.at("dispatcher").get("/search/?q=finnsinte").text
    assert "Nothing found" not in cast.at("dispatcher").get("/search/").text


def test_whatever_is_typed_is_only_text(cast):
    browser = cast.at("dispatcher")
    for typed in ODD:
        assert browser.get("/search/", query_string={"q": typed}).status_code == 200, typed
        assert browser.get("/customers/suggest", query_string={"q": typed}).status_code == 200, typed


def test_only_what_one_may_see_is_found(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    report.accept(by=cast.dispatcher)
    for who in ("southerner", "nobody", "technician"):
        found = hits(cast.at(who), "lovskar")
        assert not set(found) - {"Staff"}, who
    assert hits(cast.at("cashier"), "elin fors") == {}  # may not see the staff
    assert cast.at("marit").get("/search/?q=lovskar").status_code == 404


@pytest.mark.parametrize("who", ["southerner", "technician"])
def test_a_record_is_opened_by_its_name_only_by_those_who_see_it(cast, who):
    assert (
        cast.at("dispatcher").get(f"/search/open/customer/{cast.lovskar.id}").location
        == f"/customers/{cast.lovskar.id}"
    )
    assert cast.at("dispatcher").get(f"/search/open/facility/{cast.shop.id}").location == f"/facilities/{cast.shop.id}"
    assert cast.at("dispatcher").get("/search/open/organisation/1").status_code == 404
    assert cast.at("dispatcher").get("/search/open/nonsense/1").status_code == 404
    assert cast.at(who).get(f"/search/open/customer/{cast.lovskar.id}").status_code == 404


def test_under_the_field_only_the_hits_are_sent(cast):
    fragment = cast.at("dispatcher").get("/search/?q=lovskar", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert "HX-Request" in fragment.headers["Vary"]
    assert (
        "<html"
        in cast.at("dispatcher").get("/search/?q=lovskar", headers={"HX-Request": "true", "HX-Boosted": "true"}).text
    )


def test_a_search_costs_the_same_queries_with_few_and_with_many_hits(cast):
    browser = cast.at("dispatcher")
    for _ in range(6):
        factories.facility(factories.customer(cast.house.north, "Bageri"), "Bageri")
    with queries() as few:
        browser.get("/search/?q=bageri")
    for _ in range(30):
        factories.facility(factories.customer(cast.house.north, "Bageri"), "Bageri")
    with queries() as many:
        browser.get("/search/?q=bageri")
    assert len(many) == len(few)


def test_the_search_text_follows_the_record(cast):
    cast.lovskar.change({"name": "Åkerbär Frukt AB"}, by=cast.dispatcher, seen=cast.lovskar.version)
    assert Customer.select().where(Customer.matches("akerbar")).count() == 1
    assert Customer.select().where(Customer.matches("livs")).count() == 0
    cast.shop.change({"name": "Norra hallen"}, by=cast.dispatcher, seen=cast.shop.version)
    assert Facility.select().where(Facility.matches("norra")).count() == 1
