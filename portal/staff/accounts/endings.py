"""Ending: a role, every session, the second factors, the account."""

from __future__ import annotations

from uuid import UUID

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.models.accounts import Grant, P
from portal.models.accounts.departing import leave_staff
from portal.models.accounts.staffing import end_role, end_sessions, manageable, reached_by, reset_factors, roster
from portal.models.base import db
from portal.models.errors import Refused
from portal.staff.accounts import accounts
from portal.staff.accounts.forms import LeavingForm
from portal.staff.accounts.people import leaving_form, page
from portal.web.forms import Form
from portal.web.fragments import changed
from portal.web.guard import current_actor, requires


@accounts.post("/<uuid:account_id>/roles/<uuid:grant_id>/end")
@requires(P.STAFF_MANAGE, fresh=True)
def remove_role(account_id: UUID, grant_id: UUID) -> Response | tuple[str, int]:
    """One role ends, now."""
    form = Form()
    try:
        end_role(reached_by(current_actor(), account_id), grant_id, by=current_actor())
    except Refused as refused:
        return _again(account_id, refused, form)
    return _done(account_id, gettext("岗位已结束"))


@accounts.post("/<uuid:account_id>/sessions/end")
@requires(P.STAFF_MANAGE, fresh=True)
def remove_sessions(account_id: UUID) -> Response:
    """Signed out everywhere."""
    ended = end_sessions(reached_by(current_actor(), account_id), by=current_actor())
    return _done(account_id, gettext("已退出 %(num)s 处登录", num=ended))


@accounts.post("/<uuid:account_id>/factors/end")
@requires(P.STAFF_MANAGE, fresh=True)
def remove_factors(account_id: UUID) -> Response:
    """The second factors are set up anew at the next sign-in."""
    reset_factors(reached_by(current_actor(), account_id), by=current_actor())
    return _done(account_id, gettext("两步验证已重置，下次登录时重新设置"))


@accounts.post("/<uuid:account_id>/end")
@requires(P.STAFF_MANAGE, fresh=True, form=LeavingForm)
def end(account_id: UUID) -> Response | tuple[str, int]:
    """Leaving: open work is handed over, and then every way in ends at once."""
    account = reached_by(current_actor(), account_id)
    form = leaving_form(account)
    if not form.validate():
        return page(account, leaving_form=form), 422
    manageable(account, current_actor())
    try:
        leave_staff(account, current_actor(), _taker(form))
    except Refused as refused:
        return _again(account_id, refused, form)
    return _done(account_id, gettext("账号已停用，所有登录已结束"))


def _taker(form: LeavingForm) -> Grant | None:
    return next((grant for grant in roster(current_actor()) if grant.id == form.taker), None)


def _again(account_id: UUID, refused: Refused, form: Form) -> tuple[str, int]:
    db.session.rollback()
    form.take(refused)
    name = "leaving_form" if isinstance(form, LeavingForm) else "form"
    return page(reached_by(current_actor(), account_id), **{name: form}), 422


def _done(account_id: UUID, words: str) -> Response:
    db.session.commit()
    flash(words)
    return changed(url_for("staff.accounts.show", account_id=account_id))
