"""Objects in a folder, each safe on the disk before its row is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from secrets import randbelow
from typing import Final

from obstore.store import LocalStore

from portal.backends.storage_answers import ObjectExists, ObjectMissing, Opened, StorageError, checked
from portal.backends.storage_objects import PIECE, ObjectStorage, noted

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_UNFINISHED: Final = re.compile(r"[0-9a-f]{32}#[0-9]+")


class FolderStorage(ObjectStorage):
    """A folder: the library writes ``<name>#1`` and links it to its name, which no reader sees half done.

    It does not sync, so that is done here: the row that follows is on disk when its commit returns, and the object must
    not be lost to a power cut that spares the row. A killed writer leaves its ``#`` file, which listings do not show.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        super().__init__(LocalStore(folder))

    def put(self, name: str, content: bytes) -> None:
        super().put(name, content)
        settle(self._folder / name)
        settle(self._folder)

    def put_stream(self, name: str, pieces: Iterable[bytes]) -> None:
        """Written beside as ``<name>#<a number>``, which the sweep knows, and linked when it is on the disk."""
        path, beside = self._folder / checked(name), self._folder / f"{name}#{randbelow(2**62)}"
        broken: list[BaseException] = []
        try:
            with os.fdopen(os.open(beside, _NEW, 0o600), "wb") as file:
                file.writelines(noted(pieces, broken))
                file.flush()
                os.fsync(file.fileno())
            os.link(beside, path)
            settle(self._folder)
        except OSError as error:
            if broken:
                raise
            raise (ObjectExists if isinstance(error, FileExistsError) else StorageError)(name) from error
        finally:
            with suppress(OSError):
                beside.unlink()

    def open(self, name: str, start: int, stop: int) -> Opened:
        """Read by hand: the library starts a thread for every piece."""
        try:
            descriptor = os.open(self._folder / checked(name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise ObjectMissing(name) from error
        except OSError as error:
            raise StorageError(name) from error
        return Opened(os.fstat(descriptor).st_size, _Pieces(name, descriptor, start, stop))

    def sweep_unfinished(self, moment: datetime) -> int:
        swept = 0
        for path in self._folder.iterdir():
            if _UNFINISHED.fullmatch(path.name) and path.stat().st_mtime < moment.timestamp():
                path.unlink(missing_ok=True)
                swept += 1
        return swept


class _Pieces(Iterator[bytes]):
    """A range of a file; its descriptor is closed at the end, by ``close``, or when nobody holds this any more."""

    def __init__(self, name: str, descriptor: int, start: int, stop: int) -> None:
        self._name, self._file = name, os.fdopen(descriptor, "rb", buffering=0)
        self._at, self._stop = start, stop

    def __next__(self) -> bytes:
        if self._at < self._stop and not self._file.closed:
            try:
                piece = os.pread(self._file.fileno(), min(PIECE, self._stop - self._at), self._at)
            except OSError as error:
                raise StorageError(self._name) from error
            self._at += len(piece)
            if piece:
                return piece
        self.close()
        raise StopIteration

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def settle(path: Path) -> None:
    """Have the disk remember a file's bytes or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
