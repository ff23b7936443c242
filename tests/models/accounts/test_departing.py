"""A leaver's work is handed over before the account ends, and then it ends at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.models.accounts import Grant, Link, Role, Session
from portal.models.accounts.departing import LEFT, WorkLeftError, leave_staff, open_work
from portal.models.actor import SYSTEM
from portal.models.base import db
from portal.models.errors import Denied, NotReached, Refused
from portal.models.events import Event
from portal.models.property.signed_in import SignedIn
from portal.models.repairs.states import HANDED_OVER
from tests.stage.cast import Cast


def test_nothing_ends_while_work_is_open(any_app: Flask, cast: Cast):
    with cast.at_work():
        numbers = sorted(cast.ticket(state).number for state in ("job_booked", "in_work", "work_done"))
        for state in ("awaiting_owner", "accepted", "rework"):
            cast.ticket(state)
        account, by = cast.account("technician"), cast.actor("admin")
        for nobody in (None, cast.grant("technician")):
            with pytest.raises(WorkLeftError) as left:
                leave_staff(account, by, nobody)
            assert [work.number for work in left.value.works] == numbers
        assert [work.number for work in open_work(account)] == numbers
        assert account.disabled_at is None
        assert cast.grant("technician").in_force


def test_the_work_goes_over_with_events_and_every_way_in_ends(any_app: Flask, cast: Cast):
    with cast.at_work():
        tickets = [cast.ticket(state) for state in ("job_booked", "in_work", "work_done")]
        states, windows = [one.state for one in tickets], [one.window_start for one in tickets]
        account, to = cast.account("technician"), cast.grant("other_technician")
        session, token = Session.begin(account)
        link = Link.make(account, by=SYSTEM)
        later = Grant.give(account, Role.DISPATCHER, cast.development().id, since=session.began_at.replace(year=2099))
        db.session.flush()
        assert leave_staff(account, cast.actor("manager"), to) == 3
        db.session.flush()
        assert {one.technician_id for one in tickets} == {to.account.person_id}
        assert ([one.state for one in tickets], [one.window_start for one in tickets]) == (states, windows)
        assert SignedIn.of_token(token) is None
        with pytest.raises(NotReached):
            Link.of_token(link)
        assert account.disabled_at is not None
        assert Grant.of_account(account.id) == []
        assert not later.in_force
        kinds = db.session.scalars(
            select(Event.kind).where(Event.kind.in_((HANDED_OVER, LEFT))).order_by(Event.at)
        ).all()
        assert sorted(kinds) == [LEFT, *[HANDED_OVER] * 3]
        assert open_work(account) == []
        cast.do(tickets[1], "finish", by="other_technician")
        tickets[1].pass_check(by=cast.actor("dispatcher"))


def test_whoever_had_the_job_does_not_check_it_later(app: Flask, cast: Cast):
    """Handing over does not wash anybody clean."""
    with cast.at_work():
        ticket = cast.ticket("work_done")
        ticket.hand_over(cast.grant("other_technician"), cast.actor("dispatcher"))
        for key in ("technician", "other_technician"):
            turned = replace(cast.actor("dispatcher"), person_id=cast.person(key).id)
            with pytest.raises(Denied):
                ticket.pass_check(by=turned)


WHO = {"manager": None, "admin": None, "stranger": NotReached}


def test_only_who_looks_after_the_staff_there_and_never_oneself(app: Flask, cast: Cast, subtests):
    for key in ("service_agent", "dispatcher", "technician", "auditor", "head_office", "owner", *WHO):
        with subtests.test(key=key), cast.at_work():
            account = cast.account("inspector")
            expected = WHO.get(key, Denied)
            if expected is None:
                assert leave_staff(account, cast.actor(key)) == 0
                assert account.disabled_at is not None
            else:
                with pytest.raises(expected):
                    leave_staff(account, cast.actor(key))
                assert account.disabled_at is None
    with cast.at_work(), pytest.raises(Denied):
        leave_staff(cast.account("manager"), cast.actor("manager"))
    with cast.at_work(), pytest.raises(NotReached):
        leave_staff(cast.account("owner"), cast.actor("manager"))


def test_work_goes_only_to_somebody_who_can_have_it(app: Flask, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket("in_work")
        for key in ("dispatcher", "stranger", "inspector"):
            with pytest.raises(Refused):
                leave_staff(cast.account("technician"), cast.actor("manager"), cast.grant(key))
        assert ticket.technician_id == cast.person("technician").id
        assert cast.grant("technician").in_force
