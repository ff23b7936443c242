"""The people of the demonstration: complete, and nobody."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import phonenumbers

from portal.demo.people import PHONES
from portal.demo.scenes import SEED
from portal.vault import normalise
from tests.demo.stage import SCENES


@cache
def households():
    return SCENES.households(SEED)


def persons():
    return list({person.key: person for each in households() for person in each.members}.values())


def test_every_home_has_one_household():
    found = households()
    assert [each.home for each in found] == list(SCENES.development.homes)
    assert 80 < sum(each.co_owner is not None for each in found) < 130
    owners = {each.home: each.owner.key for each in found}
    assert [home for home, key in owners.items() if key == "lin"] == ["1-1-0501", "3-2-1202"]
    assert len(set(owners.values())) == 299


def test_names_phones_and_mails_belong_to_one_person_each():
    everybody = persons() + [each for each in SCENES.people.cast.values() if not each.homes]
    assert len(everybody) > 380
    for what in ("key", "name", "phone", "email"):
        assert len({getattr(person, what) for person in everybody}) == len(everybody)


def test_a_seed_gives_other_names_but_the_same_keys_and_phones():
    here, there = SCENES.households(1), SCENES.households(2)
    assert [each.owner.phone for each in here] == [each.owner.phone for each in there]
    assert [each.owner.name for each in here] != [each.owner.name for each in there]
    assert SCENES.households(1) == here


def test_no_phone_can_be_anybodys():
    """Eleven digits that sign-in accepts; no mobile number (13 to 19), no emergency or service number."""
    for person in persons() + list(SCENES.people.cast.values()):
        number = phonenumbers.parse(person.phone, "CN")
        assert int(person.phone) in PHONES
        assert phonenumbers.is_possible_number(number)
        assert not phonenumbers.is_valid_number(number)
        assert not re.fullmatch(r"1[3-9]\d{9}", person.phone)
        assert not person.phone.startswith(("110", "112", "119", "120", "121", "122", "123", "125"))


def test_the_blind_index_finds_every_phone():
    for person in persons() + list(SCENES.people.cast.values()):
        assert normalise.phone(person.phone) == normalise.phone(f"+86 {person.phone}") == f"+86{person.phone}".encode()


def test_no_mail_can_arrive():
    assert all(person.email.endswith(".invalid") for person in persons() + list(SCENES.people.cast.values()))


def test_the_cast_is_complete():
    roles = Counter(person.role for person in SCENES.people.cast.values())
    assert roles == {
        "owner": 2,
        "co_owner": 1,
        "service_agent": 1,
        "dispatcher": 1,
        "technician": 5,
        "manager": 1,
        "auditor": 1,
        "admin": 1,
    }
    badges = [person.badge for person in SCENES.people.of_role("technician")]
    assert len(set(badges)) == len(badges)
