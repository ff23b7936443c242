"""The sealed objects of files, out of the storage and back: ciphertext all the way, one piece in memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from portal.backends.storage import ObjectExists, ObjectMissing, Storage
from portal.backends.storage_folder import settle
from portal.backup.errors import BackupError
from portal.backup.places import make

FOLDER = "files"
LIST = "files.txt"
WHOLE = 1 << 62
PIECE = 1 << 20


class Listed(NamedTuple):
    """A line of the list: the object's name, length and SHA-256."""

    name: str
    size: int
    sha256: str

    @property
    def line(self) -> str:
        """How it stands in the list."""
        return f"{self.sha256} {self.size} {self.name}\n"


def place(folder: Path, name: str) -> Path:
    """Where an object lies in a set: in one of 256 folders, by the end of its name, which is random."""
    return folder / FOLDER / name[-2:] / name


def fetch(storage: Storage, folder: Path, name: str) -> Listed:
    """Copy one object out, on the disk when this returns. Raises ObjectMissing and StorageError."""
    found = storage.open(name, 0, WHOLE)
    path, digest, size = place(folder, name), hashlib.sha256(), 0
    make(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in found.pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    if size != found.length:
        raise ObjectMissing(name)
    return Listed(name, size, digest.hexdigest())


def bring(storage: Storage, folder: Path, name: str) -> None:
    """Copy one object in; one that an interrupted restore has brought already stays."""
    try:
        with place(folder, name).open("rb") as file:
            storage.put_stream(name, iter(lambda: file.read(PIECE), b""))
    except ObjectExists:
        return


def write_list(folder: Path, listed: list[Listed]) -> None:
    """Write the list of a set's objects."""
    path = folder / LIST
    path.touch(mode=0o600)
    path.write_text("".join(one.line for one in listed), "ascii")
    settle(path)
    for part in (folder / FOLDER).glob("*"):
        settle(part)


def read_list(folder: Path) -> list[Listed]:
    """The objects of a set."""
    found = []
    for line in (folder / LIST).read_text("ascii").splitlines():
        sha256, size, name = line.split(" ")
        found.append(Listed(name, int(size), sha256))
    return found


def confirm(folder: Path, listed: list[Listed], told: Callable[[], None]) -> None:
    """Read every object of a set again. Raises BackupError at the first that is not as listed."""
    for one in listed:
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(place(folder, one.name)):
            digest.update(piece)
            size += len(piece)
        if (size, digest.hexdigest()) != (one.size, one.sha256):
            raise BackupError(f"{place(folder, one.name)} is not as it was written; use another backup")
        told()


def _pieces(path: Path) -> Iterator[bytes]:
    if not path.is_file():
        return
    with path.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")
