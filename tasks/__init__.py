"""The worker's side: one huey, bound to the app once. Huey is the doorbell, never the record: every task looks in our own
database for what is to be done, so a lost ring is made up for by the sweep of the next minute."""

import os
from functools import lru_cache
from typing import Any

from huey import MemoryHuey, SqliteHuey

from models.config import Config
from tasks.storage import Storage

CONFIG = Config.from_env()
TESTING = os.environ.get("KUNDBOK_TESTING") == "1"


def _storage() -> Any:
    """PostgreSQL rings by NOTIFY; SQLite's queue is a file of its own, so that ringing never waits for a writer."""
    if TESTING:
        return MemoryHuey("kundbok", results=False)
    if CONFIG.sqlite_path is None:
        from huey import PostgresHuey  # only where PostgreSQL is used

        return PostgresHuey("kundbok", dsn=CONFIG.database_url, utc=True, results=False)
    return SqliteHuey("kundbok", filename=str(CONFIG.data_dir / "queue.db"), utc=True, results=False)


huey = _storage()
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
