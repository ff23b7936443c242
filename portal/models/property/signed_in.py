"""Who asks: the session of a cookie's token and what its person is at home, in the one question every request asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.session import Session, digest
from portal.models.base import columns, db
from portal.models.property.tenure import standing_of

IDLE = {True: timedelta(minutes=30), False: timedelta(days=30)}  # keyed by staff
ABSOLUTE = {True: timedelta(hours=12), False: timedelta(days=90)}
HALF = timedelta(minutes=10)  # to take the second step in
FRESH = timedelta(minutes=5)  # a proof is good for so long where being signed in is not enough
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session as a request finds it: one narrow row, because an object of the database costs three times that.

    ``standing`` is what the person is in the home they use, and with which rights, as ``standing_of`` gives it; None
    without a home. Moments are UTC.
    """

    id: UUID
    account_id: UUID
    person_id: UUID
    staff: bool
    standing: str | None
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    disabled_at: datetime | None
    half: bool
    proved_at: datetime | None
    notice_version: str | None

    # What the sign-in extension asks of whatever it is handed for a request.
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    @classmethod
    def of_token(cls, token: str) -> SignedIn | None:
        """Who is signed in by a token: of a session neither half, ended, idle, too old, nor of a closed account."""
        found = cls._of_token(token)
        return found if found is not None and not found.half else None

    @classmethod
    def half_of_token(cls, token: str) -> SignedIn | None:
        """Who has passed the first step by a token and owes the second: for the pages of that step alone."""
        found = cls._of_token(token)
        return found if found is not None and found.half else None

    @classmethod
    def _of_token(cls, token: str) -> SignedIn | None:
        row = db.session.execute(_OF_TOKEN, {"digest": digest(token), "today": clock.today()}).one_or_none()
        found = cls(*row) if row is not None else None
        return found if found is not None and found.live else None

    @property
    def relation(self) -> str | None:
        """What the person is in the home they use; None without one."""
        return self.standing.partition(":")[0] if self.standing else None

    @property
    def rights(self) -> int:
        """Their rights there; none without one."""
        return int(self.standing.partition(":")[2]) if self.standing else 0

    @property
    def session(self) -> Session:
        """The session's row."""
        return db.session.get_one(Session, self.id)

    @property
    def account(self) -> Account:
        """The account's row."""
        return db.session.get_one(Account, self.account_id)

    @property
    def live(self) -> bool:
        """Whether the session still counts: limits are 30 minutes / 12 hours for staff, 30 / 90 days for owners."""
        now = clock.now()
        return (
            self.ended_at is None
            and self.disabled_at is None
            and now - self.seen_at < IDLE[self.staff]
            and now - self.began_at < (HALF if self.half else ABSOLUTE[self.staff])
        )

    @property
    def fresh(self) -> bool:
        """Whether the person has proved who they are within five minutes."""
        return self.proved_at is not None and clock.now() - self.proved_at < FRESH

    @property
    def due_to_be_seen(self) -> bool:
        """Whether the last-seen time is more than a minute old."""
        return clock.now() - self.seen_at > SEEN_EVERY


def live_sessions(account_id: UUID) -> list[Session]:
    """Where somebody is signed in now: the sessions of an account that are whole and within their limits."""
    found = select(Session).where(Session.account_id == account_id, Session.ended_at.is_(None), Session.half.is_(False))
    return [row for row in db.session.scalars(found.order_by(Session.id)) if _within_limits(row)]


def _within_limits(row: Session) -> bool:
    now = clock.now()
    return now - row.seen_at < IDLE[row.staff] and now - row.began_at < ABSOLUTE[row.staff]


def _of_token() -> Select[Any]:
    session, account = columns(Session), columns(Account)
    standing = standing_of(account.person_id, account.tenure_id)
    who = (session.id, session.account_id, account.person_id, session.staff, standing)
    found = select(*who, session.began_at, session.seen_at, session.ended_at)
    found = found.add_columns(account.disabled_at, session.half, session.proved_at, account.notice_version)
    return found.join_from(Session.__table__, Account.__table__).where(session.token_hash == bindparam("digest"))


_OF_TOKEN = _of_token()  # built once: building it costs more than asking it
