"""Walking through everything sealed while the portal serves: small batches by id, short transactions, pauses.

Core statements on connections of their own: no model event fires, nothing counts as a change. Who walks holds no
transaction of the session, and the batches are committed one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from portal.extensions import db, reading, writing
from portal.models.fields.places import Place
from portal.vault.work import Progress

BATCH = 100
TOLD_SECONDS = 0.25
REST_SECONDS = 0.001
FIRST = b"1"

Rows = Sequence[Row[Any]]
Only = Callable[[Place], ColumnElement[bool]]


class Part(Protocol):
    """What is walked through from its beginning to its end; a cursor names it, so the parts are in order of names."""

    @property
    def name(self) -> str: ...

    @property
    def table(self) -> Table: ...


T = TypeVar("T", bound=Part)
B = TypeVar("B", bound=Sized)


class Pace:
    """Pauses as long as a share of the work before them: whoever waits comes in, however slow the machine is."""

    def __init__(self, share: float) -> None:
        self._share, self._since = share, time.monotonic()

    def rest(self) -> None:
        """Stand still between two batches."""
        time.sleep(max(REST_SECONDS, self._share * (time.monotonic() - self._since)))
        self._since = time.monotonic()


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


def count(listed: Iterable[Part]) -> int:
    """How many rows there are to walk through."""
    with looking() as connection:
        return sum(connection.scalar(select(func.count()).select_from(place.table)) or 0 for place in listed)


def walk(
    progress: Progress,
    listed: Iterable[Place],
    phase: bytes = FIRST,
    only: Only | None = None,
    hold: Callable[[], object] = bool,
) -> Iterator[tuple[Place, Rows]]:
    """Every row of every place in batches: what ``read`` gives.

    Begins where ``progress`` says an earlier run was killed; a batch may then come a second time. ``phase`` is a byte
    ahead of the cursor, for work that walks more than once: a later phase has the greater one. From where ``hold`` says
    so on, the cursor stays: a run after a kill comes by there again.
    """

    def batches(place: Place, after: UUID) -> Iterator[tuple[UUID, Rows]]:
        return ((rows[-1].id, rows) for rows in _batches(place, after, only))

    yield from walk_in(progress, listed, phase, batches, rest, hold)


def walk_in(
    progress: Progress,
    listed: Iterable[T],
    phase: bytes,
    batches: Callable[[T, UUID], Iterable[tuple[UUID, B]]],
    pause: Callable[[], object],
    hold: Callable[[], object] = bool,
) -> Iterator[tuple[T, B]]:
    """The same with batches of one's own, each given with the id of its last row, and a pause of one's own."""
    steps = _Steps(progress)
    for part in listed:
        after = _after(progress.cursor, phase, part.name)
        if after is None:
            continue
        for last, rows in batches(part, after):
            yield part, rows
            steps.step(len(rows), None if hold() else phase + part.name.encode() + b" " + last.bytes)
            pause()
    steps.tell()


def rest() -> None:
    """Stand still between two batches, so that whoever waits for the database or the processor comes in."""
    time.sleep(REST_SECONDS)


def read(place: Place, *conditions: ColumnElement[bool], limit: int | None = None, order: Any = None) -> Rows:
    """Rows by id, or another order: ``id``, ``kind``, ``subject``, ``blob`` and the index columns under their names."""
    indexes = [place.table.c[name] for name in place.index_columns]
    wanted = select(*place.row_columns, *indexes).where(*conditions).limit(limit)
    wanted = wanted.order_by(place.table.c.id if order is None else order)
    with looking() as connection:
        return connection.execute(wanted).all()


def again(place: Place, rows: Rows, *conditions: ColumnElement[bool]) -> Rows:
    """The same rows as they are now, as far as they still are."""
    return read(place, place.table.c.id.in_([row.id for row in rows]), *conditions)


def _batches(place: Place, after: UUID, only: Only | None) -> Iterator[Rows]:
    conditions = [] if only is None else [only(place)]
    while rows := read(place, place.table.c.id > after, *conditions, limit=BATCH):
        yield rows
        after = rows[-1].id


def _after(cursor: bytes, phase: bytes, part: str) -> UUID | None:
    """The id after which this part is still to do; None where it is done."""
    if cursor[:1] != phase:
        return UUID(int=0) if cursor[:1] < phase else None
    name, _, last = cursor[1:].partition(b" ")
    here = part.encode()
    if here < name:
        return None
    return UUID(bytes=last) if here == name else UUID(int=0)


class _Steps:
    """Steps are told a few times a second: each telling is a commit in the key store."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._steps, self._cursor = progress, 0, progress.cursor
        self._told = time.monotonic()

    def step(self, steps: int, cursor: bytes | None) -> None:
        self._steps += steps
        self._cursor = self._cursor if cursor is None else cursor
        if time.monotonic() - self._told >= TOLD_SECONDS:
            self.tell()

    def tell(self) -> None:
        self._progress.advance(self._steps, self._cursor)
        self._steps, self._told = 0, time.monotonic()
