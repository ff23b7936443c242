"""A repair ticket. The base list is the contents page: one adjective a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal import clock
from portal.models.accounts.person import Person
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, columns, db
from portal.models.catalogue import Defect
from portal.models.errors import NotReached, Stale
from portal.models.events import KINDS, Event, record, refuse_repetition
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.models.property.development import Building, Development
from portal.models.property.home import Home, Space
from portal.models.property.tenure import Tenure
from portal.models.repairs.acknowledged import Acknowledged
from portal.models.repairs.assignable import Assignable
from portal.models.repairs.checkable import Checkable
from portal.models.repairs.confirmable import Confirmable
from portal.models.repairs.discussed import Discussed
from portal.models.repairs.reach import Way, condition, values, way, within
from portal.models.repairs.reported import Reported
from portal.models.repairs.revealing import Revealing
from portal.models.repairs.states import FLOW, OPEN, State
from portal.models.repairs.timed import Timed
from portal.models.repairs.withdrawable import Withdrawable
from portal.models.repairs.workable import Workable
from portal.models.scoping import by_rule, limited, scoped
from portal.models.signals import announce, touch
from portal.vault import Subject, SubjectKind


@scoped
class Ticket(
    Reported,
    Acknowledged,
    Assignable,
    Workable,
    Checkable,
    Confirmable,
    Withdrawable,
    Discussed,
    Revealing,
    Timed,
    SealedRow,
    Identified,
    Model,
):
    """One fault in one place, from the report to the owner's signature.

    ``owner_version`` and ``staff_version`` count what each side may see; ``moves`` counts the steps, and forms carry
    it, so that a message that came in meanwhile does not spoil a form but another person's step does.
    ``preferred`` lists half-days that suit the owner, ``2026-11-24/am``. ``round`` counts the reworks.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_queue", "development_id", "is_open", "next_due_at", "id"),
        Index("ix_ticket_state", "development_id", "state", "updated_at", "id"),
        Index("ix_ticket_tenure", "tenure_id", "submitted_at"),
        Index("ix_ticket_reporter", "reporter_id", "submitted_at"),
        Index("ix_ticket_technician", "technician_id", "is_open"),
    )
    event_noun = "ticket"

    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"))
    number: Mapped[str] = mapped_column(String(24), unique=True)
    home_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("home.id"))
    tenure_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("tenure.id"))
    space_code: Mapped[str | None] = mapped_column(String(32))
    common_part: Mapped[str | None] = mapped_column(String(16))
    building_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("building.id"))
    defect_code: Mapped[str] = mapped_column(String(24))
    defect_version: Mapped[int]
    category_code: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    reporter_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    filed_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(24), default=State.SUBMITTED.value)
    is_open: Mapped[bool] = mapped_column(default=True)
    outcome: Mapped[str | None] = mapped_column(String(24))
    round: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    preferred: Mapped[list[str]] = mapped_column(JSON, default=list)
    call_first: Mapped[bool] = mapped_column(default=True)
    warranty_status: Mapped[str] = mapped_column(String(16))
    warranty_until: Mapped[date | None]
    warranty_term: Mapped[str | None] = mapped_column(String(16))
    warranty_version: Mapped[int | None]
    owner_version: Mapped[int] = mapped_column(default=1)
    staff_version: Mapped[int] = mapped_column(default=1)
    moves: Mapped[int] = mapped_column(default=0)
    row_version: Mapped[int] = mapped_column()
    report_sealed: Mapped[bytes | None] = sealed_column()

    report_group = SealedGroup("ticket.report", "report_sealed", ("words", "caller_name", "caller_phone"))
    words = report_group.field("words")
    caller_name = report_group.field("caller_name")
    caller_phone = report_group.field("caller_phone")

    development: Mapped[Development] = relationship(Development, lazy="joined")
    home: Mapped[Home | None] = relationship(Home, lazy="joined")
    building: Mapped[Building | None] = relationship(Building, lazy="joined")
    tenure: Mapped[Tenure | None] = relationship(Tenure)
    reporter: Mapped[Person | None] = relationship(Person, foreign_keys=[reporter_id])
    # The catalogue row it was reported under, in the version of that day.
    defect: Mapped[Defect] = relationship(
        Defect,
        primaryjoin=lambda: (
            (foreign(Ticket.defect_code) == Defect.code) & (foreign(Ticket.defect_version) == Defect.version)
        ),
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": row_version}

    @classmethod
    def reached_by(cls, actor: Actor, number: str) -> Ticket:
        """The ticket with this number if the actor's grant reaches it; raises NotReached for every other number."""
        ticket: Ticket | None = db.session.scalar(_numbered(way(actor)), values(actor) | {"number": number})
        if ticket is None:
            raise NotReached
        return ticket

    @classmethod
    def version_reached_by(cls, actor: Actor, number: str) -> int:
        """Only the version of the actor's face, for a poll that is mostly answered "unchanged"; raises NotReached."""
        column = "staff_version" if actor.development_id else "owner_version"
        version: int | None = db.session.scalar(_version_of(way(actor), column), values(actor) | {"number": number})
        if version is None:
            raise NotReached
        return version

    @classmethod
    def of_household(cls, actor: Actor, tenure: Tenure) -> Sequence[Ticket]:
        """What the actor sees of a household's repairs, newest first: the home's, and common parts they reported."""
        found = select(cls).where((cls.tenure_id == tenure.id) | cls.tenure_id.is_(None))
        return db.session.scalars(within(found, cls, actor).order_by(cls.submitted_at.desc(), cls.id)).all()

    @classmethod
    def newest_reached_by(cls, actor: Actor, limit: int = 200) -> Sequence[Ticket]:
        """Everything the actor reaches, newest first, at most ``limit``."""
        found = within(select(cls), cls, actor).order_by(cls.submitted_at.desc(), cls.id)
        return db.session.scalars(found.limit(limit)).all()

    @classmethod
    def of_id(cls, actor: Actor, ticket_id: UUID) -> Ticket:
        """The ticket with this id if the actor's grant reaches it; raises NotReached."""
        ticket: Ticket | None = db.session.scalar(within(select(cls).where(cls.id == ticket_id), cls, actor))
        if ticket is None:
            raise NotReached
        return ticket

    @property
    def subject(self) -> Subject:
        """Whose key seals what is said about it: the household's, or the ticket's own where there is none."""
        if self.tenure_id is not None:
            return Subject(SubjectKind.TENURE, self.tenure_id)
        return Subject(SubjectKind.CASE, self.id)

    @property
    def in_building(self) -> UUID | None:
        """The building it is in, at home or in a common part; None for the grounds."""
        return self.home.entrance.building_id if self.home else self.building_id

    @property
    def space(self) -> Space | None:
        """The room, where it is in a home whose plan knows the room."""
        spaces: Sequence[Space] = self.home.spaces if self.home else ()
        return next((space for space in spaces if space.code == self.space_code), None)

    def verbs_for(self, actor: Actor) -> list[str]:
        """What the actor may do with it now; the buttons of both faces."""
        return FLOW.verbs_for(self, actor)

    def move(self, verb: str, by: Actor, *, version: int | None, note: str | None = None, **fields: Any) -> Event:
        """Take one step of the table: check, change state and clocks, record, count the versions up.

        ``version`` is the one the form was made from (None: the caller has just read the row inside this transaction).
        Raises Repeated, Denied, WrongState or Stale before anything changes.
        """
        self.ready(verb, by, version)
        step = FLOW[verb]
        self.state, self.outcome, self.moves = step.to, step.outcome, self.moves + 1
        self.is_open = step.to in OPEN
        self.turn_clocks(step.ends, step.starts)
        event = record(by, step.event, self, note=note, subject=self.subject if note else None, **fields)
        self.changed(owner_sees=KINDS[step.event].owner_sees)
        return event

    def ready(self, verb: str, by: Actor, version: int | None) -> None:
        """Raise Repeated, Denied, WrongState, or Stale for a form made before the last step, when it cannot be done."""
        refuse_repetition(by)
        self.hold()
        FLOW[verb].check(self, by)
        if version is not None and version != self.moves:
            raise Stale

    def hold(self) -> None:
        """Keep the row until the commit, as it is by now: of two at once the second waits and sees the first's step.

        On SQLite the second waits before its transaction, so that this finds nothing new.
        """
        mine = by_rule(select(Ticket.row_version).where(Ticket.id == self.id), "the row that was found")
        newest = db.session.scalar(mine.with_for_update())
        if newest != self.row_version:
            db.session.refresh(self)

    def changed(self, *, owner_sees: bool) -> None:
        """Count the versions up and tell the open screens after the commit."""
        self.updated_at = clock.now()
        self.staff_version += 1
        announce(f"ticket:{self.id.hex}:staff", self.staff_version)
        touch(f"queue:{self.development_id.hex}")
        if owner_sees:
            self.owner_version += 1
            announce(f"ticket:{self.id.hex}:owner", self.owner_version)
            for topic in self.owner_topics:
                touch(topic)

    @property
    def owner_topics(self) -> list[str]:
        """The topics of the people whose screens list this ticket: the household, or whoever reported a common part."""
        if self.tenure is not None:
            return [f"person:{party.person_id.hex}" for party in self.tenure.parties]
        return [f"person:{self.reporter_id.hex}"] if self.reporter_id else []


@cache
def _numbered(by: Way) -> Select[Any]:
    """The ticket with a number if it is reached this way; built once."""
    return limited(select(Ticket).where(Ticket.number == bindparam("number")), condition(Ticket, by))


@cache
def _version_of(by: Way, column: str) -> Select[Any]:
    """One of its counters; built once, and of the table itself: what is asked at every poll needs no mapped object."""
    ticket = columns(Ticket)
    return select(ticket[column]).where(ticket.number == bindparam("number"), condition(ticket, by))
