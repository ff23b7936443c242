"""Who comes, and when."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.models.accounts import Grant, P
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.repairs import Ticket
from portal.staff.repairs.forms import AssignmentForm
from portal.staff.repairs.tickets import done, ticket_page
from portal.staff.repairs.workbench import technicians
from portal.web.forms import options
from portal.web.guard import current_actor, requires

assignments = Blueprint("assignments", __name__)


@assignments.post("/<number>/assignment")
@requires(P.TICKET_ASSIGN)
def create(number: str) -> Response:
    """Book a technician with a visit window, the first time or anew."""
    ticket, form = Ticket.reached_by(current_actor(), number), AssignmentForm()
    form.technician.choices = options(technicians(ticket))
    if not form.validate():
        return ticket_page(number, status=422, assignment_form=form)
    grant = db.session.get_one(Grant, UUID(form.technician.data))
    try:
        ticket.book(grant, *form.window, by=current_actor(), version=form.made_from)
    except Refused as refused:
        db.session.rollback()
        form.take(refused)
        return ticket_page(number, status=422, assignment_form=form)
    db.session.commit()
    return done(number)
