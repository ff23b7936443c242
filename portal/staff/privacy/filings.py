"""A request for erasure filed by the desk, for somebody who came or called."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.privacy.erasure import Erasure
from portal.staff.privacy.forms import FilingForm
from portal.web.fragments import changed
from portal.web.guard import current_actor, requires

filings = Blueprint("filings", __name__, url_prefix="/erasures")


@filings.get("/new")
@requires(P.ERASURE_HANDLE)
def new() -> str:
    """The form for somebody who came or called."""
    return render_template("staff/privacy/erasure_new.html", form=FilingForm(formdata=None))


@filings.post("")
@requires(P.ERASURE_HANDLE)
@limiter.limit("30/hour;200/day")
def create() -> Response:
    """Write it down. The phone finds the person, which is recorded as a look."""
    form = FilingForm()
    if form.validate():
        try:
            erasure = Erasure.file(form.phone.data or "", form.reason.data or "", by=current_actor())
        except Refused as refused:
            db.session.rollback()
            form.take(refused)
        else:
            db.session.commit()
            return changed(url_for("staff.privacy.erasures.show", number=erasure.number))
    return Response(render_template("staff/privacy/erasure_new.html", form=form), 422, mimetype="text/html")
