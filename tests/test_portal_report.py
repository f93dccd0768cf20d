"""Reporting a fault in the portal: on one's own facilities, with photos, all or nothing."""

import io

import pytest
from PIL import Image

from models.event import Event
from models.fault_report import FaultReport, Priority, ReportStatus, Source
from models.file import File
from models.message import Message
from models.order import Order, OrderStatus
from models.portal import PortalAccount, report_fault
from models.refusals import Refused
from models.rights import Right, Role
from models.user import User
from tests import factories
from tests.cast import work

FAULT = {
    "heading": "Cold room 2 is warm",
    "description": "Ice on the outdoor unit.",
    "priority": "emergency",
    "contact_name": "Marit Olofsgård",
}
FAULT |= {"contact_phone": "070-174 06 16", "contact_email": "marit@customer.example"}


AGAIN = "Choose the photos again: they were not kept."


def picture(name: str = "display.jpg", kind: str = "JPEG") -> tuple[io.BytesIO, str]:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, kind)
    drawn.seek(0)
    return drawn, name


def post(cast, person: str = "marit", **values):
    return cast.at(person).post(
        "/portal/fault-reports/new",
        data={**FAULT, "facility": cast.shop.id, **values},
        content_type="multipart/form-data",
    )


def without(user: User, *rights: Right) -> None:
    PortalAccount.of(user).user._replace_exceptions(
        Role.PORTAL, {right: right not in rights for right in Role.PORTAL.rights}
    )


@pytest.mark.requirement("S4.29")
def test_a_report_says_where_what_and_whom_to_call(cast):
    answer = post(cast)
    report = FaultReport.get()
    assert (answer.status_code, answer.location) == (302, f"/portal/fault-reports/{report.id}")
    assert (report.customer, report.facility, report.reporter, report.source) == (
        cast.lovskar,
        cast.shop,
        cast.marit,
        Source.PORTAL,
    )
    assert (report.heading, report.description, report.priority) == (
        FAULT["heading"],
        FAULT["description"],
        Priority.EMERGENCY,
    )
    assert (report.contact_name, report.contact_phone, report.contact_email) == tuple(
        FAULT[f"contact_{name}"] for name in ("name", "phone", "email")
    )
    assert (report.status, report.order, report.store) == (ReportStatus.WAITING, None, cast.house.north)


def test_the_dispatcher_is_told_and_the_reporter_is_not(cast):
    post(cast)
    work()
    told = {
        message.name
        for message in Message.select()
        if message.verb == "fault_report.reported" and message.state.value != "skipped"
    }
    assert cast.dispatcher.name in told
    assert cast.marit.name not in told


