"""What machines ask: is it alive, how much is going on. And the log: one line an event, without secrets."""

import json
import os
import re
import time
from contextlib import contextmanager

import peewee
import pytest

from blueprints import health
from models import pulse
from models.base import db, on_postgres
from models.event import Event
from models.message import MessageState
from models.session import Link, Purpose
from tasks import CONFIG
from tasks.recurring import HEARTBEAT_FILE
from tests import factories
from tests.cast import work
from tests.world import changed, snapshot

HEARTBEAT = CONFIG.data_dir / HEARTBEAT_FILE


@pytest.fixture
def worker_alive():
    HEARTBEAT.write_text("now")
    yield HEARTBEAT
    HEARTBEAT.unlink(missing_ok=True)


def test_all_is_well(cast, worker_alive):
    answer = cast.stranger().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "web": "ok", "database": "ok", "worker": "ok"})


@pytest.mark.requirement("S4.4")
def test_a_worker_without_a_sign_of_life_is_named(cast, worker_alive):
    os.utime(worker_alive, (time.time() - 31, time.time() - 31))
    answer = cast.stranger().get("/healthz")
    assert (answer.status_code, answer.json["status"], answer.json["worker"]) == (
        503,
        "failing",
        "no sign of life for 31 s",
    )
    worker_alive.unlink()
    assert cast.stranger().get("/healthz").json["worker"] == "no sign of life"


def test_a_database_that_does_not_answer_is_named(app, cast, worker_alive, monkeypatch):
    def away():
        raise peewee.OperationalError("connection refused")

    monkeypatch.setattr(pulse.Organisation, "current", away)
    answer = cast.stranger().get("/healthz")
    assert (answer.status_code, answer.json["database"], answer.json["worker"]) == (503, "does not answer", "ok")


def test_the_numbers_count_requests_messages_and_what_waits(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    cast.at("dispatcher").get("/customers/")
    text = cast.stranger().get("/metrics").text
    assert re.search(r'kundbok_requests_total\{endpoint="customers.index",method="GET",status="200"\} [1-9]', text)
    assert re.search(r'kundbok_request_seconds_count\{endpoint="customers.index"\} [1-9]', text)
    states = dict(re.findall(r'kundbok_messages\{state="(\w+)"\} (\d+)\.0', text))
    assert set(states) == {state.value for state in MessageState}
    assert sum(map(int, states.values())) > 0
    assert "kundbok_queue " in text


def test_the_numbers_name_nobody_and_grow_with_no_ones_inventions(cast):
    cast.stranger().get("/made/up/by/someone")
    cast.stranger().open("/login/", method="PROPFIND")
    text = cast.stranger().get("/metrics").text
    assert "made/up" not in text and "PROPFIND" not in text
    for person in (cast.dispatcher, cast.marit):
        assert person.name not in text and person.login not in text
    assert cast.lovskar.name not in text


def test_there_is_room_for_several_processes(cast):
    cast.stranger().get("/login/")
    assert list(health.METRICS.glob(f"counter_{os.getpid()}.db"))


# The log


@pytest.fixture
def log(cast, capsys):
    """Every line written since the test began, or since it was last asked for."""
    capsys.readouterr()
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_request_is_one_line_with_an_id_that_the_answer_carries(cast, log):
    answer = cast.stranger().get("/login/?q=something")
    line = log()[-1]
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "GET", "/login/", 200)
    assert line["request"] == answer.headers["X-Request-Id"]
    assert line["ms"] >= 0 and line["timestamp"].endswith("Z")


def test_no_line_holds_a_token_a_password_or_what_was_written(cast, log):
    token = Link.issue(cast.dispatcher, Purpose.RESET)
    cast.stranger().get(f"/login/link/{token}")
    cast.stranger().post("/login/", data={"login": "dispatcher", "password": "my secret words"})
    cast.at("dispatcher").post(f"/customers/{cast.lovskar.id}/comments", data={"text": "between ourselves"})
    written = json.dumps(log())
    for secret in (token, "my secret words", "between ourselves", "kundbok="):
        assert secret not in written
    assert "/login/link/<token>" in written


def test_nobody_writes_lines_of_their_own_into_the_log(cast, log):
    cast.stranger().get("/login/%0a%7b%22event%22:%22forged%22%7d")
    cast.stranger().get("/login/", headers={"User-Agent": 'x"} {"event": "forged"'})
    assert [line["event"] for line in log()] == ["request", "request"]


def test_a_forged_form_is_in_the_log_too(cast, log, monkeypatch):
    monkeypatch.setitem(cast.app.config, "WTF_CSRF_ENABLED", True)
    cast.stranger().post("/login/", data={"login": "dispatcher"})
    assert log()[-1]["status"] == 422


def test_an_error_nobody_expected_carries_the_reference_the_reader_was_given(cast, log, monkeypatch):
    from blueprints import login

    def broken(*args):
        raise RuntimeError("something odd")

    monkeypatch.setattr(login, "demo_people", broken)
    answer = cast.stranger().get("/login/")
    line = next(line for line in log() if line["event"] == "broken")
    assert answer.status_code == 500
    assert (
        line["reference"] in answer.text and "something odd" in line["exception"] and "something odd" not in answer.text
    )
    assert line["request"] == answer.headers["X-Request-Id"]


@contextmanager
def full_disk():
    """The database may not grow any more."""
    if on_postgres():
        said = "could not extend file base/5/1259: No space left on device"
        db.execute_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = 'disk_full'; END $$"
        )
        db.execute_sql("CREATE TRIGGER full_disk BEFORE INSERT ON event EXECUTE FUNCTION full_disk()")
        try:
            yield
        finally:
            db.execute_sql("DROP FUNCTION full_disk CASCADE")
        return
    db.execute_sql("VACUUM")
    (most,) = db.execute_sql("PRAGMA max_page_count").fetchone()
    db.execute_sql("PRAGMA max_page_count = 1")  # no fewer than there are
    try:
        yield
    finally:
        db.execute_sql(f"PRAGMA max_page_count = {most}")


@pytest.mark.parametrize("key", [{}, {"form_key": "f" * 22}], ids=["without_key", "with_key"])
def test_on_a_full_disk_the_page_says_so_nothing_is_half_written_and_reading_goes_on(cast, log, key):
    browser, where = cast.at("dispatcher"), f"/customers/{cast.lovskar.id}"
    letter = {"text": "x" * 4000, **key}
    before = snapshot()
    with full_disk():
        answer = browser.post(f"{where}/comments", data=letter)
        assert browser.get(where).status_code == 200
    assert (answer.status_code, "The server has no room left" in answer.text) == (507, True)
    assert [line["event"] for line in log() if line.get("route") != "/login/"] == ["disk_full", "request", "request"]
    assert changed(before, snapshot()) == []
    assert browser.post(f"{where}/comments", data=letter).status_code == 302
    assert [event.verb for event in Event.about(cast.lovskar)] == ["comment.written"]


def test_static_files_make_no_noise(cast, log):
    cast.stranger().get("/static/css/tokens.css")
    assert log() == []
