"""The quality check, by somebody who did not do the work."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.staff.repairs.forms import SendBackForm, StepForm
from portal.staff.repairs.tickets import done, ticket_page
from portal.web.guard import current_actor, requires

checks = Blueprint("checks", __name__)


@checks.post("/<number>/check")
@requires(P.TICKET_CHECK)
def create(number: str) -> Response:
    """The work is good: ask the owner."""
    ticket = Ticket.reached_by(current_actor(), number)
    ticket.pass_check(by=current_actor(), version=StepForm().made_from)
    db.session.commit()
    return done(number)


@checks.post("/<number>/check/failure")
@requires(P.TICKET_CHECK)
def create_failure(number: str) -> Response:
    """The work is not good: back to the technician."""
    ticket, form = Ticket.reached_by(current_actor(), number), SendBackForm()
    if not form.validate():
        return ticket_page(number, status=422, send_back_form=form)
    ticket.send_back(form.words.data or "", by=current_actor(), version=form.made_from)
    db.session.commit()
    return done(number)
