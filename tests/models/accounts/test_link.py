"""One-time links: thirty minutes, once, only the newest, and the end of every session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal import clock
from portal.models.accounts import Link, Purpose, Session
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.errors import NotReached, Refused
from portal.models.events import Event
from portal.models.property.signed_in import SignedIn
from tests.people import CAST
from tests.stage.cast import Cast
from tests.stage.crowd import Meeting, at_once
from tests.stage.entering import enter

NEW = "a fine new password"


def _make(cast: Cast, key: str = "owner") -> str:
    token = Link.make(cast.account(key), by=SYSTEM)
    db.session.commit()
    return token


def test_a_link_sets_the_password_and_ends_every_session(any_app, cast: Cast):
    with cast.at_work():
        _, session = Session.begin(cast.account("owner"))
        link = Link.of_token(_make(cast))
        assert link.use(NEW) is cast.account("owner")
        db.session.commit()
        assert enter(CAST["owner"].phone, NEW) is cast.account("owner")
        assert SignedIn.of_token(session) is None


def test_a_link_works_once(app, cast: Cast):
    with cast.at_work():
        token = _make(cast)
        link = Link.of_token(token)
        link.use(NEW)
        db.session.flush()
        with pytest.raises(NotReached):
            Link.of_token(token)
        with pytest.raises(NotReached):
            link.use("another fine password")


def test_of_two_who_use_it_at_once_one_does(any_app: Flask, cast: Cast):
    with cast.at_work():
        token = _make(cast)
    meeting = Meeting()

    def use(password: str) -> str:
        link = Link.of_token(token)
        meeting.wait()
        link.use(password)
        db.session.commit()
        return password

    answers = at_once(any_app, lambda: use(NEW), lambda: use("another fine password"))
    (password,) = [answer for answer in answers if isinstance(answer, str)]
    assert [type(answer) for answer in answers if answer != password] == [NotReached]
    with cast.at_work():
        assert enter(CAST["owner"].phone, password)


@pytest.mark.parametrize(
    ("later", "works"), [(timedelta(minutes=29, seconds=59), True), (timedelta(minutes=30), False)]
)
def test_a_link_lasts_thirty_minutes(app, cast: Cast, later: timedelta, works: bool):
    begin = clock.now()
    with cast.at_work():
        with clock.at(begin):
            token = _make(cast)
        with clock.at(begin + later):
            if works:
                assert Link.of_token(token).account is cast.account("owner")
            else:
                with pytest.raises(NotReached):
                    Link.of_token(token)


def test_only_the_newest_link_of_an_account_works(app, cast: Cast):
    with cast.at_work(), clock.at(clock.now()):
        older, others, newest = _make(cast), _make(cast, "neighbour"), _make(cast)
        with pytest.raises(NotReached):
            Link.of_token(older)
        assert Link.of_token(newest).account is cast.account("owner")
        assert Link.of_token(others).account is cast.account("neighbour")


def test_an_unknown_token_and_a_closed_account_are_not_reached(app, cast: Cast):
    with cast.at_work():
        token = _make(cast)
        cast.account("owner").disabled_at = clock.now()
        for tried in (token, "", "x" * 43, "界"):
            with pytest.raises(NotReached):
                Link.of_token(tried)


def test_a_refused_password_uses_nothing_up(app, cast: Cast):
    """Staff need fifteen characters; the same link then takes a better one."""
    with cast.at_work():
        _, session = Session.begin(cast.account("dispatcher"))
        token = _make(cast, "dispatcher")
        with pytest.raises(Refused):
            Link.of_token(token).use("fourteen chars")
        db.session.rollback()
        assert SignedIn.of_token(session) is not None
        Link.of_token(token).use("fifteen chars ..")


def test_the_purpose_says_whether_there_was_a_password(app, cast: Cast):
    with cast.at_work():
        cast.account("neighbour").password_hash = None
        assert Link.of_token(_make(cast)).purpose == Purpose.RESET
        assert Link.of_token(_make(cast, "neighbour")).purpose == Purpose.INVITE
        kinds = [
            (event.kind, event.fields["purpose"]) for event in db.session.scalars(select(Event).order_by(Event.id))
        ]
        assert kinds == [("account.link_made", "reset"), ("account.link_made", "invite")]


def test_the_token_is_kept_nowhere(app, cast: Cast):
    with cast.at_work():
        token = _make(cast)
        assert token not in str(db.session.execute(text("select * from link")).all())
