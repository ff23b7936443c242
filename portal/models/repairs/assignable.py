"""Assignable: a technician and a visit window. A new row each time, so the history stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal import clock
from portal.models.accounts.grant import Grant
from portal.models.accounts.permissions import WORKERS
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model
from portal.models.errors import N_, Refused
from portal.models.events import Event, stamp
from portal.models.repairs.part import TicketPart
from portal.models.repairs.states import State

LONGEST_WINDOW = timedelta(hours=4)
FURTHEST = timedelta(days=60)
BOOKING_VERBS = {State.ACKNOWLEDGED: "book", State.JOB_BOOKED: "rebook", State.REWORK: "book_rework"}


class Assignment(Identified, Model):
    """Who was to come, and when; ``round`` is the ticket's at the time."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_technician", "technician_id", "window_start"),)

    ticket_id: Mapped[UUID] = mapped_column(Id, ForeignKey("ticket.id"), index=True)
    technician_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    grant_id: Mapped[UUID] = mapped_column(Id, ForeignKey("grant.id"))
    window_start: Mapped[datetime] = mapped_column(Instant)
    window_end: Mapped[datetime] = mapped_column(Instant)
    round: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))

    grant: Mapped[Grant] = relationship(Grant)


class Assignable(TicketPart):
    """Gives a ticket its technician and window, and the verb that books them."""

    technician_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    window_start: Mapped[datetime | None] = mapped_column(Instant)
    window_end: Mapped[datetime | None] = mapped_column(Instant)

    @declared_attr
    def assignments(cls) -> Mapped[list[Assignment]]:  # noqa: N805 - SQLAlchemy hands over the class
        return relationship(Assignment, order_by=Assignment.id)

    @property
    def assignment(self) -> Assignment | None:
        """The assignment in force: the newest."""
        return self.assignments[-1] if self.assignments else None

    @property
    def worker_ids(self) -> set[UUID]:
        """Everybody who has ever been given this job."""
        return {assignment.technician_id for assignment in self.assignments}

    def book(
        self, technician: Grant, start: datetime, end: datetime, by: Actor, *, version: int | None = None
    ) -> Event:
        """Give the job to a technician with a visit window (aware times), the first time or anew.

        Raises Refused for a window that is past, backwards, over 4 hours or over 60 days ahead, or for a grant that is
        over or of nobody who does the work in this development.
        """
        _check_window(start, end)
        theirs = technician.role in WORKERS and technician.development_id == self.development_id
        if not theirs or not technician.in_force:
            raise Refused(N_("请选择本项目的维修师傅"), "technician")
        assignment = Assignment(
            technician_id=technician.account.person_id,
            grant_id=technician.id,
            window_start=start,
            window_end=end,
            round=self.round,
            made_at=clock.now(),
            made_by_id=by.person_id,
        )
        event = self.move(
            BOOKING_VERBS.get(State(self.state), "book"),
            by,
            version=version,
            assignment=assignment.id.hex,
            technician=assignment.technician_id.hex,
            window_start=stamp(start),
            window_end=stamp(end),
        )
        self.assignments.append(assignment)
        self.technician_id, self.window_start, self.window_end = assignment.technician_id, start, end
        return event


def _check_window(start: datetime, end: datetime) -> None:
    now = clock.now()
    if end <= now:
        raise Refused(N_("上门时间已经过去，请选以后的时间"), "start")
    if not start < end <= start + LONGEST_WINDOW:
        raise Refused(N_("结束要晚于开始，且不超过 4 小时"), "end")
    if start > now + FURTHEST:
        raise Refused(N_("最远约到 60 天以后"), "start")
