"""Signing out elsewhere: one session or all, with the devices; never another person's."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock
from portal.models.accounts import Device, Session
from portal.models.accounts.ending import end_everywhere, end_one
from portal.models.base import db
from portal.models.errors import NotReached
from portal.models.property.signed_in import SignedIn, live_sessions
from tests.stage.cast import Cast


def _begin(cast: Cast, key: str, device: str) -> tuple[Session, str]:
    session, token = Session.begin(cast.account(key))
    session.on(device)
    db.session.commit()
    return session, token


def test_everywhere_but_here(any_app, cast: Cast):
    with cast.at_work():
        here, mine = _begin(cast, "owner", "here")
        others = [_begin(cast, "owner", f"there {n}")[1] for n in range(3)]
        _, theirs = _begin(cast, "neighbour", "here")
        account = cast.account("owner").id
        assert end_everywhere(account, but=here.id) == 3
        db.session.commit()
        assert SignedIn.of_token(mine) is not None
        assert SignedIn.of_token(theirs) is not None
        assert [SignedIn.of_token(token) for token in others] == [None] * 3
        assert Device.known(account, "here") is not None
        assert Device.known(account, "there 1") is None
        assert Device.known(cast.account("neighbour").id, "here") is not None
        assert end_everywhere(account) == 1
        assert Device.known(account, "here") is None
        assert end_everywhere(account) == 0


def test_one_of_them_and_only_ones_own(any_app, cast: Cast):
    with cast.at_work():
        session, token = _begin(cast, "owner", "there")
        account = cast.account("owner").id
        for who, which in ((cast.account("neighbour").id, session.id), (account, uuid4())):
            with pytest.raises(NotReached):
                end_one(who, which)
        end_one(account, session.id)
        db.session.commit()
        assert SignedIn.of_token(token) is None
        assert Device.known(account, "there") is None
        with pytest.raises(NotReached):
            end_one(account, session.id)


def test_a_device_with_another_session_stays_known(app, cast: Cast):
    with cast.at_work():
        first, _ = _begin(cast, "owner", "there")
        _begin(cast, "owner", "there")
        end_one(cast.account("owner").id, first.id)
        assert Device.known(cast.account("owner").id, "there") is not None


def test_listed_are_those_that_still_count(app, cast: Cast):
    with cast.at_work(), clock.at(clock.now()):
        account = cast.account("owner")
        whole, _ = Session.begin(account)
        idle, _ = Session.begin(account)
        idle.seen_at = clock.now() - timedelta(days=30)
        old, _ = Session.begin(account)
        old.began_at = clock.now() - timedelta(days=90)
        ended, _ = Session.begin(account)
        ended.end()
        Session.begin(account, half=True)
        Session.begin(cast.account("neighbour"))
        db.session.flush()
        assert live_sessions(account.id) == [whole]
