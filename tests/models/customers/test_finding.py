"""Finding people: every spelling finds the row, nobody of another development is, and each search is on record."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.extensions import db
from portal.models.accounts import Account, Grant, Person, Role
from portal.models.customers import By, Found, find, finding
from portal.models.customers.asking import asked_by
from portal.models.errors import Denied, Refused
from portal.models.events import Event
from portal.models.property import Development, Relation
from tests.people import CAST
from tests.stage.cast import Cast

ID_NUMBER = "99999919900101002X"


def names(found: Found) -> list[str]:
    """Who was found."""
    return [one.person.name or "" for one in found.people]


@pytest.fixture
def desk(app: Flask, cast: Cast):
    """Search as the service agent, with an ID number to be found."""
    with cast.at_work():
        cast.person("owner").id_number = ID_NUMBER
        cast.person("owner").email = "Lin.Xiaowen@example.com"
        db.session.commit()
        yield lambda text, by="service_agent": find(text, cast.actor(by))


PHONES = (
    *("12900000001", "129 0000 0001", "129-0000-0001", "+8612900000001", "+86 129 0000 0001", "008612900000001"),
    *("8612900000001", "１２９０００００００１", "(129) 0000.0001", "012900000001", "\t12900000001 "),
)
EMAILS = (
    "lin.xiaowen@example.com",
    "LIN.XIAOWEN@EXAMPLE.COM",
    " Lin.Xiaowen@example.com ",
    "ｌｉｎ.xiaowen＠example.com",
)
IDS = ("99999919900101002X", "99999919900101002x", "999999 19900101 002X", "９９９９９９19900101002Ｘ")
ENDINGS = ("0001", " 0001 ", "００01")
HOMES = ("1-1-0201", "1 1 0201", "1栋1单元0201室", "１－１－０２０１", "1-0201", "1#0201")


@pytest.mark.parametrize(
    ("text", "by"),
    [
        *((text, By.PHONE) for text in PHONES),
        *((text, By.EMAIL) for text in EMAILS),
        *((text, By.ID_NUMBER) for text in IDS),
        *((text, By.PHONE_ENDING) for text in ENDINGS),
        *((text, By.HOME) for text in HOMES),
        *((text, By.NAME) for text in ("林晓雯", "晓雯", "linxw", "LXW", "林 · 晓雯")),
    ],
)
def test_every_spelling_finds_the_one_person(desk, text: str, by: By):
    found = desk(text)
    there = ["林晓雯", "柳依依"] if by == By.HOME else ["林晓雯"]  # who rents it lives there too
    assert (found.by, names(found), found.count) == (by, there, len(there))


@pytest.mark.parametrize(
    ("text", "by"),
    [
        *(("楼小明", By.NAME), ("单元英", By.NAME), ("房玄龄", By.NAME), ("A座1202", By.HOME), ("十二栋1202", By.HOME)),
        *(("3-1202", By.HOME), ("12A-1-302B", By.HOME), ("138-0013-8000", By.PHONE), ("0571-8888 6666", By.PHONE)),
        *(("999999901010021", By.ID_NUMBER), ("+14155550100", By.PHONE), ("lü", By.NAME), ("林", By.NAME)),
    ],
)
def test_the_shape_tells_what_is_meant(text: str, by: By):
    assert asked_by(text) == by


@pytest.mark.parametrize("text", ["", "  ", "l", "138", "12", "1", "-", "·", "é"])
def test_what_means_everybody_is_refused_in_words(desk, text: str):
    with pytest.raises(Refused) as refused:
        desk(text)
    assert refused.value.field == "text"
    assert db.session.scalars(select(Event).where(Event.kind == finding.SEARCHED)).all() == []


@pytest.mark.parametrize("text", ["12900000199", "0199", "stranger@mail.invalid", "何志远", "hezhiyuan", "hzy"])
def test_nobody_of_another_development_is_found(desk, text: str):
    assert desk(text).count == 0
    assert names(desk(text, "stranger")) == ["何志远"]
    assert desk("林晓雯", "stranger").count == 0


@pytest.mark.parametrize("key", ["technician", "admin", "owner", "co_owner"])
def test_who_may_not_search_is_denied(desk, key: str):
    with pytest.raises(Denied):
        desk("林晓雯", key)


def test_staff_are_found_while_their_grant_runs_and_former_residents_always(desk, cast: Cast):
    (one,) = desk("周建国").people
    assert [grant.role for grant in one.grants] == ["technician"]
    cast.grant("technician").until = cast.grant("technician").since
    tenure = cast.tenure("1-1-0102")
    tenure.ended_on = tenure.began_on
    db.session.commit()
    assert desk("周建国").count == 0
    (one,) = desk("张洪生").people
    assert [party.tenure.ended_on for party in one.parties] == [tenure.ended_on]


def test_a_moved_index_finds_nobody(desk, cast: Cast):
    """Whoever writes to the database can move an index value to another row: the opened value decides."""
    owner, other = cast.person("owner"), cast.person("neighbour")
    table, rows = Person.__table__, db.session.connection()
    for column in ("phone_index", "email_index", "id_number_index"):
        value = rows.scalar(select(table.c[column]).where(table.c.id == owner.id))
        rows.execute(update(table).where(table.c.id == owner.id).values({column: None}))
        rows.execute(update(table).where(table.c.id == other.id).values({column: value}))
    db.session.commit()
    for text in ("12900000001", "lin.xiaowen@example.com", ID_NUMBER):
        assert desk(text).count == 0


def test_a_row_that_does_not_open_is_nobodys_hit(desk, cast: Cast):
    table, owner, rows = Person.__table__, cast.person("owner").id, db.session.connection()
    blob = db.session.scalar(select(table.c.contact_sealed).where(table.c.id == owner))
    rows.execute(update(table).where(table.c.id == owner).values(contact_sealed=blob[:-1] + b"\x00"))
    db.session.commit()
    for text in ("林晓雯", "12900000001", "0001", "lin.xiaowen@example.com"):
        assert desk(text).count == 0


def test_erased_emptied_and_renamed_people_leave_nothing_behind(desk, cast: Cast):
    assert desk("林晓雯").count == 1
    owner = cast.person("owner")
    owner.name, owner.phone, owner.email, owner.id_number = "欧阳娜", "12900000077", "ouyang@example.com", None
    db.session.commit()
    for text in ("林晓雯", "lxw", *PHONES[:2], "0001", EMAILS[0], ID_NUMBER):
        assert desk(text).count == 0, text
    for text in ("oyn", "0077", "12900000077", "ouyang@example.com"):
        assert names(desk(text)) == ["欧阳娜"], text
    owner.contact = None
    db.session.commit()
    for text in ("oyn", "0077", "12900000077", "ouyang@example.com"):
        assert desk(text).count == 0, text


def test_a_search_is_a_look_and_says_only_what_kind_it_was(desk, cast: Cast):
    desk("12900000001")
    desk("0001")
    desk("林晓雯")
    desk("没有这人")
    db.session.commit()
    here, owner = cast.development().id, cast.person("owner").id
    searched = db.session.scalars(select(Event).where(Event.kind == finding.SEARCHED).order_by(Event.id)).all()
    assert [(event.about_id, event.fields) for event in searched] == [
        (here, {"what": "phone", "hits": 1}),
        (here, {"what": "phone_ending", "hits": 1}),
        (here, {"what": "name", "hits": 1}),
        (here, {"what": "name", "hits": 0}),
    ]
    assert {event.actor_id for event in searched} == {cast.person("service_agent").id}
    looks = db.session.scalars(select(Event).where(Event.kind == finding.FOUND).order_by(Event.id)).all()
    assert [(event.about_id, event.fields["what"]) for event in looks] == [(owner, "phone"), (owner, "phone_ending")]
    for event in (*searched, *looks):
        assert event.note_sealed is None
        for text in ("12900000001", "0001", "林晓雯", "没有这人"):
            assert text.encode() not in event.json


def test_the_same_form_sent_again_searches_again(desk, cast: Cast):
    actor = cast.actor("service_agent", once=True)
    assert [find("林晓雯", actor).count for _ in range(2)] == [1, 1]
    db.session.commit()
    assert len(db.session.scalars(select(Event).where(Event.kind == finding.SEARCHED)).all()) == 2


def test_fifty_are_shown_and_all_are_counted_up_to_a_thousand(desk, cast: Cast, monkeypatch):
    monkeypatch.setattr(finding, "CHUNK", 7)
    monkeypatch.setattr(finding, "MOST_COUNTED", 60)
    for number in range(62):
        person = Person.add("王小" if number else "王", f"129100{number:05d}")
        cast.tenure().admit(person, Relation.CO_OWNER)
    Person.add("王外人", "12910099999")
    db.session.commit()
    found = desk("王小")
    assert (len(found.people), found.count) == (50, 61)
    found = desk("王")
    assert (len(found.people), found.count) == (50, 61)
    assert names(found)[0] == "王"


def test_two_developments_share_a_person(desk, cast: Cast):
    """A person who works elsewhere and lives here is found by both, each with what they are there."""
    stranger = cast.person("stranger")
    cast.tenure().admit(stranger, Relation.CO_OWNER)
    db.session.commit()
    (here,), (there,) = desk("何志远").people, desk("何志远", "stranger").people
    assert ([party.relation for party in here.parties], list(here.grants)) == (["co_owner"], [])
    assert (list(there.parties), [grant.role for grant in there.grants]) == ([], ["manager"])


def test_people_without_a_place_here_are_not_found(desk, cast: Cast):
    person = Person.add("赵无忌", "12900000088", "zwj@example.com")
    db.session.commit()
    for text in ("赵无忌", "zwj", "12900000088", "0088", "zwj@example.com"):
        assert desk(text).count == 0
    development = db.session.scalars(select(Development).where(Development.code == "other")).one()
    Grant.give(Account.of(person), Role.MANAGER, development.id)
    db.session.commit()
    assert desk("赵无忌").count == 0
    assert desk("赵无忌", "stranger").count == 1


def test_everybody_of_the_cast_by_everything(desk):
    for known in CAST.values():
        if known.elsewhere or not (known.homes or known.role):
            continue
        for text in (known.name, known.name[:2], known.phone, known.phone[-4:]):
            assert known.name in names(desk(text))
