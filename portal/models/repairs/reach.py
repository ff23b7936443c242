"""Which tickets a grant reaches: the only place where ticket queries are scoped.

A condition is built once for each way of reaching and filled with the actor's values when it runs, because building it
costs more than asking it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, bindparam, false, or_, select

from portal import clock
from portal.models.accounts.permissions import WORKERS, P, Role
from portal.models.actor import Actor, Reach
from portal.models.base import Id, columns
from portal.models.property.rights import rights_of
from portal.models.property.tenure import Party, Tenure, current

HOUSEHOLD = (Role.OWNER, Role.CO_OWNER)


class Way(StrEnum):
    """How an actor comes to a ticket."""

    NONE = "none"
    HOUSEHOLD = "household"
    OWN_REPORTS = "own_reports"
    OWN_JOBS = "own_jobs"
    OWN_FILED = "own_filed"
    DEVELOPMENT = "development"


def way(actor: Actor) -> Way:
    """A household by its tenures, a tenant by what they reported, whoever does the work by the jobs that are theirs
    now, others of the staff by their development, or by what they filed.
    """
    if actor.person_id is None or not actor.may(P.TICKET_VIEW):
        return Way.NONE
    if actor.role in HOUSEHOLD:
        return Way.HOUSEHOLD
    if actor.role == Role.TENANT:
        return Way.OWN_REPORTS
    if actor.development_id is None:
        return Way.NONE
    own = Way.OWN_JOBS if actor.role in WORKERS else Way.OWN_FILED
    return own if actor.reach == Reach.OWN else Way.DEVELOPMENT


def values(actor: Actor) -> dict[str, Any]:
    """What fills the condition when it runs."""
    return {
        "reach_person": actor.person_id,
        "reach_development": actor.development_id,
        "reach_rights": rights_of(actor),
        "reach_today": clock.today(),
    }


def condition(ticket: Any, by: Way) -> ColumnElement[bool]:
    """The condition under which a ticket is reached this way; ``values`` of the actor must be given with it."""
    return _built(
        ticket,
        by,
        bindparam("reach_person", type_=Id),
        bindparam("reach_development", type_=Id),
        bindparam("reach_rights", type_=Integer),
        bindparam("reach_today", type_=Date),
    )


def reached(ticket: Any, actor: Actor) -> ColumnElement[bool]:
    """The same with the actor's values in it, for a query that is built on the spot."""
    return _built(ticket, way(actor), actor.person_id, actor.development_id, rights_of(actor), clock.today())


def _built(ticket: Any, by: Way, person: Any, development: Any, rights: Any, today: Any) -> ColumnElement[bool]:
    """A household sees the tickets of its running tenures, and each person what they reported themselves about common
    parts, as long as they have a home in that development; of a home they rent, only what they reported. Where they
    have fewer rights than the actor uses they reach nothing: they change to that home first. Nobody: nothing.
    """
    if by in (Way.HOUSEHOLD, Way.OWN_REPORTS):
        tenure, party = columns(Tenure), columns(Party)
        running = select(tenure.id).join_from(Party.__table__, Tenure.__table__)
        running = running.where(party.person_id == person, current(party, tenure, today))
        running = running.where(party.rights.bitwise_and(rights) == rights)
        at_home = running.where(party.relation != Role.TENANT)
        mine = ticket.reporter_id == person
        rented = and_(mine, ticket.tenure_id.in_(running))
        here = ticket.development_id.in_(running.with_only_columns(tenure.development_id))
        common = and_(ticket.tenure_id.is_(None), mine, here)
        return or_(rented, common) if by == Way.OWN_REPORTS else or_(ticket.tenure_id.in_(at_home), rented, common)
    if by == Way.OWN_JOBS:
        return and_(ticket.development_id == development, ticket.technician_id == person)
    if by == Way.OWN_FILED:
        return and_(ticket.development_id == development, ticket.filed_by_id == person)
    if by == Way.DEVELOPMENT:
        scoped: ColumnElement[bool] = ticket.development_id == development
        return scoped
    return false()
