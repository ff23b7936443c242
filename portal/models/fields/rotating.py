"""Rotation of data keys: a new version of each subject's key, then every row sealed again, while the portal serves."""

from __future__ import annotations

import structlog
from sqlalchemy import ColumnElement

from portal.models.fields.opening import OLDER
from portal.models.fields.places import Place, places
from portal.models.fields.row import packed
from portal.models.fields.swapping import Change, change, swap
from portal.models.fields.walking import Rows, count, walk
from portal.vault import KeyMissing, KeyStoreError, SealError, Subject, ring
from portal.vault.work import Progress

VERSIONS, ROWS = b"1", b"2"
SUBJECTS_AT_ONCE = 500

log = structlog.get_logger()


def rotate_data(progress: Progress) -> int:
    """Give every subject a new key version and seal every row again, with the set algorithm; how many rows were.

    One of the verbs that commit: batch by batch, keys before rows; the caller holds no transaction. What still names an
    old version, because others wrote it meanwhile, is sealed again by ``drop_old_versions``. Raises KeyStoreError where
    the key store is older than the database.
    """
    if not progress.work.resumed:
        progress.expect(_subjects() + count(places()))
    _new_versions(progress)
    ring().announce()
    return sum(swap(place, rows, resealed) for place, rows in walk(progress, places(), ROWS))


def rotate_subject(progress: Progress, subject: Subject) -> int:
    """The same for one subject, after its key may have leaked: a matter of moments."""
    ring().add_version([subject.packed])
    ring().announce()

    def theirs(place: Place) -> ColumnElement[bool]:
        table = place.table
        return (table.c.subject_kind == int(subject.kind)) & (table.c.subject_id == subject.id)

    return sum(swap(place, rows, resealed) for place, rows in walk(progress, places(), ROWS, theirs))


def resealed(place: Place, rows: Rows) -> list[Change]:
    """New blobs for the rows that are not as new as they can be; those of the erased, and broken ones, stay."""
    bound = [(row, packed(row.kind, row.subject)) for row in rows if row.blob is not None]
    wanted = [(row, subject) for row, subject in bound if subject is not None]
    label = None if place.group is None else place.label
    made = ring().reseal_many(label, [(row.id.bytes, subject, row.blob) for row, subject in wanted])
    changes = []
    for (row, _subject), blob in zip(wanted, made, strict=True):
        if isinstance(blob, bytes):
            changes.append(change(row, {place.column: blob}))
        elif isinstance(blob, KeyMissing):
            raise KeyStoreError(OLDER)
        elif isinstance(blob, SealError):
            log.warning("reseal.unreadable", kind=place.name, id=row.id.hex)
    return changes


def _new_versions(progress: Progress) -> None:
    """For every subject whose newest was made before the work began: a killed run may have come some way."""
    cursor, began = progress.cursor, progress.work.began_at
    if cursor[:1] > VERSIONS:
        return
    after = cursor[1:]
    while batch := ring().subjects(after, SUBJECTS_AT_ONCE):
        ring().add_version([one.subject for one in batch if max(one.versions.values()) <= began])
        after = batch[-1].subject
        progress.advance(len(batch), VERSIONS + after)


def _subjects() -> int:
    total, after = 0, b""
    while batch := ring().subjects(after):
        total, after = total + len(batch), batch[-1].subject
    return total
