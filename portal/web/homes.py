"""My home as a screen shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from flask import url_for
from flask_babel import gettext, ngettext

from portal import clock
from portal.models.actor import Actor
from portal.models.catalogue import Metric, Priority, WarrantyTerm
from portal.models.clocks import limit_for
from portal.models.property import Tenure
from portal.models.property.home import Home
from portal.models.property.warranty_band import band
from portal.models.repairs import Outcome, State, Ticket
from portal.models.repairs.states import REPAIR
from portal.models.signals import version_of
from portal.web import live
from portal.web.filters import day, moment
from portal.web.i18n import inside
from portal.web.promises import Promise, limit_words, promise
from portal.web.tickets import Technician, TicketView, address, state_words, technician, title, tone
from portal.web.trackers import Stage
from portal.web.warranty import BandView, band_view

PAST_SHOWN = 3
# The drawn front shows five flats side by side; most entrances have two on a floor.
FLATS_OF_ENTRANCE = 2


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A repair in a list; ``note`` says what is promised, or how it went; ``place`` is the home."""

    ticket: Ticket
    title: str
    url: str
    status: str
    tone: str
    note: str
    place: str

    @classmethod
    def of(cls, ticket: Ticket) -> TicketRow:
        """The row as the owner's face lists it."""
        url = url_for("owner.repairs.tickets.show", number=ticket.number)
        note = _promised(ticket) if ticket.is_open else _past(ticket)
        return cls(
            ticket,
            title(ticket),
            url,
            state_words(ticket, staff=False),
            tone(ticket),
            note,
            address(ticket, staff=False),
        )


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A repair that is going on, with its promise and tracker."""

    row: TicketRow
    promise: Promise
    stages: list[Stage]
    technician: Technician | None

    @classmethod
    def of(cls, ticket: Ticket, actor: Actor) -> OpenTicket:
        """What the live block of a ticket shows."""
        view = TicketView.of(ticket, actor)
        return cls(TicketRow.of(ticket), promise(ticket), view.stages, technician(ticket, staff=False))


@dataclass
class HomeView:
    """Everything the page of one home shows."""

    tenure: Tenure
    tenures: Sequence[Tenure]
    tickets: Sequence[Ticket]
    actor: Actor
    topic: str
    version: int

    @classmethod
    def of(cls, actor: Actor, tenure: Tenure, tenures: Sequence[Tenure]) -> HomeView:
        """The view of a home the actor has reached."""
        topic = f"person:{actor.person_id.hex}" if actor.person_id else ""
        return cls(tenure, tenures, Ticket.of_household(actor, tenure), actor, topic, version_of(topic))

    @property
    def tag(self) -> str:
        """The tag of the live piece."""
        return live.tag(self.version)

    @property
    def home(self) -> Home:
        """The home."""
        return self.tenure.home

    @property
    def column(self) -> int:
        """Which window of its floor the home is on the drawn front, from the left: the flat's number says it nearly."""
        flat, entrance = self.home.number[-2:], self.home.entrance.label
        before = (int(entrance) - 1) * FLATS_OF_ENTRANCE if entrance.isdecimal() else 0
        return before + int(flat) if flat.isdecimal() else before + 1

    @property
    def response(self) -> str:
        """How soon an ordinary report is answered: 2 小时."""
        return limit_words(limit_for(Priority.NORMAL, Metric.FIRST_RESPONSE, self.home.development_id))

    @cached_property
    def waiting(self) -> list[TicketRow]:
        """What waits for the owner: repairs to confirm, the oldest first."""
        return [TicketRow.of(row) for row in reversed(self.tickets) if row.state == State.AWAITING_OWNER]

    @cached_property
    def going_on(self) -> list[OpenTicket]:
        """What is being done, the nearest promise first."""
        rows = [row for row in self.tickets if row.is_open and row.state != State.AWAITING_OWNER]
        rows.sort(key=lambda row: row.next_due_at or clock.now())
        return [OpenTicket.of(row, self.actor) for row in rows]

    @cached_property
    def visits(self) -> list[OpenTicket]:
        """The visits still to come, the nearest first."""
        booked = [one for one in self.going_on if one.row.ticket.state == State.JOB_BOOKED and one.technician]
        ahead = [(one.row.ticket.window_start, one) for one in booked if one.row.ticket.window_start]
        return [one for start, one in sorted(ahead, key=lambda each: each[0]) if start > clock.now()]

    @cached_property
    def past(self) -> list[TicketRow]:
        """What has been repaired, the newest first."""
        return [TicketRow.of(row) for row in self.tickets if row.outcome == Outcome.FIXED][:PAST_SHOWN]

    @cached_property
    def band(self) -> BandView | None:
        """The warranty of the home on one axis; None while nobody knows when it is handed over."""
        handed_over, today = self.home.handed_over_on, clock.today()
        return band_view(band(WarrantyTerm.of_owners(), handed_over, today), today) if handed_over else None


def _promised(ticket: Ticket) -> str:
    said = promise(ticket)
    if ticket.state == State.AWAITING_OWNER:
        return said.kept_by
    if said.until is not None:
        return gettext("%(lead)s%(moment)s", lead=said.lead, moment=moment(said.until, inside=True))
    return gettext("%(lead)s，%(fact)s", lead=said.lead, fact=inside(said.hero)) if said.hero else said.lead


def _past(ticket: Ticket) -> str:
    run = ticket.clock_named(REPAIR)
    if ticket.outcome != Outcome.FIXED or run is None or run.ended_at is None:
        return day(ticket.submitted_at)
    took = (_on(run.ended_at) - _on(ticket.submitted_at)).days
    words = ngettext("%(num)s 天修好", "%(num)s 天修好", took) if took else gettext("当天修好")
    return gettext("·").join((day(ticket.submitted_at), words))


def _on(at: datetime) -> date:
    return at.astimezone(clock.SHANGHAI).date()
