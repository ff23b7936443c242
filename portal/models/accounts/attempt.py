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
from portal.models.base import db


@dataclass(frozen=True, slots=True)
class Attempt:
    """``kept`` is the digest to be met; None where nobody can sign in by this number, which must not be told."""

    account_id: UUID
    kept: str | None
    known: bool
    tries: Tries

    @classmethod
    def of(cls, phone: str, device_key: str = "") -> Attempt:
        """Of a number as it is typed in, from the browser with this key.

        One question, and nobody's contact is opened to answer it: the index of a number has 128 bits, and opening takes
        milliseconds that would tell a known number from an unknown one.
        """
        account = select(Account.id, Account.password_hash).join(Person, Person.id == Account.person_id)
        row = db.session.execute(account.where(Person.phone == phone, Account.disabled_at.is_(None))).first()
        account_id: UUID = row[0] if row is not None else uuid4()
        kept: str | None = row[1] if row is not None else None
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