def test_photos_come_along_and_are_made_anew(cast):
    post(cast, photos=[picture(), picture("unit.png", "PNG")])
    report = FaultReport.get()
    work()
    files = File.of(report)
    assert [(file.name, file.is_ready) for file in files] == [("display.jpg", True), ("unit.png", True)]
    shown = cast.at("marit").get(f"/portal/files/{files[0].id}/thumb")
    assert (shown.status_code, shown.mimetype, shown.data[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert f"/portal/files/{files[0].id}/thumb" in cast.at("marit").get(f"/portal/fault-reports/{report.id}").text


def test_a_photo_that_is_none_is_refused_and_nothing_is_saved(cast):
    answer = post(cast, photos=[picture(), (io.BytesIO(b"MZ\x90\x00 not a picture"), "photo.jpg")], form_key="k")
    assert answer.status_code == 422
    assert "photo.jpg is not a photo, a PDF, an Excel file or a text" in answer.text
    assert AGAIN in answer.text
    assert FAULT["heading"] in answer.text
    assert (
        FaultReport.select().count(),
        File.select().count(),
        Event.select().where(Event.verb == "fault_report.reported").count(),
    ) == (0, 0, 0)


def test_the_form_sent_twice_makes_one_report(cast):
    first, second = post(cast, form_key="once"), post(cast, form_key="once")
    assert first.location == second.location
    assert FaultReport.select().count() == 1


def test_what_is_missing_is_said_at_the_field_and_the_rest_is_kept(cast):
    answer = post(cast, heading="", contact_phone="call me", contact_email="nowhere")
    assert answer.status_code == 422
    for sentence in ("What is wrong?: Fill this in.", "This is not a phone number.", "This is not an e-mail address."):
        assert sentence in answer.text
    assert FAULT["description"] in answer.text and AGAIN not in answer.text
    assert not FaultReport.select().exists()


def test_photos_of_a_report_that_came_back_are_to_be_chosen_again(cast):
    answer = post(cast, heading="", photos=[picture()])
    assert answer.status_code == 422 and AGAIN in answer.text
    assert AGAIN not in cast.at("marit").get("/portal/fault-reports/new").text


def test_my_own_contact_details_are_filled_in(cast):
    User.update(phone="070-174 06 16").where(User.id == cast.marit.id).execute()
    text = cast.at("marit").get("/portal/fault-reports/new").text
    assert all(
        value in text for value in ('value="Marit Olofsgård"', 'value="070-174 06 16"', f'value="{cast.marit.email}"')
    )


def test_the_facility_of_the_link_is_chosen_already(cast):
    assert (
        f'<option selected value="{cast.warehouse.id}"'
        in cast.at("marit").get(f"/portal/fault-reports/new?facility={cast.warehouse.id}").text
    )


def test_a_single_facility_is_chosen_already(cast):
    assert f'<option selected value="{cast.laundry.id}"' in cast.at("linnea").get("/portal/fault-reports/new").text


@pytest.mark.requirement("S4.14")
@pytest.mark.parametrize("whose", ["laundry", "warehouse"])
def test_a_facility_the_account_does_not_reach_does_not_exist(cast, whose):
    """Another customer's, and the same customer's that is not linked."""
    factories.portal_user(cast.lovskar, "Sven Butik", login="sven", facilities=(cast.shop,))
    cast.sven = User.get(User.login == "sven")
    facility = getattr(cast, whose)
    assert post(cast, "sven", facility=facility.id).status_code == 404
    assert cast.at("sven").get(f"/portal/fault-reports/new?facility={facility.id}").text.count(facility.name) == 0
    assert not FaultReport.select().exists()
    with pytest.raises(Refused) as refused:
        report_fault({"heading": "Warm", "facility": facility}, by=cast.sven)
    assert [refusal.code for refusal in refused.value.refusals] == ["portal.not_linked"]


@pytest.mark.parametrize("facility", ["", "none", "99999999999999999999", "-1"])
def test_nonsense_for_a_facility_saves_nothing(cast, facility):
    assert post(cast, facility=facility).status_code in (404, 422)
    assert not FaultReport.select().exists()


def test_an_inactive_facility_is_not_offered_and_not_taken(cast):
    cast.warehouse.inactivate(by=cast.owner)
    assert cast.warehouse.name not in cast.at("marit").get("/portal/fault-reports/new").text
    assert post(cast, facility=cast.warehouse.id).status_code == 422


def test_an_inactive_customers_account_is_told_so_before_it_writes(cast):
    cast.lovskar.inactivate(by=cast.owner)
    assert "The customer Lövskär Livs AB is inactive" in cast.at("marit").get("/portal/fault-reports/new").text
    assert "is inactive" in cast.at("marit").get("/portal/home/").text
    answer = post(cast)
    assert answer.status_code in (409, 422)
    assert not FaultReport.select().exists()


def test_an_account_without_facilities_is_told_whom_to_ask(cast):
    bare = factories.portal_user(cast.lovskar, "Bo Bar", facilities=())
    PortalAccount.of(bare).link(cast.lovskar, [], by=cast.dispatcher)
    text = cast.at(bare).get("/portal/fault-reports/new").text
    assert "Your account is not linked to any facility" in text
    assert "0980-319 201" in text
    answer = cast.at(bare).post("/portal/fault-reports/new", data={**FAULT, "place": "Anywhere"})
    assert (answer.status_code, FaultReport.select().count()) == (409, 0)


def test_a_private_customer_without_facilities_tells_the_place(cast):
    home = factories.customer(cast.house.north, "Anna Hemma", number="77")
    anna = factories.portal_user(home, "Anna Hemma")
    assert 'name="place"' in cast.at(anna).get("/portal/fault-reports/new").text
    cast.at(anna).post("/portal/fault-reports/new", data={**FAULT, "place": "Solgatan 3, the cellar"})
    report = FaultReport.get()
    assert (report.customer, report.facility, report.place) == (home, None, "Solgatan 3, the cellar")
    assert "Solgatan 3, the cellar" in cast.at(anna).get(f"/portal/fault-reports/{report.id}").text


@pytest.mark.requirement("S4.10")
def test_where_the_account_says_so_the_report_is_a_planned_order_at_once(cast):
    PortalAccount.update(order_directly=True).where(PortalAccount.user == cast.marit).execute()
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    post(cast, photos=[picture()])
    report, order = FaultReport.get(), Order.get()
    assert (report.status, report.order, order.status, order.facility) == (
        ReportStatus.ACCEPTED,
        order,
        OrderStatus.PLANNED,
        cast.shop,
    )
    assert (order.heading, order.priority, order.assignees) == (report.heading, Priority.EMERGENCY, [cast.technician])
    assert [file.name for file in File.of(order)] == ["display.jpg"]
    assert f"Order {order.number}" in cast.at("marit").get("/portal/home/").text


@pytest.mark.requirement("S4.31")
def test_where_it_does_not_the_report_waits_for_the_dispatcher(cast):
    post(cast)
    assert not Order.select().exists()
    assert FaultReport.waiting_for(cast.dispatcher).count() == 1


def test_without_the_right_there_is_no_button_and_no_report(cast):
    without(cast.marit, Right.PORTAL_REPORT)
    home = cast.at("marit").get("/portal/home/").text
    assert "Report faults in the portal" in home
    assert 'href="/portal/fault-reports/new"' not in home
    assert post(cast).status_code == 403
    assert cast.at("marit").get("/portal/fault-reports/").status_code == 403
    assert not FaultReport.select().exists()


def test_without_the_right_to_upload_a_photo_is_refused_with_the_report(cast):
    without(cast.marit, Right.PORTAL_UPLOAD)
    assert 'type="file"' not in cast.at("marit").get("/portal/fault-reports/new").text
    assert post(cast, photos=[picture()]).status_code == 403
    assert not FaultReport.select().exists()


def test_extra_fields_change_nothing(cast):
    post(
        cast,
        number="1",
        status="accepted",
        store=cast.house.south.id,
        customer=cast.hotel.id,
        source="staff",
        reporter=cast.owner.id,
    )
    report = FaultReport.get()
    assert (report.customer, report.store, report.reporter, report.status, report.source) == (
        cast.lovskar,
        cast.house.north,
        cast.marit,
        ReportStatus.WAITING,
        Source.PORTAL,
    )
    assert report.number != 1
