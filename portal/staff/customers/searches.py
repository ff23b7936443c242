"""Searching for people. What is searched for is sent in a form's body and stands in no address."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import P
from portal.models.base import db
from portal.models.customers import Found, find
from portal.models.errors import Refused
from portal.staff.customers.forms import SearchForm
from portal.staff.customers.people import rows
from portal.web.guard import current_actor, requires

customers = Blueprint("customers", __name__, url_prefix="/customers")


@customers.get("")
@requires(P.PERSON_SEARCH)
def index() -> Response:
    """The empty form."""
    return _page(SearchForm(formdata=None))


@customers.post("")
@requires(P.PERSON_SEARCH)
@limiter.limit("60/minute;1000/day")
def search() -> Response:
    """The answer itself, on record before it is shown; it is asked for again each time, and kept nowhere."""
    form = SearchForm()
    if not form.validate():
        return _page(form, status=422)
    db.session.rollback()  # nobody waits for this transaction while the first search builds the index
    try:
        found = find(form.text.data or "", by=current_actor())
    except Refused as refused:
        form.take(refused)
        return _page(form, status=422)
    db.session.commit()
    return _page(form, found)


def _page(form: SearchForm, found: Found | None = None, *, status: int = 200) -> Response:
    form.again()
    people = rows(found, current_actor()) if found else []
    return make_response(render_template("staff/customers/index.html", form=form, found=found, people=people), status)
