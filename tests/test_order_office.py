"""Orders in the office: made, changed, assigned, commented, voided; who sees them, and what each
button says."""

from datetime import UTC, datetime, timedelta

import pytest

from models.event import Event
from models.file import File
from models.message import Message
from models.order import Order, OrderStatus
from models.rights import Role
from tests import factories
from tests.cast import work
from tests.pages import form, photo, said


def filled(cast, **changes):
    facts = {
        "customer": "1042",
        "facility": str(cast.shop.id),
        "heading": "Yearly service",
        "kind": "service",
        "priority": "normal",
        "checklist": "",
    }
    return facts | changes


@pytest.mark.requirement("S2.23")
def test_a_new_order_goes_to_the_customers_people_with_a_copy_of_the_checklist(cast):
    points = factories.checklist()
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    answer = cast.at("dispatcher").post(
        "/orders/new", data=filled(cast, checklist=str(points.id), planned_on="2026-12-01")
    )
    order = Order.get()
    assert answer.location == f"/orders/{order.id}"
    assert (order.heading, order.customer, order.facility, order.status) == (
        "Yearly service",
        cast.lovskar,
        cast.shop,
        OrderStatus.PLANNED,
    )
    assert [person.name for person in order.assignees] == ["Elin Fors"]
    assert [point.text for point in order.points] == [point.text for point in points.points]
    work()
    assert [
        message.name for message in Message.select().where(Message.verb == "order.assigned", Message.channel == "email")
    ] == ["Elin Fors"]


def test_the_form_knows_the_facility_it_was_opened_from_and_asks_for_those_of_a_typed_customer(
    cast,
):
    browser = cast.at("dispatcher")
    opened = form(browser.get(f"/orders/new?facility={cast.warehouse.id}").text)
    assert (opened["customer"], opened["facility"]) == (
        "1042 Lövskär Livs AB",
        str(cast.warehouse.id),
    )
    assert form(browser.get(f"/orders/new?customer={cast.lovskar.id}").text)["customer"] == "1042 Lövskär Livs AB"
    offered = browser.get("/orders/facilities?customer=1042").text
    assert "Warehouse, Kurravaara" in offered and "Laundry" not in offered
    looked = browser.post("/orders/new", data={"customer": "1033", "heading": "Kept", "look": "1"})
    assert looked.status_code == 200 and "Laundry" in looked.text and "Kept" in looked.text
    assert form(looked.text)["facility"] == str(cast.laundry.id)  # the only one is chosen already
    assert cast.at("dispatcher").get("/orders/new?customer=999").status_code == 404
    assert not Order.select().exists()


def test_a_facility_of_another_customer_is_not_taken(cast):
    answer = cast.at("dispatcher").post("/orders/new", data=filled(cast, facility=str(cast.laundry.id)))
    assert answer.status_code == 422 and "Not a valid choice." in answer.text
    missing = cast.at("dispatcher").post("/orders/new", data=filled(cast, facility="", heading=""))
    assert missing.status_code == 422 and "Choose the facility." in missing.text and "Fill this in." in missing.text
    assert not Order.select().exists()


@pytest.mark.requirement("S2.21")
def test_an_inactive_customer_gets_no_order(cast):
    cast.lovskar.inactivate(by=cast.owner)
    answer = cast.at("dispatcher").post("/orders/new", data=filled(cast))
    assert answer.status_code == 422 and "No customer has this number or name." in answer.text


def test_who_may_not_make_orders_is_told_who_can(cast):
    for path in ("/orders/new", "/orders/facilities"):
        assert cast.at("finance").get(path).status_code == 403
    assert "Olga Owner (Owner)" in said(cast.at("finance").get("/orders/new").text)


