"""The technician's page: what is written is kept, merged with a colleague's, and finished once."""

import io
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from models.base import connection, db, now
from models.checklist import ChecklistPoint, PointKind
from models.event import Event
from models.file import File
from models.order import Order, OrderStatus
from models.protocol import Protocol, Signature, Signer
from models.refusals import Refused
from models.user import User
from tests import factories
from tests.pages import fill, form, photo, said, sheet, strokes

OK, REMARK = ("ok", "", ""), ("remark", "", "The handle is loose.")
INSIDE = ("", "2,8", "")
DONE = (OK, INSIDE, OK)


@pytest.fixture
def order(cast) -> Order:
    """Started by its technician, with three points: a check, a pressure of 2.0 to 3.5 bar, a
    check."""
    made = factories.order(cast.dispatcher, cast.lovskar, cast.shop, points=factories.checklist())
    made.assign([cast.technician], by=cast.dispatcher)
    made.start(by=cast.technician)
    return made


def save(browser, order, fields, **more):
    return browser.post(f"/orders/{order.id}/work", data=fields | more, content_type="multipart/form-data")


def finish(browser, order, fields, **more):
    return browser.post(f"/orders/{order.id}/performance", data=fields | more, content_type="multipart/form-data")


def answers(order) -> list[tuple]:
    return [(str(point.outcome or ""), str(point.value or ""), point.remark) for point in order.points]


def test_what_is_written_so_far_is_kept_and_comes_back(cast, order):
    browser = cast.at("technician")
    answer = save(
        browser,
        order,
        fill(sheet(browser, order), order, REMARK, INSIDE, action="Cleaned the coil.\nThawed it."),
    )
    assert answer.location == f"/orders/{order.id}/work"
    assert answers(order) == [
        ("remark", "", "The handle is loose."),
        ("ok", "2.8", ""),
        ("", "", ""),
    ]
    again = sheet(browser, order)
    first, second, _ = order.points
    assert (again[f"p{first.id}-result"], again[f"p{first.id}-remark"]) == (
        "remark",
        "The handle is loose.",
    )
    assert again[f"p{second.id}-value"] == "2.8"
    assert again["performed_action"] == "Cleaned the coil.\nThawed it."
    event = Event.about(order).first()
    assert (event.verb, event.internal, event.data) == ("order.worked", True, {"points": 2})


def test_saving_again_what_is_saved_writes_no_second_event(cast, order):
    browser = cast.at("technician")
    save(browser, order, fill(sheet(browser, order), order, *DONE, action="Cleaned."))
    before = Event.select().count()
    save(browser, order, sheet(browser, order))
    assert Event.select().count() == before


def test_a_value_outside_its_limits_is_said_at_once_and_needs_words(cast, order):
    browser = cast.at("technician")
    save(
        browser,
        order,
        fill(sheet(browser, order), order, OK, ("", "4,1", ""), OK, action="Cleaned."),
        sign="me",
    )
    page = browser.get(f"/orders/{order.id}/work").text
    assert "0.6 bar above the limit" in page
    refusals = [refusal.code for refusal in Order.get_by_id(order.id).why_not("perform", cast.technician)]
    assert refusals == ["order.remark_missing"]


def test_what_is_no_number_is_said_beside_it_and_nothing_else_is_lost(cast, order):
    browser = cast.at("technician")
    answer = save(
        browser,
        order,
        fill(sheet(browser, order), order, REMARK, ("", "about 3", ""), action="Cleaned."),
    )
    assert answer.status_code == 422
    assert "Write a number, such as 4.2." in answer.text
    assert "about 3" in answer.text and "The handle is loose." in answer.text and "Cleaned." in answer.text
    assert answers(order) == [("", "", "")] * 3


def test_finishing_says_everything_that_is_missing_at_once_and_keeps_what_was_written(cast, order):
    browser = cast.at("technician")
    answer = finish(browser, order, fill(sheet(browser, order), order, ("remark", "", ""), action=""))
    assert answer.location == f"/orders/{order.id}/work#missing"
    page = browser.get(f"/orders/{order.id}/work").text
    text = said(page)
    assert "Points not answered: 2" in text
    assert "Point 1 needs a remark in words" in text
    assert "The performed action is not written" in text
    assert "The protocol is not signed by the technician" in text
    for anchor in ("point-2", "point-1", "performed_action", "signatures"):
        assert f'href="/orders/{order.id}/work#{anchor}"' in page and f'id="{anchor}"' in page
    assert answers(order)[0] == ("remark", "", "")
    assert not Protocol.select().exists()


def test_a_bare_finish_is_refused_with_all_reasons_and_409(cast, order):
    answer = cast.at("technician").post(f"/orders/{order.id}/performance")
    assert answer.status_code == 409
    assert "Points not answered: 3" in said(answer.text) and "not signed by the technician" in said(answer.text)


