"""A fault report and an order name the service object they are about: chosen, carried along, shown, printed."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from models.event import Event
from models.fault_report import FaultReport
from models.history import History
from models.order import Order
from models.protocol import Protocol
from models.refusals import Refused
from models.service_object import ServiceObject
from tasks import documents
from tests import factories
from tests.factories import committed


@pytest.fixture
def pump(cast) -> ServiceObject:
    facts = {"number": "VP-0041", "maker": "Thermia", "model": "Mega", "serial_number": "TH-77812", "place": "Cellar"}
    return factories.service_object(cast.shop, "Heat pump", **facts)


@pytest.fixture
def elsewhere(cast) -> ServiceObject:
    return factories.service_object(cast.warehouse, "Boiler", number="P-7")


def reported(cast, at, unit=None, **values) -> dict:
    facts = {"heading": "No heat", "customer": at.customer.number, "facility": str(at.id), "priority": "normal"}
    return facts | {"service_object": str(unit.id) if unit else "", "version": "0", **values}


def ordered(at, unit=None, **values) -> dict:
    facts = {"heading": "Look", "customer": at.customer.number, "facility": str(at.id), "kind": "work"}
    return facts | {"priority": "normal", "service_object": str(unit.id) if unit else "", "version": "0", **values}


@pytest.mark.requirement("S2.2")
def test_a_report_names_an_object_of_its_facility(cast, pump, elsewhere):
    browser = cast.at("dispatcher")
    form = browser.get(f"/fault-reports/new?service_object={pump.id}").text
    assert "VP-0041 Heat pump, Cellar" in form and "P-7 Boiler" not in form
    assert 'value="1042 Lövskär Livs AB"' in form
    assert browser.post("/fault-reports/", data=reported(cast, cast.shop, elsewhere)).status_code == 422
    answer = browser.post("/fault-reports/", data=reported(cast, cast.shop, pump))
    report = FaultReport.get(FaultReport.heading == "No heat")
    assert answer.status_code == 302 and report.service_object == pump
    assert f'href="/service-objects/{pump.id}"' in browser.get(f"/fault-reports/{report.id}").text
    with pytest.raises(Refused) as refused:
        report.change({"facility": cast.warehouse}, by=cast.dispatcher, seen=1)
    assert [refusal.code for refusal in refused.value.refusals] == ["service_object.elsewhere"]
    moved = reported(cast, cast.warehouse, elsewhere, version=1)
    assert browser.post(f"/fault-reports/{report.id}/edit", data=moved).status_code == 302
    assert FaultReport.get_by_id(report.id).service_object == elsewhere
    none_shown = reported(cast, cast.laundry, version=2)
    del none_shown["service_object"]
    assert browser.post(f"/fault-reports/{report.id}/edit", data=none_shown).status_code == 302
    assert FaultReport.get_by_id(report.id).service_object is None


def test_the_objects_are_asked_for_when_the_facility_is_chosen(cast, pump, elsewhere):
    browser = cast.at("dispatcher")
    assert "P-7 Boiler" in browser.get(f"/service-objects/choices?facility={cast.warehouse.id}").text
    assert browser.get("/service-objects/choices?facility=").text.strip() == ""
    chosen = browser.get("/fault-reports/choices?customer=1033").text
    assert 'id="object-field" hx-swap-oob="true"' in chosen
    factories.service_object(cast.laundry, "Dryer", number="T-1")
    assert "T-1 Dryer" in browser.get("/orders/facilities?customer=1033").text
    asked = browser.post("/orders/new", data=ordered(cast.shop) | {"look": "1"})
    assert asked.status_code == 200 and "VP-0041 Heat pump" in asked.text


def test_an_order_names_an_object_of_its_facility(cast, pump, elsewhere):
    browser = cast.at("dispatcher")
    assert "VP-0041 Heat pump, Cellar" in browser.get(f"/orders/new?service_object={pump.id}").text
    assert browser.post("/orders/new", data=ordered(cast.shop, elsewhere)).status_code == 422
    assert browser.post("/orders/new", data=ordered(cast.shop, pump)).status_code == 302
    order = Order.get(Order.heading == "Look")
    assert order.service_object == pump
    assert f'href="/service-objects/{pump.id}"' in browser.get(f"/orders/{order.id}").text
    pump.inactivate(by=cast.owner)
    assert "VP-0041 Heat pump" in browser.get(f"/orders/{order.id}/edit").text, "its own stays choosable"
    with pytest.raises(Refused):
        order.change({"facility": cast.warehouse}, by=cast.dispatcher, seen=1)
    assert Order.get_by_id(order.id).facility == cast.shop
    looked = browser.post(f"/orders/{order.id}/edit", data=ordered(cast.warehouse) | {"look": "1", "version": 1})
    assert looked.status_code == 200 and "P-7 Boiler" in looked.text
    none = ordered(cast.shop, version=1)
    assert browser.post(f"/orders/{order.id}/edit", data=none).status_code == 302
    assert Order.get_by_id(order.id).service_object is None
    assert "service_object" in Event.about(order).first().changes


@pytest.mark.requirement("S4.33")
def test_an_accepted_report_takes_its_object_along(cast, pump):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop, service_object=pump)
    pump.inactivate(by=cast.owner)
    order = report.accept(by=cast.dispatcher)
    assert order.service_object == pump


@pytest.mark.requirement("S2.17")
def test_the_card_shows_what_was_done_with_it_and_leads_to_all(cast, pump, elsewhere):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop, service_object=pump)
    order = report.accept(by=cast.dispatcher)
    protocol = committed(lambda: Protocol.sign(order, by=cast.dispatcher))
    other = factories.order(cast.dispatcher, cast.lovskar, cast.warehouse, service_object=elsewhere)
    browser = cast.at("dispatcher")
    card = browser.get(f"/service-objects/{pump.id}").text
    for address in (f"/fault-reports/{report.id}", f"/orders/{order.id}", f"/protocols/{protocol.id}"):
        assert f'href="{address}"' in card
    assert "reported a fault" in card and f'href="/orders/{other.id}"' not in card
    for listing in ("orders", "fault-reports", "protocols"):
        shown = browser.get(f"/{listing}/?service_object={pump.id}&status=all").text
        assert "VP-0041 Heat pump" in shown, "the filter is named"
        assert f'href="/orders/{other.id}"' not in shown
    told = {moment.event.noun for moment in History.of_service_object(pump, cast.dispatcher).page().moments}
    assert told == {"fault_report", "order", "protocol"}


def test_the_lists_of_reports_and_orders_can_show_the_object(cast, pump):
    factories.order(cast.dispatcher, cast.lovskar, cast.shop, service_object=pump)
    factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop, service_object=pump)
    browser = cast.at("dispatcher")
    for listing in ("orders", "fault-reports"):
        browser.post(f"/{listing}/columns", data={"columns": ["number", "service_object"]})
        assert "VP-0041 Heat pump" in browser.get(f"/{listing}/").text


def test_the_technician_reads_on_the_phone_which_one_it_is(cast, pump):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, service_object=pump)
    order.assign([cast.technician], by=cast.dispatcher)
    page = cast.at("technician").get(f"/orders/{order.id}/work").text
    assert "VP-0041 Heat pump, Cellar" in page and "Thermia Mega · TH-77812" in page


def test_the_protocol_names_the_object_and_what_stands_on_its_plate(cast, pump):
    field = factories.custom_field(cast.owner, "Refrigerant", owner="service_object")
    setattr(pump, field.name, "R290")
    pump.save()
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, service_object=pump)
    Order.update(performed_at=order.created_at, status="performed").where(Order.id == order.id).execute()
    protocol = committed(lambda: Protocol.sign(Order.get_by_id(order.id), by=cast.dispatcher))
    document = BytesIO(documents.print_protocol(Protocol.get_by_id(protocol.id)))
    text = " ".join(page.extract_text() for page in PdfReader(document).pages)
    for words in ("VP-0041 Heat pump", "Thermia Mega", "TH-77812", "Cellar", "Refrigerant: R290"):
        assert words in " ".join(text.split()), words


def test_the_portal_offers_the_objects_of_the_facility(cast, pump, elsewhere):
    hotel = cast.at("linnea").get("/portal/fault-reports/new").text
    assert "What is it about?" not in hotel, "nothing stands there"
    browser = cast.at("marit")
    assert "VP-0041" not in browser.get("/portal/fault-reports/new").text, "the place is not chosen yet"
    there = browser.get(f"/portal/fault-reports/objects?facility={cast.shop.id}").text
    assert "VP-0041 Heat pump, Cellar" in there and "P-7" not in there
    assert "VP-0041" not in cast.at("linnea").get(f"/portal/fault-reports/objects?facility={cast.shop.id}").text
    facts = {"facility": cast.shop.id, "heading": "Cold", "priority": "normal"}
    plain = browser.post("/portal/fault-reports/new", data=facts | {"look": "1"})
    assert plain.status_code == 200 and "VP-0041 Heat pump, Cellar" in plain.text
    assert browser.post("/portal/fault-reports/new", data=facts | {"service_object": elsewhere.id}).status_code == 422
    sent = browser.post("/portal/fault-reports/new", data=facts | {"service_object": pump.id})
    report = FaultReport.get(FaultReport.heading == "Cold")
    assert sent.status_code == 302 and report.service_object == pump
    assert "VP-0041 Heat pump, Cellar" in browser.get(f"/portal/fault-reports/{report.id}").text
    order = report.accept(by=cast.dispatcher)
    assert "VP-0041 Heat pump, Cellar" in browser.get(f"/portal/orders/{order.id}").text


def test_the_buttons_of_a_card_open_forms_with_it_chosen(cast, pump):
    browser = cast.at("dispatcher")
    for card, chosen in (
        (f"/customers/{cast.lovskar.id}", f"customer={cast.lovskar.id}"),
        (f"/facilities/{cast.shop.id}", f"facility={cast.shop.id}"),
        (f"/service-objects/{pump.id}", f"facility={cast.shop.id}&amp;service_object={pump.id}"),
    ):
        page = browser.get(card).text
        for form in ("/orders/new", "/fault-reports/new"):
            address = f"{form}?{chosen}"
            assert f'href="{address}"' in page, address
            assert 'value="1042 Lövskär Livs AB"' in browser.get(address.replace("&amp;", "&")).text
