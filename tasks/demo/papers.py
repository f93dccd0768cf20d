"""The demo's protocols on paper. The worker makes them after the loading, the newest first, and tells nobody:
they were signed long ago."""

from functools import partial
from typing import Any

import peewee

from models.base import connection, db, now
from models.file import File, FileKind
from models.protocol import Protocol, ProtocolStatus
from models.quote import Quote
from tasks import documents, huey, leaving, quotes
from tasks.demo.work import LEFT_TO_DEMO

AT_ONCE = 5  # then others have their turn


@huey.task(name="demo_papers", priority=1)
def make_papers() -> None:
    """All that are left, some at a time."""
    with connection():
        if make_some() | make_quotes():
            make_papers()


def make_some() -> bool:
    """Make a few; True while there are more."""
    few = list(left_over().order_by(Protocol.id.desc()).limit(AT_ONCE))  # read to the end before writing begins
    for protocol in few:
        if leaving.is_set():
            break
        if taken(protocol):
            documents.keep(partial(made_long_ago, protocol), protocol.number, documents.print_protocol(protocol))
    return left_over().exists()


def taken(paper: Protocol | Quote) -> bool:
    """False where another maker, the minute's sweep say, has it already. One that cannot be made is left to the
    usual way from here on."""
    noun: Any = type(paper)
    mine = (noun.id == paper.id) & (noun.next_try_at == LEFT_TO_DEMO)
    if not noun.update(next_try_at=now()).where(mine).execute():
        return False
    paper.attempted()
    return True


def make_quotes() -> bool:
    """The quotes' papers, likewise."""
    few = list(left_quotes().order_by(Quote.id.desc()).limit(AT_ONCE))
    for quote in few:
        if leaving.is_set():
            break
        if taken(quote):
            facts = quotes.name_of(quote), quotes.print_quote(quote)
            documents.keep(partial(quoted_long_ago, quote), *facts)
    return left_quotes().exists()


def left_quotes() -> "peewee.ModelSelect[Quote]":
    return Quote.select().where(
        Quote.printed_at.is_null() & (Quote.next_try_at == LEFT_TO_DEMO) & Quote.sent_at.is_null(False)
    )


def quoted_long_ago(quote: Quote, **facts) -> bool:
    """As `Quote.printed`, with nobody told today."""
    with db.atomic():
        unmade = (Quote.id == quote.id) & Quote.printed_at.is_null()
        made = Quote.update(printed_at=quote.sent_at, attempts=1).where(unmade).execute()
        if made:
            File.attach(quote, by=None, tell=False, kind=FileKind.QUOTE, uploaded_at=quote.sent_at, **facts)
        return bool(made)


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
