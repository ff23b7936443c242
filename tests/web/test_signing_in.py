"""Tokens: new at every step up, never one that was brought along; half sessions are nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, redirect
from sqlalchemy import select

from portal import clock
from portal.models.accounts import Account, P, Session
from portal.models.base import db
from portal.models.property.signed_in import SignedIn
from portal.web import signing_in
from portal.web.guard import half_way, requires
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast
from tests.stage.client import PageClient


def token_of(client: PageClient) -> str:
    """What the browser's cookie holds; empty without one."""
    kept = client.get_cookie("anju")
    return kept.value if kept else ""


@pytest.fixture
def steps(app: Flask, cast: Cast) -> Cast:
    """A sign-in of two steps: /first begins it for the owner, /second ends it."""
    with cast.at_work():
        owner = cast.account("owner").id

    def first():
        answer = redirect("/second", 303)
        signing_in.begin(db.session.get_one(Account, owner), answer, half=True)
        db.session.commit()
        return answer

    def second():
        answer = redirect("/account", 303)
        signing_in.complete(answer)
        db.session.commit()
        return answer

    from portal.web.guard import public

    app.add_url_rule("/first", "first", public(first), methods=["POST"])
    app.add_url_rule("/second", "second", half_way(second), methods=["POST"])
    app.add_url_rule("/second", "second_page", half_way(lambda: f"{signing_in.half_session().account_id}"))
    app.add_url_rule("/mine", "mine", requires(P.ACCOUNT_OWN)(lambda: "mine"))
    app.config["WTF_CSRF_ENABLED"] = False
    return cast


def test_a_half_session_is_nobody_but_at_the_second_step(steps: Cast, client):
    client.post("/first")
    assert client.get("/mine").status_code == 303
    assert client.get("/mine", headers={"HX-Request": "true"}).status_code == 401
    assert client.get("/account").headers["Location"].startswith("/?next=")
    assert "登录安居" in client.get("/").text
    assert client.get("/second").status_code == 200


def test_the_second_step_is_for_half_sessions_only(steps: Cast, client, sign_in):
    assert client.get("/second").status_code == 303
    assert client.post("/second").status_code == 303
    assert sign_in("owner").get("/second").status_code == 303
    with steps.at_work():
        assert db.session.scalars(select(Session).where(Session.half)).all() == []


def test_complete_gives_a_new_token_and_the_half_one_opens_nothing_more(steps: Cast, client):
    client.post("/first")
    half = token_of(client)
    client.post("/second")
    whole = token_of(client)
    assert whole != half
    assert client.get("/mine").text == "mine"
    client.set_cookie("anju", half)
    assert client.get("/mine").status_code == 303
    assert client.get("/second").status_code == 303
    with steps.at_work():
        row = db.session.scalars(select(Session)).one()
        assert not row.half
        assert row.proved_at == row.began_at


def test_a_half_session_lasts_ten_minutes(steps: Cast, client):
    now = clock.now()
    with clock.at(now):
        client.post("/first")
    with clock.at(now + timedelta(minutes=10) - timedelta(seconds=1)):
        assert client.get("/second").status_code == 200
    with clock.at(now + timedelta(minutes=10)):
        assert client.get("/second").status_code == 303


def test_a_token_that_was_brought_along_is_never_taken_over(app: Flask, client, sign_in, cast: Cast):
    """Session fixation: what a stranger put there, and what is somebody else's session, is replaced and ended."""
    client.set_cookie("anju", "chosen-by-a-stranger")
    client.sign_in("owner")
    assert token_of(client) not in ("", "chosen-by-a-stranger")
    stranger = sign_in("neighbour")
    theirs = token_of(stranger)
    client.set_cookie("anju", theirs)
    client.post("/sessions/end")
    client.set_cookie("anju", theirs)
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/sessions", data={"phone": CAST["owner"].phone, "password": PASSWORD})
    assert token_of(client) != theirs
    with cast.at_work():
        assert SignedIn.of_token(theirs) is None
        found = SignedIn.of_token(token_of(client))
        assert found is not None
        assert found.person_id == cast.person("owner").id


def test_a_cookie_stolen_before_signing_out_is_dead(sign_in, client):
    owner = sign_in("owner")
    stolen = token_of(owner)
    owner.submit("/account", "/sessions/end")
    client.set_cookie("anju", stolen)
    assert client.get("/account").status_code == 303
    assert client.get("/account", headers={"HX-Request": "true"}).status_code == 401


# What looks like a path of this site, and is another's to a browser, or not an address at all.
ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "/\x00/evil.example",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "http:evil.example",
    "https:/evil.example",
    "/account\r\nSet-Cookie: x=1",
    "/account\\@evil.example",
    "//[::1",
    "/／evil.example",
    "/\u2028/evil.example",
    "/" + "a" * 1000,
    "",
    None,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_way_on_leads_to_no_other_site(target: str | None):
    assert signing_in.safe_next(target) is None


@pytest.mark.parametrize(
    "target", ["/", "/repairs", "/repairs/BX1?a=b&c=%2F%2Fevil", "/proof?next=/staff/keys", "/a//b"]
)
def test_a_way_on_within_the_site_is_kept(target: str):
    assert signing_in.safe_next(target) == target


@pytest.mark.parametrize("target", [each for each in ELSEWHERE if each])
def test_signing_in_and_proving_go_nowhere_else(client, sign_in, target: str):
    answer = client.submit("/?way=password", "/sessions", phone=CAST["owner"].phone, password=PASSWORD, next=target)
    assert answer.headers["Location"] == "/home"
    assert client.submit("/proof", "/proof", text=PASSWORD, next=target).headers["Location"] == "/account"
    assert client.submit("/account", "/language", locale="en", next=target).headers["Location"] == "/"
