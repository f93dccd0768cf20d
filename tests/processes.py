"""An installation of its own for tests of the command line: real processes, its own data directory and database."""

import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
FLASK = [sys.executable, "-m", "flask", "--app", "app"]
PATIENCE = 25


class Installation:
    def __init__(self, folder: Path):
        self.data = folder / "data"
        self.port = free_port()
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in ("KUNDBOK_TESTING", "SMTP_URL", "FILES_URL", "BASE_URL")
            },
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "PASSWORD_COST": "low",
        }
        if os.environ.get("DATABASE_URL"):
            self.environment["DATABASE_URL"] = new_database(os.environ["DATABASE_URL"])

    def flask(self, *arguments: object, **more: str) -> subprocess.CompletedProcess:
        """Run one command to its end."""
        command = [*FLASK, *map(str, arguments)]
        return subprocess.run(
            command, cwd=ROOT, env={**self.environment, **more}, capture_output=True, text=True, timeout=120
        )

    def migrated(self) -> "Installation":
        done = self.flask("migrate")
        assert done.returncode == 0, done.stderr
        return self

    @contextmanager
    def running(self, command: str = "serve") -> Iterator["Running"]:
        log = (self.data / f"{command}.txt").open("w+")
        process = subprocess.Popen(
            [*FLASK, command], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        running = Running(self, process, Path(log.name))
        try:
            yield running
        finally:
            running.stop()
            log.close()


class Running:
    def __init__(self, installation: Installation, process: subprocess.Popen, log: Path):
        self.installation, self.process, self.log = installation, process, log

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code, once all is quiet."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def pid_of(self, name: str) -> int:
        """The newest process of that name, as the supervisor logged it."""
        found = [
            line for line in self.log.read_text().splitlines() if "started" in line and re.search(rf"\b{name}\b", line)
        ]
        return int(re.search(r"pid\W+(\d+)", found[-1])[1])

    def ask(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def answers(self, path: str = "/login/") -> int:
        """The status, or 0 where nobody answers."""
        try:
            return self.ask(path)[0]
        except OSError:
            return 0

    def wait_until_started(self) -> None:
        heartbeat = self.installation.data / "worker.alive"
        wait_until(lambda: heartbeat.exists() and 0 < self.answers() < 400, self.log)

    def wait_until_healthy(self) -> None:
        wait_until(lambda: self.answers("/healthz") == 200, self.log)


def wait_until(true: Callable[[], bool], log: Path | None = None, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text() if log else "it did not become true")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def free_port() -> int:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return plug.getsockname()[1]


def new_database(url: str) -> str:
    """An empty database in the same cluster."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def logins(installation: Installation) -> list[dict]:
    """Load the demo company and return who can log in."""
    done = installation.flask("demo", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
