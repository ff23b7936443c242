"""A signed-in device. The cookie holds a random token; only its hash is kept, so a copy of the table opens nothing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.grant import Grant
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.signals import announce

IDLE = {True: timedelta(minutes=30), False: timedelta(days=30)}  # keyed by staff
ABSOLUTE = {True: timedelta(hours=12), False: timedelta(days=90)}
SEEN_EVERY = timedelta(minutes=1)


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

    # What the sign-in extension asks of whatever it is handed for a request.
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    @classmethod
    def begin(cls, account: Account) -> tuple[Session, str]:
        """A new session and its token (43 URL-safe characters, 256 bits), which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        now = clock.now()
        staff = bool(Grant.of_account(account.id))
        session = cls(token_hash=_digest(token), account=account, staff=staff, began_at=now, seen_at=now)
        db.session.add(session)
        return session, token

    @classmethod
    def of_token(cls, token: str) -> Session | None:
        """The live session of a token: neither ended, idle, too old, nor of a closed account."""
        session = db.session.scalar(_OF_TOKEN, {"digest": _digest(token)})
        return session if session is not None and session.live else None

    @property
    def live(self) -> bool:
        """Whether the session still counts: limits are 30 minutes / 12 hours for staff, 30 / 90 days for owners."""
        now = clock.now()
        return (
            self.ended_at is None
            and self.account.disabled_at is None
            and now - self.seen_at < IDLE[self.staff]
            and now - self.began_at < ABSOLUTE[self.staff]
        )

    @property
    def due_to_be_seen(self) -> bool:
        """Whether the last-seen time is more than a minute old."""
        return clock.now() - self.seen_at > SEEN_EVERY

    def end(self) -> None:
        """End this session at the server, and its open streams with it."""
        self.ended_at = clock.now()
        announce(f"session:{self.id.hex}", 1)

    @classmethod
    def end_all(cls, account_id: UUID) -> None:
        """End every session of an account: after a new password, or when it is closed."""
        for session in db.session.scalars(select(cls).where(cls.account_id == account_id, cls.ended_at.is_(None))):
            session.end()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


# Asked at every request, so built once.
_OF_TOKEN = select(Session).where(Session.token_hash == bindparam("digest"))
