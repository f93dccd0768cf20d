"""The files that a saved database speaks of."""

from collections.abc import Callable
from typing import Any

from models.file import File
from tasks import vault
from tasks.backup.archive import Reader, Writer

FOLDER = "files"
# Every column that holds a key of the storage. A picture's original is gone when it was made anew.
PLAIN = (
    ("organisation", "logo_key"),
    ("signature", "image_key"),
    ("import_job", "key"),
    ("person_export", "json_key"),
    ("person_export", "pdf_key"),
    ("erasure", "letter_key"),
)
PICTURES = "SELECT id, key, shown_key, thumb_key FROM file WHERE deleted_at IS NULL ORDER BY id"
MADE = ("state", "reason", "shown_key", "thumb_key", "width", "height")

Wanted = list[tuple[str, int | None]]  # keys, and the id of the file where there is one


def wanted(rows: Callable[[str], list[tuple]]) -> Wanted:
    keys: dict[str, int | None] = {}
    for file_id, key, shown_key, thumb_key in rows(PICTURES):
        keys |= {found: file_id for found in ([shown_key, thumb_key] if shown_key else [key])}
    for table, column in PLAIN:
        keys |= {key: None for (key,) in rows(f'SELECT "{column}" FROM "{table}"')}  # noqa: S608  the names above
    return [(key, file_id) for key, file_id in keys.items() if key]


def copy(keys: Wanted, archive: Writer) -> tuple[dict[int, dict[str, Any]], list[str]]:
    """Into the archive. Returns what became of pictures that were made anew meanwhile, and the keys that are lost."""
    renewed: dict[int, dict[str, Any]] = {}
    lost = []
    for key, file_id in keys:
        if put(key, archive):
            continue
        facts = made_anew(file_id, key)
        if facts and all(put(facts[name], archive) for name in ("shown_key", "thumb_key")):
            renewed[file_id or 0] = facts
        else:
            lost.append(key)
    return renewed, lost


def put(key: str, archive: Writer) -> bool:
    name = f"{FOLDER}/{key}"
    if name in archive.hashes:
        return True
    try:
        pieces = vault().stream(key)
    except FileNotFoundError:
        return False
    archive.add(name, pieces)
    return True


def made_anew(file_id: int | None, key: str) -> dict[str, Any] | None:
    """The worker made the picture anew after the database was saved, and threw the original away."""
    file = File.get_or_none((File.id == file_id) & (File.key == key) & (File.shown_key != ""))
    return {name: getattr(file, name) for name in MADE} if file else None


def put_back(archive: Reader) -> None:
    """First the files, then the database that speaks of them: broken off between, nothing points at nothing."""
    for name in archive.below(FOLDER):
        vault().put(name.removeprefix(f"{FOLDER}/"), archive.read(name))


def drop_others(archive: Reader) -> None:
    """The thrown-away company's files."""
    kept = {name.removeprefix(f"{FOLDER}/") for name in archive.below(FOLDER)}
    for key in list(vault().keys()):
        if key not in kept:
            vault().delete(key)
