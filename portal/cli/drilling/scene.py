"""The people of the drill: one who goes, two who stay, and two of the staff who see to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

from flask import current_app
from PIL import Image
from sqlalchemy import select

from portal.models.accounts import Account, Grant, Person, Role, Session
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.files import Attachment, SealedFile
from portal.models.files.photo import read_photo
from portal.models.privacy.shredding import subjects_of
from portal.models.property import Building, CommonPart, Development, Entrance, Home, Relation, Tenure
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Place, Report
from portal.vault import Subject

# Invented; the numbers cannot be dialled. What is said stands on pages as it is.
PASSWORD = "a drill is not the real thing"  # noqa: S105 - of an installation that lives for seconds
HANDED_OVER = date(2001, 5, 1)  # past every warranty: nothing holds the one who goes
DEFECT, COMMON_DEFECT = "LEAK-05", "PUBLIC-01"


@dataclass(frozen=True, slots=True)
class Invented:
    """A person and what they say."""

    name: str
    phone: str
    email: str
    address: str
    id_number: str
    bank_account: str
    words: str
    message: str

    @property
    def values(self) -> list[str]:
        """Everything of theirs that no page may show once they are gone."""
        return [getattr(self, name) for name in self.__slots__]


GOES = Invented(
    "鹧鸪甲", "12907000001", "one@drill.invalid", "演练路 1 号", "110101199001011237", "6200000000000000001",
    "甲家卧室渗水", "甲家下午有人",
)  # fmt: skip
STAY = (
    Invented(
        "鹧鸪乙", "12907000002", "two@drill.invalid", "演练路 2 号", "110101199001021232", "6200000000000000002",
        "乙家阳台渗水", "乙家上午有人",
    ),
    Invented(
        "鹧鸪丙", "12907000003", "three@drill.invalid", "演练路 3 号", "110101199001031239", "6200000000000000003",
        "丙家厨房渗水", "丙家晚上有人",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """Who goes and what is theirs: subjects, objects of files, tickets. Cookies are of theirs and of the desk's."""

    folder: Path
    person_id: UUID
    subjects: frozenset[Subject]
    objects: frozenset[str]
    phone_index: bytes
    numbers: tuple[str, ...]
    own_cookie: str
    desk_cookie: str

    def with_objects(self) -> Scene:
        """The same once thumbnails are made: it knows the objects of every file of theirs."""
        files = [file for file in db.session.scalars(select(SealedFile)) if file.sealed_subject in self.subjects]
        return replace(self, objects=frozenset(file.object_name for file in files))

    @property
    def asked(self) -> dict[str, str]:
        """Every page that shows something of the person, with the cookie of whoever looks."""
        theirs = ["/", "/account", "/home", "/repairs", "/privacy", "/notices"]
        desk = ["/staff/", "/staff/repairs", "/staff/privacy/erasures", "/staff/notices"]
        theirs += [f"/repairs/{number}" for number in self.numbers]
        desk += [f"/staff/repairs/{number}" for number in self.numbers]
        return dict.fromkeys(theirs, self.own_cookie) | dict.fromkeys(desk, self.desk_cookie)


def play() -> Scene:
    """Everybody moves in, reports, sends photos and messages; committed."""
    development = Development(code="drill", name_zh="演练", name_en="Drill", hotline="0", completed_on=HANDED_OVER)
    building = Building(development=development, label="1", floors=3)
    entrance = Entrance(building=building, label="1")
    db.session.add_all([development, building])
    db.session.flush()
    entrance.development_id = development.id
    desk = _staff(development)
    actor, tickets = _household(GOES, entrance, "0101", common=True)
    for number, person in enumerate(STAY, 2):
        _household(person, entrance, f"0{number}01")
    _, own_cookie = Session.begin(_account(actor))
    _, desk_cookie = Session.begin(desk)
    db.session.commit()
    return _scene(actor, tickets, own_cookie, desk_cookie)


def _scene(actor: Actor, tickets: list[Ticket], own_cookie: str, desk_cookie: str) -> Scene:
    assert actor.person_id is not None
    subjects = frozenset(subjects_of(actor.person_id))
    person = db.session.get_one(Person, actor.person_id)
    return Scene(
        folder=current_app.extensions["portal.settings"].instance,
        person_id=person.id,
        subjects=subjects,
        objects=frozenset(),
        phone_index=person.phone_index or b"",
        numbers=tuple(ticket.number for ticket in tickets),
        own_cookie=own_cookie,
        desk_cookie=desk_cookie,
    )


def _staff(development: Development) -> Account:
    for number, role in enumerate((Role.AUDITOR, Role.SERVICE_AGENT), 8):
        account = Account.of(Person.add("演练", f"1290700000{number}"))
        Grant.give(account, role, development.id)
    return account


def _account(actor: Actor) -> Account:
    return db.session.get_one(Account, actor.account_id)


def _household(who: Invented, entrance: Entrance, number: str, *, common: bool = False) -> tuple[Actor, list[Ticket]]:
    """One person, their home, a repair with a photo and a message, withdrawn again; ``common`` adds a common part's."""
    home = Home(development=entrance.building.development, entrance=entrance, number=number, floor=number[:2])
    home.handed_over_on = HANDED_OVER
    db.session.add(home)
    db.session.flush()
    person = Person.add(who.name, who.phone, who.email, who.address)
    person.id_number, person.birth_date, person.bank_account = who.id_number, "1990-01-01", who.bank_account
    account = Account.of(person)
    account.set_password(PASSWORD, staff=False)
    tenure = Tenure.begin(home, HANDED_OVER)
    actor = replace(tenure.admit(person, Relation.OWNER).actor(None), account_id=account.id)
    places = [Place(home.development, tenure)]
    if common:
        places.append(Place(home.development, tenure, common_part=CommonPart.LIFT, building=entrance.building))
    return actor, [_repair(place, who, actor) for place in places]


def _repair(place: Place, who: Invented, by: Actor) -> Ticket:
    draft, defect = uuid4(), Defect.current(COMMON_DEFECT if place.common_part else DEFECT)
    if place.tenure is not None and place.common_part is None:
        Attachment.add(read_photo(_picture()), draft, place.tenure.subject, by)
    ticket = Ticket.report(place, defect, Report(who.words, draft=draft), by)
    ticket.say(who.message, by)
    ticket.withdraw("mistake", by=by)
    db.session.flush()
    return ticket


def _picture() -> BytesIO:
    picture = BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(picture, "JPEG")
    picture.seek(0)
    return picture
