"""The ledger's pages: what could not be sent stands there with its reason, its next try and the way out;
sending again."""

import re

import pytest

from models.contact import Contact
from models.event import Event
from models.fault_report import FaultReport
from models.message import Channel, Message, MessageState
from models.refusals import Refused, refuse
from models.user import User
from tasks import notifications
from tests import factories
from tests.cast import work
from tests.post_office import later, post_office


@pytest.fixture
def message(cast) -> Message:
    """The technician's e-mail about a customer, refused by the mail server for good."""
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    with post_office() as server:
        server.say("RCPT", "550 5.1.1 No such user")
        work()
    return Message.get(Message.channel == Channel.EMAIL)


def page(cast, message: Message, who: str = "dispatcher") -> str:
    return cast.at(who).get(f"/messages/{message.id}").text


def resend(cast, message: Message, who: str = "dispatcher"):
    return cast.at(who).post(f"/messages/{message.id}/resending")


def against(cast, message: Message) -> list[str]:
    return [refusal.code for refusal in Message.get_by_id(message.id).why_not("resend", cast.dispatcher)]


def test_the_list_says_why_and_has_the_unsent_behind_a_tab(cast, message):
    at = cast.at("dispatcher")
    everything = at.get("/messages/").text
    assert everything.count('class="name"') == 2
    unsent = at.get("/messages/?status=unsent").text
    assert unsent.count('class="name"') == 1
    assert "The mail server refused the message" in unsent and "Assigned to a customer" in unsent


def test_a_held_message_says_when_it_is_tried_again(cast):
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    work()
    waiting = cast.at("dispatcher").get("/messages/?status=waiting").text
    assert "No mail server is set up, so no e-mail leaves, next try" in waiting
    assert "Next try" in page(cast, Message.get(Message.channel == Channel.EMAIL))


def test_a_role_that_is_not_told_is_named_in_the_readers_language(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    for language, sentence in (
        ("en", "The role Owner is not told of this"),
        ("sv", "Rollen Ägare får inte veta detta"),
    ):
        User.update(language=language).where(User.id == cast.owner.id).execute()
        assert sentence in cast.at("owner").get("/messages/?status=skipped").text


def test_the_menu_counts_what_was_not_sent(cast, message):
    assert re.search(
        r'href="/messages/"[^>]*>.*?<span class="count">1</span>', cast.at("dispatcher").get("/today/").text
    )


def test_the_page_of_a_message_has_every_fact(cast, message):
    text = page(cast, message)
    for fact in (
        "Elin Fors",
        "technician@norrvik.example",
        "E-mail",
        "English",
        "Not sent",
        message.key,
        "1042 Lövskär Livs AB",
    ):
        assert fact in text
    assert "It answered: 550 5.1.1 No such user" in text
    assert f'href="/customers/{cast.lovskar.id}"' in text


def test_a_possible_repetition_is_marked(cast, message):
    assert "Possibly repeated" not in page(cast, message)
    Message.update(maybe_repeated=True).where(Message.id == message.id).execute()
    assert "Possibly repeated" in page(cast, message)


def test_send_again_goes_at_once_and_to_the_address_known_today(cast, message):
    User.update(email="elin@norrvik.example").where(User.id == cast.technician.id).execute()
    answer = resend(cast, message)
    assert (answer.status_code, answer.location) == (302, f"/messages/{message.id}")
    with post_office() as server:
        work()
    assert server.recipients == [["elin@norrvik.example"]]
    assert Event.select().where(Event.verb == "message.resent").count() == 1


def test_what_is_sent_or_on_its_way_is_not_sent_again(cast, message):
    resend(cast, message)
    assert against(cast, message) == ["message.on_its_way"]
    on_its_way = resend(cast, message)
    assert on_its_way.status_code == 409 and "The message is waiting to be sent" in on_its_way.text
    with post_office():
        work()
    assert against(cast, message) == ["message.sent"]
    sent = resend(cast, message)
    assert sent.status_code == 409 and "The message is sent" in sent.text
    assert 'aria-disabled="true"' in page(cast, message)


def test_of_two_who_send_again_one_does(cast, message):
    stale = Message.get_by_id(message.id)
    resend(cast, message)
    with pytest.raises(Refused):
        stale.resend(by=cast.dispatcher)
    assert Event.select().where(Event.verb == "message.resent").count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("finance", 403), ("cashier", 404), ("technician", 403), ("southerner", 404), ("linnea", 404)]
)
def test_who_may_not_send_again_changes_nothing(cast, message, who, status):
    assert resend(cast, message, who).status_code == status
    assert Message.get_by_id(message.id).state is MessageState.FAILED


def test_people_without_the_list_see_none_of_it(cast, message):
    assert cast.at("cashier").get("/messages/").status_code == 403
    assert cast.at("southerner").get("/messages/").text.count('class="name"') == 0


