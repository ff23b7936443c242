"""A restore sets the chain back: signed, so that what was signed on the lost events is no sign of a shortened chain.

Without the audit key nobody can say so, and a note of an earlier restore excuses nothing that was signed after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.events import declare, record
from portal.models.privacy.chain import head
from portal.models.privacy.checkpoints import AboutChain, AuditCheckpoint, sign
from portal.vault import ChainError
from portal.vault.checkpoint import Checkpoint

RESTORED = declare("audit.restored", ("checkpoint", "n"), owner_sees=False)


def set_back() -> AuditCheckpoint:
    """Sign that a restore set the chain back to where it stands now, and record it; the caller commits."""
    row = sign(*head(), restored=True)
    record(SYSTEM, RESTORED, AboutChain(row.id), checkpoint=row.id.hex, n=row.n)
    return row


def last_set_back() -> Checkpoint | None:
    """What the newest restore signed; None where there was none, or where its note is not ours."""
    restored = select(AuditCheckpoint).where(AuditCheckpoint.note.like("%/restored\n%"))
    row = db.session.scalar(restored.order_by(AuditCheckpoint.at.desc(), AuditCheckpoint.id.desc()).limit(1))
    try:
        return row.read() if row else None
    except ChainError:
        return None


@dataclass(slots=True)
class SetBack:
    """Which of the notes found outside were signed on events that a restore took away.

    ``restores`` were signed by restores that the database knows: it comes out of them. ``left`` by others, found
    outside: what such a one began, a later restore of another backup ended.
    """

    restores: list[Checkpoint] = field(default_factory=list)
    left: list[Checkpoint] = field(default_factory=list)

    @classmethod
    def of(cls, kept: Iterable[Checkpoint], outside: Iterable[Checkpoint]) -> SetBack:
        """From the notes the database holds and those it does not."""
        return cls([one for one in kept if one.restored], [one for one in outside if one.restored])

    @property
    def newest(self) -> Checkpoint | None:
        """The last restore that the database knows."""
        return max(self.restores, key=lambda one: one.at, default=None)

    def takes(self, note: Checkpoint) -> bool:
        """Whether a note that the database does not hold lies beyond a later restore, or between two on events that
        the later one did not bring along."""
        return any(note.at < back.at and (note.count > back.count or self._left(note, back)) for back in self.restores)

    def _left(self, note: Checkpoint, back: Checkpoint) -> bool:
        return any(one.at <= note.at and one.at < back.at and note.count > one.count for one in self.left)
