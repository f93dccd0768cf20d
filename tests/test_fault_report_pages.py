"""The dispatcher's pile with one opened, the whole list, and what is written down about a report."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from models.base import now
from models.customer import Customer
from models.event import Event
from models.fault_report import FaultReport, Priority
from models.file import File
from models.message import Message
from models.pile import lookalikes
from models.refusals import Refused
from tests import factories
from tests.cast import work
from tests.counting import queries


def jpeg() -> io.BytesIO:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "JPEG")
    picture.seek(0)
    return picture


def headings(page: str) -> list[str]:
    return re.findall(r'<b class="cut">([^<]+)</b>', page.partition('class="pile')[2])


def opened(page: str) -> str:
    return re.search(r'id="opened-head">([^<]+)<', page)[1]


def aged(hours: int, heading: str, cast, **values) -> FaultReport:
    return factories.fault_report(
        cast.marit, cast.lovskar, cast.shop, heading=heading, reported_at=now() - timedelta(hours=hours), **values
    )


@pytest.mark.requirement("S4.32")
def test_the_pile_has_what_waits_the_pressing_first_and_then_the_oldest(cast):
    aged(2, "Young", cast)
    aged(9, "Old", cast)
    aged(1, "Soon", cast, priority=Priority.SOON)
    aged(0, "Fire", cast, priority=Priority.EMERGENCY)
    aged(20, "Done", cast).accept(by=cast.dispatcher)
    page = cast.at("dispatcher").get("/fault-reports/waiting").text
    assert headings(page) == ["Fire", "Soon", "Old", "Young"]
    assert opened(page) == "Fire"
    assert "4 waiting" in page


@pytest.mark.requirement("S4.31")
def test_the_menu_leads_to_the_pile_and_counts_what_has_no_order(cast):
    aged(1, "One", cast)
    aged(1, "Two", cast).accept(by=cast.dispatcher)
    page = cast.at("dispatcher").get("/today/").text
    assert re.search(r'href="/fault-reports/waiting"[^>]*>.*?<span class="count hot">1</span>', page)


@pytest.mark.parametrize(
    ("part", "expected"), [("waiting", ["Open"]), ("done", ["Done"]), ("all", ["Open", "Done"]), ("nonsense", ["Open"])]
)
def test_the_parts_of_the_pile(cast, part, expected):
    aged(5, "Done", cast).accept(by=cast.dispatcher)
    aged(1, "Open", cast)
    assert headings(cast.at("dispatcher").get(f"/fault-reports/waiting?part={part}").text) == expected


def test_a_report_has_a_page_of_its_own_with_the_pile_beside_it_and_its_neighbours(cast):
    first, second, third = aged(3, "First", cast), aged(2, "Second", cast), aged(1, "Third", cast)
    page = cast.at("dispatcher").get(f"/fault-reports/{second.id}").text
    assert opened(page) == "Second"
    assert headings(page) == ["First", "Second", "Third"]
    assert re.search(rf'/fault-reports/{first.id}\?part=waiting" aria-label="Previous report"', page)
    assert re.search(rf'/fault-reports/{third.id}\?part=waiting" aria-label="Next report"', page)


def test_a_decided_report_opens_among_the_decided_ones(cast):
    done = aged(5, "Done", cast)
    order = done.accept(by=cast.dispatcher)
    page = cast.at("dispatcher").get(f"/fault-reports/{done.id}").text
    assert headings(page) == ["Done"]
    assert f'href="/orders/{order.id}"' in page and "Accept, make an order" not in page


def test_reports_of_the_same_facility_and_week_look_alike(cast):
    one = aged(1, "Drips", cast)
    aged(30, "Drips again", cast)
    aged(24 * 9, "Long ago", cast)
    factories.fault_report(cast.marit, cast.lovskar, cast.warehouse, heading="Elsewhere")
    assert [report.heading for report in lookalikes(one, cast.dispatcher)] == ["Drips again"]
    assert lookalikes(one, cast.southerner) == []
    nowhere = factories.fault_report(cast.dispatcher, store=cast.house.north)
    assert lookalikes(nowhere, cast.dispatcher) == []
    here = [factories.fault_report(cast.dispatcher, store=cast.house.north, place="Torget 1") for _ in range(2)]
    assert lookalikes(here[0], cast.dispatcher) == [here[1]]


def test_the_dispatcher_of_another_store_sees_an_empty_pile(cast):
    aged(1, "Ours", cast)
    page = cast.at("southerner").get("/fault-reports/waiting").text
    assert "Nothing waits" in page and "Ours" not in page


def test_a_technician_sees_the_reports_that_are_assigned_to_them(cast):
    mine, other = aged(2, "Mine", cast), aged(1, "Other", cast)
    mine.assign([cast.technician], by=cast.dispatcher)
    page = cast.at("technician").get("/fault-reports/waiting").text
    assert headings(page) == ["Mine"]
    assert cast.at("technician").get(f"/fault-reports/{other.id}").status_code == 404
    assert "You lack the right: Accept fault reports" in page


def cost(cast) -> int:
    with queries() as seen:
        cast.at("dispatcher").get("/fault-reports/waiting")
    return len(seen)


def test_the_pile_costs_the_same_with_two_reports_and_with_thirty(cast):
    for number in range(2):
        aged(1, f"Report {number}", cast)
    cost(cast)
    few = cost(cast)
    for number in range(28):
        aged(1, f"More {number}", cast)
    assert cost(cast) == few


def test_the_whole_list_has_them_all_behind_its_tabs(cast):
    aged(1, "Waits", cast)
    aged(1, "Rejected one", cast).reject("No", by=cast.dispatcher)
    at = cast.at("dispatcher")
    assert "Rejected one" not in at.get("/fault-reports/").text
    everything = at.get("/fault-reports/?status=all").text
    assert "Waits" in everything and "Rejected one" in everything
    assert "Waits" not in at.get("/fault-reports/?status=rejected").text


FORM = {
    "heading": "Freezer beeps",
    "description": "Since noon.",
    "priority": "soon",
    "customer": "1042",
    "contact_name": "Per",
    "contact_phone": "070-174 06 17",
}


def report_it(cast, who: str = "dispatcher", **changes):
    return cast.at(who).post("/fault-reports/", data={**FORM, **changes})


def test_a_report_is_written_down_for_the_customer_who_calls(cast):
    answer = report_it(cast, facility=cast.shop.id)
    report = FaultReport.get()
    assert (answer.status_code, answer.location) == (302, f"/fault-reports/{report.id}")
    assert (report.heading, report.customer, report.facility, report.priority, report.source, report.reporter) == (
        "Freezer beeps",
        cast.lovskar,
        cast.shop,
        Priority.SOON,
        "staff",
        cast.dispatcher,
    )
    assert report.store == cast.house.north


def test_a_report_may_come_without_customer_and_belongs_to_the_store_one_works_in(cast):
    report_it(cast, customer="")
    report = FaultReport.get()
    assert (report.customer, report.facility, report.store) == (None, None, cast.house.north)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"heading": "  "}, "Fill this in."),
        ({"heading": "x" * 121}, "At most 120 characters."),
        ({"customer": "9999"}, "No customer has this number or name."),
        ({"contact_phone": "call me"}, "This is not a phone number."),
        ({"contact_email": "per@"}, "This is not an e-mail address."),
        ({"priority": "whenever"}, "Invalid Choice"),
    ],
)
def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(cast, changes, sentence):
    answer = report_it(cast, **changes)
    assert answer.status_code == 422
    assert sentence in answer.text and "Since noon." in answer.text
    assert FaultReport.select().count() == 0


def test_a_facility_of_another_customer_is_refused_and_nothing_written(cast):
    assert report_it(cast, facility=cast.laundry.id).status_code == 422
    assert FaultReport.select().count() == 0
    report = factories.fault_report(cast.marit, cast.lovskar)
    before = report.version
    with pytest.raises(Refused, match="fault_report.other_facility"):
        report.change({"facility": cast.laundry}, by=cast.dispatcher, seen=before)
    assert FaultReport.get_by_id(report.id).facility is None


def test_the_domain_itself_refuses_a_report_that_cannot_be(cast):
    cast.lovskar.inactivate(by=cast.dispatcher)
    with pytest.raises(Refused) as refused:
        factories.fault_report(cast.dispatcher, Customer.get_by_id(cast.lovskar.id), cast.laundry)
    assert [refusal.code for refusal in refused.value.refusals] == ["customer.inactive", "fault_report.other_facility"]
    assert FaultReport.visible_to(cast.finance).count() == 0


def test_a_customer_of_another_store_cannot_be_named(cast):
    assert report_it(cast, "southerner").status_code == 422
    assert FaultReport.select().count() == 0


def test_an_inactive_customer_is_not_offered(cast):
    cast.lovskar.inactivate(by=cast.dispatcher)
    assert report_it(cast).status_code == 422


def test_who_works_in_no_store_is_asked_for_the_customer(cast):
    answer = report_it(cast, "nobody", customer="")
    assert answer.status_code == 422
    assert "Choose the customer, since you work in no store." in answer.text


def test_photos_come_along_and_a_file_that_is_none_leaves_nothing_behind(cast):
    cast.at("dispatcher").post(
        "/fault-reports/", data={**FORM, "photos": [(jpeg(), "gauge.jpg"), (jpeg(), "floor.jpg")]}
    )
    report = FaultReport.get()
    assert [file.name for file in File.of(report)] == ["gauge.jpg", "floor.jpg"]
    work()
    assert all(file.is_ready for file in File.of(report))
    bad = cast.at("dispatcher").post(
        "/fault-reports/", data={**FORM, "photos": [(io.BytesIO(b"MZ\x90\x00 not a picture"), "tool.exe")]}
    )
    assert bad.status_code == 422 and "tool.exe" in bad.text
    assert FaultReport.select().count() == 1


def test_the_customers_facilities_are_there_to_choose_by_script_and_by_button(cast):
    at = cast.at("dispatcher")
    fragment = at.get("/fault-reports/choices?customer=1042").text
    assert "Warehouse, Kurravaara" in fragment and "Laundry" not in fragment and "<html" not in fragment
    whole = at.post("/fault-reports/", data={**FORM, "reload": "1"})
    assert whole.status_code == 200
    assert "Warehouse, Kurravaara" in whole.text and "Freezer beeps" in whole.text
    assert FaultReport.select().count() == 0


def test_the_form_is_filled_from_the_card_one_comes_from(cast):
    at = cast.at("dispatcher")
    assert 'value="1042 Lövskär Livs AB"' in at.get(f"/fault-reports/new?customer={cast.lovskar.id}").text
    page = at.get(f"/fault-reports/new?facility={cast.shop.id}").text
    assert 'value="1042 Lövskär Livs AB"' in page
    assert re.search(rf'<option selected value="{cast.shop.id}">', page)
    assert cast.at("southerner").get(f"/fault-reports/new?customer={cast.lovskar.id}").status_code == 404


def test_the_form_says_who_hears_of_the_report(cast):
    cast.lovskar.assign([cast.technician], by=cast.owner)
    page = cast.at("dispatcher").get(f"/fault-reports/new?customer={cast.lovskar.id}").text
    assert "<b>Elin Fors</b>, In Kundbok, E-mail" in page
    assert "Not Sanna Lindmo: Nobody is told of what they did themselves" in page


def edit(cast, report: FaultReport, who: str = "dispatcher", **changes):
    form = {
        "heading": report.heading,
        "priority": report.priority.value,
        "customer": "1042",
        "version": report.version,
        **changes,
    }
    return cast.at(who).post(f"/fault-reports/{report.id}/edit", data=form)


def test_the_facility_is_chosen_later(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    page = cast.at("dispatcher").get(f"/fault-reports/{report.id}/edit").text
    assert 'id="facility"' in page and 'id="customer"' in page
    assert edit(cast, report, facility=cast.shop.id).status_code == 302
    assert FaultReport.get_by_id(report.id).facility == cast.shop
    assert Event.select().where(Event.verb == "fault_report.changed").count() == 1


def test_a_report_keeps_its_customer_and_facility_when_they_are_inactive_by_now(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    Customer.update(inactive_at=now()).where(Customer.id == cast.lovskar.id).execute()
    type(cast.shop).update(inactive_at=now()).where(type(cast.shop).id == cast.shop.id).execute()
    answer = edit(cast, report, customer="1042 Lövskär Livs AB", facility=cast.shop.id, heading="Warmer still")
    assert answer.status_code == 302
    assert FaultReport.get_by_id(report.id).heading == "Warmer still"


def test_wrong_values_and_the_button_without_script_save_nothing(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    assert edit(cast, report, heading="").status_code == 422
    assert edit(cast, report, heading="Not yet", reload="1").status_code == 200
    assert FaultReport.get_by_id(report.id).heading == report.heading


def test_two_who_change_the_same_field_see_both_values(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    edit(cast, report, "administrator", heading="Adam's words")
    answer = edit(cast, report, heading="Sanna's words")
    assert answer.status_code == 409
    assert "Adam&#39;s words" in answer.text and "Sanna&#39;s words" in answer.text
    assert FaultReport.get_by_id(report.id).heading == "Adam's words"


def test_people_are_assigned_by_their_groups_and_only_those_who_work_here(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    page = cast.at("dispatcher").get(f"/fault-reports/{report.id}/assignment").text
    assert "Technicians" in page and "Elin Fors" in page and "Svea Syd" not in page
    answer = cast.at("dispatcher").post(
        f"/fault-reports/{report.id}/assignment", data={"user": [cast.technician.id, cast.southerner.id, cast.marit.id]}
    )
    assert answer.status_code == 302
    assert report.assignees == [cast.technician]
    cast.at("dispatcher").post(f"/fault-reports/{report.id}/assignment", data={})
    assert report.assignees == []
    work()
    told = Message.select().where((Message.user == cast.technician) & (Message.channel == "app")).order_by(Message.id)
    assert [message.verb for message in told] == ["fault_report.assigned", "fault_report.unassigned"]


def test_who_has_it_stays_on_the_form_when_they_left_the_store(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    report.assign([cast.southerner], by=cast.owner)
    page = cast.at("dispatcher").get(f"/fault-reports/{report.id}/assignment").text
    assert re.search(rf'value="{cast.southerner.id}" checked', page)


@pytest.mark.parametrize(("data", "internal"), [({"internal": "1"}, True), ({}, False)])
def test_a_remark_is_for_us_alone_or_for_the_customer_too(cast, data, internal):
    report = factories.fault_report(cast.marit, cast.lovskar)
    cast.at("dispatcher").post(f"/fault-reports/{report.id}/comments", data={"text": "Bring the ladder", **data})
    event = Event.get(Event.verb == "comment.written")
    assert (event.data["text"], event.internal) == ("Bring the ladder", internal)
    assert "Bring the ladder" in cast.at("dispatcher").get(f"/fault-reports/{report.id}").text


def test_an_empty_remark_writes_nothing(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    assert cast.at("dispatcher").post(f"/fault-reports/{report.id}/comments", data={"text": " "}).status_code == 302
    assert Event.select().where(Event.verb == "comment.written").count() == 0


def test_files_are_kept_with_the_report(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    answer = cast.at("dispatcher").post(f"/fault-reports/{report.id}/files", data={"files": [(jpeg(), "panel.jpg")]})
    assert answer.status_code == 302
    assert [file.name for file in File.of(report)] == ["panel.jpg"]
    assert (
        cast.at("cashier").post(f"/fault-reports/{report.id}/files", data={"files": [(jpeg(), "x.jpg")]}).status_code
        == 403
    )


def test_who_may_not_write_sees_no_box_for_it(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    page = cast.at("cashier").get(f"/fault-reports/{report.id}").text
    assert "/files" not in re.sub(r"/files/\d+", "", page).split('id="history-head"')[1]
