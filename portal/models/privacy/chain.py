"""The sequencer: gives every committed event its number and its hash, one after the other, without a gap.

An event is numbered after its own commit, so that writers never wait for each other; one that was committed late with
an earlier time simply gets a later number.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from portal.models.base import columns, db
from portal.models.events import Event
from portal.models.privacy.checkpoints import beginning
from portal.vault.chain import START, event_hash

BATCH = 500
# The name of the lock on a database server: "anju" and "chain" in ASCII, cut to eight bytes.
_NUMBER = 0x616E6A7563686169


def waiting() -> bool:
    """Whether a committed event has no number yet: one look at an index that holds nothing else."""
    event = columns(Event)
    return db.session.scalar(select(1).where(event.n.is_(None)).limit(1)) is not None


def alone() -> None:
    """Until the commit no other process numbers. On SQLite every writer is alone already."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_NUMBER)))


def head() -> tuple[int, bytes]:
    """The last number and its hash; where the chain begins, when nothing follows there yet."""
    event = columns(Event)
    newest = select(event.n, event.h).where(event.n.is_not(None)).order_by(event.n.desc()).limit(1)
    found = db.session.execute(newest).first()
    start = beginning()
    if found is not None and (start is None or found.n >= start.n):
        return found.n, bytes(found.h or START)
    return (start.n, start.head) if start else (0, START)


def number_events(limit: int = BATCH) -> int:
    """Number and chain up to ``limit`` events that wait, oldest first; returns how many.

    The caller's transaction begins with this and is committed at once: it is all or nothing, and short.
    """
    alone()
    event: Any = columns(Event)
    waits = select(event.id, event.json).where(event.n.is_(None)).order_by(event.at, event.id).limit(limit)
    rows = db.session.execute(waits).all()
    number, previous = head() if rows else (0, START)
    numbered = []
    for row in rows:
        number, previous = number + 1, event_hash(previous, row.json)
        numbered.append({"event": row.id, "number": number, "hash": previous})
    if numbered:
        one = event.id.table.update().where(event.id == bindparam("event"))
        db.session.connection().execute(one.values(n=bindparam("number"), h=bindparam("hash")), numbered)
    return len(numbered)
