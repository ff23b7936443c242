"""The second step of signing in: who owes it, what it may be taken with, and how often it may go wrong."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select, update

from portal.models.accounts.account import Account
from portal.models.accounts.challenge import Challenge
from portal.models.accounts.grant import Grant
from portal.models.accounts.leaving import goes
from portal.models.accounts.passkey import Passkey
from portal.models.accounts.proving import proves
from portal.models.accounts.recovery import RecoveryCode
from portal.models.accounts.session import Session
from portal.models.accounts.totp import FACTOR_REMOVED, Totp
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import N_, NotReached, Refused
from portal.models.events import declare, record

MOST_WRONG = 5

TRIES_ENDED = declare("account.second_step_failed", ("tries",), owner_sees=False)


def has_factor(account_id: UUID) -> bool:
    """Whether the account has an app or a passkey; recovery codes alone are none."""
    return Totp.of(account_id) is not None or bool(Passkey.of(account_id))


def needs_second(account: Account) -> bool:
    """Whether a password or a code by message is only the first of two steps: for staff always."""
    return bool(Grant.of_account(account.id)) or has_factor(account.id)


def passes(account: Account, way: str, text: str) -> bool:
    """Whether what was typed is the account's code (``totp``) or one of its recovery codes (``recovery``)."""
    if way == "recovery":
        return RecoveryCode.take(account, text)
    found = Totp.of(account.id) if way == "totp" else None
    return found is not None and found.proves(text)


def missed(session: Session) -> int:
    """Count a wrong second step; how many are left. After five the half session ends. The caller commits."""
    counted = update(Session).where(Session.id == session.id).values(wrong=Session.wrong + 1).returning(Session.wrong)
    left = max(0, MOST_WRONG - (db.session.scalar(counted) or 0))
    if not left and session.ended_at is None:
        session.end()
        person = session.account.person
        record(Actor(person_id=person.id), TRIES_ENDED, person, tries=MOST_WRONG)
    return left


def remove(account: Account, factor_id: UUID, by: Actor) -> None:
    """Take an app or a passkey away. Raises NotReached for one that is not the account's, and Refused for the last one
    of somebody of the staff.
    """
    app = Totp.of(account.id)
    found: list[Passkey | Totp] = [*Passkey.of(account.id), *([app] if app else [])]
    chosen = next((factor for factor in found if factor.id == factor_id), None)
    if chosen is None:
        raise NotReached
    if len(found) == 1 and Grant.of_account(account.id):
        raise Refused(N_("员工至少要留一种第二步验证：先加一个新的，再移除这个"))
    db.session.delete(chosen)
    if len(found) == 1:  # codes that replace nothing are no way in
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    record(by, FACTOR_REMOVED, account.person, factor="totp" if isinstance(chosen, Totp) else "passkey")


@proves("totp", label=N_("动态码"), offered=lambda account: Totp.of(account.id) is not None)
def _totp(account: Account, text: str) -> bool:
    return passes(account, "totp", text)


@goes
def _factors(person_ids: Collection[UUID]) -> int:
    """Every factor of theirs: a way in, and what their devices are called."""
    theirs = select(Account.id).where(Account.person_id.in_(person_ids))
    tables = (Totp, Passkey, RecoveryCode, Challenge)
    gone = [db.session.execute(delete(table).where(table.account_id.in_(theirs))) for table in tables]
    return sum(getattr(result, "rowcount", 0) for result in gone)
