"""Every kind of news has a letter that renders in four languages, leads to the right side of the house and
leaks nothing."""

import re
from types import SimpleNamespace

import pytest

from models.base import Language, db
from models.event import HAPPENINGS, Event
from models.file import FileState
from models.message import Channel, Message, MessageState
from models.notification import NAMES, WHO, Recipient
from models.order import Order
from models.protocol import Protocol
from tasks import letters, vault
from tests import factories

NASTY = 'Kyl\r\nBcc: thief@evil.example\r\n\r\n<script>alert("x")</script> & Co'
HIDDEN = "Gauge swapped at the back door, code 4471"


@pytest.fixture
def scene(cast):
    """One record of each kind that news can be about, with a customer whose name tries everything."""
    customer = factories.customer(cast.house.north, NASTY, number="6666")
    place = factories.facility(customer, "Cold room")
    marit = factories.portal_user(customer, "Mats Öberg", login="mats")
    report = factories.fault_report(marit, customer, place)
    order = Order.from_report(report, by=cast.dispatcher)
    Order.update(performed_action=HIDDEN, internal_note="Pays late").where(Order.id == order.id).execute()
    protocol = factories.committed(lambda: Protocol.sign(order, by=cast.technician))
    vault().put("aa/protocol.pdf", b"%PDF-1.7 the paper")
    protocol.made(
        state=FileState.READY, name="101-1.pdf", mime="application/pdf", size=18, sha256="0" * 64, key="aa/protocol.pdf"
    )
    abouts = {
        "user": cast.technician,
        "store": cast.technician,
        "customer": customer,
        "fault_report": report,
        "order": order,
        "protocol": protocol,
        "quote": factories.quote(cast.dispatcher, customer, place),
    }
    return SimpleNamespace(cast=cast, customer=customer, reader=marit, order=order, abouts=abouts)


def message(scene, verb: str, to: Recipient, language: Language = Language.EN) -> Message:
    about = scene.abouts[verb.partition(".")[0]]
    facts = {"store": "031 Malmö", "why": "Out of our\r\nhands", "order": 101, "person": "Elin", "person_id": 1}
    with db.atomic():
        event = Event.record(verb, by=scene.cast.dispatcher, about=about, **facts)
    return Message.create(
        event=event,
        recipient=to.key,
        channel=Channel.EMAIL,
        user=to.user,
        contact=to.contact_id,
        name=to.name,
        address=to.email,
        language=language,
        verb=verb,
        state=MessageState.SENDING,
        key=f"{event.id}.{language.value}",
    )


def audience(scene, verb: str) -> Recipient:
    return Recipient.of_user(scene.reader if verb in letters.TO_CUSTOMERS else scene.cast.technician)


@pytest.mark.parametrize("language", Language)
def test_every_kind_of_news_has_a_letter_in_every_language(scene, language):
    for verb in WHO:
        check_letter(scene, verb, language)


def check_letter(scene, verb: str, language: Language) -> None:
    letter = letters.write(message(scene, verb, audience(scene, verb), language))
    assert letter.language == language.value
    assert letter.subject and "\n" not in letter.subject and "\r" not in letter.subject
    assert letter.text.strip() and "%(" not in letter.text + letter.subject + letter.html
    assert f'lang="{language.value}"' in letter.html
    assert "<script" not in letter.html and "#missing" not in letter.text


@pytest.mark.parametrize("verb", WHO)
def test_every_kind_of_news_has_its_folder_its_name_and_its_happening(verb):
    folder = letters.CSS.parent.parent / "templates" / "notifications" / verb.replace(".", "_")
    assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}
    assert verb in HAPPENINGS and verb in NAMES


def test_a_customers_name_cannot_begin_a_header(scene):
    letter = letters.write(message(scene, "customer.assigned", Recipient.of_user(scene.cast.technician)))
    assert "Bcc: thief@evil.example" in letter.subject
    assert len(letter.subject.splitlines()) == 1
    assert "&lt;script&gt;" in letter.html


@pytest.mark.parametrize("verb", sorted(letters.TO_CUSTOMERS))
def test_customers_are_led_to_the_portal_and_staff_to_their_side(scene, verb):
    to_customer = letters.write(message(scene, verb, Recipient.of_user(scene.reader)))
    to_staff = letters.write(message(scene, verb, Recipient.of_user(scene.cast.dispatcher), Language.SV))
    assert all("/portal/" in url for url in re.findall(r"http://kundbok.test\S+", to_customer.text))
    assert not any("/portal/" in url for url in re.findall(r"http://kundbok.test\S+", to_staff.text))
    assert "http://kundbok.test/" in to_staff.text


def test_who_has_no_login_gets_no_link_and_no_greeting_by_address(scene):
    letter = letters.write(
        message(scene, "fault_report.accepted", Recipient.of_address("marit@lovskar.example", Language.EN))
    )
    assert "http" not in letter.text
    assert "Hello" not in letter.text


def test_letters_to_customers_hold_nothing_internal(scene):
    letter = letters.write(
        message(scene, "order.performed", Recipient.of_address("marit@lovskar.example", Language.EN))
    )
    assert HIDDEN not in letter.text + letter.html
    assert "Pays late" not in letter.text + letter.html
    assert "070-174 06 16" not in letter.text


@pytest.mark.parametrize(("hidden", "shown"), [(False, True), (True, False)])
def test_the_performed_action_is_told_to_those_whose_account_shows_it(scene, hidden, shown):
    reader = factories.portal_user(scene.customer, "Nils Dold", login=f"dold{hidden}", hide_performed_action=hidden)
    letter = letters.write(message(scene, "order.performed", Recipient.of_user(reader)))
    assert (HIDDEN in letter.text, HIDDEN in letter.html) == (shown, shown)


def test_staff_read_who_to_call_and_how_urgent_it_is(scene):
    Order.update(priority="emergency").where(Order.id == scene.order.id).execute()
    letter = letters.write(message(scene, "order.assigned", Recipient.of_user(scene.cast.technician)))
    assert "070-174 06 16" in letter.text
    assert "Priority: Emergency" in letter.text


def test_the_protocol_goes_along_as_it_was_stored(scene):
    letter = letters.write(message(scene, "protocol.ready", Recipient.of_user(scene.reader)))
    assert letter.attachments == [("101-1.pdf", "application/pdf", b"%PDF-1.7 the paper")]


def test_a_letter_is_light_and_names_every_colour_by_its_token(scene):
    letter = letters.write(message(scene, "order.assigned", Recipient.of_user(scene.cast.technician)))
    assert "var(" not in letter.html and "<style" not in letter.html
    assert 'content="light only"' in letter.html
    assert "background: #0b5a73" in letter.html


def test_an_invitation_carries_a_link_that_opens_once(scene):
    letter = letters.write(message(scene, "user.invited", Recipient.of_user(scene.cast.technician)))
    link = re.search(r"http://kundbok.test(/login/link/\S+)", letter.text)
    assert scene.cast.technician.login in letter.text
    assert scene.cast.stranger().get(link[1]).status_code == 200
