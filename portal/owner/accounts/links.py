"""The one-time link: whoever holds it sets the password of its account."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import Link
from portal.models.base import db
from portal.models.errors import Refused
from portal.owner.accounts import accounts
from portal.owner.accounts.forms import PasswordForm
from portal.web.guard import public


@accounts.get("/links/<token>")
@public
@limiter.limit("30/minute")
def show_link(token: str) -> str:
    """Ask for a password; 404 for a link that is unknown, used or over."""
    return render_template("owner/accounts/link.html", form=PasswordForm(), link=Link.of_token(token), token=token)


@accounts.post("/links/<token>")
@public
@limiter.limit("30/minute")
def use_link(token: str) -> Response | tuple[str, int]:
    """Set the password and go to the sign-in page."""
    link, form = Link.of_token(token), PasswordForm()
    if form.validate():
        try:
            link.use(form.password.data or "")
        except Refused as refused:
            db.session.rollback()
            link = Link.of_token(token)
            form.take(refused)
        else:
            db.session.commit()
            flash(gettext("密码已设好，请登录"))
            return redirect(url_for("owner.accounts.sign_in"), 303)
    return render_template("owner/accounts/link.html", form=form, link=link, token=token), 422
