"""The same promises over a folder, memory, and an S3 server where one is named."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from portal.backends.storage import ObjectExists, ObjectMissing, Storage, StorageError, storage_for
from portal.config import SettingsError

HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a folder #1 with 100%25" / "files"


@pytest.fixture(params=["file", "memory", "s3"])
def storage(request: pytest.FixtureRequest, folder: Path) -> Iterator[Storage]:
    """An empty store; PORTAL_TEST_S3_URL with AWS_ENDPOINT_URL and keys names a bucket the tests may write to."""
    if request.param == "file":
        yield storage_for(f"file://{folder}")
    elif request.param == "memory":
        yield storage_for("memory://")
    elif url := os.environ.get("PORTAL_TEST_S3_URL"):
        yield (bucket := storage_for(f"{url}/{uuid4().hex}"))
        for name in bucket.older_than(now() + HOUR):
            bucket.delete(name)
    else:
        pytest.skip("no S3 server: PORTAL_TEST_S3_URL names none")


def now() -> datetime:
    return datetime.now(UTC)


def fresh() -> str:
    return uuid4().hex


def test_works(storage: Storage) -> None:
    name, content = fresh(), os.urandom(3_000_000)
    storage.put(name, content)
    assert storage.get(name) == content
    assert storage.get_range(name, 65_552, 65_552) == content[65_552:131_104]


def test_ranges_end_with_the_object(storage: Storage) -> None:
    storage.put(name := fresh(), b"0123456789")
    assert storage.get_range(name, 0, 1) == b"0"
    assert storage.get_range(name, 7, 100) == b"789"
    with pytest.raises(StorageError):
        storage.get_range(name, 10, 1)
    for start, length in ((-1, 5), (0, 0), (0, -1)):
        with pytest.raises(ValueError):
            storage.get_range(name, start, length)


def pieces(content: bytes, cut: int = 65_552) -> Iterator[bytes]:
    return (content[at : at + cut] for at in range(0, len(content), cut))


@pytest.mark.parametrize("size", [0, 1, 3_000_000, 8 * 1024 * 1024, 20_000_000])
def test_streamed(storage: Storage, size: int) -> None:
    name, content = fresh(), os.urandom(size)
    storage.put_stream(name, pieces(content))
    assert storage.get(name) == content
    for start, stop in ((0, size), (size // 3, size // 2), (max(0, size - 5), size + 100)):
        if start < min(stop, size):
            length, found = storage.open(name, start, stop)
            assert (length, b"".join(found)) == (size, content[start:stop])


@pytest.mark.parametrize("size", [10, 20_000_000])
def test_a_stream_is_written_once(storage: Storage, size: int) -> None:
    storage.put(name := fresh(), b"first")
    with pytest.raises(ObjectExists):
        storage.put_stream(name, pieces(bytes(size)))
    assert storage.get(name) == b"first"


@pytest.mark.parametrize("good", [0, 1, 200])
def test_a_stream_that_breaks_leaves_nothing(storage: Storage, good: int) -> None:
    class Broken(Exception):
        pass

    def breaking() -> Iterator[bytes]:
        yield from [bytes(65_552)] * good
        raise Broken

    name = fresh()
    with pytest.raises(Broken):
        storage.put_stream(name, breaking())
    with pytest.raises(ObjectMissing):
        storage.open(name, 0, 1)
    assert list(storage.older_than(now() + HOUR)) == []


def test_what_is_being_read_may_be_let_go_of(folder: Path) -> None:
    storage = storage_for(f"file://{folder}")
    storage.put(name := fresh(), bytes(1_000_000))
    if not (held := Path("/proc/self/fd")).exists():
        pytest.skip("this system does not tell the descriptors")
    before = len(list(held.iterdir()))
    _, reading = storage.open(name, 0, 1_000_000)
    next(reading)
    del reading
    _, reading = storage.open(name, 0, 1_000_000)
    reading.close()  # type: ignore[attr-defined]
    assert next(reading, None) is None
    assert len(list(held.iterdir())) == before


def test_is_written_once(storage: Storage) -> None:
    storage.put(name := fresh(), b"first")
    with pytest.raises(ObjectExists):
        storage.put(name, b"second")
    assert storage.get(name) == b"first"


def test_of_two_writers_one_wins(storage: Storage) -> None:
    name, contents = fresh(), [bytes([letter]) * 100_000 for letter in b"abcdefgh"]

    def write(content: bytes) -> bool:
        try:
            storage.put(name, content)
        except ObjectExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = [content for content, first in zip(contents, pool.map(write, contents), strict=True) if first]
    assert won == [storage.get(name)]


def test_what_is_not_there(storage: Storage) -> None:
    with pytest.raises(ObjectMissing):
        storage.get(fresh())
    with pytest.raises(ObjectMissing):
        storage.get_range(fresh(), 0, 1)


def test_deleting_twice_is_fine(storage: Storage) -> None:
    storage.put(name := fresh(), b"x")
    storage.delete(name)
    storage.delete(name)
    with pytest.raises(ObjectMissing):
        storage.get(name)


def test_old_objects_are_listed(storage: Storage) -> None:
    names = {fresh() for _ in range(5)}
    for name in names:
        storage.put(name, b"x")
    assert set(storage.older_than(now() + HOUR)) == names
    assert list(storage.older_than(now() - HOUR)) == []


@pytest.mark.parametrize(
    "name", ["", "a", "../" + "a" * 29, "A" * 32, "g" * 32, "a" * 33, "a" * 31 + "\n", "林晓雯", "a" * 32 + "#1"]
)
def test_names_are_ids_and_nothing_else(name: str) -> None:
    storage = storage_for("memory://")
    for call in (
        lambda: storage.put(name, b"x"),
        lambda: storage.put_stream(name, [b"x"]),
        lambda: storage.get(name),
        lambda: storage.open(name, 0, 1),
        lambda: storage.get_range(name, 0, 1),
        lambda: storage.delete(name),
    ):
        with pytest.raises(ValueError):
            call()


def test_the_folder_is_ours_alone(folder: Path) -> None:
    storage_for(f"file://{folder}").put(name := fresh(), b"x")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_store_is_found_again(folder: Path) -> None:
    storage_for(f"file://{folder}").put(name := fresh(), b"x")
    assert storage_for(f"file://{folder}").get(name) == b"x"


def test_memory_is_each_its_own() -> None:
    storage_for("memory://").put(name := fresh(), b"x")
    with pytest.raises(ObjectMissing):
        storage_for("memory://").get(name)


def test_an_object_is_on_disk_when_put_returns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, int]] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append((path.name, path.stat().st_size if path.is_file() else -1))
        real(descriptor)

    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not tell the file behind a descriptor")
    monkeypatch.setattr(os, "fsync", noting)
    storage_for(f"file://{folder}").put(name := fresh(), b"12345")
    assert synced == [(name, 5), (folder.name, -1)]


def test_foreign_files_are_neither_listed_nor_swept(folder: Path) -> None:
    storage = storage_for(f"file://{folder}")
    (folder / "README").write_text("not ours")
    (folder / "notes#1").write_text("not ours")
    assert list(storage.older_than(now() + HOUR)) == []
    assert storage.sweep_unfinished(now() + HOUR) == 0
    assert {path.name for path in folder.iterdir()} == {"README", "notes#1"}


KILLED_WRITERS = """
import os, signal, sys, time, uuid
from portal.backends.storage import storage_for

