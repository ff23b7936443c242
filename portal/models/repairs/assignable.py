"""Assignable: a technician and a visit window. A new row each time, so the history stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal import clock
from portal.models.accounts.grant import Grant
from portal.models.accounts.permissions import WORKERS, P
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import Denied, N_, NotReached, Refused, WrongState
from portal.models.events import Event, record, refuse_repetition, stamp
from portal.models.repairs.part import TicketPart
from portal.models.repairs.states import CHECKED, HANDED_OVER, SENT_BACK, State

LONGEST_WINDOW = timedelta(hours=4)
FURTHEST = timedelta(days=60)
UNDER_WAY = (State.JOB_BOOKED, State.IN_WORK, State.WORK_DONE)
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

    @property
    def checker_ids(self) -> set[UUID]:
        """Everybody who has ever checked this ticket, whatever they said."""
        found = select(Event.actor_id).where(Event.about_id == self.id, Event.kind.in_((CHECKED, SENT_BACK)))
        return {person for person in db.session.scalars(found) if person is not None}

    def book(
        self, technician: Grant, start: datetime, end: datetime, by: Actor, *, version: int | None = None
    ) -> Event:
        """Give the job to a technician with a visit window (aware times), the first time or anew.

        Raises Refused for a window that is past, backwards, over 4 hours or over 60 days ahead, or for a grant that is
        over or of nobody who does the work in this development.
        """
        _check_window(start, end)
        self._check_worker(technician)
        assignment = self._assigned(technician, start, end, by)
        event = self.move(
            BOOKING_VERBS.get(State(self.state), "book"),
            by,
            version=version,
            assignment=assignment.id.hex,
            technician=assignment.technician_id.hex,
            window_start=stamp(start),
            window_end=stamp(end),
        )
        self._take_on(assignment)
        return event

    def hand_over(self, worker: Grant, by: Actor) -> Event:
        """Give a job that is booked, under way or waits for its check to somebody else, as it stands.

        State and window stay, and a form of the one before is stale. For whoever gives out jobs, or looks after the
        staff. Raises Denied, NotReached outside of the scope, WrongState, or Refused for somebody who cannot have it.
        """
        if not (by.may(P.TICKET_ASSIGN) or by.may(P.STAFF_MANAGE)):
            raise Denied
        if not by.covers(self.development_id, self.in_building):
            raise NotReached
        refuse_repetition(by)
        self.hold()
        if self.state not in UNDER_WAY or self.window_start is None or self.window_end is None:
            raise WrongState
        self._check_worker(worker)
        assignment = self._assigned(worker, self.window_start, self.window_end, by)
        technician = assignment.technician_id.hex
        event = record(by, HANDED_OVER, self, assignment=assignment.id.hex, technician=technician)
        self._take_on(assignment)
        self.moves += 1
        self.changed(owner_sees=True)
        return event

    def _check_worker(self, worker: Grant) -> None:
        """Raise Refused for whoever does no work here, or has checked this very ticket."""
        here = worker.development_id == self.development_id
        there = not worker.buildings or self.in_building in worker.buildings
        if worker.role not in WORKERS or not here or not there or not worker.in_force:
            raise Refused(N_("请选择本项目的维修师傅"), "technician")
        if worker.account.person_id in self.checker_ids:
            raise Refused(N_("检查过这一单的人不能再来维修，请换一位"), "technician")

    def _assigned(self, worker: Grant, start: datetime, end: datetime, by: Actor) -> Assignment:
        return Assignment(
            technician_id=worker.account.person_id,
            grant_id=worker.id,
            window_start=start,
            window_end=end,
            round=self.round,
            made_at=clock.now(),
            made_by_id=by.person_id,
        )

    def _take_on(self, assignment: Assignment) -> None:
        self.assignments.append(assignment)
        self.technician_id = assignment.technician_id
        self.window_start, self.window_end = assignment.window_start, assignment.window_end


def _check_window(start: datetime, end: datetime) -> None:
    now = clock.now()
    if end <= now:
        raise Refused(N_("上门时间已经过去，请选以后的时间"), "start")
    if not start < end <= start + LONGEST_WINDOW:
        raise Refused(N_("结束要晚于开始，且不超过 4 小时"), "end")
    if start > now + FURTHEST:
        raise Refused(N_("最远约到 60 天以后"), "start")
