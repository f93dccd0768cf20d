"""A real PostgreSQL for the tests: a cluster in a temporary folder, gone afterwards.

It trades durability for speed and is reached by a socket only, so that many can run side by side.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "Europe/Stockholm",  # a time that leaks through the server's zone shows itself
}


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of an empty database whose user may do everything."""
    with ExitStack() as ending:
        atexit.register(ending.close)  # also where the run ends before its first test
        folder = Path(tempfile.mkdtemp(prefix="kundbok-pg-"))
        ending.callback(shutil.rmtree, folder)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = folder / "cluster"
        _initdb(cluster)
        _start(cluster, folder)
        ending.callback(_run, "pg_ctl", "-D", cluster, "-m", "immediate", "stop")
        yield f"postgresql://app@/postgres?host={folder}"


def _initdb(cluster: Path) -> None:
    _run(
        *("initdb", "-D", cluster, "-U", "app", "-A", "trust", "--no-sync"),
        *("-E", "UTF8", "--locale=C.UTF-8"),
    )


def _start(cluster: Path, folder: Path) -> None:
    settings = {**SETTINGS, "unix_socket_directories": str(folder)}
    lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
    with (cluster / "postgresql.conf").open("a") as conf:
        conf.write(lines)
    _run("pg_ctl", "-D", cluster, "-l", folder / "log", "-w", "start")


def _run(program: str, *arguments: object) -> None:
    # The server refuses to run as root, so there it runs as the user that its package made.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*user, _binary(program), *map(str, arguments)]
    result = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if result.returncode:
        raise RuntimeError(f"{program} failed: {result.stderr.decode()}")


def _binary(name: str) -> str:
    """Debian keeps these programs off the path, one folder per version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise RuntimeError("PostgreSQL is not installed: `make test` installs it")
    return str(path)


def _version(path: Path) -> int:
    return int(path.parts[-3])
