"""Who reaches which tickets: the only scope there is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from portal import clock
from portal.models.actor import NOBODY, SYSTEM, Actor
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.errors import NotReached
from portal.models.property import Relation, Tenure
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from tests.people import CAST
from tests.stage.cast import Cast, soon

# Ticket → who of the cast reaches it.
DESK = {"service_agent", "dispatcher", "manager", "auditor", "admin"}
DESK |= {"inspector", "complaint_officer", "return_visitor", "head_office"}
REACHED = {
    "home": DESK | {"owner", "co_owner"},
    "second": DESK | {"owner"},
    "common": DESK | {"owner"},
    "booked": DESK | {"owner", "co_owner", "technician"},
    "rebooked": DESK | {"owner", "co_owner", "other_technician"},
    "neighbours": DESK | {"neighbour"},
}


def _tickets(cast: Cast) -> dict[str, Ticket]:
    tickets = {
        "home": cast.ticket(),
        "second": cast.ticket(code="1-1-0201"),
        "common": Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯异响"), cast.actor("owner")),
        "booked": cast.ticket("job_booked"),
        "rebooked": cast.ticket("job_booked"),
        "neighbours": cast.ticket(by="neighbour", code="1-1-0102"),
    }
    tickets["rebooked"].book(cast.grant("other_technician"), *soon(48), by=cast.actor("dispatcher"))
    db.session.flush()
    return tickets


def _reaches(actor: Actor, ticket: Ticket) -> bool:
    """By number, by id and in the list: all three ways agree."""
    ways = set()
    for find in (lambda: Ticket.reached_by(actor, ticket.number), lambda: Ticket.of_id(actor, ticket.id)):
        try:
            ways.add(find() is ticket)
        except NotReached:
            ways.add(False)
    ways.add(ticket in Ticket.newest_reached_by(actor))
    assert len(ways) == 1, f"{actor.role} reaches {ticket.number} one way and not the other"
    return ways.pop()


def test_everybody_reaches_exactly_what_is_theirs(any_app: Flask, cast: Cast):
    with cast.at_work():
        tickets = _tickets(cast)
        for name, ticket in tickets.items():
            reach = {key for key in CAST if _reaches(cast.actor(key), ticket)}
            assert reach == REACHED[name], name


def test_nobody_and_the_system_reach_nothing(app, cast: Cast):
    with cast.at_work():
        ticket, owner, desk = cast.ticket(), cast.actor("owner"), cast.actor("manager")
        for actor in (
            NOBODY,
            SYSTEM,
            replace(owner, person_id=None),
            replace(owner, permissions=frozenset()),
            replace(desk, permissions=frozenset()),
            replace(desk, development_id=None),
            replace(desk, role="owner"),
        ):
            assert not _reaches(actor, ticket)


def test_a_number_that_does_not_exist_is_not_reached_like_any_other(app, cast: Cast):
    with cast.at_work():
        cast.ticket()
        for number in ("", "BX20990101-001", "bx", "%", "BX20261121-001'--"):
            with pytest.raises(NotReached):
                Ticket.reached_by(cast.actor("manager"), number)


def _end(tenure: Tenure) -> None:
    tenure.ended_on = clock.today()
    db.session.flush()


def test_a_former_owner_reaches_nothing(any_app, cast: Cast):
    """Neither what was reported from the home nor what they said about the lift."""
    with cast.at_work():
        owner, co_owner = cast.actor("owner"), cast.actor("co_owner")
        tickets = _tickets(cast)
        for code in ("1-1-0101", "1-1-0201"):
            _end(cast.tenure(code))
        for ticket in tickets.values():
            assert not _reaches(owner, ticket)
            assert not _reaches(co_owner, ticket)
            assert _reaches(cast.actor("dispatcher"), ticket)


def test_the_next_household_does_not_see_the_last_ones_repairs(app, cast: Cast):
    with cast.at_work():
        ticket = cast.ticket()
        _end(cast.tenure())
        tenure = Tenure.begin(cast.home(), clock.today())
        tenure.admit(cast.person("neighbour"), Relation.OWNER)
        assert not _reaches(cast.actor("neighbour"), ticket)
        assert Ticket.of_household(cast.actor("neighbour"), tenure) == []


def test_of_household_lists_the_home_and_ones_own_reports_newest_first(app, cast: Cast):
    with cast.at_work():
        tickets = _tickets(cast)
        listed = Ticket.of_household(cast.actor("owner"), cast.tenure())
        assert listed == [tickets[name] for name in ("rebooked", "booked", "common", "home")]
        listed = Ticket.of_household(cast.actor("co_owner"), cast.tenure())
        assert listed == [tickets[name] for name in ("rebooked", "booked", "home")]
        assert Ticket.of_household(cast.actor("neighbour"), cast.tenure()) == []
