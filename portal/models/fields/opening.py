"""Opening the rows of a batch, and why one of them does not open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from portal.models.fields.places import Place
from portal.models.fields.row import packed
from portal.models.fields.walking import Rows
from portal.vault import Erased, KeyMissing, KeyStoreError, SealError, Subject, SubjectKind, ring

Values = Mapping[str, str]
OLDER = "the key store is older than the database: restore the newest copy of the key store"


class Opened(Enum):
    """What there is instead of values."""

    NULL = "null"
    ERASED = "erased"
    BROKEN = "does not open"
    KEYLESS = "has no key"


def opened(place: Place, rows: Rows) -> list[Values | Opened]:
    """The values of each row's group, with one question to the key store for all of them.

    Raises KeyStoreError where a subject has no key: nothing good can be written then.
    """
    found = list(looked_into(place, rows))
    if Opened.KEYLESS in found:
        raise KeyStoreError(OLDER)
    return found


def looked_into(place: Place, rows: Rows) -> Iterator[Values | Opened]:
    """The same, but a subject without a key is one of the answers. Keys of files are opened and give no values."""
    bound = [packed(row.kind, row.subject) for row in rows]
    if place.group is None:
        yield from (_alone(place, row, subject) for row, subject in zip(rows, bound, strict=True))
        return
    wanted = [
        (row.id.bytes, subject, row.blob)
        for row, subject in zip(rows, bound, strict=True)
        if subject is not None and row.blob is not None
    ]
    try:
        found = iter(ring().open_many(place.label, wanted))
    except (SealError, KeyStoreError):  # the key of one of them does not open
        found = iter([None] * len(wanted))
    for row, subject in zip(rows, bound, strict=True):
        values = next(found) if subject is not None and row.blob is not None else None
        yield _alone(place, row, subject) if values is None else values


def _alone(place: Place, row: Row[Any], subject: bytes | None) -> Values | Opened:
    """One row by itself, which says why it does not open and looks for a key version that has just been made."""
    if row.blob is None:
        return Opened.NULL
    if subject is None:
        return Opened.BROKEN
    try:
        return _open(place, row, subject)
    except Erased:
        return Opened.ERASED
    except KeyMissing:
        return Opened.KEYLESS
    except (SealError, KeyStoreError):
        return Opened.BROKEN


def _open(place: Place, row: Row[Any], subject: bytes) -> Values:
    if place.group is not None:
        return ring().open_packed(place.label, row.id.bytes, subject, row.blob)
    ring().opened_file(row.id, Subject(SubjectKind(subject[0]), UUID(bytes=subject[1:])), row.blob)
    return {}
