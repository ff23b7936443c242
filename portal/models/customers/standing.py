"""What people are in a development: party of a household, now or before, or one of the staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, union
from sqlalchemy.orm import joinedload

from portal import clock
from portal.models.accounts import Account, Grant, Person
from portal.models.accounts.grant import running
from portal.models.base import db
from portal.models.fields import open_many
from portal.models.property import Entrance, Home, Party, Tenure


@dataclass(frozen=True, slots=True)
class Standing:
    """A person with their parts in households here, those of today first, and their roles of the staff here."""

    person: Person
    parties: Sequence[Party]
    grants: Sequence[Grant]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where somebody of the staff looks: a development, or (not empty) some of its buildings."""

    development_id: UUID
    buildings: frozenset[UUID] = frozenset()


def known_in(scope: Scope, ids: Collection[UUID]) -> set[UUID]:
    """Those of the persons who are known in a scope: party of a tenure there, or one of the development's staff."""
    development_id = scope.development_id
    parties = select(Party.person_id).join(Tenure).where(_party_there(scope, ids))
    staff = select(Account.person_id).join(Grant).where(_staff_there(development_id, ids))
    return set(db.session.scalars(union(parties, staff)))


def standings(scope: Scope, ids: Sequence[UUID]) -> list[Standing]:
    """What these persons are in the scope, in their order, with what they are called opened in one go."""
    people = Person.of_ids(ids)
    open_many(people.values(), Person.contact)
    development_id = scope.development_id
    parties = select(Party).join(Tenure).where(_party_there(scope, ids)).options(joinedload(Party.tenure))
    joined = db.session.scalars(parties.order_by(Tenure.began_on.desc(), Party.id)).unique().all()
    grants = db.session.scalars(select(Grant).join(Account).where(_staff_there(development_id, ids))).all()
    return [
        Standing(
            people[one],
            sorted((party for party in joined if party.person_id == one), key=_is_over),
            [grant for grant in grants if grant.account.person_id == one],
        )
        for one in ids
        if one in people
    ]


def _is_over(party: Party) -> bool:
    return party.tenure.ended_on is not None


def _party_there(scope: Scope, ids: Collection[UUID]) -> ColumnElement[bool]:
    there = and_(Tenure.development_id == scope.development_id, Party.person_id.in_(ids))
    if not scope.buildings:
        return there
    homes = select(Home.id).join(Entrance).where(Entrance.building_id.in_(scope.buildings))
    return and_(there, Tenure.home_id.in_(homes))


def _staff_there(development_id: UUID, ids: Collection[UUID]) -> ColumnElement[bool]:
    return and_(Grant.development_id == development_id, running(clock.now()), Account.person_id.in_(ids))
