"""Somebody leaves the staff: what is theirs to do is handed over first, and then every way in ends at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.grant import Grant
from portal.models.accounts.leaving import close
from portal.models.accounts.permissions import P
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Denied, N_, NotReached, Refused
from portal.models.events import declare, record

LEFT = declare("account.left", ("handed_over",), owner_sees=False)


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work that is somebody's now. ``number`` is what people call it by.

    ``hand_over`` gives it to somebody else, with an event of its own; it raises Refused for the wrong person.
    """

    number: str
    hand_over: Callable[[Grant, Actor], object]


class WorkLeftError(Refused):
    """There is open work and nobody to take it over; ``works`` are the pieces."""

    message = N_("还有没交接的工作，请先选接手的人")

    def __init__(self, works: Sequence[Work]) -> None:
        super().__init__(None, "hand_over_to")
        self.works = works


_OPEN: list[Callable[[UUID], Sequence[Work]]] = []


def keeps_open(found: Callable[[UUID], Sequence[Work]]) -> Callable[[UUID], Sequence[Work]]:
    """Mark what finds the open work of a person, wherever it lies: each noun with work says it here."""
    _OPEN.append(found)
    return found


def open_work(account: Account) -> list[Work]:
    """Everything that is the account's person's to do now."""
    return [work for found in _OPEN for work in found(account.person_id)]


def leave_staff(account: Account, by: Actor, hand_over_to: Grant | None = None) -> int:
    """Hand over the open work, end every role, session, stream and link of the account, and close it, in the caller's
    transaction; how many pieces of work went over.

    Raises Denied without the right or for oneself, NotReached for somebody with a role outside of the actor's scope,
    WorkLeftError while there is work and nobody to take it, Refused where they cannot have it. Then nothing ends.
    """
    if not by.may(P.STAFF_MANAGE) or account.person_id == by.person_id:
        raise Denied
    held = _not_over(account)
    if not held or not all(_in_scope(grant, by) for grant in held):
        raise NotReached
    works = open_work(account)
    for work in works:
        if hand_over_to is None or hand_over_to.account_id == account.id:
            raise WorkLeftError(works)
        work.hand_over(hand_over_to, by.with_once(None))
    for grant in held:
        grant.end()
    close(account)
    record(by, LEFT, account.person, handed_over=len(works))
    return len(works)


def _not_over(account: Account) -> Sequence[Grant]:
    """Those in force, and those that have not begun."""
    ahead = or_(Grant.until.is_(None), Grant.until > clock.now())
    return db.session.scalars(select(Grant).where(Grant.account_id == account.id, ahead)).all()


def _in_scope(grant: Grant, by: Actor) -> bool:
    """A grant for the whole development is only within that of somebody who has the whole."""
    there = grant.development_id == by.development_id
    return there and (not by.buildings or bool(grant.buildings and grant.buildings <= by.buildings))
