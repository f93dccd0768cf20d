"""`backup` and `restore` as commands: from a running installation to a fresh one, and what they say when it
goes wrong."""

import json
import resource
import signal
import subprocess
import zipfile

import pytest

from tasks.backup.archive import Writer
from tests.processes import FLASK, ROOT, Installation, logins


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("source")).migrated()
    logins(installation)
    return installation


@pytest.fixture(scope="module")
def archive(source, tmp_path_factory):
    file = tmp_path_factory.mktemp("archive") / "kundbok.zip"
    done = source.flask("backup", file)
    assert (done.returncode, done.stderr) == (0, "")
    return file


def test_a_fresh_installation_becomes_the_saved_one(source, archive, tmp_path):
    fresh = Installation(tmp_path)
    done = fresh.flask("restore", archive)
    assert (done.returncode, done.stderr) == (0, "")
    assert logins(fresh) == logins(source)
    names = {name for name in zipfile.ZipFile(archive).namelist() if name.startswith("files/")}
    assert {
        f"files/{file.relative_to(fresh.data / 'files')}"
        for file in (fresh.data / "files").rglob("*")
        if file.is_file()
    } == names
    again = fresh.flask("restore", archive)
    assert (again.returncode, len(again.stderr.splitlines())) == (1, 1)
    assert "--replace" in again.stderr
    assert fresh.flask("restore", archive, "--replace").returncode == 0


def test_the_manifest_says_what_it_is(archive):
    manifest = json.loads(zipfile.ZipFile(archive).read("manifest.json"))
    assert manifest["format"] == 1
    assert manifest["migrations"][0] == "0001_foundation"
    assert all(len(digest) == 64 for digest in manifest["sha256"].values())


def test_it_saves_while_everything_runs(source, tmp_path):
    with source.running() as running:
        running.wait_until_started()
        assert source.flask("backup", tmp_path / "live.zip").returncode == 0
        refused = source.flask("restore", tmp_path / "live.zip", "--replace")
    assert (refused.returncode, refused.stderr) == (1, "Kundbok is running here. Stop it, and restore then.\n")


def test_a_full_disk_is_one_sentence_and_leaves_nothing(source, tmp_path):
    """A limit on the size of files is to the program what a full disk is."""
    done = subprocess.run(
        [*FLASK, "backup", str(tmp_path / "all.zip")],
        cwd=ROOT,
        env=source.environment,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The backup was not written: ")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_finds_no_room_at_the_very_end_leaves_nothing_either(tmp_path):
    """The last bytes are still in memory when the archive is given up."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(OSError, match="too large"), Writer(tmp_path / "all.zip") as archive:
            archive.add("a", [b"x" * 4_000])
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
            archive.finish({})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [("backup",), ("restore",), ("restore", "no-such-file.zip"), ("backup", "/"), ("no-such-command",)]
)
def test_wrong_usage_is_exit_code_2(source, arguments):
    assert source.flask(*arguments).returncode == 2


def test_a_folder_that_is_not_there_is_said(source, tmp_path):
    done = source.flask("backup", tmp_path / "nowhere" / "all.zip")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "No such file or directory" in done.stderr
