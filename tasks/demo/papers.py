"""The demo's protocols on paper. The worker makes them after the loading, the newest first, and tells nobody:
they were signed long ago."""

from functools import partial

import peewee

from models.base import connection, db, now
from models.file import File, FileKind
from models.protocol import Protocol, ProtocolStatus
from tasks import documents, huey, leaving
from tasks.demo.work import LEFT_TO_DEMO

AT_ONCE = 5  # then others have their turn


@huey.task(name="demo_papers", priority=1)
def make_papers() -> None:
    """All that are left, some at a time."""
    with connection():
        if make_some():
            make_papers()


def make_some() -> bool:
    """Make a few; True while there are more."""
    few = list(left_over().order_by(Protocol.id.desc()).limit(AT_ONCE))  # read to the end before writing begins
    for protocol in few:
        if leaving.is_set():
            break
        if not taken(protocol):
            continue
        documents.keep(partial(made_long_ago, protocol), protocol, documents.print_protocol(protocol))
    return left_over().exists()


def taken(protocol: Protocol) -> bool:
    """False where another maker, the minute's sweep say, has it already. One that cannot be made is left to the
    usual way from here on."""
    mine = (Protocol.id == protocol.id) & (Protocol.next_try_at == LEFT_TO_DEMO)
    if not Protocol.update(next_try_at=now()).where(mine).execute():
        return False
    protocol.attempted()
    return True


def left_over() -> "peewee.ModelSelect[Protocol]":
    return Protocol.select().where((Protocol.status == ProtocolStatus.SIGNED) & (Protocol.next_try_at == LEFT_TO_DEMO))


def made_long_ago(protocol: Protocol, **facts) -> bool:
    """As `Protocol.made`, but the event was written with the day of the work, and nobody is told of it today."""
    unmade = (Protocol.id == protocol.id) & (Protocol.status == ProtocolStatus.SIGNED)
    with db.atomic():
        ready = Protocol.update(status=ProtocolStatus.READY, attempts=1).where(unmade).execute()
        if ready:
            File.attach(protocol, by=None, tell=False, kind=FileKind.PROTOCOL, uploaded_at=protocol.signed_at, **facts)
        return bool(ready)
