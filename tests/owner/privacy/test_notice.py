"""The privacy notice: shown at the first sign-in and with each new version, recorded, and nothing else opens before."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.models.accounts import Account, Session
from portal.models.accounts.consent import ACKNOWLEDGED, Consent, NoticeChanged
from portal.models.accounts.privacy_notice import FOLDER, NoticeError, PrivacyNotices, in_force
from portal.models.base import db
from portal.models.events import Event
from portal.web import live
from tests.stage.cast import Cast

VERSION = PrivacyNotices().version


@pytest.fixture
def new_owner(app: Flask, cast: Cast, sign_in):
    """The owner, who has not acknowledged anything yet."""
    with cast.at_work():
        cast.account("owner").notice_version = None
        db.session.commit()
    return sign_in("owner")


def _folder(tmp_path: Path, *versions: str) -> Path:
    for version in versions:
        for language in ("zh", "en"):
            (tmp_path / f"privacy_notice.{version}.{language}.txt").write_text(f"题目 {version}\n# 一\n内容\n")
    return tmp_path


def test_nothing_else_opens_before_it_is_acknowledged(new_owner):
    for path in ("/home", "/repairs", "/repairs/new", "/notices", "/account", "/privacy", "/privacy/erasure", "/proof"):
        answer = new_owner.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/privacy/notice?next={path}"), path
    assert new_owner.post("/notices/read", headers={"HX-Request": "true"}).status_code in (400, 401)
    fragment = new_owner.get("/notices/bell", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/privacy/notice")


def test_the_way_out_is_open(new_owner):
    assert new_owner.submit("/privacy/notice", "/sessions/end").headers["Location"] == "/"
    assert new_owner.get("/account").headers["Location"].startswith("/?next=")


def test_the_stream_does_not_open_either(app: Flask, cast: Cast):
    with cast.at_work():
        account = cast.account("owner")
        _, token = Session.begin(account)
        assert live.admitted("", token) is not None
        account.notice_version = None
        db.session.flush()
        assert live.admitted("", token) is None


def test_acknowledging_it_leads_on_and_is_recorded(app: Flask, cast: Cast, new_owner):
    new_owner.submit("/privacy/notice", "/language", locale="en")
    page = new_owner.get("/privacy/notice?next=/repairs")
    assert "Privacy notice of Anju" in page.text
    assert "data-live" not in page.text
    assert new_owner.submit(page, "/privacy/notice").headers["Location"] == "/repairs"
    assert new_owner.get("/repairs").status_code == 200
    with cast.at_work():
        row = Consent.of_person(cast.person("owner").id)[0]
        assert (row.what, row.version, row.language, row.channel) == ("privacy_notice", VERSION, "en", "portal")
        event = db.session.scalars(select(Event).where(Event.kind == ACKNOWLEDGED)).one()
        assert event.fields == {"version": VERSION, "language": "en"}
        assert event.actor_id == event.about_id == cast.person("owner").id


def test_once_is_enough(app: Flask, cast: Cast, new_owner):
    page = new_owner.get("/privacy/notice")
    for _ in range(2):
        assert new_owner.submit(page, "/privacy/notice").status_code == 303
    with cast.at_work():
        assert db.session.scalar(select(func.count()).select_from(Consent)) == 1


def test_it_never_leads_to_another_site(new_owner):
    page = new_owner.get("/privacy/notice?next=//evil.example")
    assert new_owner.submit(page, "/privacy/notice").headers["Location"] == "/"


def test_a_new_version_asks_again_and_an_old_page_does_not_count(app: Flask, cast: Cast, sign_in, tmp_path: Path):
    owner = sign_in("owner")
    assert owner.get("/repairs").status_code == 200
    app.extensions["portal.privacy_notices"] = PrivacyNotices(_folder(tmp_path, "2026-01-01", "2027-03-01"))
    assert owner.get("/repairs").headers["Location"] == "/privacy/notice?next=/repairs"
    page = owner.get("/privacy/notice")
    assert "题目 2027-03-01" in page.text
    stale = owner.submit(page, "/privacy/notice", version=VERSION)
    assert stale.status_code == 409
    assert "题目 2027-03-01" in stale.text
    assert owner.submit(stale, "/privacy/notice").status_code == 303
    assert owner.get("/repairs").status_code == 200


def test_the_model_takes_only_the_version_in_force(app: Flask, cast: Cast):
    with cast.at_work(), pytest.raises(NoticeChanged):
        Consent.acknowledge(cast.account("owner"), "2020-01-01", "zh", cast.signed_in("owner"))


def test_the_staff_is_not_asked(app: Flask, cast: Cast, sign_in):
    with cast.at_work():
        cast.account("manager").notice_version = None
        db.session.commit()
    assert sign_in("manager").get("/staff/repairs").status_code == 200


def test_everybody_may_read_it(client):
    text = client.get("/privacy/notice").text
    assert "安居个人信息告知" in text
    assert 'id="notice-form"' not in text


def test_the_rows_of_somebody_erased_go(app: Flask, cast: Cast, new_owner):
    from portal.models.accounts.leaving import leave

    new_owner.submit("/privacy/notice", "/privacy/notice")
    with cast.at_work():
        leave([cast.person("owner").id])
        assert not Consent.of_person(cast.person("owner").id)


@pytest.mark.parametrize("break_it", ["nothing", "one language", "no heading"])
def test_files_that_cannot_be_used_are_said_at_the_start(tmp_path: Path, break_it: str):
    if break_it != "nothing":
        _folder(tmp_path, "2026-01-01")
        english = tmp_path / "privacy_notice.2026-01-01.en.txt"
        english.unlink() if break_it == "one language" else english.write_text("Title\nno heading\n")
    with pytest.raises(NoticeError):
        PrivacyNotices(tmp_path)


def test_both_languages_have_the_same_parts(app: Flask):
    with app.app_context():
        zh, en = in_force().of("zh"), in_force().of("en")
    assert [len(part.paragraphs) for part in zh.parts] == [len(part.paragraphs) for part in en.parts]
    assert PrivacyNotices(FOLDER).of("fr").language == "zh"


def test_a_new_account_owes_it(app: Flask, cast: Cast):
    with cast.at_work():
        assert Account().notice_version is None
