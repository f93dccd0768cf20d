"""Who is responsible for a customer: chosen by group, for one or several, and told once; later work goes to them."""

import re

import pytest

from models.customer import CustomerAssignment
from models.event import Event
from models.fault_report import FaultReport
from models.message import Channel, Message, MessageState
from models.order import Order
from models.rights import Right, Role
from models.user import User, UserRight
from tests import factories
from tests.cast import work


@pytest.fixture
def petra(cast) -> User:
    return factories.user(
        Role.TECHNICIAN, "Petra Salin", stores=(cast.house.north,), group=factories.user_group("Technicians")
    )


def assign(browser, customer, *people, **more):
    return browser.post(f"/customers/{customer.id}/assignment", data={"user": [person.id for person in people], **more})


@pytest.mark.requirement("S2.24")
@pytest.mark.requirement("S2.33")
@pytest.mark.requirement("S2.35")
def test_people_stand_by_group_and_the_present_ones_are_ticked(cast, petra):
    cast.lovskar.assign([petra], by=cast.dispatcher)
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}/assignment").text
    assert re.findall(r"<legend>(.*?)</legend>", page.split("<main")[1]) == ["Without a group", "Office", "Technicians"]
    assert re.findall(r'name="user" value="(\d+)" checked', page) == [str(petra.id)]
    assert "Svea Syd" not in page  # works elsewhere
    assert "Is told: In Kundbok, E-mail" in page
    assert "Is not told: Nobody is told of what they did themselves" in page
    assert "The customer is not told." in page


@pytest.mark.requirement("S2.36")
@pytest.mark.requirement("S2.38")
def test_a_newly_responsible_person_is_told_once_and_the_customer_never(cast, petra):
    browser = cast.at("dispatcher")
    assign(browser, cast.lovskar, petra)
    assign(browser, cast.lovskar, petra)
    work()
    assert [user.name for user in cast.lovskar.assignees] == ["Petra Salin"]
    told = [(message.name, message.channel) for message in Message.select().order_by(Message.channel)]
    assert told == [("Petra Salin", Channel.APP), ("Petra Salin", Channel.EMAIL)]


@pytest.mark.requirement("S2.39")
@pytest.mark.requirement("S2.40")
def test_an_unticked_person_is_told_and_gets_no_later_orders(cast, petra):
    cast.lovskar.assign([petra], by=cast.dispatcher)
    assign(cast.at("dispatcher"), cast.lovskar)
    assert [event.verb for event in Event.about(cast.lovskar)] == ["customer.unassigned", "customer.assigned"]
    work()
    assert (
        Message.select()
        .where((Message.verb == "customer.unassigned") & (Message.user == petra) & (Message.state == MessageState.SENT))
        .count()
        == 1
    )
    assert factories.order(cast.dispatcher, cast.lovskar, cast.shop).assignees == []


@pytest.mark.requirement("S2.23")
@pytest.mark.requirement("S2.37")
def test_later_orders_and_reports_from_every_source_go_to_the_responsible(cast, petra):
    assign(cast.at("dispatcher"), cast.lovskar, petra)
    reports = [factories.fault_report(reporter, cast.lovskar, cast.shop) for reporter in (cast.marit, cast.dispatcher)]
    orders = [factories.order(cast.dispatcher, cast.lovskar, cast.shop), reports[0].accept(by=cast.dispatcher)]
    assert [record.assignees for record in (*reports, *orders)] == [[petra]] * 4


@pytest.mark.requirement("S2.37")
def test_open_work_without_anybody_comes_along_unless_unticked(cast, petra):
    order, taken = (factories.order(cast.dispatcher, cast.lovskar, cast.shop) for _ in range(2))
    taken.assign([cast.technician], by=cast.dispatcher)
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}/assignment").text
    assert "2 orders and fault reports are open and have nobody." in page
    assign(cast.at("dispatcher"), cast.lovskar, petra)  # unticked
    assert Order.get_by_id(order.id).assignees == []
    assign(cast.at("dispatcher"), cast.lovskar, petra, open_too="y")
    assert Order.get_by_id(order.id).assignees == [petra]
    assert FaultReport.get_by_id(report.id).assignees == [petra]
    assert Order.get_by_id(taken.id).assignees == [cast.technician]


