"""Joining a household with the code of an invitation."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.property.invite import HouseholdInvite
from portal.owner.accounts import accounts
from portal.owner.accounts.arriving import arrive
from portal.owner.accounts.forms import JoinForm
from portal.web.guard import public


@accounts.get("/join")
@public
def ask_join() -> str:
    """Ask for the number and the code of the message."""
    return render_template("owner/accounts/join.html", form=JoinForm(formdata=None))


@accounts.post("/join")
@public
@limiter.limit("30/minute;300/hour")
def join() -> Response | tuple[str, int]:
    """A new account is signed in: the code came to its telephone. One that is there already signs in as it always does.

    ``Referrer`` and address carry neither number nor code: both are sent in the form.
    """
    form = JoinForm()
    if form.validate():
        try:
            account, new = HouseholdInvite.join(form.phone.data or "", form.code.data or "")
        except Refused as refused:
            db.session.rollback()
            form.take(refused)
        else:
            answer = arrive(account, None) if new else None
            db.session.commit()
            if answer is not None:
                return answer
            flash(gettext("已加入，请登录"))
            return redirect(url_for("owner.accounts.sign_in"), 303)
    form.again()
    return render_template("owner/accounts/join.html", form=form), 422
