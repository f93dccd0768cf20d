"""Which workers live. Each holds a lock on a file of its own, which falls with its process, however that ends.

What a worker has claimed is free at once when it is known to be gone: without that it would be after minutes. Nothing
is known of workers of other machines, and of those before this one was started: their claims run out by themselves.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path

from tasks import CONFIG

_held: list[TextIOWrapper] = []


def folder() -> Path:
    return CONFIG.data_dir / "workers"


@lru_cache(maxsize=1)
def this_start() -> str:
    """The machine since it was started; where that cannot be told, nobody is ever known to be gone."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    return secrets.token_hex(4)


def me() -> str:
    """This process's name; from now on it is known to live."""
    return _sign_in(os.getpid())


@lru_cache(maxsize=1)
def _sign_in(_pid: int) -> str:
    name = this_start() + secrets.token_hex(4)
    folder().mkdir(parents=True, exist_ok=True)
    unready = folder() / f"{name}.new"
    file = unready.open("w")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    unready.rename(folder() / name)  # locked before anybody finds it
    _held.append(file)
    return name


def gone() -> Iterator[str]:
    """The names of workers that are known to have ended; each is forgotten once the caller asks for the next."""
    for path in sorted(folder().glob("[!.]*")):
        with suppress(OSError), path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.name.startswith(this_start()) and not path.suffix:
                yield path.name
            path.unlink()
