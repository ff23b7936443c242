"""Writing to the owner, or to colleagues only."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.staff.repairs.forms import MessageForm
from portal.staff.repairs.tickets import done, ticket_page
from portal.web.guard import current_actor, requires

messages = Blueprint("messages", __name__)

# What is said changes no step, so the forms that somebody is filling in stay as they are.
SAID = "staff/repairs/said.swap.html"


@messages.post("/<number>/messages")
@requires(P.NOTE_WRITE)
def create(number: str) -> Response:
    """A message the owner sees, or an internal note."""
    ticket, form = Ticket.reached_by(current_actor(), number), MessageForm()
    if not form.validate():
        return ticket_page(number, status=422, swap=SAID, message_form=form)
    verb = ticket.say if form.owner_sees.data else ticket.note
    verb(form.text.data or "", by=current_actor())
    db.session.commit()
    return done(number, swap=SAID)
