"""The end of a rotation of data keys: an old version goes when nothing names it any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Row, Select, func, select

from portal import clock
from portal.models.fields.places import Place, places
from portal.models.fields.rotating import resealed
from portal.models.fields.row import packed
from portal.models.fields.swapping import swap
from portal.models.fields.walking import BATCH, looking, read, rest
from portal.vault import ring
from portal.vault.datakeys import HEADER
from portal.vault.work import Progress

# No transaction and no key in a cache lives so long: after it, no row is written under an old version.
RIPE_SECONDS = 3600
COUNTED_AT_ONCE = 2000
DROPPED_AT_ONCE = 500


def ripe() -> dict[bytes, int]:
    """The subjects with an old version that may go, and the version that stays: it was made an hour or more ago."""
    before, found, after = int(clock.now().timestamp()) - RIPE_SECONDS, {}, b""
    while batch := ring().subjects(after):
        for subject, versions in batch:
            newest = max(versions)
            if len(versions) > 1 and versions[newest] <= before:
                found[subject] = newest
        after = batch[-1].subject
    return found


def drop_old_versions(progress: Progress) -> int:
    """Count the rows that name a ripe old version, seal those again, and delete the versions that no row names.

    Returns of how many subjects. A version that a row still names, because it does not open or is written all the time,
    stays for the next count. One of the verbs that commit.
    """
    newest = ripe()
    if not newest:
        return 0
    progress.expect(len(newest))
    named = {subject for place in places() for subject in _still_named(place, newest)}
    free = {subject: version for subject, version in newest.items() if subject not in named}
    going = list(free.items())
    for start in range(0, len(going), DROPPED_AT_ONCE):
        some = dict(going[start : start + DROPPED_AT_ONCE])
        ring().drop_versions(some)
        progress.advance(len(some))
    return len(free)


def _still_named(place: Place, newest: dict[bytes, int]) -> Iterator[bytes]:
    """The subjects of rows that name an old version and could not be sealed again."""
    for ids in _old(place, newest, UUID(int=0)):
        for start in range(0, len(ids), BATCH):
            some = place.table.c.id.in_(ids[start : start + BATCH])
            swap(place, read(place, some), resealed)
            rest()
            for row in read(place, some):
                if (owner := _behind(row, newest)) is not None:
                    yield owner


def _old(place: Place, newest: dict[bytes, int], after: UUID) -> Iterator[list[UUID]]:
    """Ids of rows that name another version than their subject's newest; of all the others only headers are fetched."""
    table = place.table
    header = func.substr(table.c[place.column], 1, HEADER, type_=LargeBinary).label("blob")
    wanted: Select[Any] = select(*place.row_columns[:3], header).order_by(table.c.id).limit(COUNTED_AT_ONCE)
    while True:
        with looking() as connection:
            rows = connection.execute(wanted.where(table.c.id > after)).all()
        if not rows:
            return
        yield [row.id for row in rows if _behind(row, newest) is not None]
        after = rows[-1].id


def _behind(row: Row[Any], newest: dict[bytes, int]) -> bytes | None:
    """The row's subject, where its blob names an older version of their key than the newest."""
    owner = packed(row.kind, row.subject)
    version = newest.get(owner) if owner is not None and row.blob is not None else None
    return owner if version is not None and bytes(row.blob)[2:HEADER] != version.to_bytes(2) else None
