"""The protocol's paper: shown, handed out, held up and tried again; who sees it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from models.base import connection, db, now
from models.checklist import PointOutcome
from models.event import Event
from models.file import File, FileKind, FileState
from models.organisation import Organisation
from models.protocol import Protocol, ProtocolStatus, Signature, Signer
from tasks import documents, vault
from tasks.signing import sign
from tests import factories
from tests.cast import work
from tests.pages import said, strokes


@pytest.fixture
def protocol(cast) -> Protocol:
    """Signed by hand, its paper not made yet."""
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, points=factories.checklist())
    order.assign([cast.technician], by=cast.dispatcher)
    order.start(by=cast.technician)
    answer = {"outcome": PointOutcome.NA, "value": None, "remark": ""}
    order.work({point.id: answer for point in order.points}, "Cleaned.", by=cast.technician)
    sign(order, Signer.TECHNICIAN, "Elin Fors", strokes(), by=cast.technician)
    return order.perform(by=cast.technician)


def fresh(protocol: Protocol) -> Protocol:
    return Protocol.get_by_id(protocol.id)


def overdue(protocol: Protocol) -> None:
    Protocol.update(next_try_at=now() - timedelta(seconds=1)).where(Protocol.id == protocol.id).execute()


@pytest.mark.requirement("S0.32")
def test_the_pdf_opens_in_the_browser_or_comes_as_a_file(cast, protocol):
    browser = cast.at("dispatcher")
    assert browser.get(f"/protocols/{protocol.id}/pdf").status_code == 404
    work()
    shown, saved = (
        browser.get(f"/protocols/{protocol.id}/pdf"),
        browser.get(f"/protocols/{protocol.id}/pdf?download=1"),
    )
    assert (shown.mimetype, shown.data[:5]) == ("application/pdf", b"%PDF-")
    assert shown.headers["Content-Disposition"] == f"inline; filename={protocol.number}.pdf"
    assert saved.headers["Content-Disposition"] == f"attachment; filename={protocol.number}.pdf"
    assert "sandbox" not in shown.headers["Content-Security-Policy"]
    assert (
        browser.get(f"/protocols/{protocol.id}/pdf", headers={"If-None-Match": shown.headers["ETag"]}).status_code
        == 304
    )


def test_a_signature_that_is_lost_holds_the_paper_up_and_the_page_says_so(cast, protocol):
    signature = Signature.of(protocol.order, Signer.TECHNICIAN)
    drawing = vault().get(signature.image_key)
    vault().delete(signature.image_key)
    work()
    held = fresh(protocol)
    assert (held.status, held.attempts) == (ProtocolStatus.SIGNED, 1)
    assert now() + timedelta(seconds=30) < held.next_try_at < now() + timedelta(minutes=2)
    work()  # not due yet
    assert fresh(protocol).attempts == 1
    page = said(cast.at("dispatcher").get(f"/protocols/{protocol.id}").text)
    assert "It has been tried 1 times" in page and "Try again now" in page
    vault().put(signature.image_key, drawing)
    again = cast.at("dispatcher").post(f"/protocols/{protocol.id}/making")
    assert again.location == f"/protocols/{protocol.id}"
    work()
    assert fresh(protocol).is_ready
    once_more = cast.at("dispatcher").post(f"/protocols/{protocol.id}/making")
    assert once_more.status_code == 409 and "The PDF is made" in said(once_more.text)


def test_tries_wait_longer_and_longer_but_never_end(cast, protocol):
    for _ in range(12):
        protocol.attempted()
    assert now() + timedelta(minutes=59) < protocol.next_try_at < now() + timedelta(minutes=61)
    assert Protocol.unmade() == []
    overdue(protocol)
    assert Protocol.unmade() == [protocol]


def test_one_that_cannot_be_made_does_not_stand_in_the_way_of_the_next(cast, protocol):
    vault().delete(Signature.of(protocol.order, Signer.TECHNICIAN).image_key)
    order = factories.order(cast.dispatcher, cast.hotel, cast.laundry)
    order.start(by=cast.dispatcher)
    order.work({}, "Cleaned.", by=cast.dispatcher)
    sign(order, Signer.TECHNICIAN, "Sanna Lindmo", "", by=cast.dispatcher)
    fine = order.perform(by=cast.dispatcher)
    work()
    assert [fresh(one).status for one in (protocol, fine)] == [
        ProtocolStatus.SIGNED,
        ProtocolStatus.READY,
    ]


def test_a_missing_logo_and_a_missing_photo_are_left_out(cast, protocol):
    Organisation.update(logo_key="aa/gone.png").execute()
    with db.atomic():
        facts = {"kind": FileKind.PHOTO, "mime": "image/jpeg", "size": 1, "name": "x.jpg"}
        File.attach(
            protocol.order,
            by=None,
            tell=False,
            state=FileState.READY,
            key="aa/1.jpg",
            shown_key="aa/2.jpg",
            thumb_key="aa/3.jpg",
            **facts,
        )
        File.attach(protocol.order, by=None, tell=False, state=FileState.WAITING, key="aa/4.jpg", **facts)
    work()
    assert fresh(protocol).is_ready


def test_two_makers_at_once_leave_one_paper_and_no_other_bytes(cast, protocol, app):
    both = Barrier(2)
    before = set(vault().keys())

    def make():
        with app.app_context(), connection():
            mine = Protocol.get_by_id(protocol.id)
            both.wait()
            documents.keep(mine.made, mine.number, b"%PDF-1.7 the same")
            db.close()

    threads = [Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(File.of(protocol)) == 1
    assert set(vault().keys()) - before == {fresh(protocol).pdf.key}
    assert Event.select().where(Event.verb == "protocol.ready").count() == 1


def test_a_maker_that_comes_late_does_nothing(cast, protocol):
    work()
    documents.make_protocol.call_local(protocol.id)
    documents.make_protocol.call_local(999)
    assert fresh(protocol).attempts == 1 and len(File.of(protocol)) == 1


def test_a_second_maker_of_the_paper_without_the_action_is_told_that_it_is_there(cast, protocol):
    facts = {"state": FileState.READY, "name": "p.pdf", "mime": "application/pdf", "size": 9, "key": "aa/one.pdf"}
    assert (protocol.made_discreet(**facts), protocol.made_discreet(**facts | {"key": "aa/two.pdf"})) == (True, False)
    assert [(file.kind, file.key) for file in File.of(protocol)] == [(FileKind.DISCREET, "aa/one.pdf")]


def test_the_time_on_the_paper_is_the_organisations(cast, protocol, app):
    from datetime import UTC, datetime

    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 00:30 the next day in Stockholm
    type(protocol.order).update(performed_at=late).where(type(protocol.order).id == protocol.order_id).execute()
    Signature.update(at=late).execute()
    from tests.test_protocol_main_job import text_of

    text = text_of(documents.print_protocol(fresh(protocol)))
    assert "2026-11-24" in text and "2026-11-24 00:30" in text


def test_what_was_measured_is_written_with_its_limits_in_words():
    from models.checklist import OrderPoint, PointKind

    def point(low, high):
        return OrderPoint(position=1, text="x", kind=PointKind.NUMBER, low=low, high=high)

    from decimal import Decimal

    with documents.app().test_request_context():
        words = [
            documents.limits(point(*pair))
            for pair in (
                (Decimal("-10"), Decimal("-6.0")),
                (None, Decimal("60")),
                (Decimal("2"), None),
                (None, None),
            )
        ]
    assert words == ["−10 to −6.0", "at most 60", "at least 2", ""]


def test_the_list_and_the_page_are_for_those_who_see_the_order(cast, protocol):
    work()
    assert protocol.number in cast.at("dispatcher").get("/protocols/").text
    assert protocol.number not in cast.at("southerner").get("/protocols/").text
    for reader in ("southerner", "marit"):
        for path in ("", "/pdf", "/paper"):
            assert cast.at(reader).get(f"/protocols/{protocol.id}{path}").status_code == 404, (
                reader,
                path,
            )
        assert cast.at(reader).post(f"/protocols/{protocol.id}/making").status_code == 404
    assert cast.at("cashier").get("/protocols/").status_code == 403


def test_an_empty_list_says_how_protocols_come(cast):
    assert "A protocol is made by itself" in cast.at("dispatcher").get("/protocols/").text


def test_a_message_that_did_not_go_can_be_sent_again_from_the_paper(cast, protocol):
    factories.contact(cast.lovskar)
    work()
    page = cast.at("dispatcher").get(f"/protocols/{protocol.id}").text
    message = fresh(protocol).messages[0]
    assert "No mail server is set up" in page and f'action="/messages/{message.id}' in page and "Send again" in page


def test_the_paper_itself_is_not_taken_away(cast, protocol):
    work()
    paper = fresh(protocol).pdf
    assert cast.at("dispatcher").post(f"/files/{paper.id}/removal").status_code == 404
    assert fresh(protocol).pdf == paper
