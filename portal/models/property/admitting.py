"""The desk enters who a home belongs to, or who rents it, from the contract; the person claims it by telephone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from portal import clock
from portal.models.accounts.permissions import P
from portal.models.accounts.person import Person, e164
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.errors import Denied, N_, Refused
from portal.models.events import declare, record
from portal.models.property.home import Home
from portal.models.property.tenure import Party, Relation, Tenure

ADMITTED = declare("household.admitted", ("person", "relation"))


class KnownNumber(Refused):
    """Somebody has this number already: ``person``, whom the desk compares with the contract before going on."""

    message = N_("这个号码已经登记过，请核对是不是同一个人")

    def __init__(self, person: Person) -> None:
        super().__init__(field="same")
        self.person = person


@dataclass(frozen=True, slots=True)
class Admission:
    """What the contract says. ``lease`` is a tenant's first and last day; ``same``: a known number is this person's."""

    home: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False, default="")
    relation: Relation = Relation.OWNER
    lease: tuple[date, date] | None = None
    same: bool = False


def admit(entry: Admission, by: Actor) -> Party:
    """Enter the person and let them join the household; an owner begins it. They owe the privacy notice.

    Somebody with the number is never made one with the new person unless ``same`` says so, and keeps name and mail
    address as they are. Raises Refused, KnownNumber among them, Repeated, and Denied.
    """
    if not by.may(P.HOUSEHOLD_ADMIT) or by.development_id is None:
        raise Denied
    home = Home.of_code(by.development_id, entry.home)
    if home is None:
        raise Refused(N_("没有这套房，请核对房号"), "home")
    _check_lease(entry)
    number = e164(entry.phone)
    known = Person.by_phone(number) if number else None
    if known is not None and not entry.same:
        raise KnownNumber(known)
    tenure = _tenure(home, entry.relation)
    person = Person.add(entry.name, entry.phone, entry.email)
    if any(party.person_id == person.id for party in tenure.parties):
        raise Refused(N_("这个人已经是这一户的了"), "phone")
    party = tenure.admit(person, entry.relation, lease=entry.lease)
    record(by, ADMITTED, home, person=person.id.hex, relation=entry.relation.value)
    db.session.flush()
    return party


def _tenure(home: Home, relation: Relation) -> Tenure:
    if relation == Relation.OWNER:
        return Tenure.begin(home, clock.today())
    tenure = Tenure.running(home.id)
    if tenure is None:
        raise Refused(N_("这套房还没有业主，请先登记业主"), "home")
    return tenure


def _check_lease(entry: Admission) -> None:
    if (entry.relation == Relation.TENANT) != (entry.lease is not None):
        raise Refused(N_("租客要填写租期，其他人不用"), "until_on")
    if entry.lease is not None and not entry.lease[0] <= entry.lease[1]:
        raise Refused(N_("租期的最后一天不能早于第一天"), "until_on")
