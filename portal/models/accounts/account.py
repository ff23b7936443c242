"""A person's sign-in: the password, and whether it is open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.hashing import hashed, matches
from portal.models.accounts.person import Person
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import DomainError, N_, Refused

SHORTEST = {True: 15, False: 8}  # ASVS 6.2: 8 characters; staff without a second factor 15


class WrongCredentials(DomainError):
    """Phone and password do not belong together; the words are the same for known and unknown numbers."""

    message = N_("手机号或密码不对，请核对后再试")


class Account(Identified, Model):
    """The sign-in of one person. ``password_hash`` is a PHC string (Argon2id), or None for who has no password.

    ``notice_version`` is the privacy notice they acknowledged last, ``tenure_id`` the home
    they chose to use.
    """

    __tablename__ = "account"

    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    notice_version: Mapped[str | None] = mapped_column(String(16))
    tenure_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("tenure.id", ondelete="SET NULL", use_alter=True))

    person: Mapped[Person] = relationship(Person)

    def set_password(self, password: str, *, staff: bool) -> None:
        """Set the password; raises Refused when it is too short (staff 15, owners 8 characters) or over 200."""
        if not SHORTEST[staff] <= len(password) <= 200:
            raise Refused(N_("员工密码 15 到 200 位") if staff else N_("密码 8 到 200 位"), "password")
        self.password_hash = hashed(password)
        self.password_at = clock.now()

    def proves(self, password: str) -> bool:
        """Whether this is the account's password, said once more where being signed in is not enough."""
        return self.password_hash is not None and matches(password, self.password_hash)

    @classmethod
    def of(cls, person: Person) -> Account:
        """The person's account, made without a password when there is none."""
        account = db.session.scalar(select(cls).where(cls.person_id == person.id))
        if account is None:
            account = cls(person=person)
            db.session.add(account)
            db.session.flush()
        return account
