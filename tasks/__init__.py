"""The worker's side: one huey, bound to the app once. Huey is the doorbell, never the record: every task looks
in our own
database for what is to be done, so a lost ring is made up for by the sweep of the next minute."""

import os
import sys
import threading
from functools import lru_cache
from typing import Any

from models.config import Config
from tasks.queue import open_queue
from tasks.storage import Storage

try:
    CONFIG = Config.from_env()
except (ValueError, OSError) as error:
    sys.exit(str(error))  # before there is an app: nobody else could say it in one sentence
TESTING = os.environ.get("KUNDBOK_TESTING") == "1"

leaving = threading.Event()  # set when the worker is to end: what is in hand is finished, nothing more is begun
huey = open_queue(CONFIG, testing=TESTING)
_bound: dict[str, Any] = {}


@lru_cache(maxsize=1)
def vault() -> Storage:
    """Where the bytes of files are."""
    return Storage(CONFIG.files_url)


def bind(app: Any) -> None:
    """Called once by app.py: tasks render templates and read settings through this app."""
    _bound["app"] = app


def app() -> Any:
    return _bound["app"]
