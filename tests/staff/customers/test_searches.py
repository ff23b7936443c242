"""The page that finds people: by POST, masked, in both languages, with nothing of the question in an address."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.models.base import db
from portal.models.customers import finding
from portal.models.events import Event
from tests.stage.cast import Cast

PAGE = "/staff/customers"


def test_the_answer_is_masked_and_leads_on(app: Flask, cast: Cast, at, sign_in):
    number = at("in_work")
    answer = sign_in("service_agent").submit(PAGE, PAGE, text="linxw")
    assert answer.status_code == 200
    assert "林*雯" in answer.text
    assert "129****0001" in answer.text
    for plain in ("林晓雯", "12900000001", "owner@mail.invalid"):
        assert plain not in answer.text
    assert f'href="/staff/repairs/{number}"' in answer.text
    assert 'href="/staff/repairs/new?home=1-1-0101"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.request.path == PAGE
    assert answer.request.query_string == b""


def test_each_sees_only_links_they_may_follow(app: Flask, sign_in):
    for key, files in (("service_agent", True), ("manager", True), ("dispatcher", False), ("auditor", False)):
        answer = sign_in(key).submit(PAGE, PAGE, text="lxw")
        assert "1-1-0101" in answer.text
        assert ("/staff/repairs/new?home=" in answer.text) is files, key


def test_what_is_typed_stays_in_the_field_and_is_escaped(app: Flask, sign_in):
    answer = sign_in("service_agent").submit(PAGE, PAGE, text='王<b>"')
    assert 'value="王&lt;b&gt;&#34;"' in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize(("text", "words"), [("", "请填写"), ("l", "太短了"), ("138", "号码不完整"), ("x" * 81, "80")])
def test_too_little_or_too_much_is_refused_next_to_the_field(app: Flask, sign_in, text: str, words: str):
    answer = sign_in("service_agent").submit(PAGE, PAGE, text=text)
    assert answer.status_code == 422
    assert answer.text.count(words) >= 2
    assert 'id="people"' not in answer.text


def test_nobody_found_says_what_to_try(app: Flask, sign_in):
    answer = sign_in("service_agent").submit(PAGE, PAGE, text="没有这人")
    assert answer.status_code == 200
    assert "换一种写法试试" in answer.text


def test_every_press_is_a_search_on_record(app: Flask, cast: Cast, sign_in):
    agent = sign_in("service_agent")
    form = agent.form(PAGE, PAGE)
    for _ in range(2):
        assert agent.post(PAGE, data=form.fields | {"text": "林晓雯"}).status_code == 200
    with cast.at_work():
        events = db.session.scalars(select(Event).where(Event.kind == finding.SEARCHED)).all()
        assert [event.fields for event in events] == [{"what": "name", "hits": 1}] * 2


def test_the_field_at_the_top_of_other_pages_finds_too(app: Flask, sign_in):
    agent = sign_in("service_agent")
    answer = agent.submit("/staff/notices", PAGE, text="许泽明")
    assert "许*明" in answer.text
    assert 'role="search"' not in sign_in("technician").get("/staff/notices").text


@pytest.mark.parametrize(("key", "there"), [("service_agent", True), ("auditor", True), ("technician", False)])
def test_the_rail_leads_there_for_those_who_may(app: Flask, sign_in, key: str, there: bool):
    assert (f'href="{PAGE}"' in sign_in(key).get("/staff/notices").text) is there


def test_in_english(app: Flask, sign_in):
    agent = sign_in("service_agent")
    agent.submit("/staff/notices", "/language", locale="en")
    answer = agent.submit(PAGE, PAGE, text="xzm")
    for words in ("<h1>People</h1>", "1 person found", "Co-owner", "Home and open repairs"):
        assert words in answer.text
    assert "Too short" in agent.submit(PAGE, PAGE, text="l").text
