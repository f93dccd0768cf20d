"""Backup and restore, in this process: what is in the archive, what speaks against it, and what is not brought back."""

import hashlib
import threading
import zipfile
from pathlib import Path
from random import Random

import pytest

from models import TABLES
from models.base import connection, db
from models.customer import Customer
from models.event import Event
from models.file import File, FileKind, FileState
from models.message import TO_BE_SENT, Message
from models.organisation import Organisation
from models.session import Link, Purpose
from tasks import CONFIG, backup, notifications, uploads, vault
from tasks.backup import files, postgresql
from tasks.demo.pictures import drawn
from tasks.recurring import beat, silence
from tests import factories


@pytest.fixture
def company(cast):
    """A company with a photo that is ready, one that waits, a logo and a letter on its way."""
    picture, _thumb = drawn("gauge", Random(1))
    for name in ("ready.jpg", "waiting.jpg"):
        key = File.new_key("jpg")
        vault().put(key, picture)
        file = File.attach(
            cast.lovskar, by=None, kind=FileKind.PHOTO, name=name, mime="image/jpeg", size=len(picture), key=key
        )
        if name == "ready.jpg":
            uploads.make_anew(file)
    logo = File.new_key("png")
    vault().put(logo, b"logo")
    Organisation.update(logo_key=logo).execute()
    yield cast
    silence(CONFIG.data_dir)


def contents() -> dict[str, list]:
    return {table.__name__: list(table.select().order_by(table.id).tuples()) for table in TABLES}


def stored() -> dict[str, str]:
    return {key: hashlib.sha256(vault().get(key)).hexdigest() for key in vault().keys()}


def spoken_of() -> set[str]:
    with db.atomic():
        return {key for key, _file in files.wanted(lambda sql: db.execute_sql(sql).fetchall())}


def test_everything_comes_back_as_it_was_but_the_logins(company, tmp_path):
    company.at("dispatcher")
    Link.issue(company.nobody, Purpose.RESET)
    before, keys = contents(), spoken_of()
    bytes_before = {key: digest for key, digest in stored().items() if key in keys}
    assert backup.write(tmp_path / "all.zip") == []
    Customer.update(name="Changed since").execute()
    factories.customer(company.house.north, "Added since")
    vault().delete(next(iter(keys)))
    backup.bring_back(tmp_path / "all.zip", replace=True)
    after = contents()
    assert after.pop("Session") == after.pop("Link") == []
    assert after == {name: rows for name, rows in before.items() if name not in ("Session", "Link")}
    assert stored() == bytes_before


def test_new_records_do_not_collide_with_those_brought_back(company, tmp_path):
    backup.write(tmp_path / "all.zip")
    highest = max(customer.id for customer in Customer.select())
    backup.bring_back(tmp_path / "all.zip", replace=True)
    assert factories.customer(company.house.north, "Next").id == highest + 1


def test_a_company_that_is_here_is_not_overwritten_unasked(company, tmp_path):
    backup.write(tmp_path / "all.zip")
    before = contents()
    with pytest.raises(RuntimeError, match="--replace"):
        backup.bring_back(tmp_path / "all.zip", replace=False)
    assert contents() == before


def test_a_running_kundbok_is_not_overwritten(company, tmp_path):
    backup.write(tmp_path / "all.zip")
    beat(CONFIG.data_dir)
    with pytest.raises(RuntimeError, match="Stop it"):
        backup.bring_back(tmp_path / "all.zip", replace=True)


def test_a_file_with_another_content_is_found_before_anything_is_changed(company, tmp_path):
    archive = tmp_path / "all.zip"
    backup.write(archive)
    with zipfile.ZipFile(archive) as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"something else" if name.startswith("files/") else good.read(name))
    before = contents()
    with pytest.raises(ValueError, match="damaged"):
        backup.bring_back(tmp_path / "bad.zip", replace=True)
    assert contents() == before


@pytest.mark.parametrize(
    "spoil", [lambda whole: whole[: len(whole) // 2], lambda whole: b"", lambda whole: b"no zip at all"]
)
def test_half_an_archive_is_said_to_be_none(company, tmp_path, spoil):
    archive = tmp_path / "all.zip"
    backup.write(archive)
    archive.write_bytes(spoil(archive.read_bytes()))
    with pytest.raises(ValueError, match="not a backup of Kundbok, or it is cut short"):
        backup.bring_back(archive, replace=True)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"format": 2}, "newer version"),
        ({"migrations": ["9999_later"]}, "newer version"),
        ({"database": "Oracle"}, "is of Oracle"),
    ],
)
def test_an_archive_from_elsewhere_is_refused(company, tmp_path, monkeypatch, facts, sentence):
    monkeypatch.setattr(backup, "description", lambda was=backup.description: {**was(), **facts})
    backup.write(tmp_path / "all.zip")
    with pytest.raises(RuntimeError, match=sentence):
        backup.bring_back(tmp_path / "all.zip", replace=True)


