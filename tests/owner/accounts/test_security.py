"""The second factors of one's own account: added, removed, never the last of the staff's, and only when fresh."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from portal import clock
from portal.models.accounts import Totp
from portal.models.base import db
from tests.authenticator import Authenticator
from tests.models.accounts.test_passkey import SITE, _add
from tests.stage.cast import Cast

PAGE = "/account/security"


def _secret(text: str) -> str:
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', text)
    assert found is not None
    return found[1].replace(" ", "")


def test_an_owner_adds_an_app_and_takes_it_away(sign_in, cast: Cast):
    owner = sign_in("owner")
    assert "还没有。" in owner.get(PAGE).text
    assert owner.get(f"{PAGE}/app").status_code == 404
    assert owner.submit(PAGE, "/app/secret").headers["Location"] == f"{PAGE}/app"
    secret = _secret(owner.get(f"{PAGE}/app").text)
    assert owner.get(f"{PAGE}/app/drawing.svg").headers["Cache-Control"] == "no-store"
    assert owner.submit(f"{PAGE}/app", "/security/app", code="1").status_code == 422
    done = owner.submit(f"{PAGE}/app", "/security/app", code=pyotp.TOTP(secret).at(clock.now()))
    assert done.headers["Location"] == f"{PAGE}/recovery-codes"
    page = owner.get(PAGE).text
    assert "验证器应用" in page
    assert secret not in page
    with cast.at_work():
        totp = Totp.of(cast.account("owner").id)
        assert totp is not None
        path = f"{PAGE}/{totp.id}/removal"
    assert owner.submit(PAGE, path).headers["Location"] == PAGE
    assert "还没有。" in owner.get(PAGE).text


def test_a_passkey_is_added_under_its_name(app: Flask, sign_in, cast: Cast):
    app.config["PUBLIC_URL"] = SITE.origin
    staff, device = sign_in("dispatcher"), Authenticator()
    token = re.search(r'name="csrf_token" value="([^"]+)"', staff.get(PAGE).text)
    assert token is not None
    options = staff.post("/passkeys/challenge", data={"use": "add", "csrf_token": token[1]})
    made = device.create(options.text)
    assert staff.submit(PAGE, "/passkeys", credential=made, label="前台电脑").status_code == 303
    page = staff.get(PAGE).text
    assert "前台电脑" in page
    assert "这是最后一种，不能移除" in page
    again = staff.submit(PAGE, "/passkeys", credential=made, label="又一次")
    assert again.status_code == 422
    assert "这次没有完成" in again.text


def test_the_last_one_of_the_staff_stays(sign_in, cast: Cast):
    with cast.at_work():
        key = _add(cast, Authenticator())
        db.session.commit()
        path = f"{PAGE}/{key.id}/removal"
    staff = sign_in("dispatcher")
    token = re.search(r'name="csrf_token" value="([^"]+)"', staff.get(PAGE).text)
    assert token is not None
    refused = staff.post(path, data={"csrf_token": token[1]})
    assert refused.status_code == 422
    assert "员工至少要留一种" in refused.text
    assert sign_in("manager").get(PAGE).status_code == 200


@pytest.mark.parametrize("path", ["/app/secret", "/passkeys", "/recovery-codes", "/app"])
def test_after_five_minutes_it_asks_once_more(app: Flask, sign_in, path: str):
    app.config["WTF_CSRF_ENABLED"] = False
    begin = clock.now()
    with clock.at(begin):
        owner = sign_in("owner")
    with clock.at(begin + timedelta(minutes=5)):
        assert owner.get(PAGE).status_code == 200
        assert owner.post(PAGE + path).status_code == 403


def test_codes_are_made_anew_and_shown_once(sign_in, cast: Cast):
    with cast.at_work():
        _add(cast, Authenticator(), "owner")
        db.session.commit()
    owner, page = sign_in("owner"), f"{PAGE}/recovery-codes"
    first, second = (owner.submit(page, "/recovery-codes") for _ in range(2))
    shown = [set(re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)) for answer in (first, second)]
    assert [len(codes) for codes in shown] == [10, 10]
    assert not shown[0] & shown[1]
    assert "还有 10 个没用过" in owner.get(page).text
    assert sign_in("neighbour").submit(f"{PAGE}", "/app/secret").status_code == 303
