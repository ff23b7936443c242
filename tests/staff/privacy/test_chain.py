"""The auditor's page: the state in words, a verification on request, and what can be taken along."""

from __future__ import annotations

from flask import Flask

from portal.models.base import db
from portal.models.privacy.checkpoints import verifier
from portal.models.privacy.setting_back import set_back
from portal.models.privacy.verifications import AuditVerification
from portal.vault import ring, signed_note
from tests.models.privacy.chained import change, deliver, number_all, remove, tell
from tests.stage.cast import Cast

PAGE = "/staff/privacy/chain"


def _verify(app: Flask, cast: Cast, client) -> str:
    """Press the button, let the job run, and read the page."""
    pressed = client.submit(PAGE, "/verifications")
    assert pressed.status_code == 303
    assert "正在核验" in client.get(PAGE).text
    with cast.at_work():
        deliver(app)
    return str(client.get(PAGE).text)


def test_before_the_first_event(app: Flask, cast: Cast, sign_in):
    page = sign_in("auditor").get(PAGE).text
    assert "还没有核验过" in page
    assert sign_in("auditor").get(f"{PAGE}/checkpoint.note").status_code == 404


def test_the_button_has_it_verified_and_the_page_says_whole(any_app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        tell(any_app, cast)
    page = _verify(any_app, cast, sign_in("auditor"))
    assert "记录链完整" in page
    assert "已存到" in page
    assert "1 个签名检查点" in page


def test_broken_and_truncated_are_said_with_their_place(app: Flask, cast: Cast, sign_in):
    auditor = sign_in("auditor")
    with cast.at_work():
        signed = tell(app, cast)
        change(3, role="nobody")
    assert "记录链在第 3 条断开" in _verify(app, cast, auditor)
    with cast.at_work():
        change(3, role="service_agent")
        roles = {row.n: row.role for row in db.session.query(AuditVerification.metadata.tables["event"])}
        change(3, role=roles[3])
        remove(*range(3, 40))
    page = _verify(app, cast, auditor)
    assert f"签名检查点记到第 {signed} 条，现在只到第 2 条" in page
    bell = auditor.get("/staff/notices").text
    assert "操作记录链核验没有通过" in bell
    assert PAGE in bell


def test_a_restore_is_said_in_both_languages(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        signed = tell(app, cast)
        remove(*range(signed + 1, 40))
        set_back()
        db.session.commit()
        number_all()
    auditor = sign_in("auditor")
    page = _verify(app, cast, auditor)
    assert "记录链完整" in page
    assert f"恢复过备份，记录链回到第 {signed} 条" in page
    english = auditor.get(PAGE, headers={"Accept-Language": "en"}).text
    assert f"which set the chain back to event {signed}" in english


def test_waiting_is_said_and_is_no_alarm(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        cast.ticket()
        db.session.commit()
    page = _verify(app, cast, sign_in("auditor"))
    assert "1 条还在等编号" in page
    assert 'data-tone="wait"' in page


def test_the_piece_is_unchanged_until_something_is(app: Flask, cast: Cast, sign_in):
    auditor = sign_in("auditor")
    tag = auditor.get(f"{PAGE}/verdict").headers["HX-PTag"]
    assert auditor.get(f"{PAGE}/verdict", headers={"HX-PTag": tag}).status_code == 304
    _verify(app, cast, auditor)
    assert auditor.get(f"{PAGE}/verdict", headers={"HX-PTag": tag}).status_code == 200


def test_the_newest_checkpoint_and_the_key_can_be_taken_along(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        tell(app, cast)
        number_all()
        installation, public = ring().installation, verifier()
    auditor = sign_in("auditor")
    note = auditor.get(f"{PAGE}/checkpoint.note")
    assert "attachment" in note.headers["Content-Disposition"]
    signed_note.read(note.text, f"anju/{installation.hex}", public)
    name, key_id, _ = auditor.get(f"{PAGE}/key.txt").text.strip().split("+", 2)
    assert (name, len(key_id)) == (f"anju/{installation.hex}", 8)


def test_only_who_may_see_it_has_it_in_the_menu(app: Flask, cast: Cast, sign_in):
    for key, there in (("auditor", True), ("admin", True), ("manager", False)):
        assert (PAGE in sign_in(key).get("/staff/repairs").text) == there
