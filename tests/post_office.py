"""Sending real letters in tests: this process's worker is pointed at a mail server on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from models.base import now
from models.message import Message
from tasks import CONFIG, notifications
from tests.stand_ins.smtp import MailServer, mail_server


@contextmanager
def post_office(**habits) -> Iterator[MailServer]:
    """The worker's way out is open; `habits` are the server's (see stand_ins/smtp.py)."""
    with mail_server(**habits) as server:
        with connected(server.url):
            yield server


@contextmanager
def connected(url: str) -> Iterator[None]:
    usual = notifications.CONFIG
    notifications.CONFIG = replace(CONFIG, smtp_url=url)
    try:
        yield
    finally:
        notifications.CONFIG = usual


def later(message: Message | None = None) -> None:
    """The waiting time of held messages, and the claims of workers that died, are over."""
    past = now() - timedelta(seconds=1)
    which = (Message.id == message.id) if message else (Message.id > 0)
    Message.update(next_try_at=past).where(which).execute()
    Message.update(claimed_until=past).where(which & Message.claimed_until.is_null(False)).execute()
