"""The queue: what is open, by the nearest promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import P
from portal.models.actor import Actor
from portal.models.catalogue import Priority
from portal.models.repairs import State, Ticket
from portal.models.repairs.lists import VIEWS, ListView, counts, page
from portal.models.signals import version_of
from portal.staff import menu
from portal.web import live
from portal.web.clocks import ClockView
from portal.web.fragments import piece, unchanged
from portal.web.guard import current_actor, requires
from portal.web.i18n import said
from portal.web.tickets import address, next_clock, priority_words, state_words, technician, title, tone

queue = Blueprint("queue", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in the list. ``late`` marks a broken promise of ours, ``urgent`` a priority to hurry for."""

    ticket: Ticket
    title: str
    url: str
    address: str
    status: str
    tone: str
    clock: ClockView | None
    technician: str
    priority: str
    late: bool
    urgent: bool

    @classmethod
    def of(cls, ticket: Ticket) -> Row:
        """The row of a ticket."""
        who, clock = (
            technician(ticket, staff=True, by_role=not current_actor().may(P.TICKET_READ_WORDS)),
            next_clock(ticket),
        )
        return cls(
            ticket,
            title(ticket),
            url_for("staff.repairs.tickets.show", number=ticket.number),
            address(ticket, staff=True),
            state_words(ticket, staff=True),
            tone(ticket),
            clock,
            who.name if who else "",
            priority_words(ticket),
            clock is not None and clock.overdue and ticket.state != State.AWAITING_OWNER,
            ticket.priority in (Priority.EMERGENCY, Priority.URGENT),
        )


@queue.get("")
@requires(P.TICKET_LIST)
def index() -> str:
    """One of the lists."""
    return render_template("staff/repairs/index.html", **_context())


@queue.get("/rows")
@requires(P.TICKET_LIST)
def rows() -> Response:
    """The live piece of the list that is shown."""
    tag = live.tag(_version(current_actor()))
    return unchanged(tag) or piece("staff/repairs/rows.swap.html", tag, **_context())


@queue.get("/rail")
@requires(P.TICKET_LIST)
def rail() -> Response:
    """The live piece of the rail's counts."""
    tag = str(_version(current_actor()))
    return unchanged(tag) or piece("staff/repairs/rail.swap.html", tag, menu=menu.items(current_actor()))


def _context() -> dict[str, Any]:
    actor = current_actor()
    view = VIEWS.get(request.args.get("view", ""), VIEWS["open"])
    found = page(actor, view, request.args.get("after"))
    values = {"view": view.code, "after": request.args.get("after")}
    topic = f"queue:{actor.development_id.hex}" if actor.development_id else ""
    return {
        "tabs": _tabs(actor, view),
        "rows": [Row.of(ticket) for ticket in found.tickets],
        "list_view": view,
        "later_url": url_for("staff.repairs.queue.index", view=view.code, after=found.after) if found.after else "",
        "first_url": url_for("staff.repairs.queue.index", view=view.code) if values["after"] else "",
        "rows_url": url_for("staff.repairs.queue.rows", view=view.code, after=values["after"]),
        "topic": topic,
        "version": _version(actor),
        "tag": live.tag(_version(actor)),
        "live": live.address([topic, f"person:{actor.person_id.hex}"]) if actor.person_id else "",
    }


def _tabs(actor: Actor, present: ListView) -> list[dict[str, Any]]:
    counted = counts(actor)
    return [
        {
            "url": url_for("staff.repairs.queue.index", view=view.code),
            "label": said(view.words),
            "count": _capped(counted[view.code]) if view.code in counted else None,
            "current": view is present,
        }
        for view in VIEWS.values()
    ]


def _capped(count: int) -> str:
    return "1,000+" if count > 1000 else str(count)


def _version(actor: Actor) -> int:
    return version_of(f"queue:{actor.development_id.hex}") if actor.development_id else 0
