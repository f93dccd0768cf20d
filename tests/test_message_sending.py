"""The ledger meets a real mail server: what goes out, what is held and why, what is parked, and what may be a
repetition."""

import pytest

from models.base import db, now
from models.event import Event
from models.message import PATIENCE, TRIES, Message, MessageState
from models.notification import plan_for
from tasks import letters, notifications
from tests import factories
from tests.cast import work
from tests.post_office import connected, later, post_office

CLOSED = "smtp://127.0.0.1:9"  # the discard port: nobody answers


@pytest.fixture
def message(cast) -> Message:
    """The e-mail to the technician who was given an order."""
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    order.assign([cast.technician], by=cast.dispatcher)
    for event in Event.waiting():
        notifications.dispatch.call_local(event.id)
    return Message.get((Message.user == cast.technician) & (Message.channel == "email"))


def after(message: Message) -> Message:
    return Message.get_by_id(message.id)


def test_a_letter_goes_out_once_in_the_recipients_language_under_its_own_identity(cast, message):
    with post_office() as server:
        work()
        work()
    (letter,) = [letter for letter in server.letters if "Order 101" in letter["Subject"]]
    assert letter["To"] == "Elin Fors <technician@norrvik.example>"
    assert letter["Message-ID"] == f"<{message.key}@norrvik.example>"
    assert letter["Content-Language"] == "en"
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert (after(message).state, after(message).subject, after(message).tries) == (
        MessageState.SENT,
        letter["Subject"],
        1,
    )


def test_without_a_mail_server_it_waits_and_says_so(message):
    work()
    held = after(message)
    assert (held.state, held.refusal.code) == (MessageState.HELD, "provider.not_configured")
    assert held.next_try_at > now()


@pytest.mark.parametrize(
    ("step", "answer", "state", "code"),
    [
        ("RCPT", "450 4.2.1 Mailbox busy", MessageState.HELD, "provider.rejected"),
        ("RCPT", "550 5.1.1 No such user", MessageState.FAILED, "provider.rejected"),
        ("DATA", "554 5.7.1 Not wanted here", MessageState.FAILED, "provider.rejected"),
        ("MAIL", "530 5.7.0 Authentication required", MessageState.HELD, "provider.not_authorised"),
    ],
)
def test_the_servers_own_words_stand_on_the_message(message, step, answer, state, code):
    with post_office() as server:
        server.say(step, answer)
        work()
    parked = after(message)
    assert (parked.state, parked.refusal.code, parked.refusal.params["answer"]) == (state, code, answer)
    assert not server.letters


def test_a_server_that_hangs_up_after_the_last_dot_gets_the_same_letter_again_and_it_is_marked(message):
    with post_office() as server:
        server.drop("DATA")
        work()
        assert (after(message).refusal.code, after(message).maybe_repeated) == ("provider.no_answer", True)
        server.drops.clear()
        later()
        work()
    assert [letter["Message-ID"] for letter in server.letters] == [f"<{message.key}@norrvik.example>"] * 2
    assert (after(message).state, after(message).maybe_repeated) == (MessageState.SENT, True)


def test_a_message_that_is_refused_five_times_is_parked(message):
    with post_office() as server:
        server.say("RCPT", "450 4.2.1 Mailbox busy")
        for _ in range(TRIES + 2):
            work()
            later()
    assert (after(message).state, after(message).tries) == (MessageState.FAILED, TRIES)


def test_the_waits_grow(message):
    waits = []
    with post_office() as server:
        server.say("RCPT", "450 4.2.1 Mailbox busy")
        for _ in range(TRIES - 1):
            moment = now()
            work()
            waits.append(round((after(message).next_try_at - moment).total_seconds() / 60))
            later()
    assert waits == [1, 5, 20, 60]


def test_while_the_server_is_away_a_message_is_tried_hourly_for_two_days_and_then_parked(message):
    with connected(CLOSED):
        for _ in range(TRIES + 1):
            work()
            later()
        assert (after(message).state, after(message).refusal.code) == (MessageState.HELD, "provider.unreachable")
        Message.update(tries=PATIENCE - 1).where(Message.id == message.id).execute()
        work()
    assert (after(message).state, after(message).tries) == (MessageState.FAILED, PATIENCE)


def test_a_letter_that_cannot_be_written_is_parked_and_the_others_go(cast, message, monkeypatch):
    def broken(written):
        if written.id == message.id:
            raise RuntimeError("no such template")
        return write(written)

    write = letters.write
    monkeypatch.setattr(letters, "write", broken)
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    with post_office() as server:
        for _ in range(TRIES):
            work()
            later()
    assert [letter["Subject"] for letter in server.letters] == ["You now look after 1042 Lövskär Livs AB"]
    assert (after(message).state, after(message).refusal.code) == (MessageState.FAILED, "message.failed_inside")


def test_a_message_that_brings_its_worker_down_is_parked_after_five(message):
    for _ in range(TRIES):
        assert Message.claim_one(message.id)
        later()
    assert Message.claim_one(message.id) is None
    parked = after(message)
    assert (parked.state, parked.refusal.code, parked.tries, parked.maybe_repeated) == (
        MessageState.FAILED,
        "message.broken_off",
        TRIES,
        True,
    )
    assert Message.due() == []


def test_a_claim_is_one_workers_only_and_the_late_one_writes_nothing(message):
    first = Message.claim_one(message.id)
    assert Message.claim_one(message.id) is None
    later()
    second = Message.claim_one(message.id)
    assert second.maybe_repeated
    assert not first.sent("late")
    assert second.sent("in time")
    assert (after(message).subject, after(message).state) == ("in time", MessageState.SENT)


def test_planning_twice_plans_once(cast, message):
    count = Message.select().count()
    notifications.dispatch.call_local(message.event_id)
    Event.update(dispatched_at=None).where(Event.id == message.event_id).execute()
    notifications.dispatch.call_local(message.event_id)
    assert Message.select().count() == count


def test_an_event_nobody_rang_for_is_swept_up(cast):
    with db.atomic():
        event = Event.record(
            "customer.assigned", by=cast.dispatcher, about=cast.lovskar, person="Elin", person_id=cast.technician.id
        )
    notifications.sweep()
    assert Event.get_by_id(event.id).dispatched_at
    assert Message.select().where(Message.event == event).count() == 2


def test_an_event_that_cannot_be_planned_does_not_keep_the_later_ones_waiting(cast):
    with db.atomic():
        poison = Event.record("customer.assigned", by=cast.dispatcher, about=cast.lovskar)  # names nobody
        sound = Event.record(
            "customer.assigned", by=cast.dispatcher, about=cast.lovskar, person="Elin", person_id=cast.technician.id
        )
    notifications.sweep()
    assert Event.get_by_id(poison.id).dispatched_at is None
    assert Event.get_by_id(sound.id).dispatched_at


def test_of_two_workers_who_plan_the_same_event_one_writes(cast):
    with db.atomic():
        event = Event.record(
            "customer.assigned", by=cast.dispatcher, about=cast.lovskar, person="Elin", person_id=cast.technician.id
        )
    both = [Event.get_by_id(event.id), Event.get_by_id(event.id)]
    for seen in both:
        Message.plan_all([(seen, plan_for(seen))])
    assert Message.select().where(Message.event == event).count() == 2


def test_a_message_that_is_done_is_not_delivered_again(message):
    with post_office() as server:
        work()
        notifications.deliver.call_local()
    assert len(server.letters) == 1
