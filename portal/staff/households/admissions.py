"""Entering an owner, co-owner or tenant from the contract; the person then claims the account by telephone."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.models.accounts import P, Person
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.masking import mask_name, mask_phone
from portal.models.property.admitting import KnownNumber, admit
from portal.staff.households.forms import AdmissionForm
from portal.web.guard import current_actor, requires

households = Blueprint("households", __name__, url_prefix="/households")


@households.get("/new")
@requires(P.HOUSEHOLD_ADMIT)
def new() -> Response:
    """The empty form."""
    return _page(AdmissionForm(formdata=None))


@households.post("")
@requires(P.HOUSEHOLD_ADMIT)
def create() -> Response:
    """Enter it; where somebody has the number already, the desk says first whether it is the same person."""
    form = AdmissionForm()
    if not form.validate():
        return _page(form, status=422)
    try:
        admit(form.admission(), by=current_actor())
    except KnownNumber as known:
        return _refused(form, known, known.person)
    except Refused as refused:
        return _refused(form, refused)
    db.session.commit()
    flash(gettext("已登记。请对方在首页用这个手机号取验证码登录。"))
    return redirect(url_for("staff.households.new"), 303)


def _refused(form: AdmissionForm, refused: Refused, person: Person | None = None) -> Response:
    known = (mask_name(person.name), mask_phone(person.phone)) if person is not None else None
    db.session.rollback()
    form.take(refused)
    return _page(form, status=422, known=known)


def _page(form: AdmissionForm, *, status: int = 200, known: tuple[str, str] | None = None) -> Response:
    form.again()
    asks = known is not None or bool(form.same.data)
    return make_response(render_template("staff/households/new.html", form=form, known=known, asks=asks), status)
