"""How the rows of a class are found once their time is over, and what ends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, select

from portal.models.base import Model, columns, db
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.privacy.checkpoints import beginning
from portal.models.privacy.dropping import remove
from portal.models.privacy.retention_run import CHAIN


@dataclass(frozen=True, slots=True)
class Due:
    """Rows whose time is over, in the order of their ids, and why some of them are kept.

    ``last`` is the last id that was looked at, None where there was none left: a batch may be of rows ended already.
    """

    ids: Sequence[UUID]
    last: UUID | None
    kept: Mapping[UUID, str] = field(default_factory=dict)


class End(Protocol):
    """The way of a class to its end."""

    def due(self, before: datetime, after: UUID | None, most: int) -> Due:
        """Up to ``most`` rows that were over before a moment, with ids beyond ``after``."""

    def end(self, ids: Sequence[UUID], run: UUID) -> None:
        """Bring them to their end; the caller has just committed, and commits again. ``run`` asked for it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table that nothing points at but their ``parts``; their time is the first of ``moments`` that is set.

    By the tables' names, with the part's column that names its row: the notices are beside this package.
    """

    table: str
    moments: tuple[str, ...]
    parts: tuple[tuple[str, str], ...] = ()

    def due(self, before: datetime, after: UUID | None, most: int) -> Due:
        """Rows by their own time."""
        table = self._table()
        times = [table.c[name] for name in self.moments]
        moment = func.coalesce(*times, type_=times[0].type) if len(times) > 1 else times[0]
        return due(ids_of(table.c.id, moment < before, after, most))

    def end(self, ids: Sequence[UUID], run: UUID) -> None:
        """They are deleted, parts first."""
        for name, column in self.parts:
            part = Model.metadata.tables[name]
            db.session.execute(delete(part).where(part.c[column].in_(ids)))
        table = self._table()
        db.session.execute(delete(table).where(table.c.id.in_(ids)))

    def _table(self) -> Table:
        return Model.metadata.tables[self.table]


class Drafts:
    """Photos of forms that were never sent: their rows now, their objects by a job once the rows are gone."""

    def due(self, before: datetime, after: UUID | None, most: int) -> Due:
        """Photos that still wait for their form."""
        waiting = Attachment.draft.is_not(None) & (Attachment.made_at < before)
        return due(ids_of(Attachment.id, waiting, after, most))

    def end(self, ids: Sequence[UUID], run: UUID) -> None:
        """Each is taken out as its author would."""
        for photo in db.session.scalars(select(Attachment).where(Attachment.id.in_(ids))):
            photo.drop()


class Segments:
    """Events are links of a chain: none is deleted by itself, only a whole segment behind a signed checkpoint."""

    def due(self, before: datetime, after: UUID | None, most: int) -> Due:
        """What is old enough. Only what lies before the chain's beginning may go; the rest is kept, with the reason."""
        event, start = columns(Event), beginning()
        ids = ids_of(event.id, event.at < before, after, most)
        behind = select(event.id).where(event.id.in_(ids), event.n <= start.n) if start else None
        free = set(db.session.scalars(behind)) if behind is not None else set()
        return due(ids, {one: CHAIN for one in ids if one not in free})

    def end(self, ids: Sequence[UUID], run: UUID) -> None:
        """They are deleted; what points at them goes or forgets them."""
        remove(ids)


def due(ids: Sequence[UUID], kept: Mapping[UUID, str] | None = None) -> Due:
    """A batch of which every row still has its end before it."""
    return Due(ids, ids[-1] if ids else None, kept or {})


def ids_of(column: Any, over: ColumnElement[bool], after: UUID | None, most: int) -> Sequence[UUID]:
    """Up to ``most`` ids of rows that are over, beyond ``after``, in order."""
    found = select(column).where(over)
    found = found.where(column > after) if after is not None else found
    return db.session.scalars(found.order_by(column).limit(most)).all()
