"""Rotation of data keys: a new version of each subject's key, then every row sealed again, while the portal serves."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement

from portal.models.fields.opening import OLDER
from portal.models.fields.places import Place, places
from portal.models.fields.row import packed
from portal.models.fields.sheets import Exchange, Line, Sheet, as_uuid, sheets
from portal.models.fields.swapping import Change, change, exchange, swap
from portal.models.fields.walking import Pace, Rows, count, walk, walk_in
from portal.vault import KeyMissing, KeyStoreError, SealError, Subject, VaultError, ring
from portal.vault.work import Progress

VERSIONS, ROWS = b"1", b"2"
# Ten milliseconds of a write lock at most: whoever saves a form waits that long.
SUBJECTS_AT_ONCE = 500
ROWS_AT_ONCE = 300
PAUSE = 0.1  # of the time that is worked

log = structlog.get_logger()


def rotate_data(progress: Progress) -> int:
    """Give every subject a new key version and seal every row again, with the set algorithm; how many rows were.

    One of the verbs that commit: batch by batch, keys before rows; the caller holds no transaction. What still names an
    old version, because others wrote it meanwhile, is sealed again by ``drop_old_versions``. Raises KeyStoreError where
    the key store is older than the database.
    """
    if not progress.work.resumed:
        progress.expect(ring().subject_count() + count(sheets()))
    pace = Pace(PAUSE)
    _new_versions(progress, pace)
    ring().announce()
    return _reseal(progress, pace)


def rotate_subject(progress: Progress, subject: Subject) -> int:
    """The same for one subject, after its key may have leaked: a matter of moments."""
    ring().add_version([subject.packed])
    ring().announce()

    def theirs(place: Place) -> ColumnElement[bool]:
        table = place.table
        return (table.c.subject_kind == int(subject.kind)) & (table.c.subject_id == subject.id)

    return sum(swap(place, rows, resealed) for place, rows in walk(progress, places(), ROWS, theirs))


def _reseal(progress: Progress, pace: Pace) -> int:
    """Table by table, all groups of a row at once: then each key is fetched once."""
    lines = walk_in(progress, sheets(), ROWS, _batches, pace.rest)
    return sum(exchange(sheet, some, _resealed) for sheet, some in lines)


def _batches(sheet: Sheet, after: UUID) -> Iterator[tuple[UUID, list[Line]]]:
    while lines := sheet.behind(after, ROWS_AT_ONCE):
        after = as_uuid(lines[-1][0])
        yield after, lines


def _resealed(sheet: Sheet, lines: list[Line]) -> list[Exchange]:
    """The same for all groups of each row."""
    ids, rows = [], []
    for row, kind, subject, *blobs in lines:
        owner = packed(kind, subject)
        if owner is not None and any(blobs):
            ids.append(row)
            rows.append((row if isinstance(row, bytes) else row.bytes, owner, blobs))
    made = ring().reseal_rows(sheet.labels, rows)
    wanted = []
    for row, (_, _, blobs), found in zip(ids, rows, made, strict=True):
        after = [_chosen(place, row, blob, new) for place, blob, new in zip(sheet.places, blobs, found, strict=True)]
        if after != blobs:
            wanted.append((row, *blobs, *after))
    return wanted


def _chosen(place: Place, row: UUID | bytes, blob: bytes | None, new: bytes | VaultError | None) -> bytes | None:
    """What shall stand there."""
    if isinstance(new, bytes):
        return new
    if new is not None:
        _refused(place, row, new)
    return blob


def _refused(place: Place, row: UUID | bytes, why: VaultError) -> None:
    """Say that a blob stays as it is. Raises KeyStoreError where nothing good can be written."""
    if isinstance(why, KeyMissing):
        raise KeyStoreError(OLDER)
    if isinstance(why, SealError):
        log.warning("reseal.unreadable", kind=place.name, id=as_uuid(row).hex)


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
        elif blob is not None:
            _refused(place, row.id, blob)
    return changes


def _new_versions(progress: Progress, pace: Pace) -> None:
    """For every subject whose newest was made before the work began: a killed run may have come some way."""
    cursor, began = progress.cursor, progress.work.began_at
    if cursor[:1] > VERSIONS:
        return
    after, many, found = ring().newest_versions(cursor[1:], SUBJECTS_AT_ONCE, began)
    while many:
        ring().add_version(found)
        progress.advance(many, VERSIONS + after)
        pace.rest()
        after, many, found = ring().newest_versions(after, SUBJECTS_AT_ONCE, began)
