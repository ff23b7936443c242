"""Opening the rows of a batch, and why one of them does not open."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from sqlalchemy import Row

from portal.models.fields.places import Place
from portal.models.fields.row import packed
from portal.models.fields.walking import Rows
from portal.vault import Erased, KeyRing, SealError, ring


class Opened(Enum):
    """What there is instead of values."""

    NULL = "null"
    ERASED = "erased"
    BROKEN = "broken"


def opened(place: Place, rows: Rows) -> list[Mapping[str, str] | Opened]:
    """The values of each row's group, with one question to the key store. Raises KeyMissing."""
    keyring, label = ring(), place.group.label
    bound = [packed(row.kind, row.subject) for row in rows]
    wanted = [
        (row.id.bytes, subject, row.blob)
        for row, subject in zip(rows, bound, strict=True)
        if subject is not None and row.blob is not None
    ]
    found = iter(keyring.open_many(label, wanted))
    return [_one(keyring, place, row, subject, found) for row, subject in zip(rows, bound, strict=True)]


def _one(
    keyring: KeyRing, place: Place, row: Row[Any], subject: bytes | None, found: Any
) -> Mapping[str, str] | Opened:
    if row.blob is None:
        return Opened.NULL
    if subject is None:
        return Opened.BROKEN
    values: Mapping[str, str] | None = next(found)
    return _closed(keyring, place, row, subject) if values is None else values


def _closed(keyring: KeyRing, place: Place, row: Row[Any], subject: bytes) -> Mapping[str, str] | Opened:
    """Once more by itself: it says why, and looks for a key version that has just been made."""
    try:
        return keyring.open_packed(place.group.label, row.id.bytes, subject, row.blob)
    except Erased:
        return Opened.ERASED
    except SealError:
        return Opened.BROKEN
