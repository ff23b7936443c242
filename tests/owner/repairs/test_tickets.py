"""One repair: what the owner is offered in each state, and what a step or a message of somebody else leaves alone."""

from __future__ import annotations

import pytest

from portal.models.repairs import State
from tests.stage.client import Reading

SCRIPTED = {"HX-Request": "true"}
OFFERED = {
    State.SUBMITTED: {"withdrawal"},
    State.ACKNOWLEDGED: {"withdrawal"},
    State.JOB_BOOKED: {"withdrawal"},
    State.IN_WORK: set(),
    State.WORK_DONE: set(),
    State.AWAITING_OWNER: {"confirmation"},
    State.REWORK: set(),
    State.ACCEPTED: set(),
    State.WITHDRAWN: set(),
}


@pytest.fixture
def owner(sign_in):
    return sign_in("owner")


@pytest.mark.parametrize("state", State)
def test_only_what_can_be_done_is_offered(at, owner, state):
    number = at(state)
    text = owner.get(f"/repairs/{number}").text
    found = {step for step in ("withdrawal", "confirmation") if f"/repairs/{number}/{step}" in text}
    assert found == OFFERED[state]
    assert f'id="ticket-{number}-progress"' in text


def test_the_time_comes_first(at, owner):
    text = owner.get(f"/repairs/{at('job_booked')}").text
    block = text[text.index('class="live"') :]
    assert "周师傅明天上门" in block[: block.index("<ol")]
    assert "周建国" not in text


@pytest.mark.parametrize("key", ["neighbour", "technician"])
def test_nobody_else_finds_it(at, sign_in, key):
    number = at("submitted")
    expected = 404 if key == "neighbour" else 403
    assert sign_in(key).get(f"/repairs/{number}").status_code == expected


def test_a_message_leaves_alone_what_is_being_filled_in(at, owner):
    number = at("acknowledged")
    same = owner.get(f"/repairs/{number}/pieces?moves=1", headers=SCRIPTED).text
    assert not {f"ticket-{number}-actions", f"ticket-{number}-message"} & Reading(same).ids
    moved = owner.get(f"/repairs/{number}/pieces?moves=0", headers=SCRIPTED).text
    assert f"ticket-{number}-actions" in Reading(moved).ids
    assert f"ticket-{number}-message" not in Reading(moved).ids
    assert f"/repairs/{number}/pieces?moves=1" in moved


def test_a_piece_that_is_still_true_is_not_sent_again(at, owner):
    number = at("submitted")
    tag = owner.get(f"/repairs/{number}/pieces").headers["HX-PTag"]
    again = owner.get(f"/repairs/{number}/pieces", headers={"HX-PTag": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_every_piece_of_an_answer_finds_its_place(at, owner):
    number = at("submitted")
    page = owner.get(f"/repairs/{number}")
    form = owner.form(page, "/messages")
    answer = owner.post(form.action, data=dict(form.fields) | {"text": "请上午来"}, headers=SCRIPTED).text
    pieces = {name for name in Reading(answer).ids if name.startswith(f"ticket-{number}-")}
    assert pieces <= Reading(page.text).ids
    assert "请上午来" in answer
    assert Reading(answer).forms[-1].fields["text"] == [""]


def test_an_empty_message_is_refused_in_words(at, owner):
    answer = owner.submit(f"/repairs/{at('submitted')}", "/messages", text=" ")
    assert answer.status_code == 422
    assert "写点内容再发送" in answer.text


def test_a_form_made_before_a_step_shows_what_changed(at, do, owner):
    number = at("submitted")
    page = owner.get(f"/repairs/{number}")
    do(number, "acknowledge")
    answer = owner.submit(page, "/withdrawal", reason="solved")
    assert answer.status_code == 409
    assert "刚才有人更新过" in answer.text
    assert "已受理" in answer.text


def test_withdrawing_asks_why(at, owner):
    number = at("submitted")
    refused = owner.submit(f"/repairs/{number}", "/withdrawal")
    assert refused.status_code == 422
    assert "<details open>" in refused.text
    assert owner.submit(refused, "/withdrawal", reason="later").status_code == 303
    assert "这次报修已撤销" in owner.get(f"/repairs/{number}").text


def test_the_list_puts_first_what_waits_for_the_owner(at, owner):
    done, waiting, going = at("accepted"), at("awaiting_owner"), at("in_work")
    text = owner.get("/repairs").text
    assert text.index(waiting) < text.index(going) < text.index(done)
    assert "当天修好" in text
