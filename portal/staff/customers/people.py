"""People who were found, as the page lists them: masked, with what can be done for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from portal.models.accounts import P
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.customers import Found, Standing
from portal.models.masking import mask_name, mask_phone
from portal.models.property import Party
from portal.models.repairs import Ticket
from portal.models.repairs.reach import within
from portal.web.i18n import said
from portal.web.tickets import state_words, title, tone

TICKETS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A home of theirs; ``url`` leads to a report for it and is empty where that is not the reader's, or no more."""

    code: str
    role: str
    url: str


@dataclass(frozen=True, slots=True)
class TicketLine:
    """An unfinished repair in a home of theirs."""

    title: str
    url: str
    status: str
    tone: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list, masked."""

    name: str
    phone: str
    homes: list[HomeLine]
    roles: str
    tickets: list[TicketLine]


def rows(found: Found, actor: Actor) -> list[PersonRow]:
    """The rows of an answer, in its order."""
    running = {party.tenure_id for one in found.people for party in one.parties if party.tenure.ended_on is None}
    tickets = _open_tickets(running, actor)
    return [_row(one, tickets, actor) for one in found.people]


def _row(one: Standing, tickets: Sequence[Ticket], actor: Actor) -> PersonRow:
    mine = {party.tenure_id for party in one.parties}
    theirs = [ticket for ticket in tickets if ticket.tenure_id in mine][:TICKETS_SHOWN]
    return PersonRow(
        mask_name(one.person.name),
        mask_phone(one.person.phone),
        [_home(party, actor) for party in one.parties],
        gettext("、").join(dict.fromkeys(said(ROLE_WORDS[grant.role]) for grant in one.grants)),
        [_ticket(ticket) for ticket in theirs],
    )


def _home(party: Party, actor: Actor) -> HomeLine:
    code, running = party.tenure.home.code, party.tenure.ended_on is None
    files = running and actor.may(P.TICKET_FILE)
    return HomeLine(
        code,
        said(ROLE_WORDS[party.relation]) if running else gettext("以前的住户"),
        url_for("staff.repairs.reports.new", home=code) if files else "",
    )


def _ticket(ticket: Ticket) -> TicketLine:
    return TicketLine(
        title(ticket),
        url_for("staff.repairs.tickets.show", number=ticket.number),
        state_words(ticket, staff=True),
        tone(ticket),
    )


def _open_tickets(tenures: Collection[UUID], actor: Actor) -> Sequence[Ticket]:
    """What is unfinished in these households, newest first."""
    found = within(select(Ticket).where(Ticket.is_open.is_(True), Ticket.tenure_id.in_(tenures)), Ticket, actor)
    return db.session.scalars(found.order_by(Ticket.id.desc())).all() if tenures else ()
