"""What the portal tells: how far a case is, what is news, and what a person may change about themself."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from models.base import Language, db
from models.event import Event
from models.fault_report import FaultReport, ReportStatus
from models.message import Message
from models.order import OPEN, Order, OrderStatus
from models.portal import PortalAccount
from models.portal_case import AT_A_TIME, Stage, case_of_order
from models.rights import Right, Role
from models.session import Session
from models.user import Theme, User
from tests import factories
from tests.cast import work
from tests.factories import PASSWORD


@pytest.fixture
def report(cast) -> FaultReport:
    return factories.fault_report(cast.marit, cast.lovskar, cast.shop)


def of(report: FaultReport) -> str:
    return f"/portal/fault-reports/{report.id}"


def stages(cast) -> list[str]:
    text = cast.at("marit").get("/portal/home/").text
    return [part.split("<")[0] for part in text.split('aria-current="step">')[1:]]


def test_my_page_follows_a_case_from_the_report_to_the_work_done(cast, report):
    assert stages(cast) == ["Being read"]
    order = report.accept(by=cast.dispatcher)
    assert stages(cast) == ["Accepted"]
    order.assign([cast.technician], by=cast.dispatcher)
    assert "Elin Fors looks after it; the day is not set yet." in cast.at("marit").get("/portal/home/").text
    day = report.reported_at.date() + timedelta(days=2)
    order.change({"planned_on": day}, by=cast.dispatcher, seen=order.version)
    assert stages(cast) == ["Planned"]
    assert f"Elin Fors comes on {day:%A} {day.day} {day:%B} {day.year}." in cast.at("marit").get("/portal/home/").text
    assert f"/portal/orders/{order.id}" in cast.at("marit").get("/portal/home/").text
    order.start(by=cast.technician)
    assert stages(cast) == ["Work is going on"]
    Order.update(status=OrderStatus.PERFORMED).execute()
    assert stages(cast) == []
    assert '<li class="done">Done</li>' in cast.at("marit").get(of(report)).text


WORDS = {
    "planned": "Accepted",
    "waiting": "Waiting for delivery",
    "ready": "Planned",
    "in_progress": "Work is going on",
}
WORDS |= {"performed": "Done", "to_invoice": "Done", "invoiced": "Done", "voided": "Will not be carried out"}


@pytest.mark.parametrize("status", list(OrderStatus))
def test_every_status_of_an_order_is_told_in_the_customers_words(cast, status):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    Order.update(status=status).execute()
    stage = case_of_order(Order.get_by_id(order.id)).stage
    assert (stage in (Stage.DONE, Stage.VOIDED)) is (status not in OPEN)
    text = cast.at("marit").get(f"/portal/orders/{order.id}").text
    assert f'tone-{stage.tone}">{WORDS[status]}</span>' in text
    assert "nvoic" not in text


def test_without_a_technician_the_day_alone_is_told(cast, report):
    order = report.accept(by=cast.dispatcher)
    order.change({"planned_on": report.reported_at.date()}, by=cast.dispatcher, seen=order.version)
    assert "Planned for " in cast.at("marit").get(f"/portal/orders/{order.id}").text


def test_an_order_nobody_reported_is_going_on_too(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading="Yearly service")
    assert f'href="/portal/orders/{order.id}">Yearly service' in cast.at("marit").get("/portal/home/").text


def test_an_account_that_sees_no_orders_still_sees_how_far_its_report_is(cast, report):
    order = report.accept(by=cast.dispatcher)
    account = PortalAccount.of(cast.marit)
    account.change({}, Role.PORTAL.rights - {Right.PORTAL_ORDERS}, by=cast.dispatcher, seen=account.version)
    assert stages(cast) == ["Accepted"]
    assert f"/portal/orders/{order.id}" not in cast.at("marit").get(of(report)).text
    assert f"Order {order.number}" not in cast.at("marit").get(of(report)).text


@pytest.mark.requirement("S4.34")
def test_a_rejected_report_says_why(cast, report):
    report.reject("The freezer is still under the maker's warranty.", by=cast.dispatcher)
    text = cast.at("marit").get(of(report)).text
    assert "We did not accept this report." in text
    assert "The freezer is still under the maker&#39;s warranty." in text


def test_a_report_that_was_closed_elsewhere_says_closed(cast, report):
    FaultReport.update(status=ReportStatus.CLOSED).execute()
    assert "Closed" in cast.at("marit").get(of(report)).text


def test_the_one_who_reported_withdraws_a_waiting_report(cast, report):
    assert "Withdraw the report" in cast.at("marit").get(of(report)).text
    answer = cast.at("marit").post(f"{of(report)}/cancellation")
    assert (answer.status_code, FaultReport.get().status) == (302, ReportStatus.CANCELLED)
    assert "Withdraw the report" not in cast.at("marit").get(of(report)).text
    assert cast.at("marit").post(f"{of(report)}/cancellation").status_code == 409


def test_a_colleague_is_told_why_they_cannot_withdraw_it(cast, report):
    colleague = factories.portal_user(cast.lovskar, "Sven Butik")
    assert "Only the one who reported it can withdraw" in cast.at(colleague).get(of(report)).text
    assert cast.at(colleague).post(f"{of(report)}/cancellation").status_code == 403
    assert FaultReport.get().is_waiting


def test_a_report_that_is_an_order_is_not_withdrawn_any_more(cast, report):
    report.accept(by=cast.dispatcher)
    answer = cast.at("marit").post(f"{of(report)}/cancellation")
    assert answer.status_code == 409
    assert "The report is order 101 already" in answer.text


def test_a_comment_and_a_photo_go_along_together(cast, report):
    drawn = io.BytesIO()
    Image.new("RGB", (30, 30), "red").save(drawn, "WEBP")
    drawn.seek(0)
    answer = cast.at("marit").post(
        f"{of(report)}/additions",
        data={"text": "It drips now.", "photos": [(drawn, "drip.webp")]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302
    work()
    text = cast.at("marit").get(of(report)).text
    assert "It drips now." in text
    assert "drip.webp" in text
    comment = Event.get(Event.verb == "comment.written")
    assert (comment.internal, comment.actor) == (False, cast.marit)


def test_with_a_broken_photo_the_comment_is_kept_in_the_form_and_not_saved(cast, report):
    data = {"text": "It drips now.", "photos": [(io.BytesIO(b"\x00nothing"), "drip.jpg")]}
    answer = cast.at("marit").post(f"{of(report)}/additions", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "It drips now.</textarea>" in answer.text
    assert not Event.select().where(Event.verb == "comment.written").exists()


def test_nothing_to_add_adds_nothing(cast, report):
    assert (
        cast.at("marit")
        .post(f"{of(report)}/additions", data={"text": "  "}, follow_redirects=True)
        .text.count("There was nothing to add.")
        == 1
    )
    order = report.accept(by=cast.dispatcher)
    assert cast.at("marit").post(f"/portal/orders/{order.id}/comments", data={"text": " "}).status_code == 302
    assert not Event.select().where(Event.verb == "comment.written").exists()


def test_without_the_rights_neither_comment_nor_photo_is_taken(cast, report):
    account = PortalAccount.of(cast.marit)
    account.change({}, {Right.PORTAL_REPORT, Right.PORTAL_ORDERS}, by=cast.dispatcher, seen=account.version)
    assert f'action="{of(report)}/additions"' not in cast.at("marit").get(of(report)).text
    assert cast.at("marit").post(f"{of(report)}/additions", data={"text": "Hello"}).status_code == 403
    photo = {"photos": [(io.BytesIO(b"\xff\xd8\xff\xe0"), "a.jpg")]}
    assert (
        cast.at("marit").post(f"{of(report)}/additions", data=photo, content_type="multipart/form-data").status_code
        == 403
    )
    order = report.accept(by=cast.dispatcher)
    assert cast.at("marit").post(f"/portal/orders/{order.id}/comments", data={"text": "Hello"}).status_code == 403
    assert not Event.select().where(Event.verb.in_(("comment.written", "file.uploaded"))).exists()


def test_a_comment_on_an_order_is_read_by_the_staff(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    cast.at("marit").post(f"/portal/orders/{order.id}/comments", data={"text": "The key is at the counter."})
    assert "The key is at the counter." in cast.at("dispatcher").get(f"/orders/{order.id}").text


def test_lists_show_older_ones_a_page_at_a_time(cast):
    for number in range(AT_A_TIME + 3):
        factories.fault_report(cast.marit, cast.lovskar, cast.shop, heading=f"Fault {number:02}")
    first = cast.at("marit").get("/portal/fault-reports/").text
    assert ("Fault 22" in first, "Fault 02" in first) == (True, False)
    older = first.split('href="/portal/fault-reports/?before=')[1].split('"')[0]
    second = cast.at("marit").get(f"/portal/fault-reports/?before={older}").text
    assert ("Fault 02" in second, "Fault 03" in second, "Show older ones" in second) == (True, False, False)


@pytest.mark.parametrize("before", ["x", "-1", "99999999999999999999", "1;drop"])
def test_a_broken_place_in_a_list_is_the_first_page(cast, report, before):
    assert report.heading in cast.at("marit").get(f"/portal/fault-reports/?before={before}").text


def test_a_page_costs_the_same_queries_with_one_report_and_with_twenty(cast):
    def cost(path: str) -> int:
        cast.at("marit").get(path)
        seen: list = []
        note = seen.append
        db.obj.query_hooks.append(note)
        cast.at("marit").get(path)
        db.obj.query_hooks.remove(note)
        return len(seen)

    def another() -> None:
        order = factories.fault_report(cast.marit, cast.lovskar, cast.shop).accept(by=cast.dispatcher)
        order.assign([cast.technician], by=cast.dispatcher)

    another()
    paths = ("/portal/home/", "/portal/fault-reports/", "/portal/orders/", "/portal/protocols/", "/portal/news/")
    few = [cost(path) for path in paths]
    for _ in range(12):
        another()
    assert [cost(path) for path in paths] == few


def test_news_leads_to_what_it_is_about_and_is_read_then(cast, report):
    report.reject("Not ours", by=cast.dispatcher)
    work()
    browser = cast.at("marit")
    assert "Sanna Lindmo rejected 1001 Cold room 2 will not go below +9" in browser.get("/portal/news/").text
    news = Message.inbox(cast.marit).get()
    answer = browser.post("/portal/news/reading", data={"message": news.id})
    assert answer.location == of(report)
    assert Message.unread(cast.marit).count() == 0


def test_all_news_is_read_at_once_and_nobody_reads_others_news(cast, report):
    report.accept(by=cast.dispatcher)
    work()
    theirs = Message.inbox(cast.marit).get()
    assert cast.at("linnea").post("/portal/news/reading", data={"message": theirs.id}).status_code == 404
    cast.at("linnea").post("/portal/news/reading")
    assert Message.unread(cast.marit).count() == 1
    cast.at("marit").post("/portal/news/reading")
    assert Message.unread(cast.marit).count() == 0


PROFILE = {"name": "Marit O", "phone": "070-1740616", "language": "nb", "theme": "dark", "by_email": "y"}


def test_a_profile_is_ones_own_but_for_the_e_mail_and_the_role(cast):
    data = {
        **PROFILE,
        "version": cast.marit.version,
        "email": "thief@elsewhere.example",
        "role": "owner",
        "login": "boss",
    }
    assert cast.at("marit").post("/portal/profile/", data=data).status_code == 302
    marit = User.get_by_id(cast.marit.id)
    assert (marit.name, marit.phone, marit.language, marit.theme, marit.by_email, marit.in_app) == (
        "Marit O",
        "070-1740616",
        Language.NB,
        Theme.DARK,
        True,
        False,
    )
    assert (marit.email, marit.role, marit.login) == (cast.marit.email, Role.PORTAL, cast.marit.login)


def test_a_profile_with_an_error_is_not_saved_and_two_versions_are_both_shown(cast):
    assert cast.at("marit").post("/portal/profile/", data={**PROFILE, "name": ""}).status_code == 422
    version = cast.marit.version
    PortalAccount.of(cast.marit).change_person({"name": "Marit Olofsson"}, by=cast.dispatcher, seen=version)
    answer = cast.at("marit").post("/portal/profile/", data={**PROFILE, "version": version})
    assert answer.status_code == 409
    assert "Marit Olofsson" in answer.text
    assert 'href="/portal/profile/"' in answer.text


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(cast):
    here, there = cast.at("marit"), cast.app.test_client()
    there.post("/login/", data={"login": "marit", "password": PASSWORD})
    new = {"present": PASSWORD, "password": "four unrelated words", "repeat": "four unrelated words"}
    assert here.post("/portal/profile/password", data=new).location == "/portal/profile/"
    assert here.get("/portal/home/").status_code == 200
    assert there.get("/portal/home/").status_code == 302
    assert Session.select().where(Session.user == cast.marit, Session.ended_at.is_null()).count() == 1
    assert User.get_by_id(cast.marit.id).verify_password("four unrelated words")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"present": "wrong"}, "The present password is wrong"),
        ({"password": "short", "repeat": "short"}, "A password has at least 10 characters"),
        ({"repeat": "another"}, "The two passwords differ."),
        ({"present": ""}, "Fill this in."),
    ],
)
def test_a_password_is_not_changed_and_the_reason_is_told(cast, changed, sentence):
    data = {
        "present": PASSWORD,
        "password": "four unrelated words",
        "repeat": "four unrelated words",
        "form_key": "k",
        **changed,
    }
    answer = cast.at("marit").post("/portal/profile/password", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert User.get_by_id(cast.marit.id).verify_password(PASSWORD)


def test_the_persons_menu_leads_to_their_own_sides_profile(cast):
    assert 'href="/portal/profile/"' in cast.at("marit").get("/portal/home/").text
    assert 'href="/account/profile"' in cast.at("dispatcher").get("/customers/").text


def test_an_empty_portal_says_what_will_be_here(cast):
    assert "Nothing is going on." in cast.at("linnea").get("/portal/home/").text
    for path, sentence in (
        ("fault-reports", "No report is waiting"),
        ("orders", "No open orders"),
        ("protocols", "No protocols yet"),
        ("news", "No news yet"),
    ):
        assert sentence in cast.at("linnea").get(f"/portal/{path}/").text
