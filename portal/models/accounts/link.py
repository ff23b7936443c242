"""A one-time link that lets its holder set a password: the invitation and the reset are the same thing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.grant import Grant
from portal.models.accounts.session import Session
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import NotReached
from portal.models.events import declare, record

LASTS = timedelta(minutes=30)

LINK_MADE = declare("account.link_made", ("purpose",), owner_sees=False)
PASSWORD_SET = declare("account.password_set", ("purpose",), owner_sees=False)


class Purpose(StrEnum):
    """Why the link was made."""

    INVITE = "invite"
    RESET = "reset"


class Link(Identified, Model):
    """Lasts 30 minutes, works once; only the token's hash is kept."""

    __tablename__ = "link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    until: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    account: Mapped[Account] = relationship(Account, lazy="joined")

    @classmethod
    def make(cls, account: Account, by: Actor) -> str:
        """A new link's token; earlier unused links of the account stop working."""
        now = clock.now()
        db.session.execute(update(cls).where(cls.account_id == account.id, cls.used_at.is_(None)).values(until=now))
        purpose = Purpose.RESET if account.password_hash else Purpose.INVITE
        token = secrets.token_urlsafe(32)
        db.session.add(cls(token_hash=_digest(token), account=account, purpose=purpose, until=now + LASTS))
        record(by, LINK_MADE, account.person, purpose=purpose.value)
        return token

    @classmethod
    def of_token(cls, token: str) -> Link:
        """The link of a token; raises NotReached when it is unknown, used or over."""
        link = db.session.scalar(select(cls).where(cls.token_hash == _digest(token)))
        if link is None or link.used_at is not None or link.until <= clock.now() or link.account.disabled_at:
            raise NotReached
        return link

    def use(self, password: str) -> Account:
        """Set the password, end every session of the account and the link.

        Raises Refused for a password of the wrong length, NotReached when the link was used meanwhile.
        """
        account, now = self.account, clock.now()
        account.set_password(password, staff=bool(Grant.of_account(account.id)))
        mine = update(Link).where(Link.id == self.id, Link.used_at.is_(None)).values(used_at=now).returning(Link.id)
        if db.session.scalar(mine) is None:
            raise NotReached
        Session.end_all(account.id)
        record(
            Actor(person_id=account.person_id, account_id=account.id),
            PASSWORD_SET,
            account.person,
            purpose=self.purpose,
        )
        return account


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
