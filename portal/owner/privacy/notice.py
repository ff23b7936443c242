"""The privacy notice: everybody may read it, and whoever signs in for the first time says that they have."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.accounts.consent import Consent
from portal.models.accounts.privacy_notice import in_force
from portal.models.base import db
from portal.owner.privacy.forms import NoticeForm
from portal.web.guard import current_actor, current_session, public, requires
from portal.web.i18n import language
from portal.web.notice_owed import owed
from portal.web.signing_in import safe_next

notice = Blueprint("notice", __name__)


@notice.get("/notice")
@public
def show() -> str:
    """The notice in force, in the reader's language."""
    return _page()


@notice.post("/notice")
@requires(P.ACCOUNT_OWN, before_notice=True)
def acknowledge() -> Response | tuple[str, int]:
    """Read: on to where the person wanted to go. A version that has changed meanwhile is shown first."""
    form = NoticeForm()
    shown = form.version.data or ""
    if not form.validate() or shown != in_force().version:
        return _page(), 409
    Consent.acknowledge(current_session().account, shown, language(), current_actor())
    db.session.commit()
    return redirect(safe_next(form.next.data) or url_for("owner.accounts.sign_in"), 303)


def _page() -> str:
    text = in_force().of(language())
    form = NoticeForm(formdata=None, version=text.version, next=request.values.get("next"))
    asks = current_user.is_authenticated and owed(current_session())
    return render_template("owner/privacy/notice.html", text=text, form=form, asks=asks)
