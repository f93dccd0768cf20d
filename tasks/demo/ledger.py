"""The demo's messages: planned by the same rules as real ones, and long since sent, held, failed or skipped."""

from datetime import timedelta

import peewee

from models.base import now
from models.event import Event
from models.message import FAILED, HELD, SENT, TO_BE_SENT, Channel, Message
from models.notification import WHO, plan_for
from models.refusals import refuse

REMEMBERED = timedelta(days=150)
UNREAD = timedelta(hours=30)
REJECTED_EVERY, NEWEST_HELD = 45, 3
FULL_MAILBOX = "552 5.2.2 Mailbox full"
NO_SUCH_USER = "550 5.1.1 No such user here"


def write_ledger() -> None:
    """Give the last months' events their messages; nothing is left that the worker would send now."""
    recent = Event.select().where((Event.at > now() - REMEMBERED) & Event.verb.in_(list(WHO))).order_by(Event.id)
    for event in recent:
        Message.plan_all([(event, plan_for(event))])
    put_in_the_past()
    some_go_wrong()
    planned = Message.state.in_(TO_BE_SENT) & Message.reason.is_null()
    Message.update(state=SENT, tries=1).where(planned).execute()


def put_in_the_past() -> None:
    """Each message was made when its event happened, and news of the day before yesterday are read."""
    happened = Event.select(Event.at).where(Event.id == Message.event)
    times = {
        "created_at": happened,
        "next_try_at": happened,
        "sent_at": peewee.Case(None, [(Message.state.in_((SENT, *TO_BE_SENT)), happened)]),
    }
    Message.update(subject=Event.select(Event.what).where(Event.id == Message.event), **times).execute()
    Message.update(read_at=happened).where(
        (Message.channel == Channel.APP) & (Message.created_at < now() - UNREAD)
    ).execute()
    Event.update(dispatched_at=Event.at).execute()


def some_go_wrong() -> None:
    mails = list(
        Message.select().where((Message.channel == Channel.EMAIL) & Message.state.in_(TO_BE_SENT)).order_by(Message.id)
    )
    for message in mails[REJECTED_EVERY - 1 :: REJECTED_EVERY]:
        answer = NO_SUCH_USER if message.id % 2 else FULL_MAILBOX
        settle(message, FAILED, "provider.rejected", answer, tries=1)
    for message in mails[-NEWEST_HELD:]:
        settle(message, HELD, "provider.unreachable", "timed out", tries=2, next_try_at=now() + timedelta(hours=1))


def settle(message: Message, state, code: str, answer: str, **more) -> None:
    reason = refuse(code, answer=answer, message_id=message.id)
    Message.update(state=state, reason=reason, sent_at=None, **more).where(Message.id == message.id).execute()
