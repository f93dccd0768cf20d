"""What commands say when the installation is not as it should be: one sentence, and an exit code for scripts."""

import peewee
import pytest

from models import schema
from models.base import UnsafeSQLite, open_database
from models.config import Config, kept_secret
from tests.processes import Installation, free_port

ALL = sorted(path.stem for path in schema.FOLDER.glob("[0-9]*.py"))
COMMANDS = [("serve",), ("worker",), ("demo",), ("backup", "all.zip")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_database_that_was_never_migrated(tmp_path, command):
    done = Installation(tmp_path).flask(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The database is not migrated yet ({', '.join(ALL)}). Run: flask --app app migrate\n"


@pytest.mark.parametrize("command", [*COMMANDS, ("migrate",)], ids=lambda command: command[0])
def test_a_database_out_of_reach(tmp_path, command):
    done = Installation(tmp_path).flask(*command, DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith("The database does not answer as it should: ")


def test_a_database_file_that_is_none(tmp_path):
    installation = Installation(tmp_path)
    installation.data.mkdir()
    (installation.data / "other.db").write_bytes(b"this is a letter, not a database " * 100)
    done = installation.flask("migrate", DATABASE_URL=f"sqlite:///{installation.data / 'other.db'}")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_a_broken_queue_is_made_anew(tmp_path):
    installation = Installation(tmp_path).migrated()
    queue = installation.data / "queue.db"
    if not queue.exists():
        pytest.skip("the queue is in PostgreSQL")
    for name in ("queue.db-wal", "queue.db-shm"):
        (installation.data / name).unlink(missing_ok=True)
    queue.write_bytes(b"this is a letter, not a database " * 300)
    assert installation.flask("migrate").returncode == 0
    assert queue.read_bytes().startswith(b"SQLite format 3")


def test_migrating_twice_says_nothing_the_second_time(tmp_path):
    installation = Installation(tmp_path)
    assert installation.flask("migrate").stdout == "".join(f"Applied {name}\n" for name in ALL)
    again = installation.flask("migrate")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert installation.flask("migrate", "--check").returncode == 0


def test_checking_tells_scripts_that_something_is_missing(tmp_path):
    assert Installation(tmp_path).flask("migrate", "--check").returncode == 1


SENSELESS = pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight thousand"),
        ("PORT", "65536"),
        ("TRUSTED_PROXIES", "-1"),
        ("FILES_URL", "ftp://nowhere"),
        ("FILES_URL", "s3://"),
        ("DATABASE_URL", "mysql://root@localhost/kundbok"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "smtp://mail.example:submission"),
        ("SMTP_URL", "smtp://user:secret@:587"),
        ("BASE_URL", "kundbok.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://kundbok.example:70000"),
        ("SECRET_KEY", "short"),
    ],
)


@SENSELESS
def test_a_setting_that_cannot_be_meant_is_named_in_one_sentence(tmp_path, name, value):
    with pytest.raises(ValueError, match=rf"^{name} must [^\n]+\.$") as wrong:
        Config.from_env({"DATA_DIR": str(tmp_path), name: value})
    assert value not in str(wrong.value) or name == "PORT" or name == "TRUSTED_PROXIES", (
        "an address may hold a password"
    )


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ValueError, match=r"^DATA_DIR must be a folder that can be made: /.*/taken: File exists\.$"):
        Config.from_env({"DATA_DIR": str(tmp_path / "taken")})


def test_a_setting_that_cannot_be_meant_stops_every_command(tmp_path):
    done = Installation(tmp_path).flask("migrate", BASE_URL="kundbok.example")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "BASE_URL must begin with http:// or https://.\n"


def test_without_any_setting_all_is_kept_in_one_folder_with_a_secret_of_its_own(tmp_path):
    found = Config.from_env({"DATA_DIR": str(tmp_path / "var")})
    assert (found.database_url, found.base_url, found.files_url) == (
        f"sqlite:///{tmp_path}/var/kundbok.db",
        "http://127.0.0.1:8000",
        f"file://{tmp_path}/var/files",
    )
    kept = tmp_path / "var" / "secret_key"
    assert (kept.read_text(), len(found.secret_key) >= 64, kept.stat().st_mode & 0o777) == (
        found.secret_key,
        True,
        0o600,
    )
    assert Config.from_env({"DATA_DIR": str(tmp_path / "var")}).secret_key == found.secret_key
    assert list((tmp_path / "var").iterdir()) == [kept]


def test_of_two_that_start_at_once_both_have_the_secret_that_came_first(tmp_path, monkeypatch):
    path = tmp_path / "secret_key"
    path.write_text("first")
    monkeypatch.setattr(type(path), "exists", lambda self: False)  # it was not there a moment ago
    assert (kept_secret(path), list(tmp_path.iterdir())) == ("first", [path])


def test_an_sqlite_that_can_lose_data_is_refused(monkeypatch):
    monkeypatch.setattr(peewee.sqlite3, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(UnsafeSQLite, match="can lose data; install pysqlite3"):
        open_database("sqlite:///nowhere.db")


def test_the_demo_is_loaded_once_and_told_twice(tmp_path):
    installation = Installation(tmp_path).migrated()
    first, second = installation.flask("demo"), installation.flask("demo")
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout
    assert first.stdout.splitlines()[0].split() == ["login", "password", "role", "store", "customer"]
