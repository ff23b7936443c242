"""A home by its short form, however it is typed."""

from __future__ import annotations

from portal.models.base import db
from portal.models.property import Building, Entrance, Home
from tests.stage.cast import Cast

SPELLINGS = [
    "1-1-0101",
    " 1-1-0101 ",
    "1 1 0101",
    "1—1—0101",
    "1–1–0101",
    "1/1/0101",
    "1#1-0101",
    "1栋1单元0101",
    "1幢1单元0101室",
    "1号楼1单元0101房",
    "１－１－０１０１",
    "1座\u30001单元 0101",
]


def test_a_home_is_found_in_every_spelling(any_app, cast: Cast):
    with cast.at_work():
        home, here = cast.home(), cast.development().id
        assert [spelling for spelling in SPELLINGS if Home.of_code(here, spelling) is not home] == []


NO_HOMES = ["", "-", "0101", "1-1-0103", "2-1-0101", "1-2-0101", "1-1-0101-1", "一-一-0101", "%-%-%"]


def test_anything_else_is_no_home(app, cast: Cast, subtests):
    for code in NO_HOMES:
        with subtests.test(code=code), cast.at_work():
            assert Home.of_code(cast.development().id, code) is None


def test_a_home_of_another_development_is_not_found(app, cast: Cast):
    with cast.at_work():
        assert Home.of_code(cast.grant("stranger").development_id, "1-1-0101") is None


def _home(cast: Cast, entrance: str, number: str = "0101", building: Building | None = None) -> Home:
    where = building or cast.home("1-1-0102").entrance.building
    row = Entrance(development_id=where.development_id, building=where, label=entrance)
    home = Home(development=where.development, entrance=row, number=number, floor="1")
    db.session.add(home)
    db.session.flush()
    return home


def test_without_the_entrance_only_what_is_the_only_one(app, cast: Cast):
    """1-0101 in a house with two entrances is not the flat of whoever happens to come first."""
    with cast.at_work():
        here = cast.development().id
        assert Home.of_code(here, "1-0101") is cast.home()
        second = _home(cast, "2")
        assert Home.of_code(here, "1-0101") is None
        assert Home.of_code(here, "1-2-0101") is second
        assert Home.of_code(here, "1-0102") is cast.home("1-1-0102")


def test_a_house_without_entrances_has_short_codes(app, cast: Cast):
    with cast.at_work():
        villa = Building(development=cast.development(), label="B3", floors=2)
        db.session.add(villa)
        db.session.flush()
        home = _home(cast, "", "1A", villa)
        assert home.code == "B3-1A"
        for typed in ("B3-1A", "b3 1a", "B3栋1A室"):
            assert Home.of_code(cast.development().id, typed) is home


CODES = ["1-1-0101", "1-1-0102", "1-1-0201"]


def test_a_homes_own_code_leads_back_to_it(app, cast: Cast, subtests):
    for home in CODES:
        with subtests.test(home=home), cast.at_work():
            found = cast.home(home)
            assert found.code == home
            assert [space.code for space in found.spaces] == ["master_bath", "kitchen", "living"]
