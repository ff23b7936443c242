"""Rotation of the index key: a second column is filled with the new index, then the old one and its secret go.

Lookups ask every column that no row lacks, writers fill every column in use and set the other one to null. A process
that has not heard of the change leaves a gap in the new column; the last pass fills it, once no such process is left.
"""

from __future__ import annotations

import time

from sqlalchemy import ColumnElement, func, or_, select, text

from portal.extensions import db
from portal.models.fields.places import Place, indexed_places
from portal.models.fields.rebuilding import fill_indexes
from portal.models.fields.walking import changing, count, looking
from portal.vault import LOOK_SECONDS, ring
from portal.vault.work import Progress

FILL, GAPS, ENDING, CLEAR = b"1", b"2", b"3", b"4"
# A context looks at the key store every LOOK_SECONDS; as long again for the statement it was just about to make.
NOTICED_SECONDS = 2 * LOOK_SECONDS
WAIT_SECONDS = 0.1
_WRITERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_xid IS NOT NULL AND xact_start < :now"
)


def rotate_index(progress: Progress) -> int:
    """Give every blind index a new secret, that of the set algorithm; returns how many rows were written.

    One of the verbs that commit: batch by batch, and each step in the key store before the next; the caller holds no
    transaction. Every lookup finds its row at every moment. Takes at least twice NOTICED_SECONDS.
    """
    written = 0
    if progress.cursor[:1] < ENDING:
        written = _fill(progress)
        progress.advance(0, ENDING)
    if progress.cursor[:1] == ENDING:
        ring().end_index_rotation()
        wait_until_noticed()
        progress.advance(0, CLEAR)
    written += fill_indexes(progress, CLEAR, _surplus)
    progress.expect(progress.work.done)
    return written


def _fill(progress: Progress) -> int:
    new = ring().begin_index_rotation()
    if not progress.work.resumed:
        progress.expect(2 * count(indexed_places()))
    written = 0
    if not ring().index_slots()[new].filled:
        written = fill_indexes(progress, FILL)
        ring().index_filled()
    wait_until_noticed()
    return written + fill_indexes(progress, GAPS, _gaps)


def _gaps(place: Place) -> ColumnElement[bool]:
    """Rows that lack an index in a column in use: who wrote them did not know of it, or there is nothing to index."""
    blob = place.table.c[place.column]
    return blob.is_not(None) & or_(*(place.table.c[name].is_(None) for name in _columns(place, used=True)))


def _surplus(place: Place) -> ColumnElement[bool]:
    """Rows with an index in the column that is not in use any more."""
    return or_(*(place.table.c[name].is_not(None) for name in _columns(place, used=False)))


def _columns(place: Place, *, used: bool) -> list[str]:
    assert place.group is not None
    numbers = [number for number in (0, 1) if (number in ring().index_slots()) == used]
    return [index.columns[number] for index in place.group.indexes.values() for number in numbers]


def wait_until_noticed() -> None:
    """Until every process knows what the key store says now, and what was written without knowing it is committed.

    The first by time; then transactions that were at work by that time are waited for.
    """
    time.sleep(NOTICED_SECONDS)
    if db.engine.dialect.name == "sqlite":
        with changing():  # one writer at a time: having been it, nobody is one from before
            return
    with looking() as connection:
        now = connection.scalar(select(func.clock_timestamp()))
    while True:
        with looking() as connection:
            if not connection.scalar(_WRITERS, {"now": now}):
                return
        time.sleep(WAIT_SECONDS)
