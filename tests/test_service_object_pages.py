"""Service objects: added where they stand, changed, moved, inactivated, deleted, and what their card shows."""

import io

import pytest

from models.event import Event
from models.facility import Facility
from models.file import File
from models.listing import Request
from models.refusals import Refused
from models.rights import Right
from models.saved_filter import SavedFilter
from models.service_object import ObjectStatus, ServiceObject
from models.service_object_listing import service_objects
from models.user import UserRight
from tests import factories


@pytest.fixture
def pump(cast) -> ServiceObject:
    return factories.service_object(cast.shop, "Heat pump", number="VP-0041", maker="Thermia", serial_number="TH-77812")


def form(at: Facility | None = None, **values) -> dict:
    facts = {"number": "KB-1", "name": "Cold store", "status": "in_use", "year": "2019", "version": "0", **values}
    if at:
        facts |= {"customer": at.customer.number, "facility": str(at.id)}
    return {name: value for name, value in facts.items() if value is not None}


def codes(verb, *args, **values) -> list[str]:
    with pytest.raises(Refused) as refused:
        verb(*args, **values)
    return [refusal.code for refusal in refused.value.refusals]


@pytest.mark.requirement("S2.2")
def test_an_object_is_added_at_a_facility_and_has_its_customer_and_store(cast):
    answer = cast.at("dispatcher").post("/service-objects/new", data=form(cast.shop, maker="Bitzer", place="Cellar"))
    made = ServiceObject.get(ServiceObject.number == "KB-1")
    assert answer.location == f"/service-objects/{made.id}"
    assert (made.customer, made.facility, made.store) == (cast.lovskar, cast.shop, cast.house.north)
    assert (made.year, made.status, made.place, made.make) == (2019, ObjectStatus.IN_USE, "Cellar", "Bitzer")
    assert [event.verb for event in Event.about(made)] == ["service_object.created"]
    for card in (f"/customers/{cast.lovskar.id}", f"/facilities/{cast.shop.id}"):
        assert f'href="/service-objects/{made.id}"' in cast.at("dispatcher").get(card).text


def test_what_is_wrong_comes_back_with_what_was_typed(cast, pump):
    browser = cast.at("dispatcher")
    nowhere = browser.post("/service-objects/new", data=form(name="", year="19") | {"customer": "1042"})
    assert nowhere.status_code == 422
    assert "Choose the facility." in nowhere.text and 'value="19"' in nowhere.text
    double = browser.post("/service-objects/new", data=form(cast.shop, number="VP-0041"))
    assert double.status_code == 422
    assert "The object number VP-0041 is in use" in double.text
    assert f'href="/service-objects/{pump.id}"' in double.text
    assert ServiceObject.select().count() == 1


def test_the_form_suggests_the_free_number_after_the_last_one(cast, pump):
    assert ServiceObject.suggested_number() == "VP-0042"
    factories.service_object(cast.shop, number="VP-0042")
    pump.delete_instance()
    assert 'value="VP-0043"' in cast.at("dispatcher").get("/service-objects/new").text
    factories.service_object(cast.shop, number="Boiler")
    assert ServiceObject.suggested_number() == ""
    ServiceObject.delete().execute()
    assert ServiceObject.suggested_number() == "1001"


def test_of_two_who_take_one_number_at_once_the_second_hears_who_has_it(cast, pump, monkeypatch):
    values = {"number": "VP-0041", "name": "Other", "facility": cast.shop}
    judged, looks = ServiceObject.number_refusals, []

    def too_early(number, **besides):
        looks.append(number)
        return judged(number, **besides) if len(looks) > 1 else []

    monkeypatch.setattr(ServiceObject, "number_refusals", too_early)
    assert codes(ServiceObject.add, values, by=cast.dispatcher) == ["service_object.number_taken"]


def test_the_form_offers_the_facilities_of_the_customer_and_the_objects_there(cast, pump):
    browser = cast.at("dispatcher")
    there = browser.get(f"/service-objects/places?customer=1042&facility={cast.shop.id}").text
    assert cast.warehouse.name in there and pump.title in there
    assert cast.laundry.name not in there
    own = browser.get(f"/service-objects/places?unit={pump.id}&facility={cast.shop.id}").text
    assert pump.title not in own and cast.warehouse.name in own
    plain = browser.post("/service-objects/new", data=form(cast.shop) | {"look": "1"})
    assert plain.status_code == 200 and pump.title in plain.text
    again = browser.post(f"/service-objects/{pump.id}/edit", data=form() | {"look": "1", "facility": cast.shop.id})
    assert again.status_code == 200 and ServiceObject.get_by_id(pump.id).name == "Heat pump"
    prefilled = browser.get(f"/service-objects/new?facility={cast.shop.id}").text
    assert 'value="1042 Lövskär Livs AB"' in prefilled
    assert browser.get(f"/service-objects/new?customer={cast.hotel.id}").status_code == 200
    assert cast.at("southerner").get(f"/service-objects/new?facility={cast.shop.id}").status_code == 404


