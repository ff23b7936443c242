"""The demonstration's place and people as rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal import clock
from portal.demo.development import Development as Place
from portal.demo.people import Person as Known
from portal.demo.scenes import Scenes
from portal.models.accounts import Account, Grant, Person, Role, Totp
from portal.models.base import db
from portal.models.property import Building, Development, Entrance, Home, HouseType, Party, Relation, Space, Tenure

SERVED = timedelta(days=3 * 365)  # the staff were there before the oldest of the told repairs
PASSWORD = "anju-demo-2026-yunqili"  # noqa: S105 - the demonstration's, told to everybody at the start


@dataclass
class Settled:
    """The rows by the keys of the scenes."""

    development: Development
    homes: dict[str, Home] = field(default_factory=dict)
    buildings: dict[str, Building] = field(default_factory=dict)
    tenures: dict[str, Tenure] = field(default_factory=dict)
    parties: dict[tuple[str, str], Party] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)


def settle(scenes: Scenes, now: datetime) -> Settled:
    """Add the development, its 300 homes, their households and the staff; the caller commits."""
    place = scenes.development.moved_to(now)
    settled = Settled(_development(place))
    _homes(place, settled)
    for household in scenes.households():
        home = settled.homes[household.home]
        began_on = home.handed_over_on or now.date()
        tenure = Tenure(development_id=settled.development.id, home=home, began_on=began_on)
        settled.tenures[household.home] = tenure
        db.session.add(tenure)
        for known, relation in ((household.owner, Relation.OWNER), (household.co_owner, Relation.CO_OWNER)):
            if known is not None:
                party = Party(person=_person(known, settled), relation=relation.value)
                tenure.parties.append(party)
                settled.parties[household.home, known.key] = party
    with clock.at(now - SERVED):
        _staff(scenes, settled)
    _accounts(scenes, settled)
    db.session.flush()
    return settled


def _development(place: Place) -> Development:
    row = Development(
        code=place.code,
        name_zh=place.name_zh,
        name_en=place.name_en,
        hotline=place.hotline,
        completed_on=place.completed_on,
    )
    db.session.add(row)
    return row


def _homes(place: Place, settled: Settled) -> None:
    types = {code: _house_type(settled.development.id, known) for code, known in place.types.items()}
    entrances: dict[tuple[str, str], Entrance] = {}
    for known in place.buildings:
        building = Building(development=settled.development, label=known.label, floors=known.highest)
        settled.buildings[known.label] = building
        for label in known.entrances:
            entrances[known.label, label] = Entrance(
                development_id=settled.development.id, building=building, label=label
            )
    for code, home in place.homes.items():
        settled.homes[code] = Home(
            development=settled.development,
            entrance=entrances[home.building, home.entrance],
            house_type=types[home.type.code],
            number=home.number,
            floor=str(home.floor),
            area=home.type.area,
            handed_over_on=home.handed_over_on,
        )
    db.session.add_all(settled.homes.values())


def _house_type(development_id: UUID, known: object) -> HouseType:
    from portal.demo.house_types import HouseType as KnownType

    assert isinstance(known, KnownType)
    row = HouseType(
        development_id=development_id,
        code=known.code,
        layout_zh=known.layout_zh,
        layout_en=known.layout_en,
        plan=known.plan,
    )
    row.spaces = [
        Space(
            code=space.code,
            name_zh=space.name_zh,
            name_en=space.name_en,
            position=number,
            x=space.x,
            y=space.y,
            w=space.w,
            h=space.h,
        )
        for number, space in enumerate(known.spaces)
    ]
    return row


def _person(known: Known, settled: Settled) -> Person:
    if known.key not in settled.persons:
        person = Person()
        person.name, person.phone, person.email = known.name, f"+86{known.phone}", known.email
        settled.persons[known.key] = person
        db.session.add(person)
    return settled.persons[known.key]


def _staff(scenes: Scenes, settled: Settled) -> None:
    db.session.flush()
    for known in scenes.people.cast.values():
        if known.role in (Role.OWNER, Role.CO_OWNER):
            continue
        account = Account.of(_person(known, settled))
        settled.grants[known.key] = Grant.give(
            account, Role(known.role), settled.development.id, badge=known.badge or "", trade=known.trade or ""
        )


def _accounts(scenes: Scenes, settled: Settled) -> None:
    """Only the cast signs in; one password for all of them is hashed once."""
    first: Account | None = None
    for known in scenes.people.cast.values():
        account = Account.of(settled.persons[known.key])
        if first is None:
            account.set_password(PASSWORD, staff=True)
            first = account
        account.password_hash, account.password_at = first.password_hash, first.password_at
        if known.key in settled.grants:
            _second_factor(account, settled.grants[known.key])


def _second_factor(account: Account, grant: Grant) -> None:
    """An app that nobody has: the demonstration's own page of the second step shows what it would."""
    totp = Totp.begin(account)
    with clock.at(clock.now() - timedelta(hours=1)):  # so that the code of the first sign-in is a new one
        totp.confirm(totp.now(), by=grant.actor())
