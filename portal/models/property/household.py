"""Who belongs to a household and may do what there: the owner's verbs, and the end that comes with a sale."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.permissions import P
from portal.models.accounts.session import Session
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Denied, N_, NotReached, Refused
from portal.models.events import declare, record
from portal.models.property.rights import ALL, Right
from portal.models.property.tenure import Party, Relation, Tenure
from portal.models.signals import announce, touch

RIGHTS_SET = declare("household.rights_set", ("person", "rights"))
REMOVED = declare("household.removed", ("person",))
ENDED = declare("household.ended", ("tenure",))


def owned_by(actor: Actor, tenure_id: UUID) -> Tenure:
    """A running tenure whose owner is acting; raises Denied for who manages no household, NotReached for another's."""
    if not actor.may(P.HOUSEHOLD_MANAGE):
        raise Denied
    tenure = Tenure.reached_by(actor, tenure_id)
    if tenure.party_of(actor.person_id).relation != Relation.OWNER:
        raise NotReached
    return tenure


def members(tenure: Tenure) -> list[Party]:
    """Those whose rights the owner sets: everybody of the household but its owners and tenants."""
    return [party for party in tenure.parties if party.relation == Relation.CO_OWNER]


def member(tenure: Tenure, party_id: UUID) -> Party:
    """One of them; raises NotReached for anybody else."""
    for party in members(tenure):
        if party.id == party_id:
            return party
    raise NotReached


def chosen(rights: int) -> int:
    """Rights as a row keeps them: seeing is the floor. Raises Refused for what is none."""
    if rights & ~int(ALL):
        raise Refused(N_("请从列出的里选"), "rights")
    return int(rights | Right.SEE)


def set_rights(party: Party, rights: int, by: Actor) -> None:
    """The owner gives and takes; it counts from the next request on, and open streams connect anew."""
    owned_by(by, party.tenure_id)
    member(party.tenure, party.id)
    party.rights = chosen(rights)
    record(by, RIGHTS_SET, party.tenure.home, person=party.person_id.hex, rights=party.rights)
    _end_streams(party.person_id)


def remove(party: Party, by: Actor) -> None:
    """The owner takes a member out of the household; what they reported stays."""
    tenure = owned_by(by, party.tenure_id)
    member(tenure, party.id)
    record(by, REMOVED, tenure.home, person=party.person_id.hex)
    _end_streams(party.person_id)
    tenure.parties.remove(party)
    db.session.delete(party)
    db.session.flush()


def end(tenure: Tenure, on: date, by: Actor) -> None:
    """The home is sold: everybody's rights in it end at once, in open sessions and streams too, and so do invitations.

    Raises Refused for a day before the tenure began or one still to come, or where it has ended already.
    """
    if tenure.ended_on is not None or not tenure.began_on <= on <= clock.today():
        raise Refused(N_("填写过户的日期，不早于入住、不晚于今天"), "on")
    tenure.ended_on = on
    record(by, ENDED, tenure.home, tenure=tenure.id.hex)
    in_use = update(Account).where(Account.tenure_id == tenure.id).values(tenure_id=None)
    db.session.execute(in_use, execution_options={"synchronize_session": "fetch"})
    for party in tenure.parties:
        _end_streams(party.person_id)
    db.session.flush()


def use(actor: Actor, tenure_id: UUID) -> Tenure:
    """The person goes over to another of their homes: what they may do is what they may do there."""
    tenure = (
        next((one for one in Tenure.of_person(actor.person_id) if one.id == tenure_id), None)
        if actor.person_id
        else None
    )
    if tenure is None:
        raise NotReached
    account = db.session.get_one(Account, actor.account_id)
    account.tenure_id = tenure.id
    _end_streams(account.person_id)
    return tenure


def _end_streams(person_id: UUID) -> None:
    """Open streams end, and connect anew with what their session reaches then; open pages are told to look again."""
    live = select(Session.id).join(Account).where(Account.person_id == person_id, Session.ended_at.is_(None))
    for session_id in db.session.scalars(live):
        announce(f"session:{session_id.hex}", 1)
    touch(f"person:{person_id.hex}")
