"""The jobs of somebody of the staff who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.models.accounts.departing import Work, keeps_open
from portal.models.base import db
from portal.models.repairs.assignable import UNDER_WAY
from portal.models.repairs.ticket import Ticket
from portal.models.scoping import by_rule


@keeps_open
def _jobs(person_id: UUID) -> Sequence[Work]:
    """Those booked, under way, or done and not checked, which may come back; in every development."""
    theirs = select(Ticket).where(Ticket.technician_id == person_id, Ticket.state.in_(UNDER_WAY))
    found = by_rule(theirs.order_by(Ticket.number), "the work of one who leaves")
    return [Work(ticket.number, ticket.hand_over) for ticket in db.session.scalars(found)]
