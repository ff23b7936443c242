"""Choosing the language."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.models.base import db
from portal.owner.accounts import accounts
from portal.web import signing_in
from portal.web.guard import current_session, public
from portal.web.i18n import LOCALES


@accounts.post("/language")
@public
def language() -> Response:
    """Keep the choice in the session, and with the person for mails."""
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        session["locale"] = chosen
        if current_user.is_authenticated:
            current_session().account.person.locale = chosen
            db.session.commit()
    return redirect(signing_in.safe_next(request.form.get("next")) or url_for("owner.accounts.sign_in"), 303)
