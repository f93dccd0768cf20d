"""The archive: a zip with the database, the files, and a manifest that knows the hash of each."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MANIFEST = "manifest.json"
CHUNK = 1 << 20


class Writer:
    """Writes beside `file` and renames at the end: under its name there is a whole archive or none."""

    def __init__(self, file: Path):
        self.file = file.absolute()
        self.unfinished = self.file.with_name(f"{self.file.name}.part")
        self.hashes: dict[str, str] = {}

    def __enter__(self) -> "Writer":
        handle = os.open(self.unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds everybody's data
        self._raw = os.fdopen(handle, "w+b")
        self._zip = ZipFile(self._raw, "w", allowZip64=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._zip.fp = None  # finished, or given up: nothing more is written
        with suppress(OSError):  # what is still in memory finds no room either
            self._raw.close()
        self.unfinished.unlink(missing_ok=True)

    def add(self, name: str, pieces: Iterable[bytes], *, packed: bool = False) -> None:
        """Photos and PDFs are packed already; tables are not."""
        info = ZipInfo(name)
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        digest = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as entry:
            for piece in pieces:
                digest.update(piece)
                entry.write(piece)
        self.hashes[name] = digest.hexdigest()

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the manifest, make sure that all is on the disk, and give the archive its name."""
        self._zip.writestr(MANIFEST, json.dumps({**facts, "sha256": self.hashes}, ensure_ascii=False, indent=1))
        self._zip.close()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self.unfinished.rename(self.file)


class Reader:
    """Raises ValueError with a sentence for anything that is not a whole archive of ours."""

    def __init__(self, file: Path):
        self.file = file
        try:
            self._zip = ZipFile(file)
            self.facts: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
            self.hashes: dict[str, str] = self.facts["sha256"]
        except (BadZipFile, KeyError, ValueError, NotImplementedError) as error:
            raise ValueError(f"{file.name} is not a backup of Kundbok, or it is cut short.") from error

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def verify(self) -> None:
        """Read everything once: what was saved is all there, bit by bit."""
        missing = self.hashes.keys() - set(self._zip.namelist())
        wrong = [name for name, expected in self.hashes.items() if name not in missing and self._hash(name) != expected]
        if missing or wrong:
            raise ValueError(
                f"{self.file.name} is damaged: {sorted([*missing, *wrong])[0]} is not as it was saved. "
                "Nothing was changed."
            )

    def _hash(self, name: str) -> str:
        digest = hashlib.sha256()
        try:
            for piece in self.stream(name):
                digest.update(piece)
        except (BadZipFile, EOFError, OSError, ValueError):
            return "unreadable"
        return digest.hexdigest()

    def stream(self, name: str) -> Iterator[bytes]:
        with self._zip.open(name) as entry:
            while piece := entry.read(CHUNK):
                yield piece

    def read(self, name: str) -> bytes:
        return self._zip.read(name)

    def below(self, folder: str) -> list[str]:
        return [name for name in self.hashes if name.startswith(f"{folder}/")]
