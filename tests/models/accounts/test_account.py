"""Accounts: passwords of the right length, the same answer for every wrong sign-in, costs that follow the settings."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from portal import clock
from portal.models.accounts import Account
from portal.models.accounts.account import WrongCredentials
from portal.models.accounts.attempt import Attempt
from portal.models.base import db
from portal.models.errors import Refused
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast
from tests.stage.entering import enter

PHONE = CAST["owner"].phone


def test_phone_and_password_let_in(any_app, cast: Cast):
    with cast.at_work():
        assert enter(PHONE, PASSWORD) is cast.account("owner")
        assert enter("+86 129-0000-0001", PASSWORD) is cast.account("owner")


WRONG = [
    (PHONE, PASSWORD + " "),
    (PHONE, PASSWORD.upper()),
    (PHONE, ""),
    ("13911112222", PASSWORD),
    ("not a number", PASSWORD),
    ("", ""),
]


def test_everything_else_gets_one_and_the_same_answer(app, cast: Cast, subtests):
    for phone, password in WRONG:
        with subtests.test(phone=phone, password=password), cast.at_work(), pytest.raises(WrongCredentials) as wrong:
            enter(phone, password)
        assert wrong.value.message == WrongCredentials.message


def test_a_disabled_account_and_one_without_a_password_stay_out(app, cast: Cast):
    with cast.at_work():
        cast.account("owner").disabled_at = clock.now()
        cast.account("co_owner").password_hash = None
        for key in ("owner", "co_owner"):
            with pytest.raises(WrongCredentials):
                enter(CAST[key].phone, PASSWORD)


def test_an_unknown_number_costs_as_much_as_a_known_one(app: Flask, cast: Cast):
    """Otherwise the time of the answer would say who is a customer. Work is counted, not waiting: others run beside."""

    def seconds(phone: str) -> float:
        Attempt.of(phone).tries.forget()
        began = time.thread_time()
        with pytest.raises(WrongCredentials):
            enter(phone, "wrong password")
        return time.thread_time() - began

    with cast.at_work():
        seconds("13911112222")  # the first makes the hash to compare with
        pairs = [(seconds(PHONE), seconds("13911112222")) for _ in range(9)]
        known, unknown = (min(column) for column in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_the_hash_is_made_anew_when_the_cost_has_changed(app: Flask, cast: Cast):
    with cast.at_work():
        account = cast.account("owner")
        before = account.password_hash
        enter(PHONE, PASSWORD)
        assert account.password_hash == before
        app.config["PASSWORD_MEMORY_KIB"] = 20 * 1024
        enter(PHONE, PASSWORD)
        assert account.password_hash.startswith("$argon2id$v=19$m=20480,t=2,p=1$")
        after = account.password_hash
        enter(PHONE, PASSWORD)
        assert account.password_hash == after


LENGTHS = [
    (True, 14, False),
    (True, 15, True),
    (False, 7, False),
    (False, 8, True),
    (False, 200, True),
    (False, 201, False),
]


def test_how_long_a_password_is(app, cast: Cast, subtests):
    for staff, length, taken in LENGTHS:
        with subtests.test(staff=staff, length=length, taken=taken), cast.at_work():
            account = cast.account("owner")
            if taken:
                account.set_password("长" * length, staff=staff)
                assert enter(PHONE, "长" * length) is account
            else:
                with pytest.raises(Refused) as refused:
                    account.set_password("长" * length, staff=staff)
                assert refused.value.field == "password"
                assert enter(PHONE, PASSWORD) is account


def test_the_same_password_never_makes_the_same_hash(app, cast: Cast):
    with cast.at_work():
        hashes = set()
        for key in ("owner", "co_owner"):
            cast.account(key).set_password(PASSWORD, staff=False)
            hashes.add(cast.account(key).password_hash)
        assert len(hashes) == 2


def test_a_person_has_one_account(any_app, cast: Cast):
    with cast.at_work():
        person = cast.person("owner")
        assert Account.of(person) is Account.of(person)
        db.session.flush()
        assert repr(Account.of(person)) == f"<Account {Account.of(person).id}>"
