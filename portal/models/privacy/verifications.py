"""What a verification found, for the page and for the auditors' bell."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.accounts import P
from portal.models.actor import SYSTEM, Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import Denied
from portal.models.events import NOT_WHOLE, record
from portal.models.privacy.verifying import State, Verdict
from portal.models.queue import Job, later
from portal.models.signals import touch

# The job, and the key that makes it one at a time.
VERIFY = "audit.verify"


class AuditVerification(Identified, Model):
    """One walk along the chain: asked for, on its way, ended. The columns are those of a ``Verdict``."""

    __tablename__ = "audit_verification"
    event_noun = "audit"
    development_id: ClassVar[UUID | None] = None

    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    state: Mapped[str | None] = mapped_column(String(16))
    first: Mapped[int] = mapped_column(default=0)
    last: Mapped[int] = mapped_column(default=0)
    place: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(32), default="")
    waiting: Mapped[int] = mapped_column(default=0)
    checkpoints: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(default=0)

    @classmethod
    def ask(cls, by: Actor) -> AuditVerification:
        """Have the chain verified by a job; while one is under way, that is the one. Raises Denied."""
        if by is not SYSTEM and not by.may(P.AUDIT_VIEW):
            raise Denied
        running = cls.running()
        if running is not None:
            return running
        row = cls(asked_at=clock.now(), asked_by_id=by.person_id)
        db.session.add(row)
        db.session.flush()
        later(VERIFY, key=VERIFY, verification=row.id.hex)
        return row

    @classmethod
    def running(cls) -> AuditVerification | None:
        """The one that was asked for and has not ended, as long as its job lives: a worker that dies leaves it to the
        next, and a job that was set aside after its last try is none any more."""
        newest = db.session.scalar(select(cls).order_by(cls.id.desc()).limit(1))
        if newest is None or newest.ended_at is not None:
            return None
        job = db.session.scalar(select(Job).where(Job.key == VERIFY))
        return newest if job is not None and job.payload.get("verification") == newest.id.hex else None

    @classmethod
    def last_ended(cls) -> AuditVerification | None:
        """The newest result."""
        return db.session.scalar(select(cls).where(cls.ended_at.is_not(None)).order_by(cls.id.desc()).limit(1))

    def end(self, verdict: Verdict) -> None:
        """Keep what was found; the auditors hear of it when something is wrong."""
        self.ended_at, self.state, self.reason = clock.now(), verdict.state.value, verdict.reason
        self.first, self.last, self.place = verdict.first, verdict.last, verdict.place
        self.waiting, self.checkpoints = verdict.waiting, verdict.compared
        self.milliseconds = round(verdict.seconds * 1000)
        self.tell()
        if not verdict.sound:
            record(SYSTEM, NOT_WHOLE, self, state=verdict.state.value, n=verdict.place or 0, reason=verdict.reason)

    def reach(self, done: int, total: int) -> None:
        """Write down how far it is."""
        self.done, self.total = done, total
        self.tell()

    def tell(self) -> None:
        """The asker's open page fetches its piece."""
        if self.asked_by_id is not None:
            touch(f"person:{self.asked_by_id.hex}")

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return self.state in (State.WHOLE, State.WAITING)
