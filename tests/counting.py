"""How many queries something costs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def queries() -> Iterator[list[str]]:
    """The SQL that runs inside, in order."""
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(str(record.msg))
    log = logging.getLogger("peewee")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield seen
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
