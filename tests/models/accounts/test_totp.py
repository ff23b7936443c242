"""Codes of an app: a step either side, each step once, thirty wrong ones a day, and nothing of the secret in plain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from portal import clock
from portal.models.accounts import Totp
from portal.models.accounts.totp import MOST_WRONG, STEP
from portal.models.base import db
from portal.models.errors import Refused
from portal.models.events import Event
from tests.stage.cast import Cast
from tests.stage.crowd import Meeting, at_once

NOON = datetime(2026, 11, 22, 4, 0, 10, tzinfo=UTC)
LATER = timedelta(seconds=STEP)


def _enrolled(cast: Cast, key: str = "dispatcher") -> Totp:
    """Enrolled an hour before noon, so that no code of noon was taken."""
    with clock.at(NOON - timedelta(hours=1)):
        totp = Totp.begin(cast.account(key))
        totp.confirm(totp.now(), by=cast.actor(key))
        db.session.flush()
    return totp


def _code(totp: Totp, moment: datetime) -> str:
    return pyotp.TOTP(totp.secret or "").at(moment)


def test_it_counts_from_the_first_right_code(any_app: Flask, cast: Cast):
    with cast.at_work(), clock.at(NOON):
        account = cast.account("dispatcher")
        shown = Totp.begin(account).secret
        totp = Totp.begin(account)
        assert totp.secret != shown
        assert Totp.waiting(account.id) is totp
        assert Totp.of(account.id) is None
        with pytest.raises(Refused):
            totp.confirm("000000" if totp.now() != "000000" else "111111", by=cast.actor("dispatcher"))
        totp.confirm(totp.now(), by=cast.actor("dispatcher"))
        assert Totp.of(account.id) is totp
        assert Totp.waiting(account.id) is None


def test_a_new_app_replaces_the_old_one(app: Flask, cast: Cast):
    with cast.at_work():
        old = _enrolled(cast)
        with clock.at(NOON):
            new = Totp.begin(cast.account("dispatcher"))
            assert Totp.of(new.account_id) is old
            new.confirm(new.now(), by=cast.actor("dispatcher"))
            db.session.flush()
            db.session.expire_all()
            assert Totp.of(new.account_id) is new


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(app: Flask, cast: Cast, steps: int, right: bool):
    with cast.at_work():
        totp = _enrolled(cast)
        with clock.at(NOON):
            assert totp.proves(_code(totp, NOON + steps * LATER)) is right


def test_a_step_is_taken_once_and_no_earlier_one_after_it(any_app: Flask, cast: Cast):
    with cast.at_work():
        totp = _enrolled(cast)
        with clock.at(NOON):
            now, before = _code(totp, NOON), _code(totp, NOON - LATER)
            assert totp.proves(now)
            assert not totp.proves(now)
            assert not totp.proves(before)
            assert totp.proves(_code(totp, NOON + LATER))


def test_the_code_that_enrolled_opens_nothing(app: Flask, cast: Cast):
    with cast.at_work(), clock.at(NOON):
        totp = Totp.begin(cast.account("dispatcher"))
        code = totp.now()
        totp.confirm(code, by=cast.actor("dispatcher"))
        assert not totp.proves(code)


def test_of_two_with_the_same_code_at_once_one_gets_in(any_app: Flask, cast: Cast):
    with cast.at_work():
        account_id = _enrolled(cast).account_id
        db.session.commit()
    meeting = Meeting()

    def prove() -> bool:
        totp = Totp.of(account_id)
        assert totp is not None
        meeting.wait()
        with clock.at(NOON):
            done = totp.proves(_code(totp, NOON))
        db.session.commit()
        return done

    assert sorted(at_once(any_app, prove, prove)) == [False, True]


def test_thirty_wrong_ones_a_day(app: Flask, cast: Cast):
    """Then even the right one is none, until the day is over: a guess succeeds with less than 1e-4 a day."""
    with cast.at_work():
        totp = _enrolled(cast)
        with clock.at(NOON):
            for _ in range(MOST_WRONG):
                assert not totp.proves("not it")
            assert not totp.proves(_code(totp, NOON))
        tomorrow = NOON + timedelta(days=1)
        with clock.at(tomorrow):
            assert totp.proves(_code(totp, tomorrow))
    assert 3 * MOST_WRONG / 10**6 < 1e-4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=12))
def test_nothing_but_the_code_is_the_code(app: Flask, cast: Cast, typed: str):
    with cast.at_work():
        totp = _enrolled(cast)
        with clock.at(NOON):
            right = {_code(totp, NOON + n * LATER) for n in (-1, 0, 1)}
            assert totp.proves(typed) == ("".join(typed.split()) in right)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offs=st.lists(st.integers(-3, 3), max_size=12))
def test_whatever_the_order_no_step_is_taken_twice_or_backwards(app: Flask, cast: Cast, offs: list[int]):
    with cast.at_work():
        totp, newest = _enrolled(cast), -9
        with clock.at(NOON):
            for off in offs:
                expected = abs(off) <= 1 and off > newest
                assert totp.proves(_code(totp, NOON + off * LATER)) is expected
                newest = off if expected else newest


def test_the_secret_is_sealed_and_in_no_event(app: Flask, cast: Cast):
    with cast.at_work():
        totp = _enrolled(cast)
        secret = totp.secret or ""
        assert len(secret) == 32
        assert secret in totp.uri
        assert (cast.person("dispatcher").phone or "") not in totp.uri
        raw = str(db.session.execute(text("select * from totp")).all())
        told = b"".join(db.session.scalars(select(Event.json)))
        assert secret not in raw
        assert secret.encode() not in told
        assert b"account.factor_added" in told
