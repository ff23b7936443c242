"""The workbench of one ticket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from portal import clock
from portal.models.accounts import Grant, P, Role
from portal.models.repairs import Ticket
from portal.staff.repairs.forms import AssignmentForm, MessageForm, RevealForm, SendBackForm, StepForm, WorkForm
from portal.web import live, uploads
from portal.web.contacts import contact
from portal.web.errors import shows_again
from portal.web.fragments import changed, page, piece, unchanged, wants_pieces
from portal.web.guard import current_actor, requires
from portal.web.stories import story, thread
from portal.web.tickets import TicketView, clock_of

tickets = Blueprint("tickets", __name__)


@tickets.get("/<number>")
@requires(P.TICKET_VIEW)
def show(number: str) -> Response:
    """One ticket: clocks, tracker, person, home, story, and the steps this grant may take."""
    return ticket_page(number)


@tickets.get("/<number>/pieces")
@requires(P.TICKET_VIEW)
def pieces(number: str) -> Response:
    """The live pieces of the workbench."""
    view = TicketView.of(Ticket.reached_by(current_actor(), number), current_actor())
    tag = live.tag(view.version)
    return unchanged(tag) or piece("staff/repairs/pieces.swap.html", tag, **_context(view))


@shows_again("staff.repairs.tickets")
@shows_again("staff.repairs.acknowledgements")
@shows_again("staff.repairs.assignments")
@shows_again("staff.repairs.works")
@shows_again("staff.repairs.checks")
@shows_again("staff.repairs.messages")
@shows_again("staff.repairs.reveals")
def ticket_page(number: str, *, status: int = 200, notice: str = "", **forms: Any) -> Response:
    """The workbench as it stands now; ``forms`` replaces a fresh form by one that was refused."""
    view = TicketView.of(Ticket.reached_by(current_actor(), number), current_actor())
    context = _context(view) | {name: form for name, form in forms.items() if name.endswith("_form")}
    return page(
        "staff/repairs/show.html", "staff/repairs/changed.swap.html", status=status, notice=notice, **context
    )


def done(number: str) -> Response:
    """The answer after a step: the fresh pieces to a script, else back to the page."""
    return ticket_page(number) if wants_pieces() else changed(url_for("staff.repairs.tickets.show", number=number))


def technicians(ticket: Ticket) -> list[tuple[str, str]]:
    """The technicians of the ticket's development: grant id, and name with trade and badge."""
    found = Grant.holders(Role.TECHNICIAN, ticket.development_id)
    return [(str(grant.id), f"{grant.account.person.name or ''} {grant.badge or ''}".strip()) for grant in found]


def _context(view: TicketView) -> dict[str, Any]:
    ticket, moves = view.ticket, view.ticket.moves
    assignment = AssignmentForm(formdata=None, version=moves, day=clock.today())
    assignment.technician.choices = technicians(ticket)
    work = WorkForm(formdata=None, version=moves)
    draft = uploads.draft_of(work)
    return {
        "view": view,
        "ticket": ticket,
        "story": story(view),
        "thread": thread(view),
        "contact": contact(view),
        "clocks": [(run.name, clock_of(run)) for run in ticket.clocks],
        "live": live.sign([view.topic]),
        "tag": live.tag(view.version),
        "step_form": StepForm(formdata=None, version=moves),
        "assignment_form": assignment,
        "work_form": work,
        "work_upload_url": url_for("staff.repairs.photos.create", number=ticket.number, draft=draft),
        "send_back_form": SendBackForm(formdata=None, version=moves),
        "message_form": MessageForm(formdata=None, owner_sees=True),
        "reveal_form": RevealForm(formdata=None),
    }
