"""Asking to be forgotten: what goes, what stays, and how far the request is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import NotReached, Refused
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.holds import found_holds
from portal.owner.privacy.forms import ErasureForm, WithdrawalForm
from portal.web.erasures import ErasureView, held
from portal.web.errors import shows_again
from portal.web.fragments import changed
from portal.web.guard import current_actor, current_session, requires

erasures = Blueprint("erasures", __name__)


@erasures.get("/erasure")
@requires(P.ACCOUNT_OWN)
def show() -> Response:
    """My request as it stands, or the way to make one."""
    return erasure_page()


@erasures.post("/erasure")
@requires(P.ACCOUNT_OWN)
@limiter.limit("10/hour")
def create() -> Response:
    """Ask; the password says that it is really me."""
    form = ErasureForm()
    if form.validate():
        try:
            Erasure.ask(form.password.data or "", form.reason.data or "", by=current_actor())
        except Refused as refused:
            db.session.rollback()
            form.take(refused)
        else:
            db.session.commit()
            return changed(url_for("owner.privacy.erasures.show"))
    return erasure_page(status=422, erasure_form=form)


@erasures.post("/erasure/withdrawal")
@requires(P.ACCOUNT_OWN)
def withdraw() -> Response:
    """Take it back, as long as it is not approved."""
    erasure = Erasure.newest_of(current_session().person_id)
    if erasure is None:
        raise NotReached
    erasure.withdraw(by=current_actor(), version=WithdrawalForm().made_from)
    db.session.commit()
    return changed(url_for("owner.privacy.erasures.show"))


@shows_again("owner.privacy.erasures")
def erasure_page(*, status: int = 200, notice: str = "", **forms: Any) -> Response:
    """The page as it stands now; ``forms`` replaces a fresh form by one that was refused."""
    person_id = current_session().person_id
    erasure = Erasure.newest_of(person_id)
    running = erasure is not None and erasure.is_open
    page = render_template(
        "owner/privacy/erasure.html",
        notice=notice,
        view=ErasureView.of(erasure) if erasure else None,
        running=running,
        receipt_url=_receipt_url(erasure) if erasure and running else "",
        holds=[] if running else held(found_holds(person_id)),
        has_password=current_session().account.password_hash is not None,
        erasure_form=forms.get("erasure_form") or ErasureForm(formdata=None),
        withdrawal_form=WithdrawalForm(formdata=None, version=erasure.moves if erasure else 0),
    )
    return Response(page, status, mimetype="text/html")


def _receipt_url(erasure: Erasure) -> str:
    """The whole address, to be kept somewhere else; of the portal as it is known, not as this request calls it."""
    return f"{current_app.config['PUBLIC_URL']}{url_for('owner.privacy.receipts.show', token=erasure.token)}"