@pytest.mark.requirement("S2.20")
def test_a_change_is_on_the_log_and_a_number_of_another_is_refused(cast, pump):
    other, browser = factories.service_object(cast.shop, number="VP-9"), cast.at("dispatcher")
    data = form(number="VP-0041", name="Heat pump", year=None, version=1, facility=cast.shop.id)
    assert browser.post(f"/service-objects/{pump.id}/edit", data=data | {"status": "standing"}).status_code == 302
    log = Event.about(pump).first()
    assert (log.verb, log.changes["status"]) == ("service_object.changed", {"old": "in_use", "new": "standing"})
    assert "Standing still" in browser.get(f"/service-objects/{pump.id}").text
    double = browser.post(f"/service-objects/{other.id}/edit", data=data)
    assert double.status_code == 422 and "is in use" in double.text
    assert browser.post(f"/service-objects/{pump.id}/edit", data=data | {"name": ""}).status_code == 422


@pytest.mark.requirement("S2.10")
def test_what_two_people_change_at_once_is_merged_or_shown(cast, pump):
    browser = cast.at("dispatcher")
    pump.change({"maker": "Nibe"}, by=cast.owner, seen=1)
    mine = form(number=pump.number, name="Big pump", maker="Thermia", year=None, version=1, facility=cast.shop.id)
    mine |= {"serial_number": "TH-77812"}
    assert browser.post(f"/service-objects/{pump.id}/edit", data=mine).status_code == 302
    merged = ServiceObject.get_by_id(pump.id)
    assert (merged.name, merged.maker) == ("Big pump", "Nibe")
    both = browser.post(f"/service-objects/{pump.id}/edit", data=mine | {"maker": "Bosch"})
    assert both.status_code == 409 and "Nibe" in both.text and "Bosch" in both.text


def test_an_object_moves_within_its_customer_and_takes_its_parts_along(cast, pump):
    fan = factories.service_object(cast.shop, "Fan", parent=pump)
    motor = factories.service_object(cast.shop, "Motor", parent=fan)
    pump.change({"facility": cast.warehouse}, by=cast.dispatcher, seen=1)
    assert {ServiceObject.get_by_id(unit.id).facility_id for unit in (pump, fan, motor)} == {cast.warehouse.id}
    assert Event.about(motor).first().changes["facility"]["new"] == cast.warehouse.id
    assert "warehouse" in ServiceObject.get_by_id(motor.id).search_text
    moved = {"facility": cast.laundry}
    assert codes(pump.change, moved, by=cast.dispatcher, seen=pump.version) == ["service_object.other_customer"]
    assert ServiceObject.get_by_id(pump.id).facility == cast.warehouse


def test_a_part_stands_with_its_whole_and_never_in_a_circle(cast, pump):
    fan = factories.service_object(cast.shop, "Fan", parent=pump)
    circle = {"parent": fan}
    assert codes(pump.change, circle, by=cast.dispatcher, seen=1) == ["service_object.own_part"]
    stranger = factories.service_object(cast.warehouse, "Boiler")
    assert codes(fan.change, {"parent": stranger}, by=cast.dispatcher, seen=1) == ["service_object.elsewhere"]
    values = {"number": "9", "name": "Valve", "facility": cast.shop, "parent": stranger}
    assert codes(ServiceObject.add, values, by=cast.dispatcher) == ["service_object.elsewhere"]
    page = cast.at("dispatcher").get(f"/service-objects/{pump.id}").text
    assert "Its parts" in page and f'href="/service-objects/{fan.id}"' in page
    assert f'href="/service-objects/{pump.id}"' in cast.at("dispatcher").get(f"/service-objects/{fan.id}").text


