"""The list of repairs, and one of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.property import Tenure
from portal.models.repairs import Ticket
from portal.owner import menu
from portal.owner.repairs.forms import MessageForm, WithdrawForm
from portal.web import kept, live
from portal.web.choices import half_day
from portal.web.errors import shows_again
from portal.web.forms import returned
from portal.web.fragments import page, piece, unchanged
from portal.web.guard import current_actor, requires
from portal.web.homes import TicketRow
from portal.web.promises import promise
from portal.web.stories import story, thread
from portal.web.tickets import TicketView

tickets = Blueprint("tickets", __name__)


@tickets.get("")
@requires(P.TICKET_VIEW)
def index() -> str:
    """All repairs of all my homes, newest first."""
    actor = current_actor()
    rows = [TicketRow.of(ticket) for ticket in Ticket.newest_reached_by(actor)]
    tenures = Tenure.of_person(actor.person_id) if actor.person_id else ()
    return render_template(
        "owner/repairs/index.html", rows=rows, tenures=tenures, may_report=actor.may(P.TICKET_REPORT)
    )


@tickets.get("/<number>")
@requires(P.TICKET_VIEW)
def show(number: str) -> Response:
    """One repair: promise, tracker, story, conversation."""
    state = (Ticket.version_reached_by(current_actor(), number), menu.state())
    return kept.page("owner/repairs/show.html", state, lambda: _context(_view(number))) or ticket_page(number)


@tickets.get("/<number>/pieces")
@requires(P.TICKET_VIEW)
def pieces(number: str) -> Response:
    """The live pieces of the page; what is being filled in is left alone unless the ticket has taken a step since."""
    version = Ticket.version_reached_by(current_actor(), number)
    return unchanged(live.tag(version)) or _pieces(number, version, request.args.get("moves", type=int))


def _pieces(number: str, version: int, moves: int | None) -> Response:
    def context() -> dict[str, Any]:
        view = _view(number)
        return _context(view) | {"stepped": view.ticket.moves != moves}

    template, tag = "owner/repairs/pieces.swap.html", live.tag(version)
    return kept.piece(template, (version, moves), tag, context) or piece(template, tag, **context())


@shows_again("owner.repairs.tickets")
@shows_again("owner.repairs.messages")
@shows_again("owner.repairs.withdrawals")
def ticket_page(number: str, *, status: int = 200, notice: str = "", **forms: Any) -> Response:
    """The page as it stands now; ``forms`` replaces a fresh form by one that was refused."""
    view = _view(number)
    context = _context(view) | returned(forms, view.ticket.moves)
    return page("owner/repairs/show.html", "owner/repairs/changed.swap.html", status=status, notice=notice, **context)


def _view(number: str) -> TicketView:
    return TicketView.of(Ticket.reached_by(current_actor(), number), current_actor())


def _context(view: TicketView) -> dict[str, Any]:
    topics, version = view.topics, view.version
    return {
        "view": view,
        "ticket": view.ticket,
        "promise": promise(view.ticket),
        "preferred": [half_day(code) for code in view.ticket.preferred],
        "story": story(view),
        "thread": thread(view),
        "live": kept.fresh(lambda: live.address(topics)),
        "tag": kept.fresh(lambda: live.tag(version)),
        "message_form": MessageForm(formdata=None),
        "withdraw_form": WithdrawForm(formdata=None, version=view.ticket.moves),
    }
