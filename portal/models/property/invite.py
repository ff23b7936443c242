"""An invitation into a household: the owner names a telephone, and who has it joins with the code of the message."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.leaving import goes
from portal.models.accounts.person import Person, e164
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import N_, NotReached, Refused
from portal.models.events import declare, record, refuse_repetition
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.models.property.household import chosen, owned_by
from portal.models.property.tenure import Relation, Tenure
from portal.models.queue import later
from portal.vault import ring

LASTS = timedelta(days=7)
LENGTH = 8
# Without what is read for something else: 0 and O, 1, I and L. 31 letters, eight of them: forty bits.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
MOST = 5
A_DAY = 10

INVITED = declare("household.invited", ("invite", "rights"))
REVOKED = declare("household.invite_revoked", ("invite",))
JOINED = declare("household.joined", ("person", "rights"))


class WrongInvite(Refused):
    """Number and code do not belong together, or the time is over: the same words for both."""

    message = N_("手机号和邀请码对不上，或者邀请已过期，请核对邀请短信")


class HouseholdInvite(SealedRow, Identified, Model):
    """Lasts seven days, works once. Name and number are sealed under the tenure; the code is kept as a digest.

    ``code_hash`` is None until a job has drawn the code that it sends.
    """

    __tablename__ = "household_invite"

    tenure_id: Mapped[UUID] = mapped_column(Id, ForeignKey("tenure.id"), index=True)
    made_by_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    rights: Mapped[int]
    number_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    contact_sealed: Mapped[bytes | None] = sealed_column()
    made_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    contact = SealedGroup("household_invite.contact", "contact_sealed", ("name", "phone"))
    name = contact.field("name")
    phone = contact.field("phone")

    tenure: Mapped[Tenure] = relationship(Tenure, lazy="joined")
    made_by: Mapped[Person] = relationship(Person)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        if (tenure := values.get("tenure")) is not None:
            self.sealed_subject = tenure.subject

    @classmethod
    def make(cls, tenure: Tenure, name: str, phone: str, rights: int, by: Actor) -> HouseholdInvite:
        """The owner invites; a job sends the message. An earlier invitation of the same number stops working.

        Raises Refused for what is no number or name, for five waiting at once, and for ten in 24 hours.
        """
        owned_by(by, tenure.id)
        refuse_repetition(by)
        number, now = e164(phone), clock.now()
        if number is None:
            raise Refused(N_("填写 11 位手机号，或带区号的号码"), "phone")
        if not 0 < len(name.strip()) <= 40:
            raise Refused(N_("填写姓名，最多 40 个字"), "name")
        about = _digest("number", number)
        same = (cls.tenure_id == tenure.id, cls.number_hash == about, cls.until > now, cls.used_at.is_(None))
        db.session.execute(update(cls).where(*same).values(until=now))
        lately = (
            select(func.count()).select_from(cls).where(cls.tenure_id == tenure.id, cls.made_at > now - timedelta(1))
        )
        if len(cls.waiting(tenure)) >= MOST or (db.session.scalar(lately) or 0) >= A_DAY:
            raise Refused(N_("等待加入的邀请最多 5 个，一天最多 10 个；请先取消不用的"), "phone")
        invite = cls(
            tenure=tenure,
            tenure_id=tenure.id,
            made_by_id=by.person_id,
            rights=chosen(rights),
            number_hash=about,
            made_at=now,
            until=now + LASTS,
        )
        invite.name, invite.phone = name.strip(), number
        db.session.add(invite)
        db.session.flush()
        record(by, INVITED, tenure.home, invite=invite.id.hex, rights=invite.rights)
        later("households.invite", invite=invite.id.hex)
        return invite

    @classmethod
    def waiting(cls, tenure: Tenure) -> Sequence[HouseholdInvite]:
        """Those that can still be used, oldest first."""
        found = select(cls).where(cls.tenure_id == tenure.id, cls.until > clock.now(), cls.used_at.is_(None))
        return db.session.scalars(found.order_by(cls.id)).all()

    @classmethod
    def of_id(cls, tenure: Tenure, invite_id: UUID) -> HouseholdInvite:
        """One of those that wait; raises NotReached."""
        for invite in cls.waiting(tenure):
            if invite.id == invite_id:
                return invite
        raise NotReached

    def revoke(self, by: Actor) -> None:
        """The owner has thought better of it."""
        owned_by(by, self.tenure_id)
        self.until = clock.now()
        record(by, REVOKED, self.tenure.home, invite=self.id.hex)

    def draw(self) -> str | None:
        """The code to send, drawn now; None where it is used, over, or the home was sold meanwhile."""
        if self.used_at is not None or self.until <= clock.now() or self.tenure.ended_on is not None:
            return None
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        self.code_hash = _digest("code", f"{self.id.hex}{code}")
        return code

    @classmethod
    def join(cls, phone: str, code: str) -> tuple[Account, bool]:
        """Who has the telephone and the code of its message joins; the account, and whether it is a new one.

        Raises WrongInvite, the same for a number nobody has invited.
        """
        given, now = "".join(code.upper().split()).replace("-", ""), clock.now()
        same = (cls.number_hash == _digest("number", e164(phone) or ""), cls.until > now, cls.used_at.is_(None))
        for invite in db.session.scalars(select(cls).where(*same)):
            kept = invite.code_hash or secrets.token_bytes(32)
            if hmac.compare_digest(kept, _digest("code", f"{invite.id.hex}{given}")) and invite.tenure.ended_on is None:
                return invite._used(now)
        raise WrongInvite(field="code")

    def _used(self, now: datetime) -> tuple[Account, bool]:
        mine = update(HouseholdInvite).where(HouseholdInvite.id == self.id, HouseholdInvite.used_at.is_(None))
        if db.session.scalar(mine.values(used_at=now).returning(HouseholdInvite.id)) is None:
            raise WrongInvite(field="code")
        number = self.phone or ""
        known = Person.by_phone(number) is not None
        person = Person.add(self.name or "", number)
        party = self.tenure.admit(person, Relation.CO_OWNER, rights=self.rights)
        account = Account.of(person)
        by = Actor(person_id=person.id, account_id=account.id, role=party.relation)
        record(by, JOINED, self.tenure.home, person=person.id.hex, rights=party.rights)
        return account, not known


def _digest(what: str, text: str) -> bytes:
    return hmac.digest(ring().secret("session"), f"portal.invite.{what}:{text}".encode(), "sha256")


@goes
def _invites(person_ids: Collection[UUID]) -> int:
    """What somebody invited others with goes with them."""
    gone = delete(HouseholdInvite).where(HouseholdInvite.made_by_id.in_(person_ids)).returning(HouseholdInvite.id)
    return len(db.session.scalars(gone).all())
