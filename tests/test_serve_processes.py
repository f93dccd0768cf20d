"""`serve`: one supervisor, web processes and a worker, as real processes on the loopback."""

import os
import signal
import socket
import time

import pytest

from tests.processes import Installation, is_alive, wait_until


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Installation:
    return Installation(tmp_path_factory.mktemp("serve")).migrated()


@pytest.fixture
def running(installation):
    with installation.running() as running:
        running.wait_until_started()
        yield running


def test_it_answers_with_a_worker_and_stops_cleanly(running):
    pids = [running.pid_of(name) for name in ("worker", "web-1", "web-2")]
    start = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - start < 20
    assert not any(is_alive(pid) for pid in pids)
    assert not (running.installation.data / "worker.alive").exists()


def test_ctrl_c_stops_it_as_cleanly_though_every_process_hears_it(running):
    for name in ("worker", "web-1", "web-2"):
        os.kill(running.pid_of(name), signal.SIGINT)
    assert running.stop(signal.SIGINT) == 0
    assert "Traceback" not in running.log.read_text()


def test_a_killed_worker_is_started_again(running):
    killed = running.pid_of("worker")
    os.kill(killed, signal.SIGKILL)
    (running.installation.data / "worker.alive").unlink(missing_ok=True)
    wait_until(lambda: running.pid_of("worker") != killed, running.log)
    running.wait_until_started()


def test_it_says_that_it_is_well_and_says_so_again_after_the_worker_died(running):
    running.wait_until_healthy()
    os.kill(running.pid_of("worker"), signal.SIGKILL)
    (running.installation.data / "worker.alive").unlink(missing_ok=True)
    running.wait_until_healthy()


def test_a_killed_web_process_is_started_again_and_the_other_answers_meanwhile(running):
    killed = running.pid_of("web-1")
    os.kill(killed, signal.SIGKILL)
    assert running.answers() < 400
    wait_until(lambda: running.pid_of("web-1") != killed, running.log)


def test_nobody_is_left_behind_by_a_killed_supervisor(running):
    pids = [running.pid_of(name) for name in ("worker", "web-1", "web-2")]
    running.process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in pids), running.log)


def test_somebody_who_never_finishes_sending_does_not_delay_the_stop(running):
    with socket.create_connection(("127.0.0.1", running.installation.port)) as plug:
        plug.sendall(b"POST /login/ HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nonly this")
        start = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - start < 10


def test_a_taken_port_is_said_in_one_sentence(running):
    done = running.installation.flask("serve")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert str(running.installation.port) in done.stderr


def test_it_does_not_start_on_a_database_that_is_not_migrated(tmp_path):
    done = Installation(tmp_path).flask("serve")
    assert done.returncode == 1
    assert "Run: flask --app app migrate" in done.stderr
    assert len(done.stderr.splitlines()) == 1
