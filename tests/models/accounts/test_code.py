"""One-time codes: what they are good for, how often they may be tried and asked for, and what is kept of them."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.models.accounts.code import A_DAY, TRIES, Code, CodeFor, CodeRefused
from portal.models.base import db
from portal.models.errors import Refused
from tests.people import CAST
from tests.stage.cast import Cast
from tests.stage.crowd import at_once

OWNER, UNKNOWN, STAFF = CAST["owner"].phone, "12900007777", CAST["dispatcher"].phone


def _sent(phone: str = OWNER, purpose: CodeFor = CodeFor.SIGN_IN, asker: str = "here") -> str:
    """A code that was asked for and sent: its digits."""
    digits = Code.send(phone, purpose, asker).draw()
    db.session.commit()
    return digits or ""


def _other(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06d}"


def test_a_code_lets_its_owner_in_once(any_app, cast: Cast):
    with cast.at_work():
        digits = _sent()
        assert Code.take(digits, CodeFor.SIGN_IN, "here", OWNER).account is cast.account("owner")
        db.session.commit()
        again = Code.take(digits, CodeFor.SIGN_IN, "here", OWNER)
        assert (again.account, again.left) == (None, 0)


@pytest.mark.parametrize(
    ("purpose", "asker", "phone"),
    [
        (CodeFor.PROOF, "here", OWNER),
        (CodeFor.SIGN_IN, "elsewhere", OWNER),
        (CodeFor.SIGN_IN, "here", CAST["neighbour"].phone),
    ],
)
def test_it_is_good_for_its_purpose_its_browser_and_its_number_alone(app, cast: Cast, purpose, asker, phone):
    with cast.at_work():
        digits = _sent()
        assert Code.take(digits, purpose, asker, phone).account is None
        assert Code.take(digits, CodeFor.SIGN_IN, "here", OWNER).account is not None


def test_five_tries_and_then_not_even_the_right_one(any_app, cast: Cast):
    with cast.at_work():
        digits = _sent()
        wrong = _other(digits)
        assert [Code.take(wrong, CodeFor.SIGN_IN, "here", OWNER).left for _ in range(TRIES)] == [4, 3, 2, 1, 0]
        assert Code.take(digits, CodeFor.SIGN_IN, "here", OWNER).account is None


def test_of_twenty_tries_at_once_five_count(any_app: Flask, cast: Cast):
    with cast.at_work():
        wrong = _other(_sent())

    def tries() -> int:
        left = Code.take(wrong, CodeFor.SIGN_IN, "here", OWNER).left
        db.session.commit()
        return left

    left = at_once(any_app, *[tries] * 20)
    assert sorted(left, reverse=True)[:4] == [4, 3, 2, 1]
    assert left.count(0) == 16
    with cast.at_work():
        assert db.session.scalars(select(Code.tries)).one() == TRIES


def test_of_two_who_use_it_at_once_one_gets_in(any_app: Flask, cast: Cast):
    with cast.at_work():
        digits = _sent()

    def use() -> bool:
        account = Code.take(digits, CodeFor.SIGN_IN, "here", OWNER).account
        db.session.commit()
        return account is not None

    assert sorted(at_once(any_app, use, use)) == [False, True]


def test_of_two_who_ask_for_the_same_number_at_once_one_gets_a_code(any_app: Flask, cast: Cast):
    def ask() -> None:
        Code.send(OWNER, CodeFor.SIGN_IN, "here")
        db.session.commit()

    answers = at_once(any_app, ask, ask)
    assert sorted(isinstance(answer, CodeRefused) for answer in answers) == [False, True]


def test_it_lasts_five_minutes(app, cast: Cast):
    with cast.at_work():
        digits = _sent()
        with clock.at(clock.now() + timedelta(minutes=5)):
            assert Code.take(digits, CodeFor.SIGN_IN, "here", OWNER).account is None


def test_a_new_one_ends_the_earlier_of_the_same_browser(app, cast: Cast):
    with cast.at_work():
        first = _sent()
        with clock.at(clock.now() + timedelta(seconds=60)):
            second = _sent()
            assert Code.take(first if first != second else _other(first), CodeFor.SIGN_IN, "here", OWNER).left == 4
            assert Code.take(second, CodeFor.SIGN_IN, "here", OWNER).account is not None


@pytest.mark.parametrize("phone", [OWNER, UNKNOWN, STAFF])
def test_the_same_limits_for_known_and_unknown_numbers(app, cast: Cast, phone: str):
    with cast.at_work():
        began = clock.now()
        for number in range(A_DAY):
            with clock.at(began + timedelta(seconds=60 * number)):
                Code.send(phone, CodeFor.SIGN_IN, f"browser {number}")
                with pytest.raises(CodeRefused) as soon:
                    Code.send(f"+86 {phone}", CodeFor.SIGN_IN, "another")
                assert soon.value.seconds == 60
        with clock.at(began + timedelta(hours=20)), pytest.raises(CodeRefused) as many:
            Code.send(phone, CodeFor.SIGN_IN, "another")
        assert many.value.seconds == 0
        with clock.at(began + timedelta(hours=24, seconds=1)):
            Code.send(phone, CodeFor.SIGN_IN, "another")


@pytest.mark.parametrize("phone", [UNKNOWN, STAFF])
def test_nothing_is_sent_to_numbers_nobody_has_and_to_the_staff(app, cast: Cast, phone: str):
    with cast.at_work():
        code = Code.send(phone, CodeFor.SIGN_IN, "here")
        assert code.draw() is None
        assert Code.take("000000", CodeFor.SIGN_IN, "here", phone).left == TRIES - 1


def test_a_closed_account_gets_none(app, cast: Cast):
    with cast.at_work():
        digits = _sent()
        cast.account("owner").disabled_at = clock.now()
        db.session.flush()
        assert Code.take(digits, CodeFor.SIGN_IN, "here", OWNER).account is None
        with clock.at(clock.now() + timedelta(minutes=2)):
            assert Code.send(OWNER, CodeFor.SIGN_IN, "here").draw() is None


def test_the_days_money_is_a_limit_for_all(app, cast: Cast):
    app.config["CODES_A_DAY"] = 1
    with cast.at_work():
        late = Code.send(CAST["neighbour"].phone, CodeFor.SIGN_IN, "there")
        _sent()
        assert late.draw() is None
        for phone in (CAST["co_owner"].phone, UNKNOWN):
            with pytest.raises(CodeRefused):
                Code.send(phone, CodeFor.SIGN_IN, "here")


def test_nothing_of_the_number_and_the_digits_is_kept(app, cast: Cast):
    with cast.at_work():
        digits = _sent()
        row = db.session.execute(select(Code.__table__)).mappings().one()
        kept = b"|".join(value for value in row.values() if isinstance(value, bytes))
        assert digits.encode() not in kept
        assert OWNER.encode() not in kept


def test_what_is_no_number_is_refused(app, cast: Cast):
    with cast.at_work(), pytest.raises(Refused):
        Code.send("123", CodeFor.SIGN_IN, "here")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["ask", "guess"]), st.integers(0, 90)), max_size=40))
def test_however_somebody_guesses_a_day_has_fifty_tries(app, cast: Cast, steps):
    """Whatever the order of asking and guessing: at most ten codes, each with five tries, none within a minute."""
    with cast.at_work():
        now, asked, counted = clock.now(), [], 0
        for step, seconds in steps:
            now += timedelta(seconds=seconds)
            with clock.at(now):
                if step == "ask":
                    try:
                        Code.send(OWNER, CodeFor.SIGN_IN, "here").draw()
                        asked.append(now)
                    except CodeRefused:
                        pass
                else:
                    before = sum(db.session.scalars(select(Code.tries)))
                    Code.take("not it", CodeFor.SIGN_IN, "here", OWNER)
                    counted += sum(db.session.scalars(select(Code.tries))) - before
        assert len(asked) <= A_DAY
        assert all(later - earlier >= timedelta(seconds=60) for earlier, later in itertools.pairwise(asked))
        assert counted <= TRIES * len(asked)
        assert all(tries <= TRIES for tries in db.session.scalars(select(Code.tries)))
