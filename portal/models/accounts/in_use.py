"""Which of several grants a session works under: one at a time, chosen by the person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.accounts.grant import Grant
from portal.models.accounts.session import Session
from portal.models.base import Id, Model, db
from portal.models.errors import NotReached


class GrantInUse(Model):
    """The grant a session's person has chosen; without a row it is the oldest in force."""

    __tablename__ = "grant_in_use"

    session_id: Mapped[UUID] = mapped_column(Id, ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(Id, ForeignKey("grant.id"))


def grant_in_use(account_id: UUID, session_id: UUID) -> Grant | None:
    """The grant a session works under now; None for somebody who holds none. One that is over is none."""
    held = Grant.of_account(account_id)
    if len(held) > 1:
        chosen = db.session.get(GrantInUse, session_id)
        return next((grant for grant in held if chosen is not None and grant.id == chosen.grant_id), held[0])
    return held[0] if held else None


def use(grant_id: UUID, account_id: UUID, session_id: UUID) -> Grant:
    """Work under another grant of one's own; raises NotReached for any that is not, or is not in force."""
    grant = next((grant for grant in Grant.of_account(account_id) if grant.id == grant_id), None)
    if grant is None:
        raise NotReached
    db.session.merge(GrantInUse(session_id=session_id, grant_id=grant.id))
    Session.look_anew(account_id)
    return grant
