"""Writing a call down: step by step without scripts, the answer before the report, and what is typed stays."""

from __future__ import annotations

import pytest

from portal.models.base import db
from portal.models.repairs import Ticket
from tests.stage.client import Reading

NEW, POST = "/staff/repairs/new", "/staff/repairs"
LEAK = {"home": "1-1-0101", "place": "space.kitchen", "category": "PLUMB", "defect": "PLUMB-02"}


@pytest.fixture
def agent(sign_in):
    return sign_in("service_agent")


def test_the_next_choices_come_without_a_complaint(agent):
    answer = agent.submit(NEW, POST, home="1-1-0101", words="漏水", more="1")
    assert answer.status_code == 200
    assert 'class="errors"' not in answer.text
    assert "space.kitchen" in answer.text
    assert Reading(answer.text).forms[-1].fields["words"] == ["漏水"]


def test_nothing_is_filed_before_the_answer_was_shown(agent, cast):
    answer = agent.submit(NEW, POST, words="漏水", caller_name="林妈妈", **LEAK)
    assert answer.status_code == 200
    assert agent.form(answer, POST).fields["seen"] == ["PLUMB-02"]
    with cast.at_work():
        assert db.session.query(Ticket).count() == 0


def test_what_is_missing_is_said(agent):
    assert "请选择问题在哪里" in agent.submit(NEW, POST, words="漏水").text
    unknown = agent.submit(NEW, POST, home="9-9-9", words="漏水")
    assert unknown.status_code == 422
    assert "没有找到这个房号" in unknown.text
    nameless = agent.submit(NEW, POST, seen="PLUMB-02", words="漏水", **LEAK)
    assert nameless.status_code == 422
    assert "请填写来电人" in nameless.text


def test_a_wrong_home_is_not_dropped_from_a_report_about_a_common_part(agent, cast):
    lift = {"place": "common.lift", "category": "PUBLIC", "defect": "PUBLIC-01", "seen": "PUBLIC-01"}
    answer = agent.submit(NEW, POST, home="9-9-9", words="异响", caller_name="住户", **lift)
    assert answer.status_code == 422
    with cast.at_work():
        assert db.session.query(Ticket).count() == 0


def test_the_first_party_is_chosen_and_somebody_else_can_be(agent, cast):
    page = agent.submit(NEW, POST, more="1", **LEAK)
    with cast.at_work():
        owner = str(cast.person("owner").id)
    assert agent.form(page, POST).fields["reporter"] == [owner]
    answer = agent.submit(page, POST, reporter="", words="漏水", caller_name="租客", **LEAK)
    assert answer.status_code == 303
    with cast.at_work():
        assert db.session.query(Ticket).one().reporter_id is None


def test_the_building_is_asked_for_where_no_home_says_it(agent, cast):
    with cast.at_work():
        building = str(cast.home().entrance.building.id)
    lift = {"place": "common.lift", "category": "PUBLIC", "defect": "PUBLIC-01", "seen": "PUBLIC-01"}
    answer = agent.submit(NEW, POST, building=building, words="异响", caller_name="住户", **lift)
    assert answer.status_code == 303
    with cast.at_work():
        ticket = db.session.query(Ticket).one()
        assert (str(ticket.building_id), ticket.tenure_id) == (building, None)


def test_an_emergency_says_first_what_to_do(agent):
    answer = agent.get(f"{POST}/choice", query_string=LEAK | {"category": "GAS", "defect": "GAS-01"})
    assert answer.text.index("先顾人身安全") < answer.text.index('id="home"')
    assert 'href="tel:' in answer.text
