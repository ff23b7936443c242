"""The desk enters people from the contract, and they claim their account by telephone."""

from __future__ import annotations

import re

from portal.jobs.worker import Worker
from tests.people import CAST
from tests.stage.cast import Cast

NEW = {"home": "1-1-0102", "name": "新住户", "phone": "129 0000 0666", "relation": "co_owner"}


def test_entered_by_the_desk_claimed_by_telephone(app, sign_in, client):
    done = sign_in("service_agent").submit("/staff/households/new", "/households", follow=True, **NEW)
    assert "已登记" in done.text
    client.submit("/", "/codes", phone="12900000666")
    with app.app_context():
        Worker(app).drain()
    code = re.search(r"验证码 (\d{6})", client.get("/outbox").text)
    assert code is not None
    assert client.submit("/", "/sessions/code", phone="12900000666", code=code[1]).headers["Location"] == "/home"
    assert client.get("/home").headers["Location"] == "/privacy/notice?next=/home"


def test_a_known_number_is_asked_about_masked_and_taken_over_only_when_ticked(cast: Cast, sign_in):
    agent, known = sign_in("service_agent"), CAST["tenant"]
    asked = agent.submit("/staff/households/new", "/households", **NEW | {"phone": known.phone})
    assert asked.status_code == 422
    assert "柳*依" in asked.text
    assert known.name not in asked.text
    assert 'value="新住户"' in asked.text
    done = agent.submit(asked, "/households", follow=True, same="y")
    assert "已登记" in done.text
    with cast.at_work():
        assert cast.tenure("1-1-0102").party_of(cast.person("tenant").id).relation == "co_owner"


def test_what_is_wrong_is_said_beside_its_field(sign_in):
    agent = sign_in("manager")
    for wrong, words in (
        ({"home": "9-9-9"}, "没有这套房"),
        ({"email": "a@b@c"}, "填写一个邮箱"),
        ({"relation": "tenant"}, "租客要填写租期"),
        ({"phone": "12"}, "填写 11 位手机号"),
        ({"relation": "owner"}, "已经登记了业主"),
    ):
        answer = agent.submit("/staff/households/new", "/households", **NEW | wrong)
        assert answer.status_code == 422, wrong
        assert words in answer.text
