"""People: found by their phone however it is written, and known once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.models.accounts import Person
from portal.models.accounts.person import e164
from portal.models.base import db
from portal.models.errors import Refused
from portal.vault import SubjectKind
from tests.people import CAST
from tests.stage.cast import Cast

SPELLINGS = [
    "12900000001",
    "129 0000 0001",
    "129-0000-0001",
    "(129) 00000001",
    "+8612900000001",
    "+86 129 0000 0001",
    "008612900000001",
    "8612900000001",
    "１２９００００００ ０１",
    "\u3000129.0000.0001\t",
    "012900000001",
]


def test_a_person_is_found_in_every_spelling_of_their_phone(any_app, cast: Cast):
    with cast.at_work():
        owner = cast.person("owner")
        assert [spelling for spelling in SPELLINGS if Person.by_phone(spelling) is not owner] == []
        assert Person.by_phone("12900000009") is None
        assert Person.by_phone("") is None
        assert Person.by_phone("不是号码") is None


def test_the_same_phone_twice_is_the_same_person(any_app, cast: Cast):
    """An existing person is left as they are: a typing slip at the desk renames nobody."""
    with cast.at_work():
        first = Person.add("白静", "136 0000 0000", "bai@mail.invalid", "杭州")
        second = Person.add("白净", "+8613600000000", "other@mail.invalid")
        assert second is first
        db.session.commit()
        db.session.expire_all()
        assert (first.name, first.phone, first.email) == ("白静", "+8613600000000", "bai@mail.invalid")


IMPOSSIBLE = ["", "110", "1290000000", "129000000011", "+86", "abc", "+1 23", "00", "１２３", "+999999999999999"]


def test_a_number_that_cannot_be_one_is_refused(app, cast: Cast, subtests):
    for phone in (*IMPOSSIBLE, "1" * 400):
        with subtests.test(phone=phone), cast.at_work():
            before = len(db.session.scalars(select(Person.id)).all())
            with pytest.raises(Refused) as refused:
                Person.add("白静", phone)
            assert refused.value.field == "phone"
            assert len(db.session.scalars(select(Person.id)).all()) == before


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("19912345678", "+8619912345678"),
        ("0571-87654321", "+8657187654321"),
        ("+852 6123 4567", "+85261234567"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_possible_numbers_are_taken_new_ranges_and_abroad(phone: str, number: str):
    assert e164(phone) == number


@pytest.mark.parametrize("name", ["", "  ", "\u3000"])
def test_a_person_needs_a_name(app, cast: Cast, name: str):
    with cast.at_work(), pytest.raises(Refused) as refused:
        Person.add(name, "13600000000")
    assert refused.value.field == "name"


def test_everything_personal_is_sealed_under_the_persons_own_key(any_app: Flask, cast: Cast):
    with cast.at_work():
        person = Person.add("白静", "13600000000", "bai@mail.invalid", "杭州市西湖区")
        db.session.commit()
        assert (person.sealed_subject.kind, person.sealed_subject.id) == (SubjectKind.PERSON, person.id)
        row = db.session.execute(text("select * from person")).mappings().all()
        kept = b"".join(
            bytes(value) for line in row for value in line.values() if isinstance(value, bytes | memoryview)
        )
        kept += str(row).encode()
        told = ["白静", "13600000000", "bai@mail", "西湖", *(known.name for known in CAST.values())]
        assert [value for value in told if value.encode() in kept] == []
        assert (person.address, db.session.get_one(Person, person.id).locale) == ("杭州市西湖区", "zh")