@pytest.mark.requirement("S2.34")
def test_several_ticked_customers_get_people_at_once(cast, petra):
    browser = cast.at("dispatcher")
    cast.hotel.assign([cast.technician], by=cast.dispatcher)
    asked = browser.post("/customers/assignment/choice", data={"id": [cast.lovskar.id, cast.hotel.id]})
    page = browser.get(asked.location).text
    assert "Who is responsible for these 2 customers?" in page
    data = {"id": [cast.lovskar.id, cast.hotel.id], "user": petra.id}
    assert browser.post("/customers/assignment", data=data).status_code == 302
    assert cast.lovskar.assignees == [petra]
    assert set(cast.hotel.assignees) == {cast.technician, petra}
    browser.post("/customers/assignment", data={**data, "instead": "y"})
    assert cast.hotel.assignees == [petra]


def test_without_a_tick_the_list_says_what_is_missing(cast):
    answer = cast.at("dispatcher").post("/customers/assignment/choice", data={})
    assert "Tick the customers first." in cast.at("dispatcher").get(answer.location).text
    assert cast.at("dispatcher").get("/customers/assignment").status_code == 404
    assert cast.at("dispatcher").post("/customers/assignment", data={}).status_code == 404


@pytest.mark.requirement("S2.32")
def test_only_those_with_the_right_assign(cast, petra):
    UserRight.create(user=cast.dispatcher, right=Right.CUSTOMER_ASSIGN, granted=False)
    browser = cast.at("dispatcher")
    assert "/assignment" not in browser.get(f"/customers/{cast.lovskar.id}").text
    assert "/assignment/choice" not in browser.get("/customers/").text
    for answer in (
        assign(browser, cast.lovskar, petra),
        browser.get("/customers/assignment?id=1"),
        browser.post("/customers/assignment", data={"id": 1}),
    ):
        assert answer.status_code == 403
        assert "Assign people to customers" in answer.text
    assert CustomerAssignment.select().count() == 0


def test_nobody_is_assigned_who_could_not_be_chosen(cast):
    for stranger in (cast.southerner, cast.marit, cast.linnea):
        assert assign(cast.at("dispatcher"), cast.lovskar, stranger).status_code == 404
    south = factories.customer(cast.house.south, "Malmö Livs")
    assert assign(cast.at("dispatcher"), south, cast.technician).status_code == 404
    assert (
        cast.at("dispatcher")
        .post("/customers/assignment", data={"id": [cast.lovskar.id, south.id], "user": cast.technician.id})
        .status_code
        == 404
    )
    assert cast.at("dispatcher").get(f"/customers/assignment?id={cast.lovskar.id}&id={south.id}").status_code == 404
    assert CustomerAssignment.select().count() == 0


def test_open_work_comes_along_only_as_far_as_the_rights_reach(cast, petra):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    UserRight.create(user=cast.dispatcher, right=Right.ORDER_ASSIGN, granted=False)
    UserRight.create(user=cast.dispatcher, right=Right.FAULT_REPORT_ASSIGN, granted=False)
    assert "have nobody" not in cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}/assignment").text
    assign(cast.at("dispatcher"), cast.lovskar, petra, open_too="y")
    assert Order.get_by_id(order.id).assignees == []


@pytest.mark.requirement("S2.30")
def test_assigned_only_holds_in_list_count_search_export_suggestions_and_by_address(cast):
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    UserRight.create(user=cast.technician, right=Right.REGISTER_EXPORT, granted=True)
    browser = cast.at("technician")
    listed = browser.get("/customers/").text
    assert re.search(r'class="total">(\d+)<', listed)[1] == "1"
    for path in ("/customers/?q=ab", "/customers/export/csv", "/customers/suggest?q=ab", "/search/?q=livs"):
        text = browser.get(path).data.decode("utf-8-sig")
        assert "Lövskär" in text, path
        assert "Midnattssolen" not in text, path
    assert "Midnattssolen" not in browser.get("/search/?q=midnatt").text.split("<main")[1].split("Found for")[
        -1
    ].replace("“midnatt”", "")
    assert browser.get(f"/customers/{cast.lovskar.id}").status_code == 200
    assert browser.get(f"/customers/{cast.hotel.id}").status_code == 404
    assert browser.get(f"/facilities/{cast.laundry.id}").status_code == 404
    assert browser.get(f"/customers/{cast.lovskar.id}/edit").status_code == 403  # sees, but may not change
