"""Recovery codes: ten, each once, replaced as a set, kept as digests."""

from __future__ import annotations

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from portal.models.accounts import RecoveryCode
from portal.models.base import db
from portal.models.events import Event
from tests.stage.cast import Cast
from tests.stage.crowd import Meeting, at_once


def _made(cast: Cast, key: str = "dispatcher") -> list[str]:
    codes = RecoveryCode.renew(cast.account(key), by=cast.actor(key))
    db.session.flush()
    return codes


def test_each_of_ten_works_once(any_app: Flask, cast: Cast):
    with cast.at_work():
        codes, account = _made(cast), cast.account("dispatcher")
        assert len(set(codes)) == 10
        assert {len(code) for code in codes} == {19}
        for used, code in enumerate(codes, 1):
            assert RecoveryCode.take(account, code)
            assert not RecoveryCode.take(account, code)
            assert RecoveryCode.left(account.id) == 10 - used


def test_a_code_is_read_however_it_is_typed(app: Flask, cast: Cast):
    with cast.at_work():
        first, second, third, *_ = _made(cast)
        account = cast.account("dispatcher")
        assert RecoveryCode.take(account, first.upper())
        assert RecoveryCode.take(account, second.replace("-", ""))
        assert RecoveryCode.take(account, f"  {third.replace('-', ' ')}\n")


def test_a_new_set_replaces_the_old_and_nobody_elses(app: Flask, cast: Cast):
    with cast.at_work():
        old, theirs = _made(cast), _made(cast, "manager")
        new = _made(cast)
        account = cast.account("dispatcher")
        assert not any(RecoveryCode.take(account, code) for code in (*old, *theirs))
        assert all(RecoveryCode.take(account, code) for code in new)
        assert RecoveryCode.left(cast.account("manager").id) == 10


def test_of_two_with_the_same_code_at_once_one_gets_in(any_app: Flask, cast: Cast):
    with cast.at_work():
        code = _made(cast)[0]
        db.session.commit()
    meeting = Meeting()

    def take() -> bool:
        account = cast.account("dispatcher")
        meeting.wait()
        done = RecoveryCode.take(account, code)
        db.session.commit()
        return done

    assert sorted(at_once(any_app, take, take)) == [False, True]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=24))
def test_nothing_else_is_one(app: Flask, cast: Cast, typed: str):
    with cast.at_work():
        _made(cast)
        assert not RecoveryCode.take(cast.account("dispatcher"), typed)


def test_they_are_kept_nowhere(app: Flask, cast: Cast):
    with cast.at_work():
        codes = _made(cast)
        RecoveryCode.take(cast.account("dispatcher"), codes[0])
        db.session.flush()
        raw = str(db.session.execute(text("select * from recovery_code")).all())
        told = b"".join(db.session.scalars(select(Event.json))).decode()
        for code in codes:
            for spelling in (code, code.replace("-", "")):
                assert spelling not in raw
                assert spelling not in told
        assert "account.recovery_code_used" in told
