"""Sessions: a random token of which only the hash is kept, and the limits of both faces."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal import clock
from portal.models.accounts import Grant, Role, Session
from portal.models.base import db
from portal.models.property.signed_in import SignedIn
from tests.stage.cast import Cast

SECOND = timedelta(seconds=1)


def test_only_the_hash_of_the_token_is_kept(any_app, cast: Cast):
    with cast.at_work():
        session, token = Session.begin(cast.account("owner"))
        db.session.commit()
        assert len(token) == 43
        assert session.token_hash == hashlib.sha256(token.encode()).digest()
        assert token not in str(db.session.execute(text("select * from session")).all())
        found = SignedIn.of_token(token)
        assert found is not None
        assert found.session is session
        assert found.account is cast.account("owner")
        assert found.person_id == cast.person("owner").id
        for other in (token[:-1], token + "=", token.swapcase(), "", "界"):
            assert SignedIn.of_token(other) is None


@pytest.mark.parametrize(
    ("key", "idle", "absolute"),
    [
        ("dispatcher", timedelta(minutes=30), timedelta(hours=12)),
        ("owner", timedelta(days=30), timedelta(days=90)),
    ],
)
def test_a_session_ends_idle_or_old(app, cast: Cast, key: str, idle: timedelta, absolute: timedelta):
    begin = clock.now()
    with cast.at_work(), clock.at(begin):
        session, token = Session.begin(cast.account(key))
        db.session.flush()
        for moment, seen, live in (
            (begin + idle - SECOND, begin, True),
            (begin + idle, begin, False),
            (begin + absolute - SECOND, begin + absolute - 2 * SECOND, True),
            (begin + absolute, begin + absolute - SECOND, False),
        ):
            session.seen_at = seen
            with clock.at(moment):
                assert (SignedIn.of_token(token) is not None) is live


def test_an_ended_session_and_one_of_a_closed_account_are_dead(app, cast: Cast):
    with cast.at_work():
        first, token = Session.begin(cast.account("owner"))
        _, other = Session.begin(cast.account("neighbour"))
        first.end()
        cast.account("neighbour").disabled_at = clock.now()
        db.session.flush()
        assert SignedIn.of_token(token) is None
        assert SignedIn.of_token(other) is None


def test_end_all_ends_every_device_of_one_account_and_of_nobody_else(any_app, cast: Cast):
    with cast.at_work():
        mine = [Session.begin(cast.account("owner"))[1] for _ in range(3)]
        _, theirs = Session.begin(cast.account("neighbour"))
        earlier, _ = Session.begin(cast.account("owner"))
        earlier.ended_at = clock.now() - timedelta(days=1)
        db.session.flush()
        ended_at = earlier.ended_at
        Session.end_all(cast.account("owner").id)
        assert [SignedIn.of_token(token) for token in mine] == [None] * 3
        assert SignedIn.of_token(theirs) is not None
        db.session.refresh(earlier)
        assert earlier.ended_at == ended_at


def test_a_session_is_seen_at_most_once_a_minute(app, cast: Cast):
    with cast.at_work(), clock.at(clock.now()):
        _, token = Session.begin(cast.account("owner"))
        session = SignedIn.of_token(token)
        assert session is not None
        assert not session.due_to_be_seen
        with clock.at(clock.now() + timedelta(minutes=1)):
            assert not session.due_to_be_seen
        with clock.at(clock.now() + timedelta(minutes=1, seconds=1)):
            assert session.due_to_be_seen


def test_an_owner_who_joins_the_staff_signs_in_again(app, cast: Cast):
    """A session of ninety days that was begun as an owner must not open the staff's pages."""
    with cast.at_work():
        account = cast.account("owner")
        _, token = Session.begin(account)
        db.session.flush()
        Grant.give(account, Role.SERVICE_AGENT, cast.development().id)
        assert SignedIn.of_token(token) is None
        session, token = Session.begin(account)
        assert session.staff
        account.set_password("a password of the staff's length", staff=True)
        Grant.give(account, Role.SERVICE_AGENT, cast.development().id)
        assert SignedIn.of_token(token) is not None
        Grant.give(account, Role.DISPATCHER, cast.development().id)
        assert SignedIn.of_token(token) is None
        assert account.password_hash is not None
