"""Who owes a second step, how often it may go wrong, and the last factor of somebody of the staff."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.models.accounts import Passkey, RecoveryCode, Session, Totp, has_factor, needs_second
from portal.models.accounts.factors import MOST_WRONG, missed, passes, remove
from portal.models.accounts.leaving import leave
from portal.models.accounts.proving import proven, ways_of
from portal.models.base import db
from portal.models.errors import NotReached, Refused
from portal.models.events import Event
from tests.authenticator import Authenticator
from tests.models.accounts.test_passkey import SITE, _add
from tests.models.accounts.test_totp import _enrolled
from tests.stage.cast import Cast


def test_staff_owe_it_always_and_owners_who_enrolled(app: Flask, cast: Cast):
    with cast.at_work():
        assert needs_second(cast.account("technician"))
        assert not has_factor(cast.account("technician").id)
        assert not needs_second(cast.account("owner"))
        _enrolled(cast, "owner")
        _add(cast, Authenticator(), "co_owner")
        assert needs_second(cast.account("owner"))
        assert needs_second(cast.account("co_owner"))
        assert not needs_second(cast.account("neighbour"))


def test_five_wrong_ones_end_the_half_session(any_app: Flask, cast: Cast):
    with cast.at_work():
        session, _ = Session.begin(cast.account("dispatcher"), half=True)
        db.session.flush()
        assert [missed(session) for _ in range(MOST_WRONG)] == [4, 3, 2, 1, 0]
        assert session.ended_at is not None
        told = db.session.scalars(select(Event.kind)).all()
        assert told.count("account.second_step_failed") == 1


def test_a_way_the_account_does_not_have_passes_nothing(app: Flask, cast: Cast):
    with cast.at_work():
        account = cast.account("dispatcher")
        for way in ("totp", "recovery", "passkey", ""):
            assert not passes(account, way, "000000")
        assert [way.name for way in ways_of(account)] == ["password"]
        totp = _enrolled(cast)
        assert [way.name for way in ways_of(account)] == ["password", "totp"]
        assert proven(account, "totp", totp.now())
        assert not proven(account, "totp", totp.now())


def test_the_last_one_of_the_staff_stays_and_an_owners_goes_with_its_codes(app: Flask, cast: Cast):
    with cast.at_work():
        totp = _enrolled(cast)
        account, by = cast.account("dispatcher"), cast.actor("dispatcher")
        with pytest.raises(Refused):
            remove(account, totp.id, by)
        key = _add(cast, Authenticator())
        remove(account, totp.id, by)
        db.session.flush()
        with pytest.raises(Refused):
            remove(account, key.id, by)
        owner = cast.account("owner")
        own = _enrolled(cast, "owner")
        RecoveryCode.renew(owner, by=cast.actor("owner"))
        remove(owner, own.id, by=cast.actor("owner"))
        db.session.flush()
        assert not needs_second(owner)
        assert RecoveryCode.left(owner.id) == 0


def test_a_factor_of_somebody_else_is_not_reached(app: Flask, cast: Cast):
    with cast.at_work():
        theirs = _enrolled(cast, "manager")
        for factor_id in (theirs.id, uuid4()):
            with pytest.raises(NotReached):
                remove(cast.account("dispatcher"), factor_id, cast.actor("dispatcher"))


def test_whoever_leaves_takes_every_factor_along(app: Flask, cast: Cast):
    with cast.at_work():
        _enrolled(cast, "owner")
        _add(cast, Authenticator(), "owner")
        RecoveryCode.renew(cast.account("owner"), by=cast.actor("owner"))
        Passkey.ask(cast.account("owner"), SITE)
        db.session.flush()
        leave([cast.person("owner").id])
        for table in (Totp, Passkey, RecoveryCode):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
        leave([cast.person("owner").id])
