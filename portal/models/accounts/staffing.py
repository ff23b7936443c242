"""The staff's accounts: who is let in with which role, and how a way in ends. Always by another, within a scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.grant import Grant
from portal.models.accounts.link import Link
from portal.models.accounts.passkey import Passkey
from portal.models.accounts.permissions import GRANTS, STAFF_SIDE, P, Role
from portal.models.accounts.person import Person
from portal.models.accounts.recovery import RecoveryCode
from portal.models.accounts.session import Session
from portal.models.accounts.totp import Totp
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Denied, N_, NotReached, Refused
from portal.models.events import Event, declare, record

ROLE_GIVEN = declare("account.role_given", ("role", "until"), owner_sees=False)
ROLE_ENDED = declare("account.role_ended", ("role",), owner_sees=False)
SESSIONS_ENDED = declare("account.sessions_ended", ("how_many",), owner_sees=False)
FACTORS_RESET = declare("account.factors_reset", (), owner_sees=False)

_ABOVE = (Role.MANAGER, Role.HEAD_OFFICE, Role.AUDITOR, Role.ADMIN)
# Who may give which role: a manager those of the own project's work, the administrator every one; nobody to oneself.
GIVES: dict[Role, tuple[Role, ...]] = {
    Role.ADMIN: STAFF_SIDE,
    Role.MANAGER: tuple(role for role in STAFF_SIDE if role not in _ABOVE),
}
# Whoever handles requests for erasure neither approves them nor looks after the log of it.
APART = ({P.ERASURE_HANDLE}, {P.ERASURE_APPROVE, P.AUDIT_VIEW})


def roles_of(by: Actor) -> tuple[Role, ...]:
    """The roles an actor may give and end."""
    return GIVES.get(Role(by.role), ()) if by.may(P.STAFF_MANAGE) and by.development_id else ()


def roster(by: Actor) -> Sequence[Grant]:
    """Every grant of the actor's development, past ones too: by account, the oldest first. Raises Denied."""
    if not by.may(P.STAFF_MANAGE) or by.development_id is None:
        raise Denied
    return db.session.scalars(
        select(Grant).where(Grant.development_id == by.development_id).order_by(Grant.account_id, Grant.id)
    ).all()


def reached_by(by: Actor, account_id: UUID) -> Account:
    """An account with a role, past or present, in the actor's development; raises NotReached, or Denied."""
    found = next((grant.account for grant in roster(by) if grant.account_id == account_id), None)
    if found is None:
        raise NotReached
    return found


def invite(name: str, phone: str, role: str, until: datetime | None, by: Actor, *, badge: str = "") -> str:
    """Let somebody in under a role: the token of the one-time link with which they set their password.

    Raises Refused and Denied as ``give_role`` does, and Refused for an account that was closed.
    """
    account = Account.of(Person.add(name, phone))
    if account.disabled_at is not None:
        raise Refused(N_("这个账号已经停用，不能再邀请"), "phone")
    if Grant.of_account(account.id):
        raise Refused(N_("这个人已经是员工，在名单里给他加岗位"), "phone")
    give_role(account, role, until, by, badge=badge)
    return Link.make(account, by=by.with_once(None))


def give_role(account: Account, role: str, until: datetime | None, by: Actor, *, badge: str = "") -> Grant:
    """Give a role in the actor's development, until a moment or without end.

    Raises Denied for a role the actor may not give and for one's own account, Refused for an end that is past, for an
    account that is closed, and where handling and approving erasures would come together.
    """
    manageable(account, by, role)
    if until is not None and until <= clock.now():
        raise Refused(N_("结束日期要在今天以后"), "until")
    if account.disabled_at is not None:
        raise Refused(N_("这个账号已经停用"), "role")
    held = [*(Role(grant.role) for grant in Grant.of_account(account.id)), Role(role)]
    rights = frozenset().union(*(GRANTS[one] for one in held))
    if all(rights & side for side in APART):
        raise Refused(N_("办理删除申请的人，不能同时审批或看操作记录"), "role")
    assert by.development_id is not None
    grant = Grant.give(account, Role(role), by.development_id, badge=badge, until=until)
    record(by, ROLE_GIVEN, account.person, role=role, until=until.date().isoformat() if until else None)
    return grant


def end_role(account: Account, grant_id: UUID, by: Actor) -> None:
    """End a role at once. Raises Denied as giving does, NotReached for one that is over or not of this account, Refused
    for the last one: that is leaving, and work is handed over first.
    """
    held = Grant.of_account(account.id)
    grant = next((one for one in held if one.id == grant_id and one.development_id == by.development_id), None)
    if grant is None:
        raise NotReached
    manageable(account, by, grant.role)
    if len(held) == 1:
        raise Refused(N_("这是最后一个岗位：请用停用账号，先交接工作"))
    grant.end()
    record(by, ROLE_ENDED, account.person, role=grant.role)


def end_sessions(account: Account, by: Actor) -> int:
    """Sign somebody out everywhere, at once; how many sessions that were. Raises Denied for one's own account."""
    manageable(account, by)
    live = select(func.count()).select_from(Session).where(Session.account_id == account.id, Session.ended_at.is_(None))
    ended = db.session.scalar(live) or 0
    Session.end_all(account.id)
    record(by, SESSIONS_ENDED, account.person, how_many=ended)
    return ended


def reset_factors(account: Account, by: Actor) -> None:
    """Take every second factor of somebody who has lost theirs and was seen in person: they set up a new one.

    Raises Denied for one's own account.
    """
    manageable(account, by)
    for table in (Totp, Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.account_id == account.id))
    Session.end_all(account.id)
    record(by, FACTORS_RESET, account.person)


def story(account: Account) -> Sequence[Event]:
    """What was done to the account, newest first, at most fifty."""
    about = select(Event).where(Event.about_noun == "person", Event.about_id == account.person_id)
    return db.session.scalars(
        about.where(Event.kind.startswith("account.")).order_by(Event.at.desc(), Event.id.desc()).limit(50)
    ).all()


def manageable(account: Account, by: Actor, role: str = "") -> None:
    """Raises Denied for one's own account, and for one that holds, or would hold, a role the actor may not give."""
    roles = roles_of(by)
    held = [grant.role for grant in Grant.of_account(account.id)]
    if not roles or account.person_id == by.person_id or any(one not in roles for one in (*held, role) if one):
        raise Denied
