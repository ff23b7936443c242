"""Which tickets a grant reaches: the only place where ticket queries are scoped."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from portal.models.accounts.permissions import P, Role
from portal.models.actor import Actor, Reach
from portal.models.property.tenure import Party, Tenure

HOUSEHOLD = (Role.OWNER, Role.CO_OWNER)


def reached(ticket: Any, actor: Actor) -> ColumnElement[bool]:
    """The condition under which a ticket is the actor's to see.

    A household sees the tickets of its running tenures, and each person what they reported themselves about common
    parts, as long as they have a home in that development. A technician sees the jobs that are theirs now. Other staff
    see their development. Nobody sees nothing.
    """
    if actor.person_id is None or not actor.may(P.TICKET_VIEW):
        return false()
    if actor.role in HOUSEHOLD:
        running = select(Tenure).join(Party).where(Party.person_id == actor.person_id, Tenure.ended_on.is_(None))
        own = and_(ticket.tenure_id.is_(None), ticket.reporter_id == actor.person_id)
        at_home = ticket.development_id.in_(running.with_only_columns(Tenure.development_id))
        return or_(ticket.tenure_id.in_(running.with_only_columns(Tenure.id)), and_(own, at_home))
    if actor.development_id is None:
        return false()
    scope: ColumnElement[bool] = ticket.development_id == actor.development_id
    return and_(scope, ticket.technician_id == actor.person_id) if actor.reach == Reach.OWN else scope
