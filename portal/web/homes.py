"""My home as a screen shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import url_for

from portal import clock
from portal.models.actor import Actor
from portal.models.property import Tenure
from portal.models.property.home import Home
from portal.models.repairs import State, Ticket
from portal.models.signals import version_of
from portal.web import live
from portal.web.promises import Promise, promise
from portal.web.tickets import Stage, Technician, TicketView, state_words, technician, title, tone

PAST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A repair in a list."""

    ticket: Ticket
    title: str
    url: str
    status: str
    tone: str

    @classmethod
    def of(cls, ticket: Ticket) -> TicketRow:
        """The row as the owner's face lists it."""
        url = url_for("owner.repairs.tickets.show", number=ticket.number)
        return cls(ticket, title(ticket), url, state_words(ticket, staff=False), tone(ticket))


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A repair that is going on, with its promise and tracker."""

    row: TicketRow
    promise: Promise
    stages: list[Stage]
    technician: Technician | None


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
    def live(self) -> str:
        """The signed topics of the page."""
        return live.sign([self.topic])

    @property
    def home(self) -> Home:
        """The home."""
        return self.tenure.home

    @cached_property
    def waiting(self) -> list[TicketRow]:
        """What waits for the owner: repairs to confirm, the oldest first."""
        return [TicketRow.of(row) for row in reversed(self.tickets) if row.state == State.AWAITING_OWNER]

    @cached_property
    def going_on(self) -> list[OpenTicket]:
        """What is being done, the nearest promise first."""
        rows = [row for row in self.tickets if row.is_open and row.state != State.AWAITING_OWNER]
        rows.sort(key=lambda row: row.next_due_at or clock.now())
        return [_open(row, self.actor) for row in rows]

    @cached_property
    def past(self) -> list[TicketRow]:
        """What has been done, the newest first."""
        return [TicketRow.of(row) for row in self.tickets if not row.is_open][:PAST_SHOWN]


def _open(ticket: Ticket, actor: Actor) -> OpenTicket:
    view = TicketView.of(ticket, actor)
    return OpenTicket(TicketRow.of(ticket), promise(ticket), view.stages, technician(ticket, staff=False))
