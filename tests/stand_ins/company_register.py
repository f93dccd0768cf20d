"""A company register on loopback that speaks the JSON of tasks/lookup/json_register.py, and misbehaves when told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class Register:
    """`companies` by country and number; `answer` is said instead of looking, `silent` says nothing until the end."""

    def __init__(self) -> None:
        self.companies: dict[str, dict] = {}
        self.asked: list[str] = []
        self.answer: tuple[int, bytes] | None = None
        self.silent = False
        self.over = Event()
        self.address = ""

    def reply(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if self.silent:
            self.over.wait(10)
        known = self.companies.get(path.removeprefix("/v1/companies/"))
        return self.answer or ((200, json.dumps(known).encode()) if known else (404, b'{"error": "unknown"}'))


@contextmanager
def company_register() -> Iterator[Register]:
    register = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = register.reply(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args) -> None:
            """Quiet: the tests read what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    register.address = f"http://127.0.0.1:{server.server_port}/v1"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield register
    finally:
        register.over.set()
        server.shutdown()
        server.server_close()
