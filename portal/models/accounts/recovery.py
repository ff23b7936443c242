"""Ten codes on paper for the day the telephone is lost: each works once, and only their digests are kept."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.accounts.account import Account
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.events import declare, record

HOW_MANY = 10
BYTES = 10  # 80 bits: what a digest without salt or work factor needs to keep

CODES_MADE = declare("account.recovery_codes_made", ("codes",), owner_sees=False)
CODE_USED = declare("account.recovery_code_used", ("left",), owner_sees=False)


class RecoveryCode(Identified, Model):
    """One code of a set; a new set replaces the whole of the old one."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    since: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def renew(cls, account: Account, by: Actor) -> list[str]:
        """Ten new codes such as ``k3pa-7xqm-2vne-hd5c``, which are kept nowhere; the earlier ones work no more."""
        db.session.execute(delete(cls).where(cls.account_id == account.id))
        codes = [_written(secrets.token_bytes(BYTES)) for _ in range(HOW_MANY)]
        now = clock.now()
        db.session.add_all(cls(account_id=account.id, code_hash=_digest(account.id, code), since=now) for code in codes)
        record(by, CODES_MADE, account.person, codes=HOW_MANY)
        return codes

    @classmethod
    def left(cls, account_id: UUID) -> int:
        """How many are not used yet."""
        unused = select(func.count()).select_from(cls).where(cls.account_id == account_id, cls.used_at.is_(None))
        return db.session.scalar(unused) or 0

    @classmethod
    def take(cls, account: Account, text: str) -> bool:
        """Use a code up, however it is spaced; False for one that is none, or was used. One statement: of two, one."""
        mine = update(cls).where(
            cls.account_id == account.id, cls.code_hash == _digest(account.id, text), cls.used_at.is_(None)
        )
        if db.session.scalar(mine.values(used_at=clock.now()).returning(cls.id)) is None:
            return False
        record(Actor(person_id=account.person_id), CODE_USED, account.person, left=cls.left(account.id))
        return True


def _written(raw: bytes) -> str:
    letters = base64.b32encode(raw).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _digest(account_id: UUID, text: str) -> bytes:
    letters = "".join(letter for letter in text.lower() if letter.isalnum())
    return hashlib.sha256(account_id.bytes + letters.encode()).digest()
