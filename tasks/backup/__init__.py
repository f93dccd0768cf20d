"""Saving everything into one archive while everything runs, and bringing it back."""

import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import peewee

from models import schema
from models.base import db, now, on_postgres
from models.file import File
from models.message import SENDING, TO_BE_SENT, Message
from models.organisation import Organisation
from models.session import Link, Session
from models.user import User
from tasks import CONFIG, huey, vault
from tasks.backup import files, postgresql, sqlite
from tasks.backup.archive import Reader, Writer
from tasks.queue import make_ready
from tasks.recurring import HEARTBEAT, HEARTBEAT_FILE

FORMAT = 1
EMPTY = "There is a company here already; nothing was changed. To throw it away, add --replace."


def write(file: Path) -> list[str]:
    """Save database and files. Returns the keys of files that the storage has lost; raises RuntimeError, and leaves
    no half archive, where it cannot be written."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as folder,
            Writer(file) as archive,
        ):
            with kind().snapshot(Path(folder)) as shot:
                for name, pieces in shot.entries():
                    archive.add(name, pieces, packed=True)
                wanted = files.wanted(shot.rows)
            renewed, lost = files.copy(wanted, archive)
            archive.finish({**description(), **shot.facts, "renewed": renewed})
            return lost
    except (OSError, peewee.sqlite3.Error) as error:
        raise RuntimeError(f"The backup was not written: {getattr(error, 'strerror', None) or error}.") from error


def kind():
    return postgresql if on_postgres() else sqlite


def description() -> dict:
    return {
        "format": FORMAT,
        "database": kind().NAME,
        "made_at": now().isoformat(),
        "migrations": sorted(schema.runner().applied()),
    }


def bring_back(file: Path, *, replace: bool) -> None:
    """Make this installation the one that was saved. Everything is looked at before anything is changed; the
    database changes in one step, so a broken-off restore leaves the old one. Everybody has to log in again."""
    with Reader(file) as archive, tempfile.TemporaryDirectory(prefix="kundbok-") as folder:
        against(archive, replace)
        archive.verify()
        files.put_back(archive)
        kind().load(archive, Path(folder))
        schema.migrate()
        with db.atomic():
            settle(archive)
        if replace:
            files.drop_others(archive)
    make_ready(huey)
    huey.flush()


def against(archive: Reader, replace: bool) -> None:
    """Raise what speaks against restoring this archive here."""
    facts = archive.facts
    known = {migration.name for migration in schema.runner().migrations()}
    if facts["format"] != FORMAT or not known.issuperset(facts["migrations"]):
        raise RuntimeError("The backup was made by a newer version of Kundbok than this one.")
    if facts["database"] != kind().NAME:
        raise RuntimeError(f"The backup is of {facts['database']}, and this installation uses {kind().NAME}.")
    if is_running():
        raise RuntimeError("Kundbok is running here. Stop it, and restore then.")
    if not replace and not is_empty():
        raise RuntimeError(EMPTY)


def is_running() -> bool:
    with suppress(OSError):
        age = time.time() - (CONFIG.data_dir / HEARTBEAT_FILE).stat().st_mtime
        return timedelta(seconds=age) < HEARTBEAT * 3
    return False


def is_empty() -> bool:
    founded = db.table_exists("organisation") and (Organisation.select().exists() or User.select().exists())
    return not founded and next(vault().keys(), None) is None


def settle(archive: Reader) -> None:
    """What was true then and must not be now: logins, links, and letters that may have left meanwhile."""
    Session.delete().execute()
    Link.delete().execute()
    Message.update(maybe_repeated=True).where(Message.state.in_((*TO_BE_SENT, SENDING))).execute()
    for file_id, facts in archive.facts["renewed"].items():
        File.update(**facts).where(File.id == int(file_id)).execute()