def test_a_picture_made_anew_while_the_backup_runs_is_saved_as_it_is_now(company, tmp_path, monkeypatch):
    waiting = File.get(File.name == "waiting.jpg")
    copy = files.copy

    def first_the_worker(wanted, archive):
        uploads.make_anew(waiting)
        return copy(wanted, archive)

    monkeypatch.setattr(files, "copy", first_the_worker)
    assert backup.write(tmp_path / "all.zip") == []
    backup.bring_back(tmp_path / "all.zip", replace=True)
    waiting = File.get_by_id(waiting.id)
    assert waiting.state is FileState.READY
    assert vault().get(waiting.shown_key) and vault().get(waiting.thumb_key)


def test_a_file_that_the_storage_lost_is_named_and_the_rest_is_saved(company, tmp_path):
    lost = File.get(File.name == "waiting.jpg").key
    vault().delete(lost)
    assert backup.write(tmp_path / "all.zip") == [lost]
    backup.bring_back(tmp_path / "all.zip", replace=True)
    assert File.select().count() == 2


def test_letters_on_their_way_may_be_repeated_and_say_so(company, tmp_path):
    report = factories.fault_report(company.administrator, company.lovskar)
    notifications.dispatch.call_local(Event.about(report).first().id)
    waiting = {message.id for message in Message.select().where(Message.state.in_(TO_BE_SENT))}
    assert waiting
    backup.write(tmp_path / "all.zip")
    backup.bring_back(tmp_path / "all.zip", replace=True)
    assert {message.id for message in Message.select().where(Message.maybe_repeated)} == waiting


def test_every_column_that_can_hold_a_key_is_known_to_the_backup():
    others = {
        ("attempt", "key"),
        ("message", "key"),
        ("submission", "key"),
        ("file", "key"),
        ("file", "shown_key"),
        ("file", "thumb_key"),
        ("doomed_file", "key"),
    }
    found = {
        (table._meta.table_name, field.column_name)
        for table in TABLES
        for field in table._meta.sorted_fields
        if field.column_name == "key" or field.column_name.endswith("_key")
    }
    assert found - others == set(files.PLAIN)


def test_what_was_acknowledged_before_a_backup_is_in_it_however_many_write(company, tmp_path):
    """Each writer notes what the database has acknowledged; the backup must hold all that was noted before it began."""
    acknowledged, stop = [], threading.Event()

    def write(writer: int) -> None:
        with connection():
            for number in range(10_000):
                if stop.is_set():
                    return
                customer = factories.customer(company.house.north, f"Writer {writer}", number=f"W{writer}-{number}")
                acknowledged.append(customer.number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    archives = []
    for number in range(3):
        stop.wait(0.3)
        archives.append((tmp_path / f"{number}.zip", set(acknowledged)))
        backup.write(archives[-1][0])
    stop.set()
    for writer in writers:
        writer.join()
    assert len(acknowledged) > 20
    for archive, before in archives:
        backup.bring_back(archive, replace=True)
        saved = {customer.number for customer in Customer.select()}
        assert before <= saved


def test_the_archive_is_for_its_owner_only_and_leaves_nothing_beside_it(company, tmp_path):
    backup.write(tmp_path / "all.zip")
    assert [file.name for file in tmp_path.iterdir()] == ["all.zip"]
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0


def full(*_args) -> None:
    raise OSError(28, "No space left on device")


def test_no_room_is_said_and_leaves_no_half_archive(company, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "copy", full)
    with pytest.raises(RuntimeError, match="The backup was not written: No space left on device"):
        backup.write(tmp_path / "all.zip")
    assert list(tmp_path.iterdir()) == []


def test_an_older_archive_is_kept_where_the_new_one_fails(company, tmp_path, monkeypatch):
    archive: Path = tmp_path / "all.zip"
    backup.write(archive)
    whole = archive.read_bytes()
    monkeypatch.setattr(files, "copy", full)
    with pytest.raises(RuntimeError):
        backup.write(archive)
    assert archive.read_bytes() == whole


def test_a_table_that_cannot_be_ours_is_not_loaded():
    with pytest.raises(ValueError, match="cannot be ours"):
        postgresql.place('user"; DROP TABLE customer; --', ["id"])
