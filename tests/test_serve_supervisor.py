"""The supervisor alone: what it does with children that cannot start or will not stop."""

import multiprocessing
import os
import signal
import time

from tasks import supervisor
from tasks.supervisor import FIRST_PAUSE, LONGEST_PAUSE, TRIES, Child, Supervisor


def supervise(work: dict, patience: float = 20) -> multiprocessing.Process:
    context = multiprocessing.get_context("fork")
    process = context.Process(target=lambda: os._exit(Supervisor(work, patience=patience).run()))
    process.start()
    return process


def fail() -> None:
    raise RuntimeError("no such luck")


def ignore_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)


def test_a_child_that_cannot_start_ends_everything_with_an_error(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    process = supervise({"good": signal.pause, "bad": fail})
    process.join(10)
    assert process.exitcode == 1


def test_a_child_that_will_not_stop_is_killed_and_said():
    process = supervise({"stubborn": ignore_sigterm}, patience=0.5)
    time.sleep(3)  # long enough for it to have closed its ears, on a busy machine too
    os.kill(process.pid, signal.SIGTERM)
    process.join(5)
    assert process.exitcode == 1


def test_a_stop_right_after_the_start_is_not_lost():
    process = supervise({"web": signal.pause, "worker": signal.pause})
    time.sleep(0.05)
    os.kill(process.pid, signal.SIGTERM)
    process.join(5)
    assert process.exitcode in (0, -signal.SIGTERM)


def test_early_deaths_make_the_pause_longer_and_a_long_life_makes_it_short_again():
    child = Child("web", fail, started=time.monotonic())
    pauses = []
    for _ in range(6):
        child.ended(1)
        pauses.append(round(child.due - time.monotonic(), 1))
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert LONGEST_PAUSE == 8.0
    child.started = time.monotonic() - 60
    child.ended(1)
    assert child.failures == 0
    assert round(child.due - time.monotonic(), 1) == FIRST_PAUSE


def test_who_is_killed_has_not_failed_and_is_soon_replaced():
    child = Child("worker", fail, started=time.monotonic())
    for _ in range(2 * TRIES):
        child.pid = 7
        child.ended(-signal.SIGKILL)
        assert not child.is_running and not child.cannot_start
        assert child.due - time.monotonic() < FIRST_PAUSE / 2


def test_who_leaves_in_peace_after_a_while_is_replaced_at_once():
    child = Child("worker", fail, started=time.monotonic() - 60)
    child.ended(0)
    assert child.due <= time.monotonic()
    child.started = time.monotonic()
    child.ended(0)
    assert child.due > time.monotonic()
