"""Which tickets a grant reaches: the only place where ticket queries are scoped.

A condition is built once for each way of reaching and filled with the actor's values when it runs, because building it
costs more than asking it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, false, or_, select, true

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.grant import Grant
from portal.models.accounts.permissions import WORKERS, P, Role
from portal.models.actor import Actor, Reach
from portal.models.base import Id, Instant, columns
from portal.models.property.development import Entrance
from portal.models.property.home import Home
from portal.models.property.rights import rights_of
from portal.models.property.tenure import Party, Tenure, current
from portal.models.scoping import limited

HOUSEHOLD = (Role.OWNER, Role.CO_OWNER)


class Kind(StrEnum):
    """How an actor comes to a ticket."""

    NONE = "none"
    HOUSEHOLD = "household"
    OWN_REPORTS = "own_reports"
    OWN_JOBS = "own_jobs"
    OWN_FILED = "own_filed"
    TEAM = "team"
    DEVELOPMENT = "development"


class Way(NamedTuple):
    """How, and whether only in some buildings."""

    kind: Kind
    in_buildings: bool = False


def way(actor: Actor) -> Way:
    """A household by its tenures, a tenant by what they reported, whoever does the work by the jobs that are theirs
    now, others of the staff by what they filed, by their team, or by their development or the buildings of it.
    """
    if actor.person_id is None or not actor.may(P.TICKET_VIEW):
        return Way(Kind.NONE)
    if actor.role in HOUSEHOLD:
        return Way(Kind.HOUSEHOLD)
    if actor.role == Role.TENANT:
        return Way(Kind.OWN_REPORTS)
    if actor.development_id is None:
        return Way(Kind.NONE)
    own = Kind.OWN_JOBS if actor.role in WORKERS else Kind.OWN_FILED
    team = Kind.TEAM if actor.team else own
    kind = {Reach.OWN: own, Reach.TEAM: team, Reach.ALL: Kind.DEVELOPMENT}[actor.reach]
    return Way(kind, bool(actor.buildings))


def values(actor: Actor) -> dict[str, Any]:
    """What fills the condition when it runs."""
    return {
        "reach_person": actor.person_id,
        "reach_development": actor.development_id,
        "reach_buildings": list(actor.buildings),
        "reach_team": actor.team,
        "reach_now": clock.now(),
        "reach_rights": rights_of(actor),
        "reach_today": clock.today(),
    }


def condition(ticket: Any, by: Way) -> ColumnElement[bool]:
    """The condition under which a ticket is reached this way; ``values`` of the actor must be given with it."""
    filled: dict[str, Any] = {
        "reach_person": bindparam("reach_person", type_=Id),
        "reach_development": bindparam("reach_development", type_=Id),
        "reach_buildings": bindparam("reach_buildings", type_=Id, expanding=True),
        "reach_team": bindparam("reach_team"),
        "reach_now": bindparam("reach_now", type_=Instant),
        "reach_rights": bindparam("reach_rights", type_=Integer),
        "reach_today": bindparam("reach_today", type_=Date),
    }
    return _built(ticket, by, filled)


def reached(ticket: Any, actor: Actor) -> ColumnElement[bool]:
    """The same with the actor's values in it, for a query that is built on the spot."""
    return _built(ticket, way(actor), values(actor))


def within(query: Select[Any], ticket: Any, actor: Actor) -> Select[Any]:
    """A query of tickets, limited to those the actor reaches."""
    return limited(query, reached(ticket, actor))


def _built(ticket: Any, by: Way, given: dict[str, Any]) -> ColumnElement[bool]:
    if by.kind in (Kind.HOUSEHOLD, Kind.OWN_REPORTS):
        return _at_home(ticket, by.kind, given)
    if by.kind == Kind.NONE:
        return false()
    there = ticket.development_id == given["reach_development"]
    where = _in_buildings(ticket, given["reach_buildings"]) if by.in_buildings else true()
    return and_(there, where, _whose(ticket, by.kind, given))


def _at_home(ticket: Any, kind: Kind, given: dict[str, Any]) -> ColumnElement[bool]:
    """A household sees the tickets of its running tenures, and each person what they reported themselves about common
    parts, as long as they have a home in that development; of a home they rent, only what they reported. Where they
    have fewer rights than the actor uses they reach nothing: they change to that home first.
    """
    person, rights = given["reach_person"], given["reach_rights"]
    tenure, party = columns(Tenure), columns(Party)
    running = select(tenure.id).join_from(Party.__table__, Tenure.__table__)
    running = running.where(party.person_id == person, current(party, tenure, given["reach_today"]))
    running = running.where(party.rights.bitwise_and(rights) == rights)
    mine = ticket.reporter_id == person
    rented = and_(mine, ticket.tenure_id.in_(running))
    here = ticket.development_id.in_(running.with_only_columns(tenure.development_id))
    common = and_(ticket.tenure_id.is_(None), mine, here)
    if kind == Kind.OWN_REPORTS:
        return or_(rented, common)
    return or_(ticket.tenure_id.in_(running.where(party.relation != Role.TENANT)), rented, common)


def _in_buildings(ticket: Any, buildings: Any) -> ColumnElement[bool]:
    """In a home of these buildings, or a common part of one. The grounds are for those who have the whole."""
    home, entrance = columns(Home), columns(Entrance)
    homes = select(home.id).join_from(Home.__table__, Entrance.__table__).where(entrance.building_id.in_(buildings))
    return or_(ticket.building_id.in_(buildings), ticket.home_id.in_(homes))


def _whose(ticket: Any, kind: Kind, given: dict[str, Any]) -> ColumnElement[bool]:
    if kind == Kind.OWN_JOBS:
        jobs: ColumnElement[bool] = ticket.technician_id == given["reach_person"]
        return jobs
    if kind == Kind.OWN_FILED:
        filed: ColumnElement[bool] = ticket.filed_by_id == given["reach_person"]
        return filed
    if kind == Kind.TEAM:
        team = _team(given)
        return or_(ticket.technician_id.in_(team), ticket.filed_by_id.in_(team))
    return true()


def _team(given: dict[str, Any]) -> Select[Any]:
    """The persons of the actor's team, those whose grant is in force."""
    grant, account = columns(Grant), columns(Account)
    found = select(account.person_id).join_from(Grant.__table__, Account.__table__)
    now = given["reach_now"]
    running = and_(grant.since <= now, or_(grant.until.is_(None), grant.until > now))
    return found.where(grant.development_id == given["reach_development"], grant.team == given["reach_team"], running)
