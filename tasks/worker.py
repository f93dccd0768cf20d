"""The worker: takes tasks from the queue until SIGTERM or SIGINT, then finishes what it has begun."""

import signal
import sys
import threading
import time

import structlog
from huey.signals import SIGNAL_EXECUTING

from tasks import CONFIG, huey, leaving
from tasks.recurring import HEARTBEAT, beat, silence

log = structlog.get_logger("kundbok.worker")

THREADS = 2  # a slow mail server holds one, and the papers go on being made
POLL_SECONDS = 0.2  # without a growing pause: after a quiet night too, a task starts at once
HEALTH_SECONDS = 10
QUIET_SECONDS = 60
HEAVY = "weasyprint"  # 100 MB that stay once the first paper is made
PAPERS = {"make_protocol", "make_discreet", "make_quote", "demo_papers"}
STOPS = {signal.SIGTERM, signal.SIGINT}

_last_paper = 0.0


@huey.signal(SIGNAL_EXECUTING)
def note(_signal: str, task, *_: object) -> None:
    """Papers are what the memory is for."""
    global _last_paper
    if task.name in PAPERS:
        _last_paper = time.monotonic()


def run(*, patience: float = 18, started_again: bool = False) -> None:
    """Work in this thread's process until told to stop; `patience` seconds are given to what runs then.

    Where somebody starts it again at once (`started_again`), it also leaves when it has grown and what made it grow is
    no longer asked for.
    """
    # Blocked in every thread and waited for in this one: no handler, so no moment when it would be lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    consumer = huey.create_consumer(
        workers=THREADS,
        initial_delay=POLL_SECONDS,
        max_delay=POLL_SECONDS,
        backoff=1,
        flush_locks=True,
        shutdown_timeout=patience,
    )
    consumer.start()
    stopped = threading.Event()
    heart = threading.Thread(target=keep_beating, args=(stopped,), daemon=True)
    heart.start()
    log.info("worker_started")
    told = None
    while not told and not (started_again and has_grown_idle()):
        told = signal.sigtimedwait(STOPS, HEALTH_SECONDS)
        consumer.check_worker_health()
    leaving.set()
    consumer.stop(graceful=True)
    stopped.set()
    heart.join()
    if told:
        silence(CONFIG.data_dir)
    log.info("worker_stopped")


def has_grown_idle() -> bool:
    return HEAVY in sys.modules and time.monotonic() - _last_paper > QUIET_SECONDS


def keep_beating(stopped: threading.Event) -> None:
    """A sign of life from a thread of its own: a long task does not look like a dead worker."""
    while not stopped.is_set():
        try:
            beat(CONFIG.data_dir)
        except OSError as error:  # a full disk must not end the beating
            log.warning("no_heartbeat", reason=error.strerror)
        stopped.wait(HEARTBEAT.total_seconds())
