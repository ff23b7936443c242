"""Objects through the library: memory and S3 buckets, and the plain calls of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore, S3Store

from portal.backends.storage_answers import NAME, ObjectExists, ObjectMissing, Opened, StorageError, checked
from portal.config import SettingsError

# What is handed on at a time, and the parts a large upload is sent in.
PIECE: Final = 256 * 1024
PART: Final = 8 * 1024 * 1024
_S3_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def bucket(name: str, prefix: str) -> S3Store:
    """The bucket that the usual AWS_* variables give access to. Raises SettingsError without the two keys."""
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


class ObjectStorage:
    """The store behind the library; the promises are the protocol's."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, name: str, content: bytes) -> None:
        try:
            # One request: parts of a multipart upload would stay behind when the process dies.
            self._store.put(checked(name), content, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            raise ObjectExists(name) from error
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def put_stream(self, name: str, pieces: Iterable[bytes]) -> None:
        left = iter(pieces)
        first = _take(left)
        if len(first) < PART:
            self.put(name, first)
            return
        # Parts know no "only if it is new"; ids are fresh, so this look is for a mistake of ours. What a killed process
        # leaves of its parts is the bucket's to remove: its rule for incomplete uploads.
        if self._there(name):
            raise ObjectExists(name)
        broken: list[BaseException] = []
        try:
            self._store.put(name, chain([first], noted(left, broken)), chunk_size=PART, max_concurrency=1)
        except (BaseError, OSError) as error:
            if broken:
                raise broken[0] from None
            raise StorageError(name) from error

    def open(self, name: str, start: int, stop: int) -> Opened:
        try:
            found = self._store.get(checked(name), options={"range": (start, stop)})
            return Opened(found.meta["size"], _told(name, found.stream(min_chunk_size=PIECE)))
        except FileNotFoundError as error:
            raise ObjectMissing(name) from error
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def _there(self, name: str) -> bool:
        try:
            self._store.head(checked(name))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise StorageError(name) from error
        return True

    def get(self, name: str) -> bytes:
        try:
            return bytes(self._store.get(checked(name)).bytes())
        except FileNotFoundError as error:
            raise ObjectMissing(name) from error
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def get_range(self, name: str, start: int, length: int) -> bytes:
        if start < 0 or length < 1:
            raise ValueError("a range has a start of at least 0 and a length of at least 1")
        try:
            return bytes(self._store.get_range(checked(name), start=start, length=length))
        except FileNotFoundError as error:
            raise ObjectMissing(name) from error
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def delete(self, name: str) -> None:
        try:
            self._store.delete(checked(name))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise StorageError(name) from error

    def older_than(self, moment: datetime) -> Iterator[str]:
        try:
            for page in self._store.list(chunk_size=1000):
                for found in page:
                    if found["last_modified"] < moment and NAME.fullmatch(found["path"]):
                        yield found["path"]
        except (BaseError, OSError) as error:
            raise StorageError("the objects cannot be listed") from error

    def sweep_unfinished(self, moment: datetime) -> int:
        return 0


def _take(pieces: Iterator[bytes]) -> bytes:
    """The first 8 MiB or a little more, or all there is."""
    taken = bytearray()
    for piece in pieces:
        taken += piece
        if len(taken) >= PART:
            break
    return bytes(taken)


def noted(pieces: Iterable[bytes], broken: list[BaseException]) -> Iterator[bytes]:
    """The pieces, and what taking one raised: the library may tell it as an error of its own."""
    try:
        yield from pieces
    except BaseException as error:
        broken.append(error)
        raise


def _told(name: str, pieces: Iterable[object]) -> Iterator[bytes]:
    try:
        for piece in pieces:
            yield bytes(piece)  # type: ignore[call-overload]
    except (BaseError, OSError) as error:
        raise StorageError(name) from error
