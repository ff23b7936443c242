"""Walking through everything sealed while the portal serves: small batches by id, short transactions, pauses.

Core statements on connections of their own: no model event fires, nothing counts as a change. Who walks holds no
transaction of the session, and the batches are committed one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from portal.extensions import db, reading, writing
from portal.models.fields.places import Place
from portal.vault.work import Progress

BATCH = 100
TOLD_SECONDS = 0.25
# After each batch the walker stands still for this part of the time the batch took, and at least for a moment.
REST = 0.2
LEAST_REST_SECONDS = 0.0005

Rows = Sequence[Row[Any]]


@contextmanager
def looking() -> Iterator[Connection]:
    """A transaction that only reads."""
    with reading(), db.engine.connect() as connection:
        yield connection


@contextmanager
def changing() -> Iterator[Connection]:
    """A transaction that is committed at the end; on the embedded database it holds the one write lock."""
    with writing(), db.engine.begin() as connection:
        yield connection


def walk(
    progress: Progress, through: Iterable[Place], columns: Callable[[Place], list[Any]]
) -> Iterator[tuple[Place, Rows]]:
    """Every row of every place in batches: ``id``, ``kind``, ``subject``, ``blob`` and then ``columns``.

    Begins where ``progress`` says an earlier run was killed; a batch may then come a second time.
    """
    listed = list(through)
    with looking() as connection:
        progress.expect(sum(connection.scalar(select(func.count()).select_from(place.table)) or 0 for place in listed))
    steps = _Steps(progress)
    for place in listed:
        after = _after(progress.cursor, place)
        if after is None:
            continue
        for rows in _batches(place, after, columns(place)):
            began = time.monotonic()
            yield place, rows
            steps.step(len(rows), place.name.encode() + b" " + rows[-1].id.bytes)
            time.sleep(max(LEAST_REST_SECONDS, (time.monotonic() - began) * REST))
    steps.tell()


def row_columns(place: Place) -> list[Any]:
    """What every walker needs of a row."""
    table = place.table
    return [
        table.c.id,
        table.c.subject_kind.label("kind"),
        table.c.subject_id.label("subject"),
        table.c[place.group.column].label("blob"),
    ]


def _batches(place: Place, after: UUID, columns: list[Any]) -> Iterator[Rows]:
    table = place.table
    wanted = select(*row_columns(place), *columns).order_by(table.c.id).limit(BATCH)
    while True:
        with looking() as connection:
            rows = connection.execute(wanted.where(table.c.id > after)).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _after(cursor: bytes, place: Place) -> UUID | None:
    """The id after which this place is still to do; None where it is done."""
    name, _, last = cursor.partition(b" ")
    here = place.name.encode()
    if here < name:
        return None
    return UUID(bytes=last) if here == name else UUID(int=0)


class _Steps:
    """Steps are told a few times a second: each telling is a commit in the key store."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._steps, self._cursor = progress, 0, progress.cursor
        self._told = time.monotonic()

    def step(self, steps: int, cursor: bytes) -> None:
        self._steps += steps
        self._cursor = cursor
        if time.monotonic() - self._told >= TOLD_SECONDS:
            self.tell()

    def tell(self) -> None:
        self._progress.advance(self._steps, self._cursor)
        self._steps, self._told = 0, time.monotonic()
