"""The real server, with the null route beside it: a bare Flask view in the same processes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask

from tests.processes import ROOT, free_port

NULL = "/null"


@contextmanager
def serving(data: Path, **more: str) -> Iterator["Server"]:
    server = Server(data, more)
    try:
        server.wait()
        yield server
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)


class Server:
    def __init__(self, data: Path, more: dict[str, str]):
        self.data, self.port = data, free_port()
        environment = {**os.environ, "DATA_DIR": str(data), "PORT": str(self.port), **more}
        environment.pop("KUNDBOK_TESTING", None)
        with (data / "serve.txt").open("w") as log:
            command = [sys.executable, "-m", "tests.bench.server"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def wait(self) -> None:
        import http.client

        for _ in range(300):
            try:
                asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                asked.request("GET", "/healthz")
                if asked.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise RuntimeError(self.log()[-2000:])

    def memory(self) -> float:
        """Megabytes of all processes together, shared pages counted once."""
        family = [self.process.pid, *self.children()]
        rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in family]
        return sum(int(text.split("\nPss:")[1].split()[0]) for text in rollups) / 1024

    def kill_worker(self) -> None:
        """The newest one, as the supervisor logged it."""
        started = re.findall(r'"process": "worker", "pid": (\d+), "event": "started"', self.log())
        with suppress(ProcessLookupError):
            os.kill(int(started[-1]), signal.SIGKILL)

    def log(self) -> str:
        return (self.data / "serve.txt").read_text()

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def main() -> None:
    """`flask serve`, with one more door."""
    import app as composition
    from tasks import commands

    real, bare = composition.create_app(), Flask("null")
    bare.add_url_rule(NULL, view_func=lambda: json.dumps({"answer": "nothing"}))

    def choose(environ, start):
        return (bare if environ["PATH_INFO"] == NULL else real)(environ, start)

    commands.app = lambda: choose
    with real.app_context():
        commands.serve.main([], standalone_mode=True)


if __name__ == "__main__":
    main()
