"""Quotes: written, sent as a PDF, answered, made into an order; who may, what if twice, what if it fails."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from threading import Barrier, Thread

import pytest
from pypdf import PdfReader

from models.article import Article
from models.base import Language, connection, now
from models.event import Event
from models.file import File
from models.message import Message, MessageState
from models.order import Order
from models.organisation import Organisation
from models.quote import Quote, QuoteStatus
from models.rights import Right
from models.user import UserRight
from tasks import quotes, vault
from tests import factories
from tests.cast import work
from tests.pages import form, said
from tests.test_refusals_provoked import codes


@pytest.fixture
def goods(cast) -> Article:
    return factories.article(cast.owner)


@pytest.fixture
def quote(cast, goods) -> Quote:
    """A draft with one line, for the contact Marit."""
    contact = factories.contact(cast.lovskar)
    made = factories.quote(cast.dispatcher, cast.lovskar, cast.shop, contact=contact)
    made.add_line({"article": goods, "quantity": Decimal(2)}, by=cast.dispatcher)
    return made


def sent(quote: Quote, by) -> Quote:
    quote.send(by=by)
    return quote


def expire(quote: Quote) -> None:
    Quote.update(valid_until=Organisation.today() - timedelta(days=1)).where(Quote.id == quote.id).execute()
    quote.reload()


def verbs(quote: Quote) -> list[str]:
    return [event.verb for event in Event.about(quote)]


def text_of(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


# Writing


@pytest.mark.requirement("S2.17")
def test_a_quote_is_made_for_a_customer_and_stands_on_its_card(cast, goods):
    browser = cast.at("dispatcher")
    contact = factories.contact(cast.lovskar)
    fields = form(browser.get(f"/quotes/new?customer={cast.lovskar.id}").text)
    assert fields["valid_until"] == Quote.usual_end().isoformat()
    choices = {"facility": str(cast.shop.id), "contact": str(contact.id), "heading": "New heat pump"}
    answer = browser.post("/quotes/new", data=fields | choices)
    made = Quote.get()
    assert answer.location == f"/quotes/{made.id}#lines"
    assert (made.number, made.customer, made.contact, made.status) == (1001, cast.lovskar, contact, QuoteStatus.DRAFT)
    assert (made.store, made.made_by) == (cast.house.north, cast.dispatcher)
    browser.post(f"/quotes/{made.id}/lines/new", data={"article": "4711", "quantity": "2", "vat": "25"})
    made = Quote.get()
    assert (made.net, made.gross) == (69_800, 87_250)
    for page in (f"/customers/{cast.lovskar.id}", f"/facilities/{cast.shop.id}", "/quotes/"):
        text = browser.get(page).text
        assert f'href="/quotes/{made.id}"' in text and "698.00" in text, page
    assert "New heat pump" in browser.get("/search/?q=1001").text


def test_what_is_missing_is_said_and_the_look_up_keeps_what_was_typed(cast):
    browser = cast.at("dispatcher")
    nothing = browser.post("/quotes/new", data={"customer": "", "facility": "", "heading": ""})
    assert (nothing.status_code, Quote.select().count()) == (422, 0)
    asked = browser.post("/quotes/new", data={"customer": "1042", "heading": "Kept", "look": "1"})
    assert (asked.status_code, 'value="Kept"' in asked.text, cast.warehouse.name in asked.text) == (200, True, True)
    assert cast.warehouse.name in browser.get("/quotes/choices?customer=1042").text
    strange = {"customer": "1042", "facility": str(cast.laundry.id), "heading": "Not theirs"}
    assert browser.post("/quotes/new", data=strange).status_code == 422
    contact = factories.contact(cast.hotel)
    wrong = {"customer": cast.lovskar, "facility": cast.shop, "contact": contact, "heading": "x"}
    values = {**wrong, "valid_until": Quote.usual_end()}
    assert codes(lambda: Quote.add(values, by=cast.owner)) == {"quote.other_contact"}
    others = {**values, "contact": None, "facility": cast.laundry}
    assert codes(lambda: Quote.add(others, by=cast.owner)) == {"contact.other_facility"}
    made = factories.quote(cast.dispatcher, cast.lovskar, cast.shop)
    assert codes(lambda: made.change({"contact": contact}, by=cast.owner, seen=1)) == {"quote.other_contact"}


def test_a_draft_is_changed_and_two_people_merge(cast, quote):
    first, second = cast.at("dispatcher"), cast.at("owner")
    url = f"/quotes/{quote.id}/edit"
    mine, theirs = form(first.get(url).text), form(second.get(url).text)
    second.post(url, data=theirs | {"terms": "30 days"})
    assert first.post(url, data=mine | {"heading": "Two heat pumps"}).status_code == 302
    quote.reload()
    assert (quote.heading, quote.terms) == ("Two heat pumps", "30 days")
    del theirs["form_key"]
    assert second.post(url, data=theirs | {"heading": "Three"}).status_code == 409
    del mine["form_key"]
    assert first.post(url, data=mine | {"heading": ""}).status_code == 422


def test_numbers_have_no_gaps_where_a_quote_was_not_made(cast):
    factories.quote(cast.dispatcher, cast.lovskar, cast.shop)
    cast.hotel.inactivate(by=cast.owner)
    assert codes(lambda: factories.quote(cast.dispatcher, cast.hotel, cast.laundry)) == {"customer.inactive"}
    assert factories.quote(cast.dispatcher, cast.lovskar, cast.shop).number == 1002


# Sending


def test_before_sending_the_page_says_who_will_get_it(cast, quote):
    assert "Marit Olofsgård , E-mail" in said(cast.at("dispatcher").get(f"/quotes/{quote.id}").text)


def test_it_goes_to_its_contact_as_a_pdf_in_their_language(cast, quote):
    quote.contact.change({"language": Language.NB}, by=cast.owner, seen=1)
    quote.change(
        {"terms": "Betaling 14 dager", "introduction": "Takk for befaringen."}, by=cast.owner, seen=quote.version
    )
    browser = cast.at("dispatcher")
    assert browser.get(f"/quotes/{quote.id}/pdf").status_code == 404
    assert browser.post(f"/quotes/{quote.id}/sending").location == f"/quotes/{quote.id}"
    assert 'hx-trigger="every 1s"' in browser.get(f"/quotes/{quote.id}/paper").text
    work()
    quote.reload()
    paper = browser.get(f"/quotes/{quote.id}/pdf")
    assert paper.mimetype == "application/pdf"
    text = text_of(paper.data)
    for words in ("Tilbud", "1001", "Filter G4", "698,00", "174,50", "872,50", "Mva. 25", "Marit Olofsgård", "Vilkår"):
        assert words in text, words
    assert "120,50" not in text
    assert verbs(quote)[:2] == ["quote.ready", "quote.sent"]
    message = Message.get(Message.verb == "quote.ready")
    assert (message.name, message.address, message.language) == (
        "Marit Olofsgård",
        "marit@lovskar.example",
        Language.NB,
    )
    page = said(browser.get(f"/quotes/{quote.id}").text)
    assert "Marit Olofsgård" in page and "Tilbud 1001.pdf" in page


def test_the_letter_carries_the_paper(cast, quote):
    from tasks import letters

    sent(quote, cast.dispatcher)
    work()
    letter = letters.write(Message.get(Message.verb == "quote.ready"))
    assert letter.subject == "Offert 1001: New heat pump"
    ((name, mime, content),) = letter.attachments
    assert (name, mime, content[:5]) == ("Offert 1001.pdf", "application/pdf", b"%PDF-")


def test_without_a_contact_it_goes_to_the_customer_and_without_an_address_the_ledger_says_so(cast, goods):
    for customer, place in ((cast.lovskar, cast.shop), (factories.customer(cast.house.north, email=""), None)):
        made = factories.quote(cast.dispatcher, customer, place or factories.facility(customer))
        made.add_line({"article": goods}, by=cast.dispatcher)
        sent(made, cast.dispatcher)
    work()
    first, second = Message.select().where(Message.verb == "quote.ready").order_by(Message.id)
    assert (first.name, first.address) == ("Lövskär Livs AB", "info@lovskar.example")
    assert (second.state, second.refusal.code) == (MessageState.SKIPPED, "contact.no_email")


def test_it_is_not_sent_without_lines_nor_after_its_last_day(cast, quote):
    empty = factories.quote(cast.dispatcher, cast.lovskar, cast.shop)
    expire(empty)
    assert codes(lambda: empty.send(by=cast.dispatcher)) == {"quote.empty"} | {"quote.expired"}
    page = cast.at("dispatcher").get(f"/quotes/{empty.id}").text
    assert "The quote has no lines" in page and f'href="/quotes/{empty.id}/lines/new"' in page
    assert cast.at("dispatcher").post(f"/quotes/{empty.id}/sending").status_code == 409
    assert codes(lambda: empty.accept("", by=cast.dispatcher)) == {"quote.draft"}


def test_what_is_sent_stays_as_the_customer_has_it(cast, quote):
    sent(quote, cast.dispatcher)
    (line,) = quote.written_lines
    acts = (
        lambda: quote.change({"heading": "Other"}, by=cast.owner, seen=quote.version),
        lambda: quote.add_line({"text": "More", "price": 1}, by=cast.owner),
        lambda: quote.change_line(line, {"price": 1}, by=cast.owner, seen=1),
        lambda: quote.remove_line(line, by=cast.owner),
        lambda: quote.send(by=cast.owner),
    )
    assert [codes(act) for act in acts] == [{"quote.sent"}] * len(acts)
    browser = cast.at("dispatcher")
    assert browser.get(f"/quotes/{quote.id}/edit").status_code == 409
    assert browser.get(f"/quotes/{quote.id}/lines/{line.id}").status_code == 409
    assert Quote.get().net == 69_800


def test_of_two_who_send_at_once_one_does(cast, quote, app):
    outcomes, gate = [], Barrier(2)

    def send() -> None:
        with app.app_context(), connection():
            mine = Quote.get_by_id(quote.id)
            gate.wait()
            try:
                mine.send(by=cast.dispatcher)
                outcomes.append("sent")
            except Exception as error:
                outcomes.append(str(error))

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["quote.sent", "sent"]
    assert Event.select().where(Event.verb == "quote.sent").count() == 1


def test_a_paper_that_cannot_be_made_holds_up_and_can_be_tried_at_once(cast, quote, monkeypatch):
    assert codes(lambda: quote.make_now(by=cast.dispatcher)) == {"quote.not_held_up"}
    sent(quote, cast.dispatcher)
    with monkeypatch.context() as broken:
        broken.setattr(quotes, "print_quote", lambda quote: 1 / 0)
        work()
    quote.reload()
    assert (quote.is_held_up, quote.attempts, quote.is_printed) == (True, 1, False)
    assert quote.next_try_at > now()
    browser = cast.at("dispatcher")
    assert "The PDF could not be made yet" in browser.get(f"/quotes/{quote.id}").text
    work()
    assert quote.pdf is None  # it waits
    browser.post(f"/quotes/{quote.id}/making")
    work()
    quote.reload()
    assert quote.pdf is not None
    assert quote.printed(key="second", name="x", mime="x", size=1) is False
    assert len(File.of(quote)) == 1
    assert vault().get(quote.pdf.key)[:5] == b"%PDF-"


# The answer


def test_the_answer_is_noted_with_who_and_when(cast, quote):
    sent(quote, cast.dispatcher)
    browser = cast.at("dispatcher")
    assert browser.post(f"/quotes/{quote.id}/acceptance", data={"note": "On the phone"}).status_code == 302
    quote.reload()
    assert (quote.status, quote.answered_by, quote.answer_note) == (
        QuoteStatus.ACCEPTED,
        cast.dispatcher,
        "On the phone",
    )
    page = said(browser.get(f"/quotes/{quote.id}").text)
    assert "Sanna Lindmo" in page and "On the phone" in page
    assert codes(lambda: quote.decline("", by=cast.owner)) == {"quote.answered"}
    assert codes(lambda: quote.void(by=cast.owner)) == {"quote.answered"}


def test_a_declined_quote_makes_no_order(cast, quote):
    sent(quote, cast.dispatcher)
    cast.at("dispatcher").post(f"/quotes/{quote.id}/refusal", data={"note": "Too dear"})
    quote.reload()
    assert (quote.status, quote.answer_note) == (QuoteStatus.DECLINED, "Too dear")
    assert codes(lambda: quote.make_order(by=cast.dispatcher)) == {"quote.not_accepted"}


def test_a_quote_expires_by_itself_and_is_prolonged(cast, quote):
    sent(quote, cast.dispatcher)
    quote.reload()
    assert quote.standing is QuoteStatus.SENT
    expire(quote)
    assert (quote.status, quote.standing) == (QuoteStatus.SENT, QuoteStatus.EXPIRED)
    browser = cast.at("dispatcher")
    assert "Expired" in said(browser.get(f"/quotes/{quote.id}").text)
    assert "New heat pump" in browser.get("/quotes/?status=expired").text
    assert "New heat pump" not in browser.get("/quotes/?status=sent").text
    assert codes(lambda: quote.accept("", by=cast.dispatcher)) == {"quote.expired"}
    assert browser.post(f"/quotes/{quote.id}/prolongation", data={"valid_until": ""}).status_code == 422
    assert browser.post(f"/quotes/{quote.id}/prolongation", data={"valid_until": "2020-01-01"}).status_code == 409
    later = Organisation.today() + timedelta(days=9)
    browser.post(f"/quotes/{quote.id}/prolongation", data={"valid_until": later.isoformat()})
    quote.reload()
    assert (quote.valid_until, quote.standing) == (later, QuoteStatus.SENT)
    assert verbs(quote)[0] == "quote.prolonged"


@pytest.mark.requirement("S2.17")
def test_an_accepted_quote_becomes_an_order_with_its_lines_in_one_click(cast, quote, goods):
    quote.add_line({"text": "Scaffolding", "price": 125_050, "vat": Decimal(12)}, by=cast.dispatcher)
    sent(quote, cast.dispatcher)
    quote.accept("", by=cast.dispatcher)
    goods.change({"sales_price": 1}, by=cast.owner, seen=1)
    answer = cast.at("dispatcher").post(f"/quotes/{quote.id}/order")
    order = Order.get()
    assert answer.location == f"/orders/{order.id}"
    assert (order.heading, order.facility, order.contact_name) == ("New heat pump", cast.shop, "Marit Olofsgård")
    said_by_both = [
        [(line.text, line.total, line.vat, line.cost) for line in one.written_lines] for one in (quote, order)
    ]
    assert said_by_both[0] == said_by_both[1]
    assert order.totals == quote.totals
    quote.reload()
    assert quote.order == order
    assert codes(lambda: quote.make_order(by=cast.dispatcher)) == {"quote.ordered"}
    assert cast.at("dispatcher").post(f"/quotes/{quote.id}/order").status_code == 409
    assert Order.select().count() == 1
    assert f'href="/orders/{order.id}"' in cast.at("dispatcher").get(f"/quotes/{quote.id}").text


def test_a_voided_quote_stays_in_the_lists(cast, quote):
    browser = cast.at("dispatcher")
    browser.post(f"/quotes/{quote.id}/void")
    quote.reload()
    assert quote.status is QuoteStatus.VOIDED
    assert "New heat pump" not in browser.get("/quotes/").text
    assert "New heat pump" in browser.get("/quotes/?status=voided").text
    assert codes(lambda: quote.send(by=cast.owner)) == {"quote.voided"}
    assert codes(lambda: quote.prolong(Quote.usual_end(), by=cast.owner)) == {"quote.voided"}


# Who may

WAYS = {
    Right.QUOTE_EDIT: ("edit", "get"),
    Right.QUOTE_SEND: ("sending", "post"),
    Right.QUOTE_CREATE: ("new", "get"),
}


@pytest.mark.parametrize("right", WAYS, ids=str)
def test_each_right_opens_its_door_and_its_withdrawal_shuts_it(cast, quote, right):
    way, method = WAYS[right]
    url = "/quotes/new" if way == "new" else f"/quotes/{quote.id}/{way}"
    browser = cast.at("dispatcher")
    UserRight.create(user=cast.dispatcher, right=right, granted=False)
    assert getattr(browser, method)(url).status_code == 403
    UserRight.update(granted=True).execute()
    assert getattr(browser, method)(url).status_code in (200, 302)


def test_who_sees_assigned_quotes_only_sees_their_own_and_their_customers(cast, quote):
    browser, where = cast.at("technician"), f"/quotes/{quote.id}"
    assert browser.get(where).status_code == 404
    assert "New heat pump" not in browser.get("/quotes/").text
    cast.lovskar.assign([cast.technician], by=cast.owner)
    assert browser.get(where).status_code == 200
    assert "New heat pump" in browser.get("/quotes/").text
    assert browser.post(f"{where}/sending").status_code == 403
    cast.lovskar.assign([], by=cast.owner)
    Quote.update(made_by=cast.technician).execute()
    assert browser.get(where).status_code == 200


def test_other_stores_and_the_portal_know_nothing_of_it(cast, quote):
    sent(quote, cast.dispatcher)
    work()
    for who in ("southerner", "marit", "cashier"):
        for way in ("", "/pdf", "/paper"):
            assert cast.at(who).get(f"/quotes/{quote.id}{way}").status_code == 404, who
    assert list(Quote.visible_to(cast.marit)) == []
    assert cast.at("southerner").get(f"/files/{quote.pdf.id}").status_code == 404
    assert "New heat pump" not in cast.at("southerner").get("/quotes/?status=all").text


def test_a_customer_with_a_quote_is_not_deleted(cast, quote):
    assert codes(lambda: cast.lovskar.remove(by=cast.owner)) == {"customer.in_use"}


def test_a_comment_stays_in_the_house(cast, quote):
    cast.at("dispatcher").post(f"/quotes/{quote.id}/comments", data={"text": "They hesitate"})
    cast.at("dispatcher").post(f"/quotes/{quote.id}/comments", data={"text": " "})
    assert "They hesitate" in cast.at("dispatcher").get(f"/quotes/{quote.id}").text
    (event,) = Event.select().where(Event.verb == "comment.written")
    assert event.internal


def test_custom_fields_of_a_quote_are_asked_for_and_printed(cast, quote):
    field = factories.custom_field(cast.owner, "Project", owner="quote")
    browser = cast.at("dispatcher")
    fields = form(browser.get(f"/quotes/{quote.id}/edit").text)
    browser.post(f"/quotes/{quote.id}/edit", data=fields | {field.name: "North wing"})
    assert "North wing" in browser.get(f"/quotes/{quote.id}").text
    sent(Quote.get_by_id(quote.id), cast.dispatcher)
    work()
    assert "North wing" in text_of(browser.get(f"/quotes/{quote.id}/pdf").data)
