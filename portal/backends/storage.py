"""Where the bytes of files lie: a folder, an S3 bucket, or memory. Sealing is done above: an object is just bytes.

An object is written once under a fresh id and never changed. Names are ids in hex and nothing else, so that neither a
listing of the store nor its logs say anything about a person.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from portal.config import SettingsError

_NAME: Final = re.compile(r"[0-9a-f]{32}")
_S3_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_UNFINISHED: Final = re.compile(r"[0-9a-f]{32}#[0-9]+")


class StorageError(Exception):
    """The store did not do what was asked; the cause is chained and names no more than the object's id."""


class ObjectMissing(StorageError):
    """There is no object of this name."""


class ObjectExists(StorageError):
    """There is an object of this name already; objects are never overwritten."""


class Storage(Protocol):
    """A store of objects. A name is an id as 32 lower-case hex digits; any other raises ValueError."""

    def put(self, name: str, content: bytes) -> None:
        """Write a new object, completely or not at all; it is safe on disk on return. Raises ObjectExists."""

    def get(self, name: str) -> bytes:
        """The whole object. Raises ObjectMissing."""

    def get_range(self, name: str, start: int, length: int) -> bytes:
        """``length`` >= 1 bytes from ``start``, fewer where the object ends. Raises ObjectMissing, and StorageError
        for a start behind the end."""

    def delete(self, name: str) -> None:
        """Remove the object; one that is gone already is fine."""

    def older_than(self, moment: datetime) -> Iterator[str]:
        """The names of all objects last written before ``moment`` (aware), in no order."""

    def sweep_unfinished(self, moment: datetime) -> int:
        """Remove what writers that were killed before ``moment`` have left behind; returns how many."""


def storage_for(url: str) -> Storage:
    """The store behind ``file:///folder``, ``memory://`` or ``s3://bucket/prefix``.

    The folder's path is taken as it is written, without percent-decoding; the folder is made with mode 0700. S3 reads
    the usual AWS_* variables (the two keys, which must be set, AWS_REGION, AWS_ENDPOINT_URL, AWS_ALLOW_HTTP).
    Raises SettingsError.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "file" and rest.startswith("/"):
        return _FolderStorage(Path(rest))
    if url == "memory://":
        return _ObjectStorage(MemoryStore())
    parts = urlsplit(url)
    if scheme == "s3" and parts.netloc and not parts.query:
        return _ObjectStorage(_bucket(parts.netloc, parts.path.strip("/")))
    raise SettingsError("PORTAL_STORAGE_URL is file:///an/absolute/folder, memory:// or s3://bucket/prefix")


def _bucket(name: str, prefix: str) -> S3Store:
    # Without keys the library would ask the cloud's metadata address for some: a request nobody chose, at every call.
    if not all(os.environ.get(key) for key in _S3_KEYS):
        raise SettingsError(
            "PORTAL_STORAGE_URL names a bucket: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set"
        )
    # Ten retries over three minutes, the library's default, would hold a request's thread for as long. Options given
    # here replace those of the environment, so the one that allows a plain http endpoint is read by hand.
    return S3Store(
        name,
        prefix=prefix or None,
        client_options={
            "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true",
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=30),
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("the name of an object is 32 lower-case hex digits")
    return name


class _ObjectStorage:
    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, name: str, content: bytes) -> None:
        try:
            # One request: parts of a multipart upload would stay behind when the process dies.
            self._store.put(_checked(name), content, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            raise ObjectExists(name) from error
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def get(self, name: str) -> bytes:
        try:
            return bytes(self._store.get(_checked(name)).bytes())
        except FileNotFoundError as error:
            raise ObjectMissing(name) from error
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def get_range(self, name: str, start: int, length: int) -> bytes:
        if start < 0 or length < 1:
            raise ValueError("a range has a start of at least 0 and a length of at least 1")
        try:
            return bytes(self._store.get_range(_checked(name), start=start, length=length))
        except FileNotFoundError as error:
            raise ObjectMissing(name) from error
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def delete(self, name: str) -> None:
        try:
            self._store.delete(_checked(name))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def older_than(self, moment: datetime) -> Iterator[str]:
        try:
            for page in self._store.list(chunk_size=1000):
                for found in page:
                    if found["last_modified"] < moment and _NAME.fullmatch(found["path"]):
                        yield found["path"]
        except (BaseError, OSError) as error:
            raise StorageError("the objects cannot be listed") from error

    def sweep_unfinished(self, moment: datetime) -> int:
        return 0


class _FolderStorage(_ObjectStorage):
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
        _sync(self._folder / name)
        _sync(self._folder)

    def sweep_unfinished(self, moment: datetime) -> int:
        swept = 0
        for path in self._folder.iterdir():
            if _UNFINISHED.fullmatch(path.name) and path.stat().st_mtime < moment.timestamp():
                path.unlink(missing_ok=True)
                swept += 1
        return swept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
