"""Signing in by a code, without scripts; and the demonstration's outbox."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.backends.texts import TextOutbox, TextsByMail, texts_for
from portal.jobs.worker import Worker
from portal.models.accounts import Account
from portal.models.accounts.code import Code
from portal.models.base import db
from portal.models.events import Event
from portal.web import signing_in
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast
from tests.stage.client import PageClient

OWNER, UNKNOWN = CAST["owner"].phone, "12900007777"


def _digits(app: Flask, client: PageClient) -> str:
    """What the newest message says, as somebody reads it in the demonstration."""
    with app.app_context():
        Worker(app).drain()
    found = re.search(r"验证码 (\d{6})", client.get("/outbox").text)
    assert found is not None
    return found[1]


def test_an_owner_signs_in_with_the_code_that_was_sent(app, client):
    asked = client.submit("/?next=/repairs", "/codes", phone="129 0000 0001")
    assert asked.status_code == 200
    assert "129****0001" in asked.text
    assert 'value="129 0000 0001"' in asked.text
    assert 'data-wait="60"' in asked.text
    answer = client.submit(asked, "/sessions/code", code=_digits(app, client))
    assert answer.headers["Location"] == "/repairs"
    assert client.get("/account").status_code == 200


def test_a_wrong_code_says_how_often_it_may_still_be_tried_and_keeps_what_was_typed(app, client):
    client.submit("/", "/codes", phone=OWNER)
    right = _digits(app, client)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    answer = client.submit("/", "/sessions/code", phone=OWNER, code=wrong)
    assert answer.status_code == 422
    assert "还可以试 4 次" in answer.text
    assert f'value="{wrong}"' in answer.text
    assert f'value="{OWNER}"' in answer.text
    for _ in range(4):
        answer = client.submit("/", "/sessions/code", phone=OWNER, code=wrong)
    assert "这个验证码用不了了" in answer.text
    assert client.submit("/", "/sessions/code", phone=OWNER, code=right).status_code == 422


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "12 45 7"])
def test_what_is_no_code_is_said_beside_the_field_and_no_try(app, cast: Cast, client, code: str):
    client.submit("/", "/codes", phone=OWNER)
    answer = client.submit("/", "/sessions/code", phone=OWNER, code=code)
    assert answer.status_code == 422
    assert "填写短信里的 6 位数字" in answer.text
    with cast.at_work():
        assert db.session.scalars(select(Code.tries)).all() == [0]


def test_full_width_digits_with_blanks_are_digits(app, client):
    client.submit("/", "/codes", phone=OWNER)
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in _digits(app, client))
    assert client.submit("/", "/sessions/code", phone=OWNER, code=wide).status_code == 303


def _without_numbers(text: str) -> str:
    return re.sub(r'(csrf-token" content|name="csrf_token" value|name="once" value)="[^"]*"', "", text)


def test_known_and_unknown_numbers_are_answered_alike(app, cast: Cast):
    answers = []
    for phone in (OWNER, UNKNOWN, CAST["manager"].phone):
        client = PageClient.of(app, None)
        pages = [client.submit("/", "/codes", phone=phone), client.submit("/", "/codes", phone=phone)]
        pages.append(client.submit("/", "/sessions/code", phone=phone, code="000000"))
        answers.append(
            [
                (page.status_code, _without_numbers(page.text).replace(phone, "").replace(phone[-4:], ""))
                for page in pages
            ]
        )
    assert answers[0] == answers[1] == answers[2]
    assert [status for status, _ in answers[0]] == [200, 429, 422]
    assert "请等" in answers[0][1][1]
    with app.app_context():
        Worker(app).drain()
        assert db.session.scalar(select(func.count()).select_from(Code).where(Code.sent_at.is_not(None))) == 1


def test_a_code_is_no_use_in_another_browser(app, client):
    client.submit("/", "/codes", phone=OWNER)
    other = PageClient.of(app, None)
    assert other.submit("/", "/sessions/code", phone=OWNER, code=_digits(app, client)).status_code == 422


def test_signing_in_by_code_makes_a_new_token_and_replay_is_refused(app, client):
    client.submit("/", "/codes", phone=OWNER)
    code = _digits(app, client)
    with app.test_request_context():
        name = signing_in.cookie_name()
    client.set_cookie(name, "planted", domain="localhost")
    assert client.submit("/", "/sessions/code", phone=OWNER, code=code).status_code == 303
    assert client.get_cookie(name).value != "planted"
    client.submit("/account", "/sessions/end")
    assert client.submit("/", "/sessions/code", phone=OWNER, code=code).status_code == 422


def test_no_number_stands_in_an_address_or_an_event(app, cast: Cast, client):
    client.submit("/", "/codes", phone=OWNER)
    answer = client.submit("/", "/sessions/code", phone=OWNER, code=_digits(app, client))
    assert "129" not in answer.headers["Location"]
    with cast.at_work():
        assert not [one for one in db.session.scalars(select(Event.json)) if OWNER.encode() in one]


def test_a_code_proves_who_is_signed_in_but_only_in_the_session_that_asked(app, cast: Cast, sign_in):
    owner, elsewhere = sign_in("owner"), sign_in("owner")
    with cast.at_work():
        Account.of(cast.person("owner")).password_hash = None
        db.session.commit()
    asked = owner.submit("/proof?next=/repairs", "/proof/code", follow=True)
    assert "验证码已发到 129****0001" in asked.text
    code = _digits(app, owner)
    assert elsewhere.submit("/proof", "/proof", way="code", text=code).status_code == 422
    answer = owner.submit(asked, "/proof", text=code)
    assert answer.headers["Location"] == "/repairs"


def test_staff_prove_nothing_with_a_code(sign_in):
    agent = sign_in("service_agent")
    assert "/proof/code" not in agent.get("/proof").text
    assert agent.post("/proof", data={"way": "code", "text": "000000"}).status_code in (400, 422)


def test_the_outbox_is_of_the_demonstration_alone(app, client):
    assert client.get("/outbox").status_code == 200
    app.extensions["portal.settings"] = replace(app.extensions["portal.settings"], mode="production")
    assert client.get("/outbox").status_code == 404


def test_messages_stay_here_in_the_demonstration_and_go_by_mail_elsewhere(app):
    settings = app.extensions["portal.settings"]
    mailer = app.extensions["portal.mailer"]
    assert isinstance(texts_for(settings, mailer), TextOutbox)
    outside = replace(settings, mode="production", smtp_url="smtp://mail.invalid")
    assert isinstance(texts_for(outside, mailer), TextsByMail)
    assert isinstance(texts_for(replace(outside, mode="demo"), mailer), TextOutbox)


def test_the_tab_of_the_password_stays(client):
    page = client.get("/?way=password&next=/repairs")
    assert 'name="password"' in page.text
    assert "way=password&amp;next=/repairs" in page.text
    refused = client.submit(page, "/sessions", phone=OWNER, password="wrong")
    assert 'name="password"' in refused.text
    assert client.submit("/?way=password", "/sessions", phone=OWNER, password=PASSWORD).status_code == 303
