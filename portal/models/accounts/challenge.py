"""What a passkey is asked to sign: made here, kept here, good for one answer within five minutes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.base import Id, Identified, Instant, Model, db

LASTS = timedelta(minutes=5)
BYTES = 32


class Use(StrEnum):
    """What the answer is for: adding a passkey, or showing who one is."""

    ADD = "add"
    SHOW = "show"


class Challenge(Identified, Model):
    """``account_id`` is whose answer is awaited; None where somebody signs in by the passkey alone."""

    __tablename__ = "challenge"

    value: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(8))
    until: Mapped[datetime] = mapped_column(Instant, index=True)

    @classmethod
    def make(cls, use: Use, account_id: UUID | None) -> bytes:
        """A new one (256 bits); those that are over are swept along."""
        now = clock.now()
        db.session.execute(delete(cls).where(cls.until <= now))
        value = secrets.token_bytes(BYTES)
        db.session.add(cls(value=value, account_id=account_id, purpose=use.value, until=now + LASTS))
        db.session.flush()
        return value

    @classmethod
    def take(cls, value: bytes, use: Use, account_id: UUID | None) -> bool:
        """Use it up: True for one that was made for this, for this account, and is not over. Of two, one gets it."""
        theirs = cls.account_id.is_(None) if account_id is None else cls.account_id == account_id
        asked = delete(cls).where(cls.value == value, cls.purpose == use.value, cls.until > clock.now(), theirs)
        return db.session.scalar(asked.returning(cls.id)) is not None
