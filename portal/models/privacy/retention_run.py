"""What a run of a retention class did: counts, never whose. Kept as long as the law wants such records kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.base import Identified, Instant, Model, db
from portal.models.errors import N_
from portal.models.privacy.retention import APPLIED
from portal.models.queue import Job

# Why something whose time is over is kept all the same.
WARRANTY, OPEN_MATTER, CHAIN = "warranty", "open_matter", "chain"
KEPT_WORDS: dict[str, str] = {
    WARRANTY: N_("保修还没到期"),
    OPEN_MATTER: N_("还有没办完的事"),
    CHAIN: N_("要等检查点，整段移除"),
}


class RetentionRun(Identified, Model):
    """One run. ``removed`` is what a dry one would have removed; ``kept`` counts by reason.

    ``ended_at`` stays empty while it runs, and for ever where it was killed: what it had done is done.
    """

    __tablename__ = "retention_run"
    __table_args__ = (Index("ix_retention_run_rule", "rule", "began_at"),)

    rule: Mapped[str] = mapped_column(String(16))
    dry: Mapped[bool]
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    examined: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    kept: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)

    @classmethod
    def begin(cls, rule: str, *, dry: bool) -> RetentionRun:
        """A new run, in the caller's transaction."""
        run = cls(rule=rule, dry=dry, began_at=clock.now(), examined=0, removed=0, kept={})
        db.session.add(run)
        return run

    @classmethod
    def latest(cls) -> dict[str, RetentionRun]:
        """The last run of each class that ever had one, dry or not."""
        newest = select(cls.rule, func.max(cls.began_at).label("at")).group_by(cls.rule).subquery()
        found = select(cls).join(newest, (cls.rule == newest.c.rule) & (cls.began_at == newest.c.at))
        return {run.rule: run for run in db.session.scalars(found.order_by(cls.id))}

    def count(self, looked_at: int, kept: Mapping[str, int]) -> None:
        """One batch more: so many rows looked at, of which these were kept."""
        self.examined += looked_at
        self.removed += looked_at - sum(kept.values())
        reasons = self.kept.keys() | kept.keys()
        self.kept = {reason: self.kept.get(reason, 0) + kept.get(reason, 0) for reason in sorted(reasons)}


def next_runs() -> dict[str, datetime]:
    """When each class is applied next; those whose job nobody has planned yet are left out."""
    keys = {f"schedule:{kept.job}": code for code, kept in APPLIED.items()}
    found = db.session.execute(select(Job.key, Job.run_at).where(Job.key.in_(keys)))
    return {keys[key]: at for key, at in found if key is not None}
