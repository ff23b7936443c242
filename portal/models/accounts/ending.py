"""Signing out of other browsers: one of them, or all. What is ended there is also no known device any more."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from portal.models.accounts.device import Device
from portal.models.accounts.session import Session
from portal.models.base import db
from portal.models.errors import NotReached


def end_one(account_id: UUID, session_id: UUID) -> None:
    """End a session of the account. Raises NotReached for another's, and for one that has ended."""
    found = select(Session).where(Session.account_id == account_id, Session.ended_at.is_(None))
    session = db.session.scalar(found.where(Session.id == session_id))
    if session is None:
        raise NotReached
    _end(session)


def end_everywhere(account_id: UUID, *, but: UUID | None = None) -> int:
    """End every session of the account, ``but`` one, with their streams; how many that were.

    For what makes an old sign-in doubtful: another telephone number, an account that is closed, the person's own word.
    """
    found = select(Session).where(Session.account_id == account_id, Session.ended_at.is_(None))
    sessions = [session for session in db.session.scalars(found) if session.id != but]
    for session in sessions:
        _end(session)
    kept = select(Session.device_id).where(Session.id == but, Session.device_id.is_not(None))
    db.session.flush()
    db.session.execute(delete(Device).where(Device.account_id == account_id, Device.id.not_in(kept)))
    return len(sessions)


def _end(session: Session) -> None:
    session.end()
    if session.device_id is not None:
        device_id, session.device_id = session.device_id, None
        db.session.flush()
        others = select(Session.id).where(Session.device_id == device_id, Session.ended_at.is_(None))
        if db.session.scalar(others.limit(1)) is None:
            db.session.execute(delete(Device).where(Device.id == device_id))
