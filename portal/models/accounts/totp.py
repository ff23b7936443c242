"""A code of six digits that changes every thirty seconds, from an app on the person's telephone (RFC 6238)."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import BigInteger, ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import N_, Refused
from portal.models.events import declare, record
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.vault import Subject, SubjectKind

STEP = 30  # seconds
AROUND = (-1, 0, 1)  # steps that a telephone's clock may be off
# Three codes of a million are right at a time: thirty guesses a day are right with a chance of 9e-5, below 1e-4.
MOST_WRONG, WRONG_FOR = 30, timedelta(days=1)
ISSUER = "Anju"

FACTOR_ADDED = declare("account.factor_added", ("factor",), owner_sees=False)
FACTOR_REMOVED = declare("account.factor_removed", ("factor",), owner_sees=False)


class Totp(SealedRow, Identified, Model):
    """The secret, sealed under the person's key. It counts once ``confirmed_at`` is set; ``used_step`` is the newest
    step of thirty seconds a code was taken of: neither it nor an earlier one is taken again.
    """

    __tablename__ = "totp"

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    since: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    used_step: Mapped[int] = mapped_column(BigInteger, default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    wrong_since: Mapped[datetime | None] = mapped_column(Instant)
    secret_sealed: Mapped[bytes | None] = sealed_column()

    account: Mapped[Account] = relationship(Account, lazy="joined")
    secret_group = SealedGroup("totp.secret", "secret_sealed", ("secret",))
    secret = secret_group.field("secret")

    @classmethod
    def of(cls, account_id: UUID) -> Totp | None:
        """The one that counts."""
        return db.session.scalar(select(cls).where(cls.account_id == account_id, cls.confirmed_at.is_not(None)))

    @classmethod
    def waiting(cls, account_id: UUID) -> Totp | None:
        """The one that waits for its first code."""
        return db.session.scalar(select(cls).where(cls.account_id == account_id, cls.confirmed_at.is_(None)))

    @classmethod
    def begin(cls, account: Account) -> Totp:
        """One with a new secret (160 bits) that waits for its first code; a secret that was shown before is gone."""
        db.session.execute(delete(cls).where(cls.account_id == account.id, cls.confirmed_at.is_(None)))
        made = cls(account=account, since=clock.now())
        made.sealed_subject = Subject(SubjectKind.PERSON, account.person_id)
        made.secret = pyotp.random_base32()
        db.session.add(made)
        db.session.flush()
        return made

    def confirm(self, code: str, by: Actor) -> None:
        """The first code shows that the app has the secret: it counts from now on, instead of the one before.

        Raises Refused for a wrong code.
        """
        if not self._takes(code):
            raise Refused(N_("动态码不对，请等下一个码再试"), "code")
        earlier = Totp.of(self.account_id)
        if earlier is not None:
            db.session.execute(delete(Totp).where(Totp.id == earlier.id))
        self.confirmed_at = clock.now()
        record(by, FACTOR_ADDED, self.account.person, factor="totp")

    def proves(self, code: str) -> bool:
        """Whether this is a code of now, not taken before; wrong ones are counted, thirty a day. The caller commits."""
        now = clock.now()
        if self.wrong_since is None or now - self.wrong_since >= WRONG_FOR:
            self.wrong, self.wrong_since = 0, now
        if self.wrong < MOST_WRONG and self._takes(code):
            return True
        self.wrong = Totp.wrong + 1
        db.session.flush()
        return False

    def now(self) -> str:
        """The code of this moment, for the demonstration."""
        return self._code(_step())

    @property
    def uri(self) -> str:
        """What the drawing says to the app. It names the account by its last four digits only."""
        name = (self.account.person.phone or "")[-4:]
        return pyotp.TOTP(self.secret or "").provisioning_uri(name=name, issuer_name=ISSUER)

    def _takes(self, code: str) -> bool:
        """Every step is compared, in constant time; the step is taken by one statement, so that of two only one is."""
        typed, step = "".join(code.split()).encode(), _step()
        right = [step + off for off in AROUND if hmac.compare_digest(self._code(step + off).encode(), typed)]
        if not right:
            return False
        newest = right[-1]
        mine = update(Totp).where(Totp.id == self.id, Totp.used_step < newest).values(used_step=newest)
        return db.session.scalar(mine.returning(Totp.id)) is not None

    def _code(self, step: int) -> str:
        return pyotp.HOTP(self.secret or "").at(step)


def _step() -> int:
    return int(clock.now().timestamp()) // STEP
