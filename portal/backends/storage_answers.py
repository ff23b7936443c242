"""What a store of objects answers: its errors, and an object that is being read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

NAME: Final = re.compile(r"[0-9a-f]{32}")


class StorageError(Exception):
    """The store did not do what was asked; the cause is chained and names no more than the object's id."""


class ObjectMissing(StorageError):
    """There is no object of this name."""


class ObjectExists(StorageError):
    """There is an object of this name already; objects are never overwritten."""


class Opened(NamedTuple):
    """An object being read: how long the whole of it is, and the bytes asked for, cut anywhere.

    The pieces raise StorageError when the store fails on the way; closing the iterator lets go of the object.
    """

    length: int
    pieces: Iterator[bytes]


def checked(name: str) -> str:
    """The name of an object, looked at. Raises ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError("the name of an object is 32 lower-case hex digits")
    return name
