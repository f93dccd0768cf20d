"""Clients that are logged in and ask as fast as they are answered, each in a process of its own."""

import http.client
import multiprocessing
import re
import time
from dataclasses import dataclass
from statistics import median, quantiles
from urllib.parse import urlencode

from tests.factories import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FIELD = re.compile(r'name="form_key"[^>]*value="([^"]+)"')


@dataclass
class Timing:
    seconds: list[float]
    elapsed: float

    @property
    def p50(self) -> float:
        return median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1] * 1000 if len(self.seconds) > 1 else self.p50

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed


class Client:
    """One kept-alive connection with its own login."""

    def __init__(self, port: int, cookie: str = ""):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = dict(part.split("=", 1) for part in cookie.split("; ") if part)

    def ask(self, path: str, body: dict | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": self.cookie}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            data = urlencode(body)
        self.connection.request("GET" if body is None else "POST", path, data, headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, answer.read()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def log_in(self, login: str) -> "Client":
        token = TOKEN.search(self.ask("/login/")[1].decode())[1]
        said = {"csrf_token": token, "login": login, "password": PASSWORD}
        status, _ = self.ask("/login/", said)
        assert status == 302, status
        return self

    def hidden(self, path: str) -> dict[str, str]:
        """What a form of that page carries without showing it."""
        html = self.ask(path)[1].decode()
        return {"csrf_token": TOKEN.search(html)[1]}


def fetch_for(port: int, cookie: str, paths: list[str], seconds: float) -> list[float]:
    client, taken, turn = Client(port, cookie), [], 0
    client.ask(paths[0])
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        status, _ = client.ask(paths[turn % len(paths)])
        taken.append(time.perf_counter() - start)
        assert status == 200, (status, paths[turn % len(paths)])
        turn += 1
    return taken


def post_for(port: int, cookie: str, path: str, form: dict, seconds: float) -> list[float]:
    client, taken = Client(port, cookie), []
    form = form | client.hidden(path)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        status, html = client.ask("/fault-reports/", form | {"form_key": f"{time.time_ns()}"})
        taken.append(time.perf_counter() - start)
        assert status == 302, (status, html[:300])
    return taken


def load(port: int, cookies: list[str], paths: list[str], seconds: float) -> Timing:
    return together(fetch_for, [(port, cookie, paths, seconds) for cookie in cookies])


def together(work, jobs: list[tuple]) -> Timing:
    start = time.monotonic()
    with multiprocessing.Pool(len(jobs)) as pool:
        lists = pool.starmap(work, jobs)
    return Timing([taken for each in lists for taken in each], time.monotonic() - start)
