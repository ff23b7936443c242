"""Known devices: remembered for one account alone, by a digest that says nothing about another."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, text

from portal import clock
from portal.models.accounts import Device, Session
from portal.models.accounts.leaving import close
from portal.models.base import db
from tests.stage.cast import Cast


def test_a_device_is_known_to_the_account_that_was_signed_in_to(any_app, cast: Cast):
    with cast.at_work():
        account, other = cast.account("owner"), cast.account("co_owner")
        first = Device.remember(account.id, "key")
        assert Device.known(account.id, "key") is first
        assert Device.known(account.id, "another") is None
        assert Device.known(other.id, "key") is None
        second = Device.remember(other.id, "key")
        assert first.key_hash != second.key_hash
        assert "key" not in str(db.session.execute(text("select key_hash from device")).all())


def test_remembering_again_keeps_the_row_and_moves_its_time(app, cast: Cast):
    begin = clock.now()
    with cast.at_work():
        account = cast.account("owner")
        with clock.at(begin):
            device = Device.remember(account.id, "key")
        with clock.at(begin + timedelta(days=3)):
            assert Device.remember(account.id, "key") is device
        assert (device.since, device.seen_at) == (begin, begin + timedelta(days=3))


def test_a_closed_account_knows_no_device_and_its_sessions_stay_for_the_record(any_app, cast: Cast):
    with cast.at_work():
        account = cast.account("owner")
        session, _ = Session.begin(account)
        session.device_id = Device.remember(account.id, "key").id
        db.session.flush()
        close(account)
        db.session.flush()
        assert db.session.scalar(select(func.count(Device.id))) == 0
        db.session.refresh(session)
        assert session.device_id is None
        assert session.ended_at is not None
