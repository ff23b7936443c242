"""Signed checkpoints of the chain, and where each was kept outside the database.

Whoever can write to the database can rewrite the whole chain; a checkpoint that lies elsewhere shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from flask import current_app
from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.backends.checkpoints import Place
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.queue import later
from portal.vault import ChainError, ring, signed_note
from portal.vault.chain import instant_text
from portal.vault.checkpoint import Checkpoint, public_key, read_checkpoint

EVENTS = 1000
PAUSE = timedelta(minutes=15)


class AuditCheckpoint(Identified, Model):
    """A note that was signed. ``n`` and ``head`` repeat what it says; its text is what counts.

    ``begins`` is another signed note, on the one whose earlier events were dropped: the chain begins after it.
    A restore signs one, too, with another first line: the chain was set back to there.
    """

    __tablename__ = "audit_checkpoint"

    n: Mapped[int] = mapped_column(index=True)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(Text)
    begins: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def newest(cls) -> AuditCheckpoint | None:
        """The last one that was signed."""
        return db.session.scalar(select(cls).order_by(cls.id.desc()).limit(1))

    @property
    def name(self) -> str:
        """What it is called where it is kept: sorted by number, and never the same twice."""
        return f"{self.n:012d}-{self.id.hex}.note"

    def read(self) -> Checkpoint:
        """What was signed. Raises ChainError when the note is not ours or the columns beside it say another thing."""
        found = read_note(self.note)
        found.confirm(self.n, bytes(self.head))
        return found

    def begin_here(self) -> None:
        """Sign that the chain begins after this checkpoint; what lies before it may be dropped."""
        self.begins = signed_note.sign(_beginning_text(self.read(), clock.now()), ring().secret("audit"))

    def confirm_beginning(self) -> None:
        """Raises ChainError unless it was signed that the chain begins here."""
        origin = f"anju/{ring().installation.hex}/beginning"
        said = signed_note.read(self.begins or "", origin, verifier())
        found = self.read()
        if said.split("\n")[1:3] != [str(found.count), signed_note.to_base64(found.head)]:
            raise ChainError("the beginning of the audit chain is not the one that was signed")


@dataclass(frozen=True, slots=True)
class AboutChain:
    """What an event on the chain itself is about; ``id`` is a checkpoint's."""

    id: UUID
    event_noun: ClassVar[str] = "audit"
    development_id: ClassVar[UUID | None] = None


class AuditDelivery(Identified, Model):
    """A checkpoint's way to one place; ``place`` is the place's code, for its address may hold a secret."""

    __tablename__ = "audit_delivery"
    __table_args__ = (UniqueConstraint("checkpoint_id", "place"),)

    checkpoint_id: Mapped[UUID] = mapped_column(Id, ForeignKey("audit_checkpoint.id"))
    place: Mapped[str] = mapped_column(String(16))
    kept_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(120))

    @classmethod
    def of(cls, checkpoint: AuditCheckpoint) -> dict[str, AuditDelivery]:
        """By the place's code."""
        return {row.place: row for row in db.session.scalars(select(cls).where(cls.checkpoint_id == checkpoint.id))}

    def ask(self) -> None:
        """Have it delivered by a job; one that waits already is enough."""
        later("audit.deliver", key=f"deliver:{self.id.hex}", delivery=self.id.hex)


def places() -> dict[str, Place]:
    """The places outside the database that checkpoints go to, by code."""
    found: dict[str, Place] = current_app.extensions["portal.checkpoints"]
    return found


def verifier() -> bytes:
    """The public key of what this installation signs, 32 bytes."""
    return public_key(ring().secret("audit"))


def read_note(note: str) -> Checkpoint:
    """A checkpoint of this installation. Raises ChainError."""
    return read_checkpoint(note, ring().installation, verifier())


def beginning() -> AuditCheckpoint | None:
    """The checkpoint after which the chain begins; None where it begins with event 1."""
    marked = select(AuditCheckpoint).where(AuditCheckpoint.begins.is_not(None))
    return db.session.scalar(marked.order_by(AuditCheckpoint.n.desc()).limit(1))


def due(number: int, head: bytes) -> bool:
    """Whether the chain, now at ``number`` and ``head``, has gone on long enough since the last checkpoint."""
    last = AuditCheckpoint.newest()
    if last is None:
        return number > 0
    new = bytes(last.head) != head
    return new and (number - last.n >= EVENTS or clock.now() - last.at >= PAUSE)


def sign(number: int, head: bytes, *, restored: bool = False) -> AuditCheckpoint:
    """Sign how far the chain has come (or that a restore set it back to there), and ask for it to be taken to every
    place."""
    at = clock.now()
    note = Checkpoint(ring().installation, number, head, at, restored).sign(ring().secret("audit"))
    row = AuditCheckpoint(n=number, head=head, at=at, note=note)
    db.session.add(row)
    db.session.flush()
    for code in places():
        delivery = AuditDelivery(checkpoint_id=row.id, place=code)
        db.session.add(delivery)
        delivery.ask()
    return row


def undelivered() -> Sequence[AuditDelivery]:
    """What did not arrive, of the places that are still set."""
    missing = select(AuditDelivery).where(AuditDelivery.kept_at.is_(None), AuditDelivery.place.in_(list(places())))
    return db.session.scalars(missing).all()


def _beginning_text(checkpoint: Checkpoint, at: datetime) -> str:
    head = signed_note.to_base64(checkpoint.head)
    return f"{checkpoint.origin}/beginning\n{checkpoint.count}\n{head}\n{instant_text(at)}\n"
