"""What people are in a development: party of a household, now or before, or one of the staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, union
from sqlalchemy.orm import joinedload

from portal import clock
from portal.models.accounts import Account, Grant, Person
from portal.models.base import db
from portal.models.fields import open_many
from portal.models.property import Party, Tenure


@dataclass(frozen=True, slots=True)
class Standing:
    """A person with their parts in households here, those of today first, and their roles of the staff here."""

    person: Person
    parties: Sequence[Party]
    grants: Sequence[Grant]


def known_in(development_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those of the persons who are known in a development: party of a tenure there, or one of its staff."""
    parties = select(Party.person_id).join(Tenure).where(_party_there(development_id, ids))
    staff = select(Account.person_id).join(Grant).where(_staff_there(development_id, ids))
    return set(db.session.scalars(union(parties, staff)))


def standings(development_id: UUID, ids: Sequence[UUID]) -> list[Standing]:
    """What these persons are in the development, in their order, with what they are called opened in one go."""
    people = Person.of_ids(ids)
    open_many(people.values(), Person.contact)
    parties = select(Party).join(Tenure).where(_party_there(development_id, ids)).options(joinedload(Party.tenure))
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


def _party_there(development_id: UUID, ids: Collection[UUID]) -> ColumnElement[bool]:
    return and_(Tenure.development_id == development_id, Party.person_id.in_(ids))


def _staff_there(development_id: UUID, ids: Collection[UUID]) -> ColumnElement[bool]:
    now = clock.now()
    in_force = and_(Grant.since <= now, or_(Grant.until.is_(None), Grant.until > now))
    return and_(Grant.development_id == development_id, in_force, Account.person_id.in_(ids))
