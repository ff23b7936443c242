"""Where the bytes of files lie: a folder, an S3 bucket, or memory. Sealing is done above: an object is just bytes.

An object is written once under a fresh id and never changed. Names are ids in hex and nothing else, so that neither a
listing of the store nor its logs say anything about a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from obstore.store import MemoryStore

from portal.backends.storage_answers import ObjectExists, ObjectMissing, Opened, StorageError
from portal.backends.storage_folder import FolderStorage
from portal.backends.storage_objects import ObjectStorage, bucket
from portal.config import SettingsError

__all__ = ["ObjectExists", "ObjectMissing", "Opened", "Storage", "StorageError", "storage_for"]


class Storage(Protocol):
    """A store of objects. A name is an id as 32 lower-case hex digits; any other raises ValueError."""

    def put(self, name: str, content: bytes) -> None:
        """Write a new object, completely or not at all; it is safe on disk on return. Raises ObjectExists."""

    def put_stream(self, name: str, pieces: Iterable[bytes]) -> None:
        """The same from pieces that are taken one after the other; what taking one raises leaves no object behind.

        A bucket holds 8 MiB at a time in memory, a folder one piece.
        """

    def open(self, name: str, start: int, stop: int) -> Opened:
        """Bytes ``start`` up to ``stop``, fewer where the object ends, in one request. Raises ObjectMissing."""

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
        return FolderStorage(Path(rest))
    if url == "memory://":
        return ObjectStorage(MemoryStore())
    parts = urlsplit(url)
    if scheme == "s3" and parts.netloc and not parts.query:
        return ObjectStorage(bucket(parts.netloc, parts.path.strip("/")))
    raise SettingsError("PORTAL_STORAGE_URL is file:///an/absolute/folder, memory:// or s3://bucket/prefix")
