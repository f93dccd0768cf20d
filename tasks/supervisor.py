"""Keeps the web processes and the worker running: starts them, starts again what dies, stops them together.

The children are forks, so they share the memory of all that is imported once. Nothing may be open
at that moment: each opens its own connections, and looks out for the death of its parent.
"""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from logging import INFO, WARNING

import structlog

log = structlog.get_logger("kundbok.serve")

STOPS = {signal.SIGTERM, signal.SIGINT}
NEWS = STOPS | {signal.SIGCHLD}
YOUNG_SECONDS = 10  # who dies younger has not really started
TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
KILLED_PAUSE = 0.1


@dataclass
class Child:
    """One process to be kept running. `failures` counts its early deaths in a row."""

    name: str
    work: Callable[[], None]
    pid: int = 0
    started: float = 0
    failures: int = 0
    due: float = 0  # when to start it

    @property
    def is_running(self) -> bool:
        return self.pid != 0

    @property
    def cannot_start(self) -> bool:
        return self.failures >= TRIES

    def ended(self, code: int) -> None:
        """Early ends make the pause before the next start longer; who left in peace is replaced at once.

        Who was killed did not fail: that was somebody's hand, or a machine short of memory.
        """
        moment = time.monotonic()
        if code == -signal.SIGKILL:
            self.pid, self.due = 0, moment + KILLED_PAUSE
            return
        is_young = moment - self.started < YOUNG_SECONDS
        self.pid = 0
        self.failures = self.failures + 1 if is_young else 0
        pause = min(FIRST_PAUSE * 2**self.failures, LONGEST_PAUSE)
        self.due = moment if code == 0 and not is_young else moment + pause


class Supervisor:
    """`work` maps a name to what its process does; each ends by itself on SIGTERM."""

    def __init__(self, work: dict[str, Callable[[], None]], *, patience: float = 20):
        self.children = [Child(name, run) for name, run in work.items()]
        self.patience = patience
        self.lifeline = os.pipe()

    def run(self) -> int:
        """Until SIGTERM or SIGINT. Returns the exit code: 0, or 1 when a child cannot start or had to be killed."""
        signal.pthread_sigmask(signal.SIG_BLOCK, NEWS)
        gc.collect()
        gc.freeze()  # the collector must not touch, and so copy, what the children share
        failed = False
        while not failed:
            self._start_due()
            told = signal.sigtimedwait(NEWS, self._pause())
            if told and told.si_signo in STOPS:
                break
            self._bury()
            failed = any(child.cannot_start for child in self.children)
        return 1 if not self._stop() or failed else 0

    def _start_due(self) -> None:
        for child in self.children:
            if not child.is_running and child.due <= time.monotonic():
                self._start(child)

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        sys.stdout.flush()  # what waits there would be written by both
        child.pid = os.fork()
        if child.pid == 0:
            code = self._live(child)
            sys.stdout.flush()
            os._exit(code)
        log.info("started", process=child.name, pid=child.pid)

    def _live(self, child: Child) -> int:
        """The child's whole life; never returns into the supervisor's loop."""
        try:
            os.close(self.lifeline[1])
            threading.Thread(target=end_with_parent, args=(self.lifeline[0],), daemon=True).start()
            for number in NEWS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, NEWS)
            child.work()
        except BaseException:
            log.exception("failed", process=child.name)
            return 1
        return 0

    def _pause(self) -> float:
        """Seconds until somebody is to be started; SIGCHLD and the signals to stop wake us anyway."""
        waits = [child.due - time.monotonic() for child in self.children if not child.is_running]
        return max(0.0, min(waits, default=60.0))

    def _bury(self) -> None:
        for child in self.children:
            pid, status = os.waitpid(child.pid, os.WNOHANG) if child.is_running else (0, 0)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                log.log(WARNING if code else INFO, "ended", process=child.name, pid=pid, code=code)
                child.ended(code)

    def _stop(self) -> bool:
        """Tell all children to finish, and wait. False when one took too long and was killed."""
        deadline = time.monotonic() + self.patience
        self._tell(signal.SIGTERM)
        while self._running() and time.monotonic() < deadline:
            signal.sigtimedwait({signal.SIGCHLD}, 0.2)
        late = self._running()
        self._tell(signal.SIGKILL)
        for child in late:
            os.waitpid(child.pid, 0)
            log.warning("killed", process=child.name, pid=child.pid)
        return not late

    def _running(self) -> list[Child]:
        for child in self.children:
            if child.is_running and os.waitpid(child.pid, os.WNOHANG)[0]:
                child.pid = 0
        return [child for child in self.children if child.is_running]

    def _tell(self, number: signal.Signals) -> None:
        for child in self.children:
            if child.is_running:
                os.kill(child.pid, number)


def end_with_parent(lifeline: int) -> None:
    """The pipe's other end closes when the supervisor is gone, however it went."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
