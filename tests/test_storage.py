"""Files by key, in a directory and in a bucket."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tasks.storage import UNFINISHED, Storage, Unavailable
from tests.stand_ins.s3 import ACCESS_KEY, SECRET_KEY, bucket


@pytest.fixture
def s3(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    with bucket() as server:
        yield server


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "files"


@pytest.fixture(params=["directory", "bucket"])
def storage(request, directory):
    if request.param == "directory":
        return Storage(f"file://{directory}")
    return Storage(request.getfixturevalue("s3").url)


def files(directory):
    return [path for path in directory.rglob("*") if path.is_file()]


def test_what_was_put_is_there(storage):
    storage.put("photos/ab12/full.jpg", b"\xff\xd8 picture")
    assert storage.get("photos/ab12/full.jpg") == b"\xff\xd8 picture"
    assert storage.size("photos/ab12/full.jpg") == 10


def test_putting_again_replaces(storage):
    storage.put("a/b", b"one")
    storage.put("a/b", b"three")
    assert (storage.get("a/b"), list(storage.keys())) == (b"three", ["a/b"])


def test_an_empty_file_is_a_file(storage):
    storage.put("empty", b"")
    assert (storage.get("empty"), storage.size("empty")) == (b"", 0)
    assert b"".join(storage.stream("empty")) == b""


def test_a_part_is_streamed_in_pieces(storage):
    data = os.urandom(1_000_000)
    storage.put("long", data)
    pieces = list(storage.stream("long"))
    assert b"".join(pieces) == data
    assert len(pieces) > 1
    assert b"".join(storage.stream("long", 10, 20)) == data[10:20]
    assert b"".join(storage.stream("long", 0, 1)) == data[:1]
    assert b"".join(storage.stream("long", 999_990)) == data[999_990:]
    assert b"".join(storage.stream("long", 999_990, 2_000_000)) == data[999_990:]


def test_a_missing_key_says_so(storage):
    for ask in (storage.get, storage.size, storage.stream):
        with pytest.raises(FileNotFoundError):
            ask("no/such-file")


def test_deleting_twice_is_as_good_as_once(storage):
    storage.put("a", b"x")
    storage.delete("a")
    storage.delete("a")
    assert list(storage.keys()) == []


def test_keys_are_listed_by_folder(storage):
    names = {"photos/a.jpg", "photos/b/c.jpg", "photos/d.jpg", "photographs/e.jpg", "pdf/f.pdf"}
    for name in names:
        storage.put(name, b"x")
    assert set(storage.keys()) == names
    assert (
        set(storage.keys("photos/"))
        == set(storage.keys("photos"))
        == {"photos/a.jpg", "photos/b/c.jpg", "photos/d.jpg"}
    )
    assert list(storage.keys("nothing")) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a/./b",
        "a//b",
        ".new/x",
        "a/.b",
        "a.",
        "A",
        "å",
        "a b",
        "a\n",
        "a\\b",
        "a%2e",
        "a" * 201,
    ],
)
def test_a_key_that_we_did_not_make_is_refused(storage, key):
    for ask in (
        lambda: storage.put(key, b""),
        lambda: storage.get(key),
        lambda: storage.stream(key),
        lambda: storage.size(key),
        lambda: storage.delete(key),
    ):
        with pytest.raises(ValueError, match="Not a key"):
            ask()


@pytest.mark.parametrize("url", ["", "/var/lib", "file://host/dir", "s3://", "http://example.com", "ftp://x/y"])
def test_an_address_of_nothing_we_know_is_refused(url):
    with pytest.raises(ValueError, match="Not a storage URL"):
        Storage(url)


def test_a_directory_with_spaces_and_letters_is_found(tmp_path):
    Storage((tmp_path / "mina filer åäö").as_uri()).put("a", b"x")
    assert (tmp_path / "mina filer åäö" / "a").read_bytes() == b"x"


def test_a_full_disk_leaves_nothing_behind(directory, monkeypatch):
    storage = Storage(f"file://{directory}")
    storage.put("kept", b"before")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        storage.put("kept", b"after")
    with pytest.raises(OSError, match="No space left"):
        storage.put("new/one", b"after")
    monkeypatch.undo()
    assert (storage.get("kept"), list(storage.keys())) == (b"before", ["kept"])
    assert files(directory) == [directory / "kept"]
    storage.put("new/one", b"after")


def test_an_acknowledged_file_has_been_synced_before_it_got_its_name(directory, monkeypatch):
    steps = []
    sync, rename = os.fsync, type(directory).rename
    monkeypatch.setattr(
        os,
        "fsync",
        lambda handle: (steps.append(os.readlink(f"/proc/self/fd/{handle}")), sync(handle)),
    )
    monkeypatch.setattr(
        type(directory),
        "rename",
        lambda path, target: (steps.append("rename"), rename(path, target)),
    )
    Storage(f"file://{directory}").put("a/b/c", b"x")
    folders, (content, *rest) = steps[:2], steps[2:]
    assert folders == [str(directory), str(directory / "a")]
    assert content.startswith(str(directory / UNFINISHED))
    assert rest == ["rename", str(directory / "a" / "b")]


def test_a_killed_process_leaves_no_half_file(directory):
    program = f"""
from tasks.storage import Storage
storage = Storage("file://{directory}")
for number in range(10_000):
    storage.put(f"n/{{number}}", b"x" * 300_000)
    print(number, flush=True)
"""
    writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    first = [int(writer.stdout.readline()) for _ in range(5)]
    writer.send_signal(signal.SIGKILL)
    acknowledged = first + [int(line) for line in writer.stdout]
    writer.wait()
    storage = Storage(f"file://{directory}")
    assert {f"n/{number}" for number in acknowledged} <= set(storage.keys())
    assert {storage.size(key) for key in storage.keys()} == {300_000}


def test_what_a_killed_process_left_is_swept_an_hour_later(directory):
    Storage(f"file://{directory}")
    old, young = directory / UNFINISHED / "old", directory / UNFINISHED / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 4000,) * 2)
    storage = Storage(f"file://{directory}")
    assert files(directory) == [young]
    assert list(storage.keys()) == []


def test_a_bucket_keeps_its_files_in_its_folder(s3):
    Storage(s3.url).put("a/b", b"x")
    assert s3.objects == {"files/a/b": b"x"}


def test_a_bucket_that_refuses_our_signature_is_unavailable(s3, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(Unavailable):
        Storage(s3.url).put("a", b"x")
    assert s3.objects == {}


def test_a_bucket_that_is_busy_is_asked_again_and_then_unavailable(s3):
    s3.refuse(503)
    with pytest.raises(Unavailable):
        Storage(s3.url).get("a")
    assert len(s3.requests) == 4
    s3.refuse(None)
    Storage(s3.url).put("a", b"x")
