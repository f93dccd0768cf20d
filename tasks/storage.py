"""Where files lie: a directory of ours, or a bucket that speaks S3.

What `put` has returned from survives a power cut, and what it has not is not there at all: a full
disk or a killed process leaves no half file under a name anyone knows.
"""

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from obstore import exceptions
from obstore.store import LocalStore, S3Store

KEY = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(/[a-z0-9-]+(\.[a-z0-9-]+)*)*")
KEY_LENGTH = 200
UNFINISHED = ".new"  # beside the files, so that a rename suffices; no key can begin with a dot
CHUNK = 256 * 1024
RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
TIMES = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}


class Unavailable(OSError):
    """The bucket does not answer, or refuses us."""


class Storage:
    """Files by key, at `file:///directory` or `s3://bucket/folder?endpoint=https://...&region=...`.

    Keys are names we made ourselves (lower case, digits, `-`, `.` and `/`), never names of users.
    A bucket's credentials come from the usual AWS_ environment. Every failure is an OSError:
    FileNotFoundError for a key that is not there, Unavailable for a bucket out of reach.
    """

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.directory = None
        self._store: Any
        if parts.scheme == "file" and not parts.netloc:
            self.directory = Path(unquote(parts.path))
            _sweep(self.directory / UNFINISHED)
            self._store = LocalStore(self.directory)
        elif parts.scheme == "s3" and parts.netloc:
            self._store = _bucket(parts.netloc, parts.path, dict(parse_qsl(parts.query)))
        else:
            raise ValueError(f"Not a storage URL: {url}")

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, for good once this returns; what was there is replaced."""
        if self.directory:
            _write_durably(self.directory, _checked(key), data)
            return
        with _answering():
            self._store.put(_checked(key), data)

    def get(self, key: str) -> bytes:
        if self.directory:
            return (self.directory / _checked(key)).read_bytes()
        with _answering():
            return bytes(self._store.get(_checked(key)).bytes())

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to but not including `end`, in pieces.

        A missing key raises here and not at the first piece, while a page can still be an error.
        """
        options = {"range": {"offset": start} if end is None else (start, end)}
        with _answering():
            found = self._store.get(_checked(key), options=options if start or end else None)
        return _pieces(found)

    def size(self, key: str) -> int:
        with _answering():
            return self._store.head(_checked(key))["size"]

    def delete(self, key: str) -> None:
        """Safe to call twice: a key that is not there is as good as deleted."""
        try:
            with _answering():
                self._store.delete(_checked(key))
        except FileNotFoundError:
            return

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys below the folder `prefix`, in no order."""
        folder = _checked(prefix.rstrip("/")) if prefix else None
        with _answering():
            for found in self._store.list(folder):
                yield from (meta["path"] for meta in found if KEY.fullmatch(meta["path"]))


def _bucket(name: str, folder: str, options: dict[str, str]) -> S3Store:
    config: Any = {key: options[key] for key in ("endpoint", "region") if key in options}
    client: Any = {**TIMES, "allow_http": options.get("endpoint", "").startswith("http://")}
    return S3Store(
        name,
        prefix=folder.strip("/") or None,
        config=config,
        client_options=client,
        retry_config=RETRIES,
    )


def _checked(key: str) -> str:
    if len(key) > KEY_LENGTH or not KEY.fullmatch(key):
        raise ValueError("Not a key of ours")
    return key


def _write_durably(directory: Path, key: str, data: bytes) -> None:
    """Write beside, sync, rename, sync the folder: in this order a power cut loses nothing.

    obstore renames too, but syncs neither the file nor its folder.
    """
    target = directory / key
    unfinished = directory / UNFINISHED / secrets.token_hex(16)
    _make_folder(target.parent)
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sweep(unfinished: Path) -> None:
    """Drop what killed processes left behind; what is younger may still be in the writing."""
    unfinished.mkdir(parents=True, exist_ok=True)
    for left in unfinished.iterdir():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - 3600:
                left.unlink()


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pieces(found: Any) -> Iterator[bytes]:
    with _answering():
        for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)


@contextmanager
def _answering() -> Iterator[None]:
    """Failures by the names the rest of the world knows; a disk's own errors already have them."""
    try:
        yield
    except exceptions.BaseError as error:
        raise Unavailable(str(error).splitlines()[0]) from error
