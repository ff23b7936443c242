"""What speaks against an erasure: each rule of the table, found and not found, and what people put down by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.errors import Denied, NotReached, Refused, WrongState
from portal.models.privacy.holds import BY_HAND, HOLDS, found_holds, placed_holds
from portal.models.privacy.states import REFUSAL_WORDS, State
from portal.models.property import Relation
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from tests.models.privacy.stories import asked
from tests.stage.cast import Cast

LONG_AGO = timedelta(days=365 * 20)


def test_every_reason_to_keep_is_a_reason_to_refuse():
    assert set(HOLDS) <= set(REFUSAL_WORDS)
    assert set(BY_HAND) == {"dispute", "tax"}


def test_who_is_held_by_what(any_app: Flask, cast: Cast):
    with cast.at_work():
        held = {key: found_holds(cast.person(key).id) for key in ("owner", "co_owner", "neighbour", "technician")}
        assert held == {"owner": ["warranty"], "co_owner": [], "neighbour": ["warranty"], "technician": ["employed"]}


def test_a_warranty_that_has_ended_holds_nobody(app: Flask, cast: Cast):
    """What is covered for the building's design life goes with the home."""
    with cast.at_work():
        cast.home("1-1-0102").handed_over_on = clock.today() - LONG_AGO
        assert found_holds(cast.person("neighbour").id) == []
        cast.home("1-1-0102").handed_over_on = None  # not begun: the contract runs
        assert found_holds(cast.person("neighbour").id) == ["warranty"]


def test_another_owner_sets_the_first_free_and_so_does_moving_out(app: Flask, cast: Cast):
    with cast.at_work():
        tenure = cast.tenure("1-1-0102")
        party = tenure.admit(cast.person("co_owner"), Relation.OWNER)
        assert found_holds(cast.person("neighbour").id) == []
        party.relation = Relation.CO_OWNER
        assert found_holds(cast.person("neighbour").id) == ["warranty"]
        tenure.ended_on = clock.today()
        db.session.flush()
        assert found_holds(cast.person("neighbour").id) == []


@pytest.mark.parametrize("state", ["submitted", "in_work", "awaiting_owner", "rework", "accepted", "withdrawn"])
def test_an_open_repair_holds_the_household_and_the_technician(app: Flask, cast: Cast, state: str):
    with cast.at_work():
        ticket = cast.ticket(state)
        for key in ("co_owner", "technician") if ticket.technician_id else ("co_owner",):
            assert ("unfinished" in found_holds(cast.person(key).id)) == ticket.is_open
        assert "unfinished" not in found_holds(cast.person("neighbour").id)


def test_a_common_part_holds_who_reported_it(app: Flask, cast: Cast):
    with cast.at_work():
        Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯异响"), cast.actor("co_owner"))
        db.session.flush()
        assert found_holds(cast.person("co_owner").id) == ["unfinished"]
        assert "unfinished" not in found_holds(cast.person("owner").id)


def test_a_reason_put_down_by_hand_stands_until_it_is_lifted(any_app: Flask, cast: Cast):
    with cast.at_work():
        erasure, agent = asked(cast, State.CLEARED), cast.actor("service_agent")
        erasure.hold("tax", "发票未满十年", by=agent)
        db.session.flush()
        assert erasure.holds == ["tax"]
        with pytest.raises(Refused, match="还有保留的理由"):
            erasure.approve(by=cast.actor("auditor"))
        assert erasure.state == State.CLEARED
        (hold,) = placed_holds(erasure.id)
        assert hold.words == "发票未满十年"
        erasure.release(hold.id, by=cast.actor("auditor"))
        db.session.flush()
        with pytest.raises(NotReached):
            erasure.release(hold.id, by=agent)
        erasure.approve(by=cast.actor("auditor"))
        with pytest.raises(WrongState):
            erasure.hold("tax", "晚了", by=agent)


def test_who_may_put_one_down_and_what(app: Flask, cast: Cast):
    with cast.at_work():
        erasure = asked(cast, State.CONFIRMED)
        for kind, basis in (("warranty", "在保"), ("tax", " "), ("tax", "长" * 1001)):
            with pytest.raises(Refused):
                erasure.hold(kind, basis, by=cast.actor("service_agent"))
        for key in ("technician", "dispatcher", "admin", "owner"):
            with pytest.raises(Denied):
                erasure.hold("tax", "发票", by=cast.actor(key))