def test_several_are_sent_again_from_the_list_and_the_others_are_counted(cast, message):
    in_app = Message.get(Message.channel == Channel.APP)
    answer = cast.at("dispatcher").post(
        "/messages/resending", data={"id": [message.id, in_app.id, 999]}, follow_redirects=True
    )
    assert "1 message goes out again." in answer.text and "1 stays as it is" in answer.text
    assert Message.get_by_id(message.id).state is MessageState.PLANNED
    cast.at("dispatcher").post("/messages/resending", data={})


def skipped(cast, code: str) -> Message:
    work()
    return next(message for message in Message.select() if message.refusal and message.refusal.code == code)


def protocol_event(cast) -> None:
    """Something that contacts are told of."""
    order = factories.fault_report(cast.marit, cast.lovskar, cast.shop).accept(by=cast.dispatcher)
    factories.committed(lambda: Event.record("protocol.ready", by=None, about=order))


def test_a_contact_who_got_an_address_since_can_be_written_to(cast):
    contact = factories.contact(cast.lovskar, email="")
    protocol_event(cast)
    message = skipped(cast, "contact.no_email")
    refused = resend(cast, message)
    assert refused.status_code == 409
    assert ">Change the contact</a>" in refused.text
    Contact.update(email="marit@lovskar.example").where(Contact.id == contact.id).execute()
    assert resend(cast, message).status_code == 302
    assert (Message.get_by_id(message.id).state, Message.get_by_id(message.id).address) == (
        MessageState.PLANNED,
        "marit@lovskar.example",
    )


def test_a_contact_who_wants_no_news_is_not_written_to_again(cast):
    contact = factories.contact(cast.lovskar, wants_news=False)
    protocol_event(cast)
    message = skipped(cast, "consent.notifications_off")
    assert resend(cast, message).status_code == 409
    Contact.update(wants_news=True).where(Contact.id == contact.id).execute()
    assert resend(cast, message).status_code == 302


def test_a_failed_message_does_not_go_to_who_said_no_meanwhile(cast):
    contact = factories.contact(cast.lovskar)
    protocol_event(cast)
    work()
    message = Message.get(Message.contact == contact)
    Message.update(
        state=MessageState.FAILED, reason=refuse("provider.rejected", answer="550", message_id=message.id)
    ).where(Message.id == message.id).execute()
    Contact.update(wants_news=False).where(Contact.id == contact.id).execute()
    answer = resend(cast, message)
    assert answer.status_code == 409 and "does not want this news" in answer.text


def test_where_there_was_nobody_to_tell_those_who_came_since_are_told(cast):
    protocol_event(cast)
    message = skipped(cast, "customer.nobody_to_tell")
    assert resend(cast, message).status_code == 409
    one, two = (
        factories.contact(cast.lovskar, "One"),
        factories.contact(cast.lovskar, "Two", email="two@lovskar.example"),
    )
    assert resend(cast, message).status_code == 302
    told = Message.select().where(Message.verb == "protocol.ready")
    assert {(row.contact, row.state) for row in told} == {(one, MessageState.PLANNED), (two, MessageState.PLANNED)}


def test_who_left_the_plan_is_no_longer_written_to(cast):
    contact = factories.contact(cast.lovskar, email="")
    protocol_event(cast)
    message = skipped(cast, "contact.no_email")
    Contact.update(send_protocol=False).where(Contact.id == contact.id).execute()
    factories.contact(cast.lovskar, "Another")
    answer = resend(cast, message)
    assert answer.status_code == 409
    assert "is no longer among those who are told of this" in answer.text
    assert against(cast, message) == ["message.not_concerned"]


def test_ones_own_act_is_never_told_however_often_it_is_asked(cast):
    factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
    assert resend(cast, skipped(cast, "staff.own_action")).status_code == 409


def test_the_ledger_is_empty_at_first(cast):
    assert "No messages yet" in cast.at("dispatcher").get("/messages/").text


def test_an_export_has_the_reasons_in_words(cast, message):
    answer = cast.at("dispatcher").get("/messages/export/csv")
    assert answer.status_code == 200
    assert "The mail server refused the message" in answer.data.decode("utf-8-sig")


def test_a_waiting_message_becomes_due_again_only_after_its_wait(cast):
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    work()
    held = Message.get(Message.channel == Channel.EMAIL)
    assert Message.due() == []
    later(held)
    assert Message.due() == [held.id]
    notifications.deliver.call_local()
    assert Message.get_by_id(held.id).tries == 2


def test_news_of_a_report_that_is_gone_opens_nothing_but_itself(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    message = Message.select().first()
    FaultReport.delete().where(FaultReport.id == report.id).execute()
    assert cast.at("dispatcher").get(f"/messages/{message.id}").status_code == 200
