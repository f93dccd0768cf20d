"""Facilities: added to a customer, changed, inactivated, and what their card shows."""

import io

import pytest

from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.file import File
from models.refusals import Refused
from tests import factories


def form(customer=None, **values) -> dict:
    facts = {"name": "Kylrum, plan 2", "number": "K2", "town": "Kiruna", "version": "0", **values}
    return {**facts, "customer": customer.number} if customer else facts


def test_a_facility_is_added_to_a_customer_by_number_or_name(cast):
    answer = cast.at("dispatcher").post("/facilities/new", data=form(cast.lovskar))
    facility = Facility.get(Facility.name == "Kylrum, plan 2")
    assert answer.location == f"/facilities/{facility.id}"
    assert (facility.customer, facility.store, facility.number) == (cast.lovskar, cast.house.north, "K2")
    assert [event.verb for event in Event.about(facility)] == ["facility.created"]
    by_name = cast.at("dispatcher").post(
        "/facilities/new", data=form(name="Lager") | {"customer": "hotell midnattssolen ab"}
    )
    assert by_name.status_code == 302
    assert Facility.get(Facility.name == "Lager").customer == cast.hotel


def test_the_form_opened_from_a_customer_has_it_chosen(cast):
    assert (
        'value="1042 Lövskär Livs AB"'
        in cast.at("dispatcher").get(f"/facilities/new?customer_id={cast.lovskar.id}").text
    )
    assert cast.at("southerner").get(f"/facilities/new?customer_id={cast.lovskar.id}").status_code == 404


def test_what_is_wrong_comes_back_with_what_was_typed(cast):
    browser = cast.at("dispatcher")
    unknown = browser.post("/facilities/new", data=form(name="") | {"customer": "Ingen AB"})
    assert unknown.status_code == 422
    assert "No customer has this number or name" in unknown.text
    assert 'value="Ingen AB"' in unknown.text
    browser.post("/facilities/new", data=form(cast.lovskar))
    double = browser.post("/facilities/new", data=form(cast.lovskar))
    assert double.status_code == 422
    assert "The customer has a facility with number K2 already" in double.text
    assert Facility.select().where(Facility.number == "K2").count() == 1


def test_an_inactive_customer_gets_no_facility(cast):
    cast.lovskar.inactivate(by=cast.owner)
    assert cast.at("dispatcher").post("/facilities/new", data=form(cast.lovskar)).status_code == 422
    with pytest.raises(Refused):
        Facility.add(cast.lovskar, {"name": "X"}, by=cast.dispatcher)


def test_a_customer_inactivated_while_the_form_was_open_is_refused_with_the_way_out(cast, monkeypatch):
    monkeypatch.setattr(Customer, "choosable_by", Customer.visible_to)  # the form still had it
    cast.lovskar.inactivate(by=cast.owner)
    answer = cast.at("dispatcher").post("/facilities/new", data=form(cast.lovskar))
    assert answer.status_code == 409
    assert "The customer Lövskär Livs AB is inactive" in answer.text
    assert f'href="/customers/{cast.lovskar.id}#activity"' in answer.text


def test_a_change_is_on_the_log_and_a_number_of_another_is_refused(cast):
    browser = cast.at("dispatcher")
    data = form(name=cast.shop.name, number="A1", version=cast.shop.version)
    assert browser.post(f"/facilities/{cast.shop.id}/edit", data=data).status_code == 302
    log = Event.about(cast.shop).first()
    assert (log.verb, log.changes["number"]) == ("facility.changed", {"old": "", "new": "A1"})
    double = browser.post(f"/facilities/{cast.warehouse.id}/edit", data=form(number="A1", version=1))
    assert double.status_code == 422
    assert browser.post(f"/facilities/{cast.warehouse.id}/edit", data=form(name="", version=1)).status_code == 422
    assert Facility.get_by_id(cast.warehouse.id).number == ""


@pytest.mark.requirement("S2.21")
def test_an_inactive_facility_is_chosen_for_nothing_new(cast):
    browser = cast.at("dispatcher")
    browser.post(f"/facilities/{cast.shop.id}/inactivation")
    assert not Facility.get_by_id(cast.shop.id).is_active
    page = browser.get(f"/facilities/{cast.shop.id}").text
    assert page.count('aria-disabled="true"') == 2
    assert f"The facility {cast.shop.name} is inactive" in page
    with pytest.raises(Refused):
        factories.order(cast.dispatcher, cast.lovskar, Facility.get_by_id(cast.shop.id))
    browser.post(f"/facilities/{cast.shop.id}/reactivation")
    assert [event.verb for event in Event.about(cast.shop)] == ["facility.reactivated", "facility.inactivated"]


def test_a_facility_inactivated_twice_is_on_the_log_once(cast):
    for _ in range(2):
        assert cast.at("dispatcher").post(f"/facilities/{cast.shop.id}/inactivation").status_code == 302
    assert Facility.get_by_id(cast.shop.id).version == cast.shop.version + 1
    assert [event.verb for event in Event.about(cast.shop)] == ["facility.inactivated"]


def test_the_card_shows_reports_orders_and_what_happened_there(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    order = report.accept(by=cast.dispatcher)
    elsewhere = factories.fault_report(cast.marit, cast.lovskar, cast.warehouse, heading="Something else entirely")
    page = cast.at("dispatcher").get(f"/facilities/{cast.shop.id}").text
    assert f'href="/orders/{order.id}"' in page
    assert f'href="/fault-reports/{report.id}"' in page
    assert "reported a fault" in page
    assert elsewhere.heading not in page


def test_files_of_a_facility_are_kept_with_it(cast):
    answer = cast.at("dispatcher").post(
        f"/facilities/{cast.shop.id}/files", data={"files": (io.BytesIO(b"plan"), "plan.txt")}
    )
    assert answer.status_code == 302
    assert [file.name for file in File.of(cast.shop)] == ["plan.txt"]
    assert "plan.txt" in cast.at("dispatcher").get(f"/facilities/{cast.shop.id}").text


def test_facilities_of_other_stores_are_not_there(cast):
    browser = cast.at("southerner")
    for address in (f"/facilities/{cast.shop.id}", f"/facilities/{cast.shop.id}/edit"):
        assert browser.get(address).status_code == 404
    for way in ("edit", "inactivation", "reactivation", "files"):
        assert browser.post(f"/facilities/{cast.shop.id}/{way}", data=form()).status_code == 404
    assert browser.post("/facilities/new", data=form(cast.lovskar)).status_code == 422
    assert cast.shop.name not in browser.get("/facilities/").text
    assert Event.select().count() == 0
