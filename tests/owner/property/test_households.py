"""The pages of a household, without scripts: inviting, joining, rights, changing the home."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.jobs.worker import Worker
from portal.models.accounts import Person, Session
from portal.models.base import db
from portal.models.property import Relation
from portal.models.property.rights import Right
from portal.web import signing_in
from tests.people import CAST
from tests.stage.cast import Cast
from tests.stage.client import PageClient, Reading

SISTER = "12900000777"


@pytest.fixture
def page(cast: Cast) -> str:
    """The address of the owner's household."""
    with cast.at_work():
        return f"/home/{cast.tenure().id}/household"


def _code(app: Flask, client: PageClient) -> str:
    with app.app_context():
        Worker(app).drain()
    found = re.search(r"邀请码 (\w{4} \w{4})", client.get("/outbox").text)
    assert found is not None
    return found[1]


def test_the_owner_invites_and_the_sister_joins_and_reads_the_notice_first(app, cast: Cast, sign_in, client, page: str):
    owner = sign_in("owner")
    done = owner.submit(page, "/invitations", follow=True, name="林小妹", phone=SISTER, rights=["2"])
    assert "邀请已发出" in done.text
    assert "129****0777" in done.text
    assert SISTER not in done.text
    answer = client.submit("/join", "/join", phone=SISTER, code=_code(app, client))
    assert answer.status_code == 303
    assert client.get("/home").headers["Location"] == "/privacy/notice?next=/home"
    client.submit("/privacy/notice", "/privacy/notice")
    assert "我要报修" in client.get("/home").text
    with cast.at_work():
        person = Person.by_phone(SISTER)
        assert person is not None
        assert cast.tenure().party_of(person.id).rights == Right.SEE | Right.REPORT
    assert "林小妹" in owner.get(page).text


def test_a_refused_invitation_keeps_what_was_typed(sign_in, page: str):
    answer = sign_in("owner").submit(page, "/invitations", name="林小妹", phone="12", rights=["8"])
    assert answer.status_code == 422
    assert 'value="林小妹"' in answer.text
    assert 'value="12"' in answer.text
    assert "填写 11 位手机号" in answer.text


def test_who_has_an_account_already_joins_and_signs_in_as_ever(app, sign_in, client, page: str):
    sign_in("owner").submit(page, "/invitations", name="邻居", phone=CAST["neighbour"].phone)
    answer = client.submit("/join", "/join", phone=CAST["neighbour"].phone, code=_code(app, client))
    assert answer.headers["Location"] == "/"
    assert client.get("/account").status_code == 303


def test_a_wrong_code_says_nothing_about_the_number(app, sign_in, page: str):
    sign_in("owner").submit(page, "/invitations", name="林小妹", phone=SISTER)
    texts = set()
    for phone in (SISTER, "12900000778"):
        client = PageClient.of(app, None)
        answer = client.submit("/join", "/join", phone=phone, code="ABCD2345")
        assert answer.status_code == 422
        texts.add("手机号和邀请码对不上" in answer.text)
    assert texts == {True}


def test_an_invitation_is_taken_back(app, sign_in, client, page: str):
    owner = sign_in("owner")
    invited = owner.submit(page, "/invitations", follow=True, name="林小妹", phone=SISTER)
    code = _code(app, client)
    form = next(
        form for form in Reading(invited.text).forms if re.search(r"invitations/[0-9a-f-]{36}/end$", form.action)
    )
    assert owner.post(form.action, data=form.fields).status_code == 303
    assert client.submit("/join", "/join", phone=SISTER, code=code).status_code == 422


def test_rights_are_taken_and_the_page_of_the_member_follows(cast: Cast, at, sign_in, page: str):
    owner, member, number = sign_in("owner"), sign_in("co_owner"), at("awaiting_owner")
    assert "验收签字" in member.get(f"/repairs/{number}").text
    saved = owner.submit(page, "/rights", follow=True, rights=[])
    assert "权限已保存" in saved.text
    text = member.get(f"/repairs/{number}").text
    assert f"/repairs/{number}/confirmation" not in text
    assert f"/repairs/{number}/messages" not in text
    assert "我要报修" not in member.get("/home").text
    assert "我要报修" not in member.get("/repairs").text
    assert member.get(f"/repairs/{number}/confirmation").status_code == 403


def test_who_is_removed_sees_nothing_any_more(at, sign_in, page: str):
    owner, member, number = sign_in("owner"), sign_in("co_owner"), at("submitted")
    form = next(
        form for form in Reading(owner.get(page).text).forms if re.search(r"household/[0-9a-f-]{36}/end$", form.action)
    )
    assert owner.post(form.action, data=form.fields).status_code == 303
    assert member.get(f"/repairs/{number}").status_code == 403
    assert member.get("/account").status_code == 200


def test_inviting_and_giving_rights_ask_for_a_proof_within_five_minutes(cast: Cast, sign_in, page: str):
    owner = sign_in("owner")
    form = owner.form(page, "/invitations")
    with clock.at(clock.now() + timedelta(minutes=6)):
        answer = owner.post(form.action, data={**form.fields, "name": "林小妹", "phone": SISTER})
    assert answer.status_code == 403
    assert "/proof" in answer.text
    assert 'value="林小妹"' in answer.text


def test_changing_the_home_changes_what_one_may_do(app: Flask, cast: Cast):
    with cast.at_work():
        tenure = cast.tenure("1-1-0102")
        tenure.admit(cast.person("owner"), Relation.CO_OWNER, rights=Right.SEE)
        _, token = Session.begin(cast.account("owner"))
        db.session.commit()
        address = f"/home/{tenure.id}/use"
    client = PageClient.of(app, None)
    with app.test_request_context():
        client.set_cookie(signing_in.cookie_name(), token, domain="localhost")
    assert "我要报修" in client.get("/home").text
    changed = client.submit("/home", address, follow=True)
    assert "0102" in changed.text
    assert "我要报修" not in changed.text
    assert client.get("/repairs/new").status_code == 403


def test_my_account_leads_to_the_households_i_own(sign_in, page: str):
    assert page in sign_in("owner").get("/account").text
    assert "/household" not in sign_in("co_owner").get("/account").text
