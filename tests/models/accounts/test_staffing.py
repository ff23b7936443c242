"""Who may let whom in: within a development, never oneself, never a role above one's own, and not both sides of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models.accounts import STAFF_SIDE, Grant, Link, Role, Session, has_factor
from portal.models.accounts.staffing import (
    end_role,
    end_sessions,
    give_role,
    invite,
    reached_by,
    reset_factors,
    roles_of,
    roster,
    story,
)
from portal.models.base import db
from portal.models.errors import Denied, NotReached, Refused
from portal.models.events import Event
from portal.models.property.signed_in import SignedIn
from tests.models.accounts.test_totp import _enrolled
from tests.people import CAST
from tests.stage.cast import Cast

NEW = "12900000777"
MAY = {"admin": set(STAFF_SIDE), "manager": {*STAFF_SIDE} - {Role.MANAGER, Role.HEAD_OFFICE, Role.AUDITOR, Role.ADMIN}}


@pytest.mark.parametrize("key", [key for key, known in CAST.items() if known.role and not known.elsewhere])
def test_every_role_gives_what_the_table_says_and_nothing_else(app: Flask, cast: Cast, key: str):
    with cast.at_work():
        assert set(roles_of(cast.actor(key))) == MAY.get(key, set())
        for role in STAFF_SIDE:
            with db.session.begin_nested() as point:
                if role in MAY.get(key, set()):
                    invite("新来的人", NEW, role.value, None, by=cast.actor(key))
                else:
                    with pytest.raises(Denied):
                        invite("新来的人", NEW, role.value, None, by=cast.actor(key))
                point.rollback()


def test_an_invitation_is_a_link_that_sets_a_password(any_app: Flask, cast: Cast):
    with cast.at_work():
        token = invite("新来的人", NEW, "technician", None, by=cast.actor("manager"), badge="0401")
        db.session.commit()
        account = Link.of_token(token).account
        (grant,) = Grant.of_account(account.id)
        assert (grant.role, grant.badge, grant.development_id) == ("technician", "0401", cast.development().id)
        told = [event.kind for event in story(account)]
        assert set(told) == {"account.role_given", "account.link_made"}
        with pytest.raises(Refused):
            invite("新来的人", NEW, "technician", None, by=cast.actor("manager"))


def test_a_role_ends_by_its_date(app: Flask, cast: Cast):
    begin = clock.now()
    with cast.at_work(), clock.at(begin):
        account = cast.account("care")
        give_role(account, "editor", begin + timedelta(days=2), cast.actor("manager"))
        assert {grant.role for grant in Grant.of_account(account.id)} == {"care", "editor"}
        with clock.at(begin + timedelta(days=2)):
            assert {grant.role for grant in Grant.of_account(account.id)} == {"care"}
        with pytest.raises(Refused):
            give_role(account, "editor", begin, cast.actor("manager"))


def test_nobody_handles_and_approves_erasures_or_watches_the_log(app: Flask, cast: Cast):
    with cast.at_work():
        admin = cast.actor("admin")
        for key, role in (("service_agent", "auditor"), ("auditor", "service_agent"), ("service_agent", "admin")):
            with pytest.raises(Refused):
                give_role(cast.account(key), role, None, admin)


@pytest.mark.parametrize(
    ("key", "whose"), [("manager", "manager"), ("admin", "admin"), ("manager", "admin"), ("manager", "auditor")]
)
def test_nobody_changes_their_own_account_or_one_above(app: Flask, cast: Cast, key: str, whose: str):
    with cast.at_work():
        by, account = cast.actor(key), cast.account(whose)
        for verb in (
            lambda: give_role(account, "editor", None, by),
            lambda: end_role(account, cast.grant(whose).id, by),
            lambda: end_sessions(account, by),
            lambda: reset_factors(account, by),
        ):
            with pytest.raises(Denied):
                verb()


def test_another_development_is_out_of_reach(app: Flask, cast: Cast):
    with cast.at_work():
        assert {grant.account_id for grant in roster(cast.actor("stranger"))} == {cast.account("stranger").id}
        with pytest.raises(NotReached):
            reached_by(cast.actor("stranger"), cast.account("technician").id)
        with pytest.raises(NotReached):
            end_role(cast.account("technician"), cast.grant("technician").id, cast.actor("stranger"))
        with pytest.raises(Denied):
            roster(cast.actor("dispatcher"))


def test_one_of_two_roles_ends_and_the_last_only_by_leaving(app: Flask, cast: Cast):
    with cast.at_work():
        account, by = cast.account("care"), cast.actor("manager")
        with pytest.raises(Refused):
            end_role(account, cast.grant("care").id, by)
        more = give_role(account, "editor", None, by)
        end_role(account, more.id, by)
        assert [grant.role for grant in Grant.of_account(account.id)] == ["care"]
        with pytest.raises(NotReached):
            end_role(account, more.id, by)


def test_sessions_end_at_once(any_app: Flask, cast: Cast):
    with cast.at_work():
        tokens = [Session.begin(cast.account("technician"))[1] for _ in range(2)]
        db.session.flush()
        assert end_sessions(cast.account("technician"), cast.actor("manager")) == 2
        assert [SignedIn.of_token(token) for token in tokens] == [None, None]


def test_lost_factors_are_set_up_anew(app: Flask, cast: Cast):
    with cast.at_work():
        account = cast.account("dispatcher")
        _enrolled(cast)
        _, token = Session.begin(account)
        db.session.flush()
        reset_factors(account, cast.actor("admin"))
        assert not has_factor(account.id)
        assert SignedIn.of_token(token) is None
        assert "account.factors_reset" in db.session.scalars(select(Event.kind)).all()