def test_a_change_is_logged_field_by_field_and_a_second_person_sees_both_values(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    mine, theirs = cast.at("dispatcher"), cast.at("owner")
    my_form, their_form = (form(browser.get(f"/orders/{order.id}/edit").text) for browser in (mine, theirs))
    assert theirs.post(f"/orders/{order.id}/edit", data=their_form | {"heading": "Leak search"}).status_code == 302
    event = Event.about(order).first()
    assert event.changes == {"heading": {"old": "Yearly service", "new": "Leak search"}}
    kept = mine.post(f"/orders/{order.id}/edit", data=my_form | {"description": "Bring a ladder."})
    assert kept.status_code == 302
    order.reload()
    assert (order.heading, order.description) == ("Leak search", "Bring a ladder.")
    both = mine.post(
        f"/orders/{order.id}/edit",
        data=my_form | {"heading": "Search for the leak", "description": "Bring a ladder.", "form_key": "x"},
    )
    assert both.status_code == 409 and "Leak search" in both.text and "Search for the leak" in both.text


def test_what_is_wrong_in_the_form_is_said_and_nothing_is_lost(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    answer = cast.at("dispatcher").post(
        f"/orders/{order.id}/edit",
        data={"heading": "", "facility": str(cast.shop.id), "description": "Kept."},
    )
    assert answer.status_code == 422 and "Kept." in answer.text
    assert order.heading == Order.get_by_id(order.id).heading


def test_a_finished_order_is_not_changed_any_more(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    order.void(by=cast.dispatcher)
    answer = cast.at("dispatcher").get(f"/orders/{order.id}/edit")
    assert answer.status_code == 409 and "The order is voided" in said(answer.text)


@pytest.mark.requirement("S2.24")
def test_people_are_chosen_by_their_groups_and_told_when_they_come_and_go(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    browser = cast.at("dispatcher")
    page = browser.get(f"/orders/{order.id}").text
    assert (
        page.index("<legend>Office</legend>")
        < page.index("Sanna Lindmo", page.index("<legend>Office</legend>"))
        < page.index("<legend>Technicians</legend>")
    )
    assert "Svea Syd" not in page  # works in the other store
    browser.post(
        f"/orders/{order.id}/assignment",
        data={"people": [str(cast.technician.id), str(cast.southerner.id), "x"]},
    )
    assert order.assignees == [cast.technician]
    browser.post(f"/orders/{order.id}/assignment", data={"people": []})
    assert order.assignees == []
    work()
    told = [
        (message.verb, message.name)
        for message in Message.select().where(Message.channel == "app").order_by(Message.id)
    ]
    assert told == [("order.assigned", "Elin Fors"), ("order.unassigned", "Elin Fors")]


def test_somebody_who_has_left_the_store_stays_assigned_until_taken_off(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    order.assign([cast.southerner], by=cast.dispatcher)
    page = cast.at("dispatcher").get(f"/orders/{order.id}").text
    assert f'value="{cast.southerner.id}" checked' in page


def test_the_card_tells_what_is_what_and_every_dead_button_says_why(cast):
    order = factories.order(
        cast.dispatcher,
        cast.lovskar,
        cast.shop,
        points=factories.checklist(),
        description="Ice on the coil.",
        internal_note="Bill the head office.",
    )
    page = cast.at("finance").get(f"/orders/{order.id}").text
    text = said(page)
    assert "Ice on the coil." in text and "Bill the head office." in text and "0 of 3" in text
    assert page.count('aria-disabled="true"') == 5  # start, edit, void, assign, add a line
    assert "You lack the right" in text or "right" in text
    assert "Nobody is assigned." in text


def test_a_comment_may_be_for_the_house_only(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    browser = cast.at("dispatcher")
    browser.post(f"/orders/{order.id}/comments", data={"text": "The customer is <angry>", "internal": "1"})
    browser.post(f"/orders/{order.id}/comments", data={"text": "We come on Monday."})
    browser.post(f"/orders/{order.id}/comments", data={"text": "  "})
    comments = Event.select().where(Event.verb == "comment.written").order_by(Event.id)
    assert [(event.data["text"], event.internal) for event in comments] == [
        ("The customer is <angry>", True),
        ("We come on Monday.", False),
    ]
    assert "The customer is &lt;angry&gt;" in browser.get(f"/orders/{order.id}").text


def test_files_are_uploaded_shown_and_taken_away_again(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    browser = cast.at("dispatcher")
    upload = browser.post(
        f"/orders/{order.id}/files",
        data={"files": [(photo(), "unit.jpg")]},
        content_type="multipart/form-data",
    )
    assert upload.location == f"/orders/{order.id}"
    work()
    file = File.of(order)[0]
    page = browser.get(f"/orders/{order.id}").text
    assert f"/files/{file.id}/thumb" in page and f'action="/files/{file.id}/removal"' in page
    assert f'action="/files/{file.id}/removal"' not in cast.at("finance").get(f"/orders/{order.id}").text
    assert cast.at("claims_manager").post(f"/files/{file.id}/removal").status_code == 403
    assert browser.post(f"/files/{file.id}/removal").location == f"/orders/{order.id}"
    assert File.of(order) == [] and browser.get(f"/files/{file.id}").status_code == 404
    assert browser.post(f"/files/{file.id}/removal").status_code == 404


def test_voiding_says_so_and_happens_once(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    browser = cast.at("dispatcher")
    assert browser.post(f"/orders/{order.id}/void").location == f"/orders/{order.id}"
    again = browser.post(f"/orders/{order.id}/void")
    assert again.status_code == 409 and "The order is voided" in said(again.text)
    assert Event.select().where(Event.verb == "order.voided").count() == 1
    steps = browser.get(f"/orders/{order.id}").text.split("<aside")[0]
    assert steps.count('aria-disabled="true"') == 1 and "Add a line" in steps  # a voided order gets no lines


def test_the_list_has_its_ready_made_views(cast):
    today = datetime.now(UTC).date()
    late = factories.order(
        cast.dispatcher,
        cast.lovskar,
        cast.shop,
        heading="Late one",
        planned_on=today - timedelta(days=3),
    )
    mine = factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading="My own")
    mine.assign([cast.dispatcher], by=cast.dispatcher)
    factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading="Voided one").void(by=cast.dispatcher)
    done = factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading="Done one")
    Order.update(status=OrderStatus.PERFORMED, performed_at=datetime.now(UTC)).where(Order.id == done.id).execute()
    browser = cast.at("dispatcher")

    def listed(query: str) -> set[str]:
        text = browser.get(f"/orders/{query}").text
        return {heading for heading in ("Late one", "My own", "Voided one", "Done one") if f">{heading}</a>" in text}

    assert listed("") == {"Late one", "My own"}
    assert listed(f"?assigned={cast.dispatcher.id}") == {"My own"}
    assert listed("?assigned=0") == {"Late one"}
    assert listed("?late=1") == {"Late one"}
    assert listed("?status=done") == {"Done one"}
    assert listed("?status=voided") == {"Voided one"}
    assert "over" in browser.get("/orders/?late=1").text
    assert late.is_late(today)


def test_an_empty_list_says_where_orders_come_from(cast):
    assert "An order comes from a fault report, or is made here." in cast.at("dispatcher").get("/orders/").text
    assert "New order" not in said(cast.at("finance").get("/orders/").text)


def test_the_other_store_and_the_portal_do_not_know_it(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    technician = factories.user(Role.TECHNICIAN, "Tove Teknik", stores=(cast.house.north,))
    for reader in (cast.southerner, cast.marit, technician):
        for path in ("", "/edit", "/work"):
            assert cast.at(reader).get(f"/orders/{order.id}{path}").status_code in (403, 404), (
                reader,
                path,
            )
        for path in ("assignment", "start", "void", "comments", "files", "work", "performance"):
            assert cast.at(reader).post(f"/orders/{order.id}/{path}").status_code in (403, 404), (
                reader,
                path,
            )
    assert Order.get_by_id(order.id).status is OrderStatus.PLANNED
