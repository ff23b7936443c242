"""A role given to an account within a scope, for a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.permissions import GRANTS, WORKERS, Role
from portal.models.actor import Actor, Channel, Reach
from portal.models.base import Id, Identified, Instant, Model, db

# How far a role reaches where its grant does not say otherwise; everybody else's reaches all of the development.
REACHES: dict[Role, Reach] = dict.fromkeys((*WORKERS, Role.SALES_ADVISER), Reach.OWN)


class Grant(Identified, Model):
    """Role + development + how far it reaches. ``trade_code`` and ``badge`` are for people who do the work."""

    __tablename__ = "grant"
    __table_args__ = (Index("ix_grant_development", "development_id", "role"),)

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(32))
    development_id: Mapped[UUID] = mapped_column(Id, ForeignKey("development.id"))
    reach: Mapped[str] = mapped_column(String(8), default=Reach.ALL.value)
    trade_code: Mapped[str | None] = mapped_column(String(16))
    badge: Mapped[str | None] = mapped_column(String(16))
    since: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    until: Mapped[datetime | None] = mapped_column(Instant)

    account: Mapped[Account] = relationship(Account, lazy="joined")

    @classmethod
    def of_account(cls, account_id: UUID) -> Sequence[Grant]:
        """The grants in force for an account, oldest first."""
        now = clock.now()
        found = select(cls).where(cls.account_id == account_id, cls.since <= now)
        return db.session.scalars(found.where((cls.until.is_(None)) | (cls.until > now)).order_by(cls.id)).all()

    @classmethod
    def holders(cls, role: Role, development_id: UUID) -> Sequence[Grant]:
        """The grants of a role in a development that are in force, of accounts that are open."""
        now = clock.now()
        found = (
            select(cls)
            .join(Account)
            .where(cls.role == role, cls.development_id == development_id, cls.since <= now)
            .where((cls.until.is_(None)) | (cls.until > now), Account.disabled_at.is_(None))
        )
        return db.session.scalars(found.order_by(cls.id)).all()

    @classmethod
    def give(cls, account: Account, role: Role, development_id: UUID, *, badge: str = "", trade: str = "") -> Grant:
        """Give a role of the staff in a development; a grant that is in force already is returned as it is.

        Whoever joins the staff signs in anew, with a password of the staff's length: what they had as an owner, a
        session of ninety days and a short password, ends here.
        """
        from portal.models.accounts.session import Session  # which asks for the grants of its account

        held = cls.of_account(account.id)
        for grant in held:
            if (grant.role, grant.development_id) == (role, development_id):
                return grant
        if not held:
            account.password_hash = None
            Session.end_all(account.id)
        grant = cls(
            account=account,
            role=role.value,
            development_id=development_id,
            reach=REACHES.get(role, Reach.ALL).value,
            badge=badge or None,
            trade_code=trade or None,
            since=clock.now(),
        )
        db.session.add(grant)
        db.session.flush()
        return grant

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
            channel=channel,
            request_id=request_id,
        )
