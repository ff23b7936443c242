"""Tenures: one household at a time in a home, reached by its own parties only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.models.accounts import Person
from portal.models.actor import NOBODY, SYSTEM
from portal.models.base import db
from portal.models.errors import NotReached, Refused
from portal.models.property import Home, Relation, Tenure
from portal.vault import SubjectKind
from tests.people import CAST
from tests.stage.cast import Cast
from tests.stage.crowd import Meeting, at_once


def _end(tenure: Tenure) -> None:
    tenure.ended_on = clock.today()
    db.session.flush()


def test_a_home_has_one_household_at_a_time(any_app, cast: Cast):
    with cast.at_work():
        home, first = cast.home(), cast.tenure()
        with pytest.raises(Refused) as refused:
            Tenure.begin(home, clock.today())
        assert refused.value.field == "home"
        assert Tenure.running(home.id) is first
        _end(first)
        assert Tenure.running(home.id) is None
        second = Tenure.begin(home, clock.today())
        assert Tenure.running(home.id) is second


def test_of_two_who_move_in_at_once_one_does(any_app: Flask, cast: Cast):
    with cast.at_work():
        home_id = cast.home().id
        _end(cast.tenure())
        db.session.commit()
    meeting = Meeting()

    def begin() -> None:
        home = db.session.get_one(Home, home_id)
        Tenure.running(home_id)
        meeting.wait()
        Tenure.begin(home, date(2026, 11, 21))
        db.session.commit()

    answers = at_once(any_app, begin, begin)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Refused"]
    with cast.at_work():
        running = select(func.count(Tenure.id)).where(Tenure.home_id == home_id, Tenure.ended_on.is_(None))
        assert db.session.scalar(running) == 1


def test_the_database_itself_refuses_a_second_household(any_app, cast: Cast):
    with cast.at_work():
        home = cast.home()
        db.session.add(Tenure(development_id=home.development_id, home=home, began_on=clock.today()))
        with pytest.raises(IntegrityError):
            db.session.flush()


def test_a_person_joins_once_and_stays_what_they_are(any_app, cast: Cast):
    with cast.at_work():
        tenure, owner = cast.tenure(), cast.person("owner")
        party = tenure.admit(owner, Relation.CO_OWNER)
        assert (party.relation, len(tenure.parties)) == (Relation.OWNER, 2)
        tenure.admit(Person.add("白静", "13600000000"), Relation.CO_OWNER)
        assert len(tenure.parties) == 3


def test_of_person_lists_the_running_ones_oldest_first(any_app, cast: Cast):
    with cast.at_work():
        owner = cast.person("owner")
        older, newer = cast.tenure("1-1-0101"), cast.tenure("1-1-0201")
        assert Tenure.of_person(owner.id) == [older, newer]
        _end(older)
        assert Tenure.of_person(owner.id) == [newer]
        assert Tenure.of_person(cast.person("dispatcher").id) == []


OTHERS = [key for key in CAST if key not in ("owner", "co_owner")]


def test_a_foreign_household_is_not_reached(app, cast: Cast, subtests):
    for key in OTHERS:
        with subtests.test(key=key), cast.at_work(), pytest.raises(NotReached):
            Tenure.reached_by(cast.actor(key), cast.tenure("1-1-0101").id)


def test_ones_own_household_is_reached_while_it_runs(app, cast: Cast):
    with cast.at_work():
        tenure = cast.tenure()
        for key in ("owner", "co_owner"):
            assert Tenure.reached_by(cast.actor(key), tenure.id) is tenure
        former = cast.actor("co_owner")
        _end(tenure)
        for actor in (former, NOBODY, SYSTEM):
            with pytest.raises(NotReached):
                Tenure.reached_by(actor, tenure.id)


def test_each_household_of_a_home_has_a_key_of_its_own(app, cast: Cast):
    """What the last owner said stays theirs when the next one moves in."""
    with cast.at_work():
        first = cast.tenure()
        _end(first)
        second = Tenure.begin(cast.home(), clock.today() + timedelta(days=1))
        assert first.subject.kind == second.subject.kind == SubjectKind.TENURE
        assert first.subject.id != second.subject.id
