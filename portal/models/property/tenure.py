"""A tenure: one household's time in one home, with its parties. Its key seals all that is said about the home."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.leaving import goes
from portal.models.accounts.permissions import Role
from portal.models.accounts.person import Person
from portal.models.actor import Actor, Channel
from portal.models.base import Id, Identified, Model, columns, db
from portal.models.errors import N_, NotReached, Refused
from portal.models.property.development import Development
from portal.models.property.home import Home
from portal.models.property.rights import ALL, Right, permissions_of, rights_of
from portal.vault import Subject, SubjectKind

RUNNING = text("ended_on IS NULL")


class Relation(StrEnum):
    """What a person is to a tenure."""

    OWNER = "owner"
    CO_OWNER = "co_owner"
    TENANT = "tenant"


class Tenure(Identified, Model):
    """Begins with the contract and ends with the transfer; has one or more parties."""

    __tablename__ = "tenure"
    __table_args__ = (
        Index("ix_tenure_home", "home_id", "ended_on"),
        Index("uq_tenure_running", "home_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"))
    home_id: Mapped[UUID] = mapped_column(Id, ForeignKey("home.id"))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    home: Mapped[Home] = relationship(Home, lazy="joined")
    parties: Mapped[list[Party]] = relationship(back_populates="tenure", order_by="Party.id")

    @property
    def subject(self) -> Subject:
        """Whose key seals what is said about the home during this tenure."""
        return Subject(SubjectKind.TENURE, self.id)

    @classmethod
    def hotline_of(cls, person_id: UUID) -> str | None:
        """The number a person calls: that of the development of their first running tenure; None without one."""
        hotline: str | None = db.session.scalar(_HOTLINE, {"person": person_id, "today": clock.today()})
        return hotline

    @classmethod
    def of_person(cls, person_id: UUID) -> Sequence[Tenure]:
        """The running tenures a person is a party of today, oldest first."""
        found = select(cls).join(Party).where(Party.person_id == person_id, current(Party, cls, clock.today()))
        return db.session.scalars(found.order_by(cls.began_on, cls.id)).unique().all()

    @classmethod
    def begin(cls, home: Home, began_on: date) -> Tenure:
        """The household's time in a home begins; raises Refused while another runs, or has just begun elsewhere."""
        taken = Refused(N_("这套房已经登记了业主"), "home")
        if cls.running(home.id) is not None:
            raise taken
        tenure = cls(development_id=home.development_id, home=home, began_on=began_on)
        try:
            with db.session.begin_nested():
                db.session.add(tenure)
        except IntegrityError:
            raise taken from None
        return tenure

    def admit(
        self, person: Person, relation: Relation, *, rights: int = ALL, lease: tuple[date, date] | None = None
    ) -> Party:
        """Let a person join the household, with an account; somebody who has joined already stays as they are."""
        for party in self.parties:
            if party.person_id == person.id:
                return party
        Account.of(person)
        since_on, until_on = lease or (None, None)
        party = Party(
            person=person, relation=relation.value, rights=int(rights | Right.SEE), since_on=since_on, until_on=until_on
        )
        self.parties.append(party)
        db.session.flush()
        return party

    @classmethod
    def all_reached_by(cls, actor: Actor) -> Sequence[Tenure]:
        """The actor's homes of today in which they have the rights they use, oldest first."""
        found, rights = cls.of_person(actor.person_id) if actor.person_id else (), rights_of(actor)
        return [one for one in found if one.party_of(actor.person_id).rights & rights == rights]

    @classmethod
    def reached_by(cls, actor: Actor, tenure_id: UUID) -> Tenure:
        """One of them; raises NotReached otherwise."""
        for tenure in cls.all_reached_by(actor):
            if tenure.id == tenure_id:
                return tenure
        raise NotReached

    def party_of(self, person_id: UUID | None) -> Party:
        """The person's part in this household; raises NotReached for who has none."""
        for party in self.parties:
            if party.person_id == person_id:
                return party
        raise NotReached

    @classmethod
    def running(cls, home_id: UUID) -> Tenure | None:
        """The tenure that runs in a home today, if any."""
        return db.session.scalar(select(cls).where(cls.home_id == home_id, cls.ended_on.is_(None)))


