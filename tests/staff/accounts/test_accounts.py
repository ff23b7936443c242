"""The pages of the staff's accounts: the list, inviting, roles, ending with a hand-over."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask

from portal import clock
from portal.models.accounts import Session
from portal.models.base import db
from tests.people import CAST
from tests.stage.cast import Cast
from tests.stage.client import PageClient

PAGE = "/staff/accounts"


def _of(cast: Cast, key: str) -> str:
    with cast.at_work():
        return f"{PAGE}/{cast.account(key).id}"


def test_the_list_shows_everybody_here_and_nobody_from_elsewhere(sign_in):
    text = sign_in("manager").get(PAGE).text
    for known in CAST.values():
        if known.role:
            assert (known.name in text) is not known.elsewhere
    assert "还没设两步验证" in text


def test_somebody_is_invited_by_a_link_that_is_shown_once(app: Flask, sign_in):
    manager = sign_in("manager")
    done = manager.submit(f"{PAGE}/new", PAGE, name="新来的人", phone="12900000777", role="dispatcher", badge="")
    assert done.status_code == 201
    found = re.search(r'id="link">[^<]*(/links/[\w-]+)<', done.text)
    assert found is not None
    link = found[1]
    secret = "a long enough password"
    assert PageClient.of(app, None).submit(link, link, password=secret, repeated=secret).status_code == 303
    assert "新来的人" in manager.get(PAGE).text
    assert link not in manager.get(PAGE).text


def test_bad_invitations_come_back_as_they_were_typed(sign_in):
    manager = sign_in("manager")
    known = manager.submit(f"{PAGE}/new", PAGE, name="周建国", phone=CAST["technician"].phone, role="dispatcher")
    assert known.status_code == 422
    assert "已经是员工" in known.text
    above = manager.submit(f"{PAGE}/new", PAGE, name="新来的人", phone="12900000777", role="admin")
    assert above.status_code == 422
    past = manager.submit(f"{PAGE}/new", PAGE, name="新来的人", phone="12900000777", role="editor", until="2020-01-01")
    assert "结束日期要在今天以后" in past.text
    assert 'value="新来的人"' in past.text


def test_who_has_open_work_hands_it_over_before_the_account_ends(sign_in, at, cast: Cast):
    number = at("in_work")
    page, manager, technician = _of(cast, "technician"), sign_in("manager"), sign_in("technician")
    assert number in manager.get(page).text
    refused = manager.submit(page, f"{page}/end", hand_over_to="")
    assert refused.status_code == 422
    assert "还有没交接的工作" in refused.text
    assert technician.get("/staff/repairs").status_code == 200
    with cast.at_work():
        taker = str(cast.grant("other_technician").id)
    assert manager.submit(page, f"{page}/end", hand_over_to=taker).status_code == 303
    assert technician.get("/staff/repairs").status_code == 303
    text = manager.get(page).text
    assert "已停用" in text
    assert "停用账号，工作已交接" in text
    assert sign_in("other_technician").get(f"/staff/repairs/{number}").status_code == 200


def test_a_role_is_added_and_ended_and_told(sign_in, cast: Cast):
    page, manager = _of(cast, "care"), sign_in("manager")
    assert manager.submit(page, f"{page}/roles", role="editor", until="").status_code == 303
    text = manager.get(page).text
    assert "给了岗位：知识编辑" in text
    ends = re.findall(r'action="([^"]+/roles/[^"]+/end)"', text)
    assert len(ends) == 2
    assert manager.submit(page, ends[1]).status_code == 303
    assert "结束了岗位：知识编辑" in manager.get(page).text


def test_sessions_of_somebody_are_listed_and_ended(sign_in, cast: Cast):
    page, manager, technician = _of(cast, "technician"), sign_in("manager"), sign_in("technician")
    assert "没有登录。" not in manager.get(page).text
    manager.submit(page, f"{page}/sessions/end")
    assert technician.get("/staff/repairs").status_code == 303
    assert "没有登录。" in manager.get(page).text


def test_ones_own_account_offers_nothing_and_refuses_what_is_sent(app: Flask, sign_in, cast: Cast):
    app.config["WTF_CSRF_ENABLED"] = False
    page, manager = _of(cast, "manager"), sign_in("manager")
    assert "这是您自己的账号" in manager.get(page).text
    for path in ("/sessions/end", "/factors/end", "/end"):
        assert manager.post(page + path).status_code == 403
    assert manager.post(f"{page}/roles", data={"role": "editor"}).status_code == 403


def test_a_change_needs_a_proof_within_five_minutes(app: Flask, sign_in, cast: Cast):
    app.config["WTF_CSRF_ENABLED"] = False
    page, manager = _of(cast, "technician"), sign_in("manager")
    with cast.at_work():
        for session in db.session.query(Session):
            session.proved_at = clock.now() - timedelta(minutes=6)
        db.session.commit()
    assert manager.get(page).status_code == 200
    assert manager.get(f"{PAGE}/new").headers["Location"].startswith("/proof?next=")
    for path in ("/roles", "/sessions/end", "/factors/end", "/end"):
        assert manager.post(page + path).status_code == 403
