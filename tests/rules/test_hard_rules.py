"""The rules no role stands above: who never does two things, who never sees a person, what no query forgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models.accounts import GRANTS, OWNER_SIDE, STAFF_SIDE, P, Role
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.base import db
from portal.models.customers.finding import FOUND, SEARCHED
from portal.models.errors import Denied, NotReached, Refused
from portal.models.events import Event
from portal.models.masking import mask_name, mask_phone
from portal.models.property import Relation, Tenure
from portal.models.repairs import FLOW, Ticket
from portal.models.scoping import UnscopedError, by_rule
from portal.web.guard import mark_of
from tests.people import CAST
from tests.stage.cast import Cast, soon

# What only the owner's side may write of a ticket, and what only the staff may.
OWNERS = {P.TICKET_CONFIRM, P.TICKET_REPORT, P.TICKET_WITHDRAW}
STAFFS = {P.TICKET_ACKNOWLEDGE, P.TICKET_ASSIGN, P.TICKET_CHECK, P.TICKET_REWORK, P.TICKET_WORK}
# What shows a person, or what a person wrote.
READS = {P.PERSON_REVEAL, P.PERSON_SEARCH, P.TICKET_READ_NOTES, P.TICKET_READ_WORDS, P.TICKET_MESSAGE, P.NOTE_WRITE}
READS |= {P.ERASURE_VIEW, P.ERASURE_HANDLE, P.ERASURE_APPROVE, P.TICKET_FILE}


def test_worker_and_checker_are_never_the_same(app: Flask, cast: Cast):
    """Whichever came first, and whichever role it was done in."""
    with cast.at_work():
        ticket = cast.ticket("work_done")
        with pytest.raises(Denied):
            ticket.pass_check(by=replace(cast.actor("dispatcher"), person_id=cast.person("technician").id))
        turned = replace(cast.actor("dispatcher"), person_id=cast.person("other_technician").id)
        ticket.pass_check(by=turned)
        cast.do(ticket, "reject")
        with pytest.raises(Refused):
            ticket.book(cast.grant("other_technician"), *soon(), by=cast.actor("manager"))
        ticket.book(cast.grant("technician"), *soon(), by=cast.actor("manager"))


def test_no_role_holds_both_sides_of_a_ticket():
    for role in STAFF_SIDE:
        assert not GRANTS[role] & OWNERS, role
        assert not {P.TICKET_WORK, P.TICKET_CHECK} <= GRANTS[role], role
    for role in OWNER_SIDE:
        assert not GRANTS[role] & STAFFS, role


def test_the_state_table_keeps_the_sides_apart():
    """Signature and rating belong to steps of the owner's alone, checks and work to steps of the staff's."""
    owners = {verb for verb, step in FLOW.steps.items() if step.permission in OWNERS}
    assert owners == {"accept", "reject", "withdraw"}
    assert {step.permission for verb, step in FLOW.steps.items() if verb not in owners} == STAFFS


def test_the_administrator_reads_no_person_by_any_right():
    assert not GRANTS[Role.ADMIN] & READS
    assert {right for right in P if right.startswith(("person:", "erasure:", "note:"))} <= READS


def test_no_page_shows_the_administrator_a_person(app: Flask, cast: Cast, sign_in):
    """Every page and fragment that answers an administrator, in a house full of people and their words."""
    with cast.at_work():
        numbers = [cast.ticket(state).number for state in ("submitted", "in_work", "awaiting_owner", "accepted")]
        for number in numbers:
            Ticket.reached_by(cast.actor("manager"), number).say("鹧鸪嘴里衔着扳手", by=cast.actor("owner"))
        db.session.commit()
    others = [known for known in CAST.values() if known.key != "admin"]
    personal = {
        part for known in others for part in (known.name, known.phone, mask_name(known.name), mask_phone(known.phone))
    }
    personal |= {"鹧鸪", "滴水"}
    # Whom the administrator gives roles to is called by name; nobody of a household is.
    colleagues = {known.name for known in others if known.role}
    client, looked, seen = sign_in("admin"), 0, []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.endpoint.startswith("staff."):
            continue
        for number in numbers if "number" in rule.arguments else [""]:
            if rule.arguments - {"number"}:
                continue
            path = app.url_map.bind("localhost").build(rule.endpoint, {"number": number} if number else {})
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.get(path, headers=headers)
                looked += answer.status_code == 200
                named = colleagues if rule.endpoint.startswith("staff.accounts.") else set()
                seen += [f"{path}: {value}" for value in personal - named if value in answer.text]
    assert seen == []
    assert looked > 20


MOMENTS = {timedelta(days=-1): False, timedelta(): True, timedelta(days=1): False}


def test_who_does_the_work_sees_a_number_on_the_day_of_the_job_only(app: Flask, cast: Cast):
    noon = clock.now().replace(hour=4, minute=0)
    with cast.at_work(), clock.at(noon - timedelta(days=3)):
        for key in ("technician", "crew", "contractor"):
            ticket = cast.ticket("acknowledged")
            ticket.book(cast.grant(key), noon, noon + timedelta(hours=2), by=cast.actor("dispatcher"))
            for later, shown in MOMENTS.items():
                with clock.at(noon + later):
                    assert ticket.may_reveal(cast.actor(key)) is shown
                    assert not ticket.may_reveal(cast.actor("other_technician"))
                    assert not ticket.may_reveal(cast.actor("inspector"))


def test_a_search_is_a_look_and_its_words_are_kept_nowhere(app: Flask, cast: Cast, sign_in):
    client = sign_in("service_agent")
    client.submit("/staff/customers", "/staff/customers", text=CAST["owner"].phone)
    with cast.at_work():
        searched, found = (
            db.session.scalars(select(Event).where(Event.kind == kind)).one() for kind in (SEARCHED, FOUND)
        )
        assert found.about_id == cast.person("owner").id
        assert CAST["owner"].phone.encode() not in searched.json + found.json


def test_a_query_of_tickets_without_a_reach_raises_in_a_request(app: Flask, cast: Cast):
    with cast.at_work():
        number = cast.ticket().number
        db.session.commit()
    everything = select(Ticket).where(Ticket.number == number)
    with app.test_request_context("/staff/repairs"):
        for forgetful in (everything, select(Ticket.id), select(Event.id, Ticket.number)):
            with pytest.raises(UnscopedError):
                db.session.execute(forgetful)
        with pytest.raises(UnscopedError):
            db.session.get(Ticket, cast.person("owner").id)
        with pytest.raises(NotReached):
            Ticket.reached_by(cast.actor("crew"), number)
        found = Ticket.reached_by(cast.actor("manager"), number)
        db.session.refresh(found)
        assert found.assignments == []
        assert db.session.scalars(by_rule(everything, "a test's")).one() is found
    with app.app_context():
        assert db.session.scalars(everything).one().number == number


@pytest.mark.parametrize("key", ["owner", "co_owner", "tenant"])
def test_all_rights_in_a_home_end_with_its_tenure(any_app: Flask, cast: Cast, sign_in, key: str):
    """At once, in a session that is open, for everybody of the household."""
    client = sign_in(key)
    with cast.at_work():
        code = "1-1-0201" if key == "tenant" else "1-1-0101"
        ticket = cast.ticket(by=key, code=code)
        cast.do(ticket, "acknowledge")
        number = ticket.number
        db.session.commit()
    assert client.get(f"/repairs/{number}").status_code == 200
    with cast.at_work():
        for tenure in (cast.tenure("1-1-0101"), cast.tenure("1-1-0201")):
            tenure.ended_on = clock.today()
        db.session.commit()
    for path in (f"/repairs/{number}", f"/repairs/{number}/pieces", "/repairs", "/repairs/new"):
        assert client.get(path).status_code in (403, 404), path
    assert client.get("/account").status_code == 200


def test_a_tenant_sees_what_they_reported_and_not_what_the_owner_did(any_app: Flask, cast: Cast):
    with cast.at_work():
        owners, tenants = cast.ticket(code="1-1-0201"), cast.ticket(by="tenant", code="1-1-0201")
        assert Ticket.newest_reached_by(cast.actor("tenant")) == [tenants]
        assert set(Ticket.newest_reached_by(cast.actor("owner"))) == {owners, tenants}
        again = Tenure.of_person(cast.person("tenant").id)[0]
        assert again.admit(cast.person("tenant"), Relation.OWNER).relation == Relation.TENANT


def test_every_right_that_is_marked_on_a_view_is_one_of_the_table(app: Flask):
    marks = {mark_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    used = {mark.permission for mark in marks if mark is not None and mark.permission is not None}
    assert used <= set(P)
    assert set(ROLE_WORDS) >= set(GRANTS)
