"""Grants: in force from and until, within a development, and the actor they make."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.models.accounts import GRANTS, Grant, Role
from portal.models.accounts.grant import REACHES
from portal.models.actor import Reach
from portal.models.base import db
from tests.people import CAST
from tests.stage.cast import Cast

MINUTE = timedelta(minutes=1)


def test_a_grant_is_in_force_from_since_until_until(any_app, cast: Cast):
    now = clock.now()
    with cast.at_work():
        grant = cast.grant("dispatcher")
        grant.since, grant.until = now, now + MINUTE
        db.session.flush()
        account_id, development_id = grant.account_id, grant.development_id
        for moment, held in ((now - MINUTE, False), (now, True), (now + MINUTE, False)):
            with clock.at(moment):
                assert (Grant.of_account(account_id) == [grant]) is held
                assert (grant in Grant.holders(Role.DISPATCHER, development_id)) is held
                assert grant.in_force is held


def test_holders_are_those_of_the_role_and_development_with_open_accounts(any_app, cast: Cast):
    with cast.at_work():
        here, elsewhere = cast.development().id, cast.grant("stranger").development_id
        technicians = Grant.holders(Role.TECHNICIAN, here)
        assert technicians == [cast.grant("technician"), cast.grant("other_technician")]
        assert [grant.account for grant in Grant.holders(Role.MANAGER, elsewhere)] == [cast.account("stranger")]
        cast.account("technician").disabled_at = clock.now()
        db.session.flush()
        assert Grant.holders(Role.TECHNICIAN, here) == technicians[1:]
        assert not technicians[0].in_force


def test_a_role_is_given_once_and_again_after_it_was_withdrawn(app, cast: Cast):
    with cast.at_work():
        first, here = cast.grant("manager"), cast.development().id
        account = cast.account("manager")
        assert Grant.give(account, Role.MANAGER, here) is first
        first.until = clock.now()
        db.session.flush()
        second = Grant.give(account, Role.MANAGER, here, badge="77", trade="el")
        assert second is not first
        assert (second.badge, second.trade_code, second.reach) == ("77", "el", Reach.ALL)


STAFF = [known.key for known in CAST.values() if known.role]


def test_the_actor_of_a_grant_carries_its_rights_and_no_others(app, cast: Cast, subtests):
    for key in STAFF:
        with subtests.test(key=key), cast.at_work():
            grant = cast.grant(key)
            actor = grant.actor("request")
            assert actor.permissions == GRANTS[Role(CAST[key].role)]
            assert (actor.person_id, actor.development_id) == (cast.person(key).id, grant.development_id)
            assert actor.reach == REACHES.get(Role(CAST[key].role), Reach.ALL)
            assert (actor.request_id, actor.once) == ("request", None)
