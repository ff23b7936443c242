"""A signed-in device. The cookie holds a random token; only its hash is kept, so a copy of the table opens nothing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.device import Device
from portal.models.accounts.grant import Grant
from portal.models.actor import SYSTEM
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.events import declare, record
from portal.models.signals import announce

NEW_DEVICE = declare("account.new_device", ("staff",), owner_sees=False, told=True)


class Session(Identified, Model):
    """One sign-in. ``ended_at`` ends it at the server, whatever cookie a device still shows.

    ``half`` is one whose second step is still owed: it lasts ten minutes and is nobody. ``proved_at`` is when who it is
    was last proved. ``wrong`` counts wrong second steps. ``label`` is the kind of device in coarse words, such as
    ``iPhone · Safari``.
    """

    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    staff: Mapped[bool]
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    half: Mapped[bool] = mapped_column(default=False, server_default=false())
    proved_at: Mapped[datetime | None] = mapped_column(Instant)
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")
    label: Mapped[str | None] = mapped_column(String(40))
    device_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("device.id", ondelete="SET NULL"))

    account: Mapped[Account] = relationship(Account, lazy="joined")

    @classmethod
    def begin(cls, account: Account, *, half: bool = False, label: str | None = None) -> tuple[Session, str]:
        """A new session and its token (43 URL-safe characters, 256 bits), which is kept nowhere.

        Signing in is a proof of who somebody is; a ``half`` one has passed the first of two steps and proves nothing.
        """
        now = clock.now()
        session = cls(
            account=account,
            staff=bool(Grant.of_account(account.id)),
            began_at=now,
            seen_at=now,
            half=half,
            proved_at=None if half else now,
            label=label,
        )
        token = session.renew()
        db.session.add(session)
        return session, token

    def on(self, key: str) -> None:
        """From the browser with this key, which the account knows from now on; a new one is told to its person.

        Not the first ever: nobody needs to be told of what they are doing.
        """
        account = self.account
        db.session.flush()
        anew = Device.known(account.id, key) is None
        earlier = select(Session.id).where(
            Session.account_id == account.id, Session.id != self.id, Session.half.is_(False)
        )
        self.device_id = Device.remember(account.id, key).id
        if anew and db.session.scalar(earlier.limit(1)) is not None:
            record(SYSTEM, NEW_DEVICE, account.person, staff=self.staff)

    def renew(self) -> str:
        """A new token; the old one opens nothing from the commit on."""
        token = secrets.token_urlsafe(32)
        self.token_hash = digest(token)
        return token

    def complete(self) -> str:
        """The second step is passed: the half session is a whole one, begun now, under the new token given back."""
        self.half = False
        self.began_at = self.seen_at = clock.now()
        return self.prove()

    def prove(self) -> str:
        """The person has proved once more who they are; the new token."""
        self.proved_at = clock.now()
        return self.renew()

    def end(self) -> None:
        """End this session at the server, and its open streams with it."""
        self.ended_at = clock.now()
        announce(f"session:{self.id.hex}", 1)

    @classmethod
    def look_anew(cls, account_id: UUID) -> None:
        """What the account may see has changed: end its open streams, so that each is let in anew or not."""
        for session in db.session.scalars(select(cls).where(cls.account_id == account_id, cls.ended_at.is_(None))):
            announce(f"session:{session.id.hex}", 1)

    @classmethod
    def end_all(cls, account_id: UUID) -> None:
        """End every session of an account: after a new password, or when it is closed."""
        for session in db.session.scalars(select(cls).where(cls.account_id == account_id, cls.ended_at.is_(None))):
            session.end()


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
