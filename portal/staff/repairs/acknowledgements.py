"""The first human answer to a report."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.staff.repairs.forms import StepForm
from portal.staff.repairs.tickets import done
from portal.web.guard import current_actor, requires

acknowledgements = Blueprint("acknowledgements", __name__)


@acknowledgements.post("/<number>/acknowledgement")
@requires(P.TICKET_ACKNOWLEDGE)
def create(number: str) -> Response:
    """Acknowledge the report: the response clock ends."""
    ticket = Ticket.reached_by(current_actor(), number)
    ticket.acknowledge(by=current_actor(), version=StepForm().made_from)
    db.session.commit()
    return done(number)
