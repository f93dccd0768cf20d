"""From an event to its messages, and from a message to the outside. Both are safe to run twice and to be killed."""

import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from models.base import connection, now
from models.event import Event
from models.message import PLANNED, Message
from models.notification import Known, Planned, mentioned, plan_for
from models.refusals import refuse
from tasks import CONFIG, documents, huey, leaving, letters, presence, quotes, uploads
from tasks.channels import CHANNELS, Channel, SendError
from tasks.turn import Turn

log = structlog.get_logger("kundbok.messages")

# What else the worker does when something happened, beside telling people.
REACTIONS: dict[str, Callable[[Event], object]] = {
    "protocol.signed": lambda event: documents.make_protocol(event.record_id),
    "quote.sent": lambda event: quotes.make_quote(event.record_id),
    "file.uploaded": lambda event: uploads.prepare(event.data["file_id"]),
    "fault_report.reported": lambda event: uploads.prepare_all(),
    "message.resent": lambda event: ring(),
}


def ring() -> None:
    deliver()


BATCH = 50  # events planned in one transaction: others who write wait for less than some hundredths of a second
LETTERS_AT_ONCE = 100
# What is reserved must be begun long before the claim runs out, also where the mail server takes its time.
LONGEST_BATCH = 30.0


@huey.task(name="dispatch", priority=50)
def dispatch(event_id: int) -> None:
    """Turn this event into the ledger's rows, and what else waits by now; then ring for the sending."""
    with connection():
        if Event.select().where((Event.id == event_id) & Event.dispatched_at.is_null()).exists():
            plan_waiting()


def plan_all_waiting() -> None:
    last = 0
    while events := list(Event.waiting(BATCH, after=last)):
        last = events[-1].id  # one that cannot be told of must not keep the later ones waiting
        plan_some(events)


plan_waiting = Turn(plan_all_waiting)


def plan_some(events: list[Event]) -> None:
    known = mentioned(events)
    plans = [(event, planned) for event in events if (planned := plan_of(event, known)) is not None]
    mine = Message.plan_all(plans)
    for event, _planned in plans:
        if event.id in mine:
            react(event)
    if any(message.state is PLANNED for _event, planned in plans for message in planned):
        deliver()


def plan_of(event: Event, known: Known) -> list[Planned] | None:
    try:
        return plan_for(event, known)
    except Exception:
        log.exception("not_planned", event_id=event.id)
        return None


def react(event: Event) -> None:
    try:
        REACTIONS.get(event.verb, lambda event: None)(event)
    except Exception:
        log.exception("no_reaction", event_id=event.id)


@huey.task(name="deliver", priority=60)
def deliver() -> None:
    """Send all that is due. One thread does it: a slow mail server does not keep the papers waiting."""
    with connection():
        send_waiting()


def send_all_due() -> None:
    """Some at a time, through doors that stay open meanwhile."""
    ways: dict[str, Channel] = {}
    try:
        while not leaving.is_set() and (ids := Message.due(LETTERS_AT_ONCE)):
            if not send_some(ids, ways):
                break  # others have them all
    finally:
        for way in ways.values():
            way.close()


send_waiting = Turn(send_all_due)


def send_some(ids: list[int], ways: dict[str, Channel]) -> bool:
    """Reserve these, then begin and send one after the other; False when there was none to be had."""
    claim, until = Message.reserve(presence.me(), ids), time.monotonic() + LONGEST_BATCH
    try:
        messages = Message.reserved(claim, ids)
        with letters.sitting(messages):
            for message in messages:
                if leaving.is_set() or time.monotonic() > until:
                    break
                if message.begin():
                    send(message, ways)
    finally:
        Message.let_go(claim)
    return bool(messages)


def send(message: Message, ways: dict[str, Channel]) -> None:
    """Send outside any transaction, and write the outcome."""
    try:
        letter = letters.write(message)
        channel(message, ways).send(letter, key=message.key)
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


def channel(message: Message, ways: dict[str, Channel]) -> Channel:
    """The way out for this message; an installation without a mail server says so."""
    if not CONFIG.smtp_url:
        raise SendError("provider.not_configured", permanent=False)
    name = message.channel.value
    if name not in ways:
        ways[name] = CHANNELS[name](CONFIG.smtp_url)
    return ways[name]


def free_what_the_dead_held() -> None:
    for worker in presence.gone():
        if count := Message.owner_is_gone(worker):
            log.info("claims_freed", worker=worker, count=count)


def make_up() -> None:
    """Whatever was not rung for, or whose worker died: events without messages, messages that are due."""
    with connection():
        free_what_the_dead_held()
        plan_waiting()
    deliver()


def sweep() -> None:
    """The same, with the sending done on return."""
    make_up()
    deliver.call_local()


def run_until_done(limit: timedelta = timedelta(seconds=60)) -> None:
    """Sweep until nothing is due: what a script or a test does instead of running a worker."""
    until = now() + limit
    while now() < until and (Event.waiting(1).exists() or Message.due(1)):
        sweep()
