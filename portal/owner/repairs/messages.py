"""Writing to the technician and the desk."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.owner.repairs.forms import MessageForm
from portal.owner.repairs.tickets import ticket_page
from portal.web.fragments import changed, wants_pieces
from portal.web.guard import current_actor, requires

messages = Blueprint("messages", __name__)


@messages.post("/<number>/messages")
@requires(P.TICKET_MESSAGE)
def create(number: str) -> Response:
    """Send a message."""
    ticket, form = Ticket.reached_by(current_actor(), number), MessageForm()
    if not form.validate():
        return ticket_page(number, status=422, message_form=form)
    ticket.say(form.text.data or "", by=current_actor())
    db.session.commit()
    return ticket_page(number) if wants_pieces() else changed(url_for("owner.repairs.tickets.show", number=number))
