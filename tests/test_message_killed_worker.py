"""A worker that is killed while hundreds of letters go out: nothing is lost, and a repetition is known as one."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

from models.base import db
from models.event import Event
from models.message import Message, MessageState
from tests import factories
from tests.stand_ins.smtp import mail_server

LETTERS, KILLS = 150, 5

# The worker's loop. What the dead ones had claimed is taken up at once, long before the claims run out.
WORKER = """
import time
from app import create_app
from tasks import notifications
create_app()
while True:
    notifications.sweep()
    time.sleep(0.05)
"""


def worker(url: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env={**os.environ, "SMTP_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def wait_until(condition, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_none_is_lost_and_a_repetition_has_the_same_identity_and_its_mark(cast):
    customers = [
        factories.customer(cast.house.north, f"Customer {number}", number=str(number))
        for number in range(20_000, 20_000 + LETTERS)
    ]
    with db.atomic():
        for customer in customers:
            Event.record(
                "customer.assigned", by=cast.dispatcher, about=customer, person="Elin", person_id=cast.technician.id
            )
    chance = random.Random(4)
    with mail_server() as server:
        for _ in range(KILLS):
            running, taken = worker(server.url), len(server.raw)
            wait_until(
                lambda taken=taken: len(server.raw) > taken, 20
            )  # it has begun, somewhere in the middle of a letter it ends
            time.sleep(chance.uniform(0, 0.25))
            kill(running)
        running = worker(server.url)
        try:
            assert wait_until(lambda: sent() == LETTERS, 60), Counter(message.state for message in Message.select())
        finally:
            kill(running)
        seen = Counter(letter["Message-ID"] for letter in server.letters)
    messages = {
        f"<{message.key}@norrvik.example>": message for message in Message.select().where(Message.channel == "email")
    }
    assert seen.keys() == messages.keys()
    repeated = {identity for identity, count in seen.items() if count > 1}
    assert all(messages[identity].maybe_repeated for identity in repeated)
    assert len(repeated) <= KILLS
    assert len([message for message in messages.values() if message.maybe_repeated]) <= KILLS


def sent() -> int:
    return Message.select().where((Message.channel == "email") & (Message.state == MessageState.SENT)).count()
