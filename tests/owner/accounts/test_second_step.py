"""The second step of signing in, without scripts: set up by new staff, taken by a code, a passkey, a recovery code."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.models.accounts import Passkey, RecoveryCode, Session, Totp
from portal.models.base import db
from tests.authenticator import Authenticator
from tests.models.accounts.test_passkey import SITE
from tests.people import CAST, PASSWORD
from tests.stage.cast import Cast
from tests.stage.client import PageClient


def _first_step(client: PageClient, key: str = "dispatcher", page: str = "/?way=password"):
    return client.submit(page, "/sessions", phone=CAST[key].phone, password=PASSWORD)


def _enrol(cast: Cast, key: str = "dispatcher") -> str:
    with cast.at_work():
        with clock.at(clock.now() - timedelta(hours=1)):
            totp = Totp.begin(cast.account(key))
            totp.confirm(totp.now(), by=cast.actor(key))
        secret = totp.secret or ""
        db.session.commit()
    return secret


def _code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


def test_new_staff_set_up_a_factor_before_anything_else(client, cast: Cast):
    assert _first_step(client).headers["Location"] == "/second-step"
    assert client.get("/staff/repairs").headers["Location"].startswith("/?next=")
    asked = client.get("/second-step")
    assert asked.headers["Location"] == "/second-step/set-up"
    page = client.get("/second-step/set-up")
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page.text)
    assert found is not None
    secret = found[1].replace(" ", "")
    drawing = client.get("/second-step/set-up/drawing.svg")
    assert drawing.headers["Cache-Control"] == "no-store"
    assert drawing.mimetype == "image/svg+xml"
    wrong = client.submit("/second-step/set-up", "/second-step/set-up", code="000000")
    assert wrong.status_code == 422
    assert "动态码不对" in wrong.text
    assert found[1] in wrong.text
    done = client.submit("/second-step/set-up", "/second-step/set-up", code=_code(secret))
    assert done.headers["Location"].startswith("/account/security/recovery-codes?next=/staff")
    codes = client.submit(done.headers["Location"], "/recovery-codes")
    assert codes.status_code == 201
    assert len(re.findall(r"<code>([a-z2-7-]{19})</code>", codes.text)) == 10
    assert '<a class="btn main" href="/staff' in codes.text
    assert "<code>" not in client.get("/account/security/recovery-codes").text
    assert client.get("/staff/repairs").status_code == 200
    assert client.get("/second-step/set-up/drawing.svg").status_code == 303


def test_each_arrival_without_a_factor_has_another_secret(app: Flask, cast: Cast):
    """Whoever knew the password and looked at the drawing before has nothing of what is set up later."""
    seen = set()
    for _ in range(2):
        browser = PageClient.of(app, None)
        _first_step(browser)
        found = re.search(r'id="secret">([A-Z2-7 ]+)<', browser.get("/second-step/set-up").text)
        assert found is not None
        seen.add(found[1])
    assert len(seen) == 2


def test_the_right_code_leads_to_where_it_was_asked(client, cast: Cast):
    secret = _enrol(cast)
    asked = client.get("/staff/notices")
    half = _first_step(client, page=f"{asked.headers['Location']}&way=password")
    assert half.headers["Location"] == "/second-step?next=/staff/notices"
    before = client.get_cookie("anju").value
    done = client.submit(half.headers["Location"], "/second-step", code=_code(secret))
    assert done.headers["Location"] == "/staff/notices"
    assert client.get_cookie("anju").value != before
    assert client.get("/staff/notices").status_code == 200
    assert client.get("/second-step").status_code == 303


def test_somebody_who_has_a_factor_sets_up_no_other_half_way(client, cast: Cast):
    _enrol(cast)
    _first_step(client)
    for path in ("/second-step/set-up", "/second-step/set-up/drawing.svg"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("way", ["totp", "recovery"])
def test_five_wrong_tries_and_the_first_step_is_owed_again(client, cast: Cast, way: str):
    secret = _enrol(cast)
    _first_step(client)
    for left in (4, 3, 2, 1):
        answer = client.post("/second-step", data=_fields(client) | {"way": way, "code": "wrong"})
        assert answer.status_code == 422
        assert f"还可以试 {left} 次" in answer.text
    over = client.post("/second-step", data=_fields(client) | {"way": way, "code": "wrong"})
    assert over.headers["Location"] == "/"
    assert "试错 5 次，请重新登录" in client.get("/").text
    again = client.post("/second-step", data={"way": "totp", "code": _code(secret), "csrf_token": "x"})
    assert again.status_code in (303, 400)
    assert client.get("/staff/repairs").status_code == 303


def _fields(client: PageClient) -> dict[str, str]:
    page = client.get("/second-step").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return {"csrf_token": found[1]}


def test_a_used_code_opens_no_second_session(app: Flask, cast: Cast):
    secret = _enrol(cast)
    first, second = PageClient.of(app, None), PageClient.of(app, None)
    for browser in (first, second):
        _first_step(browser)
    code = _code(secret)
    assert first.submit("/second-step", "/second-step", code=code).status_code == 303
    assert second.submit("/second-step", "/second-step", code=code).status_code == 422


def test_a_recovery_code_is_taken_once(app: Flask, cast: Cast):
    _enrol(cast)
    with cast.at_work():
        code = RecoveryCode.renew(cast.account("dispatcher"), by=cast.actor("dispatcher"))[0]
        db.session.commit()
    for status in (303, 422):
        browser = PageClient.of(app, None)
        _first_step(browser)
        answer = browser.post("/second-step", data=_fields(browser) | {"way": "recovery", "code": code})
        assert answer.status_code == status


def test_a_half_session_lasts_ten_minutes(client, cast: Cast):
    _enrol(cast)
    begin = clock.now()
    with clock.at(begin):
        _first_step(client)
        assert client.get("/second-step").status_code == 200
    with clock.at(begin + timedelta(minutes=10)):
        assert client.get("/second-step").status_code == 303


def test_a_passkey_is_the_second_step_or_the_only_one(app: Flask, cast: Cast):
    app.config["PUBLIC_URL"] = SITE.origin
    device = Authenticator()
    with cast.at_work():
        account = cast.account("dispatcher")
        made = device.create(Passkey.ask_to_add(account, SITE))
        Passkey.add(account, made, "电脑", SITE, by=cast.actor("dispatcher"))
        db.session.commit()
    second, alone = PageClient.of(app, None), PageClient.of(app, None)
    _first_step(second)
    options = second.post("/passkeys/challenge", data=_fields(second) | {"use": "show"})
    assert options.json["allowCredentials"]
    shown = device.get(options.text)
    assert second.submit("/second-step", "/second-step/passkey", credential=shown).headers["Location"] == "/staff/"
    alone.get("/")
    token = re.search(r'name="csrf_token" value="([^"]+)"', alone.get("/").text)
    assert token is not None
    options = alone.post("/passkeys/challenge", data={"use": "add", "csrf_token": token[1]})
    assert options.json["allowCredentials"] == []
    assert alone.submit("/", "/sessions/passkey", credential=device.get(options.text)).headers["Location"] == "/staff/"
    assert alone.get("/staff/repairs").status_code == 200
    assert alone.submit("/account", "/sessions/end").status_code == 303
    assert alone.submit("/", "/sessions/passkey", credential=shown).headers["Location"] == "/"


def test_owners_who_enrolled_take_it_too_and_others_do_not(app: Flask, cast: Cast):
    secret = _enrol(cast, "owner")
    owner, neighbour = PageClient.of(app, None), PageClient.of(app, None)
    assert _first_step(owner, "owner").headers["Location"] == "/second-step"
    assert owner.get("/home").status_code == 303
    assert owner.submit("/second-step", "/second-step", code=_code(secret)).headers["Location"] == "/home"
    assert _first_step(neighbour, "neighbour").headers["Location"] == "/home"


def test_the_demonstration_shows_the_code_and_no_other_installation_does(app: Flask, cast: Cast):
    secret = _enrol(cast)
    told = "演示环境"
    for demo in (True, False):
        app.config["DEMO"] = demo
        browser = PageClient.of(app, None)
        _first_step(browser)
        text = browser.get("/second-step").text
        assert (told in text) is demo
        assert (_code(secret) in text) is demo
        newcomer = PageClient.of(app, None)
        _first_step(newcomer, "manager")
        assert (told in newcomer.get("/second-step/set-up").text) is demo


def test_production_is_no_demonstration(tmp_path):
    from portal import config

    env = {"PORTAL_MODE": "production", "PORTAL_ROOT_KEY_FILE": str(tmp_path / "root.key")}
    settings = config.load(env | {"PORTAL_PUBLIC_URL": "https://portal.invalid"}, tmp_path / "instance")
    assert config.for_flask(settings, b"x")["DEMO"] is False


def test_nothing_is_open_half_way(app: Flask, cast: Cast):
    _enrol(cast)
    browser = PageClient.of(app, None)
    _first_step(browser)
    for path in ("/account", "/account/security", "/staff/", "/home", "/proof"):
        assert browser.get(path).status_code == 303
    with cast.at_work():
        assert [row.half for row in db.session.scalars(select(Session))] == [True]
