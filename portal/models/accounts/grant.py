"""A role given to an account within a scope, for a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.permissions import GRANTS, WORKERS, Role
from portal.models.actor import Actor, Channel, Reach
from portal.models.base import Id, Identified, Instant, Model, db

# How far a role reaches where its grant does not say otherwise; everybody else's reaches all of the scope.
REACHES: dict[Role, Reach] = dict.fromkeys((*WORKERS, Role.SALES_ADVISER), Reach.OWN)


class Grant(Identified, Model):
    """Role + development, or some of its buildings + how far it reaches there + from and until.

    ``team`` is a short code: the grants of a development with the same one, in force, are a team. A lead is an agent
    whose grant reaches the team; a contractor's supervisor reaches that of the firm. ``trade_code`` and ``badge`` are
    for people who do the work. No building means all of them.
    """

    __tablename__ = "grant"
    __table_args__ = (
        Index("ix_grant_development", "development_id", "role"),
        Index("ix_grant_team", "development_id", "team"),
    )

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(32))
    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"))
    reach: Mapped[str] = mapped_column(String(8), default=Reach.ALL.value)
    trade_code: Mapped[str | None] = mapped_column(String(16))
    badge: Mapped[str | None] = mapped_column(String(16))
    since: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    until: Mapped[datetime | None] = mapped_column(Instant)
    team: Mapped[str | None] = mapped_column(String(16))

    account: Mapped[Account] = relationship(Account, lazy="joined")
    places: Mapped[list[GrantBuilding]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @classmethod
    def of_account(cls, account_id: UUID) -> Sequence[Grant]:
        """The grants in force for an account, oldest first."""
        found = select(cls).where(cls.account_id == account_id, running(clock.now()))
        return db.session.scalars(found.order_by(cls.id)).all()

    @classmethod
    def holders(cls, role: Role, development_id: UUID) -> Sequence[Grant]:
        """The grants of a role in a development that are in force, of accounts that are open."""
        found = (
            select(cls)
            .join(Account)
            .where(cls.role == role, cls.development_id == development_id, running(clock.now()))
            .where(Account.disabled_at.is_(None))
        )
        return db.session.scalars(found.order_by(cls.id)).all()

    @classmethod
    def give(
        cls,
        account: Account,
        role: Role,
        development_id: UUID,
        *,
        badge: str = "",
        trade: str = "",
        reach: Reach | None = None,
        team: str = "",
        buildings: Iterable[UUID] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Grant:
        """Give a role of the staff in a scope; a grant of the same that is in force already is returned as it is.

        Whoever joins the staff signs in anew, with a password of the staff's length: what they had as an owner, a
        session of ninety days and a short password, ends here. Another role later on is a new sign-in as well.
        """
        held, there = cls.of_account(account.id), frozenset(buildings)
        wanted = (role.value, development_id, (reach or REACHES.get(role, Reach.ALL)).value, team or None, there)
        for grant in held:
            if (grant.role, grant.development_id, grant.reach, grant.team, grant.buildings) == wanted:
                return grant
        _sign_in_anew(account, joins=not held)
        places = [GrantBuilding(building_id=building_id) for building_id in sorted(there)]
        grant = cls(account=account, role=role.value, development_id=development_id, reach=wanted[2], places=places)
        grant.badge, grant.trade_code, grant.team = badge or None, trade or None, team or None
        grant.since, grant.until = since or clock.now(), until
        db.session.add(grant)
        db.session.flush()
        return grant

    def end(self) -> None:
        """It gives nothing from now on, in no session that is open and on no stream."""
        from portal.models.accounts.session import Session

        now = clock.now()
        self.until = now if self.until is None else min(self.until, now)
        Session.look_anew(self.account_id)

    @property
    def buildings(self) -> frozenset[UUID]:
        """The buildings it is limited to; empty where it is for the whole development."""
        return frozenset(place.building_id for place in self.places)

    @property
    def in_force(self) -> bool:
        """Whether it counts now: begun, not over, and of an open account."""
        now = clock.now()
        over = self.until is not None and self.until <= now
        return self.since <= now and not over and self.account.disabled_at is None

    def actor(self, request_id: str = "", channel: Channel = Channel.PORTAL) -> Actor:
        """The person of this grant, acting under it."""
        return Actor(
            person_id=self.account.person_id,
            account_id=self.account_id,
            role=self.role,
            permissions=GRANTS[Role(self.role)],
            reach=Reach(self.reach),
            development_id=self.development_id,
            grant_id=self.id,
            buildings=self.buildings,
            team=self.team,
            until=self.until,
            channel=channel,
            request_id=request_id,
        )


class GrantBuilding(Model):
    """A building a grant is limited to."""

    __tablename__ = "grant_building"

    grant_id: Mapped[UUID] = mapped_column(Id, ForeignKey("grant.id"), primary_key=True)
    building_id: Mapped[UUID] = mapped_column(Id, ForeignKey("building.id"), primary_key=True)


def _sign_in_anew(account: Account, *, joins: bool) -> None:
    from portal.models.accounts.session import Session  # which asks for the grants of its account

    if joins:
        account.password_hash = None
    Session.end_all(account.id)


def running(now: datetime) -> ColumnElement[bool]:
    """The condition of a grant that has begun and is not over."""
    return and_(Grant.since <= now, or_(Grant.until.is_(None), Grant.until > now))