for pause in (0.02, 0.03, 0.05, 0.07, 0.11, 0.13):
    if (writer := os.fork()) == 0:
        storage, content = storage_for(sys.argv[1]), bytes(20_000_000)
        while True:
            storage.put(uuid.uuid4().hex, content)
    time.sleep(pause)
    while pause == 0.13 and all("#" in name for name in os.listdir(sys.argv[2])):
        time.sleep(0.01)  # on a busy machine: the last writer has come to the end of one object at least
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
"""


def test_killed_writers_leave_no_half_object(folder: Path) -> None:
    storage = storage_for(f"file://{folder}")
    subprocess.run([sys.executable, "-c", KILLED_WRITERS, f"file://{folder}", str(folder)], check=True, timeout=60)
    whole = list(storage.older_than(now() + HOUR))
    left = {path.name for path in folder.iterdir()} - set(whole)
    assert whole
    assert all((folder / name).stat().st_size == 20_000_000 for name in whole)
    assert all("#" in name for name in left)
    assert storage.sweep_unfinished(now() - HOUR) == 0
    assert storage.sweep_unfinished(now() + HOUR) == len(left)
    assert {path.name for path in folder.iterdir()} == set(whole)


def test_what_a_killed_writer_left_is_in_nobodys_way(folder: Path) -> None:
    storage = storage_for(f"file://{folder}")
    name = fresh()
    (folder / f"{name}#1").write_bytes(b"half")
    assert list(storage.older_than(now() + HOUR)) == []
    storage.put(name, b"whole")
    assert storage.get(name) == b"whole"


@pytest.mark.parametrize(
    "url", ["", "files", "file://files", "file:files", "memory://x", "ftp://a/b", "s3://", "s3://a?b=c", "gs://a"]
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_STORAGE_URL is"):
        storage_for(url)


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_bucket_needs_its_keys(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "key")
    monkeypatch.delenv(missing)
    with pytest.raises(SettingsError, match="must be set"):
        storage_for("s3://bucket")


def test_a_bucket_that_cannot_be_reached_fails_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "very-secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(key, value)
    storage, begun = storage_for("s3://bucket/files"), time.perf_counter()
    with pytest.raises(StorageError) as failed:
        storage.get(fresh())
    assert time.perf_counter() - begun < 5
    assert "very-secret" not in repr(failed.value.__cause__)
