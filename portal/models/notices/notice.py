"""A notice in a person's bell, made from an event by a job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.accounts import WORKERS, Grant, Role
from portal.models.accounts.leaving import goes
from portal.models.accounts.session import NEW_DEVICE
from portal.models.actor import Reach
from portal.models.base import Id, Identified, Instant, Model, columns, db
from portal.models.errors import NotReached
from portal.models.events import NOT_WHOLE, Event
from portal.models.notices.rules import RULES, Whom
from portal.models.property import Party, Relation, Tenure
from portal.models.property.tenure import current
from portal.models.queue import Job, later
from portal.models.repairs.ticket import Ticket
from portal.models.signals import touch
from portal.vault import Subject, SubjectKind, ring

NEWEST = 50
ACCOUNT = "account"  # what stands for the number where a person's own sign-in is told about


class Notice(Identified, Model):
    """``text`` is a source text with %(number)s, translated when it is shown. ``staff`` tells which face it opens.

    ``number`` is the ticket's or the request's; empty where it is the audit chain that is told about.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id", "staff"),
        Index("ix_notice_person", "person_id", "staff", "made_at"),
    )

    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    event_id: Mapped[UUID] = mapped_column(Id, ForeignKey("event.id"))
    staff: Mapped[bool]
    number: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def about(self) -> str:
        """What it leads to, by the first letters of its number: ``repairs``, ``erasures``, ``account`` or ``chain``."""
        if not self.number:
            return "chain"
        if self.number == ACCOUNT:
            return "account"
        return "erasures" if self.number.startswith("SC") else "repairs"

    @classmethod
    def of_person(cls, person_id: UUID, *, staff: bool) -> Sequence[Notice]:
        """The newest notices of a person on one face, at most 50."""
        found = select(cls).where(cls.person_id == person_id, cls.staff == staff)
        return db.session.scalars(found.order_by(cls.made_at.desc(), cls.id.desc()).limit(NEWEST)).all()

    @classmethod
    def unread(cls, person_id: UUID, *, staff: bool) -> int:
        """How many a person has not read on one face."""
        return db.session.scalar(_UNREAD, {"person": person_id, "staff": staff}) or 0

    @classmethod
    def read_all(cls, person_id: UUID, *, staff: bool) -> None:
        """Mark everything of a person on one face as read."""
        mine = update(cls).where(cls.person_id == person_id, cls.staff == staff, cls.read_at.is_(None))
        db.session.execute(mine.values(read_at=clock.now()))
        touch(f"person:{person_id.hex}")


def _unread() -> Select[Any]:
    notice = columns(Notice)
    mine = (notice.person_id == bindparam("person"), notice.staff == bindparam("staff"), notice.read_at.is_(None))
    return select(func.count()).select_from(Notice.__table__).where(*mine)


_UNREAD = _unread()  # asked at every page, so built once


@dataclass(frozen=True, slots=True)
class Asked:
    """A request about a person, as its event names it: told to them and to the staff of their development, of every
    development where they belong to none."""

    number: str
    development_id: UUID | None
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Chain:
    """The audit chain: one for the whole installation, and without a number."""

    number: str = ""
    development_id: UUID | None = None


Matter = Ticket | Asked | Chain


def fan_out(event_id: UUID) -> int:
    """Write the notices of an event; returns how many are new. Doing it again adds nothing."""
    event = db.session.get(Event, event_id)
    matter = _matter(event) if event is not None else None
    if event is None or matter is None:
        return 0
    made = 0
    for rule in RULES.get(event.kind, ()):
        staff = rule.whom not in (Whom.HOUSEHOLD, Whom.PERSON) or event.fields.get("staff") is True
        for person_id in sorted(_living(_people(rule.whom, matter))):
            if person_id == event.actor_id:
                continue
            made += _tell(event, matter.number, person_id, rule.text, staff=staff, mail=rule.mail)
    return made


def _matter(event: Event) -> Matter | None:
    if event.about_noun == Ticket.event_noun:
        return db.session.get(Ticket, event.about_id)
    if event.about_noun == "erasure":
        return Asked(event.fields["number"], event.development_id, UUID(event.fields["person"]))
    if event.kind == NEW_DEVICE:
        return Asked(ACCOUNT, None, event.about_id) if event.about_id else None
    return Chain() if event.kind == NOT_WHOLE else None


