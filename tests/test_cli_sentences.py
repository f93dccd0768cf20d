"""What commands say when the installation is not as it should be: one sentence, and an exit code for scripts."""

import pytest

from models import schema
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight thousand"),
        ("TRUSTED_PROXIES", "-1"),
        ("FILES_URL", "ftp://nowhere"),
        ("DATABASE_URL", "mysql://root@localhost/kundbok"),
        ("SMTP_URL", "mail.example"),
        ("BASE_URL", "kundbok.example"),
        ("SECRET_KEY", "short"),
    ],
)
def test_a_setting_that_cannot_be_meant(tmp_path, name, value):
    done = Installation(tmp_path).flask("migrate", **{name: value})
    assert done.returncode == 1
    assert name in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_demo_is_loaded_once_and_told_twice(tmp_path):
    installation = Installation(tmp_path).migrated()
    first, second = installation.flask("demo"), installation.flask("demo")
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout
    assert first.stdout.splitlines()[0].split() == ["login", "password", "role", "store", "customer"]