def test_the_technician_signs_with_one_press_and_finishes(cast, order):
    browser = cast.at("technician")
    save(browser, order, fill(sheet(browser, order), order, *DONE, action="Cleaned."), sign="me")
    answer = finish(browser, order, sheet(browser, order))
    protocol = Protocol.get()
    assert answer.location == f"/protocols/{protocol.id}"
    assert (protocol.number, protocol.remarks, protocol.signed_by) == (
        f"{order.number}-1",
        0,
        cast.technician,
    )
    order.reload()
    assert order.status is OrderStatus.PERFORMED
    signature = Signature.of(order, Signer.TECHNICIAN)
    assert (signature.name, signature.is_drawn) == ("Elin Fors", False)


def test_finishing_twice_makes_one_protocol(cast, order):
    browser = cast.at("technician")
    fields = fill(
        sheet(browser, order),
        order,
        *DONE,
        action="Cleaned.",
    ) | {"sign": "me"}
    first, again = finish(browser, order, fields), finish(browser, order, fields)
    assert first.location == again.location  # the same form: it acts once
    other = finish(browser, order, fields | {"form_key": "another"})
    assert other.status_code == 409 and "The order is performed" in said(other.text)
    assert Protocol.select().count() == 1


def test_two_who_finish_at_once_make_one_protocol(cast, order, app):
    browser = cast.at("technician")
    save(browser, order, fill(sheet(browser, order), order, *DONE, action="Cleaned."), sign="me")
    both, outcomes = Barrier(2), []

    def perform():
        with app.app_context(), connection():
            mine, person = Order.get_by_id(order.id), User.get_by_id(cast.technician.id)
            both.wait()
            try:
                outcomes.append(mine.perform(by=person).number)
            except Refused as refused:
                outcomes.append([refusal.code for refusal in refused.refusals])
            finally:
                db.close()

    threads = [Thread(target=perform) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [f"{order.number}-1", ["order.performed"]]
    assert Protocol.select().count() == 1


def test_two_technicians_answers_are_merged_point_by_point(cast, order):
    colleague = factories.user(cast.technician.role, "Tove Teknik", stores=(cast.house.north,))
    order.assign([cast.technician, colleague], by=cast.dispatcher)
    mine, theirs = cast.at("technician"), cast.at(colleague)
    my_sheet, their_sheet = sheet(mine, order), sheet(theirs, order)
    assert save(theirs, order, fill(their_sheet, order, OK, INSIDE)).status_code == 302
    untouched = ("", "", "")
    assert save(mine, order, fill(my_sheet, order, untouched, untouched, REMARK, action="Cleaned.")).status_code == 302
    assert answers(order) == [
        ("ok", "", ""),
        ("ok", "2.8", ""),
        ("remark", "", "The handle is loose."),
    ]


def test_where_both_answered_differently_both_are_shown_and_the_reader_chooses(cast, order):
    colleague = factories.user(cast.technician.role, "Tove Teknik", stores=(cast.house.north,))
    order.assign([cast.technician, colleague], by=cast.dispatcher)
    mine, theirs = cast.at("technician"), cast.at(colleague)
    my_sheet, their_sheet = sheet(mine, order), sheet(theirs, order)
    save(theirs, order, fill(their_sheet, order, OK, action="Replaced the fan."))
    answer = save(mine, order, fill(my_sheet, order, REMARK, action="Cleaned the coil."))
    assert answer.status_code == 409
    text = said(answer.text)
    assert "A colleague wrote here meanwhile" in text and "Tove Teknik" in text
    assert "Replaced the fan." in text and "Cleaned the coil." in text and "Remark · The handle is loose." in text
    assert answers(order)[0] == ("ok", "", "")
    choice = form(answer.text, "sheet") | {
        "keep-point-1": "theirs",
        "keep-performed_action": "yours",
    }
    assert save(mine, order, choice).status_code == 302
    order.reload()
    assert answers(order)[0] == ("ok", "", "")
    assert order.performed_action == "Cleaned the coil."


def test_the_page_saves_by_itself_without_touching_the_fields(cast, order):
    browser = cast.at("technician")
    fields = fill(sheet(browser, order), order, OK, ("", "9", "")) | {"by_itself": "1"}
    answer = browser.post(f"/orders/{order.id}/work", data=fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="state"' in answer.text and 'id="point-2"' in answer.text and 'id="point-1"' not in answer.text
    assert "2 of 3" in said(answer.text)
    assert answers(order)[:2] == [("ok", "", ""), ("ok", "9", "")]
    assert not Signature.select().exists()


def test_saving_by_itself_leaves_a_collision_to_the_reader(cast, order):
    colleague = factories.user(cast.technician.role, "Tove Teknik", stores=(cast.house.north,))
    order.assign([cast.technician, colleague], by=cast.dispatcher)
    mine = cast.at("technician")
    opened = sheet(mine, order)
    order.work({order.points[0].id: {"outcome": "ok", "value": None, "remark": ""}}, None, by=colleague)
    fields = fill(opened, order, REMARK) | {"by_itself": "1"}
    answer = mine.post(f"/orders/{order.id}/work", data=fields, headers={"HX-Request": "true"})
    assert "Not saved yet: press Save." in said(answer.text)
    assert answers(order)[0] == ("ok", "", "")


def test_drawn_signatures_are_kept_and_shown_to_those_who_see_the_order(cast, order):
    browser = cast.at("technician")
    save(
        browser,
        order,
        sheet(browser, order),
        customer=strokes(),
        customer_name="Marit Olofsgård",
        technician=strokes(),
    )
    drawn = browser.get(f"/orders/{order.id}/signatures/customer")
    assert drawn.data.startswith(b"\x89PNG") and drawn.headers["X-Content-Type-Options"] == "nosniff"
    assert Signature.of(order, Signer.TECHNICIAN).name == "Elin Fors"
    assert cast.at("southerner").get(f"/orders/{order.id}/signatures/customer").status_code == 404


def test_a_drawing_without_a_name_is_asked_for_it(cast, order):
    browser = cast.at("technician")
    answer = save(browser, order, sheet(browser, order), customer=strokes())
    assert answer.status_code == 422 and "Write the name of the person who signs." in answer.text
    assert not Signature.select().exists()


def test_what_is_no_drawing_is_refused_and_an_empty_pad_is_none(cast, order):
    browser = cast.at("technician")
    broken = save(
        browser,
        order,
        sheet(browser, order),
        customer="data:image/png;base64,AAAA",
        customer_name="Marit",
    )
    assert broken.status_code == 422 and "cannot be read as a picture" in broken.text
    assert browser.get(f"/orders/{order.id}/signatures/customer").status_code == 404


def test_photos_are_taken_along_and_what_is_no_photo_is_refused_with_the_text_kept(cast, order):
    browser = cast.at("technician")
    fine = save(browser, order, sheet(browser, order), photos=(photo(), "cold room.jpg"))
    assert fine.status_code == 302
    assert [file.name for file in File.of(order)] == ["cold room.jpg"]
    fields = fill(sheet(browser, order), order, OK, action="Cleaned.")
    answer = save(browser, order, fields, photos=(io.BytesIO(b"MZ\x00\x01program"), "virus.exe"))
    assert answer.status_code == 422
    assert "virus.exe is" in answer.text and "Cleaned." in answer.text
    assert answers(order)[0] == ("", "", "") and len(File.of(order)) == 1


def test_only_those_on_the_order_carry_it_out(cast, order):
    stranger = factories.user(cast.technician.role, "Tove Teknik", stores=(cast.house.north,))
    assert cast.at(stranger).get(f"/orders/{order.id}/work").status_code == 404
    assert cast.at("finance").get(f"/orders/{order.id}/work").status_code == 403
    assert cast.at("finance").post(f"/orders/{order.id}/performance").status_code == 403
    assert cast.at("marit").get(f"/orders/{order.id}/work").status_code == 404


def test_an_order_that_is_not_started_offers_only_the_start(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, points=factories.checklist())
    order.assign([cast.technician], by=cast.dispatcher)
    browser = cast.at("technician")
    page = browser.get(f"/orders/{order.id}/work").text
    assert f'action="/orders/{order.id}/start"' in page and 'id="sheet"' not in page
    assert save(browser, order, {"performed_action": "x"}).status_code == 409
    assert browser.post(f"/orders/{order.id}/start").location == f"/orders/{order.id}/work"
    assert browser.post(f"/orders/{order.id}/start").status_code == 409


def test_a_finished_order_leads_from_the_sheet_to_its_card(cast, order):
    order.void(by=cast.dispatcher)
    assert cast.at("technician").get(f"/orders/{order.id}/work").location == f"/orders/{order.id}"


def test_what_one_person_writes_in_one_go_is_one_event_from_first_to_last(cast, order):
    browser = cast.at("technician")
    before = Event.select().count()
    save(browser, order, fill(sheet(browser, order), order, OK, action="Cleaned."))
    save(browser, order, fill(sheet(browser, order), order, OK, INSIDE, action="Cleaned the coil."))
    assert Event.select().count() == before + 1
    event = Event.about(order).first()
    assert event.changes == {"performed_action": {"old": "", "new": "Cleaned the coil."}}
    assert event.data == {"points": 2}
    Event.update(at=now() - timedelta(hours=1)).where(Event.id == event.id).execute()
    save(browser, order, fill(sheet(browser, order), order, OK, INSIDE, OK))
    assert Event.select().count() == before + 2


def test_a_single_limit_is_said_in_words_and_a_value_beyond_it_how_far(cast):
    checklist = factories.checklist()
    asked = {"checklist": checklist, "kind": PointKind.NUMBER, "unit": "N", "group": "Door"}
    ChecklistPoint.create(position=4, text="Closing force", high="60", **asked)
    ChecklistPoint.create(position=5, text="Opening force", low="20", **asked)
    ChecklistPoint.create(position=6, text="Any force", **asked)
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, points=checklist)
    order.start(by=cast.dispatcher)
    browser = cast.at("dispatcher")
    answers = (("", "", ""),) * 3 + (("", "75", ""), ("", "18,5", ""), ("", "1000", ""))
    save(browser, order, fill(sheet(browser, order), order, *answers))
    page = browser.get(f"/orders/{order.id}/work").text
    for words in ("At most 60 N", "At least 20 N", "15 N above the limit", "1.5 N below the limit"):
        assert words in page
    assert sheet(browser, order)[f"p{order.points[5].id}-value"] == "1000"
