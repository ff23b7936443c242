"""Requests for erasure: the list, one of them, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.errors import NotReached, Refused
from portal.models.privacy.erasure import Erasure
from portal.staff.privacy.forms import HoldForm, IdentityForm, RefusalForm, StepForm
from portal.staff.privacy.request_page import Row, context
from portal.web.errors import shows_again
from portal.web.forms import Form, VersionedForm, returned
from portal.web.fragments import changed
from portal.web.guard import current_actor, requires
from portal.web.receipts import receipt_file

erasures = Blueprint("erasures", __name__, url_prefix="/erasures")


@erasures.get("")
@requires(P.ERASURE_VIEW)
def index() -> str:
    """Open ones first, then the newest."""
    rows = [Row.of(erasure) for erasure in Erasure.listed(current_actor())]
    return render_template("staff/privacy/erasures.html", rows=rows, may_file=current_actor().may(P.ERASURE_HANDLE))


@erasures.get("/<number>")
@requires(P.ERASURE_VIEW)
def show(number: str) -> Response:
    """One request: who, how far, what speaks against it, and the steps this grant may take."""
    return request_page(number)


@erasures.post("/<number>/identity")
@requires(P.ERASURE_HANDLE)
def confirm_identity(number: str) -> Response:
    """It is really the person."""
    form = IdentityForm()
    return _step(number, form, Erasure.confirm_identity, form.method.data)


@erasures.post("/<number>/clearance")
@requires(P.ERASURE_HANDLE)
def clear(number: str) -> Response:
    """Nothing must stay: on to the approval."""
    return _step(number, StepForm(), Erasure.clear)


@erasures.post("/<number>/refusal")
@requires(P.ERASURE_HANDLE)
def refuse(number: str) -> Response:
    """The data stays; the person is told why."""
    return _turn_down(number, Erasure.refuse)


@erasures.post("/<number>/approval")
@requires(P.ERASURE_APPROVE, fresh=True, form=StepForm)
def approve(number: str) -> Response:
    """A second person agrees; the shredding begins."""
    return _step(number, StepForm(), Erasure.approve)


@erasures.post("/<number>/approval/refusal")
@requires(P.ERASURE_APPROVE, fresh=True, form=RefusalForm)
def decline(number: str) -> Response:
    """A second person does not agree."""
    return _turn_down(number, Erasure.decline)


@erasures.post("/<number>/holds")
@requires(P.ERASURE_VIEW)
def hold(number: str) -> Response:
    """Put a reason down that the data does not show."""
    form = HoldForm()
    return _done(number, form, lambda row: row.hold(form.kind.data, form.basis.data or "", current_actor()))


@erasures.post("/<number>/holds/<uuid:hold_id>/release")
@requires(P.ERASURE_VIEW)
def release(number: str, hold_id: UUID) -> Response:
    """The reason has gone."""
    return _done(number, StepForm(), lambda row: row.release(hold_id, current_actor()))


@erasures.get("/<number>/receipt")
@requires(P.ERASURE_VIEW)
def receipt(number: str) -> Response:
    """The receipt, for the files, or for somebody who lost their link."""
    erasure = Erasure.reached_by(current_actor(), number)
    if erasure.receipt is None:
        raise NotReached
    return receipt_file(erasure.number, erasure.receipt)


@shows_again("staff.privacy.erasures")
def request_page(number: str, *, status: int = 200, notice: str = "", **forms: Any) -> Response:
    """The page as it stands now; ``forms`` replaces a fresh form by one that was refused."""
    erasure, actor = Erasure.reached_by(current_actor(), number), current_actor()
    found = context(erasure, actor, returned(forms, erasure.moves))
    return Response(render_template("staff/privacy/erasure.html", notice=notice, **found), status, mimetype="text/html")


def _turn_down(number: str, verb: Callable[..., object]) -> Response:
    form = RefusalForm()
    return _step(number, form, verb, form.reason.data, form.words.data or "")


def _step(number: str, form: VersionedForm, verb: Callable[..., object], *said: str) -> Response:
    """Take one step of the table, from the version that the form was made from."""
    return _done(number, form, lambda row: verb(row, *said, by=current_actor(), version=form.made_from))


def _done(number: str, form: Form, verb: Callable[[Erasure], object]) -> Response:
    """Have it done; what does not fit comes back beside its field."""
    erasure = Erasure.reached_by(current_actor(), number)
    if form.validate():
        try:
            verb(erasure)
        except Refused as refused:
            db.session.rollback()
            form.take(refused)
        else:
            db.session.commit()
            return changed(url_for("staff.privacy.erasures.show", number=number))
    return request_page(number, status=422, **{form.called(): form})
