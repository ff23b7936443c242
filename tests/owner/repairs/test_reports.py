"""Reporting: nobody is blamed for what they could not choose yet, and the answer comes before the button."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlencode

import pytest
from PIL import Image

from portal.models.base import db
from portal.models.repairs import Ticket
from tests.stage.client import Reading

NEW, POST = "/repairs/new", "/repairs"
BURST = {"place": "space.kitchen", "category": "PLUMB", "defect": "PLUMB-01"}
DRIP = BURST | {"defect": "PLUMB-02"}
SCRIPTED = {"HX-Request": "true"}


@pytest.fixture
def owner(sign_in):
    return sign_in("owner")


def said(answer) -> bool:
    return 'class="errors"' in answer.text


def test_each_press_brings_the_next_choices_and_keeps_what_was_typed(owner):
    page = owner.submit(NEW, POST, place="space.kitchen", words="滴水 <b>")
    assert (page.status_code, said(page)) == (200, False)
    page = owner.submit(page, POST, category="PLUMB")
    assert (page.status_code, said(page)) == (200, False)
    assert "下一步" in page.text
    page = owner.submit(page, POST, defect="PLUMB-02")
    assert Reading(page.text).forms[-1].fields["words"] == ["滴水 <b>"]
    assert "提交报修" in page.text
    assert "30 分钟内联系您" in page.text
    sent = owner.submit(page, POST)
    assert sent.status_code == 303
    assert "滴水 &lt;b&gt;" in owner.get(sent.headers["Location"]).text


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "请选择问题在哪里"),
        ({"place": "space.kitchen"}, "请选择是哪一类问题"),
        ({"place": "space.kitchen", "category": "PLUMB"}, "请选择具体是什么问题"),
    ],
)
def test_what_was_offered_and_not_chosen_is_asked_for(owner, chosen, words):
    page = owner.submit(NEW, POST, **chosen) if chosen else owner.get(NEW)
    answer = owner.submit(page, POST)
    assert answer.status_code == 422
    assert words in answer.text


def test_nothing_is_sent_before_the_answer_was_shown(owner, cast):
    answer = owner.submit(NEW, POST, words="滴水", **DRIP)
    assert (answer.status_code, said(answer)) == (200, False)
    with cast.at_work():
        assert db.session.query(Ticket).count() == 0


def test_an_emergency_says_first_whom_to_call(owner):
    page = owner.submit(NEW, POST, words="爆管", **BURST).text
    assert page.index("先打电话") < page.index("<h1>")
    assert page.index('href="tel:4000000000"') < page.index("<h1>")
    assert "关闭入户总阀" in page[: page.index("<h1>")]
    calm = owner.submit(NEW, POST, words="滴水", **DRIP).text
    assert "先打电话" not in calm[: calm.index("<h1>")]


def test_a_change_of_choice_asks_for_the_pieces_alone(owner):
    page = owner.get(NEW).text
    assert 'hx-include="this"' in page[page.index('id="report-choice"') :][:300]
    answer = owner.get(f"/repairs/choice?{urlencode(DRIP)}", headers=SCRIPTED)
    roots = {"report-emergency", "report-choice", "report-send", "report-after"}
    assert roots <= Reading(answer.text).ids
    assert answer.text.count("hx-swap-oob") == len(roots)
    assert 'name="words"' not in answer.text
    assert 'name="seen" value="PLUMB-02"' in answer.text
    assert "show:top" not in answer.text
    assert "show:top" in owner.get(f"/repairs/choice?{urlencode(BURST)}", headers=SCRIPTED).text


def test_somebody_with_two_homes_says_which(owner, sign_in, cast):
    with cast.at_work():
        other = str(cast.tenure("1-1-0201").id)
    page = owner.submit(NEW, POST, words="滴水", tenure=other, **DRIP)
    assert "已过保，先报价再维修" in page.text
    sent = owner.submit(page, POST)
    with cast.at_work():
        assert str(db.session.query(Ticket).one().tenure_id) == other
    assert "1号楼 1单元 0201" in owner.get(sent.headers["Location"]).text
    assert 'type="radio" name="tenure"' not in sign_in("co_owner").get(NEW).text


def test_a_neighbours_home_is_not_found(owner, cast):
    with cast.at_work():
        foreign = str(cast.tenure("1-1-0102").id)
    assert owner.get(f"{NEW}?tenure={foreign}").status_code == 404
    assert owner.submit(NEW, POST, tenure=foreign, words="滴水", **DRIP).status_code == 404


def test_photos_stay_with_a_form_that_comes_back(owner):
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    picture.seek(0)
    page = owner.submit(NEW, POST, photos=(picture, "a.jpg"), **DRIP)
    assert page.text.count('data-state="done" data-tone="go" data-id=') == 1
    refused = owner.submit(page, POST, words=" ")
    assert refused.status_code == 422
    assert refused.text.count('data-state="done" data-tone="go" data-id=') == 1
    sent = owner.submit(refused, POST, words="滴水")
    assert "照片 1" in owner.get(sent.headers["Location"]).text


def test_a_script_gets_the_form_back_as_one_piece(owner):
    form = owner.form(owner.submit(NEW, POST, **DRIP), POST)
    answer = owner.post(POST, data=form.fields, headers=SCRIPTED)
    assert answer.status_code == 422
    assert answer.text.count("hx-swap-oob") == 1
    sent = owner.post(POST, data=form.fields | {"words": ["滴水"]}, headers=SCRIPTED)
    assert (sent.status_code, sent.data) == (204, b"")
    assert sent.headers["HX-Redirect"].startswith("/repairs/BX")
