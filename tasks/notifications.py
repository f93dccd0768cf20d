"""From an event to its messages, and from a message to the outside. Both are safe to run twice and to be killed."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from models.base import connection, now
from models.event import Event
from models.message import Message
from models.notification import plan_for
from models.refusals import refuse
from tasks import CONFIG, documents, huey, letters, uploads
from tasks.channels import CHANNELS, Channel, SendError

log = structlog.get_logger("kundbok.messages")

# What else the worker does when something happened, beside telling people.
REACTIONS: dict[str, Callable[[Event], object]] = {
    "protocol.signed": lambda event: documents.make_protocol(event.record_id),
    "file.uploaded": lambda event: uploads.prepare(event.data["file_id"]),
    "fault_report.reported": lambda event: uploads.prepare_all(),
}

BATCH = 200


@huey.task(name="dispatch", priority=50)
def dispatch(event_id: int) -> None:
    """Turn one event into the ledger's rows, then ring for each that is to be sent."""
    with connection():
        event = Event.get_or_none(Event.id == event_id)
        if event is None or event.dispatched_at:
            return
        Message.plan_all(event, plan_for(event))
        reaction = REACTIONS.get(event.verb)
        if reaction:
            reaction(event)
        for message in event.messages:
            if message.waits:
                deliver(message.id)


@huey.task(name="deliver", priority=40)
def deliver(message_id: int) -> None:
    """Send one message if nobody else has it: claim, send outside any transaction, write the outcome."""
    with connection():
        message = Message.claim_one(message_id)
        if message is not None:
            send(message)


def send(message: Message) -> None:
    try:
        letter = letters.write(message)
        channel(message).send(letter, key=message.key)
    except SendError as error:
        message.failed(refuse(error.code, answer=error.answer, message_id=message.id), permanent=error.permanent)
        log.warning("not_sent", message=message.id, code=error.code, tries=message.tries)
    except Exception as error:
        message.failed(
            refuse("message.failed_inside", answer=type(error).__name__, message_id=message.id), permanent=False
        )
        log.exception("not_written", message=message.id)
    else:
        message.sent(letter.subject)
        log.info("sent", message=message.id, verb=message.verb)


def channel(message: Message) -> Channel:
    """The way out for this message; an installation without a mail server says so."""
    if not CONFIG.smtp_url:
        raise SendError("provider.not_configured", permanent=False)
    return CHANNELS[message.channel.value](CONFIG.smtp_url)


def sweep() -> None:
    """Whatever was not rung for, or whose worker died: events without messages, messages that are due."""
    with connection():
        for event in list(Event.waiting(BATCH)):  # read to the end: SQLite refuses to write over an older reading
            make_up_for(event.id)
        for message_id in Message.due(BATCH):
            deliver.call_local(message_id)


def make_up_for(event_id: int) -> None:
    """One event that cannot be told of must not keep the later ones waiting."""
    try:
        dispatch.call_local(event_id)
    except Exception:
        log.exception("not_planned", event_id=event_id)


def run_until_done(limit: timedelta = timedelta(seconds=60)) -> None:
    """Sweep until nothing is due: what a script or a test does instead of running a worker."""
    until = now() + limit
    while now() < until and (Event.waiting(1).exists() or Message.due(1)):
        sweep()
