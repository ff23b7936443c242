"""Sealed files as they come and go: streamed, and a kill -9 between the object and its row."""

from __future__ import annotations

import io
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models.base import db
from portal.models.files.sealed_file import SealedFile, remove_object, storage, sweep_objects, sweep_unfinished
from portal.vault.files import CHUNK
from tests.stage.building import close, opened
from tests.stage.cast import Cast
from tests.stage.killing import dies

SIZE = 5 * CHUNK + 17


class Source(io.RawIOBase):
    """A content of any size that lies nowhere."""

    def __init__(self, size: int, breaks_at: int = -1) -> None:
        self._left, self._breaks_at = size, breaks_at

    def read(self, size: int = -1) -> bytes:
        if 0 <= self._left <= self._breaks_at:
            raise ConnectionResetError("the sender went away")
        taken = min(size, self._left)
        self._left -= taken
        return b"\x5a" * taken


def content(size: int) -> bytes:
    return b"\x5a" * size


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, SIZE])
def test_streamed_in_and_out(any_app: Flask, cast: Cast, size: int):
    with cast.at_work():
        file = SealedFile.store_stream(Source(size), "application/pdf", cast.tenure().subject)
        db.session.commit()
        db.session.expire_all()
        assert (file.size, file.opened().size, file.read()) == (size, size, content(size))
        assert len(storage().get(file.object_name)) == file.opened().object_length


def test_what_was_begun_to_be_read_needs_neither_session_nor_context(app: Flask, cast: Cast):
    with cast.at_work():
        pieces = SealedFile.store_stream(Source(SIZE), "application/pdf", cast.tenure().subject).stream(5, SIZE - 5)
    assert b"".join(pieces) == content(SIZE - 10)


def test_a_large_file_takes_little_memory(app: Flask, cast: Cast):
    """Two chunks being sealed, and while reading one piece of the storage and its chunks."""
    with cast.at_work():
        subject = cast.tenure().subject
        SealedFile.store_stream(Source(CHUNK), "video/mp4", subject)
        tracemalloc.start()
        file = SealedFile.store_stream(Source(400 * CHUNK), "video/mp4", subject)
        sealing = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        assert sum(map(len, file.stream())) == 400 * CHUNK
        opening = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert sealing < 8 * CHUNK
    assert opening < 24 * CHUNK


def test_a_source_that_breaks_leaves_nothing(app: Flask, cast: Cast):
    with cast.at_work():
        subject = cast.tenure().subject
        with pytest.raises(ConnectionResetError):
            SealedFile.store_stream(Source(SIZE, breaks_at=CHUNK), "video/mp4", subject)
    assert list((app.extensions["portal.settings"].instance / "files").iterdir()) == []


FOLDER = "portal.backends.storage_folder"
# Where the process dies while a file of six chunks is stored, and what lies in the folder then.
MOMENTS = [
    ("portal.vault.keystore:KeyStore.add", False, set()),
    (f"{__name__}:Source.read", False, {"half"}),
    (f"{FOLDER}:os.fsync", True, {"half"}),
    (f"{FOLDER}:os.link", True, {"half"}),
    (f"{FOLDER}:os.link", False, {"half", "whole"}),
    (f"{FOLDER}:FolderStorage.put_stream", False, {"whole"}),
]


def store_one(installation: Path) -> None:
    """Store a file of a household without a key until now, and commit."""
    app = opened(installation)
    with app.app_context():
        cast = Cast(app)
        ticket = cast.ticket()
        SealedFile.store_stream(Source(SIZE), "video/mp4", ticket.subject)
        db.session.commit()


def remove_one(installation: Path, file_id: UUID) -> None:
    """Take the row out, then the object."""
    app = opened(installation)
    with app.app_context():
        db.session.delete(db.session.get(SealedFile, file_id))
        db.session.commit()
        remove_object(file_id)


@pytest.mark.parametrize(("step", "before", "left"), MOMENTS, ids=["key", "read", "written", "synced", "linked", "put"])
def test_killed_while_storing(installation: Path, step: str, before: bool, left: set[str]):
    """A key or an object without a row at worst: swept after a day, and nothing else has changed."""
    assert dies(step, store_one, installation, before=before)
    app = opened(installation)
    folder = installation / "files"
    with app.app_context():
        assert db.session.scalars(select(SealedFile.id)).all() == []
        assert {"half" if "#" in path.name else "whole" for path in folder.iterdir()} == left
        _make_older(folder)
        assert (sweep_unfinished(), sweep_objects()) == ("half" in left, "whole" in left)
        assert list(folder.iterdir()) == []
        file = SealedFile.store_stream(Source(SIZE), "video/mp4", Cast(app).tenure().subject)
        db.session.commit()
        assert file.read() == content(SIZE)
    close(app)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_killed_while_an_object_is_removed(installation: Path, before: bool):
    """The rows go first: the object is there without a row at worst, and the job or the sweep removes it."""
    app = opened(installation)
    with app.app_context():
        file = SealedFile.store_stream(Source(SIZE), "video/mp4", Cast(app).tenure().subject)
        db.session.commit()
        name, file_id = file.object_name, file.id
    close(app)
    assert dies(f"{FOLDER}:FolderStorage.delete", remove_one, installation, file_id, before=before)
    app = opened(installation)
    with app.app_context():
        assert db.session.get(SealedFile, file_id) is None
        assert (installation / "files" / name).exists() is before
        _make_older(installation / "files")
        assert sweep_objects() == before
        remove_object(file_id)
    close(app)


def _make_older(folder: Path) -> None:
    moment = (clock.now() - timedelta(hours=25)).timestamp()
    for path in folder.iterdir():
        os.utime(path, (moment, moment))
