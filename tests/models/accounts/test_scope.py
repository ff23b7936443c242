"""Scope is data on the grant: buildings, own / team / all, from and until; and one grant is in use at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.models.accounts import Account, Grant, Person, Role, Session
from portal.models.accounts.in_use import grant_in_use, use
from portal.models.actor import Actor, Reach
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.customers import find
from portal.models.errors import NotReached, Refused
from portal.models.property import Building, CommonPart, Entrance, Home, Relation, Tenure
from portal.models.repairs import Ticket
from portal.models.repairs.lists import VIEWS, counts, page
from portal.models.repairs.reported import Place, Report
from tests.stage.cast import Cast, soon

MINUTE = timedelta(minutes=1)


def _second_building(cast: Cast) -> Tenure:
    """A home in building 2, owned by the neighbour."""
    here = cast.development()
    building = Building(development=here, label="2", floors=1)
    entrance = Entrance(development_id=here.id, building=building, label="1")
    home = Home(development=here, entrance=entrance, house_type=cast.home().house_type, number="0101", floor="1")
    db.session.add(home)
    db.session.flush()
    tenure = Tenure.begin(home, clock.today())
    tenure.admit(cast.person("neighbour"), Relation.OWNER)
    return tenure


def _limited(cast: Cast, role: Role, building: Building, name: str = "柯南", **scope: object) -> Grant:
    account = Account.of(Person.add(name, f"1290000{5000 + len(name) + building.floors:04}"))
    grant = Grant.give(account, role, cast.development().id, buildings=[building.id], **scope)  # type: ignore[arg-type]
    db.session.flush()
    return grant


def _everywhere(actor: Actor) -> set[str]:
    """The numbers reached by list, page and count, which agree."""
    numbers = {ticket.number for ticket in Ticket.newest_reached_by(actor)}
    assert {ticket.number for ticket in page(actor, VIEWS["open"]).tickets} == numbers
    assert counts(actor)["open"] == len(numbers)
    return numbers


def test_a_grant_may_be_limited_to_buildings(any_app: Flask, cast: Cast):
    with cast.at_work():
        tenure = _second_building(cast)
        ours, second = cast.home().entrance.building, tenure.home.entrance.building
        mine = cast.ticket()
        lift = Ticket.report(cast.common(), Defect.current("PUBLIC-01"), Report("电梯异响"), cast.actor("owner"))
        grounds = Place(cast.development(), cast.tenure(), common_part=CommonPart.GROUNDS)
        garden = Ticket.report(grounds, Defect.current("PUBLIC-01"), Report("路灯不亮"), cast.actor("owner"))
        there = Ticket.report(
            Place(cast.development(), tenure, space_code="kitchen"),
            Defect.current("LEAK-05"),
            Report("漏水"),
            cast.actor("neighbour"),
        )
        db.session.flush()
        first, other = (
            _limited(cast, Role.DISPATCHER, one, f"柯南{n}").actor() for n, one in enumerate((ours, second))
        )
        assert _everywhere(first) == {mine.number, lift.number}
        assert _everywhere(other) == {there.number}
        assert _everywhere(cast.actor("dispatcher")) == {mine.number, lift.number, garden.number, there.number}
        with pytest.raises(NotReached):
            Ticket.reached_by(other, mine.number)
        assert [one.person for one in find("林晓雯", other).people] == []
        assert [one.person for one in find("林晓雯", first).people] == [cast.person("owner")]
        home = Place(cast.development(), cast.tenure(), space_code="kitchen")
        agent = _limited(cast, Role.SERVICE_AGENT, second, "苏三三四五").actor()
        with pytest.raises(NotReached):
            Ticket.file(home, Defect.current("LEAK-05"), Report("漏水", caller_name="林"), agent, None)


def test_a_worker_of_another_building_is_not_sent(app: Flask, cast: Cast):
    with cast.at_work():
        second = _second_building(cast).home.entrance.building
        ticket = cast.ticket("acknowledged")
        with pytest.raises(Refused):
            ticket.book(_limited(cast, Role.TECHNICIAN, second), *soon(), by=cast.actor("dispatcher"))


def test_a_team_is_the_grants_with_its_code_that_are_in_force(any_app: Flask, cast: Cast):
    """The supervisor of a contractor sees the jobs of the firm's people, and nobody else's."""
    with cast.at_work():
        lead, crew = cast.grant("contractor"), cast.grant("crew")
        lead.reach, lead.team, crew.team = Reach.TEAM.value, "firm-a", "firm-a"
        mine, others = cast.ticket("acknowledged"), cast.ticket("job_booked")
        mine.book(crew, *soon(), by=cast.actor("dispatcher"))
        db.session.flush()
        assert _everywhere(lead.actor()) == {mine.number}
        assert _everywhere(crew.actor()) == {mine.number}
        assert others.number not in _everywhere(lead.actor())
        crew.until = clock.now()
        db.session.flush()
        assert _everywhere(lead.actor()) == set()
        lead.team = None
        db.session.flush()
        assert _everywhere(lead.actor()) == set()


def test_a_lead_sees_what_the_team_filed_and_an_agent_with_own_reach_what_they_filed(app: Flask, cast: Cast):
    with cast.at_work():
        agent = cast.grant("service_agent")
        place, defect = cast.place(), Defect.current("LEAK-05")
        filed = Ticket.file(place, defect, Report("漏水", caller_name="林"), agent.actor(), cast.person("owner").id)
        reported = cast.ticket()
        db.session.flush()
        assert _everywhere(agent.actor()) == {filed.number, reported.number}
        agent.reach, agent.team = Reach.OWN.value, "desk"
        lead = Grant.give(
            cast.account("return_visitor"), Role.SERVICE_AGENT, cast.development().id, reach=Reach.TEAM, team="desk"
        )
        assert _everywhere(agent.actor()) == _everywhere(lead.actor()) == {filed.number}


def test_what_has_not_begun_and_what_is_over_gives_nothing(any_app: Flask, cast: Cast, sign_in):
    """At once, in a session that is open."""
    client, now = sign_in("dispatcher"), clock.now()
    with cast.at_work():
        cast.grant("dispatcher").until = now + MINUTE
        db.session.commit()
    assert client.get("/staff/repairs").status_code == 200
    with clock.at(now + MINUTE):
        assert client.get("/staff/repairs").status_code == 403
    with cast.at_work():
        grant = cast.grant("dispatcher")
        grant.since, grant.until = clock.now() + MINUTE, None
        db.session.commit()
    assert client.get("/staff/repairs").status_code == 403


def test_one_of_several_grants_is_in_use(any_app: Flask, cast: Cast):
    with cast.at_work():
        account = cast.account("dispatcher")
        first = cast.grant("dispatcher")
        second = Grant.give(account, Role.MANAGER, cast.grant("stranger").development_id)
        session, _ = Session.begin(account)
        db.session.flush()
        assert grant_in_use(account.id, session.id) is first
        use(second.id, account.id, session.id)
        db.session.flush()
        assert grant_in_use(account.id, session.id) is second
        use(first.id, account.id, session.id)
        use(second.id, account.id, session.id)
        db.session.flush()
        second.end()
        db.session.flush()
        assert grant_in_use(account.id, session.id) is first
        for foreign in (second.id, cast.grant("manager").id):
            with pytest.raises(NotReached):
                use(foreign, account.id, session.id)


def test_the_same_role_in_another_scope_is_another_grant(app: Flask, cast: Cast):
    with cast.at_work():
        account, here = cast.account("dispatcher"), cast.development().id
        building = cast.home().entrance.building_id
        limited = Grant.give(account, Role.DISPATCHER, here, buildings=[building])
        assert limited is not cast.grant("dispatcher")
        assert Grant.give(account, Role.DISPATCHER, here, buildings=[building]) is limited
        assert limited.actor().buildings == {building}