class Party(Identified, Model):
    """A person's part in a tenure: ``rights`` are those of ``Right``; a tenant's lasts ``since_on`` to ``until_on``."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("tenure_id", "person_id"),)

    tenure_id: Mapped[UUID] = mapped_column(Id, ForeignKey("tenure.id"))
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), index=True)
    relation: Mapped[str] = mapped_column(String(16))
    rights: Mapped[int] = mapped_column(default=int(ALL), server_default=text("15"))
    since_on: Mapped[date | None]
    until_on: Mapped[date | None]

    tenure: Mapped[Tenure] = relationship(Tenure, back_populates="parties")
    person: Mapped[Person] = relationship(Person, lazy="joined")

    def actor(self, account_id: UUID | None, request_id: str = "") -> Actor:
        """The person acting as this party."""
        return household_actor(self.relation, self.rights, self.person_id, account_id, request_id)

    @property
    def is_current(self) -> bool:
        """Whether it counts today: the tenure runs, and so does a lease."""
        today = clock.today()
        begun = self.since_on is None or self.since_on <= today
        return begun and self.tenure.ended_on is None and (self.until_on is None or today <= self.until_on)


def current(party: Any, tenure: Any, today: Any) -> ColumnElement[bool]:
    """The condition under which a party counts on a day: the tenure runs, and so does a lease."""
    begun = party.since_on.is_(None) | (party.since_on <= today)
    over = party.until_on.is_(None) | (party.until_on >= today)
    return and_(tenure.ended_on.is_(None), begun, over)


@goes
def _parties(person_ids: Collection[UUID]) -> int:
    """They are of no household any more; a household without anybody has ended."""
    found = db.session.scalars(select(Party).where(Party.person_id.in_(person_ids))).all()
    tenures = {party.tenure for party in found}
    for party in found:
        party.tenure.parties.remove(party)
        db.session.delete(party)
    for tenure in tenures:
        if not tenure.parties and tenure.ended_on is None:
            tenure.ended_on = clock.today()
    db.session.flush()
    return len(found)


def household_actor(relation: str, rights: int, person_id: UUID, account_id: UUID | None, request_id: str) -> Actor:
    """A person acting as a party of this relation, with these rights."""
    role = Role(relation)
    return Actor(
        person_id=person_id,
        account_id=account_id,
        role=role.value,
        permissions=permissions_of(role, rights),
        channel=Channel.PORTAL,
        request_id=request_id,
    )


def standing_of(person: Any, in_use: Any) -> ColumnElement[Any]:
    """What a person is in the home they use, else in the first of theirs, as ``owner:15``; part of a query.

    Both are given by columns; the query is run with ``today``.
    """
    party, tenure = columns(Party), columns(Tenure)
    standing = party.relation.concat(":").concat(cast(party.rights, String))
    used = _first_of(standing, person).where(tenure.id == in_use)
    # Not by an order in which the home in use comes first: SQLite knows no outer column in the order of an inner query.
    return func.coalesce(used.scalar_subquery(), _first_of(standing, person).scalar_subquery())


def _first_of(wanted: Any, person: Any) -> Select[Any]:
    """Of the tables themselves: what is asked at every page needs no mapped object, which would double its time."""
    tenure, party = columns(Tenure), columns(Party)
    found = select(wanted).join_from(Party.__table__, Tenure.__table__).join(Development.__table__)
    mine = (party.person_id == person, current(party, tenure, bindparam("today", type_=Date)))
    return found.where(*mine).order_by(tenure.began_on, tenure.id).limit(1)


_HOTLINE = _first_of(columns(Development).hotline, bindparam("person"))
