"""The phone in plain, for a minute, on record."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from portal.extensions import limiter
from portal.models.accounts import P
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.staff.repairs.forms import RevealForm
from portal.staff.repairs.tickets import ticket_page
from portal.web.contacts import contact
from portal.web.fragments import page, wants_pieces
from portal.web.guard import current_actor, requires
from portal.web.tickets import TicketView

reveals = Blueprint("reveals", __name__)

SECONDS = 60


@reveals.post("/<number>/reveal")
@requires(P.PERSON_REVEAL)
@limiter.limit("30/hour;200/day")
def create(number: str) -> Response:
    """Show the phone of the ticket's contact; the look is recorded before it is shown."""
    ticket, form = Ticket.reached_by(current_actor(), number), RevealForm()
    if not form.validate():
        return ticket_page(number, status=422, reveal_form=form)
    phone = ticket.reveal_phone(form.reason.data, by=current_actor())
    db.session.commit()
    answer = page(
        "staff/repairs/reveal.html",
        "staff/repairs/revealed.swap.html",
        ticket=ticket,
        contact=contact(TicketView.of(ticket, current_actor())),
        phone=phone,
        seconds=SECONDS,
    )
    if not wants_pieces():
        answer.headers["Refresh"] = f"{SECONDS}; url={url_for('staff.repairs.tickets.show', number=number)}"
    return answer
