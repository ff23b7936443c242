"""What a stranger's page or a bent request may try at every route: forged forms, methods, hosts, lines, doubles."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.models.accounts import Session
from portal.models.base import db
from portal.models.events import Event
from portal.web.guard import SAFE
from tests.people import CAST, PASSWORD
from tests.rules.test_matrix import _path, _values
from tests.stage.cast import Cast
from tests.stage.client import PageClient

PERSONS = ("owner", "auditor", "manager", "technician", None)


def changing(app: Flask, cast: Cast) -> list[tuple[str, str]]:
    """Method and path of every route that changes something."""
    values = _values(cast)
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
    return [(method, _path(app, rule, values)) for rule in rules for method in sorted(rule.methods - SAFE)]


def count(cast: Cast) -> tuple[int | None, int | None]:
    """How much has happened: events, and sessions that run."""
    with cast.at_work():
        running = select(func.count(Session.id)).where(Session.ended_at.is_(None))
        return db.session.scalar(select(func.count(Event.id))), db.session.scalar(running)


@pytest.mark.parametrize("person", PERSONS)
def test_no_form_without_a_token_or_with_another_browsers(app: Flask, cast: Cast, person: str | None):
    """400 where it would have been let in, 403, 404 or the sign-in page where not; nothing happens."""
    routes = changing(app, cast)
    assert len(routes) > 35
    other = PageClient.of(app, "neighbour")
    stolen = other.form("/account", "/sessions/end").fields["csrf_token"][0]
    client, before = PageClient.of(app, person), None
    before = count(cast)
    wrong = []
    for method, path in routes:
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": stolen}):
            answer = client.open(path, method=method, data=data)
            asked = answer.status_code == 303 and answer.headers["Location"] == "/"
            if answer.status_code not in (400, 403, 404) and not asked:
                wrong.append(f"{method} {path} {data}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert count(cast) == before


@pytest.mark.parametrize("person", ["owner", "manager"])
def test_no_change_is_taken_from_another_site(app: Flask, cast: Cast, person: str):
    app.config["WTF_CSRF_ENABLED"] = False
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    routes = changing(app, cast)
    client, before = PageClient.of(app, person), None
    before = count(cast)
    statuses = {client.open(path, method=method, headers=headers).status_code for method, path in routes}
    assert statuses == {403}
    assert count(cast) == before


def test_a_method_is_what_it_says(app: Flask, cast: Cast):
    """No header and no field turns one into another, and what is not offered is 405."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = PageClient.of(app, "owner")
    for way in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}, {"X-HTTP-Method": "POST"}):
        assert client.get("/sessions/end", headers=way).status_code == 405
    assert client.get("/sessions/end?_method=POST").status_code == 405
    assert client.get("/account").status_code == 200
    routes = [(rule, _path(app, rule, {"erasure": ""})) for rule in app.url_map.iter_rules() if not rule.arguments]
    everything = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"}
    for rule, path in routes:
        offered = {m for other, at in routes if at == path for m in other.methods}
        for method in everything - offered:
            assert client.open(path, method=method).status_code in (405, 404), f"{method} {path} {rule}"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "a" * 300])
def test_a_host_header_reaches_no_address_of_ours(app: Flask, sign_in, host: str):
    """Neither in a redirect nor on a page nor in a mail: addresses are relative, or the public one of the settings."""
    for path in ("/", "/account", "/repairs", "/proof"):
        for headers in ({"Host": host}, {"X-Forwarded-Host": host}):
            answer = sign_in("owner").get(path, headers=headers)
            assert host not in answer.text
            assert host not in answer.headers.get("Location", "")


LINES = ["a\r\nSet-Cookie: evil=1", "a\nLocation: //evil", "a\rX: y", "a%0d%0aSet-Cookie: evil=1", "a\x00b", "a\u2028b"]


@pytest.mark.parametrize("line", LINES)
def test_a_line_end_makes_no_header(app: Flask, sign_in, line: str):
    app.config["WTF_CSRF_ENABLED"] = False
    owner = sign_in("owner")
    sent = {"phone": CAST["owner"].phone, "password": PASSWORD, "next": f"/{line}"}
    for answer in (
        owner.get("/", query_string={"next": f"/{line}"}),
        owner.get("/proof", query_string={"next": f"/{line}"}),
        owner.post("/language", data={"locale": line, "next": f"/{line}"}),
        owner.post("/proof", data={"way": "password", "text": PASSWORD, "next": f"/{line}"}),
        owner.post("/sessions", data=sent),
    ):
        assert answer.status_code < 500
        assert all("evil" not in value for _, value in answer.headers if not value.startswith("/a%"))
        assert "evil" not in {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}


def test_of_two_values_for_one_name_the_first_counts_everywhere(app: Flask, sign_in):
    app.config["WTF_CSRF_ENABLED"] = False
    client = PageClient.of(app, None)
    twice = {"phone": [CAST["owner"].phone, CAST["manager"].phone], "password": [PASSWORD, "x"]}
    answer = client.post(
        "/sessions?phone=1&password=x&next=https://evil.example", data=twice | {"next": ["//evil", "/x"]}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/home"
    assert "129 0000 0001" in client.get("/account").text


def test_a_replayed_sign_in_form_opens_nothing(app: Flask):
    """The form secret is made anew at signing in, so what was sent once is refused when it is sent again."""
    client = PageClient.of(app, None)
    form = client.form("/?way=password", "/sessions")
    data = form.fields | {"phone": CAST["owner"].phone, "password": PASSWORD}
    assert client.post("/sessions", data=data).status_code == 303
    assert client.submit("/account", "/sessions/end").status_code == 303
    assert client.post("/sessions", data=data).status_code == 400
    assert client.get("/account").status_code == 303


def test_sessions_ended_at_once_leave_none(app: Flask, cast: Cast):
    """Ten browsers of a person, all of which sign out everywhere at the same moment."""
    from tests.stage.crowd import at_once

    app.config["WTF_CSRF_ENABLED"] = False
    browsers = [PageClient.of(app, "owner") for _ in range(10)]
    at_once(app, *[lambda each=each: each.post("/account/devices/all/end") for each in browsers])
    assert count(cast)[1] == 0
    assert {each.get("/account").status_code for each in browsers} == {303}
