"""Signing in, the one-time link, my account."""

from __future__ import annotations

from portal.models.accounts import Link
from portal.models.actor import SYSTEM
from portal.models.base import db
from tests.people import CAST, PASSWORD


def test_the_wrong_password_says_nothing_about_the_number(client):
    known = client.submit("/?way=password", "/sessions", phone=CAST["owner"].phone, password="wrong")
    unknown = client.submit("/?way=password", "/sessions", phone="12900009999", password="wrong")
    assert known.status_code == unknown.status_code == 422
    for answer in (known, unknown):
        assert "手机号或密码不对，请核对后再试" in answer.text
        assert PASSWORD not in answer.text


def test_signing_in_comes_back_to_where_it_was_asked(client):
    asked = client.get("/repairs")
    assert asked.headers["Location"] == "/?next=/repairs"
    answer = client.submit(
        asked.headers["Location"] + "&way=password", "/sessions", phone=CAST["owner"].phone, password=PASSWORD
    )
    assert answer.headers["Location"] == "/repairs"


def test_the_first_page_names_nobody(client):
    assert not [known.name for known in CAST.values() if known.name in client.get("/").text]


def test_a_link_sets_a_password_and_says_so(client, cast):
    with cast.at_work():
        token = Link.make(cast.account("neighbour"), by=SYSTEM)
        db.session.commit()
    short = client.submit(f"/links/{token}", f"/links/{token}", password="short", repeated="short")
    assert short.status_code == 422
    assert "密码 8 到 200 位" in short.text
    differs = client.submit(f"/links/{token}", f"/links/{token}", password="long enough 1", repeated="long enough 2")
    assert "两次输入不一样" in differs.text
    done = client.submit(f"/links/{token}", f"/links/{token}", password="long enough 1", repeated="long enough 1")
    assert done.status_code == 303
    assert "密码已设好，请登录" in client.get(done.headers["Location"]).text
    assert client.get(f"/links/{token}").status_code == 404


def test_my_own_number_is_mine_to_read(sign_in):
    text = sign_in("owner").get("/account").text
    assert "129 0000 0001" in text
    assert "owner@mail.invalid" in text
    assert "1号楼 1单元 0201" in text
    assert "打开工作台" not in text


def test_staff_find_the_workbench_and_no_places_that_are_not_theirs(sign_in):
    text = sign_in("service_agent").get("/account").text
    assert "打开工作台" in text
    assert 'class="nav"' not in text
    assert 'id="bell"' not in text


def test_signing_out_ends_the_session(sign_in):
    owner = sign_in("owner")
    assert owner.submit("/account", "/sessions/end").status_code == 303
    assert owner.get("/account").status_code == 303


def test_the_language_is_kept(sign_in):
    owner = sign_in("owner")
    assert owner.submit("/account", "/language", locale="en").headers["Location"].startswith("/account")
    assert '<html lang="en"' in owner.get("/account").text
