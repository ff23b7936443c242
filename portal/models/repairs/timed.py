"""Timed: the clocks of a ticket. A due moment is stored with the limit and the lines that explain it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal import clock
from portal.clock import Line
from portal.models.base import Id, Identified, Instant, Model
from portal.models.catalogue import Metric
from portal.models.clocks import limits_for, working_days
from portal.models.events import stamp
from portal.models.repairs.part import TicketPart
from portal.models.repairs.states import REPAIR, REPLY, RESPONSE, VISIT

METRICS: dict[str, Metric] = {RESPONSE: Metric.FIRST_RESPONSE, VISIT: Metric.ON_SITE, REPAIR: Metric.COMPLETE}
# The owner's time to answer is not in the catalogue: 7 days, as features B4 has it for every kind of repair.
REPLY_LIMIT = clock.Limit(7 * 24 * 60, clock.Unit.MINUTE)


class TicketClock(Identified, Model):
    """One run of a clock. ``lines`` is the sum behind ``due_at``: [step, begin, end] in UTC."""

    __tablename__ = "ticket_clock"

    ticket_id: Mapped[UUID] = mapped_column(Id, ForeignKey("ticket.id"), index=True)
    name: Mapped[str] = mapped_column(String(16))
    limit_code: Mapped[str | None] = mapped_column(String(32))
    limit_version: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    provisional: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[list[Any]] = mapped_column(JSON, default=list)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.ended_at is None


class Timed(TicketPart):
    """Gives a ticket its clocks.

    ``next_due_at`` is the nearest that runs: our promise, or the owner's time to answer while nothing else runs. An
    open ticket always has one, which the paging of the lists rests on.
    """

    next_due_at: Mapped[datetime | None] = mapped_column(Instant)
    next_clock: Mapped[str | None] = mapped_column(String(16))

    @declared_attr
    def clocks(cls) -> Mapped[list[TicketClock]]:  # noqa: N805 - SQLAlchemy hands over the class
        return relationship(TicketClock, order_by=TicketClock.id, lazy="selectin")

    def clock_named(self, name: str) -> TicketClock | None:
        """The newest run of a clock, ended or not."""
        return next((run for run in reversed(self.clocks) if run.name == name), None)

    def turn_clocks(self, ends: Iterable[str], starts: Iterable[str]) -> None:
        """End and start clocks at this moment, with the limits of the present priority."""
        now = clock.now()
        for run in self.clocks:
            if run.running and run.name in ends:
                run.ended_at = now
        for name in starts:
            self.clocks.append(_start(self, name, now))
        self._note_next()

    def _note_next(self) -> None:
        running = [run for run in self.clocks if run.running]
        nearest = min(running, key=lambda run: run.due_at, default=None)
        self.next_due_at = nearest.due_at if nearest else None
        self.next_clock = nearest.name if nearest else None


def _start(ticket: TicketPart, name: str, now: datetime) -> TicketClock:
    run = TicketClock(name=name, started_at=now)
    if name == REPLY:
        limit = REPLY_LIMIT
    else:
        row = limits_for(ticket.priority, ticket.development_id)[METRICS[name]]
        limit, run.limit_code, run.limit_version = row.limit, row.code, row.version
    found = clock.due(now, limit, working_days())
    run.due_at, run.provisional, run.lines = found.at, found.provisional, [_line(line) for line in found.lines]
    return run


def _line(line: Line) -> list[str]:
    return [line.step.value, stamp(line.begin), stamp(line.end)]
