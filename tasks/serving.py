"""The web server: one open door, several processes behind it, each with a few threads.

A request takes a thread only when all of it has arrived (a long body waits in a temporary file),
and an answer leaves the thread at once, so a phone on a weak network holds a connection and never
a turn. `make bench-servers` shows what happens to servers that read bodies in the thread.
"""

import gc
import logging
import signal
import socket
import time
from collections.abc import Callable

from waitress import create_server, wasyncore

THREADS = 4
CONNECTIONS = 1000
IDLE_SECONDS = 60
GARBAGE_AFTER = 20_000  # new objects: a page makes thousands, nearly all of them gone with it
LARGEST_BODY = 512 * 1024 * 1024  # the app's own, lower limit answers with a page that explains


def listen(host: str, port: int) -> socket.socket:
    """Open the door; processes that inherit it share its callers. OSError: the port is taken."""
    door = socket.create_server((host, port), backlog=1024)
    door.set_inheritable(True)
    return door


def answer(app: Callable, door: socket.socket, *, patience: float = 20) -> None:
    """Answer callers until SIGTERM or SIGINT, then finish what has begun, in `patience` seconds."""
    gc.set_threshold(GARBAGE_AFTER)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is no news
    connections: dict = {}
    server = create_server(
        app,
        map=connections,
        sockets=[door],
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=10,
        max_request_body_size=LARGEST_BODY,
        clear_untrusted_proxy_headers=False,  # config decides which proxy is believed
        ident=None,
    )
    stop = _stop_on_signal(server)
    while not stop:
        _turn(connections)
    _finish(server, connections, time.monotonic() + patience)


def _stop_on_signal(server) -> list[int]:
    signals: list[int] = []

    def note(number: int, _frame: object) -> None:
        signals.append(number)
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return signals


def _finish(server, connections: dict, deadline: float) -> None:
    server.accepting = False
    while _busy(server) and time.monotonic() < deadline:
        _turn(connections)
    server.task_dispatcher.shutdown(timeout=1)


def _busy(server) -> bool:
    channels = server.active_channels.values()
    return any(channel.requests or channel.total_outbufs_len for channel in channels)


def _turn(connections: dict) -> None:
    wasyncore.loop(timeout=1, use_poll=True, map=connections, count=1)
