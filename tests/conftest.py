"""The house every test starts from: one database per run (emptied per test), one app, a fixed cast."""

import os
import tempfile
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

MEMORY = Path("/dev/shm")  # where there is one: what tests write need not wait for a disk
if MEMORY.is_dir():
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)
STATE = Path(tempfile.mkdtemp(prefix="kundbok-test-"))
os.environ.update(
    {
        "DATA_DIR": str(STATE),
        "KUNDBOK_TESTING": "1",
        "PASSWORD_COST": "low",
        "SECRET_KEY": "t" * 40,
        "BASE_URL": "http://kundbok.test",
    }
)
os.environ.pop("SMTP_URL", None)

import pytest  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402

from tests.postgres import postgres  # noqa: E402

_server = postgres() if os.environ.get("TEST_DATABASE") == "postgresql" else None
if _server:
    os.environ["DATABASE_URL"] = _server.__enter__()

import app as composition  # noqa: E402
from models import TABLES, schema  # noqa: E402
from models.base import connection, db, on_postgres  # noqa: E402
from models.organisation import Organisation  # noqa: E402
from tests import factories  # noqa: E402
from tests.cast import Cast  # noqa: E402


def pytest_unconfigure() -> None:
    if _server is None:
        return
    if db.obj is not None and hasattr(db.obj, "close_all"):  # a process that ran no test opened none
        db.obj.close_all()
    _server.__exit__(None, None, None)


class Browser(FlaskClient):
    """Each request stands alone: `g`, and with it who is logged in, never comes over from another browser's request."""

    def open(self, *args, **kwargs):
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def app():
    app = composition.create_app()
    app.test_client_class = Browser
    app.config["WTF_CSRF_ENABLED"] = False  # forgery has tests of its own, with it on
    with connection():
        schema.migrate()
    return app


@pytest.fixture
def database(app):
    """An open, empty database inside an app context."""
    with app.app_context(), connection():
        empty()
        yield db


def empty() -> None:
    """Every table without rows, and numbers from one again."""
    Organisation.mark_seen = None  # no process outlives its database but this one
    names = [table._meta.table_name for table in TABLES]
    if on_postgres():
        first = ", ".join(f"setval(pg_get_serial_sequence('\"{name}\"', 'id'), 1, false)" for name in names)
        with db.atomic():
            db.execute_sql("SET LOCAL session_replication_role = replica")  # in any order
            sweep(names)
            db.execute_sql(f"SELECT {first}")  # noqa: S608  our own names
        return
    db.execute_sql("PRAGMA foreign_keys = OFF")
    with db.atomic():
        sweep(names)
    db.execute_sql("PRAGMA foreign_keys = ON")


def sweep(names: list[str]) -> None:
    """Most tables have no rows to begin with, and asking costs less than deleting."""
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)  # noqa: S608  our own names
    for (name,) in db.execute_sql(" UNION ALL ".join(asked)).fetchall():
        db.execute_sql(f'DELETE FROM "{name}"')  # noqa: S608  our own names


@pytest.fixture
def house(database) -> factories.House:
    """An organisation with two stores."""
    return factories.house()


@pytest.fixture
def cast(house, app) -> Cast:
    """The fixed cast: staff of every role, two customers with a portal user each, and nobody."""
    return Cast(app, house)


@pytest.fixture
def undone(database, monkeypatch):
    """`with undone():` takes back whatever is written in it. The connection stays open meanwhile, on PostgreSQL too."""
    monkeypatch.setattr(composition, "CONFIG", replace(composition.CONFIG, database_url="sqlite:///kept-open"))

    @contextmanager
    def take_back():
        with db.atomic() as transaction:
            yield
            transaction.rollback()

    return take_back


@pytest.fixture(scope="module")
def standing(app):
    """The fixed cast once for all tests of a module; with `taken_back` each of them leaves it as it was."""
    with app.app_context(), connection():
        empty()
        yield Cast(app, factories.house())


@pytest.fixture
def taken_back(standing, monkeypatch):
    """Whatever the test writes is undone after it. The connection stays open meanwhile, on PostgreSQL too."""
    monkeypatch.setattr(composition, "CONFIG", replace(composition.CONFIG, database_url="sqlite:///kept-open"))
    with db.connection_context() if db.is_closed() else nullcontext(), db.atomic() as transaction:
        yield
        transaction.rollback()
