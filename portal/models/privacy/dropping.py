"""Dropping the oldest part of the chain: what is older than its retention goes, and the chain begins at a checkpoint.

First it is signed that the chain begins there, then the rows go in batches: a killed run leaves rows that no verifier
looks at any more, and the next run takes them along.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from portal import clock
from portal.models.actor import Actor
from portal.models.base import Model, columns, db
from portal.models.errors import N_, Refused
from portal.models.events import Event, declare, record
from portal.models.privacy.chain import alone
from portal.models.privacy.checkpoints import AboutChain, AuditCheckpoint, beginning
from portal.models.repairs import Ticket

DROPPED = declare("audit.dropped", ("checkpoint", "n", "before"), owner_sees=False)
# Three years for a security audit: security.md, 6.
KEPT_YEARS = 3
TOO_YOUNG = N_("审计记录至少保留三年")
NO_CHECKPOINT = N_("那一天之前没有签名检查点，没有可以删除的")
BATCH = 500


def begin_after(before: date, by: Actor) -> AuditCheckpoint:
    """Sign that the chain begins at the last checkpoint made before that day (Shanghai's), and record it; the caller
    commits. The events of a ticket that is still open stay, and all after them.

    Raises Refused for a day less than three years ago, or without a checkpoint before it.
    """
    if before > newest_day():
        raise Refused(TOO_YOUNG, "before")
    alone()
    found = db.session.scalar(
        select(AuditCheckpoint)
        .where(AuditCheckpoint.at < _cut(before))
        .order_by(AuditCheckpoint.n.desc(), AuditCheckpoint.id.desc())
        .limit(1)
    )
    start = beginning()
    if found is None or (start is not None and found.n < start.n):
        raise Refused(NO_CHECKPOINT, "before")
    if start is None or found.n > start.n:
        found.begin_here()
        record(by, DROPPED, AboutChain(found.id), checkpoint=found.id.hex, n=found.n, before=before.isoformat())
    return found


def newest_day() -> date:
    """The latest day (Shanghai's) whose earlier events may go; in a longer month than February's, some days earlier."""
    today = clock.today()
    return today.replace(year=today.year - KEPT_YEARS, day=min(today.day, 28))


def left_over() -> int:
    """How many events lie before the beginning and have not been removed yet."""
    start = beginning()
    event = columns(Event)
    return db.session.scalar(select(func.count()).where(event.n <= start.n)) or 0 if start else 0


def remove_some() -> int:
    """Remove the next 500 events from before the beginning, with what only points at them; the caller commits.

    Returns how many. The chain's new beginning must have been committed before.
    """
    start = beginning()
    if start is None:
        return 0
    event = columns(Event)
    oldest = select(event.id).where(event.n <= start.n).order_by(event.n).limit(BATCH)
    return remove(db.session.scalars(oldest).all())


def remove(ids: Sequence[UUID]) -> int:
    """Remove these events, which lie before the beginning, with what only points at them; the caller commits."""
    for column in _pointing():
        table = column.table
        gone = column.in_(ids)
        unpointed = update(table).where(gone).values({column: None}) if column.nullable else delete(table).where(gone)
        db.session.execute(unpointed)
    db.session.execute(delete(Event).where(Event.id.in_(ids)))
    return len(ids)


def _pointing() -> list[Any]:
    """The columns of other tables that name an event: a notice goes with it, a photo stays with its ticket."""
    tables = Model.metadata.tables.values()
    return [key.parent for table in tables for key in table.foreign_keys if key.column.table.name == "event"]


def _cut(before: date) -> datetime:
    day = datetime.combine(before, time(), clock.SHANGHAI)
    opened = db.session.scalar(select(func.min(Ticket.submitted_at)).where(Ticket.is_open.is_(True)))
    return min(day, opened - timedelta(seconds=1)) if opened else day
