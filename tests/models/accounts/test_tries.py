"""Wrong tries are counted and slowed down, in memory and in a Valkey alike; nobody is locked out for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.backends.counters import counters_for
from portal.models.accounts import Device
from portal.models.accounts.account import WrongCredentials
from portal.models.accounts.attempt import Attempt
from portal.models.accounts.tries import FREE, LONGEST, TooSoon, Tries
from portal.models.base import db
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast
from tests.stage.crowd import at_once
from tests.stage.entering import enter

PHONE = CAST["owner"].phone
UNKNOWN = "12900009999"


@pytest.fixture(params=["memory", "valkey"])
def counted(request: pytest.FixtureRequest, app: Flask) -> Flask:
    """The application with its counters in either place."""
    if request.param == "valkey":
        app.extensions["portal.counters"] = counters_for(request.getfixturevalue("valkey_url"))
    return app


def waits(tries: Tries, times: int) -> list[int]:
    """How long is to be waited before each of so many tries, each taken at the moment it is taken at all."""
    found, now = [], clock.now()
    for _ in range(times):
        with clock.at(now):
            try:
                tries.take()
                found.append(0)
            except TooSoon as soon:
                found.append(soon.seconds)
                now += timedelta(seconds=soon.seconds)
                with clock.at(now):
                    tries.take()
    return found


def test_five_are_free_then_each_waits_twice_as_long_up_to_a_quarter_of_an_hour(counted: Flask):
    with counted.app_context():
        found = waits(Tries.at("test", "whom"), FREE + 13)
        assert found == [0] * FREE + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST, LONGEST, LONGEST]


def test_the_right_one_takes_the_count_back(counted: Flask):
    with counted.app_context():
        tries = Tries.at("test", "whom")
        waits(tries, FREE + 3)
        tries.forget()
        assert waits(tries, FREE) == [0] * FREE


def test_what_is_counted_apart(counted: Flask):
    with counted.app_context():
        names = [("a", "b", "c"), ("a", "b", ""), ("ab", "", "c"), ("a", "bc", ""), ("x", "b", "c")]
        keys = {Tries.at(*name).key for name in names}
        assert len(keys) == len(names)
        waits(Tries.at("a", "b", "c"), FREE + 1)
        assert waits(Tries.at("a", "b"), 1) == [0]


def test_many_at_once_are_not_one(counted: Flask):
    """Whoever sends a hundred guesses together gets no more of them judged than one after the other."""
    with counted.app_context():
        tries = Tries.at("test", "whom")
        for _ in range(FREE):
            tries.take()

    def take() -> str:
        tries.take()
        return "taken"

    now = clock.now() + timedelta(seconds=2)
    with clock.at(now):
        answers = at_once(counted, *[take] * 12)
    assert sum(answer == "taken" for answer in answers) <= 2


@pytest.mark.parametrize("phone", [PHONE, UNKNOWN, "not a number", ""])
def test_known_and_unknown_numbers_are_slowed_down_alike(app: Flask, cast: Cast, phone: str):
    with cast.at_work(), clock.at(clock.now()):
        for _ in range(FREE):
            with pytest.raises(WrongCredentials):
                enter(phone, "wrong")
        with pytest.raises(TooSoon) as soon:
            enter(phone, PASSWORD)
        assert soon.value.seconds == 1


def test_every_spelling_of_a_number_is_one_number(app: Flask, cast: Cast):
    with cast.at_work():
        spellings = ("12900000001", "+86 129 0000 0001", "0086-129-0000-0001", "129 0000 0001")
        assert len({Attempt.of(phone).tries for phone in spellings}) == 1


def test_a_known_device_is_not_held_up_by_guesses_from_elsewhere(any_app: Flask, cast: Cast):
    with cast.at_work(), clock.at(clock.now()):
        account = cast.account("owner")
        Device.remember(account.id, "mine")
        Device.remember(cast.account("neighbour").id, "theirs")
        db.session.commit()
        for device in ("", "made up", "theirs"):
            for _ in range(FREE):
                with pytest.raises((WrongCredentials, TooSoon)):
                    enter(PHONE, "wrong", device)
        for device in ("", "made up", "theirs"):
            with pytest.raises(TooSoon):
                enter(PHONE, PASSWORD, device)
        assert enter(PHONE, PASSWORD, "mine") is account


def test_guesses_from_a_known_device_hold_up_that_device_alone(app: Flask, cast: Cast):
    with cast.at_work(), clock.at(clock.now()):
        account = cast.account("owner")
        for key in ("stolen", "mine"):
            Device.remember(account.id, key)
        db.session.commit()
        for _ in range(FREE):
            with pytest.raises(WrongCredentials):
                enter(PHONE, "wrong", "stolen")
        with pytest.raises(TooSoon):
            enter(PHONE, PASSWORD, "stolen")
        assert enter(PHONE, PASSWORD, "mine") is account
        assert enter(PHONE, PASSWORD) is account


def test_the_names_of_counters_say_nothing(app: Flask, cast: Cast):
    with cast.at_work():
        assert "2900000001" not in Attempt.of(PHONE).tries.key