@pytest.mark.requirement("S2.21")
def test_an_inactive_or_scrapped_object_is_chosen_for_nothing_new(cast, pump):
    browser = cast.at("dispatcher")
    for _ in range(2):
        browser.post(f"/service-objects/{pump.id}/inactivation")
    pump = ServiceObject.get_by_id(pump.id)
    assert not pump.is_active
    page = browser.get(f"/service-objects/{pump.id}").text
    assert page.count('aria-disabled="true"') == 2 and f"The service object {pump.title} is inactive" in page
    assert browser.get(f"/service-objects/choices?facility={cast.shop.id}").text.strip() == ""
    named = {"service_object": pump}
    assert codes(factories.order, cast.dispatcher, cast.lovskar, cast.shop, **named) == ["service_object.inactive"]
    browser.post(f"/service-objects/{pump.id}/reactivation")
    verbs = ["service_object.reactivated", "service_object.inactivated"]
    assert [event.verb for event in Event.about(pump)] == verbs
    pump = ServiceObject.get_by_id(pump.id)
    pump.change({"status": ObjectStatus.SCRAPPED}, by=cast.dispatcher, seen=pump.version)
    assert codes(factories.fault_report, cast.dispatcher, cast.lovskar, cast.shop, service_object=pump) == [
        "service_object.scrapped"
    ]


def test_an_inactive_facility_gets_no_object(cast):
    cast.shop.inactivate(by=cast.owner)
    assert cast.at("dispatcher").post("/service-objects/new", data=form(cast.shop)).status_code == 422
    values = {"number": "1", "name": "X", "facility": cast.shop}
    assert codes(ServiceObject.add, values, by=cast.dispatcher) == ["facility.inactive"]


def test_several_ticked_objects_are_inactivated_and_a_foreign_one_makes_it_a_404(cast, pump):
    bath = factories.facility(factories.customer(cast.house.south, "Malmö Bad AB"))
    pool, fan = factories.service_object(bath, "Pool"), factories.service_object(cast.shop, "Fan")
    browser = cast.at("dispatcher")
    assert browser.post("/service-objects/inactivation", data={"id": [pump.id, pool.id]}).status_code == 404
    assert browser.post("/service-objects/inactivation", data={"id": [pump.id, fan.id]}).status_code == 302
    assert [ServiceObject.get_by_id(unit.id).is_active for unit in (pump, fan, pool)] == [False, False, True]


def test_those_who_may_only_look_are_offered_nothing_to_do(cast, pump):
    page = cast.at("finance").get("/service-objects/").text
    assert "VP-0041" in page and "Inactivate" not in page and "New service object" not in page
    card = cast.at("finance").get(f"/service-objects/{pump.id}").text
    assert "Upload files" not in card and f"/service-objects/{pump.id}/edit" not in card


def test_only_an_object_without_history_is_deleted(cast, pump):
    fan = factories.service_object(cast.shop, "Fan", parent=pump)
    browser = cast.at("owner")
    browser.post(f"/service-objects/{pump.id}/files", data={"files": (io.BytesIO(b"plan"), "plan.txt")})
    assert "plan.txt" in browser.get(f"/service-objects/{pump.id}").text
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, service_object=pump)
    refused = browser.post(f"/service-objects/{pump.id}/deletion")
    assert refused.status_code == 409
    assert "Fault reports: 0, orders: 1." in refused.text and "Inactivate instead" in refused.text
    order.delete_instance(recursive=True)
    assert browser.post(f"/service-objects/{pump.id}/deletion").status_code == 302
    assert ServiceObject.get_by_id(fan.id).parent is None
    assert File.of(pump) == []
    assert {event.record_id for event in Event.select().where(Event.noun == "service_object")} == {-pump.id}


def test_with_a_customer_its_objects_go_and_their_events_stay_aside(cast, pump):
    pump.change({"name": "Pump"}, by=cast.owner, seen=1)
    cast.marit.delete_instance(recursive=True)
    cast.lovskar.remove(by=cast.owner)
    assert ServiceObject.select().count() == 0
    assert Event.get(Event.verb == "service_object.changed").record_id == -pump.id


@pytest.mark.requirement("S2.11")
def test_an_object_is_found_by_number_name_and_serial_number(cast, pump):
    browser = cast.at("dispatcher")
    for words in ("VP-0041", "heat pu", "th-77812", "thermia lovskar"):
        assert f'href="/service-objects/{pump.id}"' in browser.get(f"/search/?q={words}").text
    assert "Heat pump" not in cast.at("southerner").get("/search/?q=VP-0041").text


def found(cast, **filters) -> list[str]:
    return [row.shown.name for row in service_objects().page(cast.dispatcher, Request(filters=filters)).rows]


