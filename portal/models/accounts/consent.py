"""What a person was shown and acknowledged, or agreed to: one row each time, never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.leaving import goes
from portal.models.accounts.privacy_notice import in_force
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import N_, Stale
from portal.models.events import declare, record

PRIVACY_NOTICE = "privacy_notice"
ACKNOWLEDGED = declare("privacy.notice_acknowledged", ("version", "language"))


class NoticeChanged(Stale):
    """Another version is in force than the one that was shown."""

    message = N_("告知的内容刚刚更新，请看新的一份")


class Consent(Identified, Model):
    """``what`` was shown in a ``version`` and a ``language``, through a ``channel``. Moments are UTC."""

    __tablename__ = "consent"

    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), index=True)
    what: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def acknowledge(cls, account: Account, version: str, language: str, by: Actor) -> Consent | None:
        """The person has read the notice in force, once for each version; None when they had before.

        Raises NoticeChanged for another version than the one in force.
        """
        if version != in_force().version:
            raise NoticeChanged
        if account.notice_version == version:
            return None
        account.notice_version = version
        consent = cls(
            person_id=account.person_id,
            what=PRIVACY_NOTICE,
            version=version,
            language=language,
            channel=by.channel.value,
            at=clock.now(),
        )
        db.session.add(consent)
        record(by, ACKNOWLEDGED, account.person, version=version, language=language)
        return consent

    @classmethod
    def of_person(cls, person_id: UUID) -> Sequence[Consent]:
        """Everything the person acknowledged, newest first."""
        return db.session.scalars(select(cls).where(cls.person_id == person_id).order_by(cls.at.desc())).all()


@goes
def _consents(person_ids: Collection[UUID]) -> int:
    """The rows; that it was acknowledged stays in the chain of events."""
    gone = delete(Consent).where(Consent.person_id.in_(person_ids)).returning(Consent.id)
    return len(db.session.scalars(gone).all())
