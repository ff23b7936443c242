"""Passkeys: bound to site and question, one answer each, verified by the device, and no copy goes unnoticed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from portal import clock
from portal.models.accounts import Passkey
from portal.models.accounts.passkey import Site
from portal.models.base import db
from portal.models.errors import Refused
from tests.authenticator import Authenticator
from tests.stage.cast import Cast
from tests.stage.crowd import Meeting, at_once

SITE = Site("127.0.0.1", "http://127.0.0.1:8000")
WRONG: list[dict[str, Any]] = [
    {"origin": "http://evil.invalid"},
    {"origin": "https://127.0.0.1:8000"},
    {"host": "evil.invalid"},
    {"verified": False},
    {"challenge": b"x" * 32},
]


def _add(cast: Cast, device: Authenticator, key: str = "dispatcher", label: str = "办公室的电脑") -> Passkey:
    account = cast.account(key)
    added = Passkey.add(account, device.create(Passkey.ask_to_add(account, SITE)), label, SITE, by=cast.actor(key))
    db.session.flush()
    return added


def test_a_passkey_is_added_and_shown(any_app: Flask, cast: Cast):
    with cast.at_work():
        device, account = Authenticator(), cast.account("dispatcher")
        added = _add(cast, device)
        assert added.label == "办公室的电脑"
        assert Passkey.shown(device.get(Passkey.ask(account, SITE)), account, SITE) is account
        assert added.sign_count == 1
        assert added.used_at is not None


def test_it_signs_in_alone(app: Flask, cast: Cast):
    with cast.at_work():
        device = Authenticator()
        _add(cast, device)
        options = Passkey.ask(None, SITE)
        assert json.loads(options)["allowCredentials"] == []
        assert json.loads(options)["userVerification"] == "required"
        assert Passkey.shown(device.get(options), None, SITE) is cast.account("dispatcher")


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_another_site_or_question_or_nobody_verified_is_refused(app: Flask, cast: Cast, wrong: dict[str, Any]):
    with cast.at_work():
        device, account = Authenticator(), cast.account("dispatcher")
        with pytest.raises(Refused):
            Passkey.add(
                account,
                device.create(Passkey.ask_to_add(account, SITE), **wrong),
                "",
                SITE,
                by=cast.actor("dispatcher"),
            )
        _add(cast, device)
        assert Passkey.shown(device.get(Passkey.ask(account, SITE), **wrong), account, SITE) is None
        assert Passkey.shown(device.get(Passkey.ask(None, SITE), **wrong), None, SITE) is None


def test_a_forged_signature_is_refused(app: Flask, cast: Cast):
    with cast.at_work():
        device, account = Authenticator(), cast.account("dispatcher")
        _add(cast, device)
        assert Passkey.shown(device.get(Passkey.ask(account, SITE), forged=True), account, SITE) is None


def test_an_answer_is_good_once(any_app: Flask, cast: Cast):
    with cast.at_work():
        device, account = Authenticator(), cast.account("dispatcher")
        made = device.create(Passkey.ask_to_add(account, SITE))
        Passkey.add(account, made, "", SITE, by=cast.actor("dispatcher"))
        with pytest.raises(Refused):
            Passkey.add(account, made, "", SITE, by=cast.actor("dispatcher"))
        shown = device.get(Passkey.ask(account, SITE))
        assert Passkey.shown(shown, account, SITE) is account
        assert Passkey.shown(shown, account, SITE) is None


def test_of_two_with_the_same_answer_at_once_one_gets_in(any_app: Flask, cast: Cast):
    with cast.at_work():
        device = Authenticator()
        _add(cast, device)
        shown = device.get(Passkey.ask(None, SITE))
        db.session.commit()
    meeting = Meeting()

    def show() -> bool:
        meeting.wait()
        found = Passkey.shown(shown, None, SITE)
        db.session.commit()
        return found is not None

    assert sorted(at_once(any_app, show, show)) == [False, True]


def test_a_question_lasts_five_minutes(app: Flask, cast: Cast):
    begin = clock.now()
    with cast.at_work(), clock.at(begin):
        device, account = Authenticator(), cast.account("dispatcher")
        _add(cast, device)
        early, late = (Passkey.ask(account, SITE) for _ in range(2))
        with clock.at(begin + timedelta(minutes=4, seconds=59)):
            assert Passkey.shown(device.get(early), account, SITE) is account
        with clock.at(begin + timedelta(minutes=5)):
            assert Passkey.shown(device.get(late), account, SITE) is None


def test_a_question_is_for_one_account_and_one_end(app: Flask, cast: Cast):
    with cast.at_work():
        mine, theirs = Authenticator(), Authenticator()
        _add(cast, mine)
        _add(cast, theirs, "manager")
        dispatcher, manager = cast.account("dispatcher"), cast.account("manager")
        assert Passkey.shown(theirs.get(Passkey.ask(dispatcher, SITE)), dispatcher, SITE) is None
        assert Passkey.shown(mine.get(Passkey.ask(manager, SITE)), dispatcher, SITE) is None
        assert Passkey.shown(mine.get(Passkey.ask(dispatcher, SITE)), None, SITE) is None
        assert Passkey.shown(mine.get(Passkey.ask_to_add(dispatcher, SITE)), dispatcher, SITE) is None


@pytest.mark.parametrize(("count", "good"), [(4, False), (5, False), (6, True), (900, True)])
def test_a_counter_that_does_not_go_forward_is_a_copy(app: Flask, cast: Cast, count: int, good: bool):
    with cast.at_work():
        device, account = Authenticator(), cast.account("dispatcher")
        _add(cast, device).sign_count = 5
        found = Passkey.shown(device.get(Passkey.ask(account, SITE), count=count), account, SITE)
        assert (found is account) is good


def test_a_closed_account_is_not_signed_in_by_its_passkey(app: Flask, cast: Cast):
    with cast.at_work():
        device = Authenticator()
        _add(cast, device)
        cast.account("dispatcher").disabled_at = clock.now()
        assert Passkey.shown(device.get(Passkey.ask(None, SITE)), None, SITE) is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.one_of(st.text(max_size=60), st.recursive(st.none() | st.text(max_size=5), st.lists).map(json.dumps)))
def test_nonsense_is_no_answer(app: Flask, cast: Cast, sent: str):
    with cast.at_work():
        assert Passkey.shown(sent, None, SITE) is None


@pytest.mark.parametrize("part", ["id", "rawId", "response", "type"])
def test_an_answer_with_a_part_missing_is_none(app: Flask, cast: Cast, part: str):
    with cast.at_work():
        device = Authenticator()
        _add(cast, device)
        answer = json.loads(device.get(Passkey.ask(None, SITE)))
        del answer[part]
        assert Passkey.shown(json.dumps(answer), None, SITE) is None


def test_at_most_ten_and_what_they_are_called_is_sealed(app: Flask, cast: Cast):
    with cast.at_work():
        for _ in range(10):
            _add(cast, Authenticator())
        with pytest.raises(Refused):
            _add(cast, Authenticator())
        assert "办公室的电脑" not in str(db.session.execute(text("select * from passkey")).all())
