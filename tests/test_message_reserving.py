"""Who has which message: reserved by the hundred, begun one by one, and free again when its worker is gone."""

import subprocess
import sys
import threading

import pytest
from flask_babel import force_locale

from models.base import db, on_postgres, soon_durable
from models.event import Event
from models.message import Message, MessageState
from tasks import notifications, presence
from tasks.turn import Turn
from tests.post_office import later, post_office

HERE, THERE = "a" * 16, "b" * 16


@pytest.fixture
def messages(cast) -> list[int]:
    """Three letters that are due."""
    notifications.run_until_done()
    Message.delete().execute()
    tell(cast, 3)
    notifications.make_up()
    return [message.id for message in Message.select().where(Message.channel == "email").order_by(Message.id)]


def tell(cast, times: int) -> None:
    with db.atomic():
        for _ in range(times):
            Event.record(
                "customer.assigned", by=cast.dispatcher, about=cast.lovskar, person="E", person_id=cast.technician.id
            )


def facts(ids: list[int]) -> list[tuple]:
    rows = Message.select().where(Message.id.in_(ids)).order_by(Message.id)
    return [(row.state, bool(row.claim), row.maybe_repeated) for row in rows]


def test_what_one_has_reserved_the_other_does_not_get(messages):
    claim = Message.reserve(HERE, messages[:2])
    other = Message.reserve(THERE, messages)
    assert [message.id for message in Message.reserved(claim, messages)] == messages[:2]
    assert [message.id for message in Message.reserved(other, messages)] == messages[2:]
    assert Message.due() == []


def test_what_was_reserved_and_not_begun_can_be_let_go(messages):
    claim = Message.reserve(HERE, messages)
    begun, *_rest = Message.reserved(claim, messages)
    assert begun.begin()
    Message.let_go(claim)
    assert facts(messages) == [(MessageState.SENDING, True, False)] + [(MessageState.PLANNED, False, False)] * 2
    assert Message.due() == messages[1:]


def test_of_a_worker_that_is_gone_only_what_it_had_begun_may_be_a_repetition(messages):
    claim = Message.reserve(HERE, messages)
    begun, *_rest = Message.reserved(claim, messages)
    assert begun.begin()
    Message.owner_is_gone(THERE)
    assert Message.due() == []
    Message.owner_is_gone(HERE)
    assert sorted(Message.due()) == messages
    Message.reserve(THERE, messages)
    assert [repeated for _state, _claim, repeated in facts(messages)] == [True, False, False]


def test_of_a_worker_of_whom_nothing_is_known_all_may_be_repetitions(messages):
    """The power was cut: whether a message was begun is not known, only that it was reserved."""
    Message.reserve(HERE, messages)
    later()
    assert sorted(Message.due()) == messages
    Message.reserve(THERE, messages)
    assert facts(messages) == [(MessageState.PLANNED, True, True)] * 3


def test_who_comes_too_late_does_not_begin(messages):
    late = Message.reserved(Message.reserve(HERE, messages), messages)
    later()
    Message.reserve(THERE, messages)
    assert not any(message.begin() for message in late)


def test_a_worker_that_is_to_end_begins_no_further_letter_and_keeps_none(messages, monkeypatch):
    def last(message, ways):
        send(message, ways)
        notifications.leaving.set()

    send = notifications.send
    monkeypatch.setattr(notifications, "leaving", threading.Event())
    monkeypatch.setattr(notifications, "send", last)
    with post_office() as server:
        notifications.deliver.call_local()
    assert len(server.letters) == 1
    assert facts(messages) == [(MessageState.SENT, False, False)] + [(MessageState.PLANNED, False, False)] * 2


def test_a_batch_that_takes_too_long_is_broken_off_and_its_rest_is_free(messages, monkeypatch):
    monkeypatch.setattr(notifications, "LONGEST_BATCH", -1.0)
    with post_office() as server:
        assert notifications.send_some(messages, {})
    assert not server.letters
    assert facts(messages) == [(MessageState.PLANNED, False, False)] * 3


def test_more_than_one_batch_is_planned_and_sent_and_poison_stays_behind(cast, monkeypatch):
    monkeypatch.setattr(notifications, "BATCH", 2)
    monkeypatch.setattr(notifications, "LETTERS_AT_ONCE", 2)
    notifications.run_until_done()
    with db.atomic():
        poison = [
            Event.record("customer.assigned", by=cast.dispatcher, about=cast.lovskar).id
            for _ in range(3)  # names nobody
        ]
    tell(cast, 5)
    with post_office() as server:
        notifications.sweep()
    assert len(server.letters) == 5
    assert [event.id for event in Event.waiting()] == poison


def test_a_ring_for_one_event_plans_what_waits_beside_it(cast):
    notifications.run_until_done()
    tell(cast, 3)
    notifications.dispatch.call_local(Event.waiting().first().id)
    assert not Event.waiting().exists()


def test_a_message_sent_again_goes_at_once(cast, messages):
    Message.update(state=MessageState.FAILED, tries=5).where(Message.id == messages[0]).execute()
    notifications.huey.flush()
    with force_locale("en"):
        Message.get_by_id(messages[0]).resend(by=cast.owner)
    notifications.dispatch.call_local(Event.waiting().first().id)
    assert [task.name for task in notifications.huey.pending()].count("deliver") == 1


def test_what_is_soon_durable_is_so_for_that_write_only(database):
    setting, usual, soon = ("synchronous_commit", "on", "off") if on_postgres() else ("synchronous", 2, 1)

    def durability() -> object:
        return db.execute_sql(f"{'SHOW' if on_postgres() else 'PRAGMA'} {setting}").fetchone()[0]

    if on_postgres():
        db.execute_sql("SET synchronous_commit = on")  # the tests' server is started without
    with pytest.raises(ZeroDivisionError), soon_durable():
        assert durability() == soon
        raise ZeroDivisionError
    assert durability() == usual
    with db.atomic(), soon_durable():
        assert durability() == usual
    if on_postgres():
        db.execute_sql("RESET synchronous_commit")


LIVE = "from tasks import presence; print(presence.me(), flush=True); input()"


def test_a_worker_that_died_is_known_to_be_gone_and_one_that_lives_is_not():
    me = presence.me()
    worker = subprocess.Popen([sys.executable, "-c", LIVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    name = worker.stdout.readline().strip()
    assert name not in list(presence.gone())
    worker.kill()
    worker.communicate()
    assert list(presence.gone()) == [name]
    assert list(presence.gone()) == []
    assert presence.me() == me


def test_nothing_is_known_of_workers_from_before_the_machine_was_started():
    presence.me()
    before = presence.folder() / "0123abcdffffffff"
    before.touch()
    assert list(presence.gone()) == []
    assert not before.exists()


def test_who_comes_while_the_work_is_done_leaves_word_and_it_is_done_once_more():
    done = []

    def work() -> None:
        done.append(threading.current_thread().name)
        if len(done) == 1:
            comer = threading.Thread(target=turn, name="comer")
            comer.start()
            comer.join(5)
            assert not comer.is_alive()

    turn = Turn(work)
    turn()
    assert done == ["MainThread", "MainThread"]
    turn()
    assert len(done) == 3
