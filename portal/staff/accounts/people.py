"""The list of the staff, one of them, and inviting somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import current_app, render_template, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import Account, Grant, P, Person, Session, has_factor
from portal.models.accounts.departing import open_work
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.accounts.staffing import give_role, invite, reached_by, roles_of, roster, story
from portal.models.base import db
from portal.models.errors import N_, Refused
from portal.staff.accounts import accounts
from portal.staff.accounts.forms import InvitationForm, LeavingForm, RoleForm
from portal.web.forms import Form
from portal.web.fragments import changed
from portal.web.guard import current_actor, requires
from portal.web.i18n import said

STORY: dict[str, str] = {
    "account.link_made": N_("发了一次性链接"),
    "account.password_set": N_("设了密码"),
    "account.factor_added": N_("添加了两步验证"),
    "account.factor_removed": N_("移除了一种两步验证"),
    "account.recovery_codes_made": N_("重新生成了恢复码"),
    "account.recovery_code_used": N_("用恢复码登录"),
    "account.second_step_failed": N_("第二步验证试错 5 次"),
    "account.role_given": N_("给了岗位：%(role)s"),
    "account.role_ended": N_("结束了岗位：%(role)s"),
    "account.sessions_ended": N_("在所有设备上退出登录"),
    "account.factors_reset": N_("重置了两步验证"),
    "account.left": N_("停用账号，工作已交接"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One of the staff in the list. ``grants`` are in force; ``past`` says that none is."""

    account: Account
    name: str
    roles: str
    since: datetime
    until: datetime | None
    seen: datetime | None
    ready: bool
    past: bool


@accounts.get("")
@requires(P.STAFF_MANAGE)
def index() -> str:
    """Everybody with a role in the development, those who left at the end."""
    grants = roster(current_actor())
    seen = _seen({grant.account_id for grant in grants})
    people = Person.of_ids({grant.account.person_id for grant in grants})
    rows = [
        _row(list(held), people, seen.get(account_id))
        for account_id, held in groupby(grants, lambda grant: grant.account_id)
    ]
    rows.sort(key=lambda row: (row.past, row.since))
    return render_template("staff/accounts/index.html", rows=rows, may_invite=bool(roles_of(current_actor())))


@accounts.get("/new")
@requires(P.STAFF_MANAGE, fresh=True)
def new() -> str:
    """The form for somebody new."""
    form = InvitationForm.of(roles_of(current_actor()), formdata=None)
    return render_template("staff/accounts/new.html", form=form)


@accounts.post("")
@requires(P.STAFF_MANAGE, fresh=True, form=InvitationForm)
@limiter.limit("30/hour")
def create() -> tuple[str, int]:
    """Invite: the link is shown on this answer and never again, so it is no redirect; only its digest is kept."""
    form = InvitationForm.of(roles_of(current_actor()))
    if form.validate():
        try:
            given = (form.name.data or "", form.phone.data or "", form.role.data, form.ends)
            token = invite(*given, by=current_actor(), badge=form.badge.data or "")
        except Refused as refused:
            db.session.rollback()
            form.take(refused)
        else:
            db.session.commit()
            link = f"{current_app.config['PUBLIC_URL']}{url_for('owner.accounts.show_link', token=token)}"
            return render_template("staff/accounts/invited.html", link=link), 201
    return render_template("staff/accounts/new.html", form=form), 422


@accounts.get("/<uuid:account_id>")
@requires(P.STAFF_MANAGE)
def show(account_id: UUID) -> str:
    """One of the staff: roles, sessions, second factors, what is open, what was done."""
    return page(reached_by(current_actor(), account_id))


@accounts.post("/<uuid:account_id>/roles")
@requires(P.STAFF_MANAGE, fresh=True, form=RoleForm)
def create_role(account_id: UUID) -> Response | tuple[str, int]:
    """One more role."""
    account = reached_by(current_actor(), account_id)
    form = RoleForm.of(roles_of(current_actor()))
    if form.validate():
        try:
            give_role(account, form.role.data, form.ends, current_actor())
        except Refused as refused:
            db.session.rollback()
            form.take(refused)
        else:
            db.session.commit()
            return changed(url_for("staff.accounts.show", account_id=account_id))
    return page(reached_by(current_actor(), account_id), role_form=form), 422


def page(account: Account, **forms: Form) -> str:
    """The page of one account; forms that were refused come back as they were."""
    actor = current_actor()
    grants = [grant for grant in roster(actor) if grant.account_id == account.id]
    live = select(Session).where(Session.account_id == account.id, Session.ended_at.is_(None), Session.half.is_(False))
    values: dict[str, Any] = {
        "role_form": RoleForm.of(roles_of(actor), formdata=None),
        "leaving_form": leaving_form(account, formdata=None),
        "form": Form(formdata=None),
    }
    return render_template(
        "staff/accounts/show.html",
        account=account,
        name=account.person.name or "",
        grants=[(grant, said(ROLE_WORDS[grant.role])) for grant in grants],
        sessions=db.session.scalars(live.order_by(Session.seen_at.desc())).all(),
        ready=has_factor(account.id),
        works=[work.number for work in open_work(account)],
        own=account.person_id == actor.person_id,
        story=[(event.at, _told(event.kind, event.fields)) for event in story(account)],
        **(values | forms),
    )


def leaving_form(account: Account, **values: Any) -> LeavingForm:
    """Who else has a role here, to take the work over."""
    others = [grant for grant in roster(current_actor()) if grant.in_force and grant.account_id != account.id]
    people = Person.of_ids({grant.account.person_id for grant in others})
    pairs = [
        (str(grant.id), gettext("·").join((people[grant.account.person_id].name or "", said(ROLE_WORDS[grant.role]))))
        for grant in others
    ]
    return LeavingForm.of(pairs, **values)


def _told(kind: str, fields: dict[str, Any]) -> str:
    return said(STORY.get(kind, N_("账号有变动")), role=said(ROLE_WORDS.get(fields.get("role", ""), "")))


def _row(grants: list[Grant], people: dict[UUID, Person], seen: datetime | None) -> Row:
    account, running = grants[0].account, [grant for grant in grants if grant.in_force]
    shown = running or grants
    return Row(
        account=account,
        name=people[account.person_id].name or "",
        roles=gettext("、").join(said(ROLE_WORDS[grant.role]) for grant in shown),
        since=min(grant.since for grant in grants),
        until=max((grant.until for grant in shown if grant.until), default=None),
        seen=seen,
        ready=has_factor(account.id),
        past=not running,
    )


def _seen(account_ids: set[UUID]) -> dict[UUID, datetime]:
    last = select(Session.account_id, func.max(Session.seen_at)).where(Session.account_id.in_(account_ids))
    return {row[0]: row[1] for row in db.session.execute(last.group_by(Session.account_id))}
