"""The main job, through the front door: a customer's report with photos becomes an order, a signed
protocol, and a letter."""

import io

from pypdf import PdfReader

from models.base import Language
from models.contact import Contact
from models.event import Event
from models.fault_report import FaultReport
from models.file import File
from models.message import Message, MessageState
from models.order import Order
from models.portal import PortalAccount
from models.protocol import Protocol
from tests import factories
from tests.cast import work
from tests.pages import fill, photo, said, sheet, strokes
from tests.post_office import post_office


def reported(cast) -> FaultReport:
    fault = {
        "facility": cast.shop.id,
        "heading": "Cold room 2 is warm",
        "description": "Ice on the unit.",
        "contact_name": "Marit Olofsgård",
    }
    photos = [
        (photo(1700, 1200, place=True), "display.jpg"),
        (photo(900, 700, place=True), "unit.jpg"),
    ]
    cast.at("marit").post(
        "/portal/fault-reports/new",
        data={**fault, "photos": photos},
        content_type="multipart/form-data",
    )
    return FaultReport.get()


def accepted(cast, report: FaultReport) -> Order:
    answer = cast.at("dispatcher").post(f"/fault-reports/{report.id}/acceptance")
    order = Order.get()
    assert answer.location == f"/orders/{order.id}"
    cast.at("dispatcher").post(f"/orders/{order.id}/assignment", data={"people": str(cast.technician.id)})
    return order


def carried_out(cast, order: Order) -> Protocol:
    browser = cast.at("technician")
    browser.post(f"/orders/{order.id}/start")
    page = sheet(browser, order)
    page |= {
        "photos": (photo(800, 600, place=True), "after.jpg"),
        "customer": strokes(),
        "customer_name": "Marit Olofsgård",
    }
    browser.post(f"/orders/{order.id}/work", data=page, content_type="multipart/form-data")
    answers = (("ok", "", ""), ("", "4,1", "Too much gas, let out."), ("ok", "", ""))
    done = fill(sheet(browser, order), order, *answers, action="Thawed the coil and let out gas.") | {"sign": "me"}
    answer = browser.post(f"/orders/{order.id}/performance", data=done, content_type="multipart/form-data")
    protocol = Protocol.get()
    assert answer.location == f"/protocols/{protocol.id}"
    return protocol


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_from_a_customers_report_to_the_protocol_in_the_customers_mailbox(cast):
    factories.checklist()
    cast.lovskar.language = Language.SV
    cast.lovskar.save()
    factories.contact(cast.lovskar, "Oksana Kovalenko", email="oksana@lovskar.example", language=Language.UK)
    factories.contact(cast.lovskar, "Per Ylisaari", email="", send_protocol=True)
    with post_office() as office:
        order = accepted(cast, reported(cast))
        work()
        protocol = carried_out(cast, order)
        waiting = cast.at("technician").get(f"/protocols/{protocol.id}").text
        assert "The PDF is being made." in waiting and f'hx-get="/protocols/{protocol.id}/paper"' in waiting
        work()
        letters = [
            letter for letter in office.letters if letter["To"].addresses[0].addr_spec == "oksana@lovskar.example"
        ]
        assert len(letters) == 1
        attached = next(iter(letters[0].iter_attachments()))

    paper = cast.at("technician").get(f"/protocols/{protocol.id}/pdf")
    assert (letters[0]["Content-Language"], attached.get_filename(), attached.get_content()) == (
        "uk",
        f"{order.number}-1.pdf",
        paper.data,
    )
    document = PdfReader(io.BytesIO(paper.data))
    assert document.trailer["/Root"]["/Lang"] == "sv"
    text = text_of(paper.data)
    for words in (
        f"{order.number}-1",
        "Lövskär Livs AB",
        "Elin Fors",
        "Marit Olofsgård",
        "Thawed the coil and let out gas.",
        "Too much gas, let out.",
        "4,1",
    ):
        assert words in text
    assert b"SpyCam" not in paper.data

    told = {message.name: message for message in Message.select().where(Message.verb == "protocol.ready")}
    assert told["Oksana Kovalenko"].state is MessageState.SENT
    assert (told["Per Ylisaari"].state, told["Per Ylisaari"].refusal.code) == (
        MessageState.SKIPPED,
        "contact.no_email",
    )

    page = cast.at("dispatcher").get(f"/protocols/{protocol.id}").text
    assert (
        f'href="/protocols/{protocol.id}/pdf"' in page
        and "Oksana Kovalenko" in page
        and "Per Ylisaari has no e-mail address" in page
    )
    story = said(cast.at("dispatcher").get(f"/orders/{order.id}").text)
    for line in (
        f"{order.number}-1 is ready as a PDF",
        "Elin Fors signed",
        "Elin Fors performed",
        "Elin Fors started",
        "accepted",
        "Marit Olofsgård reported a fault",
    ):
        assert line in story
    assert [file.name for file in File.of(order)] == ["display.jpg", "unit.jpg", "after.jpg"]
    for file in File.of(order):
        assert b"SpyCam" not in cast.at("dispatcher").get(f"/files/{file.id}").data


def test_the_paper_is_made_once_whoever_asks_for_it(cast):
    factories.checklist()
    protocol = carried_out(cast, accepted(cast, reported(cast)))
    work()
    first = cast.at("technician").get(f"/protocols/{protocol.id}/pdf").data
    work()
    assert Event.select().where(Event.verb == "protocol.ready").count() == 1
    assert len(File.of(protocol)) == 1
    assert cast.at("technician").get(f"/protocols/{protocol.id}/pdf").data == first


def test_an_account_that_does_not_read_the_performed_action_gets_a_paper_without_it(cast):
    from tasks import documents, vault

    factories.checklist()
    PortalAccount.update(hide_performed_action=True).where(PortalAccount.user == cast.marit).execute()
    protocol = carried_out(cast, accepted(cast, reported(cast)))
    documents.make_discreet.call_local(protocol.id)
    assert protocol.discreet_pdf is None  # not before the paper itself
    work()
    for _ in range(2):
        documents.make_discreet.call_local(protocol.id)
    papers = File.of(protocol)
    assert len(papers) == 2
    usual, discreet = (text_of(vault().get(file.key)) for file in (protocol.pdf, protocol.discreet_pdf))
    assert "Thawed the coil" in usual and "Thawed the coil" not in discreet and "Too much gas" in discreet
    seen = {file.id for file in File.visible_to(cast.marit)}
    assert protocol.discreet_pdf.id in seen and protocol.pdf.id not in seen
    assert Contact.select().count() == 0
