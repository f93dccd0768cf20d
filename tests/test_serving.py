"""The web server itself: slow senders hold nobody up, and a stop loses no answer."""

import http.client
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.serving import THREADS, answer, listen

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
SLOW_PAGE = b"x" * 300_000


def small_app(environ: dict, start_response: Callable) -> list[bytes]:
    if environ["PATH_INFO"] == "/slow":
        time.sleep(0.7)
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [SLOW_PAGE if environ["PATH_INFO"] == "/slow" else str(len(body)).encode()]


@pytest.fixture
def server() -> Iterator[tuple[int, multiprocessing.Process]]:
    door = listen("127.0.0.1", 0)
    process = multiprocessing.get_context("fork").Process(target=answer, args=(small_app, door))
    process.start()
    port = door.getsockname()[1]
    door.close()
    fetch(port, "/")
    yield port, process
    process.kill()
    process.join()


def fetch(port: int, path: str, body: bytes | None = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("POST" if body else "GET", path, body)
    answered = connection.getresponse().read()
    connection.close()
    return answered


def test_many_who_never_finish_sending_hold_nobody_up(server):
    port, _ = server
    plugs = [socket.create_connection(("127.0.0.1", port)) for _ in range(THREADS * 10)]
    for plug in plugs:
        plug.sendall(HEAD + b"only this")
    start = time.monotonic()
    assert fetch(port, "/") == b"0"
    assert time.monotonic() - start < 1
    for plug in plugs:
        plug.close()


def test_a_long_body_arrives_whole(server):
    assert fetch(server[0], "/", b"y" * 3_000_000) == b"3000000"


def test_a_stop_lets_the_running_request_answer_and_then_ends(server):
    port, process = server
    with ThreadPoolExecutor() as pool:
        running = pool.submit(fetch, port, "/slow")
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGTERM)
        assert running.result() == SLOW_PAGE
    process.join(3)
    assert process.exitcode == 0


def test_a_taken_port_is_said_at_once(server):
    with pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", server[0])