def _living(person_ids: set[UUID]) -> set[UUID]:
    """Without those who were erased while the notice was on its way."""
    gone = ring().erased(Subject(SubjectKind.PERSON, person_id) for person_id in person_ids)
    return person_ids - {subject.id for subject in gone}


def _tell(event: Event, number: str, person_id: UUID, text: str, *, staff: bool, mail: bool) -> int:
    there = select(Notice.id).where(Notice.event_id == event.id, Notice.person_id == person_id, Notice.staff == staff)
    if db.session.scalar(there) is not None:
        return 0
    notice = Notice(person_id=person_id, event_id=event.id, staff=staff, number=number, text=text, made_at=clock.now())
    db.session.add(notice)
    touch(f"person:{person_id.hex}")
    if mail:
        later("notices.mail", notice=notice.id.hex, key=f"mail:{notice.id.hex}")
    return 1


@goes
def _notices(person_ids: Collection[UUID]) -> int:
    """What waits in their bell, and the mails that are not sent yet."""
    found = db.session.scalars(select(Notice.id).where(Notice.person_id.in_(person_ids))).all()
    for start in range(0, len(found), NEWEST):
        some = found[start : start + NEWEST]
        db.session.execute(delete(Job).where(Job.key.in_([f"mail:{notice_id.hex}" for notice_id in some])))
        db.session.execute(delete(Notice).where(Notice.id.in_(some)))
    return len(found)


def _people(whom: Whom, matter: Matter) -> set[UUID]:
    if whom == Whom.HOUSEHOLD:
        return _household(matter) if isinstance(matter, Ticket) else set()
    if whom == Whom.PERSON:
        return {matter.person_id} if isinstance(matter, Asked) else set()
    if whom == Whom.AUDITORS:
        return _everywhere((Role.AUDITOR,))  # the chain is one for the whole installation
    staff = _staff(_ROLES[whom], matter)
    return staff & {matter.technician_id} if isinstance(matter, Ticket) and whom == Whom.TECHNICIAN else staff


_ROLES: dict[Whom, tuple[Role, ...]] = {
    Whom.TECHNICIAN: WORKERS,
    Whom.DESK: (Role.SERVICE_AGENT,),
    Whom.CHECKERS: (Role.DISPATCHER, Role.MANAGER),
    Whom.MANAGERS: (Role.MANAGER,),
    Whom.APPROVERS: (Role.AUDITOR,),
}


def _staff(roles: Collection[Role], matter: Matter) -> set[UUID]:
    """Those of its development; of every one where a request is about somebody who belongs nowhere, for all see it."""
    if matter.development_id is not None:
        return set(_holders(roles, matter.development_id, matter))
    return _everywhere(roles) if isinstance(matter, Asked) else set()


def _everywhere(roles: Collection[Role]) -> set[UUID]:
    developments = db.session.scalars(select(Grant.development_id).where(Grant.role.in_(roles)).distinct())
    return {person for development_id in developments for person in _holders(roles, development_id)}


def _household(ticket: Ticket) -> set[UUID]:
    """Those of the owner's side who reach the ticket: nobody of a household that has moved out."""
    running = select(Party.person_id).join(Tenure).where(current(Party, Tenure, clock.today()))
    if ticket.tenure_id is not None:
        sees = or_(Party.relation != Relation.TENANT, Party.person_id == ticket.reporter_id)
        return set(db.session.scalars(running.where(Tenure.id == ticket.tenure_id, sees)))
    here = running.where(Tenure.development_id == ticket.development_id, Party.person_id == ticket.reporter_id)
    return set(db.session.scalars(here))


def _holders(roles: Iterable[Role], development_id: UUID, matter: Matter | None = None) -> Iterable[UUID]:
    """Of a ticket only those whose grant reaches it: others would be led to a page that is not there for them."""
    for role in roles:
        for grant in Grant.holders(role, development_id):
            if not isinstance(matter, Ticket) or _reaches(grant, matter):
                yield grant.account.person_id


def _reaches(grant: Grant, ticket: Ticket) -> bool:
    if grant.reach == Reach.ALL and not grant.buildings:
        return True
    with suppress(NotReached):
        return Ticket.of_id(grant.actor(), ticket.id) is ticket
    return False
