"""A person leaves for good: each noun says here what of it goes with them.

What is sealed needs no word: its keys are destroyed. This is for what is not sealed and would keep the person present:
a way in, a place in a household, a notice on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import delete, or_, select

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.device import Device
from portal.models.accounts.grant import Grant
from portal.models.accounts.link import Link
from portal.models.accounts.session import Session
from portal.models.base import db

Goes = Callable[[Collection[UUID]], int]
_GOES: list[Goes] = []


def goes(what: Goes) -> Goes:
    """Mark what is done in the caller's transaction when persons, given by id, leave: it says how many rows went.

    It may be done again, and then finds nothing.
    """
    _GOES.append(what)
    return what


def leave(person_ids: Collection[UUID]) -> int:
    """Let everything of these persons go that is not sealed; how many rows that were."""
    return sum(what(person_ids) for what in _GOES) if person_ids else 0


def close(account: Account) -> None:
    """End every way in: password, sessions, known devices, links. Grants stay, for who did what."""
    account.password_hash, account.disabled_at = None, account.disabled_at or clock.now()
    Session.end_all(account.id)
    Device.forget_all(account.id)
    db.session.execute(delete(Link).where(Link.account_id == account.id))


@goes
def _accounts(person_ids: Collection[UUID]) -> int:
    now = clock.now()
    found = db.session.scalars(select(Account).where(Account.person_id.in_(person_ids))).all()
    ids = [account.id for account in found]
    open_ones = [account for account in found if account.disabled_at is None or account.password_hash is not None]
    for account in open_ones:
        close(account)
    grants = select(Grant).where(Grant.account_id.in_(ids), or_(Grant.until.is_(None), Grant.until > now))
    held = db.session.scalars(grants).all() if ids else ()
    for grant in held:
        grant.until = now
    return len(open_ones) + len(held)
