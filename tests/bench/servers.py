"""Which server: the same Flask page behind each, with fast clients alone and beside slow ones.

    python -m tests.bench.servers [SECONDS]

Prints one table. A slow client dribbles the body of its request (slow_send) or its headers
(slow_head), or asks for the page and does not fetch it (slow_read): 40 of one kind at a time,
while eight fast clients measure. A fast request that takes over 5 seconds counts as 5.
"""

import http.client
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from flask import Flask, render_template_string, request

from tasks.serving import answer, listen

BIN = Path(sys.executable).parent
WORKERS, THREADS, SLOW = 2, 4, 40
APP = "tests.bench.servers:app"
ROW = "{{ loop.index }}</td><td>Norrvik Kyla AB</td><td>Lövskärsvägen 4</td><td>2026-11-23"
PAGE = "<table>{% for row in rows %}<tr><td>" + ROW + "</td></tr>\n{% endfor %}</table>"

app = Flask(__name__)


@app.get("/")
def page() -> str:
    return render_template_string(PAGE, rows=range(390))


@app.post("/")
def receive() -> str:
    return str(len(request.get_data()))


def gunicorn(port: int) -> list[str]:
    return [
        *(f"{BIN}/gunicorn", APP, "-b", f"127.0.0.1:{port}", "-k", "gthread"),
        *("-w", str(WORKERS), "--threads", str(THREADS)),
        *("--no-control-socket", "--log-level", "error"),
    ]


def granian(port: int, threads: int = THREADS) -> list[str]:
    return [
        *(f"{BIN}/granian", APP, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--http", "1", "--workers", str(WORKERS), "--blocking-threads", str(threads)),
        *("--no-ws", "--backlog", "1024", "--log-level", "error"),
    ]


def granian_wide(port: int) -> list[str]:
    return granian(port, threads=32)


def ours(port: int) -> list[str]:
    return [sys.executable, "-m", "tests.bench.servers", "--answer", str(port)]


SERVERS = {
    "gunicorn gthread 2x4": gunicorn,
    "granian 2x4": granian,
    "granian 2x32": granian_wide,
    "waitress 2x4 (ours)": ours,
}


@contextmanager
def serving(command: Callable[[int], list[str]]) -> Iterator[int]:
    port = _free_port()
    root = Path(__file__).resolve().parents[2]
    server = subprocess.Popen(command(port), cwd=root, start_new_session=True)
    try:
        _wait_for(port)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def fetch_for(port: int, seconds: float) -> list[float]:
    """Seconds that each request of one kept-alive connection took."""
    taken, end = [], time.monotonic() + seconds
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    while time.monotonic() < end:
        start = time.perf_counter()
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            connection.close()
        taken.append(time.perf_counter() - start)
    return taken


def load(port: int, connections: int, seconds: float) -> list[float]:
    """Each connection in a process of its own, lest one busy interpreter measure itself."""
    with multiprocessing.Pool(connections) as pool:
        lists = pool.starmap(fetch_for, [(port, seconds)] * connections)
    return [taken for each in lists for taken in each]


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"


def slow_send(plug: socket.socket, done: threading.Event) -> None:
    plug.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    _dribble(plug, b"x", done)


def slow_head(plug: socket.socket, done: threading.Event) -> None:
    plug.sendall(HEAD)
    _dribble(plug, b"X-Slow: 1\r\n", done)


def slow_read(plug: socket.socket, done: threading.Event) -> None:
    plug.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 15)
    done.wait()


@contextmanager
def slow_clients(port: int, behave: Callable[[socket.socket, threading.Event], None]):
    done = threading.Event()
    threads = [threading.Thread(target=_client, args=(port, behave, done)) for _ in range(SLOW)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def report(name: str, what: str, taken: list[float], seconds: float) -> None:
    cuts = quantiles(taken, n=20) if len(taken) > 1 else [taken[0]] * 19
    cells = f"{cuts[9] * 1000:9.1f}{cuts[18] * 1000:9.1f}{len(taken) / seconds:9.0f}"
    print(f"{name:22}{what:14}{cells}", flush=True)


def main(seconds: float) -> None:
    print(f"{'server':22}{'load':14}{'p50 ms':>9}{'p95 ms':>9}{'req/s':>9}")
    for name, command in SERVERS.items():
        with serving(command) as port:
            for connections in (1, 8):
                report(name, f"{connections} fast", load(port, connections, seconds), seconds)
        for behave in (slow_send, slow_head, slow_read):
            with serving(command) as port, slow_clients(port, behave):
                report(name, f"{behave.__name__} + 8", load(port, 8, seconds), seconds)


def _client(port: int, behave: Callable, done: threading.Event) -> None:
    with socket.create_connection(("127.0.0.1", port)) as plug:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            behave(plug, done)
        except OSError:
            done.wait()  # the server hung up: that is its right


def _dribble(plug: socket.socket, piece: bytes, done: threading.Event) -> None:
    while not done.wait(0.3):
        plug.sendall(piece)


def _free_port() -> int:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return plug.getsockname()[1]


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as plug:
            if plug.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def answer_as_we_do(port: int) -> None:
    door = listen("127.0.0.1", port)
    for _ in range(WORKERS - 1):
        if os.fork() == 0:
            break
    answer(app, door)


if __name__ == "__main__":
    if "--answer" in sys.argv:
        answer_as_we_do(int(sys.argv[-1]))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
