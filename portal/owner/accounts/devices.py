"""Where I am signed in, and signing out there."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.accounts.ending import end_everywhere, end_one
from portal.models.base import db
from portal.models.property.signed_in import live_sessions
from portal.owner.accounts import accounts
from portal.web import signing_in
from portal.web.devices import said_label
from portal.web.forms import Form
from portal.web.guard import current_session, requires


@accounts.get("/account/devices")
@requires(P.ACCOUNT_OWN)
def devices() -> str:
    """This device first, then the others, the last seen first."""
    mine = current_session()
    rows = sorted(live_sessions(mine.account_id), key=lambda row: (row.id != mine.id, -row.seen_at.timestamp()))
    return render_template(
        "owner/accounts/devices.html",
        rows=[(row, said_label(row.label), row.id == mine.id) for row in rows],
        staff=mine.staff,
        form=Form(),
    )


@accounts.post("/account/devices/<uuid:session_id>/end")
@requires(P.ACCOUNT_OWN)
def end_device(session_id: UUID) -> Response:
    """Sign out of one of the others; of this one the ordinary way."""
    mine = current_session()
    if session_id == mine.id:
        return end_all_devices()
    end_one(mine.account_id, session_id)
    db.session.commit()
    flash(gettext("那台设备已退出登录"))
    return redirect(url_for("owner.accounts.devices"), 303)


@accounts.post("/account/devices/others/end")
@requires(P.ACCOUNT_OWN)
def end_other_devices() -> Response:
    """Sign out of all the others."""
    mine = current_session()
    ended = end_everywhere(mine.account_id, but=mine.id)
    db.session.commit()
    flash(ngettext("其他 %(num)s 台设备已退出登录", "其他 %(num)s 台设备已退出登录", ended))
    return redirect(url_for("owner.accounts.devices"), 303)


@accounts.post("/account/devices/all/end")
@requires(P.ACCOUNT_OWN)
def end_all_devices() -> Response:
    """Sign out everywhere, here as well."""
    end_everywhere(current_session().account_id)
    db.session.commit()
    answer = redirect(url_for("owner.accounts.sign_in"), 303)
    signing_in.end(answer)
    return answer
