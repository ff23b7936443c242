"""An attempt to sign in by telephone number and password, in three steps, so that nobody waits while it is judged.

What is known is read first; judging asks no database, so that the caller can end the transaction before it; then the
account is opened. A number that nobody has takes the same way with the same work.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.models.accounts.account import Account, WrongCredentials
from portal.models.accounts.device import Device
from portal.models.accounts.hashing import hashed, matches, nobodys, outdated
from portal.models.accounts.person import Person, e164
from portal.models.accounts.tries import Tries
from portal.models.base import columns, db


@dataclass(frozen=True, slots=True)
class Attempt:
    """``kept`` is the digest to be met; None where nobody can sign in by this number, which must not be told."""

    account_id: UUID
    kept: str | None
    known: bool
    tries: Tries

    @classmethod
    def of(cls, phone: str, device_key: str = "") -> Attempt:
        """Of a number as it is typed in, from the browser with this key."""
        person = Person.by_phone(phone)
        account = columns(Account)
        found = select(account.id, account.password_hash).where(
            account.person_id == (person.id if person else uuid4()), account.disabled_at.is_(None)
        )
        row = db.session.execute(found).one_or_none()
        account_id, kept = tuple(row) if row is not None else (uuid4(), None)
        device = Device.known(account_id, device_key) if device_key else None
        tries = Tries.at("password", e164(phone) or phone.strip()[:40], device.id.hex if device else "")
        return cls(account_id, kept, device is not None, tries)

    def judge(self, password: str) -> None:
        """Raises WrongCredentials, TooSoon or Busy; wrong ones count, and the right one takes the count back."""
        self.tries.take()
        if not matches(password, self.kept or nobodys(), known=self.known) or self.kept is None:
            raise WrongCredentials
        self.tries.forget()

    def account(self, password: str) -> Account:
        """The account whose password was judged right. Raises WrongCredentials where it has changed or closed since."""
        account = db.session.get(Account, self.account_id)
        if account is None or account.disabled_at is not None or account.password_hash != self.kept or not self.kept:
            raise WrongCredentials
        if outdated(self.kept):
            account.password_hash = hashed(password)
        return account
