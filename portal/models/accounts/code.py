"""A one-time code: six digits sent to a telephone, good for one purpose, in the browser that asked for it.

Only a keyed digest is kept, of the code and of the number alike: the table opens nothing and names nobody. Known and
unknown numbers take the same way, so that neither words nor time tell them apart: a job, which draws the digits when it
sends them, does nothing for an unknown one. Numbers of this page: reference 5.1 of the security chapter.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from flask import current_app
from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.grant import Grant
from portal.models.accounts.leaving import goes
from portal.models.accounts.person import Person, e164
from portal.models.accounts.proving import proves
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import N_, Refused
from portal.models.queue import later
from portal.vault import ring

DIGITS = 6
LASTS = timedelta(minutes=5)
TRIES = 5
PAUSE = timedelta(seconds=60)
A_DAY = 10
DAY = timedelta(days=1)
NOBODY = UUID(int=0)


class CodeFor(StrEnum):
    """What a code is good for, and for nothing else."""

    SIGN_IN = "sign_in"
    PROOF = "proof"


class CodeRefused(Refused):
    """No code goes out now; ``seconds`` is how long until the number may have one. The words hold %(seconds)s."""

    def __init__(self, message: str, seconds: int = 0) -> None:
        super().__init__(message, "phone")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Try:
    """What came of a try: the account the code belongs to, or None and how often the same code may still be tried."""

    account: Account | None
    left: int


class Code(Identified, Model):
    """A code that was asked for. ``person_id`` is None and ``sent_at`` stays None where nobody has the number.

    ``code_hash`` is None until a job has drawn the digits. Moments are UTC.
    """

    __tablename__ = "code"
    __table_args__ = (
        Index("ix_code_number", "number_hash", "made_at"),
        Index("ix_code_asker", "asker_hash", "purpose", "made_at"),
    )

    number_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    asker_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    purpose: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"), index=True)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def send(cls, phone: str, purpose: CodeFor, asker: str) -> Code:
        """Have a code sent to a number, known or not; ``asker`` names the browser or session it will be good in.

        One in 60 seconds and ten in 24 hours a number; an earlier one of the same asker stops working. Raises
        CodeRefused, and Refused for what cannot be a number.
        """
        number = e164(phone)
        if number is None:
            raise Refused(N_("填写 11 位手机号，或带区号的号码"), "phone")
        about, now = _digest("number", number), clock.now()
        _wait_for(about)
        _refuse_too_many(about, now)
        _refuse_spent(now)
        mine = (cls.asker_hash == _digest("asker", asker), cls.purpose == purpose, cls.until > now)
        db.session.execute(update(cls).where(*mine).values(until=now))
        code = cls(
            number_hash=about,
            asker_hash=_digest("asker", asker),
            purpose=purpose.value,
            person_id=_whose(number),
            tries=0,
            made_at=now,
            until=now + LASTS,
        )
        db.session.add(code)
        later("codes.send", code=code.id.hex)
        return code

    @classmethod
    def take(cls, digits: str, purpose: CodeFor, asker: str, phone: str) -> Try:
        """Try the digits against the asker's newest code for the number; right ones use it up.

        The caller commits in either case: a try counts, also of several at once.
        """
        number, now = _digest("number", e164(phone) or ""), clock.now()
        mine = (cls.asker_hash == _digest("asker", asker), cls.purpose == purpose, cls.number_hash == number)
        newest = select(cls.id).where(*mine).order_by(cls.made_at.desc(), cls.id.desc()).limit(1).scalar_subquery()
        live = (cls.id == newest, cls.used_at.is_(None), cls.until > now, cls.tries < TRIES)
        counted = update(cls).where(*live).values(tries=cls.tries + 1)
        row = db.session.execute(counted.returning(cls.id, cls.tries, cls.code_hash, cls.person_id)).one_or_none()
        if row is None:
            return Try(None, 0)
        given = _digest("code", f"{row.id.hex}{digits}")
        if not hmac.compare_digest(row.code_hash or secrets.token_bytes(32), given):
            return Try(None, TRIES - row.tries)
        db.session.execute(update(cls).where(cls.id == row.id).values(used_at=now))
        return Try(_open_account(row.person_id), 0)

    def draw(self) -> str | None:
        """The digits to send, drawn now; None where nobody has the number, the time is over or the day's money spent.

        Whoever calls it commits before it sends. Drawn again, the digits are others and the earlier ones are void.
        """
        _wait_for(b"spending")
        now = clock.now()
        if self.person_id is None or self.used_at is not None or self.until <= now:
            return None
        if self.sent_at is None and _sent(now) >= current_app.config["CODES_A_DAY"]:
            return None
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        self.code_hash, self.sent_at = _digest("code", f"{self.id.hex}{digits}"), now
        return digits


def wait_of(phone: str) -> int:
    """How many seconds until this number may have another code, at most 60; 0 when it may."""
    newest = select(func.max(Code.made_at)).where(Code.number_hash == _digest("number", e164(phone) or ""))
    return _left(db.session.scalar(newest), clock.now())


def _refuse_too_many(about: bytes, now: datetime) -> None:
    lately = select(Code.made_at).where(Code.number_hash == about, Code.made_at > now - DAY)
    times = db.session.scalars(lately.order_by(Code.made_at.desc())).all()
    wait = _left(times[0] if times else None, now)
    if wait:
        raise CodeRefused(N_("60 秒内只发一次，请等 %(seconds)s 秒再取"), wait)
    if len(times) >= A_DAY:
        raise CodeRefused(N_("这个号码 24 小时内取了 10 次验证码，先用密码登录，或拨客服电话"))


def _refuse_spent(now: datetime) -> None:
    if _sent(now) >= current_app.config["CODES_A_DAY"]:
        raise CodeRefused(N_("今天的短信已经发完，先用密码登录，或拨客服电话"))


def _sent(now: datetime) -> int:
    return db.session.scalar(select(func.count()).select_from(Code).where(Code.sent_at > now - DAY)) or 0


def _left(made_at: datetime | None, now: datetime) -> int:
    return max(0, -((now - made_at - PAUSE) // timedelta(seconds=1))) if made_at else 0


def _whose(number: str) -> UUID | None:
    """Whose number it is, where a code opens anything for them; the same questions for everybody.

    Staff do not sign in by a code: their telephone would be the one factor.
    """
    person = Person.by_phone(number)
    account = db.session.scalar(select(Account).where(Account.person_id == (person.id if person else NOBODY)))
    staff = Grant.of_account(account.id if account else NOBODY)
    open_one = account is not None and account.disabled_at is None and not staff
    return account.person_id if account is not None and open_one else None


def _open_account(person_id: UUID | None) -> Account | None:
    return db.session.scalar(select(Account).where(Account.person_id == person_id, Account.disabled_at.is_(None)))


def _wait_for(name: bytes) -> None:
    """One after the other for the same name until the commit; on SQLite there is only one writer at all."""
    if db.session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(b"portal.code" + name).digest()[:8], signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


def _digest(what: str, text: str) -> bytes:
    return hmac.digest(ring().secret("session"), f"portal.code.{what}:{text}".encode(), "sha256")


@goes
def _codes(person_ids: Collection[UUID]) -> int:
    gone = delete(Code).where(Code.person_id.in_(person_ids)).returning(Code.id)
    return len(db.session.scalars(gone).all())


def _has_no_role(account: Account) -> bool:
    return not Grant.of_account(account.id)


@proves("code", label=N_("短信验证码"), offered=_has_no_role, bound=True)
def _proof(account: Account, text: str, session: str) -> bool:
    return Code.take(text.strip(), CodeFor.PROOF, session, account.person.phone or "").account is account
