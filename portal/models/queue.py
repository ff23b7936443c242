"""The job table: background work asked for by name, in the transaction of the action that wants it.

A job runs at least once, so every job is idempotent. Payloads hold ids and codes, never a person's values.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.base import Identified, Instant, Model, db, insert, new_id

LEASE = timedelta(minutes=2)
MOST_TRIES = 8


class Job(Identified, Model):
    """One piece of work. ``dead_at`` is set when the last try failed; such a row waits for a person."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "dead_at", "run_at"),)

    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    run_at: Mapped[datetime] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    dead_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(String(120))


def later(kind: str, *, at: datetime | None = None, key: str | None = None, **payload: str | int) -> None:
    """Ask for ``kind`` to run after this transaction's commit, not before ``at``.

    ``key`` makes it once: while a job with the key waits, a second request adds nothing.
    """
    job = {"id": new_id(), "kind": kind, "payload": payload, "run_at": at or clock.now(), "key": key}
    if key is None:
        db.session.add(Job(**job))
    else:
        db.session.execute(insert(Job).values(**job, tries=0).on_conflict_do_nothing(index_elements=["key"]))


def lease(limit: int = 1) -> list[Job]:
    """Take up to ``limit`` due jobs for two minutes; the caller commits before it works on them.

    A job that was taken for the last time and never came back has taken its worker along: it is set aside.
    """
    now = clock.now()
    due = (
        select(Job)
        .where(Job.dead_at.is_(None), Job.run_at <= now, (Job.leased_until.is_(None)) | (Job.leased_until < now))
        .order_by(Job.run_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    jobs = db.session.scalars(due).all()
    for job in jobs:
        if job.tries >= MOST_TRIES:
            _set_aside(job, "WorkerLost")
        else:
            job.leased_until, job.tries = now + LEASE, job.tries + 1
    db.session.flush()
    return [job for job in jobs if job.dead_at is None]


def hold(key: str) -> None:
    """Two more minutes for a long job, named by its key, that is under way: no other worker takes it meanwhile."""
    under_way = update(Job).where(Job.key == key, Job.leased_until.is_not(None))
    db.session.execute(under_way.values(leased_until=clock.now() + LEASE))


def finish(job_id: UUID) -> None:
    """Take a job that has been done off the table."""
    db.session.execute(delete(Job).where(Job.id == job_id))


def fail(job_id: UUID, error: type[BaseException]) -> None:
    """Put a failed job back after a pause (4 s, 16 s, ... 4.5 h: 6 h in all), or set it aside after the last try.

    Only the error's type is kept: its text could hold a person's values.
    """
    job = db.session.get(Job, job_id)
    if job is None:
        return
    if job.tries >= MOST_TRIES:
        _set_aside(job, error.__name__)
        return
    job.error, job.leased_until = error.__name__[:120], None
    job.run_at = clock.now() + timedelta(seconds=4**job.tries)


def _set_aside(job: Job, error: str) -> None:
    """Leave the job to a person; its key is free again, so that the next of its kind can be asked for."""
    job.error, job.leased_until, job.key, job.dead_at = error[:120], None, None, clock.now()
