"""The workbench of one ticket: what each role is offered, and what a refusal or a colleague's step leaves alone."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from portal import clock
from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from portal.models.talk import Message
from tests.stage.client import Reading


@pytest.fixture
def at(at):
    """Bring a ticket to a state, and name its page."""
    return lambda state, **report: f"/staff/repairs/{at(state, **report)}"


def ids(text: str, ending: str) -> set[str]:
    """The ids of a page or an answer that end so."""
    return {name for name in Reading(text).ids if name.endswith(ending)}


OFFERS = [
    ("submitted", "service_agent", "/acknowledgement"),
    ("acknowledged", "dispatcher", "/assignment"),
    ("acknowledged", "service_agent", ""),
    ("job_booked", "technician", "/work"),
    ("in_work", "technician", "/progress"),
    ("in_work", "dispatcher", ""),
    ("work_done", "dispatcher", "/check"),
    ("work_done", "technician", ""),
    ("rework", "manager", "/assignment"),
    ("accepted", "auditor", ""),
]
STEPS = ("/acknowledgement", "/assignment", "/work", "/progress", "/completion", "/check", "/check/failure")


@pytest.mark.parametrize(("state", "role", "offered"), OFFERS)
def test_only_the_steps_of_this_role_are_offered(at, sign_in, state, role, offered):
    text = sign_in(role).get(at(state)).text
    actions = [action for form in Reading(text).forms for action in form.actions]
    found = {step for step in STEPS if any(action.endswith(step) for action in actions)}
    assert (offered in found) if offered else found == set()


def test_the_administrator_reads_no_words(at, sign_in):
    page = at("in_work", words="老人在家，门口有钥匙")
    assert "老人在家" in sign_in("auditor").get(page).text
    text = sign_in("admin").get(page).text
    assert "老人在家" not in text
    assert "无权查看" in text


def test_a_message_leaves_the_steps_alone(at, sign_in):
    page = at("in_work")
    technician = sign_in("technician")
    form = technician.form(page, "/messages")
    fields = dict(form.fields) | {"text": "先打电话"}
    del fields["owner_sees"]
    answer = technician.post(form.action, data=fields, headers={"HX-Request": "true"})
    assert ids(answer.text, "-thread")
    assert not ids(answer.text, "-work")
    with technician.application.app_context():
        assert db.session.query(Message).one().audience == "staff"


def test_a_colleagues_step_brings_new_forms_and_a_message_does_not(at, sign_in):
    page = at("acknowledged")
    dispatcher = sign_in("dispatcher")
    live = {"HX-Request": "true"}
    assert not ids(dispatcher.get(f"{page}/pieces?moves=1", headers=live).text, "-steps")
    assert ids(dispatcher.get(f"{page}/pieces?moves=0", headers=live).text, "-steps")


def test_a_piece_that_is_still_true_is_not_sent_again(at, sign_in):
    page = at("submitted")
    agent = sign_in("service_agent")
    tag = agent.get(f"{page}/pieces").headers["HX-PTag"]
    again = agent.get(f"{page}/pieces", headers={"HX-PTag": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_refused_report_of_work_keeps_its_words_and_its_photos(at, sign_in):
    page = at("in_work")
    technician = sign_in("technician")
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    picture.seek(0)
    once = technician.form(page, "/completion").fields["once"]
    refused = technician.submit(page, "/completion", words=" ", once=once, photos=(picture, "a.jpg"))
    assert refused.status_code == 422
    assert "写一下做了什么" in refused.text
    assert refused.text.count('data-state="done" data-tone="go" data-id=') == 1
    sent = technician.submit(refused, "/completion", words="补好了", follow=True)
    assert "照片 1" in sent.text


def test_a_form_made_before_a_colleagues_step_is_shown_what_changed(at, sign_in):
    page = at("acknowledged")
    dispatcher = sign_in("dispatcher")
    form = dispatcher.form(page, "/assignment")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    booking = dict(form.fields) | {"technician": _technician(dispatcher.get(page).text), "day": tomorrow}
    dispatcher.post(form.action, data=booking | {"start": "10:00", "end": "11:00"})
    answer = dispatcher.post(form.action, data=booking | {"start": "14:00", "end": "15:00", "once": ""})
    assert answer.status_code == 409
    assert "刚才有人更新过" in answer.text
    assert "10:00–11:00" in answer.text


def test_the_number_is_shown_on_a_page_that_leaves_by_itself(at, sign_in, cast):
    page = at("acknowledged")
    answer = sign_in("dispatcher").submit(page, "/reveal")
    assert answer.headers["Refresh"] == f"60; url={page}"
    assert 'data-expires="60"' in answer.text
    with cast.at_work():
        phone = cast.person("owner").phone
    assert f'href="tel:{phone}"' in answer.text
    assert phone not in sign_in("dispatcher").get(page).text


def test_a_technician_sees_the_number_only_on_the_day(at, sign_in):
    page = at("job_booked")
    text = sign_in("technician").get(page).text
    assert "上门当天可看" in text
    assert "/reveal" not in text


def test_a_caller_who_is_nobodys_file_can_be_rung(cast, sign_in):
    with cast.at_work():
        report = Report("电梯异响", caller_name="周先生", caller_phone="13800138000")
        ticket = Ticket.file(cast.common(), Defect.current("PUBLIC-01"), report, cast.actor("service_agent"), None)
        number = ticket.number
        db.session.commit()
    page = f"/staff/repairs/{number}"
    agent = sign_in("service_agent")
    text = agent.get(page).text
    assert "13800138000" not in text
    assert f'commandfor="ticket-{number}-reveal"' in text
    assert f"ticket-{number}-phone" in ids(text, "-phone")
    answer = agent.submit(page, "/reveal")
    assert ">13800138000</a>" in answer.text
    assert 'data-masked="138****8000"' in answer.text


def test_clocks_that_a_withdrawal_ended_are_not_called_met(at, sign_in):
    text = sign_in("service_agent").get(at("withdrawn")).text
    assert "达成" not in text
    assert "服务时限" not in text
    assert "达成" in sign_in("service_agent").get(at("acknowledged")).text


def _technician(text: str) -> str:
    options = text.split('id="technician"')[1].split("</select>")[0].split('<option value="')[2:]
    return options[0].split('"')[0]
