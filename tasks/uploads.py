"""Taking files in: looked at by content, stored under random names; pictures are made anew by the
worker."""

import hashlib
from collections.abc import Iterable
from typing import cast

import structlog
from werkzeug.datastructures import FileStorage

from models.base import Record, connection
from models.file import LARGEST_MB, LONGEST_NAME, MOST_AT_ONCE, File, FileKind, FileState
from models.refusals import Refusal, Refused, refuse
from models.user import User
from tasks import huey, vault
from tasks.photos import HEAD, Kind, Remade, Unreadable, remake, sniff

log = structlog.get_logger("kundbok.files")

MB = 1_000_000


def receive(record: Record, uploads: Iterable[FileStorage], *, by: User | None, tell: bool = True) -> list[File]:
    """Keep these uploads with the record. Raises Refused with every file that cannot be taken, and
    keeps none then."""
    chosen = [upload for upload in uploads if upload and upload.filename]
    contents = [(upload.filename or "", upload.read(LARGEST_MB * MB + 1)) for upload in chosen]
    refusals = [refusal for name, raw in contents for refusal in against(name, raw)]
    if len(contents) > MOST_AT_ONCE:
        refusals.append(refuse("upload.count", limit=MOST_AT_ONCE, code="upload.count"))
    if refusals:
        raise Refused(refusals)
    return [keep(record, name, raw, by=by, tell=tell) for name, raw in contents]


def against(name: str, raw: bytes) -> list[Refusal]:
    """What is wrong with one upload."""
    if len(raw) > LARGEST_MB * MB:
        return [
            refuse(
                "upload.size",
                name=name,
                size=f"> {LARGEST_MB}",
                limit=LARGEST_MB,
                code="upload.size",
            )
        ]
    if sniff(raw[:HEAD]) is None:
        return [refuse("upload.type", name=name, code="upload.type")]
    return []


def keep(record: Record, name: str, raw: bytes, *, by: User | None, tell: bool) -> File:
    kind = cast(Kind, sniff(raw[:HEAD]))  # `against` has seen to it that there is one
    key = File.new_key(kind.extension)
    vault().put(key, raw)
    return File.attach(record, by=by, tell=tell, **facts(kind, name, raw, key))


def facts(kind: Kind, name: str, raw: bytes, key: str) -> dict:
    """A picture waits for the worker; anything else is handed out as it came."""
    return {
        "kind": FileKind.PHOTO if kind.is_image else FileKind.DOCUMENT,
        "state": FileState.WAITING if kind.is_image else FileState.READY,
        "name": plain_name(name),
        "mime": kind.mime,
        "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "key": key,
    }


def plain_name(name: str) -> str:
    """The last part of what the browser calls it, in printable letters; the end, which says what it
    is, is kept."""
    name = "".join(char for char in name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot and len(ending) < 10 else name[:LONGEST_NAME]


@huey.task(name="prepare_file", priority=30)
def prepare(file_id: int) -> None:
    with connection():
        file = File.get_or_none((File.id == file_id) & (File.state == FileState.WAITING))
        if file is not None:
            try_making(file)


@huey.task(name="prepare_files", priority=30)
def prepare_all() -> None:
    """Every picture that waits, the oldest first; the storage being out of reach is no reason to
    give one up."""
    with connection():
        for file in File.unprepared():
            if not try_making(file):
                return


def try_making(file: File) -> bool:
    """False where the storage does not answer: the picture waits for the next minute's round."""
    try:
        make_anew(file)
    except OSError:
        log.exception("not_prepared", file=file.id)
        return False
    return True


def make_anew(file: File) -> None:
    """Without EXIF and GPS, at the size we show; the original goes, it may say where somebody
    lives."""
    try:
        picture = remake(vault().get(file.key))
    except FileNotFoundError:
        if not file.catch_up():
            give_up(file, "upload.unreadable")
    except Unreadable as error:
        give_up(file, error.code)
    else:
        keep_picture(file, picture)
        vault().delete(file.key)


def give_up(file: File, reason: str) -> None:
    file.unreadable(reason)
    log.warning("unreadable", file=file.id, reason=reason)


def keep_picture(file: File, picture: Remade) -> None:
    shown, thumb = File.new_key("jpg"), File.new_key("jpg")
    vault().put(shown, picture.full)
    vault().put(thumb, picture.thumb)
    if not file.prepared(shown_key=shown, thumb_key=thumb, width=picture.width, height=picture.height):
        vault().delete(shown)
        vault().delete(thumb)
