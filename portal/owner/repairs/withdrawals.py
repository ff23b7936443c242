"""Taking a report back."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.base import db
from portal.models.repairs import Ticket
from portal.owner.repairs.forms import WithdrawForm
from portal.owner.repairs.tickets import ticket_page
from portal.web.fragments import changed, wants_pieces
from portal.web.guard import current_actor, requires

withdrawals = Blueprint("withdrawals", __name__)


@withdrawals.post("/<number>/withdrawal")
@requires(P.TICKET_WITHDRAW)
def create(number: str) -> Response:
    """Withdraw a report before the work has begun."""
    ticket, form = Ticket.reached_by(current_actor(), number), WithdrawForm()
    if not form.validate():
        return ticket_page(number, status=422, withdraw_form=form)
    ticket.withdraw(form.reason.data, by=current_actor(), version=form.made_from)
    db.session.commit()
    return ticket_page(number) if wants_pieces() else changed(url_for("owner.repairs.tickets.show", number=number))
