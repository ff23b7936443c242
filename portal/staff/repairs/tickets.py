"""The workbench of one ticket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.repairs import Ticket
from portal.staff.repairs.workbench import context
from portal.web import live
from portal.web.errors import shows_again
from portal.web.forms import returned
from portal.web.fragments import changed, page, piece, unchanged, wants_pieces
from portal.web.guard import current_actor, requires
from portal.web.tickets import TicketView

tickets = Blueprint("tickets", __name__)

EVERYTHING = "staff/repairs/changed.swap.html"


@tickets.get("/<number>")
@requires(P.TICKET_VIEW)
def show(number: str) -> Response:
    """One ticket: clocks, tracker, person, home, story, and the steps this grant may take."""
    return ticket_page(number)


@tickets.get("/<number>/pieces")
@requires(P.TICKET_VIEW)
def pieces(number: str) -> Response:
    """The live pieces; what is being filled in is left alone unless the ticket has taken a step since."""
    tag = live.tag(Ticket.version_reached_by(current_actor(), number))
    return unchanged(tag) or _pieces(number, tag)


def _pieces(number: str, tag: str) -> Response:
    view = TicketView.of(Ticket.reached_by(current_actor(), number), current_actor())
    stepped = request.args.get("moves", type=int) != view.ticket.moves
    return piece("staff/repairs/pieces.swap.html", tag, stepped=stepped, **(context(view) | {"tag": tag}))


@shows_again("staff.repairs.tickets")
@shows_again("staff.repairs.acknowledgements")
@shows_again("staff.repairs.assignments")
@shows_again("staff.repairs.works")
@shows_again("staff.repairs.checks")
@shows_again("staff.repairs.messages")
@shows_again("staff.repairs.reveals")
def ticket_page(number: str, *, status: int = 200, notice: str = "", swap: str = EVERYTHING, **forms: Any) -> Response:
    """The workbench as it stands now; ``forms`` replaces a fresh form by one that was refused."""
    view = TicketView.of(Ticket.reached_by(current_actor(), number), current_actor())
    back = returned(forms, view.ticket.moves)
    return page("staff/repairs/show.html", swap, status=status, notice=notice, **context(view, back))


def done(number: str, *, swap: str = EVERYTHING) -> Response:
    """The answer after a step: the fresh pieces to a script, else back to the page."""
    if wants_pieces():
        return ticket_page(number, swap=swap)
    return changed(url_for("staff.repairs.tickets.show", number=number))