@pytest.mark.requirement("S2.12")
def test_the_list_filters_by_all_that_tells_objects_apart(cast, pump):
    boiler = factories.service_object(
        cast.laundry, "Boiler", category="Boilers", year=1999, status=ObjectStatus.STANDING
    )
    Facility.update(town="Narvik").where(Facility.id == cast.laundry.id).execute()
    old = factories.service_object(cast.shop, "Old", year=1988)
    old.inactivate(by=cast.owner)
    assert found(cast) == ["Boiler", "Heat pump"]
    assert found(cast, status="inactive") == ["Old"] and len(found(cast, status="all")) == 3
    only_boiler = (
        {"condition": "standing"},
        {"category": "boil"},
        {"year": "1999"},
        {"town": "narv"},
        {"customer": str(cast.hotel.id)},
        {"facility": str(cast.laundry.id)},
    )
    for chosen in only_boiler:
        assert found(cast, **chosen) == ["Boiler"], chosen
    assert found(cast, year="last") == [] and found(cast, parent=str(boiler.id)) == []


@pytest.mark.requirement("S2.15")
def test_the_list_sorts_by_every_column_with_and_without_a_year(cast, pump):
    factories.service_object(cast.shop, "Åkare", year=2020)
    for column in service_objects().columns:
        if column.sortable:
            rows = service_objects().page(cast.owner, Request(sort=column.name)).rows
            assert len(rows) == 2, column.name
    names = [row.shown.name for row in service_objects().page(cast.owner, Request(sort="year")).rows]
    assert names == ["Heat pump", "Åkare"]
    page = cast.at("dispatcher").get("/service-objects/").text
    assert "VP-0041" in page and f'href="/facilities/{cast.shop.id}"' in page


@pytest.mark.requirement("S2.13")
def test_filters_are_kept_and_the_export_is_the_list(cast, pump):
    factories.service_object(cast.laundry, "Boiler")
    browser = cast.at("dispatcher")
    browser.post("/service-objects/filters", data={"name": "Shop", "args": f"facility={cast.shop.id}"})
    assert SavedFilter.select().where(SavedFilter.list_name == "service_objects").count() == 1
    lines = browser.get(f"/service-objects/export/csv?facility={cast.shop.id}").text.splitlines()
    assert len(lines) == 2 and "VP-0041" in lines[1]


@pytest.mark.requirement("S2.30")
def test_those_who_see_only_what_is_assigned_see_the_objects_of_their_customers(cast, pump):
    seen = lambda: list(ServiceObject.visible_to(cast.technician))  # noqa: E731
    assert seen() == []
    assert cast.at("technician").get(f"/service-objects/{pump.id}").status_code == 404
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    assert seen() == [pump]
    assert cast.at("technician").get(f"/service-objects/{pump.id}/edit").status_code == 200
    assert cast.at("technician").post(f"/service-objects/{pump.id}/deletion").status_code == 403
    assert cast.at("technician").get("/service-objects/new").status_code == 403
    assert list(ServiceObject.visible_to(cast.nobody)) == []


def test_without_any_right_nothing_is_seen(cast, pump):
    for right in (Right.SERVICE_OBJECT_VIEW, Right.SERVICE_OBJECT_VIEW_ASSIGNED):
        UserRight.create(user=cast.dispatcher, right=right, granted=False)
    person = type(cast.dispatcher).get_by_id(cast.dispatcher.id)
    assert list(ServiceObject.visible_to(person)) == []
    assert cast.at("dispatcher").get("/service-objects/").status_code == 403
    assert 'hx-get="/service-objects/choices' not in cast.at("dispatcher").get("/orders/new").text


def test_portal_users_reach_the_objects_of_their_facilities(cast, pump):
    narrow = factories.portal_user(cast.lovskar, "Nora Narrow", facilities=(cast.warehouse,))
    assert list(ServiceObject.visible_to(cast.marit)) == [pump]
    assert list(ServiceObject.visible_to(cast.linnea)) == [] == list(ServiceObject.visible_to(narrow))


def test_objects_of_other_stores_are_not_there(cast, pump):
    browser = cast.at("southerner")
    for address in ("", "/edit"):
        assert browser.get(f"/service-objects/{pump.id}{address}").status_code == 404
    for way in ("edit", "inactivation", "reactivation", "files", "deletion"):
        assert browser.post(f"/service-objects/{pump.id}/{way}", data=form()).status_code == 404
    assert browser.get(f"/service-objects/choices?facility={cast.shop.id}").status_code == 404
    assert browser.get(f"/service-objects/places?unit={pump.id}").status_code == 404
    assert "VP-0041" not in browser.get("/service-objects/").text


def test_an_empty_register_says_what_comes_here(cast):
    assert "No service objects yet" in cast.at("owner").get("/service-objects/").text
