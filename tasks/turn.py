"""Work that one thread at a time does for all."""

import threading
from collections.abc import Callable


class Turn:
    """`work` looks for itself what there is to do. Who comes while it is done leaves word, and it is done once more."""

    def __init__(self, work: Callable[[], None]):
        self._work = work
        self._word = threading.Event()
        self._door = threading.Lock()

    def __call__(self) -> None:
        self._word.set()
        while self._word.is_set() and self._door.acquire(blocking=False):
            try:
                self._word.clear()
                self._work()
            finally:
                self._door.release()
