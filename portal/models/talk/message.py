"""One message. The text is sealed under the key of the home's household (or the case)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import N_, Refused
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.vault import Subject

LONGEST = 2000


class Audience(StrEnum):
    """Who reads it."""

    BOTH = "both"
    STAFF = "staff"


class Message(SealedRow, Identified, Model):
    """Something said about a row; ``author_role`` is the role it was said in."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_about", "about_id", "at"),)

    about_id: Mapped[UUID] = mapped_column(Id)
    author_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    author_role: Mapped[str] = mapped_column(String(32))
    audience: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Instant)
    text_sealed: Mapped[bytes | None] = sealed_column()

    text_group = SealedGroup("message.text", "text_sealed", ("text",))
    text = text_group.field("text")

    @classmethod
    def say(cls, about_id: UUID, text: str, audience: Audience, subject: Subject, by: Actor) -> Message:
        """Add a message to the transaction; raises Refused when it is empty or over 2,000 characters."""
        words = text.strip()
        if not words:
            raise Refused(N_("写点内容再发送"), "text")
        if len(words) > LONGEST:
            raise Refused(N_("最多 2000 字，请分几条发"), "text")
        message = cls(
            about_id=about_id, author_id=by.person_id, author_role=by.role, audience=audience.value, at=clock.now()
        )
        message.sealed_subject = subject
        message.text = words
        db.session.add(message)
        return message

    @classmethod
    def thread(cls, about_id: UUID, *, staff: bool) -> Sequence[Message]:
        """The messages about a row, oldest first; the staff's notes only for the staff."""
        found = select(cls).where(cls.about_id == about_id).order_by(cls.at, cls.id)
        return db.session.scalars(found if staff else found.where(cls.audience == Audience.BOTH)).all()
