"""A browser that somebody has signed in from before, remembered for that account alone.

It is what keeps the way in open while others guess at it (OWASP, device cookies): guesses from a known device are
counted by themselves. The browser keeps a random key; the row keeps a digest that differs for every account, so that
the table does not say which accounts share a browser.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.base import Id, Identified, Instant, Model, db


class Device(Identified, Model):
    """A browser known to one account. Moments are UTC."""

    __tablename__ = "device"

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    since: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def known(cls, account_id: UUID, key: str) -> Device | None:
        """The device with this key, when the account has been signed in to from it."""
        found: Device | None = db.session.scalar(select(cls).where(cls.key_hash == _digest(account_id, key)))
        return found

    @classmethod
    def remember(cls, account_id: UUID, key: str) -> Device:
        """The device with this key, known to the account from now on."""
        now = clock.now()
        device = cls.known(account_id, key)
        if device is None:
            device = cls(account_id=account_id, key_hash=_digest(account_id, key), since=now)
            db.session.add(device)
        device.seen_at = now
        db.session.flush()
        return device

    @classmethod
    def forget_all(cls, account_id: UUID) -> None:
        """No browser is known to the account any more."""
        db.session.execute(delete(cls).where(cls.account_id == account_id))


def _digest(account_id: UUID, key: str) -> bytes:
    return hashlib.sha256(account_id.bytes + key.encode()).digest()
