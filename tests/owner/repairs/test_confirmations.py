"""The verdict: both answers are there without scripts, and a refused one keeps what was said."""

from __future__ import annotations

import pytest

from portal.models.base import db
from portal.models.repairs import Ticket

SIGNED = {"quality": "5", "speed": "4", "manner": "5", "signature_name": "林晓雯"}


@pytest.fixture
def owner(sign_in):
    return sign_in("owner")


def test_what_was_done_is_beside_the_question(at, owner):
    text = owner.get(f"/repairs/{at('awaiting_owner')}/confirmation").text
    assert "已补防水并做闭水试验" in text
    assert "周师傅" in text
    assert text.count('<details class="stack loose answer" name="verdict"') == 2


def test_every_missing_score_is_named(at, owner):
    page = f"/repairs/{at('awaiting_owner')}/confirmation"
    refused = owner.submit(page, "/confirmation", quality="4", signature_name="林晓雯")
    assert refused.status_code == 422
    assert "请给速度打分" in refused.text
    assert "请给服务态度打分" in refused.text
    assert 'value="4" aria-label="4 星，满意" checked' in refused.text
    assert 'value="林晓雯"' in refused.text


def test_a_signature_is_asked_for(at, owner):
    page = f"/repairs/{at('awaiting_owner')}/confirmation"
    refused = owner.submit(page, "/confirmation", **SIGNED | {"signature_name": ""})
    assert refused.status_code == 422
    assert "请签名，或输入您的姓名" in refused.text


def test_what_was_signed_stands_on_the_page(at, owner):
    number = at("awaiting_owner")
    drawn = SIGNED | {"signature_name": "", "signature_path": "M12 34L13 36L20 40"}
    assert owner.submit(f"/repairs/{number}/confirmation", "/confirmation", **drawn).status_code == 303
    text = owner.get(f"/repairs/{number}").text
    assert 'd="M12 34L13 36L20 40"' in text
    assert "4 星" in text


def test_still_wrong_says_why_and_the_form_stays_open(at, owner, cast):
    number = at("awaiting_owner")
    refused = owner.submit(f"/repairs/{number}/confirmation", "/rework", reasons=["not_fixed"], words=" ")
    assert refused.status_code == 422
    assert '<details class="stack loose answer" name="verdict" open>' in refused.text
    assert refused.text.index("打分、签字") < refused.text.index('name="verdict" open')
    answer = owner.submit(refused, "/rework", reasons=["not_fixed", "untidy"], words="还在滴")
    assert answer.status_code == 303
    assert "问题还在、没有收拾干净：还在滴" in owner.get(f"/repairs/{number}").text
    with cast.at_work():
        assert db.session.query(Ticket).one().round == 1


def test_the_other_owner_who_comes_second_is_told(at, owner, sign_in):
    number = at("awaiting_owner")
    second = sign_in("co_owner")
    page = second.get(f"/repairs/{number}/confirmation")
    owner.submit(f"/repairs/{number}/confirmation", "/confirmation", **SIGNED)
    answer = second.submit(page, "/rework", reasons=["not_fixed"], words="还在滴")
    assert answer.status_code == 409
    assert "这一单不用再验收了" in answer.text


def test_elsewhere_there_is_nothing_to_confirm(at, owner):
    number = at("in_work")
    assert owner.get(f"/repairs/{number}/confirmation").headers["Location"] == f"/repairs/{number}"
