"""A signed-in device. The cookie holds a random token; only its hash is kept, so a copy of the table opens nothing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.grant import Grant
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.signals import announce


class Session(Identified, Model):
    """One sign-in. ``ended_at`` ends it at the server, whatever cookie a device still shows."""

    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    staff: Mapped[bool]
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    account: Mapped[Account] = relationship(Account, lazy="joined")

    @classmethod
    def begin(cls, account: Account) -> tuple[Session, str]:
        """A new session and its token (43 URL-safe characters, 256 bits), which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        now = clock.now()
        staff = bool(Grant.of_account(account.id))
        session = cls(token_hash=digest(token), account=account, staff=staff, began_at=now, seen_at=now)
        db.session.add(session)
        return session, token

    def end(self) -> None:
        """End this session at the server, and its open streams with it."""
        self.ended_at = clock.now()
        announce(f"session:{self.id.hex}", 1)

    @classmethod
    def look_anew(cls, account_id: UUID) -> None:
        """What the account may see has changed: end its open streams, so that each is let in anew or not."""
        for session in db.session.scalars(select(cls).where(cls.account_id == account_id, cls.ended_at.is_(None))):
            announce(f"session:{session.id.hex}", 1)

    @classmethod
    def end_all(cls, account_id: UUID) -> None:
        """End every session of an account: after a new password, or when it is closed."""
        for session in db.session.scalars(select(cls).where(cls.account_id == account_id, cls.ended_at.is_(None))):
            session.end()


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
