"""Somebody was faster: what was written is not lost, and can be sent again from the page as it stands now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.models.repairs import Ticket
from tests.stage.client import Reading

WORDS = "换了角阀，\n试水十分钟不漏"
SCRIPTED = {"HX-Request": "true"}


@pytest.mark.parametrize("headers", [{}, SCRIPTED], ids=["page", "pieces"])
def test_a_form_that_is_still_offered_comes_back_filled_in(cast, at, do, sign_in, headers):
    number, dispatcher = at("work_done"), sign_in("dispatcher")
    late = dispatcher.form(f"/staff/repairs/{number}", "/check/failure")
    for verb in ("send_back", "finish"):
        do(number, verb)
    answer = dispatcher.post(late.action, data=late.fields | {"words": [WORDS]}, headers=headers)
    assert answer.status_code == 409
    again = next(form for form in Reading(answer.text).forms if form.action.endswith("/check/failure"))
    assert again.fields["words"] == [WORDS]
    assert 'id="unsent-1"' not in answer.text
    assert dispatcher.post(again.action, data=again.fields).status_code == 303
    with cast.at_work():
        assert Ticket.reached_by(cast.actor("manager"), number).state == "in_work"


@pytest.mark.parametrize("headers", [{}, SCRIPTED], ids=["page", "pieces"])
def test_words_of_a_form_that_is_no_longer_offered_can_be_copied(at, do, sign_in, headers):
    number, dispatcher = at("work_done"), sign_in("dispatcher")
    late = dispatcher.form(f"/staff/repairs/{number}", "/check/failure")
    do(number, "pass_check")
    answer = dispatcher.post(late.action, data=late.fields | {"words": ["收口没做好 <b>"]}, headers=headers)
    assert answer.status_code == 409
    assert '<label for="unsent-1">您写的没有发出，需要时可以复制</label>' in answer.text
    assert "收口没做好 &lt;b&gt;</textarea>" in answer.text
    assert "收口没做好" not in dispatcher.get(f"/staff/repairs/{number}").text


def test_an_owner_whose_partner_was_faster_keeps_the_words(cast, at, do, sign_in):
    number, owner = at("awaiting_owner"), sign_in("owner")
    late = owner.form(f"/repairs/{number}/confirmation", "/rework")
    do(number, "accept")
    answer = owner.post(late.action, data=late.fields | {"words": ["还在滴水"], "reasons": ["not_fixed"]})
    assert answer.status_code == 409
    assert "还在滴水</textarea>" in answer.text


def test_a_booking_comes_back_as_it_was_chosen(cast, at, do, sign_in):
    number, manager = at("acknowledged"), sign_in("manager")
    with cast.at_work():
        grant = str(cast.grant("technician").id)
    late = manager.form(f"/staff/repairs/{number}", "/assignment")
    do(number, "book")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    chosen = {"technician": [grant], "start": ["10:30"], "end": ["11:30"], "day": [tomorrow]}
    answer = manager.post(late.action, data=late.fields | chosen)
    assert answer.status_code == 409
    again = next(form for form in Reading(answer.text).forms if form.action.endswith("/assignment"))
    assert again.fields | chosen == again.fields
